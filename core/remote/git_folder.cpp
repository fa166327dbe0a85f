#include "core/remote/git_folder.h"

#include <algorithm>

#include "core/archive/unpack.h"
#include "core/os/lock.h"
#include "core/registry/manifest_file.h"
#include "core/registry/package_content.h"

namespace reef::remote {
namespace {

Path top_of(const Path& cache) { return cache / "registries" / "git"; }

// Whether a package of the tree leaves out a link, or a folder above it: then nobody looks at it.
bool is_left_out(Filesystem& fs, const Path& tree, const std::string& link) {
  for (std::size_t top = 0; top != std::string::npos; top = link.find('/', top + 1)) {
    const std::string inside = link.substr(top == 0 ? 0 : top + 1);
    if (inside == "reef.lock") return false;  // no part of a package, but projects look at it
    if (!find_manifest(fs, tree / link.substr(0, top))) continue;
    const LeftOut left_out = not_content(fs, tree / link.substr(0, top));
    for (std::size_t end = 0; end != std::string::npos;) {
      end = inside.find('/', end + 1);
      if (left_out.has(inside.substr(0, end))) return true;
    }
  }
  return false;
}

}  // namespace

Result<GitFolder> git_folder(const Access& access, const std::string& repository, const std::string& commit,
                             const std::string& label) {
  const Path top = top_of(access.settings.cache);
  Path folder = top / commit;
  if (is_folder(access.fs, folder)) return GitFolder{folder, {}};
  TRY_STATUS(make_folders(access.fs, top));
  TRY(const FileLock lock, FileLock::acquire(top / (commit + ".lock"), std::nullopt, &access.cancel));
  if (is_folder(access.fs, folder)) return GitFolder{folder, {}};
  Source source;
  source.kind = SourceKind::git;
  source.location = repository;
  source.commit = commit;
  fetch::Request request;
  request.source = &source;
  request.label = label;
  request.any_links = true;
  TRY(std::vector<fetch::Fetched> fetched, access.fetch({request}));
  UnpackOptions options;
  options.name = "tree.tar";
  options.cancel = &access.cancel;
  options.limits.free_bytes = options.limits.bytes;  // git itself has unpacked it already
  options.allows_link = [&](const Path& tree, const std::string& link) {
    return is_left_out(access.fs, tree, link);
  };
  TRY_STATUS(with_context(unpack_archive(fetched.front().path, folder, options, access.fs),
                          [&] { return fmt::format("unpacking commit {} of {}", commit, label); }));
  return GitFolder{folder, std::move(fetched.front().notes)};
}

Status keep_git_folders(Filesystem& fs, const Path& cache, const std::vector<std::string>& commits) {
  const Path top = top_of(cache);
  if (!is_folder(fs, top)) return {};
  TRY(const std::vector<std::string> names, fs.list(top));
  for (const std::string& name : names) {
    const std::string commit = name.substr(0, 40);
    if (std::find(commits.begin(), commits.end(), commit) != commits.end()) continue;
    TRY_STATUS(remove_tree(fs, top / name));
  }
  return {};
}

}  // namespace reef::remote
