// What every engine does: images in, digits out. Each engine is one file, and one of them is linked.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <string>

#include "samples.h"

namespace digits {

inline constexpr std::size_t kMaxBatch = 32;

class Classifier {
 public:
  virtual ~Classifier() = default;

  // The digit of each image: that of the highest score, the first of equal ones.
  // images: 1..kMaxBatch; digits: as many. Allocates nothing while the number of images stays the same.
  virtual void classify(std::span<const Image* const> images, std::span<int> digits) = 0;
};

// The engine that this program was linked with.
// Reads the model from `weights_folder`; fails with status 2 when the engine cannot use that many threads.
std::unique_ptr<Classifier> load_classifier(const std::string& weights_folder, int threads);

// The file in `weights_folder` that load_classifier() reads.
std::string model_file(const std::string& weights_folder);

// scores: [kClasses].
inline int best_of(const float* scores) {
  return static_cast<int>(std::max_element(scores, scores + kClasses) - scores);
}

}  // namespace digits
