#include "core/base/name_table.h"

#include <algorithm>
#include <cstring>

namespace reef {
namespace {

constexpr std::size_t kFewest = 64;

// Eight bytes at a time; it never leaves this process, so it may depend on the machine.
std::uint32_t hash_of(std::string_view name) {
  constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15U;
  std::uint64_t hash = name.size();
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * kMix;
    hash ^= hash >> 32;
  };
  std::uint64_t word = 0;
  for (; name.size() >= sizeof word; name.remove_prefix(sizeof word)) {
    std::memcpy(&word, name.data(), sizeof word);
    mix(word);
  }
  word = 0;
  std::memcpy(&word, name.data(), name.size());
  mix(word);
  return static_cast<std::uint32_t>(hash);
}

}  // namespace

// Where a name stands, or could be put.
std::size_t NameTable::slot_of(std::string_view name, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].number != kNone && (slots_[at].hash != hash || texts_[slots_[at].number] != name))
    at = (at + 1) & mask;
  return at;
}

void NameTable::grow() {
  const std::vector<Slot> before = std::move(slots_);
  slots_.assign(std::max(kFewest, 2 * before.size()), Slot());
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : before) {
    if (slot.number == kNone) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].number != kNone) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

std::uint32_t NameTable::add(std::string_view name) {
  if (2 * (texts_.size() + 1) > slots_.size()) grow();
  const std::uint32_t hash = hash_of(name);
  Slot& slot = slots_[slot_of(name, hash)];
  if (slot.number != kNone) return slot.number;
  slot = {hash, static_cast<std::uint32_t>(texts_.size())};
  const std::span<const char> copy = arena_.copy(std::span<const char>(name));
  texts_.emplace_back(copy.data(), copy.size());
  return slot.number;
}

std::uint32_t NameTable::find(std::string_view name) const {
  return slots_.empty() ? kNone : slots_[slot_of(name, hash_of(name))].number;
}

}  // namespace reef
