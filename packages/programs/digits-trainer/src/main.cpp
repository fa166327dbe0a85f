// train --model NAME --dataset FOLDER --output FOLDER [--epochs N] [--seed N] [--metrics FILE]
//
// Trains one of the digits networks and writes model.onnx, weights.bin and train.json into the output folder.
// --metrics names a file for accuracy, model size and the like, as one flat JSON object of numbers.

#include <charconv>
#include <cstdio>
#include <map>
#include <string>

#include "files.h"
#include "onnx.h"
#include "training.h"
#include "weights_file.h"

namespace digits {
namespace {

struct Options {
  std::string model, dataset, output, metrics;
  int epochs = 0;  // 0: the architecture's own
  std::uint64_t seed = 1;
};

template <class Number>
Number parse_number(const std::string& name, const std::string& text, Number least, Number most) {
  Number number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number < least || number > most) {
    fail("`" + name + " " + text + "`: expected a number of " + std::to_string(least) + ".." +
             std::to_string(most),
         2);
  }
  return number;
}

Options parse_options(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; i += 2) {
    const std::string name = arguments[i];
    if (i + 1 == count) fail("`" + name + "` needs a value", 2);
    const std::string value = arguments[i + 1];
    if (name == "--model")
      options.model = value;
    else if (name == "--dataset")
      options.dataset = value;
    else if (name == "--output")
      options.output = value;
    else if (name == "--metrics")
      options.metrics = value;
    else if (name == "--epochs")
      options.epochs = parse_number(name, value, 0, 10000);
    else if (name == "--seed")
      options.seed = parse_number<std::uint64_t>(name, value, 0, ~std::uint64_t{0} >> 1U);
    else
      fail("unknown option `" + name + "`", 2);
  }
  if (options.model.empty() || options.dataset.empty() || options.output.empty()) {
    fail("--model, --dataset and --output are needed", 2);
  }
  return options;
}

// The shortest text that reads back as `value`.
std::string number_text(double value) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

// Keys in order; values are JSON already.
std::string json_object(const std::map<std::string, std::string>& members) {
  std::string text;
  for (const auto& [key, value] : members)
    text += (text.empty() ? "{\n" : ",\n") + ("  \"" + key + "\": ") + value;
  return text + "\n}\n";
}

double fraction(int part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

void run(const Options& options) {
  const Architecture architecture = find_architecture(options.model);
  const Training training{options.epochs > 0 ? options.epochs : architecture.epochs, options.seed};
  const Dataset dataset = read_dataset(options.dataset);
  Random random(training.seed);
  Network network(architecture, random);
  const Outcome outcome = train(network, dataset, training, random);

  const std::string onnx = onnx_model(network);
  write_file(options.output + "/model.onnx", onnx);
  write_file(options.output + "/weights.bin", weights_file(network));

  std::map<std::string, std::string> facts = {
      {"accuracy", number_text(fraction(outcome.held_out_correct, dataset.held_out.size()))},
      {"accuracy_samples", std::to_string(dataset.held_out.size())},
      {"epochs", std::to_string(training.epochs)},
      {"model_size", std::to_string(onnx.size())},
      {"parameters", std::to_string(architecture.parameters())},
      {"train_accuracy", number_text(fraction(outcome.train_correct, dataset.train.size()))},
      {"train_loss", number_text(outcome.loss)},
      {"train_samples", std::to_string(dataset.train.size())},
  };
  if (!options.metrics.empty()) write_file(options.metrics, json_object(facts));
  facts["learning_rate"] = number_text(architecture.learning_rate);
  facts["model"] = "\"" + architecture.name + "\"";
  facts["seed"] = std::to_string(training.seed);
  facts["weight_decay"] = number_text(architecture.weight_decay);
  write_file(options.output + "/train.json", json_object(facts));
  std::printf("%s: %s parameters, %d of %zu held-out digits right\n", architecture.name.c_str(),
              facts["parameters"].c_str(), outcome.held_out_correct, dataset.held_out.size());
}

}  // namespace
}  // namespace digits

int main(int count, char** arguments) {
  digits::run(digits::parse_options(count, arguments));
  return 0;
}
