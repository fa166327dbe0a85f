#include "core/base/error.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/base/url.h"

namespace reef {
namespace {

constexpr std::size_t kLongestExcerpt = 160;

bool continues_letter(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Back to the first byte of the letter that `at` is in, so that no letter is cut in two.
std::size_t letter_start(std::string_view text, std::size_t at) {
  constexpr std::size_t kLongestLetter = 4;
  std::size_t start = at;
  while (start > 0 && start < text.size() && at - start < kLongestLetter && continues_letter(text[start]))
    --start;
  return start;
}

// The part of a long line around the column, so that a minified file does not flood the terminal.
Place shortened(Place place) {
  if (place.excerpt.size() <= kLongestExcerpt) return place;
  const std::size_t column = place.column > 0 ? place.column - 1 : 0;
  std::size_t from = column > kLongestExcerpt / 2 ? column - kLongestExcerpt / 2 : 0;
  from = letter_start(place.excerpt, std::min(from, place.excerpt.size()));
  const std::size_t to = letter_start(place.excerpt, std::min(from + kLongestExcerpt, place.excerpt.size()));
  place.excerpt = place.excerpt.substr(from, to - from);
  if (place.column > 0) place.column -= from;
  return place;
}

std::string location(const Place& place) {
  if (place.line == 0) return place.file;
  if (place.column == 0) return fmt::format("{}:{}", place.file, place.line);
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

// Blanks as wide as what is shown before the caret; tabs stay tabs so that the caret lands under its column.
std::string indentation(std::string_view line, std::size_t column) {
  const std::size_t before = letter_start(line, std::min(column - 1, line.size()));
  std::string blanks;
  for (const char c : printable(line.substr(0, before)))
    if (!continues_letter(c)) blanks.push_back(c == '\t' ? '\t' : ' ');
  return blanks;
}

}  // namespace

std::string render_excerpt(const Place& full) {
  if (full.excerpt.empty() || full.line == 0) return "";
  Place place = full;
  place.excerpt = with_logins_hidden(std::move(place.excerpt));  // what should not be in a file is not shown
  place = shortened(std::move(place));
  const std::string number = std::to_string(place.line);
  std::string out = fmt::format("  {} | {}\n", number, printable(place.excerpt));
  if (place.column > 0)
    out += fmt::format("  {} | {}^\n", std::string(number.size(), ' '),
                       indentation(place.excerpt, place.column));
  return out;
}

std::string render(const Error& error) {
  std::string out;
  if (error.place() && !error.place()->file.empty()) out += location(*error.place()) + ": ";
  out += fmt::format("error: {}\n", error.message());
  if (error.place()) out += render_excerpt(*error.place());
  for (const std::string& text : error.contexts()) out += fmt::format("  while {}\n", text);
  for (const std::string& text : error.hints()) out += fmt::format("hint: {}\n", text);
  return out;
}

}  // namespace reef
