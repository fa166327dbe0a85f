#include <algorithm>

#include "core/archive/scan.h"
#include "core/base/text.h"
#include "core/ops/publish.h"
#include "core/os/live_folder.h"
#include "core/os/sync.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/folder_registry.h"
#include "core/registry/index_json.h"
#include "core/registry/manifest_file.h"
#include "core/registry/package_content.h"
#include "core/registry/published_registry.h"

namespace reef::ops {
namespace {

constexpr const char* kStage = ".publishing";

class FolderPublisher {
 public:
  FolderPublisher(Session& session, const Publishable& package, Path root)
      : fs_(session.machine().fs),
        manifest_(*package.project.manifest),
        package_(package),
        now_(session.machine().clock.now()),
        root_(std::move(root)),
        cache_(cache_file_of(registry_cache(session.home()), {root_}, "catalogue")) {}

  Status check_root() {
    const Path real = fs_.real_path(package_.project.folder).value_or(package_.project.folder);
    if (const Path inside = root_.lexically_relative(real);
        !inside.empty() && inside != "." && *inside.begin() != "..")
      return make_error(ErrorCode::usage, "the registry `{}` is inside the package", root_.string())
          .hint("what is published would hold the registry itself: move that elsewhere");
    return {};
  }

  // Whether the same was there already. lock: so that nobody else changes the folder meanwhile.
  Result<bool> put(const FileLock& /*lock*/) {
    clean_up();
    root_before_ = root_bytes();
    TRY(const std::optional<Digest> there, known_content());
    if (there && *there == package_.digest) return true;
    if (there)
      return make_error(ErrorCode::integrity, "`{}` {} is in `{}` already, with different content",
                        manifest_.name, manifest_.version.text(), root_.string())
          .hint("what was published never changes: give the package another version");
    TRY_STATUS(copy());
    return false;
  }

  // What put() copied, if the registry could not be made of it: else it would be there, and not be published.
  // A root that names it keeps it.
  void take_back() {
    if (root_bytes() != root_before_ || !make_folders(fs_, stage())) return;
    if (const auto trash = LiveFolder::create(fs_, stage(), "copy-"))
      (void)fs_.rename(root_ / label(), trash->path() / label());
    clean_up();
  }

 private:
  std::string root_bytes() { return fs_.read_file(root_ / kRegistryRoot, kLargestRoot).value_or(""); }
  std::string label() const { return manifest_.name + "-" + manifest_.version.text(); }

  Result<std::optional<Digest>> known_content() {
    TRY(const auto registry, open_folder_registry(fs_, {{root_}, cache_, ""}));
    if (auto problem = problem_of(*registry, manifest_.name)) return tl::make_unexpected(*std::move(problem));
    const std::vector<Version> versions = registry->versions(manifest_.name);
    if (std::find(versions.begin(), versions.end(), manifest_.version) == versions.end())
      return std::optional<Digest>();
    TRY(const Digest digest, registry->digest(manifest_.name, manifest_.version));
    return std::optional<Digest>(digest);
  }

  // Under a hidden name, which nobody looks into, until it is whole.
  Status copy() {
    const Path target = root_ / label();
    if (fs_.stat(target, false))
      return make_error(ErrorCode::invalid_input, "`{}` is there already, and is not {} {}", target.string(),
                        manifest_.name, manifest_.version.text())
          .hint("move it out of the way");
    // What cannot be packed must not get in: the whole registry could not be built any more.
    TRY_STATUS(archive::scan_tree({package_.project.folder, package_.left_out}, fs_).map([](const auto&) {}));
    TRY_STATUS(make_folders(fs_, stage()));
    const Status copied = copy_to(target);
    clean_up();
    return copied;
  }

  Status copy_to(const Path& target) {
    TRY(const LiveFolder staging, LiveFolder::create(fs_, stage(), "copy-"));
    const Path copy = staging.path() / label();
    TRY_STATUS(fs_.make_folder(copy));
    TRY_STATUS(copy_contents(fs_, package_.project.folder, copy, package_.left_out));
    TRY(const Digest copied, digest_tree(fs_, copy, reef::not_content(fs_, copy)));
    if (copied != package_.digest)
      return make_error(ErrorCode::busy, "`{}` was changed while it was published",
                        package_.project.folder.string())
          .hint("run the same again");
    TRY_STATUS(sync_file_system(root_));
    TRY_STATUS(fs_.rename(copy, target));
    return fs_.sync_folder(root_);
  }

  Path stage() const { return root_ / kStage; }

  // What those left who were killed; the folder itself stays while others use it.
  void clean_up() {
    if (!is_folder(fs_, stage())) return;
    (void)sweep_folders(fs_, stage(), now_);
    (void)fs_.remove_folder(stage());
  }

  Filesystem& fs_;
  const Manifest& manifest_;
  const Publishable& package_;
  SystemTime now_;
  Path root_;
  Path cache_;
  std::string root_before_;
};

}  // namespace

Result<Published> publish_to_folder(Session& session, const Publishable& package,
                                    const Destination& destination, const PublishRequest& request) {
  const Machine& machine = session.machine();
  TRY(const Path root, folder_of(machine, destination, request.sign));
  Published out;
  out.name = package.project.manifest->name;
  out.version = package.project.manifest->version.text();
  out.digest = package.digest;
  out.registry = destination.name.empty() ? root.string() : destination.name;
  FolderPublisher publisher(session, package, root);
  TRY_STATUS(publisher.check_root());
  TRY(const FileLock lock, lock_registry(machine.fs, root, {{}, true, &machine.cancel}));
  TRY(out.was_there, publisher.put(lock));
  const auto published = publish_folder(machine, root, {true, request.sign, {}, false, &lock});
  if (!published && !out.was_there) publisher.take_back();
  if (!published) return tl::make_unexpected(published.error());
  out.warnings = warnings_of_gone(published->built);
  return out;
}

}  // namespace reef::ops
