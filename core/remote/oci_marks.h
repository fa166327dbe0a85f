#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/oci/repository.h"

// Small things of ours in an OCI repository that stand under a tag (docs/registry-oci.md).
namespace reef::remote {

inline constexpr std::string_view kSignatureType = "application/vnd.reef.signature.v1";

// "oci://host/team/ink:1.0.0", for messages.
std::string shown_tag(const oci::Repository& repository, const std::string& tag);
// Nothing also for what is no manifest of the usual kind: it is somebody else's.
Result<std::optional<oci::Manifest>> find_oci_manifest(oci::Repository& repository, const std::string& tag);

oci::Descriptor descriptor_of(std::string_view type, std::string_view bytes);
// A manifest that is there for its tag only.
oci::Manifest mark(std::string_view type);
// A small blob that is in memory. `what`: its name in messages.
Status put_text(oci::Repository& repository, std::string_view text, const std::string& what);
Status put_mark(oci::Repository& repository, const std::string& tag, const oci::Manifest& manifest);

// The text of a minisign signature under a tag of its own. Nothing: there is none.
Result<std::optional<std::string>> find_signature(oci::Repository& repository, const std::string& tag);
Status put_signature(oci::Repository& repository, const std::string& tag, const std::string& signature);

}  // namespace reef::remote
