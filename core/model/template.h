#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace reef {

// What stands between `${` and `}`.
//
//   prefix work output metrics jobs                    builtin       item = the word
//   name version path                                  builtin       in the exports of tools: of the tool
//   itself parameters.NAME                                    parameter     item = NAME with.GROUP option
//   scope = GROUP: the chosen option's name with.GROUP.VALUE                                   option_value
//   scope = GROUP, item = VALUE platform.os  platform.arch                         platform      item = os or
//   arch ROLE.prefix  ROLE.version  ROLE.name  ROLE.path    role_fact     scope = ROLE, item = the word
//   ROLE.env.NAME                                      role_env      scope = ROLE, item = NAME
//   ROLE.VALUE                                         role_value    scope = ROLE, item = VALUE
struct TemplateName {
  enum class Kind { builtin, parameter, option, option_value, platform, role_fact, role_env, role_value };
  Kind kind = Kind::builtin;
  std::string text;   // as it was written: compiler.env.CXX
  std::string scope;  // the group or the role; empty for the other kinds
  std::string item;

  // Only the form is checked: whether the role, group or parameter exists is the manifest's affair.
  // invalid_input names the nearest known word.
  static Result<TemplateName> parse(std::string_view text);
  bool is_of_role() const { return kind >= Kind::role_fact; }
};

// The first words that a role may not have as its name, because templates begin with them.
bool is_reserved_word(std::string_view word);
const std::vector<std::string>& reserved_words();

// A text with `${...}` in it, cut into pieces. `$${` stands for the two characters `${`; any other `$` is
// itself. There is no shell here: quotes, blanks and backslashes mean nothing.
class Template {
 public:
  struct Piece {
    std::size_t offset = 0;  // of its first byte in the text
    std::string text;        // literal, escapes resolved; empty when `name` is set
    std::optional<TemplateName> name;
  };
  struct Problem {
    std::size_t offset = 0;  // of the `$`
    Error error;
  };

  // Reads on after a problem and adds each to the list; the pieces that could be read stay.
  static Template parse(std::string_view text, std::vector<Problem>& problems);
  // The first problem as the error.
  static Result<Template> parse(std::string_view text);

  const std::vector<Piece>& pieces() const { return pieces_; }
  // The text is exactly one `${...}`: where a list may stand.
  bool is_one_name() const { return pieces_.size() == 1 && pieces_.front().name.has_value(); }
  bool has_names() const;

 private:
  std::vector<Piece> pieces_;
};

// What a name stands for: one text, or a list. Values that came from a manifest (`values` of an option) may
// hold templates themselves and are expanded with the same lookup. Everything else is taken byte for byte,
// above all what a user typed: `${prefix}` in a parameter's value stays those nine characters.
struct TemplateValue {
  std::vector<std::string> texts;
  bool holds_templates = false;

  TemplateValue() = default;
  TemplateValue(std::vector<std::string> list)
      : texts(std::move(list)) {}                              // NOLINT(google-explicit-constructor)
  TemplateValue(std::string text) : texts{std::move(text)} {}  // NOLINT(google-explicit-constructor)
};

// Answers a name; its error is passed on with "while expanding `...`" around it.
using TemplateLookup = std::function<Result<TemplateValue>(const TemplateName&)>;

// Replaces every name. A list whose length is not one cannot stand in the middle of a text: invalid_input.
// invalid_input as well: a value that leads back to itself (the message shows the way round), and results
// beyond 1 MiB.
Result<std::string> expand_text(std::string_view text, const TemplateLookup& lookup);

// The same for an argument array. An element that is exactly one name becomes as many arguments as its value
// has texts, none for an empty list.
Result<std::vector<std::string>> expand_arguments(const std::vector<std::string>& arguments,
                                                  const TemplateLookup& lookup);

}  // namespace reef
