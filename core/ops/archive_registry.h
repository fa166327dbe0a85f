#pragma once

#include "core/archive/contents.h"
#include "core/ops/keys.h"
#include "core/ops/reporter.h"
#include "core/ops/session.h"

// `.reef` files in OCI registries. The inner form of an archive is an OCI image layout, so that it goes there
// blob by blob, and the same file is made of them again. Nothing of a home is needed or made.
namespace reef::ops {

struct PushedArchive {
  archive::Contents contents;
  std::string reference;  // with the tag: `oci://host/repository:1.0.0`
  Digest manifest;
  std::uint64_t bytes = 0;  // of the file
  std::uint64_t sent = 0;   // bytes of blobs that were not there yet
  std::size_t blobs = 0;    // all in all
  std::size_t blobs_sent = 0;
  bool was_there = false;               // the tag meant this archive already
  std::optional<Digest> replaced;       // what the tag meant before
  std::optional<SignedFile> signed_by;  // whose signature, `FILE.minisig`, was sent, too
  std::string replaced_signer;          // the id of another key, whose signature was there before; or empty
};

// Sends a file to the repository that `to` names, `oci://host/repository[:tag]`. Without a tag it is the
// archive's version (`+` as `_`), and then an archive that is there under this tag is never replaced
// (integrity); a tag that was written moves, but not from what is no archive (integrity). What is there
// already is not sent again, so that what was interrupted goes on. With a signature beside it,
// `FILE.minisig`, that is sent, too; one by a key that is known here must be this file's.
//
// Errors: integrity when the file is damaged or is not what was signed; those of oci::Repository; network
// when offline.
Result<PushedArchive> push_archive(const Machine& machine, bool offline, const std::string& file,
                                   const std::string& to, Reporter& reporter);

struct PulledArchive {
  archive::Contents contents;
  std::string reference;  // what was pulled, with its tag or digest
  Digest manifest;
  Path file;
  std::uint64_t bytes = 0;              // of the file
  std::uint64_t kept = 0;               // bytes of blobs that an interrupted pull had brought
  bool was_there = false;               // the file was there, with every byte as it must be
  std::optional<SignedFile> signed_by;  // whose signature is in `FILE.minisig`
};

// Makes the file again that was pushed, byte for byte: every blob is compared with its digest as it comes.
// Without tag and digest the newest version is pulled. output: empty: NAME-VERSION.reef in the current
// folder. A file of that name is replaced when the new one is whole; until then the new one grows as
// `OUTPUT.part`, and a pull that was interrupted goes on from it. The archive's signature, when it has one,
// becomes `OUTPUT.minisig`.
//
// key: who must have signed it, as for verify_signature; then the file gets its name only when the signature
// is good. Empty: the signature is brought, and compared with nothing.
//
// Errors: not_found without such a tag, or with a key and without a signature; integrity when something is
// not what it must be, or is no archive of reef, or not signed so, or signed with a key that was revoked;
// busy when another process pulls to the same file; those of oci::Repository.
Result<PulledArchive> pull_archive(const Machine& machine, bool offline, const std::string& from,
                                   const Path& output, const std::string& key, Reporter& reporter);

// The tag that a version has in a registry: tags have no `+`. invalid_input: it cannot be one.
Result<std::string> tag_of_version(const std::string& version);

}  // namespace reef::ops
