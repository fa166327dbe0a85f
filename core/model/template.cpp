#include "core/model/template.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef {
namespace {

constexpr std::size_t kLongestResult = std::size_t{1} << 20U;
constexpr std::size_t kMostLookups = 10'000;  // values that name values can double at every step

const std::vector<std::string> kBuiltins = {"prefix", "work", "output", "metrics", "jobs"};
const std::vector<std::string> kFacts = {"prefix", "version", "name", "path"};

bool is_word(std::string_view text) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '+'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

bool holds(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

Failure with_hint(Failure failure, std::optional<std::string> hint) {
  return hint ? std::move(failure).hint(*std::move(hint)) : std::move(failure);
}

Result<TemplateName> one_word(TemplateName name) {
  if (!holds(kBuiltins, name.text))
    return with_hint(make_error(ErrorCode::invalid_input, "unknown name `${{{}}}`", printable(name.text)),
                     did_you_mean(name.text, reserved_words()))
        .hint("a name is " + quoted_list(kBuiltins) +
              ", or begins with `parameters.`, `with.`, `platform.` or a role");
  name.kind = TemplateName::Kind::builtin;
  name.item = name.text;
  return name;
}

Result<TemplateName> platform_fact(TemplateName name) {
  if (name.item != "os" && name.item != "arch")
    return make_error(ErrorCode::invalid_input, "unknown name `${{{}}}`", name.text)
        .hint("it is `${platform.os}` or `${platform.arch}`");
  name.kind = TemplateName::Kind::platform;
  return name;
}

Failure badly_formed(std::string_view text, std::string_view form) {
  return make_error(ErrorCode::invalid_input, "`${{{}}}` is not a name, expected `${{{}}}`", printable(text),
                    form);
}

class Expander {
 public:
  explicit Expander(const TemplateLookup& lookup) : lookup_(lookup) {}

  Result<std::string> text(std::string_view source) {
    TRY(const Template parsed, Template::parse(source));
    std::string out;
    for (const Template::Piece& piece : parsed.pieces()) {
      if (!piece.name) {
        out += piece.text;
        continue;
      }
      TRY(const std::vector<std::string> texts, value_of(*piece.name));
      if (texts.size() != 1)
        return make_error(ErrorCode::invalid_input,
                          "`${{{}}}` is a list of {} texts and cannot stand inside `{}`", piece.name->text,
                          texts.size(), printable(source))
            .hint("let it be an argument of its own: it then becomes as many arguments");
      out += texts.front();
      if (out.size() > kLongestResult) return too_long(source);
    }
    return out;
  }

  Result<std::vector<std::string>> arguments(const std::vector<std::string>& sources) {
    std::vector<std::string> out;
    std::size_t bytes = 0;
    for (const std::string& source : sources) {
      TRY(const Template parsed, Template::parse(source));
      std::vector<std::string> texts;
      if (parsed.is_one_name()) {
        TRY(texts, value_of(*parsed.pieces().front().name));
      } else {
        TRY(texts.emplace_back(), text(source));
      }
      for (std::string& piece : texts) {
        bytes += piece.size() + 1;
        if (bytes > kLongestResult) return too_long(source);
        out.push_back(std::move(piece));
      }
    }
    return out;
  }

 private:
  Result<std::vector<std::string>> value_of(const TemplateName& name) {
    if (holds(open_, name.text))
      return make_error(ErrorCode::invalid_input, "`${{{}}}` leads back to itself: {}", name.text,
                        join(open_, " -> ") + " -> " + name.text);
    if (++lookups_ > kMostLookups)
      return make_error(ErrorCode::invalid_input, "`${{{}}}` leads to more than {} other names",
                        open_.empty() ? name.text : open_.front(), kMostLookups);
    TRY(TemplateValue value,
        with_context(lookup_(name), [&] { return fmt::format("expanding `${{{}}}`", name.text); }));
    if (!value.holds_templates) return std::move(value.texts);
    open_.push_back(name.text);
    TRY(std::vector<std::string> texts, arguments(value.texts));
    open_.pop_back();
    return texts;
  }

  static Failure too_long(std::string_view source) {
    return make_error(ErrorCode::invalid_input, "`{}` expands to more than 1 MiB",
                      printable(source.substr(0, 80)));
  }

  const TemplateLookup& lookup_;
  std::vector<std::string> open_;  // names being expanded, outermost first
  std::size_t lookups_ = 0;
};

}  // namespace

const std::vector<std::string>& reserved_words() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> all = kBuiltins;
    all.insert(all.end(), {"parameters", "with", "platform"});
    return all;
  }();
  return words;
}

bool is_reserved_word(std::string_view word) { return holds(reserved_words(), word); }

Result<TemplateName> TemplateName::parse(std::string_view text) {
  TemplateName name;
  name.text = std::string(text);
  const std::vector<std::string> words = split(text, '.');
  if (!std::all_of(words.begin(), words.end(), is_word)) return badly_formed(text, "role.name");
  if (words.size() == 1) return one_word(std::move(name));
  const std::string& first = words.front();
  name.item = words.back();
  if (first == "with") {
    if (words.size() > 3) return badly_formed(text, "with.group.value");
    name.kind = words.size() == 2 ? Kind::option : Kind::option_value;
    name.scope = words[1];
    if (words.size() == 2) name.item.clear();
    return name;
  }
  if (first == "parameters" || first == "platform") {
    if (words.size() != 2) return badly_formed(text, first + ".name");
    if (first == "platform") return platform_fact(std::move(name));
    name.kind = Kind::parameter;
    return name;
  }
  if (holds(kBuiltins, first)) return badly_formed(text, first);
  name.scope = first;
  const bool variable = words.size() == 3 && words[1] == "env";
  if (words.size() > 3 || (words.size() == 3 && !variable) || (words.size() == 2 && words[1] == "env"))
    return badly_formed(text, first + ".env.NAME");
  name.kind = variable ? Kind::role_env : holds(kFacts, name.item) ? Kind::role_fact : Kind::role_value;
  return name;
}

Template Template::parse(std::string_view text, std::vector<Problem>& problems) {
  Template out;
  std::string literal;
  std::size_t literal_at = 0;
  const auto flush = [&] {
    if (!literal.empty()) out.pieces_.push_back(Piece{literal_at, std::move(literal), std::nullopt});
    literal.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("${")) {
      flush();
      const std::size_t end = rest.find('}');
      if (end == std::string_view::npos) {
        problems.push_back({at, make_error(ErrorCode::invalid_input, "`${{` is not closed by `}}`")
                                    .hint("write `$${` where the text itself is meant")
                                    .take()});
        break;
      }
      Result<TemplateName> name = TemplateName::parse(rest.substr(2, end - 2));
      if (name)
        out.pieces_.push_back(Piece{at, {}, *std::move(name)});
      else
        problems.push_back({at, std::move(name).error()});
      at += end + 1;
      continue;
    }
    if (literal.empty()) literal_at = at;
    const bool escaped = rest.starts_with("$${");
    literal += escaped ? std::string_view("${") : rest.substr(0, 1);
    at += escaped ? 3 : 1;
  }
  flush();
  return out;
}

Result<Template> Template::parse(std::string_view text) {
  std::vector<Problem> problems;
  Template out = parse(text, problems);
  if (!problems.empty()) return tl::make_unexpected(std::move(problems.front().error));
  return out;
}

bool Template::has_names() const {
  return std::any_of(pieces_.begin(), pieces_.end(),
                     [](const Piece& piece) { return piece.name.has_value(); });
}

Result<std::string> expand_text(std::string_view text, const TemplateLookup& lookup) {
  return Expander(lookup).text(text);
}

Result<std::vector<std::string>> expand_arguments(const std::vector<std::string>& arguments,
                                                  const TemplateLookup& lookup) {
  return Expander(lookup).arguments(arguments);
}

}  // namespace reef
