#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/host/observer.h"
#include "core/host/probe.h"
#include "core/model/tool.h"

namespace reef::host {

// What detection found, and the stamps it depended on. One file, read at every use: so it is flat, and each
// text in it has its length before it.
//
//   reef tools 4
//   tools: name, spec, search, looked, folders (numbers of stamps),
//          candidates: path, 1 and what was found | 0 and the reason why it was refused, 1 if it gave no
//          answer, 1 if a shell script answered, uses (numbers of stamps)
//   (a new line) stamps: path, 1 and is_folder, device, inode, size, mtime_ns, ctime_ns, mode | 0: nothing is
//          there
class Cache {
 public:
  using Uses = std::vector<std::size_t>;  // indexes of stamps
  struct Candidate {
    std::string path;
    std::optional<FoundTool> found;
    std::string reason;
    Uses uses;
    bool unanswered = false;  // as of an Attempt: never believed
    bool of_script = false;   // a shell script's answer: believed by who trusts scripts
  };
  struct Tool {
    std::string spec;         // digest
    std::string search;       // PATH and HOME
    std::int64_t looked = 0;  // file system's time before anything was looked at
    Uses folders;             // that decide which candidates there are
    std::vector<Candidate> candidates;
  };

  // Empty when the file is missing, damaged or of another format, or names stamps that it does not have.
  static Cache load(Filesystem& fs, const Path& file);
  // Only what tools still use is written.
  std::string text() const;

  const Tool* find(const std::string& name) const;
  void put(const std::string& name, Tool tool) { tools_[name] = std::move(tool); }
  Uses add(const Trace& trace, Observer& observer);

  // True while every stamp is as it was, and old enough at `looked` that a later change would show.
  bool holds(const Uses& uses, std::int64_t looked, Observer& observer) const;
  bool holds(const Candidate& candidate, std::int64_t looked, Observer& observer, bool trust_scripts) const {
    return !candidate.unanswered && (trust_scripts || !candidate.of_script) &&
           holds(candidate.uses, looked, observer);
  }

  // The digests of files as they were; for those whose stamps are still the same.
  void remember(Digests& digests) const;

 private:
  struct Entry {
    std::string path;
    Stamp stamp;
  };
  std::vector<Entry> stamps_;
  std::unordered_map<std::string, std::size_t> newest_;  // stamp of each path; filled by the first `add`
  std::map<std::string, Tool> tools_;
};

}  // namespace reef::host
