#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/model/detect.h"
#include "core/os/filesystem.h"
#include "core/os/process.h"

namespace reef::host {

// One candidate that was looked at: the tool it is, or why it was refused.
struct Attempt {
  std::string path;
  std::optional<FoundTool> found;
  std::string reason;  // when refused: "really clang", "for aarch64, this machine is x86_64", ...
  // Refused only because it gave no answer in time, or could not be started for now: it is asked again by the
  // next detection, and may be the tool.
  bool unanswered = false;
};

struct ToolReport {
  std::string name;
  std::vector<FoundTool> found;  // best first: in the order of the spec's names, then of the folders searched
  std::vector<Attempt> attempts;  // every candidate, in the same order; empty: none exists
};

struct DetectRequest {
  using Spec = std::shared_ptr<const DetectSpec>;
  std::string name;
  std::function<Result<Spec>()> spec;  // asked for only when the tool must be looked at
  std::string spec_digest;             // changes whenever the spec does; of the manifest's text
};

struct DetectorOptions {
  Path cache;            // file; empty: nothing is kept
  bool explain = false;  // look at everything again, whatever the cache holds; it is refreshed
  const Cancellation* cancel = nullptr;
  bool trust_scripts = false;  // what the cache holds of shell scripts is believed as that of programs is
};

// What the last call did.
struct DetectionCost {
  std::size_t processes = 0;   // started
  std::size_t digests = 0;     // files read to the end
  std::size_t from_cache = 0;  // tools answered from the cache, whole
};

// Finds tools on this host.
//
// Probes run in parallel threads (a few more than processors), each program with a time limit, an environment
// of PATH, HOME and LC_ALL=C, and no input. A tool that fails, hangs or prints nonsense is a refused attempt,
// never an error.
//
// The cache holds, for every tool, the `stat` of all that the answer depended on: folders searched, files
// looked at or missed, files read. It is believed only while every one of them is as it was, so a tool that
// was upgraded, moved, removed or newly installed is noticed by the next call, and costs only the probes of
// the candidates that changed. Files changed so recently that their timestamps could hide another change are
// not believed (git's "racy" rule). A cache that is missing, damaged, of another format or not writable is no
// error: it is as if there was none. Written atomically; of several writers the last one wins.
//
// Not believed, unless `trust_scripts`, are answers of shell scripts, which may be those of any program that
// they start: they are asked by every detection. Nor is it remembered that a program gave no answer in time
// or could not be started for now. Of a program of many names (ccache) the stamps of its namesakes on PATH
// count too.
//
// What `stat` cannot see is not noticed: a binary that decides by the current folder or by a file of its own
// which program it starts, a tool that asks the network.
//
// Relative and empty entries of PATH are not searched: what they mean depends on the current folder.
class Detector {
 public:
  // env: only PATH and HOME are used.
  Detector(Filesystem& fs, ProcessRunner& processes, const Environment& env, DetectorOptions options);

  // One report for each request, in their order. Errors: interrupted, and those of a request's spec.
  Result<std::vector<ToolReport>> detect(std::span<const DetectRequest> requests);

  const DetectionCost& cost() const { return cost_; }

 private:
  Filesystem& fs_;
  ProcessRunner& processes_;
  std::string search_path_;
  std::string home_;
  DetectorOptions options_;
  DetectionCost cost_;
};

}  // namespace reef::host
