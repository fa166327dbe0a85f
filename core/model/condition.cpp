#include "core/model/condition.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"

namespace reef {
namespace {

using Texts = std::vector<std::string>;

bool has(const Texts& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool fits(const Texts& wanted, const std::string& actual) { return wanted.empty() || has(wanted, actual); }

bool options_hold(const Condition& condition, const Circumstances& now) {
  return std::all_of(condition.with.begin(), condition.with.end(), [&](const auto& wanted) {
    const auto chosen = now.options.find(wanted.first);
    return chosen != now.options.end() && has(wanted.second, chosen->second);
  });
}

bool packages_hold(const Condition& condition, const Circumstances& now) {
  return std::all_of(condition.packages.begin(), condition.packages.end(), [&](const auto& wanted) {
    const auto found = now.packages.find(wanted.first);
    return found != now.packages.end() && wanted.second.contains(found->second);
  });
}

// What must hold whatever else does: the condition's own fields and those of its `all`.
struct Conjunction {
  std::map<std::string, Texts> with;
  Texts os, arch, libc;
};

Texts meet(const Texts& a, const Texts& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  Texts out;
  std::copy_if(a.begin(), a.end(), std::back_inserter(out),
               [&](const std::string& text) { return has(b, text); });
  if (out.empty()) out.emplace_back();  // a name that nothing has: never, not always
  return out;
}

void collect(const Condition& condition, Conjunction& out) {
  for (const auto& [group, options] : condition.with) out.with[group] = meet(out.with[group], options);
  out.os = meet(out.os, condition.os);
  out.arch = meet(out.arch, condition.arch);
  out.libc = meet(out.libc, condition.libc);
  for (const Condition& part : condition.all) collect(part, out);
}

bool overlap(const Texts& a, const Texts& b) {
  return a.empty() || b.empty() || std::any_of(a.begin(), a.end(), [&](const std::string& text) {
           return !text.empty() && has(b, text);
         });
}

void say_fact(Texts& parts, std::string_view name, const Texts& wanted) {
  if (!wanted.empty()) parts.push_back(fmt::format("{} is {}", name, fmt::join(wanted, " or ")));
}

std::string in_brackets(const Condition& condition, std::string_view prefix) {
  return fmt::format("{}({})", prefix, describe(condition));
}

}  // namespace

bool Condition::is_always() const {
  return with.empty() && os.empty() && arch.empty() && libc.empty() && accelerator.empty() &&
         packages.empty() && all.empty() && any.empty() && negated.empty();
}

bool holds(const Condition& condition, const Circumstances& now) {
  const auto part_holds = [&](const Condition& part) { return holds(part, now); };
  const bool accelerated =
      condition.accelerator.empty() ||
      std::any_of(now.accelerators.begin(), now.accelerators.end(),
                  [&](const std::string& kind) { return has(condition.accelerator, kind); });
  return options_hold(condition, now) && fits(condition.os, now.os) && fits(condition.arch, now.arch) &&
         fits(condition.libc, now.libc) && accelerated && packages_hold(condition, now) &&
         std::all_of(condition.all.begin(), condition.all.end(), part_holds) &&
         (condition.any.empty() || std::any_of(condition.any.begin(), condition.any.end(), part_holds)) &&
         std::none_of(condition.negated.begin(), condition.negated.end(), part_holds);
}

bool may_hold_together(const Condition& a, const Condition& b) {
  Conjunction first, second;
  collect(a, first);
  collect(b, second);
  const bool options = std::all_of(first.with.begin(), first.with.end(), [&](const auto& wanted) {
    const auto other = second.with.find(wanted.first);
    return other == second.with.end() || overlap(wanted.second, other->second);
  });
  return options && overlap(first.os, second.os) && overlap(first.arch, second.arch) &&
         overlap(first.libc, second.libc);
}

std::string describe(const Condition& condition) {
  Texts parts;
  for (const auto& [group, options] : condition.with) say_fact(parts, group, options);
  say_fact(parts, "os", condition.os);
  say_fact(parts, "arch", condition.arch);
  say_fact(parts, "libc", condition.libc);
  say_fact(parts, "the accelerator", condition.accelerator);
  for (const auto& [package, range] : condition.packages)
    parts.push_back(range.is_any() ? fmt::format("{} is there", package)
                                   : fmt::format("{} is {}", package, range.text()));
  for (const Condition& part : condition.all) parts.push_back(in_brackets(part, ""));
  Texts alternatives;
  for (const Condition& part : condition.any) alternatives.push_back(in_brackets(part, ""));
  if (!alternatives.empty()) parts.push_back(join(alternatives, " or "));
  for (const Condition& part : condition.negated) parts.push_back(in_brackets(part, "not "));
  return parts.empty() ? "always" : join(parts, ", ");
}

}  // namespace reef
