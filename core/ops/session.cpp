#include "core/ops/session.h"

#include "core/host/facts.h"
#include "core/ops/open_registries.h"
#include "core/registry/manifest_file.h"
#include "core/registry/published_registry.h"

namespace reef::ops {
namespace {

// The path as a user standing in `cwd` would type it.
std::string shown_from(const Path& cwd, const Path& path) {
  const Path relative = path.lexically_relative(cwd);
  if (relative.empty() || *relative.begin() == "..") return path.string();
  return relative.string();
}

}  // namespace

Result<Project> read_project(Filesystem& fs, const Path& folder, const Path& cwd) {
  TRY(Path path, find_manifest(fs, folder));
  json::Problems problems;
  TRY(std::string text, with_context(fs.read_file(path, kLargestManifest), "reading the manifest"));
  const Digest digest = sha256(text);
  Manifest manifest = parse_manifest(shown_from(cwd, path), std::move(text), problems);
  if (!problems.empty()) return tl::make_unexpected(problems.first("reef check"));
  return Project{folder, std::move(path), std::make_shared<const Manifest>(std::move(manifest)), digest};
}

Result<std::optional<Project>> find_project(Filesystem& fs, const Path& cwd) {
  for (Path folder = cwd;; folder = folder.parent_path()) {
    const auto found = find_manifest(fs, folder);
    if (found || found.error().code() != ErrorCode::not_found) {
      TRY(Project project, read_project(fs, folder, cwd));
      return std::optional<Project>(std::move(project));
    }
    if (folder == folder.parent_path()) return std::optional<Project>();
  }
}

Session::Session(const Machine& machine, Home home, Path cwd, bool offline)
    : machine_(machine),
      home_(std::move(home)),
      cwd_(std::move(cwd)),
      offline_(offline),
      transfers_(std::make_unique<Transfers>(machine.clock, nullptr)),
      platform_(host::read_platform_brief(machine.fs)) {}

Result<std::unique_ptr<Session>> Session::open(const Machine& machine, bool offline,
                                               std::function<void(const std::string&)> note) {
  TRY(Home home, find_home(machine.env));
  TRY(const RegistryRoots roots, registry_roots(machine.fs, machine.env));
  TRY(const std::vector<KnownRegistry> known, KnownRegistries(machine.fs, home).list());
  if (known.empty()) return open_in(machine, std::move(home), roots.all(), offline);
  TRY(Path cwd, current_folder());
  std::unique_ptr<Session> session(new Session(machine, std::move(home), std::move(cwd), offline));
  session->client_ = make_http_client(machine.env);
  remote::Access access = access_of(machine, session->home_, *session->client_, offline);
  session->transfers_ = std::make_unique<Transfers>(machine.clock, note);
  access.progress = session->transfers_.get();
  if (!note) note = [](const std::string&) {};
  TRY(session->registry_,
      open_for_user(session->machine_, session->home_, access, roots, known, std::move(note)));
  return session;
}

Result<std::unique_ptr<Session>> Session::open_in(const Machine& machine, Home home, std::vector<Path> roots,
                                                  bool offline) {
  TRY(Path cwd, current_folder());
  std::unique_ptr<Session> session(new Session(machine, std::move(home), std::move(cwd), offline));
  TRY(session->registry_, open_registries(machine.fs, roots, registry_cache(session->home_)));
  return session;
}

Result<host::DetectRequest> Session::request(const std::string& name) {
  const std::vector<Version> versions = registry_->versions(name);
  if (versions.empty()) return tl::make_unexpected(unknown_package(*registry_, name));
  const Version& newest = versions.front();
  auto spec = [this, name, newest]() -> Result<host::DetectRequest::Spec> {
    TRY(const auto manifest, registry_->manifest(name, newest));
    if (manifest->detect) return manifest->detect;
    return make_error(ErrorCode::usage, "`{}` is a {}, not a tool of the host", name, name_of(manifest->kind))
        .hint(fmt::format("`reef info {}` tells what it is", name));
  };
  TRY(const Digest digest, registry_->digest(name, newest));
  return host::DetectRequest{name, std::move(spec), digest.hex()};
}

Result<std::vector<host::ToolReport>> Session::reports(const std::vector<std::string>& names, bool explain,
                                                       bool trust_scripts) {
  std::vector<host::DetectRequest> requests;
  for (const std::string& name : names) {
    TRY(host::DetectRequest request, request(name));
    requests.push_back(std::move(request));
  }
  host::DetectorOptions options{home_.cache() / "tools", explain, &machine_.cancel, trust_scripts};
  host::Detector detector(machine_.fs, machine_.processes, machine_.env, std::move(options));
  return detector.detect(requests);
}

Status Session::detect(const std::vector<std::string>& names) {
  std::vector<std::string> open;
  for (const std::string& name : names)
    if (!found_.contains(name)) open.push_back(name);
  if (open.empty()) return {};
  TRY(std::vector<host::ToolReport> all, reports(open, false));
  for (host::ToolReport& report : all) {
    for (const host::Attempt& attempt : report.attempts)
      if (attempt.unanswered) unanswered_[report.name].push_back(attempt);
    if (report.found.empty()) refused_[report.name] = std::move(report.attempts);
    found_[report.name] = std::move(report.found);
  }
  return {};
}

Result<std::vector<host::Attempt>> Session::refused(const std::string& name) {
  TRY(const std::vector<FoundTool> found, tools(name));
  return found.empty() ? refused_[name] : std::vector<host::Attempt>();
}

Result<std::vector<FoundTool>> Session::tools(const std::string& name) {
  TRY_STATUS(detect({name}));
  return found_.at(name);
}

Status Session::assume(FoundTool tool) {
  TRY_STATUS(detect({tool.name}));
  std::vector<FoundTool>& found = found_[tool.name];
  found.push_back(std::move(tool));
  return {};
}

std::vector<int> Session::held() const {
  std::vector<int> out;
  for (const store::Use& use : uses_) out.push_back(use.fd());
  return out;
}

Result<LiveFolder> Session::scratch_folder(std::string_view prefix) const {
  TRY_STATUS(make_folders(machine_.fs, home_.temporary()));
  (void)sweep_folders(machine_.fs, home_.temporary(), machine_.clock.now());
  return LiveFolder::create(machine_.fs, home_.temporary(), prefix);
}

std::vector<std::string> Session::tool_names() { return registry_->tools(); }

}  // namespace reef::ops
