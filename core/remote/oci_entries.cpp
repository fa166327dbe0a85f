#include "core/remote/oci_entries.h"

#include "core/base/text.h"
#include "core/registry/index_json.h"
#include "core/remote/oci_marks.h"
#include "core/remote/oci_names.h"

namespace reef::remote {
namespace {

constexpr std::size_t kLargestEntry = std::size_t{4} << 20U;

}  // namespace

std::string entry_of(const IndexedVersion& version) {
  IndexedPackage one;
  one.name = version.entry.name;
  one.versions = {version};
  return write_package(one);
}

Result<std::optional<IndexedVersion>> read_entry(const std::string& shown, const std::string& entry,
                                                 const std::string& package, const std::string& tag) {
  TRY(IndexedPackage read, read_package(shown, entry, package));
  if (read.versions.empty()) return std::optional<IndexedVersion>();
  IndexedVersion out = std::move(read.versions.front());
  if (read.versions.size() != 1 || version_tag(out.entry.version.text()) != tag)
    return make_error(ErrorCode::integrity, "`{}` is not the version that its tag says, but {}", shown,
                      out.entry.version.text());
  if (out.tree.empty())
    return make_error(ErrorCode::integrity, "the entry of `{}` does not say what its content is made of",
                      shown);
  return std::optional<IndexedVersion>(std::move(out));
}

Result<std::optional<std::string>> find_entry(oci::Repository& repository, const std::string& tag) {
  TRY(const auto manifest, find_oci_manifest(repository, tag));
  if (!manifest || manifest->config.type != kEntryType) return std::optional<std::string>();
  return repository
      .read_blob(manifest->config, fmt::format("the entry of `{}`", shown_tag(repository, tag)),
                 kLargestEntry)
      .map([](std::string text) { return std::optional<std::string>(std::move(text)); });
}

Result<bool> is_yanked(oci::Repository& repository, const std::string& tag) {
  TRY(const auto manifest, find_oci_manifest(repository, std::string(kYankedTag) + tag));
  if (!manifest) return false;
  const auto annotation = manifest->annotations.find(std::string(kYankedAnnotation));
  return annotation == manifest->annotations.end() || annotation->second != "false";
}

}  // namespace reef::remote
