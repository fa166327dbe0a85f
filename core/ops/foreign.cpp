#include "core/ops/foreign.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/ops/advice.h"
#include "core/ops/assumed.h"
#include "core/ops/facts_there.h"
#include "core/ops/foreign_universe.h"
#include "core/ops/lock.h"

namespace reef::ops {
namespace {

// Each round learns of ranges on tools that the one before did not know; two are usual.
constexpr int kMostRounds = 20;

const std::map<std::string, std::string> kSystems = {{"linux", "linux"}, {"macos", "macos"}};
const std::map<std::string, std::string> kProcessors = {{"x86_64", "x86_64"},   {"amd64", "x86_64"},
                                                        {"aarch64", "aarch64"}, {"arm64", "aarch64"},
                                                        {"riscv64", "riscv64"}, {"ppc64le", "ppc64le"}};

Error no_solution(Session& session, const Target& target, ForeignUniverse& universe, resolve::Request asked,
                  const resolve::Outcome& outcome, const Platform& platform) {
  if (const auto* gave_up = std::get_if<resolve::GaveUp>(&outcome)) {
    json::Value details = details_of(to_json(*gave_up));
    details["platform"] = platform.id();
    return Error(ErrorCode::no_solution, gave_up->text)
        .hint(way_to_search_longer(session, target, *gave_up))
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

// A range on a capability is one on the tool itself only where the tool provides it with its own version, as
// in the part that its host writes.
LockedTool locked_tool(ForeignUniverse& universe, const resolve::Solution& solution,
                       const resolve::Selected& tool) {
  const ToolThere* there = universe.find_there(tool.name, tool.version);
  LockedTool out{tool.name, tool.version, {}, there != nullptr, !universe.is_tool(tool.name), {}};
  for (const resolve::Selected& user : solution.packages)
    for (const resolve::Link& link : solution.links_of(user)) {
      if (solution.packages[link.package].name != tool.name) continue;
      const resolve::Target& asked = link.requirement->targets[link.target];
      const bool is_own = asked.name == tool.name || there->provides.at(asked.name) == tool.version;
      if (is_own) out.required = out.required.intersected(asked.range);
    }
  return out;
}

Result<LockedPlatform> part_of(Session& session, const Target& target, ForeignUniverse& universe,
                               const resolve::Solution& solution) {
  LockedPlatform out;
  for (const resolve::Selected& chosen : solution.packages) {
    if (universe.is_of_host(chosen.name)) {
      out.host.push_back(locked_tool(universe, solution, chosen));
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

using Manifests = std::map<std::string, std::shared_ptr<const Manifest>>;

// Those that are there still.
Result<Manifests> manifests_of(Session& session, const Target& target, const LockedPlatform& part) {
  Manifests out;
  for (const LockedPackage& package : part.packages) {
    auto manifest = manifest_of(session, target, package.name, package.version);
    if (!manifest && manifest.error().code() == ErrorCode::not_found) continue;
    if (!manifest) return tl::make_unexpected(manifest.error());
    out.emplace(package.name, *std::move(manifest));
  }
  return out;
}

// What is known from here of what a tool of the other host provides, where it served as `served`: its own
// version, or always the same one. What takes a companion is known where it served so.
Result<ToolThere> tool_there(Session& session, const LockedTool& tool, const std::set<std::string>& served) {
  ToolThere out{tool.version, {}};
  const std::vector<Version> versions = session.registry().versions(tool.name);
  if (versions.empty() || !session.registry().is_tool(tool.name)) return out;
  TRY(const auto manifest, session.registry().manifest(tool.name, versions.front()));
  if (!manifest->detect) return out;
  for (const DetectSpec::Capability& capability : manifest->detect->provides) {
    if (!capability.needs.empty() && !served.contains(capability.name)) continue;
    if (capability.version == "${version}")
      out.provides.emplace(capability.name, tool.version);
    else if (auto always = Version::parse_loose(capability.version))
      out.provides.emplace(capability.name, *std::move(always));
  }
  return out;
}

// The part of another platform as it should stay.
struct Held {
  Platform platform;
  std::vector<resolve::Locked> choices;
  std::size_t own = 0;  // of these; the others are the versions of this host
  ToolsThere tools;
};

// The tools that were found on the other host. Where nobody here can tell in what version one of them
// provides the capability that it serves as, that is left to the tools of that host, as where nothing was
// found.
Status hold_tools(Session& session, const Target& target, const LockedPlatform& part, Held& held) {
  struct Service {
    std::string* provider;
    std::string capability;
  };
  std::map<std::string, std::vector<Service>> services;
  for (resolve::Locked& package : held.choices)
    for (auto& [role, provider] : package.dependencies) {
      const LockedTool* tool = part.find_tool(provider);
      if (tool == nullptr || !tool->found) continue;
      const auto manifest = manifest_of(session, target, package.name, package.version);
      if (!manifest && manifest.error().code() == ErrorCode::not_found) continue;  // gone: nothing to hold to
      if (!manifest) return tl::make_unexpected(manifest.error());
      const std::string capability = capability_of(**manifest, package, role);
      if (!capability.empty()) services[provider].push_back({&provider, capability});
    }
  std::set<std::string> open;
  for (const LockedTool& tool : part.host) {
    if (!tool.found) continue;
    std::set<std::string> served;
    for (const Service& service : services[tool.name]) served.insert(service.capability);
    TRY(const ToolThere there, tool_there(session, tool, served));
    for (const Service& service : services[tool.name]) {
      open.insert(service.capability);
      if (!there.provides.contains(service.capability)) *service.provider = service.capability;
    }
    held.tools.emplace(tool.name, there);
  }
  for (const std::string& capability : open) {
    resolve::Locked& left = held.choices.emplace_back();
    left.name = capability;
    left.open = true;
  }
  return {};
}

// What the part for a platform should hold to: the lock's own choices, then the versions of this host. Its
// options are its own: another one may be preferred there.
Result<Held> held_for(Session& session, const Plan& plan, const Lockfile* before, const Platform& platform) {
  Held out;
  out.platform = platform;
  if (before) {
    out.choices = locked_choices(*before, platform);
    const auto part = before->platforms.find(platform.id());
    if (part != before->platforms.end()) {
      TRY_STATUS(hold_tools(session, plan.target, part->second, out));
      TRY(const Manifests manifests, manifests_of(session, plan.target, part->second));
      out.platform = facts_there(platform, part->second, manifests);
      out.own = out.choices.size();
    }
  }
  for (const Planned& package : plan.packages) {
    const auto same = [&](const resolve::Locked& locked) { return locked.name == package.name(); };
    if (!package.is_tool() && std::none_of(out.choices.begin(), out.choices.end(), same))
      out.choices.push_back({package.name(), package.chosen.version, {}});
  }
  return out;
}

// The ranges of tools that nobody found, narrowed to where the part is true: with others, conditions would be
// otherwise. The versions that were assumed go.
Status keep_to_assumed(Session& session, const Target& target, const Platform& platform,
                       LockedPlatform& part) {
  Circumstances now = circumstances_of(platform, part);
  for (const LockedPackage& package : part.packages) {
    TRY(const auto manifest, manifest_of(session, target, package.name, package.version));
    now.options = package.options;
    for (LockedTool& tool : part.host) {
      if (tool.capability || tool.found) continue;
      const VersionRange range = assumed_of(*manifest, now, tool.name);
      if (!range.is_any()) tool.required = tool.required.intersected(range);
    }
  }
  for (LockedTool& tool : part.host)
    if (!tool.found) tool.version = {};
  return {};
}

// What may be otherwise there, for it depends on which tool provides a capability: nobody has looked.
Status note_open(Session& session, Plan& plan, const std::string& id, const LockedPlatform& part) {
  std::map<std::string, std::string> capabilities;  // of the tools that may provide one
  for (const LockedTool& open : part.host)
    if (open.capability)
      for (const std::string& provider : session.registry().providers(open.name))
        if (session.registry().is_tool(provider) && part.find_tool(provider) == nullptr)
          capabilities.emplace(provider, open.name);
  if (capabilities.empty()) return {};
  for (const LockedPackage& package : part.packages) {
    TRY(const auto manifest, manifest_of(session, plan.target, package.name, package.version));
    for (const auto& [tool, capability] : capabilities)
      for (const std::string& phrase : asked_of(*manifest, package.options, tool))
        plan.notes.push_back(fmt::format(
            "{}: {}, and which {} is there is open: `reef lock` there settles it", id, phrase, capability));
  }
  return {};
}

// Whether a part leaves a capability open that a tool served which was found there: it no longer does.
bool leaves_open(const LockedPlatform& now, const Held& held) {
  for (const resolve::Locked& user : held.choices) {
    const LockedPackage* package = now.find(user.name);
    if (package == nullptr) continue;
    for (const auto& [role, provider] : user.dependencies) {
      const auto serves = package->dependencies.find(role);
      if (serves == package->dependencies.end() || serves->second.package == provider) continue;
      const LockedTool* open = now.find_tool(serves->second.package);
      if (held.tools.contains(provider) && open != nullptr && open->capability) return true;
    }
  }
  return false;
}

// What was written there, or settled here, and says the same. `now` is not narrowed to what it assumes.
bool still_holds(const LockedPlatform& before, const LockedPlatform& now, const std::string& id,
                 const Held& held) {
  if (leaves_open(now, held)) return false;
  Lockfile open;
  Lockfile settled;
  open.platforms[id] = now;
  settled.platforms[id] = before;
  return differences(open, settled).empty();
}

// How much of a part may be otherwise. `as_locked`: nothing but what is no longer needed. `as_found`: the
// host has of the tools that it found just these. `open`: it may have any.
enum class Freedom { as_locked, as_found, open };

// The closure of a plan's target for another platform, with as little freedom as will do. Conditions are
// evaluated for that platform. Tools that were not found there are taken to be there, in a version that suits
// all who ask for it, and what they ask for is what the lock records. As providers of a capability packages
// come before tools that nobody found.
//
// The version of a tool in the answer that was not found is the one that was assumed.
//
// Errors: of manifests; no_solution.
// NOLINTNEXTLINE(misc-no-recursion): three deep
Result<LockedPlatform> foreign_part(Session& session, const Target& target, const PlanRequest& request,
                                    const Held& held, Freedom freedom) {
  resolve::Request asked = solver_request(session, target, request, held.choices);
  asked.explain = false;
  if (freedom == Freedom::as_locked) {
    asked.frozen = true;
    asked.lock.resize(held.own);
  }
  Samples samples;
  for (const auto& [name, tool] : held.tools) samples.add(name, VersionRange::exactly(tool.version));
  for (int round = 1;; ++round) {
    ForeignUniverse universe(session, target.project ? &*target.project : nullptr, held.platform, samples,
                             held.tools, freedom != Freedom::open);
    TRY(const resolve::Outcome outcome, search_closure(session, universe, asked));
    if (universe.error()) return tl::make_unexpected(*universe.error());
    TRY_STATUS(session.machine().cancel.check());
    if (!universe.knows_all_ranges() && round < kMostRounds) continue;
    if (const auto* solution = std::get_if<resolve::Solution>(&outcome))
      return part_of(session, target, universe, *solution);
    // Who ran out of time does not know whether a freer part is wanted.
    const bool gave_up = std::holds_alternative<resolve::GaveUp>(outcome);
    if (!gave_up && freedom == Freedom::as_locked)
      return foreign_part(session, target, request, held, Freedom::as_found);
    if (!gave_up && freedom == Freedom::as_found && !held.tools.empty())
      return foreign_part(session, target, request, held, Freedom::open);
    return tl::make_unexpected(no_solution(session, target, universe, asked, outcome, held.platform));
  }
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
    const bool may_move = request.upgrade_all || !request.upgrade.empty();
    Result<LockedPlatform> part =
        foreign_part(session, plan.target, request, held,
                     held.own > 0 && !may_move ? Freedom::as_locked : Freedom::as_found);
    if (!part && known && part.error().code() == ErrorCode::no_solution) {
      Error error = std::move(part).error();
      return tl::make_unexpected(std::move(error).hint(
          fmt::format("`{}reef lock --drop-platform {}` takes that platform out of the lock", plan.way, id)));
    }
    if (!part) return tl::make_unexpected(part.error());
    if (known && still_holds(old->second, *part, id, held)) {
      plan.lock.platforms[id] = old->second;
      continue;
    }
    TRY_STATUS(keep_to_assumed(session, plan.target, held.platform, *part));
    TRY_STATUS(note_open(session, plan, id, *part));
    plan.lock.platforms[id] = *std::move(part);
  }
  normalize(plan.lock);
  TRY_STATUS(check_published(session.registry(), plan, request));
  if (before) plan.lock_differences = differences(*before, plan.lock, true);
  if (request.locked && !plan.lock_differences.empty())
    return tl::make_unexpected(not_as_locked(plan, *before, request));
  return {};
}

}  // namespace reef::ops
