#pragma once

#include <functional>

#include "core/archive/tree_blobs.h"
#include "core/remote/oci_packages.h"

namespace reef::remote {

// A package on its way into an OCI registry.
struct OciPackage {
  IndexedVersion version;  // with the path of its manifest, its digest and its tree
  archive::Tree tree;
  archive::BlobFiles files;  // where its blobs are
  // The minisign signature of the entry; `there`: the one that this key made, or the one of the only key
  // there was, which stays when it is good and this key's. Null: the package is not to be signed.
  std::function<Result<std::string>(std::string_view entry, const std::optional<std::string>& there)> sign;
  std::string key_id{};  // of the key that signs; the signatures of other keys stay
};

// Makes a package part of the registry: its blobs, its version, its signature, then its name. Any number of
// publishers may do so at once, for nothing that they share is read, changed and written again; what was
// interrupted is finished by the same again. True: it was there already, with the same content.
//
// Errors: integrity when the version is there with another content, or appears with one meanwhile; those of
// oci::Repository.
Result<bool> put_in_oci(const Access& access, const OciSite& site, const OciPackage& package);

// Says that a version is not to be chosen any more, but where a lock names it; or takes that back. False: it
// was so already. not_found: there is no such version.
Result<bool> yank_in_oci(const Access& access, const OciSite& site, const std::string& package,
                         const Version& version, bool yanked);

}  // namespace reef::remote
