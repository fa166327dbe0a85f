#include "core/resolve/solution.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/resolve/explain.h"
#include "core/resolve/mixed.h"
#include "core/resolve/phrases.h"

namespace reef::resolve {
namespace {

// Of so many wishes nobody reads why each has not its newest version.
constexpr std::size_t kMostHeldBack = 32;

class Reader {
 public:
  Reader(Encoder& encoder, const Search& search) : encoder_(encoder), search_(search), phrases_(encoder) {}

  Solution read() {
    note_places();
    note_wishes();
    solution_.links.reserve(encoder_.need_count());
    for (const std::uint32_t id : encoder_.root_needs())
      if (id != kNone) add_link(encoder_.need(id), *encoder_.need(id).requirement);
    solution_.root_links = static_cast<std::uint32_t>(solution_.links.size());
    solution_.packages.reserve(search_.closure().size());
    for (const std::uint32_t package : search_.closure()) {
      add_package(package);
      skipped_options(package);
    }
    held_back();
    if (encoder_.request().explain) skipped_providers();
    solution_.notes = mixed_providers(solution_, encoder_.request().asked_by);
    return std::move(solution_);
  }

 private:
  void add_package(std::uint32_t package) {
    const PackageInfo& info = encoder_.info(package);
    const std::uint32_t value = search_.value(package);
    Selected& out = solution_.packages.emplace_back();
    out.name = info.name;
    out.candidate = info.values[value];
    out.version = out.candidate->version;
    for (const std::uint32_t index : info.groups) {
      const GroupInfo& group = encoder_.group_info(index);
      const auto option = static_cast<std::uint32_t>(encoder_.engine().single(group.var));
      if (option < group.options.size()) out.options[group.name] = group.options[option];
    }
    out.first_link = static_cast<std::uint32_t>(solution_.links.size());
    add_links(info.loads[value].needs, out.candidate->requirements.get());
    out.link_count = static_cast<std::uint32_t>(solution_.links.size()) - out.first_link;
    const Locked* entry = encoder_.locked(info.name);
    out.locked = entry != nullptr && entry->version == out.version && entry->options == out.options;
    out.chosen = version_reason(info, value);
    if (!out.candidate->requirements) return;
    for (const Group& group : out.candidate->requirements->groups)
      if (const auto option = out.options.find(group.name); option != out.options.end())
        out.option_reasons[group.name] = option_reason(package, group, option->second);
  }

  void note_places() {
    places_.resize(encoder_.package_count());
    std::uint32_t place = 0;
    for (const std::uint32_t package : search_.closure()) places_[package] = place++;
  }

  // Who asks for options of whom: the request, and the selected packages.
  void note_wishes() {
    if (!encoder_.has_groups()) return;
    const auto note = [&](std::string_view who, std::uint32_t id) {
      if (id == kNone || search_.applies(encoder_.need(id)) != true) return;
      for (const Target& target : encoder_.need(id).requirement->targets)
        for (const auto& [group, option] : target.with) wishes_.emplace(target.name + "." + group, who);
    };
    for (const std::uint32_t id : encoder_.root_needs()) note(encoder_.request().asked_by, id);
    for (const std::uint32_t package : search_.closure())
      for (const std::uint32_t id : encoder_.info(package).loads[search_.value(package)].needs)
        note(encoder_.info(package).name, id);
  }

  // The entry of the lock that is held to.
  const Locked* held(std::string_view name) const {
    return encoder_.request().may_leave_lock(name) ? nullptr : encoder_.locked(name);
  }

  std::string_view version_reason(const PackageInfo& info, std::uint32_t value) const {
    const Candidate& chosen = *info.values[value];
    if (chosen.origin == Origin::workspace) return "your own folder";
    const bool here = chosen.origin == Origin::host;
    const auto of_host = [](const Candidate* candidate) { return candidate->origin == Origin::host; };
    if (here ? std::count_if(info.values.begin(), info.values.end(), of_host) == 1 : info.values.size() == 1)
      return here                    ? "the only version on this host"
             : info.left_out.empty() ? "the only version"
                                     : "the only version that is not yanked";
    const Locked* locked = held(info.name);
    if (locked != nullptr && locked->version == chosen.version) return "locked";
    const auto first = std::find_if(info.values.begin(), info.values.end(), [&](const Candidate* candidate) {
      return candidate->origin == chosen.origin;
    });
    const bool best = *first == &chosen;
    if (encoder_.request().prefer_oldest)
      return here   ? best ? "the oldest on this host" : "the oldest on this host that fits"
             : best ? "the oldest"
                    : "the oldest that fits";
    return here   ? best ? "the newest on this host" : "the newest on this host that fits"
           : best ? "the newest"
                  : "the newest that fits";
  }

  std::string option_reason(std::uint32_t package, const Group& group, const std::string& chosen) const {
    const std::string_view name = encoder_.info(package).name;
    if (const auto wish = wishes_.find(fmt::format("{}.{}", name, group.name)); wish != wishes_.end())
      return wish->second == encoder_.request().asked_by ? wish->second + " asked for it"
                                                         : wish->second + " asks for it";
    if (group.options.size() == 1) return "the only one";
    if (const Locked* locked = held(name))
      if (const auto entry = locked->options.find(group.name);
          entry != locked->options.end() && entry->second == chosen)
        return "locked";
    const std::vector<std::string> preferred = search_.preferred_options(package, group);
    if (!preferred.empty() && preferred.front() == chosen)
      return group.defaults.empty() ? "the first one" : "the default";
    return "the first that works here";
  }

  // In the words of the version itself: neighbours share a need, not their manifests.
  void add_links(std::span<const std::uint32_t> needs, const Requirements* own) {
    if (own == nullptr) return;
    std::size_t at = 0;
    const auto add = [&](const std::vector<Requirement>& requirements) {
      for (const Requirement& requirement : requirements) {
        if (at < needs.size() && needs[at] != kNone) add_link(encoder_.need(needs[at]), requirement);
        ++at;
      }
    };
    add(own->needs);
    for (const Group& group : own->groups)
      for (const GroupOption& option : group.options) add(option.needs);
  }

  void add_link(const Need& need, const Requirement& requirement) {
    const bool plain = need.is_plain();
    if (!plain && search_.applies(need) != true) return;
    const TargetInfo* target = plain ? &encoder_.targets(need).front() : search_.serving(need);
    if (!target) return;
    Link& link = solution_.links.emplace_back();
    link.requirement = &requirement;
    link.package = places_[target->package];
    link.target = target->target;
    link.by_capability = target->by_capability;
    if (plain || (need.special->group == kNone && need.special->capability == kNone)) return;
    link.remark = static_cast<std::uint32_t>(solution_.remarks.size());
    Solution::Remark& remark = solution_.remarks.emplace_back();
    if (need.special->group != kNone) {
      const GroupInfo& group = encoder_.group_info(need.special->group);
      remark.option = fmt::format("{}={}", group.name, group.options[need.special->option]);
    }
    if (need.special->capability != kNone) remark.preferred = provider_reason(need, *target);
  }

  // Why a provider serves a need: what spoke for it when it was chosen, cut to what told it from others.
  std::string provider_reason(const Need& need, const TargetInfo& chosen) const {
    const std::uint32_t index = need.special->capability;
    const CapabilityInfo& capability = encoder_.capability_info(index);
    const auto is_other = [&](const TargetInfo& target) {
      return target.package != chosen.package &&
             !encoder_.engine().is_empty(encoder_.info(target.package).var, target.set);
    };
    const auto targets = encoder_.targets(need);
    if (std::none_of(targets.begin(), targets.end(), is_other)) return {};
    if (search_.is_locked_for(need, chosen.package)) return "locked";
    if (encoder_.engine().single(capability.var) == capability.mixed())
      return is_needed_by_name(chosen.package) ? "in the closure anyway"
                                               : "the first that fits in the catalogue's order";
    const auto* ranks = search_.provider_ranks(index, chosen.provider);
    if (ranks == nullptr || ranks->size() == 1) return "the only one that fits";
    std::vector<std::string> reasons;
    std::vector<ProviderRank> others(ranks->begin() + 1, ranks->end());
    const auto tell = [&](std::size_t criterion, std::string_view text) {
      const std::size_t before = others.size();
      std::erase_if(others,
                    [&](const ProviderRank& other) { return other[criterion] != ranks->front()[criterion]; });
      const bool told = !reasons.empty() && reasons.back() == text;
      if (others.size() != before && !told) reasons.emplace_back(text);
    };
    tell(0, "locked");
    tell(1, "locked");
    tell(2, "preferred by you");
    tell(3, "asked for by name");
    tell(4, "in the closure anyway");
    tell(5, "found on this host");
    tell(6, "in the store already");
    bool is_first = true;
    for (std::uint32_t i = 0; i < chosen.provider; ++i)
      is_first = is_first && (encoder_.info(capability.providers[i]).values.empty() ||
                              std::any_of(ranks->begin(), ranks->end(),
                                          [&](const ProviderRank& rank) { return rank.back() == i; }));
    tell(7, is_first ? "first in the catalogue's order" : "the first that fits in the catalogue's order");
    return join(reasons, ", then ");
  }

  bool is_needed_by_name(std::uint32_t package) const {
    const auto names = [&](std::uint32_t id) {
      const auto& targets = encoder_.need(id).requirement->targets;
      return targets.size() == 1 && targets.front().kind == Target::Kind::package &&
             targets.front().name == encoder_.info(package).name &&
             search_.applies(encoder_.need(id)) == true;
    };
    const auto asks = [&](std::uint32_t user) {
      const auto& needs = encoder_.info(user).loads[search_.value(user)].needs;
      return std::any_of(needs.begin(), needs.end(),
                         [&](std::uint32_t id) { return id != kNone && names(id); });
    };
    return std::any_of(search_.closure().begin(), search_.closure().end(), asks);
  }

  // Providers that are preferred to the one that serves, and could not.
  void skipped_providers() {
    const auto look = [&](std::string_view user, std::uint32_t id) {
      if (id == kNone) return;
      const Need& need = encoder_.need(id);
      const TargetInfo* chosen = search_.serving(need);
      if (need.special->capability == kNone || chosen == nullptr || search_.applies(need) != true) return;
      const CapabilityInfo& capability = encoder_.capability_info(need.special->capability);
      for (std::uint32_t i = 0; i < capability.mixed(); ++i) {
        const PackageInfo& info = encoder_.info(capability.providers[i]);
        if (capability.providers[i] == chosen->package || info.values.empty()) continue;
        const auto targets = encoder_.targets(need);
        const bool fits = std::any_of(targets.begin(), targets.end(),
                                      [&](const TargetInfo& target) { return target.provider == i; });
        std::string why;
        if (fits)
          why = reason({capability.var, encoder_.engine().set_of(capability.var, i)}, chosen->package, kNone);
        else if (info.values.front()->origin == Origin::host)
          why =
              fmt::format("{} needs {} {}, it is {}", user, capability.name,
                          need.requirement->targets.front().range.text(), versions_of(info, capability.name));
        const std::string choice = fmt::format("{} as {}", info.name, capability.name);
        const auto known =
            std::any_of(solution_.skipped.begin(), solution_.skipped.end(),
                        [&](const auto& skip) { return skip.package == user && skip.choice == choice; });
        if (!why.empty() && !known) solution_.skipped.push_back({std::string(user), choice, why});
      }
    };
    for (const std::uint32_t package : search_.closure())
      for (const std::uint32_t id : encoder_.info(package).loads[search_.value(package)].needs)
        look(encoder_.info(package).name, id);
  }

  static std::string versions_of(const PackageInfo& info, const std::string& capability) {
    std::vector<std::string> out;
    for (const Candidate* candidate : info.values)
      if (candidate->requirements)
        for (const Provided& provided : candidate->requirements->provides)
          if (provided.capability == capability && provided.version) out.push_back(provided.version->text());
    return listed(out, "and");
  }

  // A need of anything of that name, which is there.
  bool is_plain(const Fact& fact) const {
    if (fact.kind != Fact::Kind::need) return false;
    const Need& need = encoder_.need(fact.need);
    const auto met = [&](const TargetInfo& target) {
      return !encoder_.engine().is_empty(encoder_.info(target.package).var, target.set);
    };
    const auto targets = encoder_.targets(need);
    return std::all_of(need.requirement->targets.begin(), need.requirement->targets.end(),
                       [](const Target& target) { return target.range.is_any(); }) &&
           std::any_of(targets.begin(), targets.end(), met);
  }

  // Facts that make a literal false, the request's own wishes first removed.
  std::string reason(const Literal& literal, std::uint32_t package, std::uint32_t group) {
    std::vector<std::string> own;
    std::vector<std::string> others;
    std::vector<std::string> plain;  // "app needs canvas": how others come into it
    const auto facts = facts_behind(encoder_.engine(), encoder_.engine().why_false(literal));
    for (const ClauseId id : facts) {
      const Fact& fact = encoder_.fact(id);
      if (fact.kind == Fact::Kind::option_need && fact.group == group && group != kNone)
        return {};  // someone asked for another one: that is told as the reason of the chosen one
      if (fact.package == kNone || phrases_.is_silent(id) || fact.kind == Fact::Kind::structure) continue;
      if (fact.kind == Fact::Kind::serve) continue;
      const std::uint32_t asked_by =
          fact.need != kNone ? encoder_.need(fact.need).special->group : fact.group;
      const bool is_own = fact.package == package && (group == kNone || asked_by == group);
      const std::string text = phrases_.sentence(id, !is_own);
      auto& list = is_own ? own : is_plain(fact) ? plain : others;
      if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
    }
    if (own.empty() && others.empty()) others = std::move(plain);
    if (own.empty() && others.empty()) return {};
    constexpr std::size_t kMost = 3;
    own.insert(own.end(), others.begin(), others.end());
    const std::size_t more = own.size() > kMost ? own.size() - kMost : 0;
    own.resize(own.size() - more);
    return join(own, ", ") + (more ? ", and " + counted(more, "more reason") : "");
  }

  void skipped_options(std::uint32_t package) {
    const Candidate& candidate = *encoder_.info(package).values[search_.value(package)];
    if (!candidate.requirements) return;
    for (const Group& group : candidate.requirements->groups) {
      const std::uint32_t index = encoder_.group(package, group.name);
      const GroupInfo& info = encoder_.group_info(index);
      const auto chosen = static_cast<std::uint32_t>(encoder_.engine().single(info.var));
      for (const std::string& option : search_.preferred_options(package, group)) {
        const auto at = std::find(info.options.begin(), info.options.end(), option);
        const auto value = static_cast<std::uint32_t>(at - info.options.begin());
        if (value == chosen) break;
        if (at == info.options.end()) continue;
        const std::string why = reason({info.var, encoder_.engine().set_of(info.var, value)}, package, index);
        if (!why.empty())
          solution_.skipped.push_back(
              {std::string(encoder_.info(package).name), fmt::format("`{} = {}`", group.name, option), why});
      }
    }
  }

  // An option that somebody asked for, and that the preferred version does not have.
  std::string missing_wish(std::uint32_t package) const {
    const PackageInfo& info = encoder_.info(package);
    const Candidate& newest = *info.values.front();
    for (const auto& [group, option] : solution_.packages[places_[package]].options) {
      if (!wishes_.contains(fmt::format("{}.{}", info.name, group))) continue;
      const auto has = [&, &group = group, &option = option](const Group& own) {
        return own.name == group && std::any_of(own.options.begin(), own.options.end(),
                                                [&](const auto& each) { return each.name == option; });
      };
      const bool found = newest.requirements && std::any_of(newest.requirements->groups.begin(),
                                                            newest.requirements->groups.end(), has);
      if (!found) return fmt::format("it has no `{} = {}`", group, option);
    }
    return {};
  }

  // A range of the request itself that the preferred version is not in.
  std::string own_range(const PackageInfo& info) const {
    const std::string& who = encoder_.request().asked_by;
    for (const Requirement& root : encoder_.request().roots)
      for (const Target& target : root.targets)
        if (target.name == info.name && !target.range.contains(info.values.front()->version))
          return fmt::format("{} {} {}", who == "you" ? "you asked for" : who + " needs", info.name,
                             target.range.text());
    return {};
  }

  // Packages that have a newer version than the selected one: those that were asked for directly, or all.
  void held_back() {
    std::vector<std::uint32_t> packages;
    if (encoder_.request().explain)
      packages = search_.closure();
    else if (solution_.root_links <= kMostHeldBack)
      for (const Link& root : solution_.links_of_request())
        packages.push_back(search_.closure()[root.package]);
    for (const std::uint32_t package : packages) {
      const PackageInfo& info = encoder_.info(package);
      const std::uint32_t value = search_.value(package);
      if (value == 0 || info.values[value]->origin != info.values[0]->origin) continue;
      const Literal newest{info.var, encoder_.engine().set_of(info.var, 0)};
      std::string why = reason(newest, package, kNone);
      if (why.empty()) why = missing_wish(package);
      if (why.empty()) why = own_range(info);
      const Locked* locked = held(info.name);
      const bool is_held = why.empty() && locked != nullptr && locked->version == info.values[value]->version;
      if (why.empty() && encoder_.request().explain)
        why = is_held ? fmt::format("{} is locked", info.values[value]->version.text())
                      : "it does not go with what is preferred to it";
      if (!why.empty())
        solution_.skipped.push_back({std::string(info.name),
                                     fmt::format("{} {}", info.name, info.values[0]->version.text()), why,
                                     is_held});
    }
  }

  Encoder& encoder_;
  const Search& search_;
  Phrases phrases_;
  Solution solution_;
  std::map<std::string, std::string> wishes_;  // "package.group" -> who asks for an option of it
  std::vector<std::uint32_t> places_;          // of packages in the closure
};

}  // namespace

Solution solution_of(Encoder& encoder, const Search& search) { return Reader(encoder, search).read(); }

Edge Solution::edge(const Link& link) const {
  const Target& asked = link.requirement->targets[link.target];
  Edge out;
  out.role = link.requirement->role;
  out.target = packages[link.package].name;
  if (asked.kind == Target::Kind::capability || asked.name != out.target) out.capability = asked.name;
  out.purpose = link.requirement->purpose;
  out.range = asked.range;
  out.place = link.requirement->place;
  if (link.remark == Link::kNone) return out;
  out.option = remarks[link.remark].option;
  out.preferred = remarks[link.remark].preferred;
  return out;
}

std::vector<Edge> Solution::edges_of(const Selected& package) const {
  std::vector<Edge> out;
  for (const Link& link : links_of(package)) out.push_back(edge(link));
  return out;
}

std::string Skipped::text() const {
  const bool is_option = choice.starts_with('`');  // which says nothing of whose it is
  return fmt::format("{}{} was skipped: {}", is_option ? package + ": " : "", choice, reason);
}

const Selected* Solution::find(std::string_view name) const {
  for (const Selected& package : packages)
    if (package.name == name) return &package;
  return nullptr;
}

}  // namespace reef::resolve
