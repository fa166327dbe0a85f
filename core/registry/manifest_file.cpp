#include "core/registry/manifest_file.h"

#include "core/archive/oci.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef {

Result<Path> find_manifest(Filesystem& fs, const Path& folder) {
  if (folder.extension() == ".reef" && !is_folder(fs, folder) && archive::is_archive_file(folder))
    return make_error(ErrorCode::usage, "`{}` is an archive, not a package's folder",
                      printable(folder.string()))
        .hint(
            "`reef replay` runs it again, `reef unpack` makes a folder of it, `reef push` sends it to an OCI "
            "registry");
  const Path json = folder / "reef.json";
  const Path yaml = folder / "reef.yaml";
  const bool has_json = exists(fs, json);
  const bool has_yaml = exists(fs, yaml);
  if (has_json && has_yaml)
    return make_error(ErrorCode::invalid_input, "`{}` has both `reef.json` and `reef.yaml`", folder.string())
        .hint("keep one of the two");
  if (has_json) return json;
  if (has_yaml) return yaml;
  return make_error(ErrorCode::not_found, "there is no `reef.json` or `reef.yaml` in `{}`", folder.string())
      .hint("`reef init` makes one");
}

Result<Manifest> read_manifest_file(Filesystem& fs, const Path& path, std::string_view shown,
                                    json::Problems& problems) {
  TRY(std::string text, with_context(fs.read_file(path, kLargestManifest), "reading the manifest"));
  return parse_manifest(std::string(shown), std::move(text), problems);
}

Result<Manifest> load_manifest(Filesystem& fs, const Path& path) {
  json::Problems problems;
  TRY(Manifest manifest, read_manifest_file(fs, path, path.string(), problems));
  if (!problems.empty()) return tl::make_unexpected(problems.first("reef check"));
  return manifest;
}

}  // namespace reef
