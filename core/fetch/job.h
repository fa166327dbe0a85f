#pragma once

#include <atomic>
#include <cstdint>

#include "core/fetch/cache.h"
#include "core/fetch/fetch.h"

// What the ways of fetching share; nothing of it is seen outside this folder.
namespace reef::fetch {

// Everything one call of fetch_all works with.
struct Session {
  const Settings& settings;
  Filesystem& fs;
  ProcessRunner& runner;
  HttpClient& client;
  Clock& clock;
  const Cancellation& cancel;
  Cache& cache;
  Progress& progress;
  std::atomic<bool> stopped{false};  // another source failed: what is under way ends

  // interrupted when cancelled or stopped.
  Status check() const {
    TRY_STATUS(cancel.check());
    if (stopped.load(std::memory_order_relaxed)) return make_error(ErrorCode::interrupted, "interrupted");
    return {};
  }
};

// Reports one request's bytes.
class Meter {
 public:
  Meter(Progress& progress, std::size_t id) : progress_(progress), id_(id) {}
  void advance(std::uint64_t bytes) { progress_.advanced(id_, bytes); }

 private:
  Progress& progress_;
  std::size_t id_;
};

// How a source is called in messages and on progress bars: safe to print, without credentials.
std::string label_of(const Source& source);
std::string label_of(const Request& request);

// What is done for one source in three steps, so that everything that is missing is known before the first
// byte moves: `find_*` looks into the cache (or the package), `get_*` transfers. Each checks what it returns.

Result<std::optional<Fetched>> find_url(const Source& source, Session& session);
Result<Fetched> get_url(const Request& request, Session& session, Meter& meter);

Result<std::optional<Fetched>> find_git(const Source& source, Session& session);
Result<Fetched> get_git(const Request& request, Session& session);

Result<std::optional<Fetched>> find_npm(const Source& source, Session& session);
Result<Fetched> get_npm(const Source& source, Session& session, Meter& meter);

// The variables of the user's environment that are about the network: proxies, certificates, ssh's agent.
Environment network_variables(const Environment& env);

// Waits; ends early with `interrupted`.
Status pause(Session& session, std::chrono::milliseconds duration);

// The n-th waiting time (n from 0), by the settings.
std::chrono::milliseconds back_off(Session& session, int n);

}  // namespace reef::fetch
