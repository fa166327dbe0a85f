#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace reef {

// Memory for many small arrays that live as long as the arena: taken by moving a pointer, freed all at once.
// What was taken never moves. Not for several threads at once.
class Arena {
 public:
  // `count` value-initialised elements.
  template <class T>
  std::span<T> array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= alignof(std::max_align_t));
    T* const first = static_cast<T*>(take(count * sizeof(T), alignof(T)));
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }
  template <class T>
  std::span<T> copy(std::span<const T> from) {
    const std::span<T> out = array<T>(from.size());
    std::copy(from.begin(), from.end(), out.begin());
    return out;
  }

 private:
  static constexpr std::size_t kFirstBlock = 1 << 12;
  static constexpr std::size_t kLargestBlock = 1 << 18;

  void* take(std::size_t bytes, std::size_t align) {
    const std::size_t skip = (align - reinterpret_cast<std::uintptr_t>(next_) % align) % align;
    if (skip + bytes > left_) return take_from_new_block(bytes);
    std::byte* const out = next_ + skip;
    next_ = out + bytes;
    left_ -= skip + bytes;
    return out;
  }

  // What is large gets a block of its own, so that little is left over of the others.
  void* take_from_new_block(std::size_t bytes) {
    const bool large = bytes > block_ / 4;
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(large ? bytes : block_));
    std::byte* const out = blocks_.back().get();
    if (large) return out;
    next_ = out + bytes;
    left_ = block_ - bytes;
    block_ = std::min(2 * block_, kLargestBlock);
    return out;
  }

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t block_ = kFirstBlock;
};

}  // namespace reef
