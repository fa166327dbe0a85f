// Built prefixes in an archive: what names the store's folder is marked, what cannot be marked cannot move.
#include "core/base/text.h"
#include "core/ops/pack.h"
#include "core/os/replace.h"
#include "core/store/prefix_info.h"

namespace reef::ops {
namespace {

constexpr std::uint64_t kLargestMoved = std::uint64_t{64} << 20U;

bool is_text(const std::string& bytes) {
  return bytes.find('\0') == std::string::npos && is_valid_utf8(bytes);
}

class Mover {
 public:
  Mover(Filesystem& fs, std::string store) : fs_(fs), store_(std::move(store)) {}

  // Marks every text of `folder` that names the store; the folder is left as it is, and `copy` is made when
  // there is something to mark.
  Result<Path> move(const Path& folder, const Path& copy,
                    std::map<std::string, std::vector<std::uint64_t>>& marks) {
    TRY(const std::vector<TreeEntry> entries, walk(fs_, folder));
    std::map<std::string, std::string> changed;
    for (const TreeEntry& entry : entries) {
      if (entry.path.starts_with(std::string(store::kOwnFolder) + "/")) continue;
      if (entry.stat.type != FileType::file) continue;
      TRY(const std::vector<std::uint64_t> places, places_in_file(folder / entry.path, store_));
      if (places.empty()) continue;
      TRY(changed[entry.path], marked(folder / entry.path, entry, places, marks[entry.path]));
    }
    if (changed.empty()) return folder;
    TRY_STATUS(copy_tree(fs_, folder, copy));
    for (const auto& [path, bytes] : changed) {
      TRY(const FileStat stat, fs_.stat(copy / path));
      TRY_STATUS(fs_.remove_file(copy / path));
      TRY_STATUS(fs_.write_file(copy / path, bytes, false));
      TRY_STATUS(fs_.set_mode(copy / path, stat.mode));
    }
    return copy;
  }

 private:
  Result<std::string> marked(const Path& file, const TreeEntry& entry,
                             const std::vector<std::uint64_t>& places, std::vector<std::uint64_t>& offsets) {
    const auto cannot = [&](std::string_view why) {
      return make_error(ErrorCode::invalid_input,
                        "`{}` names the folder of the store at byte {}, and {}: it cannot move",
                        printable(file.string()), places.front(), why)
          .hint(
              "build it without absolute paths (`-Wl,-rpath,$ORIGIN`, no debug information), or pack without "
              "`--with-builds`");
    };
    if (entry.stat.size > kLargestMoved) return cannot("is too large to be looked into");
    TRY(const std::string bytes, fs_.read_file(file));
    if (!is_text(bytes)) return cannot("is no text");
    std::string out;
    std::uint64_t done = 0;
    for (const std::uint64_t place : places) {
      out.append(bytes, done, place - done);
      offsets.push_back(out.size());
      out += archive::kStoreMark;
      done = place + store_.size();
    }
    out.append(bytes, done);
    return out;
  }

  Filesystem& fs_;
  std::string store_;
};

}  // namespace

Status add_builds(Session& session, const Plan& plan, const Path& scratch, archive::PackInput& input) {
  Filesystem& fs = session.machine().fs;
  TRY(const store::Store store, store::Store::look(fs, session.home().root));
  for (const Planned& package : plan.packages) {
    if (package.is_tool()) continue;
    const auto prefix = store.find(package.prefix_id);
    if (!prefix)
      return make_error(ErrorCode::not_found, "{} is not in the store", package.name())
          .hint("run the same again");
    archive::ArchivedBuild build;
    build.name = package.name();
    build.version = package.chosen.version.text();
    build.key = package.prefix_id.key;
    build.platform = plan.platform.id();
    build.ingredients = package.ingredients.items;
    // The same folder may have had another name when it was built.
    const Path& named = prefix->info.published_in;
    Mover mover(fs, (named.empty() ? store.home() / "store" : named).string());
    TRY(const Path folder, mover.move(prefix->path, scratch / ("build-" + build.key.hex()), build.marks));
    input.trees[build.place()] = {folder, {store::kOwnFolder}};
    input.contents.builds.push_back(std::move(build));
  }
  return {};
}

}  // namespace reef::ops
