#include "core/oci/access.h"

#include <algorithm>

#include "core/os/http_answers.h"

namespace reef::oci {

Status pause(const Access& access, std::chrono::milliseconds duration) {
  constexpr std::chrono::milliseconds kStep{50};
  if (access.on_wait) access.on_wait(duration);
  for (; duration.count() > 0; duration -= kStep) {
    TRY_STATUS(access.cancel.check());
    access.clock.sleep_for(std::min(duration, kStep));
  }
  return access.cancel.check();
}

std::optional<std::chrono::milliseconds> wait_before_retry(const Access& access, const Patience& patience,
                                                           const HttpResponse& response, int n) {
  const bool broken = response.problem != TransferProblem::none;
  const bool passing =
      broken ? is_passing_problem(response.problem) : is_passing_status(response.head.status);
  // Who took some of what was sent is there.
  const bool doubtful = is_doubtful_problem(response) && response.sent_bytes == 0;
  const int tries = doubtful ? std::min(1, patience.retries) : patience.retries;
  if (!passing || n >= tries) return std::nullopt;
  const auto asked = broken ? std::chrono::milliseconds(0) : retry_after(response.head, access.clock.now());
  if (asked > patience.retries * patience.longest_delay) return std::nullopt;  // than we would ever wait
  const auto own = back_off(access.clock, patience.first_delay, patience.longest_delay, n);
  return std::max(std::min(asked, patience.longest_delay), own);
}

}  // namespace reef::oci
