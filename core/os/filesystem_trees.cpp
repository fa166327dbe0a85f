// What is composed of the steps that Filesystem offers.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <utility>

#include "core/base/text.h"
#include "core/os/filesystem.h"

namespace reef {
namespace {

constexpr std::uint32_t kOwnerAll = 0700;

// A name that no other thread or process of this machine uses at this moment.
std::string unique_suffix() {
  static std::atomic<unsigned> counter{0};
  return fmt::format("{}-{}", getpid(), counter.fetch_add(1));
}

// What vanishes while a tree is walked is no part of it: editors and other programs make files for a moment.
template <class T>
bool is_gone(const Result<T>& result) {
  return !result && result.error().code() == ErrorCode::not_found;
}

Status walk_into(Filesystem& fs, const Path& folder, const std::string& prefix, const LeftOut& left_out,
                 std::vector<TreeEntry>& out) {
  TRY(const std::vector<std::string> names, fs.list(folder));
  for (const std::string& name : names) {
    if (left_out.has(prefix + name)) continue;
    const Result<FileStat> stat = fs.stat(folder / name, false);
    if (is_gone(stat)) continue;
    if (!stat) return tl::make_unexpected(stat.error());
    if (left_out.has(stat->type)) continue;
    out.push_back({prefix + name, *stat});
    if (stat->type != FileType::folder) continue;
    const Status below = walk_into(fs, folder / name, prefix + name + "/", left_out, out);
    if (!is_gone(below)) TRY_STATUS(below);
  }
  return {};
}

Status copy_file(Filesystem& fs, const Path& from, const Path& to, std::uint32_t mode) {
  if (fs.stat(to, false)) TRY_STATUS(fs.remove_file(to));
  bool begun = false;
  TRY_STATUS(read_in_pieces(from, [&](std::string_view piece) {
    return std::exchange(begun, true) ? fs.append_file(to, piece) : fs.write_file(to, piece, false);
  }));
  if (!begun) TRY_STATUS(fs.write_file(to, {}, false));
  return fs.set_mode(to, mode);
}

Result<std::string> digest_entry(Filesystem& fs, const Path& folder, const TreeEntry& entry) {
  const Path path = folder / entry.path;
  switch (entry.stat.type) {
    case FileType::folder:
      return fmt::format("d - {}{}{}", entry.path, '\0', '\0');
    case FileType::symlink: {
      TRY(const std::string target, fs.read_symlink(path));
      return fmt::format("l - {}{}{}{}", entry.path, '\0', target, '\0');
    }
    case FileType::file: {
      TRY(const Digest digest, digest_file(path));
      const char executable = (entry.stat.mode & 0111U) != 0 ? 'x' : '-';
      return fmt::format("f {} {}{}{}{}", executable, entry.path, '\0', digest.hex(), '\0');
    }
    default:
      return make_error(ErrorCode::invalid_input, "`{}` is neither a file, a folder nor a link",
                        path.string());
  }
}

}  // namespace

bool exists(Filesystem& fs, const Path& path) { return fs.stat(path).has_value(); }

bool is_folder(Filesystem& fs, const Path& path) {
  const auto stat = fs.stat(path);
  return stat && stat->type == FileType::folder;
}

bool is_executable(Filesystem& fs, const Path& path) {
  const auto stat = fs.stat(path);
  return stat && stat->type == FileType::file && access(path.c_str(), X_OK) == 0;
}

Status make_folders(Filesystem& fs, const Path& path) {
  if (path.empty() || is_folder(fs, path)) return {};
  const Path parent = path.parent_path();
  if (parent != path) TRY_STATUS(make_folders(fs, parent));
  return fs.make_folder(path);
}

namespace {

// Of a file that nobody asked for: told of the one that was asked for.
Error about_another(const Error& error, const Path& own, const Path& asked) {
  std::string message = error.message();
  if (const std::size_t at = message.find(own.string()); at != std::string::npos)
    message.replace(at, own.string().size(), asked.string());
  return Error(error.code(), std::move(message));
}

}  // namespace

namespace {

// Where a link leads, and that where it leads: somewhere that is no link, or not there yet.
Result<Path> behind_links(Filesystem& fs, const Path& path) {
  constexpr int kMost = 40;  // as the system has it
  Path at = path;
  for (int i = 0; i < kMost; ++i) {
    const auto stat = fs.stat(at, false);
    if (!stat || stat->type != FileType::symlink) return at;
    TRY(const std::string target, fs.read_symlink(at));
    at = at.parent_path() / target;
  }
  return make_error(ErrorCode::io, "cannot write `{}`: its link leads to itself", printable(path.string()));
}

// What the names of its unfinished versions begin with; a unique suffix follows.
std::string unfinished_prefix(const Path& path) {
  constexpr std::size_t kMostOfName = 100;  // a name may have 255 bytes
  return fmt::format(".{}.", path.filename().string().substr(0, kMostOfName));
}

// Whether a unique suffix is one of a process that is no more.
bool is_of_the_dead(std::string_view suffix) {
  pid_t process = 0;
  unsigned count = 0;
  const char* const end = suffix.data() + suffix.size();
  const auto [dash, error] = std::from_chars(suffix.data(), end, process);
  if (error != std::errc() || process <= 0 || dash == end || *dash != '-') return false;
  const auto [rest, counted] = std::from_chars(dash + 1, end, count);
  return counted == std::errc() && rest == end && kill(process, 0) != 0 && errno == ESRCH;
}

}  // namespace

Status write_atomic(Filesystem& fs, const Path& named, std::string_view bytes) {
  TRY(const Path path, behind_links(fs, named));
  const Path temporary = path.parent_path() / (unfinished_prefix(path) + unique_suffix());
  Status status = fs.write_file(temporary, bytes);
  if (const auto old = fs.stat(path); status && old) status = fs.set_mode(temporary, old->mode);
  if (status) status = fs.rename(temporary, path);
  if (!status) {
    (void)fs.remove_file(temporary);
    return with_context(Status(tl::make_unexpected(about_another(status.error(), temporary, path))),
                        [&] { return fmt::format("writing `{}`", printable(path.string())); });
  }
  return fs.sync_folder(path.has_parent_path() ? path.parent_path() : Path("."));
}

void sweep_unfinished(Filesystem& fs, const Path& named) {
  const Result<Path> path = behind_links(fs, named);
  if (!path) return;
  const Path folder = path->has_parent_path() ? path->parent_path() : Path(".");
  const Result<std::vector<std::string>> names = fs.list(folder);
  if (!names) return;
  const std::string prefix = unfinished_prefix(*path);
  for (const std::string& name : *names)
    if (name.starts_with(prefix) && is_of_the_dead(std::string_view(name).substr(prefix.size())))
      (void)fs.remove_file(folder / name);
}

Status remove_tree(Filesystem& fs, const Path& path) {
  const auto stat = fs.stat(path, false);
  if (!stat)
    return stat.error().code() == ErrorCode::not_found ? Status() : tl::make_unexpected(stat.error());
  if (stat->type != FileType::folder) return fs.remove_file(path);
  if ((stat->mode & kOwnerAll) != kOwnerAll) TRY_STATUS(fs.set_mode(path, stat->mode | kOwnerAll));
  TRY(const std::vector<std::string> names, fs.list(path));
  for (const std::string& name : names) TRY_STATUS(remove_tree(fs, path / name));
  return fs.remove_folder(path);
}

namespace {

Status copy_below(Filesystem& fs, const Path& from, const Path& to, const std::string& prefix,
                  const LeftOut& left_out);

// prefix: of what is below it, for `left_out`.
Status copy_entry(Filesystem& fs, const Path& from, const Path& to, const std::string& prefix,
                  const LeftOut& left_out) {
  TRY(const FileStat stat, fs.stat(from, false));
  if (left_out.has(stat.type)) return {};
  switch (stat.type) {
    case FileType::file:
      return copy_file(fs, from, to, stat.mode);
    case FileType::symlink: {
      TRY(const std::string target, fs.read_symlink(from));
      if (fs.stat(to, false)) TRY_STATUS(fs.remove_file(to));
      return fs.make_symlink(target, to);
    }
    case FileType::folder: {
      TRY_STATUS(fs.make_folder(to));
      TRY_STATUS(copy_below(fs, from, to, prefix, left_out));
      return fs.set_mode(to, stat.mode | kOwnerAll);
    }
    default:
      return make_error(ErrorCode::invalid_input, "`{}` is neither a file, a folder nor a link",
                        from.string());
  }
}

Status copy_below(Filesystem& fs, const Path& from, const Path& to, const std::string& prefix,
                  const LeftOut& left_out) {
  TRY(const std::vector<std::string> names, fs.list(from));
  for (const std::string& name : names)
    if (!left_out.has(prefix + name))
      TRY_STATUS(copy_entry(fs, from / name, to / name, prefix + name + "/", left_out));
  return {};
}

}  // namespace

Status copy_tree(Filesystem& fs, const Path& from, const Path& to) {
  return copy_entry(fs, from, to, "", {});
}

Status copy_contents(Filesystem& fs, const Path& from, const Path& to, const LeftOut& left_out) {
  return copy_below(fs, from, to, "", left_out);
}

bool LeftOut::has(const std::string& path) const {
  return std::find(names_.begin(), names_.end(), path) != names_.end() || (rule_ && rule_(path));
}

Result<std::vector<TreeEntry>> walk(Filesystem& fs, const Path& folder, const LeftOut& left_out) {
  std::vector<TreeEntry> entries;
  TRY_STATUS(walk_into(fs, folder, "", left_out, entries));
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return entries;
}

Result<Digest> digest_tree(Filesystem& fs, const Path& folder, const LeftOut& left_out) {
  TRY(const std::vector<TreeEntry> entries, walk(fs, folder, left_out));
  Sha256 hash;
  for (const TreeEntry& entry : entries) {
    const Result<std::string> bytes = digest_entry(fs, folder, entry);
    if (is_gone(bytes)) continue;
    if (!bytes) return tl::make_unexpected(bytes.error());
    hash.update(*bytes);
  }
  return hash.finish();
}

Result<TemporaryFolder> TemporaryFolder::create(Filesystem& fs, const Path& parent, std::string_view prefix) {
  constexpr int kTries = 1000;
  for (int i = 0; i < kTries; ++i) {
    const Path path = parent / fmt::format("{}{}", prefix, unique_suffix());
    if (fs.stat(path, false)) continue;
    TRY_STATUS(fs.make_folder(path));
    return TemporaryFolder(fs, path);
  }
  return make_error(ErrorCode::io, "cannot find a free name for a temporary folder in `{}`", parent.string());
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : fs_(other.fs_), path_(std::move(other.path_)) {
  other.path_.clear();
}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
  std::swap(fs_, other.fs_);
  std::swap(path_, other.path_);
  return *this;
}

TemporaryFolder::~TemporaryFolder() {
  if (!path_.empty()) (void)remove_tree(*fs_, path_);
}

Path TemporaryFolder::release() {
  Path path = std::move(path_);
  path_.clear();
  return path;
}

}  // namespace reef
