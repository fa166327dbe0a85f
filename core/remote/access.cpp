#include "core/remote/access.h"

#include <algorithm>
#include <atomic>

namespace reef::remote {
namespace {

class Renumbered : public fetch::Progress {
 public:
  Renumbered(fetch::Progress& inner, std::size_t count) : inner_(inner), first_(next_transfers(count)) {}
  void started(std::size_t id, const std::string& label, std::optional<std::uint64_t> total) override {
    inner_.started(first_ + id, label, total);
  }
  void advanced(std::size_t id, std::uint64_t bytes) override { inner_.advanced(first_ + id, bytes); }
  void finished(std::size_t id, bool ok) override { inner_.finished(first_ + id, ok); }
  void waits(std::chrono::milliseconds wait) override { inner_.waits(wait); }

 private:
  fetch::Progress& inner_;
  std::size_t first_;
};

}  // namespace

fetch::Settings hasty(const fetch::Settings& settings) {
  using std::chrono::milliseconds;
  fetch::Settings out = settings;
  out.retries = std::min(out.retries, 1);
  out.connect_timeout = std::min(out.connect_timeout, milliseconds(5000));
  out.stall_timeout = std::min(out.stall_timeout, milliseconds(10'000));
  out.longest_delay = std::min(out.longest_delay, milliseconds(2000));
  return out;
}

std::size_t next_transfers(std::size_t count) {
  static std::atomic<std::size_t> next{0};
  return next.fetch_add(count);
}

Result<std::vector<fetch::Fetched>> Access::fetch(const std::vector<fetch::Request>& requests) const {
  Renumbered numbered(*progress, requests.size());
  return fetch::fetch_all(requests, settings, fs, processes, client, clock, numbered, cancel);
}

}  // namespace reef::remote
