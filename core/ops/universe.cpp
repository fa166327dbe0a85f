#include "core/ops/universe.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/host/facts.h"
#include "core/resolve/requirements.h"

namespace reef::ops {
namespace {

resolve::Candidate candidate_of(const FoundTool& tool) {
  auto requirements = std::make_shared<resolve::Requirements>();
  for (const auto& [capability, version] : tool.provides)
    requirements->provides.push_back({capability, version});
  resolve::Candidate candidate;
  candidate.version = tool.version;
  candidate.origin = resolve::Origin::host;
  candidate.requirements = std::move(requirements);
  return candidate;
}

// The package manager of a distribution, by the first word of its name ("debian 12").
std::string manager_of(const Platform& platform) {
  if (platform.os == "macos") return "brew";
  const std::string name = platform.distribution.value_or("");
  const std::string first = name.substr(0, name.find(' '));
  if (first == "debian" || first == "ubuntu" || first == "linuxmint" || first == "raspbian") return "apt";
  if (first == "fedora" || first == "rhel" || first == "centos" || first == "rocky" || first == "almalinux")
    return "dnf";
  return "";
}

// "name-version" of everything in the store, sorted: what follows the key in the names of its folders.
std::vector<std::string> built_versions(Session& session) {
  std::vector<std::string> out;
  const auto folders = session.machine().fs.list(session.home().root / "store");
  if (!folders) return out;  // no store yet
  for (const std::string& folder : *folders)
    if (const std::size_t dash = folder.find('-'); dash != std::string::npos)
      out.push_back(folder.substr(dash + 1));
  std::sort(out.begin(), out.end());
  return out;
}

// A tool may give a capability a version that is always the same.
bool may_provide(const DetectSpec& tool, std::string_view capability, const VersionRange& range) {
  for (const DetectSpec::Capability& provided : tool.provides) {
    if (provided.name != capability || provided.version.find("${") != std::string::npos) continue;
    const Result<Version> version = Version::parse_loose(provided.version);
    return !version || range.contains(*version);
  }
  return true;
}

}  // namespace

SessionUniverse::SessionUniverse(Session& session, const Project* project)
    : session_(session), project_(project) {}

void SessionUniverse::remember(Error error) {
  if (!error_) error_ = std::move(error);
}

const std::vector<resolve::Candidate>& SessionUniverse::candidates(std::string_view name) {
  const auto known = answers_.find(name);
  if (known != answers_.end()) return known->second;
  std::string key(name);
  auto found = look_up(key);
  return answers_.emplace(std::move(key), std::move(found)).first->second;
}

std::vector<resolve::Candidate> SessionUniverse::look_up(const std::string& name) {
  if (project_ != nullptr && project_->manifest->name == name) {
    resolve::Candidate candidate;
    candidate.version = project_->manifest->version;
    candidate.origin = resolve::Origin::workspace;
    candidate.requirements = resolve::requirements_of(*project_->manifest);
    return {std::move(candidate)};
  }
  const std::vector<Version> versions = session_.registry().versions(name);
  if (versions.empty()) {
    if (auto problem = problem_of(session_.registry(), name)) remember(*std::move(problem));
    return {};
  }
  if (session_.registry().is_tool(name)) return found_tools(name);
  return packages(name);
}

std::vector<resolve::Candidate> SessionUniverse::found_tools(const std::string& name) {
  const auto tools = session_.tools(name);
  if (!tools) {
    remember(tools.error());
    return {};
  }
  std::vector<resolve::Candidate> out;
  for (const FoundTool& tool : *tools) {
    const auto same = [&](const resolve::Candidate& other) { return other.version == tool.version; };
    // Two installations of one version: the one that is found first is the one that PATH means.
    if (std::none_of(out.begin(), out.end(), same)) out.push_back(candidate_of(tool));
  }
  return out;
}

std::vector<resolve::Candidate> SessionUniverse::packages(const std::string& name) {
  std::vector<resolve::Candidate> out;
  const auto versions = session_.registry().needs(name);
  if (!versions) {
    remember(versions.error());
    return out;
  }
  // Versions that need the same share what the solver reads: it sees by the pointer that they are alike.
  std::map<const Manifest*, std::shared_ptr<const resolve::Requirements>> known;
  for (const VersionNeeds& version : *versions) {
    std::shared_ptr<const resolve::Requirements>& requirements = known[version.needs.get()];
    if (!requirements) requirements = resolve::requirements_of(*version.needs);
    resolve::Candidate candidate;
    candidate.version = version.version;
    candidate.yanked = version.yanked;
    candidate.requirements = requirements;
    out.push_back(std::move(candidate));
  }
  return out;
}

std::vector<std::string> SessionUniverse::providers(std::string_view capability) {
  std::vector<std::string> names = session_.registry().providers(capability);
  const bool own = project_ != nullptr && project_->manifest->provides.contains(std::string(capability));
  if (own && std::find(names.begin(), names.end(), project_->manifest->name) == names.end())
    names.insert(names.begin(), project_->manifest->name);
  std::vector<std::string> tools;
  for (const std::string& name : names)
    if (session_.registry().is_tool(name)) tools.push_back(name);
  // All of them will be asked for: their probes may as well run side by side.
  if (const Status status = session_.detect(tools); !status) remember(status.error());
  // Between packages that would do, one that is built already is preferred.
  if (names.size() > tools.size() && names.size() > 1) {
    const std::vector<std::string> ends = built_versions(session_);
    for (const std::string& name : names) {
      candidates(name);
      for (resolve::Candidate& candidate : answers_.find(name)->second)
        candidate.stored =
            std::binary_search(ends.begin(), ends.end(), name + "-" + candidate.version.text());
    }
  }
  return names;
}

std::vector<std::string> SessionUniverse::facts(std::string_view name) {
  const Platform& platform = session_.platform();
  if (name == "os") return {platform.os};
  if (name == "arch") return {platform.arch};
  if (name == "libc" && platform.libc) return {*platform.libc};
  std::vector<std::string> kinds;
  if (name == "accelerator")
    for (const Accelerator& accelerator : platform.accelerators) kinds.push_back(accelerator.kind);
  return kinds;
}

std::vector<std::string> SessionUniverse::names() {
  if (!names_) {
    names_ = session_.registry().names();
    for (std::string& capability : session_.registry().capabilities())
      names_->push_back(std::move(capability));
  }
  return *names_;
}

std::vector<std::string> SessionUniverse::refused(std::string_view name) {
  std::vector<std::string> tools = session_.registry().providers(name);
  tools.insert(tools.begin(), std::string(name));
  std::vector<std::string> out;
  for (const std::string& tool : tools) {
    if (!session_.registry().is_tool(tool)) continue;
    const auto found = session_.tools(tool);
    const auto silent = session_.unanswered().find(tool);
    if (found && !found->empty() && (tool == name || found->front().provides.contains(std::string(name))))
      return silent == session_.unanswered().end() ? std::vector<std::string>()
                                                   : refusals(tool, silent->second);
    if (const auto attempts = session_.refused(tool))
      for (std::string& text : refusals(tool, *attempts)) out.push_back(std::move(text));
  }
  return out;
}

std::string refusal(const host::Attempt& attempt) {
  return fmt::format("`{}` is {}: {}", printable(attempt.path),
                     attempt.unanswered ? "left out this time" : "refused", printable(attempt.reason));
}

std::vector<std::string> refusals(const std::string& tool, const std::vector<host::Attempt>& attempts) {
  constexpr std::size_t kMost = 2;
  std::vector<std::string> out;
  for (const host::Attempt& attempt : attempts) {
    if (out.size() == kMost) {
      out.push_back(
          fmt::format("`reef detect --explain {}` tells of {} more", tool, attempts.size() - kMost));
      break;
    }
    out.push_back(refusal(attempt));
  }
  return out;
}

// Whether the host's package manager has installed it already, with all that makes it serve as a capability:
// to ask for it again changes nothing.
bool SessionUniverse::is_from_system(const std::string& tool, const std::string& as) {
  const auto found = session_.tools(tool);
  if (!found) return false;
  const bool brew = session_.platform().os == "macos";
  return std::any_of(found->begin(), found->end(), [&](const FoundTool& each) {
    if (tool != as && !each.provides.contains(as)) return false;
    const std::string& path = each.real_path;
    const bool is_local = path.starts_with("/usr/local/");
    return brew ? is_local || path.starts_with("/opt/homebrew/") : !is_local && path.starts_with("/usr/");
  });
}

std::optional<std::string> SessionUniverse::install_hint(std::string_view name, const VersionRange& range) {
  std::vector<std::string> tools = {std::string(name)};
  for (std::string& provider : session_.registry().providers(name)) tools.push_back(std::move(provider));
  bool known = false;
  for (const std::string& tool : tools) {
    const std::vector<Version> versions = session_.registry().versions(tool);
    if (versions.empty()) continue;
    const auto manifest = session_.registry().manifest(tool, versions.front());
    if (!manifest || !(*manifest)->detect) continue;
    known = true;
    if (!may_provide(*(*manifest)->detect, name, range) || is_from_system(tool, std::string(name))) continue;
    // The distribution is not among what choosing packages needs: it is read now that nothing fits.
    if (auto command = install_command(**manifest, session_.platform(), true)) return command;
  }
  if (!known) return std::nullopt;
  return "";
}

std::optional<std::string> install_command(const Manifest& tool, const Platform& platform, bool is_root) {
  const std::string manager = manager_of(platform);
  const auto found = tool.install.find(manager);
  if (found == tool.install.end()) return std::nullopt;
  const bool needs_root = manager != "brew" && !is_root;
  return fmt::format("{}{} install {}", needs_root ? "sudo " : "", manager, found->second);
}

}  // namespace reef::ops
