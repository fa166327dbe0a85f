#include "layer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "lanes.h"

namespace digits {
namespace {

std::size_t index(int value) { return static_cast<std::size_t>(value); }

constexpr std::size_t kStep = kLanes;  // floats from one element of a tensor to the next

// Calls visit(output, quad) for each 2x2 window of `images` (channels x size x size elements): `output`
// counts the windows, `quad` holds its four elements, row by row.
template <class Visit>
void each_window(int channels, int size, const Visit& visit) {
  std::size_t window = 0;
  for (int channel = 0; channel < channels; ++channel) {
    for (int row = 0; row + 1 < size; row += 2) {
      for (int column = 0; column + 1 < size; column += 2) {
        const std::size_t first = index((channel * size + row) * size + column);
        visit(window++,
              std::array<std::size_t, 4>{first, first + 1, first + index(size), first + index(size) + 1});
      }
    }
  }
}

}  // namespace

Layer::Layer(const Stage& stage, Random& random) : stage_(stage) {
  if (stage_.kind == Stage::Kind::convolution) {
    index_convolution();
  } else {
    index_dense();
  }
  const float bound = std::sqrt(6.0F / static_cast<float>(stage_.fan_in()));
  weights.resize(index(stage_.outputs) * offset_.size());
  for (float& weight : weights) weight = random.uniform(-bound, bound);
  biases.assign(index(stage_.outputs), 0.0F);
  weight_gradient.resize(weights.size());
  bias_gradient.resize(biases.size());
  transposed_.resize(weights.size());
  linear_.resize(biases.size() * base_.size() * kStep);
  linear_gradient_.resize(linear_.size());
  pooled_.resize(stage_.pool ? linear_.size() / 4 : 0);
  padded_gradient_.resize(padded_.size());
  input_gradient_.resize(place_.size() * kStep);
}

void Layer::index_convolution() {
  const int size = stage_.size;
  const int padded = size + 2;
  const auto at = [&](int channel, int row, int column) {
    return index((channel * padded + row) * padded + column) * kStep;
  };
  for (int channel = 0; channel < stage_.channels; ++channel) {
    for (int row = 0; row < size; ++row) {
      for (int column = 0; column < size; ++column) place_.push_back(at(channel, row + 1, column + 1));
    }
    for (int row = 0; row < 3; ++row) {
      for (int column = 0; column < 3; ++column) offset_.push_back(at(channel, row, column));
    }
  }
  for (int row = 0; row < size; ++row) {
    for (int column = 0; column < size; ++column) base_.push_back(at(0, row, column));
  }
  padded_.resize(at(stage_.channels, 0, 0));
}

void Layer::index_dense() {
  for (int input = 0; input < stage_.inputs(); ++input) place_.push_back(index(input) * kStep);
  offset_ = place_;
  base_ = {0};
  padded_.resize(place_.size() * kStep);
}

const std::vector<float>& Layer::forward(const std::vector<float>& input) {
  for (std::size_t i = 0; i < place_.size(); ++i) {
    Lanes::load(&input[i * kStep]).store(&padded_[place_[i]]);
  }
  gather();
  if (stage_.relu) rectify();
  if (!stage_.pool) return linear_;
  pool();
  return pooled_;
}

// Two outputs at a time, so that each patch is loaded half as often.
void Layer::gather() {
  const std::size_t fan_in = offset_.size();
  const std::size_t positions = base_.size();
  for (std::size_t output = 0; output < biases.size(); output += 2) {
    const float* weight = &weights[output * fan_in];
    for (std::size_t position = 0; position < positions; ++position) {
      const float* patch = &padded_[base_[position]];
      Lanes first = Lanes::all(biases[output]);
      Lanes second = Lanes::all(biases[output + 1]);
      for (std::size_t k = 0; k < fan_in; ++k) {
        const Lanes value = Lanes::load(patch + offset_[k]);
        first.add_scaled(weight[k], value);
        second.add_scaled(weight[k + fan_in], value);
      }
      first.store(&linear_[(output * positions + position) * kStep]);
      second.store(&linear_[((output + 1) * positions + position) * kStep]);
    }
  }
}

void Layer::rectify() {
  for (float& value : linear_) value = value > 0.0F ? value : 0.0F;
}

void Layer::pool() {
  each_window(stage_.outputs, stage_.size,
              [&](std::size_t window, const std::array<std::size_t, 4>& elements) {
                for (std::size_t lane = 0; lane < kStep; ++lane) {
                  float largest = linear_[elements[0] * kStep + lane];
                  for (std::size_t i = 1; i < 4; ++i)
                    largest = std::max(largest, linear_[elements[i] * kStep + lane]);
                  pooled_[window * kStep + lane] = largest;
                }
              });
}

void Layer::backward(std::vector<float>& output_gradient) {
  if (stage_.pool) {
    unpool(output_gradient);
  } else {
    linear_gradient_.swap(output_gradient);
  }
  if (stage_.relu) unrectify();
  differentiate_weights();
}

// The gradient of a window goes to the first of its elements that is the largest.
void Layer::unpool(const std::vector<float>& output_gradient) {
  std::fill(linear_gradient_.begin(), linear_gradient_.end(), 0.0F);
  each_window(stage_.outputs, stage_.size,
              [&](std::size_t window, const std::array<std::size_t, 4>& elements) {
                for (std::size_t lane = 0; lane < kStep; ++lane) {
                  std::size_t i = 0;
                  while (i < 3 && linear_[elements[i] * kStep + lane] != pooled_[window * kStep + lane]) ++i;
                  linear_gradient_[elements[i] * kStep + lane] = output_gradient[window * kStep + lane];
                }
              });
}

void Layer::unrectify() {
  for (std::size_t i = 0; i < linear_.size(); ++i) {
    linear_gradient_[i] = linear_[i] > 0.0F ? linear_gradient_[i] : 0.0F;
  }
}

void Layer::differentiate_weights() {
  const std::size_t fan_in = offset_.size();
  const std::size_t positions = base_.size();
  for (std::size_t output = 0; output < biases.size(); ++output) {
    const float* gradient = &linear_gradient_[output * positions * kStep];
    Lanes bias;
    for (std::size_t position = 0; position < positions; ++position) {
      bias.add(Lanes::load(gradient + position * kStep));
    }
    bias_gradient[output] = bias.sum();
    for (std::size_t k = 0; k < fan_in; ++k) {
      Lanes weight;
      for (std::size_t position = 0; position < positions; ++position) {
        weight.add_product(Lanes::load(gradient + position * kStep),
                           Lanes::load(&padded_[base_[position] + offset_[k]]));
      }
      weight_gradient[output * fan_in + k] = weight.sum();
    }
  }
}

std::vector<float>& Layer::input_gradient() {
  const std::size_t fan_in = offset_.size();
  const std::size_t positions = base_.size();
  const std::size_t outputs = biases.size();
  for (std::size_t output = 0; output < outputs; ++output) {
    for (std::size_t k = 0; k < fan_in; ++k) transposed_[k * outputs + output] = weights[output * fan_in + k];
  }
  std::fill(padded_gradient_.begin(), padded_gradient_.end(), 0.0F);
  for (std::size_t position = 0; position < positions; ++position) {
    const float* gradient = &linear_gradient_[position * kStep];
    for (std::size_t k = 0; k < fan_in; ++k) {
      float* target = &padded_gradient_[base_[position] + offset_[k]];
      Lanes sum = Lanes::load(target);
      for (std::size_t output = 0; output < outputs; ++output) {
        sum.add_scaled(transposed_[k * outputs + output], Lanes::load(gradient + output * positions * kStep));
      }
      sum.store(target);
    }
  }
  for (std::size_t i = 0; i < place_.size(); ++i) {
    Lanes::load(&padded_gradient_[place_[i]]).store(&input_gradient_[i * kStep]);
  }
  return input_gradient_;
}

}  // namespace digits
