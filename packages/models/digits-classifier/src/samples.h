// The `digits` data set: what can be classified, and what the right answers are.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace digits {

inline constexpr int kPixels = 64;
inline constexpr int kClasses = 10;

using Image = std::array<float, kPixels>;  // rows of 8, ink divided by 16: 0..1

struct Sample {
  Image image{};
  int label = 0;  // 0..9
};

struct Samples {
  std::vector<Sample> rows;  // every row of digits.csv
  std::vector<std::size_t>
      held_out;  // rows, in the order of heldout.txt: sample i of the protocol is held_out[i]
};

// Reads `folder`/digits.csv and `folder`/heldout.txt; fails with the line that is wrong.
Samples read_samples(const std::string& folder);

// Reads 64 numbers of 0..16 with commas between them; false if `text` is anything else.
bool parse_image(std::string_view text, Image& image);

}  // namespace digits
