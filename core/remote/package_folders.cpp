#include "core/remote/package_folders.h"

#include <algorithm>

#include "core/os/lock.h"
#include "core/os/tree_stamp.h"

namespace reef::remote {

std::string label_of(const IndexedVersion& version) {
  return version.entry.name + " " + version.entry.version.text();
}

bool PackageFolders::is_sound(const Digest& digest) const {
  const Path folder = top_ / digest.hex();
  if (!is_folder(fs_, folder)) return false;
  const Path memory = memory_of(digest);
  const Result<Digest> found = digest_known_tree(fs_, folder, {}, memory, clock_.now());
  if (!found || *found != digest) return false;
  (void)fs_.set_mtime(memory, clock_.now().time_since_epoch().count());  // used now
  return true;
}

Result<Path> PackageFolders::get(const archive::Tree& tree,
                                 const std::function<Result<archive::BlobFiles>()>& fetch) const {
  Path folder = top_ / tree.digest.hex();
  if (is_sound(tree.digest)) return folder;
  TRY_STATUS(make_folders(fs_, top_));
  TRY(const FileLock lock, FileLock::acquire(top_ / (tree.digest.hex() + ".lock"), std::nullopt, &cancel_));
  if (is_sound(tree.digest)) return folder;
  if (fs_.stat(folder, false)) {
    TRY(const TemporaryFolder grave, TemporaryFolder::create(fs_, top_, ".gone-"));
    TRY_STATUS(fs_.rename(folder, grave.path() / "damaged"));
  }
  TRY(const archive::BlobFiles files, fetch());
  TRY_STATUS(archive::unpack_tree_blobs(tree, files, folder, {0, &cancel_}, fs_));
  return folder;
}

Result<PackageFolders::Removed> PackageFolders::remove_old(std::chrono::nanoseconds unused, bool dry) const {
  Removed out;
  if (!is_folder(fs_, top_)) return out;
  TRY(const std::vector<std::string> names, fs_.list(top_));
  const std::int64_t oldest = (clock_.now() - unused).time_since_epoch().count();
  for (const std::string& name : names) {
    const Result<Digest> digest = Digest::parse(name);
    // What the killed left is hidden, and young only while somebody works on it.
    if (!digest && !name.starts_with('.')) continue;
    const Result<FileStat> stat = fs_.stat(top_ / name, false);
    const Result<FileStat> seen = digest ? fs_.stat(memory_of(*digest), false) : stat;
    if (!stat || std::max(stat->mtime_ns, seen ? seen->mtime_ns : 0) >= oldest) continue;
    if (const Result<TreeStamp> size = stamp_tree(top_ / name)) out.bytes += size->bytes;
    ++out.folders;
    if (dry) continue;
    TRY_STATUS(remove_tree(fs_, top_ / name));
    if (!digest) continue;
    for (const char* suffix : {".seen", ".lock"}) (void)fs_.remove_file(top_ / (name + suffix));
  }
  return out;
}

}  // namespace reef::remote
