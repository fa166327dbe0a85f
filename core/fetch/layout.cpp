// What a build sees: all sources of a package in one folder.
#include <algorithm>

#include "core/archive/unpack.h"
#include "core/base/text.h"
#include "core/base/url.h"
#include "core/fetch/fetch.h"
#include "core/fetch/job.h"

namespace reef::fetch {
namespace {

// The name a downloaded file gets.
Result<std::string> file_name_of(const Source& source) {
  if (source.kind == SourceKind::path) return Path(source.location).lexically_normal().filename().string();
  const std::string path = split_url(source.location).path;
  std::string name = percent_decoded(path.substr(path.rfind('/') + 1));
  const bool is_plain = !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
                        is_valid_utf8(name) && printable(name) == name &&
                        name.find('\0') == std::string::npos;
  if (is_plain) return name;
  return make_error(ErrorCode::invalid_input, "cannot name a file after `{}`",
                    printable(without_credentials(source.location)))
      .at(source.place);
}

class Layout {
 public:
  Layout(Path tree, Path spare, Filesystem& fs, const Cancellation* cancel)
      : tree_(std::move(tree)), spare_(std::move(spare)), fs_(fs), cancel_(cancel) {}

  Status add(const Source& source, const Fetched& fetched) {
    if (cancel_ != nullptr) TRY_STATUS(cancel_->check());
    TRY(const Path below, folder_of(source));
    if (source.kind == SourceKind::git) return add_archive(source, fetched, "tree.tar", 0, below);
    if (source.kind == SourceKind::npm)
      return add_archive(source, fetched, "package.tgz", std::max<std::size_t>(1, source.strip), below);
    if (source.unpack && !fetched.is_tree) {
      TRY(const std::string name, file_name_of(source));
      return add_archive(source, fetched, name, source.strip, below);
    }
    if (source.kind == SourceKind::path) return add_path(source, fetched, below);
    TRY(const std::string name, file_name_of(source));
    return add_file(fetched.path, below / name, false);
  }

  std::vector<std::string> take_notes() { return std::move(notes_); }

 private:
  static Result<Path> folder_of(const Source& source) {
    Path to = Path(source.to).lexically_normal();
    if (!to.empty() && !to.has_filename()) to = to.parent_path();  // `weights/`
    if (to == ".") to.clear();
    if (to.is_absolute() || (!to.empty() && *to.begin() == ".."))
      return make_error(ErrorCode::invalid_input, "`to` leads out of the source tree: `{}`",
                        printable(source.to))
          .at(source.place);
    return to;
  }

  Status add_path(const Source& source, const Fetched& fetched, const Path& below) {
    Path place = Path(source.location).lexically_normal();
    if (!place.has_filename()) place = place.parent_path();  // `src/`
    if (place == ".") place.clear();
    if (!below.empty() && !place.empty()) place = below / place.filename();
    if (place.empty()) place = below;
    if (fetched.is_tree) return add_folder(fetched, place);
    TRY(const FileStat stat, fs_.stat(fetched.path));
    return add_file(fetched.path, place, (stat.mode & 0111U) != 0);
  }

  Status add_archive(const Source& source, const Fetched& fetched, const std::string& name, std::size_t strip,
                     const Path& below) {
    UnpackOptions options;
    options.name = name;
    options.strip = strip;
    options.cancel = cancel_;
    if (source.kind == SourceKind::git) options.limits.free_bytes = options.limits.bytes;
    const Path folder = spare_ / std::to_string(unpacked_++);
    TRY(const Unpacked unpacked, with_context(unpack_archive(fetched.path, folder, options, fs_), [&] {
          return fmt::format("laying out `{}`", label_of(source));
        }));
    for (const std::string& pair : unpacked.case_collisions)
      notes_.push_back(
          fmt::format("`{}` holds names that differ only in case: {}", label_of(source), printable(pair)));
    TRY_STATUS(make_place(below));
    if (!is_folder(fs_, tree_ / below)) return already_there(below);
    return move_contents(folder, below);
  }

  // Moves what is in a folder to its place; folders that are already there are shared.
  Status move_contents(const Path& from, const Path& to) {
    TRY(const std::vector<std::string> names, fs_.list(from));
    for (const std::string& name : names) {
      const auto there = fs_.stat(tree_ / to / name, false);
      if (!there) {
        TRY_STATUS(fs_.rename(from / name, tree_ / to / name));
        continue;
      }
      TRY(const FileStat stat, fs_.stat(from / name, false));
      if (stat.type != FileType::folder || there->type != FileType::folder) return already_there(to / name);
      TRY_STATUS(move_contents(from / name, to / name));
    }
    return {};
  }

  Status add_folder(const Fetched& fetched, const Path& to) {
    const Path& from = fetched.path;
    TRY_STATUS(make_place(to));
    TRY(const std::vector<TreeEntry> entries, walk(fs_, from, fetched.left_out));
    for (const TreeEntry& entry : entries) {
      if (cancel_ != nullptr) TRY_STATUS(cancel_->check());
      const Path place = to / entry.path;
      switch (entry.stat.type) {
        case FileType::folder:
          TRY_STATUS(make_place(place));
          break;
        case FileType::symlink: {
          TRY(const std::string target, fs_.read_symlink(from / entry.path));
          if (fs_.stat(tree_ / place, false)) return already_there(place);
          TRY_STATUS(fs_.make_symlink(target, tree_ / place));
          break;
        }
        default:
          TRY_STATUS(add_file(from / entry.path, place, (entry.stat.mode & 0111U) != 0));
      }
    }
    return {};
  }

  // Copies, so that a build that writes into its sources spoils nothing of the cache.
  Status add_file(const Path& from, const Path& to, bool is_executable) {
    TRY_STATUS(make_place(to.parent_path()));
    const Path file = tree_ / to;
    if (fs_.stat(file, false)) return already_there(to);
    TRY_STATUS(fs_.write_file(file, "", false));
    const Status copied = read_in_pieces(from, [&](std::string_view bytes) -> Status {
      if (cancel_ != nullptr && cancel_->requested()) return cancel_->check();
      return fs_.append_file(file, bytes);
    });
    if (!copied) return copied;
    return fs_.set_mode(file, is_executable ? 0755 : 0644);
  }

  // The folder and those above it; links of another source are not followed.
  Status make_place(const Path& folder) {
    Path here;
    for (const Path& part : folder) {
      here /= part;
      const auto there = fs_.stat(tree_ / here, false);
      if (there && there->type == FileType::folder) continue;
      if (there) return already_there(here);
      TRY_STATUS(fs_.make_folder(tree_ / here));
      TRY_STATUS(fs_.set_mode(tree_ / here, 0755));
    }
    return {};
  }

  static Failure already_there(const Path& path) {
    return make_error(ErrorCode::invalid_input, "two sources bring `{}`", printable(path.string()))
        .hint("give one of them another folder with `to`");
  }

  Path tree_;
  Path spare_;
  Filesystem& fs_;
  const Cancellation* cancel_;
  int unpacked_ = 0;
  std::vector<std::string> notes_;
};

}  // namespace

Result<std::vector<std::string>> lay_out(std::span<const Source> sources, std::span<const Fetched> fetched,
                                         const Path& target, Filesystem& fs, const Cancellation* cancel) {
  if (sources.size() != fetched.size())
    return make_error(ErrorCode::bug, "{} sources, but {} fetched", sources.size(), fetched.size());
  TRY_STATUS(make_folders(fs, target.parent_path()));
  TRY(const TemporaryFolder staging, TemporaryFolder::create(fs, target.parent_path(), ".layout-"));
  const Path tree = staging.path() / "tree";
  TRY_STATUS(fs.make_folder(tree));
  TRY_STATUS(fs.set_mode(tree, 0755));
  Layout layout(tree, staging.path() / "spare", fs, cancel);
  for (std::size_t i = 0; i < sources.size(); ++i) TRY_STATUS(layout.add(sources[i], fetched[i]));
  TRY_STATUS(fs.rename(tree, target));
  return layout.take_notes();
}

}  // namespace reef::fetch
