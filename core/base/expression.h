#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/error.h"

namespace reef {

// The small language of filters and constraints. It compares values and nothing else: no calls, no loops.
//
//   engine != native or threads == 1
//   accuracy >= 0.98 and latency.p90 < 5ms
//   not (model in (cnn-s, cnn-m)) and status == ok
//
//   expression   and-part { "or" and-part }
//   and-part     not-part { "and" not-part }
//   not-part     "not" not-part | "(" expression ")" | comparison
//   comparison   NAME [ ("==" | "=" | "!=" | "<" | "<=" | ">" | ">=") value | ["not"] "in" "(" value {","
//   value} ")" ] value        NUMBER | WORD | 'text' | "text"
//
// Words are letters, digits and `_ . - + / @ :`. A number may have a unit: ns us ms s min h (seconds), B kB
// MB GB KiB MiB GiB (bytes), % (hundredths). The word on the right is a text, unless a name is called so. A
// name alone is true when its value is `true` or a number other than 0. Numbers are compared as numbers when
// both sides are some, else as texts; `<` between a text and a number is unknown, and what is on its right is
// a number, a text in quotes or a word with digits, such as a date. What is not known (a metric
// that a run lacks) makes a comparison unknown; `not`, `and`, `or` follow Kleene, and in the end unknown does
// not match.
class Expression {
 public:
  using Value = std::variant<double, std::string>;
  // The value of a name now; nothing when it is not known.
  using Lookup = std::function<std::optional<Value>(std::string_view name)>;

  static constexpr std::size_t kLongest = 10'000;  // bytes
  static constexpr std::size_t kDeepest = 64;      // parentheses and `not`s in each other

  // what: how messages call the text ("--where"). names: all there are; empty: any word may be a name.
  // invalid_input with the place: what does not follow the grammar; not_found with its neighbour: unknown
  // names.
  static Result<Expression> parse(std::string_view what, std::string_view text,
                                  const std::vector<std::string>& names = {});

  bool matches(const Lookup& lookup) const { return evaluate(lookup).value_or(false); }
  std::optional<bool> evaluate(const Lookup& lookup) const;

  const std::string& text() const { return text_; }
  // Names on the left of comparisons.
  std::set<std::string> names() const;
  // The parts that `and` joins at the top, each as written.
  std::vector<Expression> clauses() const;

  struct Node;

 private:
  Expression(std::string text, std::shared_ptr<const Node> root)
      : text_(std::move(text)), root_(std::move(root)) {}
  std::string text_;
  std::shared_ptr<const Node> root_;
};

}  // namespace reef
