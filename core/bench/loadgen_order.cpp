#include "core/bench/loadgen_order.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace reef {
namespace {

// Of seeds that are longer, the generator takes the lower 32 bits.
std::mt19937 generator(std::uint64_t seed) { return std::mt19937(static_cast<std::uint32_t>(seed)); }

// Uniform in [0, bound), without bias (Lemire 2019); bound is 1 to 2^32 - 1.
std::uint64_t below(std::uint64_t bound, std::mt19937& random) {
  const auto small = static_cast<std::uint32_t>(bound);
  std::uint64_t product = std::uint64_t{random()} * small;
  if (static_cast<std::uint32_t>(product) < small) {
    const std::uint32_t threshold = (0U - small) % small;
    while (static_cast<std::uint32_t>(product) < threshold) product = std::uint64_t{random()} * small;
  }
  return product >> 32U;
}

// From the second element up, each is swapped with one before it or itself. As long as two positions fit into
// one number of the generator, two are drawn at once.
void shuffle(std::vector<std::uint32_t>& items, std::mt19937& random) {
  const std::uint64_t count = items.size();
  if (count == 0) return;
  std::uint64_t i = 1;
  if (std::numeric_limits<std::uint32_t>::max() / count < count) {
    for (; i < count; ++i) std::swap(items[i], items[below(i + 1, random)]);
    return;
  }
  if (count % 2 == 0) std::swap(items[i++], items[below(2, random)]);  // the rest comes in pairs
  for (; i < count; i += 2) {
    const std::uint64_t both = below((i + 1) * (i + 2), random);
    std::swap(items[i], items[both / (i + 2)]);
    std::swap(items[i + 1], items[both % (i + 2)]);
  }
}

std::vector<std::uint32_t> numbers(std::uint64_t count) {
  std::vector<std::uint32_t> out(count);
  std::iota(out.begin(), out.end(), 0U);
  return out;
}

// Uniform in [0, 1), of two numbers: the lower half first.
double uniform(std::mt19937& random) {
  const auto low = static_cast<double>(random());
  const double sum = low + static_cast<double>(random()) * 0x1p32;
  return std::min(sum * 0x1p-64, 1 - 0x1p-53);  // rounded up to 1, it counts as the number before
}

}  // namespace

LoadGenOrder::LoadGenOrder(Scenario scenario, std::uint64_t samples, std::uint64_t samples_per_query,
                           std::uint64_t min_queries, std::uint64_t seed)
    : scenario_(scenario), shuffled_(numbers(samples)), random_(generator(seed)) {
  std::mt19937 of_set = generator(seed);
  shuffle(shuffled_, of_set);
  if (scenario == Scenario::offline) return;  // draws nothing
  const bool many = scenario == Scenario::multi_stream;
  const std::uint64_t stride = many ? samples_per_query : 1;
  std::vector<std::uint32_t> unused = numbers((samples + stride - 1) / stride);
  shuffle(unused, random_);
  // With several samples a query, the set repeats its beginning at its end.
  unused = numbers(samples + stride - 1);
  for (std::uint64_t i = 0; i < min_queries; i += unused.size()) shuffle(unused, random_);
}

void LoadGenOrder::next(std::span<std::uint32_t> query) {
  std::uint64_t at = scenario_ == Scenario::offline ? 0 : below(shuffled_.size(), random_);
  for (std::uint32_t& sample : query) sample = shuffled_[at++ % shuffled_.size()];
}

LoadGenArrivals::LoadGenArrivals(double per_second, std::uint64_t seed)
    : random_(generator(seed)), rate_(per_second) {}

std::chrono::nanoseconds LoadGenArrivals::next() {
  const std::chrono::nanoseconds arrival = at_;
  const double gap = -std::log(1 - uniform(random_)) / rate_;
  at_ += std::chrono::nanoseconds(static_cast<std::int64_t>(gap * 1e9));
  return arrival;
}

}  // namespace reef
