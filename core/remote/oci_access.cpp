#include "core/remote/oci_access.h"

namespace reef::remote {

oci::Access oci_access(const Access& access) {
  return {access.fs,
          access.processes,
          access.client,
          access.clock,
          access.settings.env,
          access.cancel,
          [progress = access.progress](std::chrono::milliseconds wait) { progress->waits(wait); }};
}

oci::Patience patience_of(const fetch::Settings& settings) {
  oci::Patience out;
  out.retries = settings.retries;
  out.first_delay = settings.first_delay;
  out.longest_delay = settings.longest_delay;
  out.connect_timeout = settings.connect_timeout;
  out.stall_timeout = settings.stall_timeout;
  out.lowest_speed = settings.lowest_speed;
  return out;
}

BlobTransfer::BlobTransfer(fetch::Progress& progress, std::string label, std::uint64_t total)
    : progress_(progress), label_(std::move(label)), total_(total), id_(next_transfers(1)) {}

BlobTransfer::~BlobTransfer() {
  if (started_) progress_.finished(id_, done_);
}

void BlobTransfer::advance(std::uint64_t bytes) {
  if (!started_) progress_.started(id_, label_, total_);
  started_ = true;
  progress_.advanced(id_, bytes);
}

}  // namespace reef::remote
