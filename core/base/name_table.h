#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/arena.h"

namespace reef {

// Names as numbers: 0, 1, 2, ... in the order in which they were first given. The texts are kept, and never
// move.
class NameTable {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  // The number of a name, a new one when it was not given before.
  std::uint32_t add(std::string_view name);
  // kNone when it was not given.
  std::uint32_t find(std::string_view name) const;
  std::string_view text(std::uint32_t number) const { return texts_[number]; }
  std::size_t size() const { return texts_.size(); }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = kNone;
  };

  std::size_t slot_of(std::string_view name, std::uint32_t hash) const;
  void grow();

  std::vector<Slot> slots_;  // open addressing; a power of two, at most half full
  std::vector<std::string_view> texts_;
  Arena arena_;
};

}  // namespace reef
