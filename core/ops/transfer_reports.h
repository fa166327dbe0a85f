#pragma once

#include "core/fetch/fetch.h"
#include "core/ops/reporter.h"

namespace reef::ops {

// Tells a reporter of the transfers of a fetch.
class TransferReports : public fetch::Progress {
 public:
  explicit TransferReports(Reporter& reporter) : reporter_(reporter) {}
  void started(std::size_t id, const std::string& label, std::optional<std::uint64_t> total) override {
    reporter_.transfer_started(id, label, total);
  }
  void advanced(std::size_t id, std::uint64_t bytes) override { reporter_.transfer_advanced(id, bytes); }
  void finished(std::size_t id, bool ok) override { reporter_.transfer_finished(id, ok); }

 private:
  Reporter& reporter_;
};

}  // namespace reef::ops
