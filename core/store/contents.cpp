#include "core/store/contents.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/os/replace.h"

namespace reef::store {
namespace {

Result<std::string> describe_entry(Filesystem& fs, const Path& path, const FileStat& stat) {
  switch (stat.type) {
    case FileType::folder:
      return std::string("folder");
    case FileType::symlink: {
      TRY(const std::string target, fs.read_symlink(path));
      return "link " + target;
    }
    case FileType::file: {
      TRY(const Digest digest, digest_file(path));
      return ((stat.mode & 0111U) != 0 ? "program " : "file ") + digest.hex();
    }
    default:
      return make_error(ErrorCode::invalid_input, "`{}` is neither a file, a folder nor a link",
                        path.string());
  }
}

Failure unreadable() { return make_error(ErrorCode::integrity, "the list of a prefix's files is damaged"); }

Status relocate_link(Filesystem& fs, const Path& path, const std::string& from, const std::string& to,
                     std::size_t& changed) {
  TRY(std::string target, fs.read_symlink(path));
  const std::size_t at = target.find(from);
  if (at == std::string::npos) return {};
  target.replace(at, from.size(), to);
  TRY_STATUS(fs.remove_file(path));
  ++changed;
  return fs.make_symlink(target, path);
}

}  // namespace

Digest Contents::digest() const { return sha256(write_contents(*this)); }

Result<Contents> read_contents(Filesystem& fs, const Path& folder, const LeftOut& left_out) {
  Contents out;
  TRY(const std::vector<TreeEntry> entries, walk(fs, folder, left_out));
  for (const TreeEntry& entry : entries) {
    TRY(out.entries[entry.path], describe_entry(fs, folder / entry.path, entry.stat));
    if (entry.stat.type != FileType::file) continue;
    ++out.files;
    out.bytes += entry.stat.size;
  }
  return out;
}

// NUL ends both halves: names and targets may hold anything else, newlines too.
std::string write_contents(const Contents& contents) {
  std::string out;
  for (const auto& [path, what] : contents.entries) {
    out += what;
    out += '\0';
    out += path;
    out += '\0';
  }
  return out;
}

Result<Contents> parse_contents(const std::string& text) {
  Contents out;
  std::vector<std::string> parts = split(text, '\0');
  if (parts.size() % 2 != 1 || !parts.back().empty()) return unreadable();
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    const std::string& what = parts[i];
    const bool file = what.starts_with("file ") || what.starts_with("program ");
    if (!file && what != "folder" && !what.starts_with("link ")) return unreadable();
    if (file) ++out.files;
    if (!out.entries.emplace(std::move(parts[i + 1]), what).second) return unreadable();
  }
  return out;
}

namespace {

// Both as describe_entry says them.
std::string_view change_of(std::string_view before, std::string_view now) {
  const auto rest = [](std::string_view what) { return what.substr(what.find(' ') + 1); };
  if (before.starts_with("file ") && now.starts_with("program ") && rest(before) == rest(now))
    return "became executable";
  if (before.starts_with("program ") && now.starts_with("file ") && rest(before) == rest(now))
    return "is not executable any more";
  return "was changed";
}

}  // namespace

std::vector<std::string> differences(const Contents& before, const Contents& now) {
  std::map<std::string, std::string> found;
  for (const auto& [path, what] : before.entries) {
    const auto other = now.entries.find(path);
    if (other == now.entries.end())
      found[path] = "is gone";
    else if (other->second != what)
      found[path] = change_of(what, other->second);
  }
  for (const auto& [path, what] : now.entries)
    if (!before.entries.contains(path)) found[path] = "was added";
  std::vector<std::string> out;
  for (const auto& [path, what] : found) out.push_back(fmt::format("`{}` {}", printable(path), what));
  return out;
}

Result<std::size_t> relocate(Filesystem& fs, const Path& folder, const std::string& from,
                             const std::string& to) {
  std::size_t changed = 0;
  TRY(const std::vector<TreeEntry> entries, walk(fs, folder));
  for (const TreeEntry& entry : entries) {
    const Path path = folder / entry.path;
    if (entry.stat.type == FileType::symlink) TRY_STATUS(relocate_link(fs, path, from, to, changed));
    if (entry.stat.type != FileType::file) continue;
    TRY(const std::size_t places, replace_in_file(path, from, to));
    if (places > 0) ++changed;
  }
  return changed;
}

Result<std::vector<std::string>> holders_of(Filesystem& fs, const Path& folder, const std::string& text,
                                            const LeftOut& left_out) {
  std::vector<std::string> out;
  TRY(const std::vector<TreeEntry> entries, walk(fs, folder, left_out));
  for (const TreeEntry& entry : entries) {
    bool holds = false;
    if (entry.stat.type == FileType::symlink) {
      TRY(const std::string target, fs.read_symlink(folder / entry.path));
      holds = target.find(text) != std::string::npos;
    }
    if (entry.stat.type == FileType::file) {
      TRY(const auto places, places_in_file(folder / entry.path, text));
      holds = !places.empty();
    }
    if (holds) out.push_back(entry.path);
  }
  return out;
}

}  // namespace reef::store
