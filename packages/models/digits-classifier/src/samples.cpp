#include "samples.h"

#include <charconv>

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

// Takes a number of 0..maximum off the front of `text`; false if there is none.
bool take_number(std::string_view& text, int maximum, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > maximum) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take_comma(std::string_view& text) {
  if (text.empty() || text.front() != ',') return false;
  text.remove_prefix(1);
  return true;
}

bool take_image(std::string_view& text, Image& image) {
  for (std::size_t i = 0; i < image.size(); ++i) {
    int ink = 0;
    if ((i > 0 && !take_comma(text)) || !take_number(text, 16, ink)) return false;
    image[i] = static_cast<float>(ink) / 16.0F;
  }
  return true;
}

[[noreturn]] void fail_at(const std::string& path, std::size_t line, const std::string& expected) {
  fail(path + ":" + std::to_string(line) + ": expected " + expected);
}

}  // namespace

bool parse_image(std::string_view text, Image& image) { return take_image(text, image) && text.empty(); }

Samples read_samples(const std::string& folder) {
  Samples samples;
  const std::string rows_path = folder + "/digits.csv";
  const std::string rows = read_file(rows_path);
  for (std::string_view rest = rows; !rest.empty();) {
    std::string_view line = next_line(rest);
    Sample sample;
    if (!take_image(line, sample.image) || !take_comma(line) ||
        !take_number(line, kClasses - 1, sample.label)) {
      fail_at(rows_path, samples.rows.size() + 1, "64 pixels of 0..16 and a digit");
    }
    samples.rows.push_back(sample);
  }
  const std::string held_out_path = folder + "/heldout.txt";
  const std::string held_out = read_file(held_out_path);
  for (std::string_view rest = held_out; !rest.empty();) {
    std::string_view line = next_line(rest);
    int row = 0;
    if (!take_number(line, static_cast<int>(samples.rows.size()) - 1, row) || !line.empty()) {
      fail_at(held_out_path, samples.held_out.size() + 1, "a row of digits.csv");
    }
    samples.held_out.push_back(static_cast<std::size_t>(row));
  }
  return samples;
}

}  // namespace digits
