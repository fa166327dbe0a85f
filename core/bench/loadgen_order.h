#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "core/bench/rules.h"

// Which samples MLPerf LoadGen 6.0 asks for and when, for who wants to put both beside each other: what its
// performance mode draws when it is built with libstdc++ 11 or newer, all samples fit its performance set,
// and its three seeds (qsl, sample index, schedule) are this one. std::mt19937 is the same everywhere; what
// libstdc++ makes of its numbers (shuffles, bounded integers, exponential gaps) is computed here, since other
// standard libraries make other things of them. Pure.
namespace reef {

// The order of samples. All are shuffled once. Then, by scenario:
//   single_stream, server  each query draws one, with repetition
//   multi_stream           each query draws where to start and takes the next ones in the shuffled order
//   offline                the shuffled order, again and again
// Before the first draw the generator is advanced by shuffles whose result is not used, as there; they depend
// on min_queries, so that the order does, too.
class LoadGenOrder {
 public:
  // samples: 1 to 2^31 - 1.
  LoadGenOrder(Scenario scenario, std::uint64_t samples, std::uint64_t samples_per_query,
               std::uint64_t min_queries, std::uint64_t seed);
  // The samples of the next query.
  void next(std::span<std::uint32_t> query);

 private:
  Scenario scenario_;
  std::vector<std::uint32_t> shuffled_;
  std::mt19937 random_;
};

// When queries arrive: as `Arrivals`, but the first at once, and each gap cut to whole nanoseconds. The gaps
// are -log(1 - u) / rate: the last bit of a logarithm may differ between machines, and with it, rarely, a
// nanosecond.
class LoadGenArrivals {
 public:
  LoadGenArrivals(double per_second, std::uint64_t seed);
  std::chrono::nanoseconds next();

 private:
  std::mt19937 random_;
  double rate_;
  std::chrono::nanoseconds at_{};
};

}  // namespace reef
