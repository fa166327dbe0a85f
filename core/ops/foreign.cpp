#include "core/ops/foreign.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/ops/advice.h"
#include "core/ops/assumed.h"
#include "core/ops/lock.h"
#include "core/ops/universe.h"

namespace reef::ops {
namespace {

// Each round learns of ranges on tools that the one before did not know; two are usual.
constexpr int kMostRounds = 20;

const std::map<std::string, std::string> kSystems = {{"linux", "linux"}, {"macos", "macos"}};
const std::map<std::string, std::string> kProcessors = {{"x86_64", "x86_64"},   {"amd64", "x86_64"},
                                                        {"aarch64", "aarch64"}, {"arm64", "aarch64"},
                                                        {"riscv64", "riscv64"}, {"ppc64le", "ppc64le"}};

// Whatever ranges are asked of a tool, and whatever of them overlap: one of these versions is in all of them.
// The lower end of an intersection is the lower end of one of its ranges.
class Samples {
 public:
  // False when it was known.
  bool add(const std::string& tool, const VersionRange& range) {
    std::set<Version>& known = versions_[tool];
    bool fresh = known.insert(Version()).second;
    for (const VersionRange::Interval& interval : range.intervals()) {
      if (!interval.lower) continue;
      if (interval.lower->inclusive) {
        const Version& lowest = interval.lower->version;
        // What is not below 14 begins with a pre-release of it, which nobody named.
        if (!lowest.is_prerelease() || range.names_prerelease()) fresh = known.insert(lowest).second || fresh;
        if (lowest.is_prerelease()) fresh = known.insert(Version::of(lowest.numbers())).second || fresh;
        continue;
      }
      std::vector<std::uint64_t> above = interval.lower->version.numbers();
      above.push_back(1);
      fresh = known.insert(Version::of(std::move(above))).second || fresh;
    }
    return fresh;
  }
  std::vector<Version> of(const std::string& tool) const {
    const auto found = versions_.find(tool);
    if (found == versions_.end()) return {Version()};
    return {found->second.begin(), found->second.end()};
  }

 private:
  std::map<std::string, std::set<Version>> versions_;
};

// The catalogue as another platform would see it, with tools of which only the names are known. A capability
// that tools provide is a tool of its own.
class ForeignUniverse : public resolve::Universe {
 public:
  ForeignUniverse(Session& session, const Project* project, const Platform& platform, Samples& samples)
      : session_(session),
        packages_(session, project),
        project_(project),
        platform_(platform),
        samples_(samples) {}

  const std::vector<resolve::Candidate>& candidates(std::string_view name) override {
    const std::string key(name);
    if (!is_of_host(key)) {
      const auto& found = packages_.candidates(name);
      for (const resolve::Candidate& candidate : found)
        if (candidate.requirements) note(*candidate.requirements);
      return found;
    }
    auto& tools = tools_[key];
    if (!tools.empty()) return tools;
    const bool provides = is_capability_of_tools(key);
    for (const Version& version : samples_.of(key)) {
      resolve::Candidate& candidate = tools.emplace_back();
      candidate.version = version;
      candidate.assumed = true;
      if (!provides) continue;
      auto requirements = std::make_shared<resolve::Requirements>();
      requirements->provides.push_back({key, version});
      candidate.requirements = std::move(requirements);
    }
    return tools;
  }

  std::vector<std::string> providers(std::string_view capability) override {
    std::vector<std::string> out;
    const std::string key(capability);
    if (project_ != nullptr && project_->manifest->provides.contains(key))
      out.push_back(project_->manifest->name);
    for (std::string& name : session_.registry().providers(capability))
      if (!is_tool(name) && std::find(out.begin(), out.end(), name) == out.end())
        out.push_back(std::move(name));
    if (is_of_host(key)) out.push_back(key);
    return out;
  }

  std::vector<std::string> facts(std::string_view name) override {
    if (name == "os") return {platform_.os};
    if (name == "arch") return {platform_.arch};
    if (name == "libc" && platform_.libc) return {*platform_.libc};
    return {};
  }
  std::string subject_of_facts() override { return platform_.id(); }
  std::vector<std::string> names() override { return packages_.names(); }

  bool is_tool(const std::string& name) {
    if (project_ != nullptr && project_->manifest->name == name) return false;
    const std::vector<Version> versions = session_.registry().versions(name);
    if (versions.empty()) return false;
    const auto entry = session_.registry().entry(name, versions.front());
    return entry && entry->kind == PackageKind::tool;
  }
  // A tool, or a capability of tools that no package bears the name of.
  bool is_of_host(const std::string& name) {
    return is_tool(name) || (session_.registry().versions(name).empty() && is_capability_of_tools(name));
  }
  bool knows_all_ranges() const { return !fresh_; }
  const std::optional<Error>& error() const { return packages_.error(); }

 private:
  bool is_capability_of_tools(const std::string& name) {
    const std::vector<std::string> providers = session_.registry().providers(name);
    return std::any_of(providers.begin(), providers.end(),
                       [&](const std::string& provider) { return is_tool(provider); });
  }
  void note(const resolve::Requirements& requirements) {
    const auto note_all = [&](const std::vector<resolve::Requirement>& needs) {
      for (const resolve::Requirement& need : needs)
        for (const resolve::Target& target : need.targets)
          if (is_of_host(target.name)) fresh_ = samples_.add(target.name, target.range) || fresh_;
      for (const resolve::Requirement& need : needs) note(need.when);
    };
    note_all(requirements.needs);
    for (const resolve::Group& group : requirements.groups)
      for (const resolve::GroupOption& option : group.options) {
        note_all(option.needs);
        note(option.when);
        for (const resolve::Exclusion& exclusion : option.excludes)
          note_both_sides(exclusion.name, exclusion.range);
      }
  }
  void note(const resolve::When& when) {
    if (when.kind == resolve::When::Kind::package) note_both_sides(when.name, when.range);
    for (const resolve::When& part : when.parts) note(part);
  }
  void note_both_sides(const std::string& name, const VersionRange& range) {
    if (!is_of_host(name)) return;
    fresh_ = samples_.add(name, range) || fresh_;
    fresh_ = samples_.add(name, range.complement()) || fresh_;
  }

  Session& session_;
  SessionUniverse packages_;
  const Project* project_;
  const Platform& platform_;
  Samples& samples_;
  std::map<std::string, std::vector<resolve::Candidate>> tools_;
  bool fresh_ = false;
};

Error no_solution(Session& session, const Target& target, ForeignUniverse& universe, resolve::Request asked,
                  const resolve::Outcome& outcome, const Platform& platform) {
  if (const auto* gave_up = std::get_if<resolve::GaveUp>(&outcome)) {
    json::Value details = details_of(to_json(*gave_up));
    details["platform"] = platform.id();
    return Error(ErrorCode::no_solution, gave_up->text)
        .hint(way_to_search_longer(session, target, platform.id()))
        .details(details.dump())
        .context("choosing for " + platform.id());
  }
  const auto& conflict = std::get<resolve::Conflict>(outcome);
  std::vector<std::string> hints = conflict.hints;
  asked.limits.out_of_time = time_limit(session, kAdviceTime);
  for (std::string& hint : resolve::suggest(universe, asked, conflict)) hints.push_back(std::move(hint));
  Error error(ErrorCode::no_solution, shown_from(session, conflict.text));
  for (std::string& hint : told_from(session, target, std::move(hints)))
    error = std::move(error).hint(std::move(hint));
  json::Value details = details_of(to_json(conflict));
  details["platform"] = platform.id();
  return std::move(error).details(details.dump()).context("choosing for " + platform.id());
}

LockedTool locked_tool(const resolve::Solution& solution, const resolve::Selected& tool, bool capability) {
  LockedTool out{tool.name, tool.version, {}, false, capability, {}};
  for (const resolve::Selected& user : solution.packages)
    for (const resolve::Link& link : solution.links_of(user))
      if (solution.packages[link.package].name == tool.name)
        out.required = out.required.intersected(link.requirement->targets[link.target].range);
  return out;
}

Result<LockedPlatform> part_of(Session& session, const Target& target, ForeignUniverse& universe,
                               const resolve::Solution& solution) {
  LockedPlatform out;
  for (const resolve::Selected& chosen : solution.packages) {
    if (universe.is_of_host(chosen.name)) {
      out.host.push_back(locked_tool(solution, chosen, !universe.is_tool(chosen.name)));
      continue;
    }
    Planned package;
    package.chosen = chosen;
    package.edges = solution.edges_of(chosen);
    if (target.project && target.name == chosen.name) {
      package.manifest = target.project->manifest;
    } else {
      TRY(package.manifest, session.registry().manifest(chosen.name, chosen.version));
      TRY(package.digest, session.registry().digest(chosen.name, chosen.version));
    }
    out.packages.push_back(locked_package(target, package));
  }
  return out;
}

// What a package asks for in a role; empty where it is a package.
std::string capability_of(const Manifest& manifest, const resolve::Locked& package, const std::string& role) {
  const auto find = [&](const std::vector<Dependency>& needs) {
    const auto found = std::find_if(needs.begin(), needs.end(), [&](const Dependency& need) {
      return need.role == role && !need.capability.empty();
    });
    return found == needs.end() ? std::string() : found->capability;
  };
  std::string out = find(manifest.dependencies);
  for (const auto& [group, chosen] : package.options) {
    const Variation* variation = manifest.find_variation(group);
    const Option* option = variation != nullptr ? variation->find(chosen) : nullptr;
    if (out.empty() && option != nullptr) out = find(option->dependencies);
  }
  return out;
}

Result<std::shared_ptr<const Manifest>> manifest_of(Session& session, const Target& target,
                                                    const std::string& name, const Version& version) {
  if (target.project && target.name == name) return target.project->manifest;
  return session.registry().manifest(name, version);
}

// A tool that was found on the other host and serves as a capability is unknown here: the capability is left
// to that host's tools, as where nothing was found.
Status leave_open(Session& session, const Target& target, const LockedPlatform& part,
                  std::vector<resolve::Locked>& held) {
  std::set<std::string> capabilities;
  for (resolve::Locked& package : held)
    for (auto& [role, provider] : package.dependencies) {
      const LockedTool* tool = part.find_tool(provider);
      if (tool == nullptr || !tool->found) continue;
      const auto manifest = manifest_of(session, target, package.name, package.version);
      if (!manifest && manifest.error().code() == ErrorCode::not_found) continue;  // gone: nothing to hold to
      if (!manifest) return tl::make_unexpected(manifest.error());
      const std::string capability = capability_of(**manifest, package, role);
      if (capability.empty()) continue;
      provider = capability;
      capabilities.insert(capability);
    }
  for (const std::string& capability : capabilities) {
    resolve::Locked& open = held.emplace_back();
    open.name = capability;
    open.open = true;
  }
  return {};
}

// What the part for a platform should hold to: the lock's own choices, then the versions of this host. Its
// options are its own: another one may be preferred there.
Result<std::vector<resolve::Locked>> held_for(Session& session, const Plan& plan, const Lockfile* before,
                                              const Platform& platform) {
  std::vector<resolve::Locked> out;
  if (before) {
    out = locked_choices(*before, platform);
    const auto part = before->platforms.find(platform.id());
    if (part != before->platforms.end()) TRY_STATUS(leave_open(session, plan.target, part->second, out));
  }
  for (const Planned& package : plan.packages) {
    const auto same = [&](const resolve::Locked& locked) { return locked.name == package.name(); };
    if (!package.is_tool() && std::none_of(out.begin(), out.end(), same))
      out.push_back({package.name(), package.chosen.version, {}});
  }
  return out;
}

// The ranges of tools, narrowed to where the part is true: with others, conditions would be otherwise. The
// versions that were assumed go.
Status keep_to_assumed(Session& session, const Target& target, const Platform& platform,
                       LockedPlatform& part) {
  Circumstances now;
  now.os = platform.os;
  now.arch = platform.arch;
  now.libc = platform.libc.value_or("");
  for (const LockedPackage& package : part.packages) now.packages[package.name] = package.version;
  for (const LockedTool& tool : part.host) now.packages[tool.name] = tool.version;
  for (const LockedPackage& package : part.packages) {
    TRY(const auto manifest, manifest_of(session, target, package.name, package.version));
    now.options = package.options;
    for (LockedTool& tool : part.host) {
      if (tool.capability) continue;
      const VersionRange range = assumed_of(*manifest, now, tool.name);
      if (!range.is_any()) tool.required = tool.required.intersected(range);
    }
  }
  for (LockedTool& tool : part.host) tool.version = {};
  return {};
}

// What was written there, or settled here, and says the same. `now` is not narrowed to what it assumes.
bool still_holds(const LockedPlatform& before, const LockedPlatform& now, const std::string& id) {
  Lockfile open;
  Lockfile settled;
  open.platforms[id] = now;
  settled.platforms[id] = before;
  return differences(open, settled).empty();
}

Result<std::vector<std::string>> parts_to_drop(const Lockfile* before, const std::string& own,
                                               const std::vector<std::string>& named) {
  std::vector<std::string> out;
  for (const std::string& text : named) {
    const Result<Platform> platform = parse_platform(text);
    std::string id = platform ? platform->id() : text;
    if (id == own)
      return make_error(ErrorCode::usage, "{} is this host: its part of the lock is always written", id);
    if (!before || !before->platforms.contains(id)) {
      std::vector<std::string> known;
      if (before)
        for (const auto& [there, part] : before->platforms) known.push_back(there);
      Failure error = make_error(ErrorCode::usage, "the lock has no part for `{}`", printable(text));
      if (known.empty()) return error;
      return std::move(error).hint(fmt::format("it has {}", quoted_list(known, "and")));
    }
    out.push_back(std::move(id));
  }
  return out;
}

}  // namespace

Result<Platform> parse_platform(const std::string& text) {
  const std::size_t dash = text.find('-');
  const auto system = kSystems.find(text.substr(0, dash));
  const auto processor =
      dash == std::string::npos ? kProcessors.end() : kProcessors.find(text.substr(dash + 1));
  if (system != kSystems.end() && processor != kProcessors.end()) {
    Platform out;
    out.os = system->second;
    out.arch = processor->second;
    if (out.os == "linux") out.libc = "glibc";
    return out;
  }
  std::vector<std::string> known;
  for (const auto& [os, same_os] : kSystems)
    for (const auto& [arch, same_arch] : kProcessors)
      if (arch == same_arch) known.push_back(os + "-" + arch);
  Failure error = make_error(ErrorCode::usage, "`{}` is not a platform", printable(text));
  if (auto hint = did_you_mean(text, known)) return std::move(error).hint(*hint);
  return std::move(error).hint("platforms look like `linux-x86_64`, `linux-aarch64` or `macos-arm64`");
}

Result<LockedPlatform> foreign_part(Session& session, const Target& target, const PlanRequest& request,
                                    const std::vector<resolve::Locked>& held, const Platform& platform) {
  resolve::Request asked = solver_request(session, target, request, held);
  asked.explain = false;
  Samples samples;
  // A tool that was found there is held to, as far as it fits.
  for (const resolve::Locked& locked : held)
    if (!locked.open && session.registry().is_tool(locked.name))
      samples.add(locked.name, VersionRange::exactly(locked.version));
  for (int round = 1;; ++round) {
    ForeignUniverse universe(session, target.project ? &*target.project : nullptr, platform, samples);
    TRY(const resolve::Outcome outcome, resolve::resolve(universe, asked));
    if (universe.error()) return tl::make_unexpected(*universe.error());
    TRY_STATUS(session.machine().cancel.check());
    if (!universe.knows_all_ranges() && round < kMostRounds) continue;
    if (const auto* solution = std::get_if<resolve::Solution>(&outcome))
      return part_of(session, target, universe, *solution);
    return tl::make_unexpected(no_solution(session, target, universe, asked, outcome, platform));
  }
}

Status lock_platforms(Session& session, Plan& plan, const PlanRequest& request,
                      const std::vector<std::string>& named, const std::vector<std::string>& dropped) {
  const Lockfile* before = plan.before.get();
  TRY(plan.dropped_platforms, parts_to_drop(before, plan.platform.id(), dropped));
  const auto is_dropped = [&](const std::string& id) {
    const auto& all = plan.dropped_platforms;
    return std::find(all.begin(), all.end(), id) != all.end();
  };
  std::map<std::string, Platform> platforms;
  const auto add = [&](const std::string& text) -> Status {
    TRY(Platform platform, parse_platform(text));
    if (const std::string id = platform.id(); id != plan.platform.id())
      platforms.emplace(id, std::move(platform));
    return {};
  };
  for (const std::string& text : named) {
    TRY_STATUS(add(text));
    if (const auto platform = parse_platform(text); platform && is_dropped(platform->id()))
      return make_error(ErrorCode::usage, "`{}` is to be locked and dropped: one of them", printable(text));
  }
  // A part of a platform that this version does not know stays as it is.
  if (before)
    for (const auto& [id, part] : before->platforms)
      if (!is_dropped(id) && parse_platform(id)) TRY_STATUS(add(id));
  for (const auto& [id, platform] : platforms) {
    const auto old = before ? before->platforms.find(id) : decltype(before->platforms.end()){};
    const bool known = before && old != before->platforms.end();
    TRY(const auto held, held_for(session, plan, before, platform));
    Result<LockedPlatform> part = foreign_part(session, plan.target, request, held, platform);
    if (!part && known && part.error().code() == ErrorCode::no_solution) {
      Error error = std::move(part).error();
      return tl::make_unexpected(std::move(error).hint(
          fmt::format("`{}reef lock --drop-platform {}` takes that platform out of the lock", plan.way, id)));
    }
    if (!part) return tl::make_unexpected(part.error());
    if (known && still_holds(old->second, *part, id)) {
      plan.lock.platforms[id] = old->second;
      continue;
    }
    TRY_STATUS(keep_to_assumed(session, plan.target, platform, *part));
    plan.lock.platforms[id] = *std::move(part);
  }
  normalize(plan.lock);
  if (before) TRY_STATUS(check_published(session.registry(), *before, plan.lock, request));
  if (before) plan.lock_differences = differences(*before, plan.lock, true);
  if (request.locked && !plan.lock_differences.empty())
    return tl::make_unexpected(not_as_locked(plan, *before, request));
  return {};
}

}  // namespace reef::ops
