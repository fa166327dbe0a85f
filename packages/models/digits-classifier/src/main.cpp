// classify --weights FOLDER --dataset FOLDER [--threads N] [MODE]
//
// Without a mode it is a server: it answers queries on stdin (server.h) and then writes its metrics, one flat
// JSON object of numbers, to the file named in $REEF_METRICS. Modes:
//   --self-test ACCURACY   classifies the held-out digits, one by one and in batches; exit status 1 if they
//   differ
//                          or fewer than that fraction are right
//   --row N                prints the digit in row N of digits.csv
//   --pixels 0,3,...       prints the digit in these 64 pixels of 0..16; an empty text is as if it were not
//   there

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>

#include "classifier.h"
#include "files.h"
#include "network.h"
#include "server.h"

namespace digits {
namespace {

struct Options {
  std::string weights, dataset, pixels;
  int threads = 1;
  std::optional<int> row;
  std::optional<double> least_accuracy;  // asks for the self-test
};

template <class Number>
Number parse_number(const std::string& name, const std::string& text, Number least, Number most) {
  Number number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || !(number >= least && number <= most)) {
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
    if (name == "--weights")
      options.weights = value;
    else if (name == "--dataset")
      options.dataset = value;
    else if (name == "--pixels")
      options.pixels = value;
    else if (name == "--threads")
      options.threads = parse_number(name, value, 1, 64);
    else if (name == "--row")
      options.row = parse_number(name, value, 0, 1000000);
    else if (name == "--self-test")
      options.least_accuracy = parse_number(name, value, 0.0, 1.0);
    else
      fail("unknown option `" + name + "`", 2);
  }
  if (options.weights.empty() || options.dataset.empty()) fail("--weights and --dataset are needed", 2);
  return options;
}

int classify_one(Classifier& classifier, const Image& image) {
  const Image* images[] = {&image};
  int digit = 0;
  classifier.classify(images, {&digit, 1});
  return digit;
}

// The samples again, in full batches, compared with `expected`: how many are classified otherwise.
std::size_t count_batch_differences(Classifier& classifier, const Samples& samples,
                                    const std::vector<int>& expected) {
  std::size_t differences = 0;
  std::array<const Image*, kMaxBatch> images{};
  std::array<int, kMaxBatch> digits{};
  for (std::size_t first = 0; first < expected.size(); first += kMaxBatch) {
    const std::size_t count = std::min(kMaxBatch, expected.size() - first);
    for (std::size_t i = 0; i < count; ++i) images[i] = &samples.rows[samples.held_out[first + i]].image;
    classifier.classify({images.data(), count}, {digits.data(), count});
    for (std::size_t i = 0; i < count; ++i) differences += digits[i] != expected[first + i] ? 1U : 0U;
  }
  return differences;
}

int self_test(Classifier& classifier, const Samples& samples, double least_accuracy) {
  std::vector<int> digits;
  std::size_t correct = 0;
  for (const std::size_t row : samples.held_out) {
    const Sample& sample = samples.rows[row];
    digits.push_back(classify_one(classifier, sample.image));
    if (digits.back() == sample.label)
      ++correct;
    else
      std::printf("row %zu: took %d for %d\n", row, sample.label, digits.back());
  }
  const std::size_t differences = count_batch_differences(classifier, samples, digits);
  const double accuracy = static_cast<double>(correct) / static_cast<double>(digits.size());
  std::printf("accuracy %.4f: %zu of %zu right, at least %.4f wanted\n", accuracy, correct, digits.size(),
              least_accuracy);
  std::printf("%zu digits differ in batches of %zu\n", differences, kMaxBatch);
  return accuracy >= least_accuracy && differences == 0 ? 0 : 1;
}

int predict(Classifier& classifier, const Samples& samples, const Options& options) {
  Image image{};
  if (!options.pixels.empty()) {
    if (!parse_image(options.pixels, image))
      fail("--pixels: expected 64 numbers of 0..16, with commas between", 2);
  } else {
    const auto row = static_cast<std::size_t>(*options.row);
    if (row >= samples.rows.size()) {
      fail("--row: expected a row of 0.." + std::to_string(samples.rows.size() - 1), 2);
    }
    image = samples.rows[row].image;
  }
  std::printf("%d\n", classify_one(classifier, image));
  return 0;
}

std::string metrics_json(const Tally& tally, const Options& options) {
  std::string json = "{";
  if (tally.seen() > 0) {
    const double accuracy = static_cast<double>(tally.correct()) / static_cast<double>(tally.seen());
    char buffer[32];
    json +=
        "\"accuracy\": " + std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, accuracy).ptr);
    json += ", \"accuracy_samples\": " + std::to_string(tally.seen()) + ", ";
  }
  json += "\"model_size\": " + std::to_string(read_file(model_file(options.weights)).size());
  const Network network = read_network(options.weights + "/weights.bin");
  return json + ", \"parameters\": " + std::to_string(network.parameters()) + "}\n";
}

int run(const Options& options) {
  const Samples samples = read_samples(options.dataset);
  const std::unique_ptr<Classifier> classifier = load_classifier(options.weights, options.threads);
  if (options.least_accuracy) return self_test(*classifier, samples, *options.least_accuracy);
  if (options.row || !options.pixels.empty()) return predict(*classifier, samples, options);
  const Tally tally = serve(*classifier, samples);
  if (const char* path = std::getenv("REEF_METRICS")) write_file(path, metrics_json(tally, options));
  return 0;
}

}  // namespace
}  // namespace digits

int main(int count, char** arguments) {
  try {
    return digits::run(digits::parse_options(count, arguments));
  } catch (const std::exception& error) {  // an engine's own
    digits::fail(error.what());
  }
}
