#pragma once

#include <chrono>

#include "core/ops/session.h"
#include "core/os/lock.h"

namespace reef::ops {

// The homes in which archives are replayed: `<home>/replays/<digest>/`, one for each archive. `<digest>.lock`
// beside it is held while it is in use, and says by its time since when that was last the case.
class ReplayHomes {
 public:
  ReplayHomes(const Machine& machine, const Home& home)
      : fs_(machine.fs), clock_(machine.clock), cancel_(machine.cancel), home_(home) {}

  // manifest: of the archive.
  Path home_of(const Digest& manifest) const { return top() / manifest.brief(kDigits); }
  // Waits until nobody else uses the home of that archive, and keeps gc from it. The home need not exist.
  Result<FileLock> use(const Digest& manifest) const;

  struct Removed {
    std::size_t homes = 0;
    std::uint64_t bytes = 0;
  };
  std::size_t count() const;
  // Those that nobody uses, that nobody used for `unused`, and whose archives are not pinned. Each is whole
  // or gone, whenever we are killed.
  Result<Removed> remove_old(std::chrono::nanoseconds unused, bool dry) const;

 private:
  static constexpr std::size_t kDigits = 16;

  Path top() const { return home_.root / "replays"; }
  static Path lock_of(const Path& home) { return home.string() + ".lock"; }
  std::vector<Path> all() const;
  Result<bool> is_pinned(const Path& home) const;
  // Bytes of a home that was unused, and is removed now; nothing when it stays.
  Result<std::optional<std::uint64_t>> remove_unused(const Path& home, std::int64_t oldest_ns,
                                                     bool dry) const;

  Filesystem& fs_;
  Clock& clock_;
  const Cancellation& cancel_;
  Home home_;
};

}  // namespace reef::ops
