#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "core/os/clock.h"
#include "core/os/http.h"

// What a client of registries works with.
namespace reef::oci {

// The parts of the machine. All of them outlive whoever is given this.
struct Access {
  Filesystem& fs;
  ProcessRunner& processes;  // credential helpers
  HttpClient& http;
  Clock& clock;
  const Environment& env;
  const Cancellation& cancel;
  // Told before it waits for a server that asked for that, or gives no good answer. Safe for several threads.
  std::function<void(std::chrono::milliseconds)> on_wait = {};
};

// After a passing failure (5xx, 429, time-outs, broken connections) everything is tried again.
struct Patience {
  int retries = 4;                             // more tries without any progress; where nobody answers, or
                                               // not within stall_timeout, one
  std::chrono::milliseconds first_delay{500};  // doubles each time, with jitter
  std::chrono::milliseconds longest_delay{30'000};  // also the most that a server's Retry-After gets
  std::chrono::milliseconds connect_timeout{15'000};
  std::chrono::milliseconds stall_timeout{30'000};  // also for the first byte
  // While a registry makes a blob of what was sent to it, nothing moves.
  std::chrono::milliseconds commit_timeout{600'000};
  std::uint64_t lowest_speed = 16;  // bytes a second, averaged over stall_timeout
};

// Waits; ends early with `interrupted`.
Status pause(const Access& access, std::chrono::milliseconds duration);

// How long to wait before a request is sent again that got this answer, as the n-th try without progress (n
// from 0); nothing when it would be in vain.
std::optional<std::chrono::milliseconds> wait_before_retry(const Access& access, const Patience& patience,
                                                           const HttpResponse& response, int n);

}  // namespace reef::oci
