// Sources that live in the package's own folder.
#include <algorithm>

#include "core/base/text.h"
#include "core/fetch/answers.h"
#include "core/fetch/job.h"
#include "core/fetch/tree_rules.h"

namespace reef::fetch {
namespace {

bool is_inside(const Path& path, const Path& folder) {
  const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

// Every link of a tree must stay in the package folder: it will be laid out somewhere else.
Status check_links(const std::vector<TreeEntry>& entries, const Path& folder, const Path& package,
                   Filesystem& fs) {
  for (const TreeEntry& entry : entries) {
    if (entry.stat.type != FileType::symlink) continue;
    const Path link = folder / entry.path;
    TRY(const std::string target, fs.read_symlink(link));
    const auto real = fs.real_path(link);
    const Path leads_to = real ? *real : (link.parent_path() / target).lexically_normal();
    if (Path(target).is_absolute() || !is_inside(leads_to, package))
      return make_error(ErrorCode::invalid_input, "the link `{}` leads out of the package folder, to `{}`",
                        printable(link.string()), printable(target));
  }
  return {};
}

Result<Fetched> get_folder(const Request& request, const Path& folder, const Path& package, Filesystem& fs) {
  const Source& source = *request.source;
  if (source.size)
    return make_error(ErrorCode::invalid_input, "`{}` is a folder: it has no `size`", source.location);
  Fetched out;
  out.path = folder;
  out.is_tree = true;
  out.from_cache = true;
  const Path place = folder.lexically_relative(package);
  out.left_out = left_out_of_sources(place == "." ? Path() : place, request.left_out);
  TRY(const std::vector<TreeEntry> entries, walk(fs, folder, out.left_out));
  TRY_STATUS(check_links(entries, folder, package, fs));
  for (const TreeEntry& entry : entries)
    if (entry.stat.type == FileType::file) out.bytes += entry.stat.size;
  TRY(out.digest, digest_tree(fs, folder, out.left_out));
  return out;
}

Status check_file(const Source& source, const Fetched& fetched) {
  if (source.size && *source.size != fetched.bytes)
    return tl::make_unexpected(wrong_size_error(source.location, *source.size, fetched.bytes));
  if (source.sha256 && *source.sha256 != fetched.digest)
    return tl::make_unexpected(
        wrong_digest_error(source.location, source.sha256->hex(), fetched.digest.hex()));
  return {};
}

Result<Fetched> get(const Request& request, Filesystem& fs) {
  const Source& source = *request.source;
  const Path relative = Path(source.location).lexically_normal();
  if (relative.empty() || relative.is_absolute() || *relative.begin() == "..")
    return make_error(ErrorCode::invalid_input, "the path `{}` is outside the package folder",
                      printable(source.location));
  TRY(const Path package, fs.real_path(request.package_folder));
  const auto real = fs.real_path(package / relative);
  if (!real)
    return make_error(real.error().code(), "the package has no file `{}`", printable(source.location))
        .context(fmt::format("looking in `{}`", package.string()));
  if (!is_inside(*real, package))
    return make_error(ErrorCode::invalid_input, "the path `{}` leads out of the package folder, to `{}`",
                      printable(source.location), real->string());
  TRY(const FileStat stat, fs.stat(*real));
  if (stat.type == FileType::folder) {
    TRY(Fetched folder, get_folder(request, *real, package, fs));
    if (source.sha256 && *source.sha256 != folder.digest)
      return tl::make_unexpected(
          wrong_digest_error(source.location, source.sha256->hex(), folder.digest.hex()));
    return folder;
  }
  if (stat.type != FileType::file)
    return make_error(ErrorCode::invalid_input, "`{}` is neither a file nor a folder",
                      printable(source.location));
  Fetched out;
  out.path = *real;
  out.bytes = stat.size;
  out.from_cache = true;
  TRY(out.digest, digest_file(*real));
  TRY_STATUS(check_file(source, out));
  return out;
}

}  // namespace

Result<Fetched> find_path(const Request& request, Filesystem& fs) {
  auto fetched = get(request, fs);
  if (!fetched && !fetched.error().place() && request.source->place.line > 0)
    return tl::make_unexpected(std::move(fetched).error().at(request.source->place));
  return fetched;
}

}  // namespace reef::fetch
