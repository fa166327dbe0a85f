// A network of stages with its gradients.
#pragma once

#include <vector>

#include "architecture.h"
#include "dataset.h"
#include "layer.h"

namespace digits {

class Network {
 public:
  // Weights drawn from `random`, stage by stage.
  Network(const Architecture& architecture, Random& random);

  // Class scores of up to 16 samples, shape [kClasses][kLanes]; lanes without a sample hold those of an empty
  // image.
  const std::vector<float>& forward(const std::vector<const Sample*>& batch);

  // forward(), then the gradients of the mean cross-entropy of softmax(scores) in every layer.
  // batch: exactly 16 samples. Returns the mean loss in nats.
  double backward(const std::vector<const Sample*>& batch);

  // How many of `samples` get the highest score for their label; the first of equal scores counts.
  int count_correct(const std::vector<Sample>& samples);

  const Architecture& architecture() const { return architecture_; }

  std::vector<Layer> layers;

 private:
  Architecture architecture_;
  std::vector<float> input_;
  std::vector<float> score_gradient_;
};

}  // namespace digits
