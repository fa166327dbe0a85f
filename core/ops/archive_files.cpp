#include "core/ops/archive_files.h"

#include "core/base/text.h"
#include "core/os/environment.h"

namespace reef::ops {
namespace {

Result<InputStream> open(const std::string& file) {
  if (file == "-") return InputStream::standard_input();
  return InputStream::open(file);
}

template <class T>
Result<T> of_file(Result<T> result, const std::string& file) {
  return with_context(std::move(result), [&] {
    return file == "-" ? std::string("reading the archive on standard input")
                       : fmt::format("reading the archive `{}`", printable(file));
  });
}

}  // namespace

Result<archive::ArchiveRead> inspect_file(const std::string& file) {
  TRY(InputStream stream, open(file));
  return of_file(archive::inspect_archive(stream), file);
}

Result<archive::ArchiveRead> verify_file(const Machine& machine, const std::string& file) {
  TRY(InputStream stream, open(file));
  return of_file(archive::verify_archive(stream, {0, &machine.cancel}), file);
}

Result<UnpackedFile> unpack_file(const Machine& machine, const std::string& file, const Path& folder) {
  Path target = folder;
  if (target.empty()) {
    // The name stands in the archive; a pipe cannot be read twice.
    if (file == "-") return make_error(ErrorCode::usage, "into which folder? `reef unpack - FOLDER`");
    TRY(const archive::ArchiveRead head, inspect_file(file));
    target = fmt::format("{}-{}", head.contents.name, head.contents.version);
  }
  TRY(target, absolute_path(target));
  if (machine.fs.stat(target, false))
    return make_error(ErrorCode::usage, "`{}` is there already", printable(target.string()))
        .hint("name a folder that is not there yet");
  TRY(InputStream stream, open(file));
  TRY(archive::ArchiveRead read,
      of_file(archive::unpack_reef(stream, target, {0, &machine.cancel}, machine.fs), file));
  return UnpackedFile{std::move(read), std::move(target)};
}

}  // namespace reef::ops
