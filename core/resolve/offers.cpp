#include <algorithm>

#include "core/base/text.h"
#include "core/resolve/phrases.h"

// What there is of something that was asked for, and what would help when that is not enough.
namespace reef::resolve {
namespace {

// The versions next to a range that none of them is in: the newest below it and the oldest above it.
std::vector<std::string> nearest_to(const VersionRange& range, std::vector<const Version*> versions) {
  if (range.is_empty()) return {};
  std::sort(versions.begin(), versions.end(), [](const Version* a, const Version* b) { return *a < *b; });
  std::vector<std::string> out;
  const auto add = [&](const Version& version) {
    if (std::find(out.begin(), out.end(), version.text()) == out.end()) out.push_back(version.text());
  };
  for (const VersionRange::Interval& interval : range.intervals()) {
    const Version* below = nullptr;
    for (const Version* version : versions)
      if (interval.lower && *version <= interval.lower->version) below = version;
    if (below != nullptr) add(*below);
    if (!interval.upper) continue;
    const auto above = std::find_if(versions.begin(), versions.end(), [&](const Version* version) {
      return *version >= interval.upper->version;
    });
    if (above != versions.end()) add(**above);
  }
  constexpr std::size_t kMost = 2;
  if (out.size() > kMost) out.resize(kMost);
  return out;
}

}  // namespace

// Why nothing meets a target; empty when something does.
std::string Phrases::availability(const Need& need, const Target& target) const {
  const Engine& engine = encoder_.engine();
  const bool by_name = target.kind != Target::Kind::capability;
  std::vector<std::string> yanked;
  std::vector<std::string> here;
  std::vector<std::string> there;
  std::vector<const Version*> counted;  // by the range, of what is not yanked
  const std::vector<std::string> names =
      by_name ? std::vector{target.name} : encoder_.universe().providers(target.name);
  for (const std::string& name : names) {
    const PackageInfo& info = encoder_.info(encoder_.package(name));
    const auto describe_candidate = [&](const Candidate& candidate, std::vector<std::string>& list,
                                        bool hidden = false) {
      if (by_name) {
        list.push_back(candidate.version.text());
        return;
      }
      if (!candidate.requirements) return;
      for (const Provided& provided : candidate.requirements->provides) {
        if (provided.capability != target.name) continue;
        std::vector<std::string> remarks;
        if (provided.version && *provided.version != candidate.version)
          remarks.push_back(fmt::format("{} {}", target.name, provided.version->text()));
        if (hidden) remarks.emplace_back("a pre-release, which must be named");
        list.push_back(fmt::format("{} {}{}", info.name, candidate.version.text(),
                                   remarks.empty() ? "" : " (" + join(remarks, "; ") + ")"));
      }
    };
    for (std::uint32_t value = 0; value < info.absent(); ++value) {
      const Candidate* candidate = info.values[value];
      if (candidate->assumed) return {};  // there may be any version of it
      describe_candidate(*candidate, candidate->origin == Origin::host ? here : there,
                         info.hidden && engine.has(*info.hidden, value));
      if (by_name) counted.push_back(&candidate->version);
      if (by_name || !candidate->requirements) continue;
      for (const Provided& provided : candidate->requirements->provides)
        if (provided.capability == target.name && provided.version) counted.push_back(&*provided.version);
    }
    for (const Candidate* candidate : info.left_out) describe_candidate(*candidate, yanked);
  }
  for (const TargetInfo& candidate : encoder_.targets(need))
    if (!engine.is_empty(encoder_.info(candidate.package).var, candidate.set)) {
      // Something meets it. What the host has is still worth saying when that is all there is.
      const bool all = here.size() <= 1 || !there.empty() || target.range.is_any();
      if (!all) return fmt::format("this host has {}", listed(here, "and"));
      return by_name ? "" : provided_by(need);
    }
  if (!yanked.empty() && here.empty() && there.empty())
    return fmt::format("{} {} yanked", listed(yanked, "and"), yanked.size() == 1 ? "is" : "are");
  const std::string also = yanked.empty() ? ""
                                          : fmt::format(" ({} {} yanked)", listed(yanked, "and"),
                                                        yanked.size() == 1 ? "is" : "are");
  if (!here.empty() && there.empty()) return fmt::format("this host has {}{}", listed(here, "and"), also);
  if (!there.empty()) {
    there.insert(there.end(), here.begin(), here.end());
    if (there.size() > 4) {
      const auto nearest = nearest_to(target.range, counted);
      return fmt::format("there are {} others{}{}", there.size(),
                         nearest.empty() ? "" : ", the nearest " + listed(nearest, "and"), also);
    }
    return fmt::format("there {} only {}{}", there.size() == 1 ? "is" : "are", listed(there, "and"), also);
  }
  if (encoder_.universe().install_hint(target.name))
    return encoder_.universe().refused(target.name).empty() ? "this host has none"
                                                            : "this host has none that works";
  return by_name ? fmt::format("there is no package `{}`", target.name)
                 : fmt::format("nothing provides `{}`", target.name);
}

// "which only ort >=1.16.0 provides"; empty when many do.
std::string Phrases::provided_by(const Need& need) const {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> providers;
  for (const TargetInfo& target : encoder_.targets(need)) {
    std::vector<char> chosen = values_of({encoder_.info(target.package).var, target.set});
    if (std::count(chosen.begin(), chosen.end(), char{1}) == 0) continue;
    std::string text = versions(target.package, chosen);
    if (std::find(providers.begin(), providers.end(), text) == providers.end())
      providers.push_back(std::move(text));
  }
  if (providers.empty() || providers.size() > kMost) return {};
  return fmt::format("which only {} {}", listed(providers, "and"),
                     providers.size() == 1 ? "provides" : "provide");
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

// Whether this host has some version of it.
bool Phrases::is_here(const Target& target) const {
  const auto has = [&](std::string_view name) { return !encoder_.universe().candidates(name).empty(); };
  if (target.kind != Target::Kind::capability && has(target.name)) return true;
  const auto providers = encoder_.universe().providers(target.name);
  return std::any_of(providers.begin(), providers.end(), has);
}

bool Phrases::only_yanked(const Target& target) const {
  const auto& all = encoder_.universe().candidates(target.name);
  return !all.empty() && std::all_of(all.begin(), all.end(), [&](const Candidate& candidate) {
    return candidate.yanked || !target.range.contains(candidate.version);
  }) && std::any_of(all.begin(), all.end(), [&](const Candidate& candidate) {
    return candidate.yanked && target.range.contains(candidate.version);
  });
}

void Phrases::set_scene(const std::vector<ClauseId>& facts) {
  for (const ClauseId id : facts) {
    const Fact& fact = encoder_.fact(id);
    if (fact.kind != Fact::Kind::need) continue;
    const Need& need = encoder_.need(fact.need);
    for (const TargetInfo& target : encoder_.targets(need)) {
      const PackageInfo& info = encoder_.info(target.package);
      if (!info.hidden || !need.requirement->targets[target.target].range.names_prerelease()) continue;
      for (std::uint32_t value = 0; value < info.absent(); ++value)
        if (encoder_.engine().has(*info.hidden, value) && encoder_.engine().has(target.set, value))
          named_prereleases_[target.package].push_back(&info.values[value]->version);
    }
  }
}

// Whether the need has a version of the scene in its range, and does not take it since it names no
// pre-release.
bool Phrases::misses_prerelease(const Need& need) const {
  const auto targets = encoder_.targets(need);
  return std::any_of(targets.begin(), targets.end(), [&](const TargetInfo& target) {
    const auto named = named_prereleases_.find(target.package);
    const VersionRange& range = need.requirement->targets[target.target].range;
    if (named == named_prereleases_.end() || target.by_capability || range.names_prerelease()) return false;
    return std::any_of(named->second.begin(), named->second.end(),
                       [&](const Version* version) { return range.contains(*version); });
  });
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
  const std::string why = target.range.contains(newest->version)
                              ? "which must be named"
                              : "older than " + Version::of(newest->version.numbers()).text();
  return fmt::format("{} {} is a pre-release, {}: `>={}` takes it", target.name, newest->version.text(), why,
                     newest->version.text());
}

// Whether there is anything of that name and kind, be it in other versions.
bool Phrases::is_known(const Target& target) const {
  Universe& universe = encoder_.universe();
  return (target.kind != Target::Kind::capability && !universe.candidates(target.name).empty()) ||
         (target.kind != Target::Kind::package && !universe.providers(target.name).empty());
}

// A capability that was asked for as a package, or a package as a capability.
std::optional<std::string> Phrases::other_kind_hint(const Target& target) const {
  Universe& universe = encoder_.universe();
  if (target.kind == Target::Kind::package) {
    const std::vector<std::string> providers = universe.providers(target.name);
    if (providers.empty()) return std::nullopt;
    constexpr std::size_t kMost = 3;
    const std::string who = providers.size() > kMost ? fmt::format("{} packages", providers.size())
                                                     : quoted_list(providers, "and");
    return fmt::format("`{0}` is a capability, which {1} {2}: ask for it with `\"capability\": \"{0}\"`",
                       target.name, who, providers.size() == 1 ? "provides" : "provide");
  }
  if (target.kind == Target::Kind::capability && !universe.candidates(target.name).empty())
    return fmt::format("`{0}` is a package, not a capability: ask for it with `\"package\": \"{0}\"`",
                       target.name);
  return std::nullopt;
}

// What the lock holds would have met the target, and is no longer there.
std::vector<std::string> Phrases::lock_hints(const Target& target) const {
  Universe& universe = encoder_.universe();
  std::vector<std::string> names;
  if (target.kind != Target::Kind::capability) names.push_back(target.name);
  if (target.kind != Target::Kind::package)
    for (std::string& provider : universe.providers(target.name)) names.push_back(std::move(provider));
  std::vector<std::string> out;
  for (const std::string& name : names) {
    const Locked* locked = encoder_.locked(name);
    if (locked == nullptr) continue;
    if (name == target.name && !target.range.contains(locked->version)) continue;
    const std::vector<Candidate>& candidates = universe.candidates(name);
    const bool is_there = std::any_of(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
      return candidate.version == locked->version;
    });
    if (is_there) continue;
    const char* why = !universe.install_hint(name)     ? "is no longer there"
                      : universe.refused(name).empty() ? "this host no longer has"
                                                       : "was not found on this host now";
    out.push_back(fmt::format("the lock holds {} {}, which {}", name, locked->version.text(), why));
  }
  return out;
}

// The nearest variation, or option, of what was asked for and is not there.
std::optional<std::string> Phrases::option_hint(const Fact& fact) const {
  const std::string& asked = encoder_.text(fact.text);  // "precision = int8"
  const std::size_t equals = asked.find(" = ");
  if (fact.group != kNone) {
    const std::vector<std::string>& known = encoder_.group_info(fact.group).options;
    const std::string option = asked.substr(equals + 3);
    if (std::find(known.begin(), known.end(), option) != known.end()) return std::nullopt;
    return did_you_mean(option, known);
  }
  std::vector<std::string> known;
  for (const Target& target : encoder_.need(fact.need).requirement->targets) {
    if (target.with.empty()) continue;
    for (const Candidate& candidate : encoder_.universe().candidates(target.name))
      if (candidate.requirements)
        for (const Group& group : candidate.requirements->groups) known.push_back(group.name);
  }
  return did_you_mean(asked.substr(0, equals), known);
}

std::vector<std::string> Phrases::hints(ClauseId id, std::size_t& look_ups) const {
  const Fact& fact = encoder_.fact(id);
  std::vector<std::string> out;
  if (fact.kind == Fact::Kind::option_need)
    if (auto meant = option_hint(fact)) out.push_back(*std::move(meant));
  if (fact.kind == Fact::Kind::cycle)
    out.emplace_back("packages may need one another to run: write `\"for\": \"run\"` for each of these");
  if (fact.kind != Fact::Kind::need) return out;
  const Need& need = encoder_.need(fact.need);
  for (const TargetInfo& target : encoder_.targets(need))
    if (!encoder_.engine().is_empty(encoder_.info(target.package).var, target.set)) return out;
  if (look_ups == 0) return out;
  --look_ups;
  for (const Target& target : need.requirement->targets) {
    for (std::string& hint : lock_hints(target)) out.push_back(std::move(hint));
    for (std::string& hint : encoder_.universe().refused(target.name)) out.push_back(std::move(hint));
    for (std::string& hint : encoder_.universe().elsewhere(target.name, target.range))
      out.push_back(std::move(hint));
    if (const auto install = encoder_.universe().install_hint(target.name, target.range)) {
      if (!install->empty() && is_here(target))
        out.push_back(fmt::format("this host needs {}: `{}` installs the distribution's version",
                                  target_text(target), *install));
      else if (!install->empty())
        out.push_back(fmt::format("`{}` would install {}", *install, target.name));
      else if (is_here(target))
        out.push_back(fmt::format("this host needs {}", target_text(target)));
      continue;
    }
    if (auto hint = prerelease_hint(target)) out.push_back(*std::move(hint));
    const bool known = is_known(target);
    if (known && target.kind != Target::Kind::capability && only_yanked(target))
      out.push_back(
          fmt::format("{} was withdrawn by its author: only a lock that holds it already, or a command about "
                      "exactly that version, takes it; no dependency does",
                      target.name));
    if (known) continue;
    if (std::string claim = encoder_.universe().claim(target.name); !claim.empty())
      out.push_back(std::move(claim));
    if (auto kind = other_kind_hint(target))
      out.push_back(*std::move(kind));
    else if (auto meant = did_you_mean(target.name, encoder_.universe().names()))
      out.push_back(*std::move(meant));
  }
  return out;
}

}  // namespace reef::resolve
