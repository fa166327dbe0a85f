#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/oci/repository.h"
#include "core/registry/binary_index.h"

// What lies in the repository of a package (docs/registry-oci.md): versions, and what is said of them. It is
// compared with its digests, and believed no further.
namespace reef::remote {

inline constexpr std::string_view kPackageType = "application/vnd.reef.package.v1";     // of artifacts
inline constexpr std::string_view kEntryType = "application/vnd.reef.package.v1+json";  // of their configs
inline constexpr std::string_view kNameType = "application/vnd.reef.name.v1";  // of what names point to
inline constexpr std::string_view kYankType = "application/vnd.reef.yank.v1";
inline constexpr std::string_view kYankedAnnotation = "vnd.reef.yanked";  // "true" or "false"

// The bytes that stand for a version, and that are signed: the index file of a package with this version
// alone (docs/registry-index.md).
std::string entry_of(const IndexedVersion& version);
// The version that an entry is about, which must be the one that `tag` says of `package`; else integrity or
// invalid_input. Nothing: it asks for a newer reef. `shown`: its name in messages.
Result<std::optional<IndexedVersion>> read_entry(const std::string& shown, const std::string& entry,
                                                 const std::string& package, const std::string& tag);

// The entry under a version's tag. Nothing: there is no such tag, or it is no package of reef's.
Result<std::optional<std::string>> find_entry(oci::Repository& repository, const std::string& tag);
Result<bool> is_yanked(oci::Repository& repository, const std::string& tag);

}  // namespace reef::remote
