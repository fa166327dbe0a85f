// One stage of a network, forwards and backwards, for a batch of 16 images.
//
// Tensors are vectors of floats of shape [elements][kLanes], elements in the order channel, row, column.
// Convolution and dense layer are one sum over a gathered patch,
//
//   linear[o][p] = bias[o] + sum over k of weight[o][k] * padded[base[p] + offset[k]]
//
// where p is a position of the output (the dense layer has one), k an input of the patch, and `padded` the
// input with a border of zeros. ReLU and 2x2 max pooling follow where the stage says so.
#pragma once

#include <vector>

#include "architecture.h"
#include "arithmetic.h"

namespace digits {

class Layer {
 public:
  // Weights uniform in +-sqrt(6 / fan_in), biases zero (He, Zhang, Ren and Sun, ICCV 2015).
  Layer(const Stage& stage, Random& random);

  // input: [stage.inputs()][kLanes]. Returns the output; valid until the next call.
  const std::vector<float>& forward(const std::vector<float>& input);

  // output_gradient: the derivative of the loss by what forward() returned last, same shape; it is consumed.
  // Sets weight_gradient and bias_gradient, summed over the batch.
  void backward(std::vector<float>& output_gradient);

  // After backward(): the derivative of the loss by forward()'s input, same shape; valid until the next call.
  std::vector<float>& input_gradient();

  const Stage& stage() const { return stage_; }

  std::vector<float> weights;  // [outputs][fan_in], fan_in in the order channel, row, column of the patch
  std::vector<float> biases;   // [outputs]
  std::vector<float> weight_gradient;
  std::vector<float> bias_gradient;

 private:
  void index_convolution();
  void index_dense();
  void gather();
  void rectify();
  void pool();
  void unpool(const std::vector<float>& output_gradient);
  void unrectify();
  void differentiate_weights();

  Stage stage_;
  std::vector<std::size_t> place_;   // [inputs]: where an element of the input lies in padded_
  std::vector<std::size_t> base_;    // [positions]
  std::vector<std::size_t> offset_;  // [fan_in]
  std::vector<float> padded_;
  std::vector<float> padded_gradient_;
  std::vector<float> linear_;  // after the ReLU: [outputs * positions][kLanes]
  std::vector<float> linear_gradient_;
  std::vector<float> pooled_;
  std::vector<float> input_gradient_;
  std::vector<float> transposed_;  // weights as [fan_in][outputs]
};

}  // namespace digits
