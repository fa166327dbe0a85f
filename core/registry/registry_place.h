#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/registry/binary_index.h"

namespace reef {

class ContentDigests;

// Says which roots of a registry may be believed, where not every one may be.
class RootGuard {
 public:
  virtual ~RootGuard() = default;
  // Whether this root was accepted before, and still would be: then nobody need show it again.
  virtual bool knows(const Digest& root) = 0;
  // integrity when it may not be believed. signature: the text of `registry.json.minisig`, or why there is
  // none.
  virtual Status accept(std::string_view root, const Result<std::string>& signature) = 0;
};
constexpr std::string_view kRootSignature = "registry.json.minisig";
constexpr std::uint64_t kLargestSignature = 65536;

// Where the files of a published registry are (docs/registry-index.md): a folder, a web site, ... What they
// say is PublishedRegistry's business; a place only brings them. `read`, `manifest` and `folder` may be
// called by several threads at once.
class RegistryPlace {
 public:
  virtual ~RegistryPlace() = default;

  // What messages call it: "the registry in `/srv/packages`".
  virtual std::string name() const = 0;
  // What stands before the names of its files in messages, and tells it from all other places: a folder, or a
  // URL without credentials.
  virtual Path top() const = 0;
  // What may help when one of its files is not what it must be.
  virtual std::string remedy() const = 0;

  struct Root {
    Path file;                     // on this machine
    std::optional<Digest> digest;  // that its bytes must have, when they were compared with something already
  };
  // Its `registry.json`, as new as the place wants it to be.
  virtual Result<Root> root() = 0;
  // Whether that is its root still; asked when something is not there or not what it must be.
  virtual bool is_current(const Digest& root) = 0;

  // A file of the index, by its name below the top. Whoever asks compares the digest; a place that does so
  // itself says `integrity`. not_found when it is not there.
  virtual Result<std::string> read(const std::string& file, const Digest& digest, std::uint64_t limit) = 0;

  // Files of a package on this machine. The paths of manifests in `version` begin with `top`.
  virtual Result<Path> manifest(const IndexedVersion& version) = 0;
  virtual Result<Path> folder(const IndexedVersion& version) = 0;
  // The package is what the registry published, or will be when it is asked for; else integrity.
  virtual Status check(const IndexedVersion& version, ContentDigests& digests) = 0;
};

}  // namespace reef
