#pragma once

#include <string>
#include <vector>

#include "core/os/clock.h"
#include "core/store/store.h"

namespace reef::store {

// Why prefixes are kept: what somebody installed, with which choices.
struct Root {
  enum class Kind {
    project,  // as long as its manifest and its lock are there, in the closures of its newest lock
    package,  // of the catalogue: for some time after its last use
    pin       // until it is unpinned
  };
  Kind kind = Kind::package;
  std::string name;                   // of the target: "digits-classifier"; of an archive: its file's
  std::string choice;                 // what was asked for: "digits-classifier engine=openblas"
  Path file;                          // projects: the manifest
  std::string lock;                   // projects: digest of the file reef.lock beside it; empty without one
  std::string archive;                // pins of archives: the digest that names what was replayed
  std::vector<std::string> prefixes;  // folder names, sorted
  SystemTime used{};
};
std::string_view name_of(Root::Kind kind);

// `<home>/roots/<digest>.json`, one file for each target and choice, or for each archive. Any number of
// processes may use them; a file that cannot be read is no root.
class Roots {
 public:
  Roots(Filesystem& fs, Path home) : fs_(&fs), folder_(std::move(home) / "roots") {}

  // Adds or replaces. Costs the reading of one small file when nothing is new, apart from `used`, which is
  // kept to the day.
  Status keep(const Root& root) const;
  // Those of all kinds, sorted by kind, name and choice.
  Result<std::vector<Root>> list() const;
  // Nothing there is no error.
  Status remove(const Root& root) const;

 private:
  Path file_of(const Root& root) const;
  Filesystem* fs_;
  Path folder_;
};

// What is kept, and what for.
struct RootSet {
  std::vector<Root> live;
  std::vector<Root> dead;  // projects that are gone or have another lock now, packages that nobody used
};
// patience: how long packages of the catalogue stay after their last use.
RootSet judge(Filesystem& fs, std::vector<Root> roots, SystemTime now, std::chrono::nanoseconds patience);

}  // namespace reef::store
