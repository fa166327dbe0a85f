#pragma once

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "core/oci/repository.h"
#include "core/ops/reporter.h"
#include "core/ops/session.h"
#include "core/ops/transfer_reports.h"
#include "core/ops/wait_notes.h"
#include "core/os/parallel.h"
#include "core/remote/oci_access.h"

namespace reef::ops {

// A client of one OCI registry, for one command.
class OciClient {
 public:
  OciClient(const Machine& machine, const oci::Reference& place, Reporter& reporter)
      : http_(make_http_client(machine.env, "reef")),
        notes_(machine.clock, [&reporter](const std::string& text) { reporter.note(text); }),
        remote_({machine.fs, machine.processes, *http_, machine.clock, machine.env, machine.cancel,
                 [this](std::chrono::milliseconds wait) { notes_.waits(wait); }},
                place) {}
  OciClient(const OciClient&) = delete;
  OciClient& operator=(const OciClient&) = delete;

  oci::Repository repository(const std::string& name, bool push) { return {remote_, name, push}; }

 private:
  std::unique_ptr<HttpClient> http_;
  WaitNotes notes_;
  oci::Remote remote_;
};

// transfer(i) for each of [0, count), some at once; none is begun after one failed. The first failure in
// their order.
template <class OneTransfer>
Status transfer_all(const Cancellation& cancel, std::size_t count, const OneTransfer& transfer) {
  constexpr std::size_t kAtOnce = 4;
  std::atomic<bool> failed{false};
  std::vector<std::optional<Error>> errors(count);
  in_parallel(count, kAtOnce, [&](std::size_t i) {
    if (failed) return;
    Status status = transfer(i);
    if (status) return;
    errors[i] = std::move(status).error();
    failed = true;
  });
  TRY_STATUS(cancel.check());
  const auto first =
      std::find_if(errors.begin(), errors.end(), [](const auto& error) { return error.has_value(); });
  return first == errors.end() ? Status() : tl::make_unexpected(**first);
}

}  // namespace reef::ops
