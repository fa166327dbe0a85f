// The network in weights.bin, laid out for kernels that keep the channels of a pixel together.
//
// The file's format is described in digits-weights (src/weights_file.h): a head of text lines, then the
// weights of each layer as [outputs][channel, row, column] in little-endian binary32, then its biases.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace digits {

inline constexpr int kTile = 8;  // outputs are padded with zeros to a multiple of this

// Reads an image of shape [size][size][channels]; convolutions one with a border of zeros around it,
// [size + 2][size + 2][channels]. Computes [positions][outputs], positions being size * size or, dense, 1.
struct Layer {
  enum class Kind { convolution, dense };
  Kind kind = Kind::dense;
  int channels = 0;
  int size = 1;
  int outputs = 0;
  bool relu = false;
  bool pool = false;  // 2x2 maxima after the ReLU

  std::vector<float> weights;  // [taps()][stride()], taps in the order row, column, channel of the patch
  std::vector<float> biases;   // [stride()]

  bool is_convolution() const { return kind == Kind::convolution; }
  int border() const { return is_convolution() ? 1 : 0; }
  int side() const { return size + 2 * border(); }
  int patch() const { return is_convolution() ? 3 : size; }  // height and width of what one output sees
  int taps() const { return patch() * patch() * channels; }
  int positions() const { return is_convolution() ? size * size : 1; }
  int output_size() const { return is_convolution() ? size / (pool ? 2 : 1) : 1; }
  int stride() const { return (outputs + kTile - 1) / kTile * kTile; }
  std::size_t parameters() const {
    return static_cast<std::size_t>(outputs) * (static_cast<std::size_t>(taps()) + 1);
  }
};

struct Network {
  std::string name;
  std::vector<Layer> layers;

  std::size_t parameters() const;
};

// Reads `path`; fails when it is not such a file, or holds more or fewer numbers than its head says.
Network read_network(const std::string& path);

// Writes the output of `layer`, shape [positions][stride] and already rectified, into the middle of the input
// of a layer with the given border, pooled where `layer` says so. The border is left as it is.
void hand_over(const Layer& layer, const float* output, int border, float* input);

}  // namespace digits
