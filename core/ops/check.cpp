#include "core/ops/check.h"

#include <algorithm>

#include "core/action/command.h"
#include "core/base/text.h"
#include "core/model/license.h"
#include "core/model/names.h"
#include "core/registry/manifest_file.h"
#include "core/registry/package_content.h"

namespace reef::ops {
namespace {

class Check {
 public:
  // With problems in `out` the manifest is not known whole: it can be told only which scripts are missing.
  Check(Filesystem& fs, Path folder, const Manifest& manifest, Checked& out)
      : fs_(fs),
        folder_(std::move(folder)),
        manifest_(manifest),
        out_(out),
        is_sound_(out.problems.empty()) {}

  void content() {
    if (manifest_.detect) return;
    const Result<Noticed> noticed = notice_content(fs_, folder_);
    if (!noticed) return;
    for (const SeldomMeant& each : noticed->seldom_meant)
      warn(fmt::format("`{}` is packed and published with the package", printable(each.path)),
           exclude_hint(each));
  }

  void sources() {
    for (const Source& source : manifest_.sources) {
      if (source.kind != SourceKind::path || exists(fs_, folder_ / source.location)) continue;
      problem(source.place,
              fmt::format("the source `{}` is not in `{}`", printable(source.location), shown(folder_)),
              neighbour(source.location));
    }
  }

  // A script must be there, and in a source; with sources that are fetched, nobody knows yet.
  void scripts() {
    const auto fetched = [](const Source& source) {
      return source.kind != SourceKind::path || source.unpack || !source.to.empty();
    };
    if (std::any_of(manifest_.sources.begin(), manifest_.sources.end(), fetched)) return;
    for (const Action& action : manifest_.actions) {
      for (const Command& command : action.run) script(command);
      for (const Step& step : action.steps)
        for (const Command& command : step.run) script(command);
    }
  }

  void words() {
    if (manifest_.license.empty())
      warn("there is no `license`: nobody else may use the package",
           "say \"license\": \"Apache-2.0\", or another SPDX name");
    else if (!parse_spdx(manifest_.license))
      warn(fmt::format("the license `{}` is no expression of SPDX: tools will not know it",
                       printable(manifest_.license)),
           nearest_spdx(manifest_.license)
               .value_or("one of your own is `LicenseRef-NAME`; https://spdx.org/licenses lists the others"));
    if (manifest_.summary.empty())
      warn("there is no `summary`: `reef search` has nothing to show", "say in one line what the package is");
    if (manifest_.actions.empty() && !manifest_.detect && manifest_.sources.empty())
      warn("the package has neither sources nor actions: there is nothing to install or to run",
           "add an action, e.g. \"actions\": {\"test\": {\"run\": [[\"true\"]]}}");
  }

  // The name of something that is found on the host is never looked for among packages.
  void name(Registry& registry) {
    if (manifest_.detect) return;
    const std::string kind(name_of(manifest_.kind));
    // A registry elsewhere is not asked for what may be published there next.
    const bool is_here = registry.origin(manifest_.name).empty();
    if (auto problem = is_here ? problem_of(registry, manifest_.name) : std::nullopt)
      out_.warnings.push_back(*std::move(problem));
    else if (registry.is_tool(manifest_.name))
      warn(fmt::format("`{}` is also a tool of the host in {}, which hides this {}", manifest_.name,
                       place_of_tool(registry), kind),
           fmt::format("give the {} another name", kind));
  }

  void dependencies(Registry& registry, Registry* beside) {
    beside_ = beside;
    known_ = registry.names();
    capabilities_ = registry.capabilities();
    for (const Dependency& dependency : manifest_.dependencies) look_up(dependency, registry);
    for (const Variation& variation : manifest_.variations)
      for (const Option& option : variation.options)
        for (const Dependency& dependency : option.dependencies) look_up(dependency, registry);
  }

 private:
  void problem(const Place& place, std::string message, const std::optional<std::string>& hint) {
    Error error = Error(ErrorCode::invalid_input, std::move(message)).at(Place(place));
    if (hint) error = std::move(error).hint(*hint);
    out_.problems.push_back(std::move(error));
  }

  std::string place_of_tool(Registry& registry) const {
    const std::vector<Version> versions = registry.versions(manifest_.name);
    const auto folder = versions.empty() ? tl::make_unexpected(Error(ErrorCode::not_found, ""))
                                         : registry.folder(manifest_.name, versions.front());
    return folder ? fmt::format("`{}`", folder->string()) : registry.name();
  }

  void warn(std::string message, std::string hint) {
    out_.warnings.push_back(Error(ErrorCode::invalid_input, std::move(message))
                                .at(Place{out_.file, 0, 0, ""})
                                .hint(std::move(hint)));
  }

  std::string shown(const Path& folder) const { return folder.filename().string(); }

  // The name in the same folder that was probably meant.
  std::optional<std::string> neighbour(const std::string& location) const {
    const Path parent = (folder_ / location).parent_path();
    const auto names = fs_.list(parent);
    if (!names) return std::nullopt;
    auto near = nearest(Path(location).filename().string(), *names);
    if (!near) return std::nullopt;
    return fmt::format("did you mean `{}`?", (Path(location).parent_path() / *near).string());
  }

  void script(const Command& command) {
    if (command.script.empty() || command.script.find("${") != std::string::npos) return;
    const std::string path = normal_inner_path(command.script);
    if (const std::string* pattern = manifest_.exclude.reason_for(path))
      return problem(command.place,
                     fmt::format("the script `{}` is left out by `{}` in `exclude`",
                                 printable(command.script), printable(*pattern)),
                     std::nullopt);
    if (!exists(fs_, folder_ / command.script))
      return problem(command.place,
                     fmt::format("the script `{}` is not in `{}`", printable(command.script), shown(folder_)),
                     neighbour(command.script));
    if (!is_sound_) return;
    if (auto runner = action::script_runner(fs_, folder_ / command.script, command.script, command.place);
        !runner)
      out_.problems.push_back(std::move(runner).error());
    const auto covers = [&](const Source& source) {
      const std::string place = normal_inner_path(source.location);
      return place.empty() || path == place || path.starts_with(place + "/");
    };
    if (std::none_of(manifest_.sources.begin(), manifest_.sources.end(), covers))
      problem(command.place,
              fmt::format("the script `{}` is in no source of the package", printable(command.script)),
              fmt::format("add it to \"sources\": {{\"path\": \"{}\"}}", command.script));
  }

  static bool is_known(const Dependency& dependency, Registry& registry) {
    return dependency.package.empty() ? !registry.providers(dependency.capability).empty()
                                      : !registry.versions(dependency.package).empty();
  }

  void look_up(const Dependency& dependency, Registry& registry) {
    const bool by_name = !dependency.package.empty();
    const bool is_own =
        by_name ? dependency.package == manifest_.name : manifest_.provides.contains(dependency.capability);
    if (is_own || is_known(dependency, registry)) return;
    if (beside_ != nullptr && is_known(dependency, *beside_)) return;
    if (auto problem = by_name ? problem_of(registry, dependency.package) : std::nullopt)
      return out_.warnings.push_back(*std::move(problem));
    Error error(ErrorCode::not_found,
                fmt::format("the catalogue has no {} called `{}`",
                            by_name ? "package or tool" : "provider of a capability", dependency.target()));
    error = std::move(error).at(Place(dependency.place));
    if (std::string claim = registry.claim(dependency.target()); !claim.empty())
      error = std::move(error).hint(std::move(claim));
    if (auto hint = did_you_mean(dependency.target(), by_name ? known_ : capabilities_))
      error = std::move(error).hint(*hint);
    out_.warnings.push_back(std::move(error));
  }

  Filesystem& fs_;
  const Path folder_;
  const Manifest& manifest_;
  Checked& out_;
  const bool is_sound_;
  Registry* beside_ = nullptr;
  std::vector<std::string> known_;
  std::vector<std::string> capabilities_;
};

void sort_by_place(std::vector<Error>& errors) {
  const auto key = [](const Error& error) {
    return error.place() ? std::pair(error.place()->line, error.place()->column)
                         : std::pair<std::size_t, std::size_t>();
  };
  std::stable_sort(errors.begin(), errors.end(),
                   [&](const Error& a, const Error& b) { return key(a) < key(b); });
}

}  // namespace

Result<Checked> check(Filesystem& fs, const Path& cwd, const Path& path, Registry* registry,
                      Registry* beside) {
  Path file = (cwd / path).lexically_normal();
  std::string shown = path.string();
  if (is_folder(fs, file) || file.extension() == ".reef") {
    TRY(const Path found, find_manifest(fs, file));
    shown = (path / found.filename()).lexically_normal().string();
    file = found;
  }
  Checked out;
  out.file = shown;
  json::Problems problems;
  TRY(const Manifest manifest, read_manifest_file(fs, file, shown, problems));
  out.problems = problems.sorted();
  Check checks(fs, file.parent_path(), manifest, out);
  if (!out.problems.empty()) {
    checks.scripts();
    sort_by_place(out.problems);
    return out;
  }
  out.name = manifest.name;
  checks.content();
  checks.sources();
  checks.scripts();
  checks.words();
  if (registry != nullptr) {
    checks.name(*registry);
    checks.dependencies(*registry, beside);
  }
  sort_by_place(out.problems);
  sort_by_place(out.warnings);
  return out;
}

}  // namespace reef::ops
