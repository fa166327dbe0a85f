#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace reef {

// The generator behind every seeded choice: xoshiro256** 1.0 (Blackman and Vigna 2018), its state filled by
// SplitMix64 from the seed. The same seed gives the same numbers on every machine and with every standard
// library, which <random>'s distributions and std::shuffle do not promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      seed += 0x9E3779B97F4A7C15U;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
      z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
      word = z ^ (z >> 31U);
    }
  }

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, bound), without bias (Lemire 2019, on the upper 32 bits); bound is 1 to 2^32 - 1.
  std::uint32_t below(std::uint32_t bound) {
    std::uint64_t product = (next() >> 32U) * bound;
    if (static_cast<std::uint32_t>(product) < bound) {
      const std::uint32_t threshold = (0U - bound) % bound;
      while (static_cast<std::uint32_t>(product) < threshold) product = (next() >> 32U) * bound;
    }
    return static_cast<std::uint32_t>(product >> 32U);
  }

  // Uniform in [0, 1): the upper 53 bits.
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

  // Exponential with mean 1, by comparing uniform numbers only (von Neumann 1951): no logarithm, whose last
  // bit differs between libraries, takes part.
  double exponential() {
    for (double whole = 0;; ++whole) {
      const double first = uniform();
      bool accepted = true;  // the run of falling numbers has an odd length
      for (double last = first;;) {
        const double next_one = uniform();
        if (next_one >= last) break;
        last = next_one;
        accepted = !accepted;
      }
      if (accepted) return whole + first;
    }
  }

  // Fisher and Yates, from the last element down.
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i)
      std::swap(items[i - 1], items[below(static_cast<std::uint32_t>(i))]);
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace reef
