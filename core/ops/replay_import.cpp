// Parts of an unpacked archive, put where fetching and building look for them.
#include "core/archive/ustar.h"
#include "core/fetch/cache.h"
#include "core/ops/replay.h"

namespace reef::ops {
namespace {

// A tree as one tar, as the download cache keeps those of git.
Status write_tar(Filesystem& fs, const Path& folder, const Path& file) {
  TRY(const std::vector<TreeEntry> entries, walk(fs, folder));
  TRY_STATUS(fs.write_file(file, "", false));
  for (const TreeEntry& entry : entries) {
    archive::Member member;
    member.path = entry.path;
    if (entry.stat.type == FileType::folder) member.kind = archive::MemberKind::folder;
    if (entry.stat.type == FileType::symlink) {
      member.kind = archive::MemberKind::symlink;
      TRY(member.target, fs.read_symlink(folder / entry.path));
    }
    if (entry.stat.type == FileType::file) {
      member.size = entry.stat.size;
      member.executable = (entry.stat.mode & 0111U) != 0;
    }
    TRY(const std::string header, archive::write_header(member));
    TRY_STATUS(fs.append_file(file, header));
    if (member.kind != archive::MemberKind::file) continue;
    TRY_STATUS(read_in_pieces(folder / entry.path,
                              [&](std::string_view bytes) { return fs.append_file(file, bytes); }));
    TRY_STATUS(fs.append_file(file, std::string(archive::padding_of(member.size), '\0')));
  }
  return fs.append_file(file, std::string(2 * archive::kBlock, '\0'));
}

class SourceImport {
 public:
  SourceImport(const Machine& machine, const Path& unpacked, const Path& cache)
      : fs_(machine.fs), unpacked_(unpacked), cache_(fs_, cache, {}) {}

  Status run(const archive::Contents& contents, SystemTime now) {
    if (contents.sources.empty()) return {};
    TRY_STATUS(cache_.prepare(now));
    for (const archive::ArchivedSource& source : contents.sources)
      TRY_STATUS(source.tree ? add_tree(source) : add_blob(source));
    return {};
  }

 private:
  Status add_blob(const archive::ArchivedSource& source) {
    TRY(const auto there, cache_.find(source.blob->digest));
    if (!there) {
      TRY(const TemporaryFolder folder, cache_.temporary_folder("import-"));
      const Path file = folder.path() / "file";
      // The bytes are on the disk already: a second name is enough, where the file system has them.
      if (!fs_.make_hard_link(unpacked_ / source.place(), file))
        TRY_STATUS(copy_tree(fs_, unpacked_ / source.place(), file));
      TRY_STATUS(cache_.put(file, source.blob->digest).map([](const auto&) {}));
    }
    if (source.kind != "npm") return {};
    return cache_.put_alias("npm", sha256(source.integrity).hex(), {source.blob->digest, Digest(), {}});
  }

  Status add_tree(const archive::ArchivedSource& source) {
    TRY(const auto alias, cache_.find_alias("git", source.commit));
    if (alias) {
      TRY(const auto there, cache_.find(alias->file));
      if (there && alias->tree == source.tree->digest) return {};
    }
    TRY(const TemporaryFolder folder, cache_.temporary_folder("import-"));
    const Path tar = folder.path() / "tree.tar";
    TRY_STATUS(write_tar(fs_, unpacked_ / source.place(), tar));
    TRY(const Digest digest, digest_file(tar));
    TRY_STATUS(cache_.put(tar, digest).map([](const auto&) {}));
    return cache_.put_alias("git", source.commit, {digest, source.tree->digest, {}});
  }

  Filesystem& fs_;
  Path unpacked_;
  fetch::Cache cache_;
};

// The same tree a second time, without its bytes where the file system has second names. Nobody writes to
// either: files of the store and of an unpacked archive are replaced, never changed.
Status link_tree(Filesystem& fs, const Path& from, const Path& to) {
  TRY(const FileStat stat, fs.stat(from, false));
  if (stat.type == FileType::file && fs.make_hard_link(from, to)) return {};
  if (stat.type != FileType::folder) return copy_tree(fs, from, to);
  TRY_STATUS(make_folders(fs, to));
  TRY(const std::vector<std::string> names, fs.list(from));
  for (const std::string& name : names) TRY_STATUS(link_tree(fs, from / name, to / name));
  constexpr std::uint32_t kOfOwner = 0700;
  return fs.set_mode(to, stat.mode | kOfOwner);
}

// Puts the store's folder where the marks are. What is written is a file of its own.
Status restore_marks(Filesystem& fs, const Path& file, const std::vector<std::uint64_t>& offsets,
                     const std::string& store) {
  TRY(const std::string bytes, fs.read_file(file));
  std::string out;
  std::uint64_t done = 0;
  for (const std::uint64_t offset : offsets) {
    if (bytes.compare(std::min<std::size_t>(offset, bytes.size()), archive::kStoreMark.size(),
                      archive::kStoreMark) != 0)
      return make_error(ErrorCode::integrity, "`{}` has no mark at byte {}", file.string(), offset);
    out.append(bytes, done, offset - done);
    out += store;
    done = offset + archive::kStoreMark.size();
  }
  out.append(bytes, done);
  TRY(const FileStat stat, fs.stat(file));
  TRY_STATUS(fs.remove_file(file));
  TRY_STATUS(fs.write_file(file, out, false));
  return fs.set_mode(file, stat.mode);
}

}  // namespace

Status import_sources(const Machine& machine, const archive::Contents& contents, const Path& unpacked,
                      const Home& home) {
  return with_context(SourceImport(machine, unpacked, home.cache()).run(contents, machine.clock.now()),
                      "taking the sources of the archive");
}

Result<std::vector<std::string>> import_builds(const Machine& machine, const archive::Contents& contents,
                                               const Path& unpacked, const Home& home, const Plan& plan) {
  std::vector<std::string> out;
  for (const archive::ArchivedBuild& build : contents.builds) {
    const Planned* package = plan.find(build.name);
    if (package == nullptr || package->is_tool() || package->prefix_id.key != build.key || package->installed)
      continue;
    TRY(const store::Store store, store::Store::open(machine.fs, home.root));
    TRY(store::Store::Begun begun, store.begin(package->prefix_id, &machine.cancel));
    if (std::holds_alternative<store::Prefix>(begun)) continue;
    store::BuildSlot slot = std::get<store::BuildSlot>(std::move(begun));
    TRY_STATUS(link_tree(machine.fs, unpacked / build.place(), slot.prefix()));
    for (const auto& [path, offsets] : build.marks)
      TRY_STATUS(restore_marks(machine.fs, slot.prefix() / path, offsets, (store.home() / "store").string()));
    store::PrefixInfo info;
    info.ingredients = package->ingredients;
    info.built_at = machine.clock.now();
    TRY_STATUS(store.publish(std::move(slot), std::move(info)).map([](const auto&) {}));
    out.push_back(build.name + " " + build.version);
  }
  return out;
}

}  // namespace reef::ops
