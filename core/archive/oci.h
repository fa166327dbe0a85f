#pragma once

#include <string>
#include <vector>

#include "core/archive/contents.h"
#include "core/os/filesystem.h"

// The OCI image layout (image-spec 1.0) around the contents of a `.reef` file.
namespace reef::archive {

inline constexpr std::string_view kLayoutFile = "oci-layout";
inline constexpr std::string_view kIndexFile = "index.json";
inline constexpr std::string_view kBlobFolder = "blobs/sha256/";
inline constexpr std::string_view kPadFolder = "pad/";
inline constexpr std::string_view kArtifactType = "application/vnd.reef.archive.v1";
inline constexpr std::string_view kConfigType = "application/vnd.reef.config.v1+json";
inline constexpr std::string_view kFileType = "application/vnd.reef.file.v1";
inline constexpr std::string_view kTreeType = "application/vnd.reef.tree.v1.tar+zstd";
inline constexpr std::string_view kLockType = "application/vnd.reef.lock.v1+json";
inline constexpr std::string_view kProvenanceType = "application/vnd.in-toto+json";

// Texts up to this size are read into memory; larger ones are refused.
inline constexpr std::uint64_t kLargestText = std::uint64_t{16} << 20U;
// Raw blobs begin at a multiple of this, so that they can be mapped or cloned.
inline constexpr std::uint64_t kRawAlignment = 4096;
// What `reef inspect` needs comes before this, or a multiple of it.
inline constexpr std::uint64_t kHeadAlignment = std::uint64_t{64} << 10U;

enum class BlobKind { text, code, raw };

// One layer: where in the file it stands is its place in the list.
struct Layer {
  Blob blob;
  BlobKind kind = BlobKind::raw;
  std::string type;   // media type
  std::string title;  // for people and for `oras pull`: the place of the first thing it is
  bool operator==(const Layer&) const = default;
};

// Every blob after the config, each once, in the order of the file: manifests of packages, lock, provenance;
// code layers in the order of their trees; then raw ones by size, the largest last.
std::vector<Layer> layers_of(const Contents& contents);

// Whether a file begins as archives do; nothing of it is verified. Of the head 4 KiB do.
bool is_archive_file(const Path& file);
bool is_archive_head(std::string_view head);

std::string layout_text();
std::string manifest_text(const Contents& contents, const Blob& config);
std::string index_text(const Contents& contents, const Blob& manifest);

// The only manifest that an index names. invalid_input: not an index, more or less than one manifest, or
// another kind of thing.
Result<Blob> read_index(std::string text);
// The config that a manifest names, which must be an archive's.
Result<Blob> read_manifest_config(std::string text);

}  // namespace reef::archive
