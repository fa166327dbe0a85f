#include "core/resolve/phrases.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef::resolve {
namespace {

std::string with_range(const std::string& name, const VersionRange& range) {
  return range.is_any() ? name : fmt::format("{} {}", name, range.text());
}

bool is_plural(std::string_view text) { return text.find(" and ") != std::string_view::npos; }

}  // namespace

std::string listed(const std::vector<std::string>& items, std::string_view conjunction) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i)
    out += (i == 0 ? "" : i + 1 == items.size() ? fmt::format(" {} ", conjunction) : ", ") + items[i];
  return out;
}

std::vector<char> Phrases::values_of(const Literal& literal) const {
  const Engine& engine = encoder_.engine();
  std::vector<char> out(engine.value_count(literal.var));
  for (std::uint32_t value = 0; value < out.size(); ++value) out[value] = engine.has(literal.set, value);
  return out;
}

// A set of versions against those that exist: "b 1.2.0", "b >=2.0.0", "b 1.0.0 to 1.4.0", "every version of
// b".
std::string Phrases::versions(std::uint32_t package, const std::vector<char>& chosen) const {
  const PackageInfo& info = encoder_.info(package);
  std::vector<std::uint32_t> order(info.by_version.begin(), info.by_version.end());
  if (order.empty()) order.assign(info.values.size(), 0);
  const auto count = std::count(chosen.begin(), chosen.begin() + info.absent(), char{1});
  if (order.empty() || count == 0) return std::string(info.name);
  if (static_cast<std::size_t>(count) == order.size() && count > 1)
    return fmt::format("every version of {}", info.name);
  const bool assumed = info.values.front()->assumed;
  if (assumed && count == 1 && order.size() == 1) return std::string(info.name);
  const auto text = [&](std::size_t rank) { return info.values[order[rank]]->version.text(); };
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (!chosen[order[i]]) continue;
    std::size_t last = i;
    while (last + 1 < order.size() && chosen[order[last + 1]]) ++last;
    if (assumed && last + 1 < order.size())
      pieces.push_back(i == 0 ? fmt::format("<{}", text(last + 1))
                              : fmt::format(">={}, <{}", text(i), text(last + 1)));
    else if (i == last && !assumed)
      pieces.push_back(text(i));
    else if (last + 1 == order.size())
      pieces.push_back(fmt::format(">={}", text(i)));
    else if (i == 0)
      pieces.push_back(fmt::format("<={}", text(last)));
    else
      pieces.push_back(fmt::format("{} to {}", text(i), text(last)));
    i = last;
  }
  if (pieces.size() > 4) {
    const std::size_t more = pieces.size() - 3;
    pieces.resize(3);
    pieces.push_back(fmt::format("{} others", more));
  }
  return fmt::format("{} {}", info.name, listed(pieces, "or"));
}

std::string Phrases::target_text(const Target& target) const {
  const auto changed = encoder_.request().overrides.find(target.name);
  return with_range(target.name,
                    changed == encoder_.request().overrides.end() ? target.range : changed->second);
}

// The package that a clause speaks of, in the versions it speaks of: its first literal.
std::string Phrases::subject(const Fact& fact, ClauseId id) const {
  if (fact.package == kNone) return encoder_.request().asked_by;
  const PackageInfo& info = encoder_.info(fact.package);
  std::string out(info.name);
  for (const Literal& literal : encoder_.engine().literals(id)) {
    if (literal.var != info.var) continue;
    std::vector<char> outside = values_of(literal);
    if (fact.need != kNone) outside = values_of({info.var, encoder_.need(fact.need).outside});
    for (char& value : outside) value = !value;
    outside[info.absent()] = 0;
    out = versions(fact.package, outside);
  }
  const std::uint32_t group = fact.need != kNone ? encoder_.need(fact.need).special->group : fact.group;
  const std::uint32_t option = fact.need != kNone ? encoder_.need(fact.need).special->option : fact.option;
  if (group != kNone && option < encoder_.group_info(group).options.size())
    out += fmt::format(" with `{} = {}`", encoder_.group_info(group).name,
                       encoder_.group_info(group).options[option]);
  return out;
}

// Versions of the range that would do, were they not yanked: " (1.1.0 is yanked)".
std::string Phrases::yanked_in(const Need& need) const {
  std::vector<std::string> yanked;
  for (const TargetInfo& target : encoder_.targets(need)) {
    const VersionRange& range = need.requirement->targets[target.target].range;
    if (target.by_capability) continue;
    for (const Candidate* candidate : encoder_.info(target.package).left_out)
      if (range.contains(candidate->version)) yanked.push_back(candidate->version.text());
  }
  constexpr std::size_t kMost = 3;
  if (yanked.empty()) return {};
  if (yanked.size() > kMost) return fmt::format(" ({} versions of these are yanked)", yanked.size());
  return fmt::format(" ({} {} yanked)", listed(yanked, "and"), yanked.size() == 1 ? "is" : "are");
}

std::string Phrases::need_sentence(ClauseId id, bool with_subject) const {
  const Fact& fact = encoder_.fact(id);
  const Need& need = encoder_.need(fact.need);
  std::vector<std::string> targets;
  for (const Target& target : need.requirement->targets) targets.push_back(target_text(target));
  std::string out = need.owner == kNone ? fmt::format("{} asked for ", encoder_.request().asked_by)
                    : with_subject      ? subject(fact, id) + " needs "
                                        : "needs ";
  out += listed(targets, "or");
  if (!need.requirement->when.is_always()) out += fmt::format(" when {}", describe(need.requirement->when));
  const std::string available = availability(need);
  if (!available.empty()) return fmt::format("{}, {}", out, available);
  out += yanked_in(need);
  return misses_prerelease(need) ? out + ", which takes no pre-release" : out;
}

std::string Phrases::option_sentence(ClauseId id, bool with_subject) const {
  const Fact& fact = encoder_.fact(id);
  const Need& need = encoder_.need(fact.need);
  const std::string& asked = encoder_.text(fact.text);
  std::string target;
  for (const Target& candidate : need.requirement->targets)
    if (!candidate.with.empty()) target = candidate.name;
  std::string out = need.owner == kNone ? fmt::format("{} asked for", encoder_.request().asked_by)
                    : with_subject      ? subject(fact, id) + " needs"
                                        : "needs";
  out += fmt::format(" {} with `{}`", target, asked);
  if (fact.group == kNone)
    return fmt::format("{}, but {} has no variation `{}`", out, target, asked.substr(0, asked.find(' ')));
  const GroupInfo& group = encoder_.group_info(fact.group);
  const std::string option = asked.substr(asked.find(" = ") + 3);
  if (std::find(group.options.begin(), group.options.end(), option) == group.options.end())
    return fmt::format("{}, but {} offers only {}", out, target, quoted_list(group.options, "and"));
  return out;
}

// What a condition finds here instead: ", this host is x86_64". Empty when it is about other things.
std::string Phrases::this_host_has(const When& when) const {
  if (when.kind != When::Kind::fact) return {};
  const std::string who = encoder_.universe().subject_of_facts();
  const std::vector<std::string> facts = encoder_.universe().facts(when.name);
  if (facts.empty()) return fmt::format(", {} has none", who);
  return fmt::format(", {} {} {}", who, when.name == "accelerator" ? "has" : "is", listed(facts, "and"));
}

std::string Phrases::structure_sentence(const Fact& fact) const {
  const GroupInfo& group = encoder_.group_info(fact.group);
  const PackageInfo& info = encoder_.info(group.package);
  if (fact.option >= group.options.size())
    return fmt::format("{} has a choice of `{}`", info.name, group.name);
  std::vector<char> having(info.absent() + 1);
  for (std::uint32_t value = 0; value < info.absent(); ++value) {
    if (!info.values[value]->requirements) continue;
    for (const Group& own : info.values[value]->requirements->groups)
      for (const GroupOption& option : own.options)
        if (own.name == group.name && option.name == group.options[fact.option]) having[value] = 1;
  }
  return fmt::format("only {} has `{} = {}`", versions(group.package, having), group.name,
                     group.options[fact.option]);
}

std::string Phrases::sentence(ClauseId id, bool with_subject) const {
  const Fact& fact = encoder_.fact(id);
  const auto name = [&] { return encoder_.info(fact.package).name; };
  const auto option = [&](const std::string& group, const std::string& chosen) {
    return fmt::format("`{} = {}`", group, chosen);
  };
  switch (fact.kind) {
    case Fact::Kind::learnt:
    case Fact::Kind::preference:
      return "this follows from the others";
    case Fact::Kind::need:
    case Fact::Kind::serve:
      return need_sentence(id, with_subject);
    case Fact::Kind::option_need:
      return option_sentence(id, with_subject);
    case Fact::Kind::exclusion:
      return fmt::format("{}excludes {}", with_subject ? subject(fact, id) + " " : "",
                         with_range(fact.exclusion->name, fact.exclusion->range));
    case Fact::Kind::option_when: {
      const std::string condition =
          describe(fact.group_option->when) + this_host_has(fact.group_option->when);
      return with_subject ? fmt::format("{} exists only when {}", subject(fact, id), condition)
                          : fmt::format("exists only when {}", condition);
    }
    case Fact::Kind::option_conflict: {
      std::vector<std::string> others;
      for (const auto& [group, options] : fact.group_option->conflicts)
        for (const std::string& other : options) others.push_back(option(group, other));
      return fmt::format("{}excludes {}", with_subject ? subject(fact, id) + " " : "", listed(others, "and"));
    }
    case Fact::Kind::structure:
      return structure_sentence(fact);
    case Fact::Kind::constraint:
      for (const Constraint& constraint : encoder_.request().constraints)
        if (constraint.name == name() && constraint.reason == encoder_.text(fact.text))
          return fmt::format("{} allows only {}", constraint.reason,
                             with_range(constraint.name, constraint.range));
      return encoder_.text(fact.text);
    case Fact::Kind::locked:
      for (const Locked& locked : encoder_.request().lock) {
        if (locked.name != name()) continue;
        if (fact.group == kNone)
          return fmt::format("the lock holds {} {}", locked.name, locked.version.text());
        const std::string& group = encoder_.group_info(fact.group).name;
        return fmt::format("the lock holds {} with {}", locked.name, option(group, locked.options.at(group)));
      }
      return {};
    case Fact::Kind::unlisted:
      return fmt::format("the lock has no {}", name());
    case Fact::Kind::cycle:
    case Fact::Kind::unfounded:
      return encoder_.text(fact.text);
  }
  return {};
}

Place Phrases::place(ClauseId id) const {
  const Fact& fact = encoder_.fact(id);
  if (fact.exclusion) return fact.exclusion->place;
  if (fact.group_option) return fact.group_option->place;
  return fact.need != kNone ? encoder_.need(fact.need).requirement->place : Place{};
}

Reason Phrases::reason(ClauseId id) const {
  const Fact& fact = encoder_.fact(id);
  Reason out{.text = sentence(id), .place = place(id)};
  if (fact.package != kNone) out.package = encoder_.info(fact.package).name;
  switch (fact.kind) {
    case Fact::Kind::need:
    case Fact::Kind::serve:
    case Fact::Kind::option_need:
      out.kind = Reason::Kind::need;
      out.requirement = encoder_.need(fact.need).requirement;
      if (!out.requirement->targets.empty()) out.target = out.requirement->targets.front().name;
      break;
    case Fact::Kind::exclusion:
      out.kind = Reason::Kind::exclusion;
      out.exclusion = fact.exclusion;
      out.target = fact.exclusion->name;
      break;
    case Fact::Kind::option_conflict:
      out.kind = Reason::Kind::exclusion;
      out.target = out.package;
      break;
    case Fact::Kind::option_when:
      out.kind = Reason::Kind::condition;
      out.target = out.package;
      break;
    case Fact::Kind::locked:
    case Fact::Kind::unlisted:
      out.kind = Reason::Kind::lock;
      std::swap(out.package, out.target);
      break;
    case Fact::Kind::constraint:
      out.kind = Reason::Kind::constraint;
      std::swap(out.package, out.target);
      break;
    case Fact::Kind::cycle:
    case Fact::Kind::unfounded:
      out.kind = Reason::Kind::cycle;
      out.target = out.package;
      break;
    case Fact::Kind::structure:
      out.kind = Reason::Kind::structure;
      out.target = out.package = encoder_.info(encoder_.group_info(fact.group).package).name;
      break;
    case Fact::Kind::learnt:
    case Fact::Kind::preference:
      break;
  }
  return out;
}

bool Phrases::is_silent(ClauseId id) const {
  const Fact& fact = encoder_.fact(id);
  if (fact.kind == Fact::Kind::preference) return true;
  if (fact.kind != Fact::Kind::structure) return false;
  const GroupInfo& group = encoder_.group_info(fact.group);
  if (fact.option >= group.options.size()) return true;
  const PackageInfo& info = encoder_.info(group.package);
  for (const Literal& literal : encoder_.engine().literals(id)) {
    if (literal.var != info.var) continue;
    const auto allowed = values_of(literal);
    return std::count(allowed.begin(), allowed.end(), char{1}) == static_cast<std::ptrdiff_t>(info.absent());
  }
  return true;
}

std::string Phrases::derived(const std::vector<Part>& parts) const {
  std::vector<std::string> given;
  std::vector<std::string> wanted;
  for (const Part& part : parts) {
    const Encoder::Owner& owner = encoder_.owner(part.var);
    std::vector<char> excluded = part.allowed;
    for (char& value : excluded) value = !value;
    if (owner.package != kNone) {
      const std::uint32_t absent = encoder_.info(owner.package).absent();
      const bool may_be_absent = part.allowed[absent];
      excluded[absent] = 0;
      if (may_be_absent)
        given.push_back(versions(owner.package, excluded));
      else
        wanted.push_back(versions(owner.package, part.allowed));
    } else if (owner.group != kNone) {
      const GroupInfo& group = encoder_.group_info(owner.group);
      std::vector<std::string> options;
      const bool may_be_none = part.allowed[group.none()];
      for (std::uint32_t i = 0; i < group.options.size(); ++i)
        if (may_be_none ? !part.allowed[i] : part.allowed[i]) options.push_back(group.options[i]);
      (may_be_none ? given : wanted)
          .push_back(fmt::format("{} with `{} = {}`", encoder_.info(group.package).name, group.name,
                                 listed(options, "or")));
    } else if (owner.capability != kNone) {
      const CapabilityInfo& capability = encoder_.capability_info(owner.capability);
      std::vector<std::string> providers;
      for (std::uint32_t i = 0; i < capability.providers.size(); ++i)
        if (excluded[i]) providers.emplace_back(encoder_.info(capability.providers[i]).name);
      given.push_back(fmt::format("{} as {}", listed(providers, "or"), capability.name));
    }
  }
  if (given.empty() && wanted.empty()) return "there is no solution";
  if (given.empty()) return fmt::format("{} must be used", listed(wanted, "or"));
  const std::string all = listed(given, "and");
  if (!wanted.empty())
    return fmt::format("{} {} {}", all, is_plural(all) ? "need" : "needs", listed(wanted, "or"));
  if (given.size() == 1) return all + " cannot be used";
  return all + " cannot be used together";
}

}  // namespace reef::resolve
