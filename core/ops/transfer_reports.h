#pragma once

#include "core/fetch/fetch.h"
#include "core/ops/reporter.h"
#include "core/ops/wait_notes.h"

namespace reef::ops {

// Tells a reporter of the transfers of a fetch.
class TransferReports : public fetch::Progress {
 public:
  TransferReports(Reporter& reporter, Clock& clock)
      : reporter_(reporter), notes_(clock, [this](const std::string& text) { reporter_.note(text); }) {}
  void started(std::size_t id, const std::string& label, std::optional<std::uint64_t> total) override {
    reporter_.transfer_started(id, label, total);
  }
  void advanced(std::size_t id, std::uint64_t bytes) override { reporter_.transfer_advanced(id, bytes); }
  void finished(std::size_t id, bool ok) override { reporter_.transfer_finished(id, ok); }
  void waits(std::chrono::milliseconds wait) override { notes_.waits(wait); }

 private:
  Reporter& reporter_;
  WaitNotes notes_;
};

}  // namespace reef::ops
