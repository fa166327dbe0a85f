#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/oci/manifest.h"
#include "core/oci/remote.h"

namespace reef::oci {

// Told how many more bytes of a blob went over the network, and of those kept from an earlier transfer.
using Meter = std::function<void(std::uint64_t)>;

// Where the bytes of a blob go while they arrive, from the first to the last.
class BlobSink {
 public:
  virtual ~BlobSink() = default;
  // Bytes that are there already, of this blob as far as anybody knows.
  virtual std::uint64_t size() const = 0;
  // From nothing.
  virtual Status start_over() = 0;
  virtual Status append(std::string_view bytes) = 0;
  // Of all bytes, which are written afterwards. Nothing may be appended after it but after start_over.
  virtual Result<Digest> finish() = 0;
};

// One repository of a registry. Safe for use by several threads. Every error names the registry, the
// repository and what was asked for; sizes of everything that is read are limited.
class Repository {
 public:
  // push: for those who will write to it; asks for one token that is good for everything.
  Repository(Remote& remote, std::string name, bool push = false)
      : remote_(&remote), name_(std::move(name)), push_(push) {}

  const std::string& name() const { return name_; }
  // "oci://host/name", for messages.
  std::string text() const;
  Remote& remote() const { return *remote_; }

  struct Found {
    std::string text;  // byte for byte as it was put there
    std::string type;
    Digest digest;
  };
  // wanted: a tag or `sha256:HEX`. not_found names the tags that there are. integrity: the text has another
  // digest than was asked for, or than the registry says.
  Result<Found> manifest(const std::string& wanted);
  // Nothing: there is none.
  Result<std::optional<Found>> find_manifest(const std::string& wanted);
  // Replaces what a tag meant. integrity: the registry keeps something else.
  Status put_manifest(const std::string& tag, const std::string& text);
  // Sorted; none for a repository that nobody ever pushed to. At most kMostTags. network: it is a web page,
  // even one that says 404.
  Result<std::vector<std::string>> tags();

  Result<bool> has_blob(const Digest& digest);
  // A small blob, in memory. `what`: its name in messages.
  Result<std::string> read_blob(const Descriptor& blob, const std::string& what, std::size_t limit);
  // Goes on where the sink stopped. Broken transfers go on, as long as some get on; a digest that is wrong
  // after that is tried once more from the beginning. integrity: the registry serves other bytes.
  Status download(const Descriptor& blob, const std::string& what, BlobSink& sink, const Meter& meter);

  // Makes a blob of these bytes, unless it is there. `other` names a repository of the same registry that may
  // have it (then nothing is sent). True: it was sent.
  Result<bool> upload(const Descriptor& blob, const std::string& what, const HttpBody& source,
                      const Meter& meter, const std::string& other = "");

 private:
  std::string path(std::string_view kind, std::string_view rest) const;
  Scope reading() const { return {name_, push_, ""}; }
  Scope writing() const { return {name_, true, ""}; }
  Error no_manifest(const std::string& wanted);
  Result<bool> has_blob(const Digest& digest, const Scope& scope);
  Error wrong_bytes(const std::string& what, const Descriptor& blob, const Digest& got) const;

  Remote* remote_;
  std::string name_;
  bool push_ = false;
};

inline constexpr std::size_t kMostTags = 1'000'000;
// What one request of an upload carries; larger blobs go in several.
inline constexpr std::uint64_t kChunk = std::uint64_t{16} << 20U;

}  // namespace reef::oci
