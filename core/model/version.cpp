#include "core/model/version.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/text.h"

// The order, for both readings:
//
//  1. The numbers at the start, from the left, as numbers; missing ones are zero: 1.2 = 1.2.0 < 1.10.
//  2. What kind of suffix follows: a pre-release < nothing < a revision.
//  3. The suffix, identifier by identifier as SemVer 2.0 section 11 has it: numbers as numbers, below words;
//     words byte by byte; when all are equal, the shorter suffix is lower.
//
// `parse` cuts a pre-release at its dots. `parse_loose` also cuts where letters and digits meet (`rc1` is rc,
// 1) and decides by the first identifier: one of kPrereleaseWords, a `~` before it, or `a`, `b`, `c` with a
// digit after it (`1.0b2`) make a pre-release; anything else is a revision: `12.2.0-14`, `2023a`, `8u292`,
// `9.6p1`. A SemVer text that names a pre-release by such a word is read alike by both. Everything after `+`
// is build metadata.
namespace reef {
namespace {

constexpr std::array<std::string_view, 12> kPrereleaseWords = {
    "alpha", "beta", "canary", "dev", "ea", "git", "nightly", "pre", "preview", "rc", "snapshot", "trunk"};

bool is_version_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_version_digit);
}

std::optional<std::uint64_t> to_number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// Digits of any length, as numbers.
std::strong_ordering compare_digits(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::strong_ordering compare_identifiers(std::string_view a, std::string_view b) {
  const bool a_number = is_number(a);
  const bool b_number = is_number(b);
  if (a_number && b_number) return compare_digits(a, b);
  if (a_number != b_number) return a_number ? std::strong_ordering::less : std::strong_ordering::greater;
  return a.compare(b) <=> 0;
}

// The numbers at the start of a text, `12.2.0`, and how many bytes they take.
Result<std::size_t> read_numbers(std::string_view text, std::vector<std::uint64_t>& numbers) {
  std::size_t at = 0;
  for (;;) {
    const std::size_t begin = at;
    while (at < text.size() && is_version_digit(text[at])) ++at;
    const auto number = to_number(text.substr(begin, at - begin));
    if (!number)
      return make_error(ErrorCode::invalid_input, "version `{}` has a number that is too large",
                        printable(text));
    numbers.push_back(*number);
    if (at + 1 >= text.size() || text[at] != '.' || !is_version_digit(text[at + 1])) return at;
    ++at;
  }
}

// Runs of digits and runs of letters; everything else separates.
std::vector<std::string> loose_identifiers(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto same_kind = is_version_digit(text[at]) ? is_version_digit : is_letter;
    const std::size_t begin = at;
    while (at < text.size() && same_kind(text[at])) ++at;
    if (at == begin)
      ++at;
    else
      out.emplace_back(text.substr(begin, at - begin));
  }
  return out;
}

bool means_prerelease(std::string_view text, const std::vector<std::string>& identifiers) {
  if (identifiers.empty()) return false;
  if (text.front() == '~') return true;
  const std::string word = lower_case(identifiers.front());
  if (std::find(kPrereleaseWords.begin(), kPrereleaseWords.end(), word) != kPrereleaseWords.end())
    return true;
  return (word == "a" || word == "b" || word == "c") && identifiers.size() > 1 && is_number(identifiers[1]);
}

// What a person probably meant by a text that is not SemVer; empty when that is anyone's guess.
std::string nearest_semver(const std::string_view written) {
  std::string_view text = written;
  if (!text.empty() && (text.front() == 'v' || text.front() == 'V' || text.front() == '='))
    text.remove_prefix(1);
  if (text.empty() || !is_version_digit(text.front())) return {};
  std::vector<std::uint64_t> numbers;
  const auto length = read_numbers(text, numbers);
  if (!length) return {};
  numbers.resize(3);
  std::string out = fmt::format("{}.{}.{}", numbers[0], numbers[1], numbers[2]);
  std::string_view rest = text.substr(*length);
  while (!rest.empty() && !is_version_digit(rest.front()) && !is_letter(rest.front())) rest.remove_prefix(1);
  if (!rest.empty()) out += fmt::format("-{}", rest);
  return out != written && Version::parse(out) ? out : std::string();
}

Failure not_semver(std::string_view text, std::string_view why) {
  Failure failure = make_error(ErrorCode::invalid_input, "`{}` is not a version: {}", printable(text), why);
  if (const std::string meant = nearest_semver(text); !meant.empty())
    return std::move(failure).hint(fmt::format("did you mean `{}`?", meant));
  return failure;
}

// Why a list of SemVer identifiers is wrong; empty when it is right.
std::string_view identifier_problem(std::string_view text, bool numbers_are_strict) {
  for (const std::string& identifier : split(text, '.')) {
    if (identifier.empty()) return "an identifier after `-` or `+` is empty";
    for (const char c : identifier)
      if (!is_version_digit(c) && !is_letter(c) && c != '-')
        return "only letters, digits, `-` and `.` may follow `-` or `+`";
    if (numbers_are_strict && is_number(identifier) && identifier.size() > 1 && identifier.front() == '0')
      return "a number must not start with 0";
  }
  return {};
}

}  // namespace

Result<Version> Version::parse(std::string_view text) {
  if (text.empty() || !is_version_digit(text.front()))
    return not_semver(text, "it must start with three numbers, as in `1.2.0`");
  Version version;
  version.text_ = text;
  version.numbers_.clear();
  TRY(const std::size_t length, read_numbers(text, version.numbers_));
  if (version.numbers_.size() != 3) return not_semver(text, "it must have three numbers, as in `1.2.0`");
  for (const std::string& number : split(text.substr(0, length), '.'))
    if (number.size() > 1 && number.front() == '0') return not_semver(text, "a number must not start with 0");

  std::string_view rest = text.substr(length);
  const std::size_t plus = rest.find('+');
  if (plus != std::string_view::npos) {
    const auto problem = identifier_problem(rest.substr(plus + 1), false);
    if (!problem.empty()) return not_semver(text, problem);
    rest = rest.substr(0, plus);
  }
  if (rest.empty()) return version;
  if (rest.front() != '-') return not_semver(text, "only `-` or `+` may follow the three numbers");
  rest.remove_prefix(1);
  const auto problem = identifier_problem(rest, true);
  if (!problem.empty()) return not_semver(text, problem);
  version.suffix_kind_ = SuffixKind::prerelease;
  version.suffix_ = split(rest, '.');
  return version;
}

Result<Version> Version::parse_loose(std::string_view text) {
  std::string_view body = text;
  if (body.size() > 1 && (body.front() == 'v' || body.front() == 'V') && is_version_digit(body[1]))
    body.remove_prefix(1);
  if (body.empty() || !is_version_digit(body.front()))
    return make_error(ErrorCode::invalid_input, "`{}` is not a version: it must start with a digit",
                      printable(text));
  for (const char c : body)
    if (c <= ' ' || c > '~')
      return make_error(
          ErrorCode::invalid_input,
          "`{}` is not a version: blanks, control characters and letters beyond ASCII are not allowed",
          printable(text));
  Version version;
  version.text_ = body;
  version.numbers_.clear();
  TRY(const std::size_t length, read_numbers(body, version.numbers_));
  std::string_view rest = body.substr(length);
  rest = rest.substr(0, rest.find('+'));
  version.suffix_ = loose_identifiers(rest);
  if (version.suffix_.empty()) return version;
  version.suffix_kind_ =
      means_prerelease(rest, version.suffix_) ? SuffixKind::prerelease : SuffixKind::revision;
  if (version.suffix_kind_ == SuffixKind::prerelease)
    if (auto strict = parse(body)) return strict;
  return version;
}

Version Version::of(std::vector<std::uint64_t> numbers, bool lowest) {
  Version version;
  version.text_.clear();
  if (numbers.size() < 3) numbers.resize(3);
  for (const std::uint64_t number : numbers) {
    if (!version.text_.empty()) version.text_ += '.';
    version.text_ += std::to_string(number);
  }
  version.numbers_ = std::move(numbers);
  if (!lowest) return version;
  version.text_ += "-0";
  version.suffix_ = {"0"};
  version.suffix_kind_ = SuffixKind::prerelease;
  return version;
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  const std::size_t count = std::max(numbers_.size(), other.numbers_.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t a = i < numbers_.size() ? numbers_[i] : 0;
    const std::uint64_t b = i < other.numbers_.size() ? other.numbers_[i] : 0;
    if (a != b) return a <=> b;
  }
  if (suffix_kind_ != other.suffix_kind_) return suffix_kind_ <=> other.suffix_kind_;
  for (std::size_t i = 0; i < std::min(suffix_.size(), other.suffix_.size()); ++i) {
    const auto order = compare_identifiers(suffix_[i], other.suffix_[i]);
    if (order != std::strong_ordering::equal) return order;
  }
  return suffix_.size() <=> other.suffix_.size();
}

}  // namespace reef
