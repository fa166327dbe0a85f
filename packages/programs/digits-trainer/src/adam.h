// Adam (Kingma and Ba, ICLR 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter, ICLR
// 2019).
#pragma once

#include <vector>

#include "network.h"

namespace digits {

class Adam {
 public:
  explicit Adam(const Network& network);

  // Moves every weight and bias of `network` against its gradient. weight_decay is not applied to biases.
  void step(Network& network, float learning_rate, float weight_decay);

 private:
  struct Moments {
    std::vector<float> first, second;
  };
  void update(std::vector<float>& values, const std::vector<float>& gradient, Moments& moments, float rate,
              float decay);

  std::vector<Moments> weights_, biases_;  // [layers]
  float first_power_ = 1.0F, second_power_ = 1.0F;
};

}  // namespace digits
