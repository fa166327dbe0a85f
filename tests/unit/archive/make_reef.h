#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/archive/oci.h"
#include "core/archive/ustar.h"

// `.reef` files of any kind, made without the writer's checks: for the reader to refuse.
namespace reef::test {

// A member of a tar; `patch` changes its header before the check sum is made.
struct Entry {
  std::string name;
  std::string bytes = {};
  char type = '0';
  std::string target = {};
  std::function<void(std::string& block)> patch = {};
};
std::string header_of(const Entry& entry);
// Headers, contents, padding, and the end mark.
std::string tar_of(const std::vector<Entry>& entries);
// Overwrites a field of a header.
std::function<void(std::string&)> field(std::size_t offset, std::string text);

std::string frames_of(const std::string& contents);  // zstd, as the writer does it

// An archive of one package, `box` 1.0.0, with a manifest, a folder `src` with a program in it, a link to it,
// and a raw source of 5,000 bytes. Every part can be replaced; digests follow.
class Made {
 public:
  Made();
  archive::Contents contents;
  std::map<Digest, std::string> blobs;
  // Change a text before its digest is taken.
  std::function<std::string(std::string)> change_config, change_manifest, change_index;
  std::string layout;

  // The package's layer: a tar, or frames of zstd that claim to hold `tar_bytes`.
  Made& tree(const std::string& tar);
  Made& layer(const std::string& frames, std::uint64_t tar_bytes);
  archive::Blob add(const std::string& bytes);
  std::string bytes() const;
  // Members without the end mark.
  std::string members() const;
};

}  // namespace reef::test
