#include "core/model/pattern.h"

#include <regex.h>

#include <array>

namespace reef {

struct Pattern::Compiled {
  regex_t regex{};
  bool valid = false;
  Compiled() = default;
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() {
    if (valid) regfree(&regex);
  }
};

namespace {

// Calls `visit` with each line until it returns false.
template <class Visit>
void each_line(std::string_view text, const Visit& visit) {
  static constexpr std::string_view kEnds("\n\0", 2);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(kEnds), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!visit(std::string(line.substr(0, kLongestLine)))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::optional<std::string> find_in(const regex_t& regex, const std::string& line) {
  std::array<regmatch_t, 2> found{};
  if (regexec(&regex, line.c_str(), found.size(), found.data(), 0) != 0) return std::nullopt;
  const regmatch_t& part = found[regex.re_nsub > 0 ? 1 : 0];
  if (part.rm_so < 0) return std::string();
  return line.substr(static_cast<std::size_t>(part.rm_so), static_cast<std::size_t>(part.rm_eo - part.rm_so));
}

}  // namespace

Result<Pattern> Pattern::parse(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '\\') continue;
    if (text[i + 1] == 'd' || text[i + 1] == 'D')
      return make_error(ErrorCode::invalid_input, "`\\{}` means nothing in a pattern", text[i + 1])
          .hint("write `[0-9]` for a digit");
    ++i;
  }
  auto compiled = std::make_shared<Compiled>();
  const int failure = regcomp(&compiled->regex, std::string(text).c_str(), REG_EXTENDED);
  compiled->valid = failure == 0;
  if (failure != 0) {
    std::array<char, 128> words{};
    regerror(failure, &compiled->regex, words.data(), words.size());
    return make_error(ErrorCode::invalid_input, "`{}` is not a pattern: {}", text, words.data());
  }
  Pattern pattern;
  pattern.text_ = text;
  pattern.compiled_ = std::move(compiled);
  return pattern;
}

std::size_t Pattern::groups() const { return compiled_ ? compiled_->regex.re_nsub : 0; }

bool Pattern::matches(std::string_view text) const { return first(text).has_value(); }

std::optional<std::string> Pattern::first(std::string_view text) const {
  std::optional<std::string> found;
  if (!compiled_) return found;
  each_line(text, [&](const std::string& line) { return !(found = find_in(compiled_->regex, line)); });
  return found;
}

std::vector<std::string> Pattern::all(std::string_view text) const {
  std::vector<std::string> found;
  if (!compiled_) return found;
  each_line(text, [&](const std::string& line) {
    if (auto part = find_in(compiled_->regex, line)) found.push_back(*std::move(part));
    return true;
  });
  return found;
}

}  // namespace reef
