#include "core/ops/archive_files.h"

#include <algorithm>

#include "core/archive/outer_reader.h"
#include "core/base/text.h"
#include "core/ops/lock.h"
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

Error other_contents(const std::string& what, const std::string& found, const std::string& said) {
  return Error(ErrorCode::integrity,
               fmt::format("the archive says that {} is `{}`, and its manifest says `{}`", what,
                           printable(said), printable(found)));
}

// Digests tell that an archive is what its config says; this, that the config says what is in it.
Status check_manifest(const archive::ArchiveRead& read) {
  const archive::ArchivedPackage& root = read.contents.root();
  const bool is_yaml = std::any_of(root.tree.apart.begin(), root.tree.apart.end(),
                                   [](const archive::ApartFile& file) { return file.path == "reef.yaml"; });
  json::Problems problems;
  const Manifest manifest =
      parse_manifest(root.place() + (is_yaml ? "/reef.yaml" : "/reef.json"), read.manifest_text, problems);
  if (!problems.empty()) return tl::make_unexpected(problems.first());
  if (manifest.name != root.name)
    return tl::make_unexpected(other_contents("the name", manifest.name, root.name));
  if (manifest.version.text() != root.version)
    return tl::make_unexpected(other_contents("the version", manifest.version.text(), root.version));
  if (manifest.license != root.license)
    return tl::make_unexpected(other_contents("the licence", manifest.license, root.license));
  return {};
}

Status check_lock(const archive::ArchiveRead& read) {
  TRY(const json::Document document, json::parse(std::string(kLockName), read.lock));
  json::Problems problems;
  const Lockfile lock = read_lockfile(document, problems);
  if (!problems.empty()) return tl::make_unexpected(problems.first());
  std::vector<std::string> platforms;
  for (const auto& [platform, section] : lock.platforms) {
    platforms.push_back(platform);
    const LockedPackage* root = section.find(read.contents.name);
    if (root != nullptr && root->version.text() == read.contents.version) continue;
    return make_error(ErrorCode::integrity, "`{}` of the archive is not that of {} {}", kLockName,
                      read.contents.name, read.contents.version);
  }
  if (platforms == read.contents.platforms) return {};
  return make_error(ErrorCode::integrity, "`{}` of the archive is of other platforms than the archive says",
                    kLockName);
}

Status check_texts(const archive::ArchiveRead& read) {
  for (const Status& status : {check_manifest(read), check_lock(read)})
    if (!status) return tl::make_unexpected(archive::as_integrity(status.error()));
  return {};
}

}  // namespace

Status check_is_file(Filesystem& fs, const std::string& file) {
  const Result<FileStat> stat = fs.stat(file);
  if (file != "-" && (!stat || stat->type != FileType::other)) return {};
  return make_error(ErrorCode::invalid_input, "`{}` is no file, and the archive is read more than once",
                    printable(file))
      .hint("save it first: `cat > FILE.reef`");
}

Result<archive::ArchiveRead> inspect_file(const std::string& file) {
  TRY(InputStream stream, open(file));
  return of_file(archive::inspect_archive(stream), file);
}

Result<archive::ArchiveRead> verify_file(const Machine& machine, const std::string& file) {
  TRY(InputStream stream, open(file));
  TRY(archive::ArchiveRead read, of_file(archive::verify_archive(stream, {0, &machine.cancel}), file));
  TRY_STATUS(of_file(check_texts(read), file));
  return read;
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
