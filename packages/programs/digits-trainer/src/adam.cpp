#include "adam.h"

#include <cmath>

namespace digits {
namespace {

constexpr float kFirstDecay = 0.9F;     // beta 1
constexpr float kSecondDecay = 0.999F;  // beta 2
constexpr float kEpsilon = 1e-8F;

}  // namespace

Adam::Adam(const Network& network) {
  for (const Layer& layer : network.layers) {
    weights_.push_back({std::vector<float>(layer.weights.size()), std::vector<float>(layer.weights.size())});
    biases_.push_back({std::vector<float>(layer.biases.size()), std::vector<float>(layer.biases.size())});
  }
}

void Adam::step(Network& network, float learning_rate, float weight_decay) {
  first_power_ *= kFirstDecay;
  second_power_ *= kSecondDecay;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    Layer& layer = network.layers[i];
    update(layer.weights, layer.weight_gradient, weights_[i], learning_rate, learning_rate * weight_decay);
    update(layer.biases, layer.bias_gradient, biases_[i], learning_rate, 0.0F);
  }
}

void Adam::update(std::vector<float>& values, const std::vector<float>& gradient, Moments& moments,
                  float rate, float decay) {
  const float first_scale = 1.0F / (1.0F - first_power_);
  const float second_scale = 1.0F / (1.0F - second_power_);
  for (std::size_t i = 0; i < values.size(); ++i) {
    float& first = moments.first[i];
    float& second = moments.second[i];
    first = kFirstDecay * first + (1.0F - kFirstDecay) * gradient[i];
    second = kSecondDecay * second + (1.0F - kSecondDecay) * gradient[i] * gradient[i];
    const float move = rate * (first * first_scale) / (std::sqrt(second * second_scale) + kEpsilon);
    values[i] = values[i] - move - decay * values[i];
  }
}

}  // namespace digits
