#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace reef {

// A POSIX extended regular expression (IEEE 1003.1, chapter 9.4) that is tried on one line at a time: `^` and
// `$` are the ends of a line. Write `[0-9]` for a digit; `\d` is refused because it would mean the letter d.
class Pattern {
 public:
  // invalid_input with the words of the C library, or what to write instead of `\d`.
  static Result<Pattern> parse(std::string_view text);

  const std::string& text() const { return text_; }
  std::size_t groups() const;
  bool matches(std::string_view text) const;
  // What group 1 (the whole match when there is no group) covers, in the first line that matches.
  std::optional<std::string> first(std::string_view text) const;
  // The same for every line that matches, at most once a line.
  std::vector<std::string> all(std::string_view text) const;

 private:
  struct Compiled;
  std::string text_;
  std::shared_ptr<const Compiled> compiled_;
};

// Lines end with "\n", "\r\n" or NUL (so that texts inside binary files are lines of their own); lines longer
// than this are cut.
constexpr std::size_t kLongestLine = 4096;

}  // namespace reef
