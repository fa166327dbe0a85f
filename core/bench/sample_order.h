#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/bench/random.h"

namespace reef {

// Which sample comes next: rounds over all of them, each round in an order of its own.
class SampleOrder {
 public:
  SampleOrder(std::uint64_t samples, std::uint64_t seed) : random_(seed), order_(samples), asked_(samples) {
    for (std::uint64_t i = 0; i < samples; ++i) order_[i] = static_cast<std::uint32_t>(i);
    random_.shuffle(order_);
  }
  std::uint32_t next() {
    if (at_ == order_.size()) {
      random_.shuffle(order_);
      at_ = 0;
      all_asked_ = true;
    }
    const std::uint32_t sample = order_[at_++];
    mark(sample);
    return sample;
  }
  // This one was asked for out of order.
  void mark(std::uint32_t sample) {
    if (!all_asked_) asked_[sample] = true;
  }
  std::vector<std::uint32_t> not_asked() const {
    std::vector<std::uint32_t> left;
    if (all_asked_) return left;
    left.reserve(static_cast<std::size_t>(std::count(asked_.begin(), asked_.end(), false)));
    for (std::uint32_t i = 0; i < asked_.size(); ++i)
      if (!asked_[i]) left.push_back(i);
    return left;
  }

 private:
  Random random_;
  std::vector<std::uint32_t> order_;
  std::vector<bool> asked_;
  bool all_asked_ = false;
  std::size_t at_ = 0;
};

}  // namespace reef
