// The four networks: a list of stages, each of them a convolution or a dense layer with what follows it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace digits {

// A 3x3 convolution (stride 1, zero padding 1, so that height and width stay) or a dense layer over the
// flattened input (channel, then row, then column: ONNX's order).
struct Stage {
  enum class Kind { convolution, dense };
  Kind kind = Kind::dense;
  int channels = 0;  // of the input
  int size = 1;      // height and width of the input
  int outputs = 0;   // channels of the output
  bool relu = false;
  bool pool = false;  // 2x2 max pooling after the ReLU

  int inputs() const { return channels * size * size; }
  // Weights of one output.
  int fan_in() const { return kind == Kind::convolution ? channels * 9 : inputs(); }
  std::size_t parameters() const {
    return static_cast<std::size_t>(outputs) * (static_cast<std::size_t>(fan_in()) + 1);
  }
};

struct Architecture {
  std::string name;
  std::vector<Stage> stages;
  int epochs = 0;              // unless the command line says otherwise
  float learning_rate = 0.0F;  // of the first step; falls linearly to 0 over the run
  float weight_decay = 0.0F;   // per unit of learning rate, on weights, not on biases

  std::size_t parameters() const;
};

// mlp-64, cnn-s, cnn-m or cnn-l; fails with status 2 on any other name.
Architecture find_architecture(const std::string& name);

}  // namespace digits
