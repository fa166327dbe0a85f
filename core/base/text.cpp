#include "core/base/text.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <numeric>

namespace reef {
namespace {

// Damerau's distance with adjacent swaps (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

// Bytes of the UTF-8 sequence at `at`, 0 when it is not a valid one (overlong forms and surrogates are not).
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

// Of three bytes: marks that turn the direction of what stands beside them round, characters without width,
// and the separators of lines and paragraphs: U+200B..U+200F, U+2028..U+202E, U+2060..U+2069, U+FEFF.
bool is_unseen(std::string_view sequence) {
  const auto within = [&](std::string_view first, std::string_view last) {
    return first <= sequence && sequence <= last;
  };
  return within("\u200B", "\u200F") || within("\u2028", "\u202E") || within("\u2060", "\u2069") ||
         sequence == "\uFEFF";
}

std::string single_quoted(std::string_view word) {
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'')
      out += "'\\''";
    else
      out.push_back(c);
  }
  return out + "'";
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::optional<std::string> nearest(std::string_view name, std::span<const std::string> candidates) {
  constexpr std::size_t kLongestName = 100;
  if (name.size() > kLongestName) return std::nullopt;
  const std::string wanted = lower_case(name);
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongestName) continue;
    const std::size_t distance = edit_distance(wanted, lower_case(candidate));
    const bool shares_nothing = distance >= std::max(name.size(), candidate.size());
    if (shares_nothing || distance >= best_distance) continue;
    best_distance = distance;
    best = candidate;
  }
  return best;
}

std::optional<std::string> did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  std::vector<std::string> whole;  // of which only the last part was said
  for (const std::string& candidate : candidates)
    if (!name.empty() && candidate.ends_with(fmt::format(".{}", name))) whole.push_back(candidate);
  if (!whole.empty() && whole.size() < 5) return fmt::format("did you mean {}?", quoted_list(whole));
  const auto found = nearest(name, candidates);
  if (!found) return std::nullopt;
  return fmt::format("did you mean `{}`?", printable(*found));
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const std::size_t from = text.find_first_not_of(kBlanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlanks) - from + 1);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines.emplace_back(line);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::optional<std::size_t> invalid_utf8_at(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

bool is_valid_utf8(std::string_view text) { return !invalid_utf8_at(text); }

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    const auto byte = static_cast<unsigned char>(text[at]);
    // C1 controls (U+0080..U+009F) move the cursor on some terminals, as C0 ones do.
    const bool c1 = length == 2 && byte == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7F;
    if (length == 0 || control || c1) {
      out += fmt::format("\\x{:02x}", byte);
      ++at;
      continue;
    }
    if (length == 3 && is_unseen(text.substr(at, length))) {
      for (const char c : text.substr(at, length))
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
      at += length;
      continue;
    }
    out += text.substr(at, length);
    at += length;
  }
  return out;
}

std::string shell_quoted(std::string_view word) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=./,:@%^";
  const bool plain = !word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos;
  return plain ? std::string(word) : single_quoted(word);
}

std::string shell_quoted(std::span<const std::string> words) {
  std::string out;
  for (const std::string& word : words) {
    // In front of a command, `a=b` would be an assignment.
    const bool assignment = out.empty() && word.find('=') != std::string::npos;
    if (!out.empty()) out.push_back(' ');
    out += assignment ? single_quoted(word) : shell_quoted(word);
  }
  return out;
}

std::string quoted_list(std::span<const std::string> names, std::string_view conjunction) {
  constexpr std::size_t kMost = 24;
  constexpr std::size_t kShown = 12;  // of more
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names.size() > kMost && i == kShown)
      return out + fmt::format(" {} {} more", conjunction, names.size() - kShown);
    if (i > 0) out += i + 1 == names.size() ? fmt::format(" {} ", conjunction) : std::string(", ");
    out += fmt::format("`{}`", printable(names[i]));
  }
  return out;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

bool glob_matches(std::string_view pattern, std::string_view text) {
  return fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), FNM_PATHNAME) == 0;
}

}  // namespace reef
