#pragma once

#include <string>

#include "core/oci/remote.h"
#include "core/remote/access.h"

// A client of OCI registries made of what this layer is given.
namespace reef::remote {

oci::Access oci_access(const Access& access);
oci::Patience patience_of(const fetch::Settings& settings);

// One transfer of a blob on a progress, from its first byte on.
class BlobTransfer {
 public:
  BlobTransfer(fetch::Progress& progress, std::string label, std::uint64_t total);
  ~BlobTransfer();
  BlobTransfer(const BlobTransfer&) = delete;
  BlobTransfer& operator=(const BlobTransfer&) = delete;
  void advance(std::uint64_t bytes);
  void done() { done_ = true; }

 private:
  fetch::Progress& progress_;
  std::string label_;
  std::uint64_t total_;
  std::size_t id_;
  bool started_ = false;
  bool done_ = false;
};

}  // namespace reef::remote
