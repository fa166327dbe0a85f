#include "onnx.h"

#include <vector>

#include "protobuf.h"
#include "weights_file.h"

namespace digits {
namespace {

constexpr std::uint64_t kFloat = 1;  // TensorProto.DataType
constexpr std::uint64_t kIrVersion = 6;
constexpr std::uint64_t kOperatorSet = 11;

std::uint64_t unsigned_of(int value) { return static_cast<std::uint64_t>(value); }

Message tensor(const std::string& name, const std::vector<int>& shape, const std::vector<float>& values) {
  Message message;
  for (const int size : shape) message.number(1, unsigned_of(size));
  return message.number(2, kFloat).text(8, name).text(9, little_endian(values));
}

Message integer_attribute(const std::string& name, int value) {
  return Message().text(1, name).number(3, unsigned_of(value)).number(20, 2);
}

Message integers_attribute(const std::string& name, const std::vector<int>& values) {
  Message message;
  message.text(1, name);
  for (const int value : values) message.number(8, unsigned_of(value));
  return message.number(20, 7);
}

// `shape` without its first axis, which is the batch.
Message described(const std::string& name, const std::vector<int>& shape) {
  Message axes;
  axes.message(1, Message().text(2, "batch"));
  for (const int size : shape) axes.message(1, Message().number(1, unsigned_of(size)));
  return Message().text(1, name).message(2,
                                         Message().message(1, Message().number(1, kFloat).message(2, axes)));
}

// A chain of operators: each reads what the one before it wrote.
class Chain {
 public:
  explicit Chain(std::string input) : value_(std::move(input)) {}

  void append(const std::string& operation, const std::string& output,
              const std::vector<std::string>& parameters, const std::vector<Message>& attributes) {
    Message node;
    node.text(1, value_);
    for (const std::string& parameter : parameters) node.text(1, parameter);
    node.text(2, output).text(3, output + "/" + operation).text(4, operation);
    for (const Message& attribute : attributes) node.message(5, attribute);
    nodes_.push_back(node);
    value_ = output;
  }

  const std::vector<Message>& nodes() const { return nodes_; }

 private:
  std::string value_;
  std::vector<Message> nodes_;
};

void append_linear(Chain& chain, const Stage& stage, const std::string& name, const std::string& output) {
  const std::vector<std::string> parameters = {name + ".weight", name + ".bias"};
  if (stage.kind == Stage::Kind::convolution) {
    chain.append("Conv", output, parameters,
                 {integers_attribute("kernel_shape", {3, 3}), integers_attribute("pads", {1, 1, 1, 1}),
                  integers_attribute("strides", {1, 1})});
    return;
  }
  if (stage.size > 1) chain.append("Flatten", name + ".flat", {}, {integer_attribute("axis", 1)});
  chain.append("Gemm", output, parameters, {integer_attribute("transB", 1)});
}

void append_stage(Chain& chain, const Stage& stage, const std::string& name, bool is_last) {
  append_linear(chain, stage, name, is_last ? "scores" : name);
  if (stage.relu) chain.append("Relu", name + ".relu", {}, {});
  if (stage.pool) {
    chain.append("MaxPool", name + ".pool", {},
                 {integers_attribute("kernel_shape", {2, 2}), integers_attribute("strides", {2, 2})});
  }
}

std::vector<int> weight_shape(const Stage& stage) {
  if (stage.kind == Stage::Kind::convolution) return {stage.outputs, stage.channels, 3, 3};
  return {stage.outputs, stage.inputs()};
}

}  // namespace

std::string onnx_model(const Network& network) {
  Chain chain("image");
  std::vector<Message> initializers;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    const std::string name = "layer" + std::to_string(i + 1);
    append_stage(chain, layer.stage(), name, i + 1 == network.layers.size());
    initializers.push_back(tensor(name + ".weight", weight_shape(layer.stage()), layer.weights));
    initializers.push_back(tensor(name + ".bias", {layer.stage().outputs}, layer.biases));
  }

  Message graph;
  for (const Message& node : chain.nodes()) graph.message(1, node);
  graph.text(2, network.architecture().name);
  for (const Message& initializer : initializers) graph.message(5, initializer);
  graph.message(11, described("image", {1, 8, 8})).message(12, described("scores", {kClasses}));
  return Message()
      .number(1, kIrVersion)
      .text(2, "digits-weights")
      .text(3, "1.0.0")
      .message(7, graph)
      .message(8, Message().text(1, "").number(2, kOperatorSet))
      .bytes();
}

}  // namespace digits
