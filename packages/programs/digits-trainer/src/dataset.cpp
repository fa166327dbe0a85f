#include "dataset.h"

#include <charconv>
#include <string_view>

#include "files.h"

namespace digits {
namespace {

// Takes the first line off `text`, without its line end.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

// Takes a number of 0..maximum and the `separator` after it off `text`; false if there is none.
bool take_number(std::string_view& text, char separator, int maximum, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > maximum) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.empty()) return true;
  if (text.front() != separator) return false;
  text.remove_prefix(1);
  return true;
}

bool parse_sample(std::string_view line, Sample& sample) {
  for (float& pixel : sample.pixels) {
    int ink = 0;
    if (!take_number(line, ',', 16, ink)) return false;
    pixel = static_cast<float>(ink) / 16.0F;
  }
  return take_number(line, ',', kClasses - 1, sample.label) && line.empty();
}

std::vector<Sample> read_samples(const std::string& path) {
  const std::string text = read_file(path);
  std::vector<Sample> samples;
  for (std::string_view rest = text; !rest.empty();) {
    Sample sample;
    if (!parse_sample(next_line(rest), sample)) {
      fail(path + ":" + std::to_string(samples.size() + 1) + ": expected 64 pixels of 0..16 and a digit");
    }
    samples.push_back(sample);
  }
  return samples;
}

}  // namespace

Dataset read_dataset(const std::string& folder) {
  const std::vector<Sample> samples = read_samples(folder + "/digits.csv");
  const std::string path = folder + "/heldout.txt";
  const std::string text = read_file(path);

  Dataset dataset;
  std::vector<bool> is_held_out(samples.size(), false);
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = next_line(rest);
    int row = 0;
    if (!take_number(line, '\n', static_cast<int>(samples.size()) - 1, row) || !line.empty()) {
      fail(path + ":" + std::to_string(dataset.held_out.size() + 1) + ": expected a row of digits.csv");
    }
    is_held_out[static_cast<std::size_t>(row)] = true;
    dataset.held_out.push_back(samples[static_cast<std::size_t>(row)]);
  }
  for (std::size_t row = 0; row < samples.size(); ++row) {
    if (!is_held_out[row]) dataset.train.push_back(samples[row]);
  }
  return dataset;
}

}  // namespace digits
