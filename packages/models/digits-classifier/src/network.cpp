#include "network.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <sstream>
#include <string_view>

#include "files.h"
#include "samples.h"

namespace digits {
namespace {

std::size_t index(int value) { return static_cast<std::size_t>(value); }

// Takes little-endian numbers off the front of `bytes`.
float take_float(std::string_view& bytes) {
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < 4; ++i) {
    bits |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  bytes.remove_prefix(4);
  return std::bit_cast<float>(bits);
}

// Reads the head line by line; each line says what follows the layer above it.
class HeadReader {
 public:
  explicit HeadReader(std::string path) : path_(std::move(path)) {}

  void read_line(const std::string& line) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "model")
      words >> network_.name;
    else if (word == "input")
      words >> channels_ >> size_ >> size_;
    else if (word == "conv")
      add_layer(Layer::Kind::convolution, words);
    else if (word == "dense")
      add_layer(Layer::Kind::dense, words);
    else if (word == "relu" && !network_.layers.empty())
      network_.layers.back().relu = true;
    else if (word == "maxpool" && !network_.layers.empty())
      add_pool();
    else
      reject(line);
    if (!words) reject(line);
  }

  Network take() { return std::move(network_); }

 private:
  void add_layer(Layer::Kind kind, std::istringstream& words) {
    Layer layer;
    layer.kind = kind;
    layer.channels = channels_;
    layer.size = size_;
    int inputs = 0;
    words >> layer.outputs >> inputs;
    const int expected = layer.is_convolution() ? channels_ : layer.taps();
    if (!words || inputs != expected || layer.outputs < 1 || layer.outputs > 4096) reject(words.str());
    network_.layers.push_back(layer);
    channels_ = layer.outputs;
    size_ = layer.output_size();
  }

  void add_pool() {
    network_.layers.back().pool = true;
    size_ = network_.layers.back().output_size();
  }

  [[noreturn]] void reject(const std::string& line) const {
    fail(path_ + ": unexpected line `" + line + "`");
  }

  std::string path_;
  Network network_;
  int channels_ = 0;
  int size_ = 0;
};

// From [outputs][channel, row, column] to [row, column, channel][stride].
void take_weights(Layer& layer, std::string_view& bytes) {
  const int patch = layer.patch();
  layer.weights.assign(index(layer.taps()) * index(layer.stride()), 0.0F);
  layer.biases.assign(index(layer.stride()), 0.0F);
  for (int output = 0; output < layer.outputs; ++output) {
    for (int channel = 0; channel < layer.channels; ++channel) {
      for (int pixel = 0; pixel < patch * patch; ++pixel) {
        const int tap = pixel * layer.channels + channel;
        layer.weights[index(tap) * index(layer.stride()) + index(output)] = take_float(bytes);
      }
    }
  }
  for (int output = 0; output < layer.outputs; ++output) layer.biases[index(output)] = take_float(bytes);
}

bool maps_digits(const Network& network) {
  if (network.layers.empty()) return false;
  const Layer& first = network.layers.front();
  return first.channels == 1 && first.size == 8 && network.layers.back().outputs == kClasses;
}

}  // namespace

std::size_t Network::parameters() const {
  std::size_t count = 0;
  for (const Layer& layer : layers) count += layer.parameters();
  return count;
}

Network read_network(const std::string& path) {
  const std::string file = read_file(path);
  const std::size_t head_end = file.find("\nend\n");
  std::istringstream head(file.substr(0, head_end));
  std::string line;
  if (head_end == std::string::npos || !std::getline(head, line) || line != "reef-weights 1") {
    fail(path + ": expected a file that starts with `reef-weights 1`");
  }
  HeadReader reader(path);
  while (std::getline(head, line)) reader.read_line(line);
  Network network = reader.take();

  std::string_view numbers = std::string_view(file).substr(head_end + 5);
  if (numbers.size() != network.parameters() * 4) {
    fail(path + ": " + std::to_string(numbers.size()) + " bytes of numbers, expected " +
         std::to_string(network.parameters() * 4));
  }
  for (Layer& layer : network.layers) take_weights(layer, numbers);
  if (!maps_digits(network)) fail(path + ": expected a network from an 8x8 image to 10 scores");
  return network;
}

void hand_over(const Layer& layer, const float* output, int border, float* input) {
  const int size = layer.output_size();
  const int outputs = layer.outputs;
  const int stride = layer.stride();
  for (int row = 0; row < size; ++row) {
    float* target = input + ((row + border) * (size + 2 * border) + border) * outputs;
    for (int column = 0; column < size; ++column, target += outputs) {
      if (!layer.pool) {
        std::copy_n(output + (row * size + column) * stride, outputs, target);
        continue;
      }
      const float* above = output + (2 * row * layer.size + 2 * column) * stride;
      const float* below = above + layer.size * stride;
      for (int i = 0; i < outputs; ++i) {
        const float upper = std::max(above[i], above[i + stride]);
        target[i] = std::max(upper, std::max(below[i], below[i + stride]));
      }
    }
  }
}

}  // namespace digits
