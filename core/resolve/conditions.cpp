#include <algorithm>

#include "core/resolve/encoder.h"

// Conditions as alternatives of literals (disjunctive normal form). What is a fact of this host is decided
// here; an alternative without literals always holds, a condition without alternatives never does.
namespace reef::resolve {
namespace {

// More alternatives than this are refused; nobody writes them.
constexpr std::size_t kMostTerms = 4096;

}  // namespace

bool Encoder::fact_holds(const When& when) {
  auto known = known_facts_.find(when.name);
  if (known == known_facts_.end()) known = known_facts_.emplace(when.name, universe_.facts(when.name)).first;
  return std::any_of(when.values.begin(), when.values.end(), [&](const std::string& value) {
    return std::find(known->second.begin(), known->second.end(), value) != known->second.end();
  });
}

Literal Encoder::option_literal(std::uint32_t package, const std::string& name,
                                const std::vector<std::string>& options) {
  const GroupInfo& info = groups_[group(package, name)];
  const Literal literal{info.var, engine_.empty_set(info.var)};
  for (const std::string& option : options) {
    const auto at = std::find(info.options.begin(), info.options.end(), option);
    if (at != info.options.end())
      engine_.insert(literal.set, static_cast<std::uint32_t>(at - info.options.begin()));
  }
  return literal;
}

Encoder::Terms Encoder::leaf_terms(std::uint32_t package_index, const When& when, bool negated) {
  std::vector<Literal> literals;
  if (when.kind == When::Kind::option) {
    if (package_index == kNone || group(package_index, when.name) == kNone)
      return negated ? Terms{{}} : Terms{};
    literals.push_back(option_literal(package_index, when.name, when.values));
  } else {
    const std::uint32_t target = package(when.name);
    if (!packages_[target].in_condition) {
      packages_[target].in_condition = true;
      conditional_.push_back(target);
    }
    const SetId set = values_in(target, when.range, false);
    literals.push_back({packages_[target].var, set});
    for (const auto& [name, option] : when.with) {
      if (group(target, name) == kNone) return negated ? Terms{{}} : Terms{};
      literals.push_back(option_literal(target, name, {option}));
    }
  }
  if (!negated) return {literals};
  Terms out;
  for (const Literal& literal : literals)
    out.push_back({{literal.var, engine_.complement(literal.var, literal.set)}});
  return out;
}

Encoder::Terms Encoder::terms_of(std::uint32_t package, const When& when, bool negated) {
  switch (when.kind) {
    case When::Kind::always:
      return negated ? Terms{} : Terms{{}};
    case When::Kind::fact:
      return fact_holds(when) != negated ? Terms{{}} : Terms{};
    case When::Kind::option:
    case When::Kind::package:
      return leaf_terms(package, when, negated);
    case When::Kind::all:
    case When::Kind::any:
    case When::Kind::none:
      break;
  }
  const bool parts_negated = (when.kind == When::Kind::none) != negated;
  const bool conjunction = (when.kind == When::Kind::any) == negated;
  Terms out;
  if (conjunction) out.push_back({});
  for (const When& part : when.parts) {
    Terms terms = terms_of(package, part, parts_negated);
    if (!conjunction) {
      out.insert(out.end(), terms.begin(), terms.end());
      continue;
    }
    Terms product;
    for (const auto& left : out)
      for (const auto& right : terms) {
        if (product.size() > kMostTerms) break;
        product.push_back(left);
        product.back().insert(product.back().end(), right.begin(), right.end());
      }
    out = std::move(product);
  }
  if (out.size() > kMostTerms && !error_)
    error_ = Error(ErrorCode::invalid_input,
                   fmt::format("a condition of `{}` expands to more than {} alternatives",
                               package == kNone ? "the request" : packages_[package].name, kMostTerms));
  if (out.size() > kMostTerms) out.resize(kMostTerms);
  if (std::any_of(out.begin(), out.end(), [](const auto& term) { return term.empty(); })) return {{}};
  return out;
}

}  // namespace reef::resolve
