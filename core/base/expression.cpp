#include "core/base/expression.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/base/text.h"

namespace reef {

struct Expression::Node {
  enum class Kind { any, all, negation, truth, comparison, membership };
  enum class Relation { equal, unequal, less, at_most, more, at_least };

  Kind kind = Kind::truth;
  std::vector<std::shared_ptr<const Node>> parts;  // any, all, negation
  std::string name;                                // truth, comparison, membership
  Relation relation = Relation::equal;
  struct Operand {
    Value value;
    std::string name;  // empty: `value`
  };
  std::vector<Operand> operands;  // comparison: one
  std::size_t begin = 0;          // in the text
  std::size_t end = 0;
};

namespace {

using Node = Expression::Node;
using Value = Expression::Value;
using Relation = Node::Relation;

struct Token {
  enum class Kind { word, text, sign, end };
  Kind kind = Kind::end;
  std::string text;
  std::size_t begin = 0;
  std::size_t end = 0;
};

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_.-+/@:%").find(c) != std::string_view::npos;
}

constexpr std::array<std::pair<std::string_view, double>, 14> kUnits = {{
    {"ns", 1e-9},
    {"us", 1e-6},
    {"ms", 1e-3},
    {"s", 1},
    {"min", 60},
    {"h", 3600},
    {"B", 1},
    {"kB", 1e3},
    {"MB", 1e6},
    {"GB", 1e9},
    {"KiB", 1024},
    {"MiB", 1048576},
    {"GiB", 1073741824},
    {"%", 0.01},
}};

std::optional<double> number_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || !std::isfinite(number)) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(read.ptr - text.data()));
  if (unit.empty()) return number;
  for (const auto& [name, factor] : kUnits)
    if (unit == name) return number * factor;
  return std::nullopt;
}

std::vector<std::string> unit_names() {
  std::vector<std::string> out;
  for (const auto& [name, factor] : kUnits) out.emplace_back(name);
  return out;
}

class Parser {
 public:
  Parser(std::string_view what, std::string_view text, const std::vector<std::string>& names)
      : what_(what), text_(text), names_(names) {}

  Result<std::shared_ptr<const Node>> parse() {
    if (text_.size() > Expression::kLongest)
      return make_error(ErrorCode::invalid_input, "the expression has {} characters, {} are the most",
                        text_.size(), Expression::kLongest);
    TRY_STATUS(advance());
    if (token_.kind == Token::Kind::end) return problem(0, "the expression is empty");
    TRY(auto root, any(0));
    if (token_.kind != Token::Kind::end)
      return problem(token_.begin, fmt::format("expected `and`, `or` or the end, got {}", named(token_)));
    return root;
  }

 private:
  using Parsed = Result<std::shared_ptr<const Node>>;

  Failure problem(std::size_t at, std::string message, std::string hint) const {
    Failure error = problem(at, std::move(message));
    return std::move(error).hint(std::move(hint));
  }

  Failure problem(std::size_t at, std::string message) const {
    // A long line is cut around the place: nobody reads ten thousand parentheses.
    constexpr std::size_t kAround = 60;
    const std::size_t from = at > kAround ? at - kAround : 0;
    Place place{std::string(what_), 1, at + 1, ""};
    if (text_.size() <= 2 * kAround) place.excerpt = printable(text_);
    Failure error = make_error(ErrorCode::invalid_input, "{}", message);
    if (place.excerpt.empty() && !text_.empty())
      return std::move(error)
          .at(std::move(place))
          .hint(fmt::format("the place is after `{}`", printable(text_.substr(from, at - from))));
    return std::move(error).at(std::move(place));
  }

  static std::string named(const Token& token) {
    return token.kind == Token::Kind::end ? std::string("the end") : "`" + printable(token.text) + "`";
  }

  Status advance() {
    last_end_ = token_.end;
    std::size_t i = token_.end;
    while (i < text_.size() && (text_[i] == ' ' || text_[i] == '\t' || text_[i] == '\n')) ++i;
    token_ = {Token::Kind::end, "", i, i};
    if (i == text_.size()) return {};
    const char c = text_[i];
    if (is_word_character(c)) {
      std::size_t end = i;
      while (end < text_.size() && is_word_character(text_[end])) ++end;
      token_ = {Token::Kind::word, std::string(text_.substr(i, end - i)), i, end};
      return {};
    }
    if (c == '"' || c == '\'') {
      const std::size_t end = text_.find(c, i + 1);
      if (end == std::string_view::npos)
        return problem(i, fmt::format("the text that begins with `{}` never ends", c));
      token_ = {Token::Kind::text, std::string(text_.substr(i + 1, end - i - 1)), i, end + 1};
      return {};
    }
    for (const std::string_view sign : {"==", "!=", "<=", ">=", "<", ">", "=", "(", ")", ","})
      if (text_.substr(i).starts_with(sign)) {
        token_ = {Token::Kind::sign, std::string(sign), i, i + sign.size()};
        return {};
      }
    return problem(i, fmt::format("`{}` means nothing here", printable(text_.substr(i, 1))));
  }

  bool at_word(std::string_view word) const {
    return token_.kind == Token::Kind::word && token_.text == word;
  }
  bool at_sign(std::string_view sign) const {
    return token_.kind == Token::Kind::sign && token_.text == sign;
  }

  Parsed any(std::size_t depth) { return joined(Node::Kind::any, "or", depth); }

  Parsed joined(Node::Kind kind, std::string_view word, std::size_t depth) {
    Node node;
    node.kind = kind;
    node.begin = token_.begin;
    for (;;) {
      TRY(auto part, kind == Node::Kind::any ? joined(Node::Kind::all, "and", depth) : single(depth));
      node.parts.push_back(std::move(part));
      node.end = last_end_;
      if (!at_word(word)) break;
      TRY_STATUS(advance());
    }
    if (node.parts.size() == 1) return node.parts.front();
    return std::make_shared<const Node>(std::move(node));
  }

  Parsed single(std::size_t depth) {
    if (depth >= Expression::kDeepest)
      return problem(token_.begin, fmt::format("nested deeper than {} levels", Expression::kDeepest));
    const std::size_t begin = token_.begin;
    if (at_word("not")) {
      TRY_STATUS(advance());
      TRY(auto inner, single(depth + 1));
      Node node;
      node.kind = Node::Kind::negation;
      node.parts.push_back(std::move(inner));
      node.begin = begin;
      node.end = last_end_;
      return std::make_shared<const Node>(std::move(node));
    }
    if (!at_sign("(")) return comparison();
    TRY_STATUS(advance());
    TRY(auto inner, any(depth + 1));
    if (!at_sign(")")) return problem(token_.begin, fmt::format("expected `)`, got {}", named(token_)));
    TRY_STATUS(advance());
    return inner;
  }

  bool is_name(const std::string& word) const {
    return std::find(names_.begin(), names_.end(), word) != names_.end();
  }

  Parsed comparison() {
    if (token_.kind != Token::Kind::word || at_word("and") || at_word("or") || at_word("in"))
      return problem(token_.begin, fmt::format("expected a name, got {}", named(token_)));
    Node node;
    node.name = token_.text;
    node.begin = token_.begin;
    if (!names_.empty() && !is_name(node.name)) return unknown_name();
    TRY_STATUS(advance());
    if (at_word("in") || at_word("not")) {
      TRY(auto found, membership(std::move(node)));
      return found;
    }
    constexpr std::array<std::pair<std::string_view, Relation>, 7> kRelations = {{
        {"==", Relation::equal},
        {"=", Relation::equal},
        {"!=", Relation::unequal},
        {"<=", Relation::at_most},
        {">=", Relation::at_least},
        {"<", Relation::less},
        {">", Relation::more},
    }};
    for (const auto& [sign, relation] : kRelations) {
      if (!at_sign(sign)) continue;
      node.kind = Node::Kind::comparison;
      node.relation = relation;
      TRY_STATUS(advance());
      if (relation != Relation::equal && relation != Relation::unequal) TRY_STATUS(check_ordered(sign));
      TRY(Node::Operand right, operand());
      node.operands.push_back(std::move(right));
      break;
    }
    node.end = last_end_;
    return std::make_shared<const Node>(std::move(node));
  }

  Parsed membership(Node node) {
    const bool negated = at_word("not");
    if (negated) TRY_STATUS(advance());
    if (!at_word("in")) return problem(token_.begin, fmt::format("expected `in`, got {}", named(token_)));
    TRY_STATUS(advance());
    if (!at_sign("(")) return problem(token_.begin, fmt::format("expected `(`, got {}", named(token_)));
    node.kind = Node::Kind::membership;
    do {
      TRY_STATUS(advance());
      TRY(Node::Operand item, operand());
      node.operands.push_back(std::move(item));
    } while (at_sign(","));
    if (!at_sign(")"))
      return problem(token_.begin, fmt::format("expected `,` or `)`, got {}", named(token_)));
    TRY_STATUS(advance());
    node.end = last_end_;
    auto found = std::make_shared<const Node>(std::move(node));
    if (!negated) return found;
    Node outer;
    outer.kind = Node::Kind::negation;
    outer.begin = found->begin;
    outer.end = found->end;
    outer.parts.push_back(std::move(found));
    return std::make_shared<const Node>(std::move(outer));
  }

  // What is less or more is a number, or a text that is ordered as one reads it: a date, a version. A word
  // without a digit, or a number of an unknown unit, is a slip that would match nothing.
  Status check_ordered(std::string_view sign) const {
    if (token_.kind != Token::Kind::word || number_of(token_.text) || is_name(token_.text)) return {};
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto is_letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '%';
    };
    const std::string& word = token_.text;
    const auto unit =
        std::find_if_not(word.begin(), word.end(), [&](char c) { return is_digit(c) || c == '.'; });
    const bool has_unit = unit != word.begin() && std::all_of(unit, word.end(), is_letter);
    if (has_unit && unit != word.end())
      return problem(token_.begin, fmt::format("there is no unit `{}`", std::string(unit, word.end())),
                     fmt::format("units are {}", quoted_list(unit_names(), "and")));
    if (std::any_of(word.begin(), word.end(), is_digit)) return {};
    return problem(token_.begin, fmt::format("`{}` needs a number, got `{}`", sign, word),
                   fmt::format("a text to be ordered by its letters is quoted: '{}'", word));
  }

  Result<Node::Operand> operand() {
    if (token_.kind != Token::Kind::word && token_.kind != Token::Kind::text)
      return problem(token_.begin, fmt::format("expected a value, got {}", named(token_)));
    Node::Operand out;
    if (token_.kind == Token::Kind::word) {
      if (const auto number = number_of(token_.text))
        out.value = *number;
      else if (is_name(token_.text))
        out.name = token_.text;
      else
        out.value = token_.text;
    } else {
      out.value = token_.text;
    }
    TRY_STATUS(advance());
    return out;
  }

  Failure unknown_name() const {
    Failure error = make_error(ErrorCode::not_found, "there is no `{}` to compare", printable(token_.text));
    Place place{std::string(what_), 1, token_.begin + 1, ""};
    if (text_.size() <= 120) place.excerpt = printable(text_);
    error = std::move(error).at(std::move(place));
    if (const auto hint = did_you_mean(token_.text, names_)) return std::move(error).hint(*hint);
    return std::move(error).hint(fmt::format("there is {}", quoted_list(names_, "and")));
  }

  std::string_view what_;
  std::string_view text_;
  const std::vector<std::string>& names_;
  Token token_;
  std::size_t last_end_ = 0;
};

std::optional<double> as_number(const Value& value) {
  if (const double* number = std::get_if<double>(&value)) return *number;
  return number_of(std::get<std::string>(value));
}

std::string as_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return fmt::format("{}", std::get<double>(value));
}

template <class T>
bool holds(Relation relation, const T& a, const T& b) {
  switch (relation) {
    case Relation::equal:
      return a == b;
    case Relation::unequal:
      return a != b;
    case Relation::less:
      return a < b;
    case Relation::at_most:
      return a <= b;
    case Relation::more:
      return a > b;
    default:
      return a >= b;
  }
}

std::optional<bool> compared(Relation relation, const std::optional<Value>& a,
                             const std::optional<Value>& b) {
  if (!a || !b) return std::nullopt;
  const auto x = as_number(*a);
  const auto y = as_number(*b);
  if (x && y) {
    if (std::isnan(*x) || std::isnan(*y)) return std::nullopt;
    return holds(relation, *x, *y);
  }
  const bool ordered = relation != Relation::equal && relation != Relation::unequal;
  if (ordered && (x.has_value() != y.has_value())) return std::nullopt;
  return holds(relation, as_text(*a), as_text(*b));
}

std::optional<Value> value_of(const Node::Operand& operand, const Expression::Lookup& lookup) {
  if (operand.name.empty()) return operand.value;
  return lookup(operand.name);
}

std::optional<bool> truth_of(const std::optional<Value>& value) {
  if (!value) return std::nullopt;
  if (const double* number = std::get_if<double>(&*value)) return *number != 0;
  return std::get<std::string>(*value) == "true";
}

std::optional<bool> evaluated(const Node& node, const Expression::Lookup& lookup) {
  if (node.kind == Node::Kind::truth) return truth_of(lookup(node.name));
  if (node.kind == Node::Kind::comparison)
    return compared(node.relation, lookup(node.name), value_of(node.operands.front(), lookup));
  if (node.kind == Node::Kind::membership) {
    const auto value = lookup(node.name);
    if (!value) return std::nullopt;
    return std::any_of(node.operands.begin(), node.operands.end(), [&](const Node::Operand& operand) {
      return compared(Relation::equal, value, value_of(operand, lookup)).value_or(false);
    });
  }
  if (node.kind == Node::Kind::negation) {
    const auto inner = evaluated(*node.parts.front(), lookup);
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  const bool decisive = node.kind == Node::Kind::any;
  bool known = true;
  for (const auto& part : node.parts) {
    const auto value = evaluated(*part, lookup);
    if (value && *value == decisive) return decisive;
    known = known && value.has_value();
  }
  return known ? std::optional(!decisive) : std::nullopt;
}

void collect(const Node& node, std::set<std::string>& names) {
  if (!node.name.empty()) names.insert(node.name);
  for (const Node::Operand& operand : node.operands)
    if (!operand.name.empty()) names.insert(operand.name);
  for (const auto& part : node.parts) collect(*part, names);
}

}  // namespace

Result<Expression> Expression::parse(std::string_view what, std::string_view text,
                                     const std::vector<std::string>& names) {
  TRY(auto root, Parser(what, text, names).parse());
  return Expression(std::string(text), std::move(root));
}

std::optional<bool> Expression::evaluate(const Lookup& lookup) const { return evaluated(*root_, lookup); }

std::set<std::string> Expression::names() const {
  std::set<std::string> out;
  collect(*root_, out);
  return out;
}

std::vector<Expression> Expression::clauses() const {
  if (root_->kind != Node::Kind::all) return {*this};
  std::vector<Expression> out;
  for (const auto& part : root_->parts)
    out.push_back(Expression(
        std::string(trim(std::string_view(text_).substr(part->begin, part->end - part->begin))), part));
  return out;
}

}  // namespace reef
