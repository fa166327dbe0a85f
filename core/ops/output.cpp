#include "core/ops/output.h"

#include "core/archive/oci.h"
#include "core/base/text.h"
#include "core/os/environment.h"

namespace reef::ops {
namespace {

constexpr std::uint64_t kLargestText = std::uint64_t{64} << 20U;

// What stands for something else that is open: `/dev/stdout`, `/proc/self/fd/1`. A rename would replace the
// name.
bool is_stream(const Path& path) {
  const std::string text = path.lexically_normal().string();
  return text.starts_with("/dev/") || text.starts_with("/proc/");
}

Failure would_replace(const Path& path, std::string_view kind) {
  return make_error(ErrorCode::usage, "`{}` is there and is no {}: it is not replaced",
                    printable(path.string()), kind)
      .hint("name another file, or remove that one first");
}

}  // namespace

Result<Path> output_place(Filesystem& fs, const Path& given, const std::string& name) {
  Path path = given.empty() ? Path(name) : given;
  if (!path.has_filename() || is_folder(fs, path)) path /= name;
  TRY(const Path whole, absolute_path(path));
  if (const Path folder = whole.parent_path(); !is_folder(fs, folder))
    return make_error(ErrorCode::not_found, "there is no folder `{}`", printable(folder.string()))
        .hint("make it first: `mkdir -p`");
  const Result<FileStat> own = fs.stat(path, false);
  const bool is_link = own && own->type == FileType::symlink && !is_stream(whole);
  return is_link ? fs.real_path(path).value_or(path) : path;
}

Status check_archive_place(Filesystem& fs, const Path& path) {
  const Result<FileStat> stat = fs.stat(path);
  if (!stat && stat.error().code() == ErrorCode::not_found && !is_stream(path)) return {};
  if (!stat) return tl::make_unexpected(stat.error());
  if (stat->type != FileType::file || is_stream(path))
    return make_error(ErrorCode::usage, "`{}` is no regular file: an archive cannot be written into it",
                      printable(path.string()))
        .hint("name a file: `-o NAME.reef`");
  if (stat->size == 0 || archive::is_archive_file(path)) return {};
  return would_replace(path, "archive of reef");
}

Status write_output(Filesystem& fs, const Path& path, const std::string& text, const TextKind& kind) {
  const Result<FileStat> stat = fs.stat(path);
  if (is_stream(path) || (stat && stat->type == FileType::other)) return fs.append_file(path, text);
  if (kind.is_one && stat && stat->type == FileType::file && stat->size > 0) {
    const Result<std::string> old = fs.read_file(path, kLargestText);
    if (!old || !kind.is_one(*old)) return would_replace(path, kind.name);
  }
  return write_atomic(fs, path, text);
}

}  // namespace reef::ops
