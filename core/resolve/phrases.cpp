#include "core/resolve/phrases.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef::resolve {
namespace {

std::string with_range(const std::string& name, const VersionRange& range) {
  return range.is_any() ? name : fmt::format("{} {}", name, range.text());
}

// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& items, std::string_view conjunction) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i)
    out += (i == 0 ? "" : i + 1 == items.size() ? fmt::format(" {} ", conjunction) : ", ") + items[i];
  return out;
}

bool is_plural(std::string_view text) { return text.find(" and ") != std::string_view::npos; }

}  // namespace

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
  std::vector<std::uint32_t> order = info.by_version;
  if (order.empty()) order.assign(info.values.size(), 0);
  const auto count = std::count(chosen.begin(), chosen.begin() + info.absent(), char{1});
  if (order.empty() || count == 0) return info.name;
  if (static_cast<std::size_t>(count) == order.size() && count > 1)
    return fmt::format("every version of {}", info.name);
  const auto text = [&](std::size_t rank) { return info.values[order[rank]]->version.text(); };
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (!chosen[order[i]]) continue;
    std::size_t last = i;
    while (last + 1 < order.size() && chosen[order[last + 1]]) ++last;
    if (i == last)
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
  std::string out = info.name;
  for (const Literal& literal : encoder_.engine().literals(id)) {
    if (literal.var != info.var) continue;
    std::vector<char> outside = values_of(literal);
    if (fact.need != kNone) outside = values_of({info.var, encoder_.need(fact.need).outside});
    for (char& value : outside) value = !value;
    outside[info.absent()] = 0;
    out = versions(fact.package, outside);
  }
  const std::uint32_t group = fact.need != kNone ? encoder_.need(fact.need).group : fact.group;
  const std::uint32_t option = fact.need != kNone ? encoder_.need(fact.need).option : fact.option;
  if (group != kNone && option < encoder_.group_info(group).options.size())
    out += fmt::format(" with `{} = {}`", encoder_.group_info(group).name,
                       encoder_.group_info(group).options[option]);
  return out;
}

// Why nothing meets a target; empty when something does.
std::string Phrases::availability(const Need& need, const Target& target) const {
  const Engine& engine = encoder_.engine();
  const bool by_name = target.kind != Target::Kind::capability;
  std::vector<std::string> yanked;
  std::vector<std::string> here;
  std::vector<std::string> there;
  const std::vector<std::string> names =
      by_name ? std::vector{target.name} : encoder_.universe().providers(target.name);
  for (const std::string& name : names) {
    const PackageInfo& info = encoder_.info(encoder_.package(name));
    const auto describe_candidate = [&](const Candidate& candidate, std::vector<std::string>& list) {
      if (by_name) {
        list.push_back(candidate.version.text());
        return;
      }
      if (!candidate.requirements) return;
      for (const Provided& provided : candidate.requirements->provides)
        if (provided.capability == target.name)
          list.push_back(provided.version && *provided.version != candidate.version
                             ? fmt::format("{} {} ({} {})", info.name, candidate.version.text(), target.name,
                                           provided.version->text())
                             : fmt::format("{} {}", info.name, candidate.version.text()));
    };
    for (const Candidate* candidate : info.values)
      describe_candidate(*candidate, candidate->origin == Origin::host ? here : there);
    for (const Candidate* candidate : info.left_out) describe_candidate(*candidate, yanked);
  }
  for (const TargetInfo& candidate : encoder_.targets(need))
    if (!engine.is_empty(encoder_.info(candidate.package).var, candidate.set)) {
      // Something meets it. What the host has is still worth saying when that is all there is.
      const bool all = here.size() <= 1 || !there.empty() || target.range.is_any();
      return all ? "" : fmt::format("this host has {}", listed(here, "and"));
    }
  if (!yanked.empty() && here.empty() && there.empty())
    return fmt::format("{} {} yanked", listed(yanked, "and"), yanked.size() == 1 ? "is" : "are");
  const std::string also = yanked.empty() ? ""
                                          : fmt::format(" ({} {} yanked)", listed(yanked, "and"),
                                                        yanked.size() == 1 ? "is" : "are");
  if (!here.empty() && there.empty()) return fmt::format("this host has {}{}", listed(here, "and"), also);
  if (!there.empty()) {
    there.insert(there.end(), here.begin(), here.end());
    if (there.size() > 4)
      return fmt::format("there are {} others, from {} to {}{}", there.size(), there.back(), there.front(),
                         also);
    return fmt::format("there {} only {}{}", there.size() == 1 ? "is" : "are", listed(there, "and"), also);
  }
  if (encoder_.universe().install_hint(target.name)) return "this host has none";
  return by_name ? fmt::format("there is no package `{}`", target.name)
                 : fmt::format("nothing provides `{}`", target.name);
}

std::string Phrases::availability(const Need& need) const {
  if (need.requirement->targets.empty()) return "nothing can meet that";
  std::vector<std::string> parts;
  for (const Target& target : need.requirement->targets) {
    const std::string part = availability(need, target);
    if (part.empty()) return {};
    parts.push_back(part);
  }
  return join(parts, ", ");
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
  return available.empty() ? out : fmt::format("{}, {}", out, available);
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
      const std::string condition = describe(fact.group_option->when);
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

// Whether this host has some version of it.
bool Phrases::is_here(const Target& target) const {
  const auto has = [&](std::string_view name) { return !encoder_.universe().candidates(name).empty(); };
  if (target.kind != Target::Kind::capability && has(target.name)) return true;
  const auto providers = encoder_.universe().providers(target.name);
  return std::any_of(providers.begin(), providers.end(), has);
}

// A pre-release of a version that was asked for is not that version, and is easily overlooked.
std::optional<std::string> Phrases::prerelease_hint(const Target& target) const {
  if (target.kind != Target::Kind::package) return std::nullopt;
  const Candidate* newest = nullptr;
  for (const Candidate& candidate : encoder_.universe().candidates(target.name)) {
    const bool of_range = candidate.version.is_prerelease() && !candidate.yanked &&
                          target.range.contains(Version::of(candidate.version.numbers()));
    if (of_range && (newest == nullptr || newest->version < candidate.version)) newest = &candidate;
  }
  if (newest == nullptr) return std::nullopt;
  return fmt::format("{} {} is a pre-release, which is taken only when it is named: `>={}`", target.name,
                     newest->version.text(), newest->version.text());
}

std::vector<std::string> Phrases::hints(ClauseId id) const {
  const Fact& fact = encoder_.fact(id);
  std::vector<std::string> out;
  if (fact.kind != Fact::Kind::need) return out;
  const Need& need = encoder_.need(fact.need);
  for (const TargetInfo& target : encoder_.targets(need))
    if (!encoder_.engine().is_empty(encoder_.info(target.package).var, target.set)) return out;
  for (const Target& target : need.requirement->targets) {
    if (const auto install = encoder_.universe().install_hint(target.name)) {
      if (!install->empty() && is_here(target))
        out.push_back(fmt::format("install another version of {}; `{}` brings the distribution's",
                                  target.name, *install));
      else if (!install->empty())
        out.push_back(fmt::format("`{}` would install {}", *install, target.name));
      continue;
    }
    if (auto hint = prerelease_hint(target)) out.push_back(*std::move(hint));
    const bool known =
        target.kind == Target::Kind::package && !encoder_.universe().candidates(target.name).empty();
    if (known) continue;
    if (auto meant = did_you_mean(target.name, encoder_.universe().names())) out.push_back(*std::move(meant));
  }
  return out;
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
        if (excluded[i]) providers.push_back(encoder_.info(capability.providers[i]).name);
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
