#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/digest.h"

namespace reef::oci {

inline constexpr std::string_view kManifestType = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kIndexType = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kEmptyType = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view kEmptyBlob = "{}";
// What registries accept at least (distribution-spec), and many at most.
inline constexpr std::size_t kLargestManifest = std::size_t{4} << 20U;

struct Descriptor {
  std::string type;  // media type
  Digest digest;
  std::uint64_t size = 0;
  std::map<std::string, std::string> annotations = {};
  bool operator==(const Descriptor&) const = default;
};

// An OCI image manifest (image-spec 1.1), what we use of it.
struct Manifest {
  std::string artifact_type;
  Descriptor config;
  std::vector<Descriptor> layers;
  std::map<std::string, std::string> annotations;
  bool operator==(const Manifest&) const = default;
};

// Sorted keys: the same manifest gives the same bytes.
std::string write_manifest(const Manifest& manifest);
// invalid_input says what is wrong; members that we do not know are passed over. `from`: its name in
// messages.
Result<Manifest> read_manifest(const std::string& from, std::string text);

}  // namespace reef::oci
