// The `digits` data set as tensors.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace digits {

inline constexpr int kPixels = 64;
inline constexpr int kClasses = 10;

struct Sample {
  std::array<float, kPixels> pixels{};  // rows of 8, ink divided by 16: 0..1
  int label = 0;                        // 0..9
};

struct Dataset {
  std::vector<Sample> train;
  std::vector<Sample> held_out;  // in the order of heldout.txt
};

// Reads `folder`/digits.csv and `folder`/heldout.txt; fails with the line that is wrong.
Dataset read_dataset(const std::string& folder);

}  // namespace digits
