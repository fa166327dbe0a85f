#include "weights_file.h"

#include <bit>
#include <cstdint>

namespace digits {
namespace {

std::string head_of(const Stage& stage) {
  const bool is_convolution = stage.kind == Stage::Kind::convolution;
  std::string head = is_convolution ? "conv " : "dense ";
  head += std::to_string(stage.outputs) + " ";
  head += is_convolution ? std::to_string(stage.channels) + " 3 3\n" : std::to_string(stage.inputs()) + "\n";
  if (stage.relu) head += "relu\n";
  if (stage.pool) head += "maxpool 2\n";
  return head;
}

}  // namespace

std::string little_endian(const std::vector<float>& values) {
  std::string bytes;
  bytes.reserve(values.size() * 4);
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xFFU);
  }
  return bytes;
}

std::string weights_file(const Network& network) {
  std::string bytes = "reef-weights 1\nmodel " + network.architecture().name + "\ninput 1 8 8\n";
  for (const Layer& layer : network.layers) bytes += head_of(layer.stage());
  bytes += "end\n";
  for (const Layer& layer : network.layers) {
    bytes += little_endian(layer.weights);
    bytes += little_endian(layer.biases);
  }
  return bytes;
}

}  // namespace digits
