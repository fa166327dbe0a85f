#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/host/candidates.h"
#include "core/host/observer.h"
#include "core/model/detect.h"
#include "core/model/tool.h"
#include "core/os/process.h"

namespace reef::host {

// SHA-256 of files, each computed once for as long as its stamp stays the same. Safe for several threads.
class Digests {
 public:
  void remember(const std::string& file, const Stamp& stamp, std::string digest);
  // Hexadecimal; empty when the file cannot be read.
  std::string of(const std::string& file, const Stamp& stamp);
  std::size_t computed() const { return computed_; }

 private:
  std::mutex mutex_;
  std::map<std::string, std::pair<Stamp, std::string>> known_;
  std::atomic<std::size_t> computed_{0};
};

struct ProbeTools {
  Observer& observer;
  ProcessRunner& processes;
  const SearchPlaces& places;
  Digests& digests;
  const Cancellation* cancel = nullptr;
  std::atomic<std::size_t> started{0};  // processes
};

// What a program printed when asked, or why it could not be asked.
struct Answer {
  std::string text;
  std::string failure;
  bool unanswered = false;  // the failure may pass
  bool of_script = false;   // a shell script, whose answer may be that of any program that it starts
};

// Answers by the file asked, shared by the candidates that are the same file under several names.
using Answers = std::map<std::string, Answer>;

struct Outcome {
  std::optional<FoundTool> found;
  std::string reason;  // why not
  Trace trace;         // all that this depended on
  bool unanswered = false;
  bool of_script = false;  // asked: its answer may be another without a trace
};

// Decides whether a candidate is the tool `name`.
Outcome probe(const std::string& name, const DetectSpec& spec, const Candidate& candidate, ProbeTools& tools,
              Answers& answers);

}  // namespace reef::host
