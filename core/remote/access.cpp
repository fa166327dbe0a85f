#include "core/remote/access.h"

#include <atomic>

namespace reef::remote {
namespace {

class Renumbered : public fetch::Progress {
 public:
  Renumbered(fetch::Progress& inner, std::size_t count) : inner_(inner) {
    static std::atomic<std::size_t> next{0};
    first_ = next.fetch_add(count);
  }
  void started(std::size_t id, const std::string& label, std::optional<std::uint64_t> total) override {
    inner_.started(first_ + id, label, total);
  }
  void advanced(std::size_t id, std::uint64_t bytes) override { inner_.advanced(first_ + id, bytes); }
  void finished(std::size_t id, bool ok) override { inner_.finished(first_ + id, ok); }

 private:
  fetch::Progress& inner_;
  std::size_t first_ = 0;
};

}  // namespace

Result<std::vector<fetch::Fetched>> Access::fetch(const std::vector<fetch::Request>& requests) const {
  Renumbered numbered(*progress, requests.size());
  return fetch::fetch_all(requests, settings, fs, processes, client, clock, numbered, cancel);
}

}  // namespace reef::remote
