#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/fetch/fetch.h"

// Registries that are elsewhere: what they say and hold is brought to this machine when it is asked for.
namespace reef::remote {

// What that takes of the machine.
struct Access {
  Filesystem& fs;
  ProcessRunner& processes;
  HttpClient& client;
  Clock& clock;
  const Cancellation& cancel;
  fetch::Settings settings;  // `cache` also holds what is unpacked
  fetch::Progress* progress = &fetch::silent_progress();

  // Several may fetch at once: `progress` is told of each transfer under a number of its own.
  Result<std::vector<fetch::Fetched>> fetch(const std::vector<fetch::Request>& requests) const;
  Result<fetch::Text> text(const fetch::TextRequest& request, const fetch::Settings& how) const {
    return fetch::fetch_text(request, how, fs, processes, client, clock, *progress, cancel);
  }
};

// For those who have an older answer already: they do not wait long for a better one.
fetch::Settings hasty(const fetch::Settings& settings);

// Numbers for so many transfers that no others of this process have; the first of them.
std::size_t next_transfers(std::size_t count);

}  // namespace reef::remote
