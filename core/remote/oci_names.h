#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.h"
#include "core/base/error.h"

// How packages are called in an OCI registry (docs/registry-oci.md): repositories and tags allow less than
// names and versions do.
namespace reef::remote {

// The repository, below the registry's prefix, whose tags are all names of the registry.
inline constexpr std::string_view kNamesRepository = "reef-names";

// The last part of a package's repository. `+`, and separators that do not stand alone between letters and
// digits, become `__xHH`: `c++-tools` is `c__x2b__x2b__x2dtools`.
std::string component_of(std::string_view package);
// A repository below a registry's prefix, which may be empty.
std::string below(std::string_view prefix, std::string_view component);
// The package's repository. invalid_input: the name is that of the repository of names.
Result<std::string> repository_of(std::string_view prefix, std::string_view package);

// Versions as tags: `+` is `_`.
std::string version_tag(std::string_view version);
std::string version_of_tag(std::string_view tag);
inline constexpr std::string_view kYankedTag = "yanked.";  // and the version's tag
// One for each key: `minisig.VERSION.KEY`. The first versions of reef had one for each version,
// `minisig.VERSION`; it is read, and not written any more.
inline constexpr std::size_t kKeyIdDigits = 16;
std::string signature_tag(std::string_view version, std::string_view key_id);
std::string old_signature_tag(std::string_view version);
// Those of a version's tag among all tags of its repository.
std::vector<std::string> signature_tags(const std::set<std::string>& tags, std::string_view version);
// Of an archive's signature, by the digest of its manifest: tags move, and a signature does not move with
// them.
std::string archive_signature_tag(const Digest& manifest);
// Whether a tag is a version's, and none of what is said about one.
bool is_version_tag(std::string_view tag);

// A tag in the repository of names.
struct NameTag {
  enum class Kind { name, tool, capability };
  Kind kind = Kind::name;
  std::string name;
  std::string capability;
  bool operator==(const NameTag&) const = default;
};
// `n.NAME`, `t.NAME`, `c.CAPABILITY.NAME`; everything but lower-case letters, digits and `-` is `_HH`.
// invalid_input: it would be longer than a tag may be.
Result<std::string> tag_of(const NameTag& tag);
// Nothing: it is none of ours.
std::optional<NameTag> read_name_tag(std::string_view tag);

}  // namespace reef::remote
