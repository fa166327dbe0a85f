#include <algorithm>

#include "core/base/text.h"
#include "core/model/version.h"

namespace reef {
namespace {

using Bound = VersionRange::Bound;
using Interval = VersionRange::Interval;

// Lower bounds in their order: unbounded first, `>=1` before `>1`.
bool starts_before(const std::optional<Bound>& a, const std::optional<Bound>& b) {
  if (!a || !b) return !a && b;
  const auto order = a->version <=> b->version;
  return order < 0 || (order == 0 && a->inclusive && !b->inclusive);
}

// Upper bounds in their order: `<1` before `<=1`, unbounded last.
bool ends_before(const std::optional<Bound>& a, const std::optional<Bound>& b) {
  if (!a || !b) return a && !b;
  const auto order = a->version <=> b->version;
  return order < 0 || (order == 0 && !a->inclusive && b->inclusive);
}

// Whether an interval that ends at `upper` leaves nothing between it and one that starts at `lower`.
bool touches(const std::optional<Bound>& upper, const std::optional<Bound>& lower) {
  if (!upper || !lower) return true;
  const auto order = lower->version <=> upper->version;
  return order < 0 || (order == 0 && (lower->inclusive || upper->inclusive));
}

bool is_void(const Interval& interval) {
  if (!interval.lower || !interval.upper) return false;
  const auto order = interval.lower->version <=> interval.upper->version;
  return order > 0 || (order == 0 && !(interval.lower->inclusive && interval.upper->inclusive));
}

std::vector<Interval> canonical(std::vector<Interval> intervals) {
  intervals.erase(std::remove_if(intervals.begin(), intervals.end(), is_void), intervals.end());
  std::stable_sort(intervals.begin(), intervals.end(),
                   [](const Interval& a, const Interval& b) { return starts_before(a.lower, b.lower); });
  std::vector<Interval> out;
  for (Interval& interval : intervals) {
    if (out.empty() || !touches(out.back().upper, interval.lower))
      out.push_back(std::move(interval));
    else if (ends_before(out.back().upper, interval.upper))
      out.back().upper = std::move(interval.upper);
  }
  return out;
}

// `2.0.0-0` as the end of an interval is written `2`, which reads back as the same bound.
std::string upper_text(const Bound& bound) {
  const auto& numbers = bound.version.numbers();
  const bool lowest = !bound.inclusive && bound.version == Version::of(numbers, true);
  if (!lowest || numbers.back() != 0) return bound.version.text();
  std::size_t count = numbers.size();
  while (count > 1 && numbers[count - 1] == 0) --count;
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += fmt::format("{}{}", i ? "." : "", numbers[i]);
  return out;
}

std::string text_of(const Interval& interval) {
  if (!interval.lower && !interval.upper) return "*";
  if (interval.lower && interval.upper && interval.lower->version == interval.upper->version)
    return fmt::format("={}", interval.lower->version.text());
  std::vector<std::string> parts;
  if (interval.lower)
    parts.push_back(
        fmt::format("{}{}", interval.lower->inclusive ? ">=" : ">", interval.lower->version.text()));
  if (interval.upper)
    parts.push_back(fmt::format("{}{}", interval.upper->inclusive ? "<=" : "<", upper_text(*interval.upper)));
  return join(parts, ", ");
}

std::string canonical_text(const std::vector<Interval>& intervals) {
  if (intervals.empty()) return "nothing";
  std::vector<std::string> parts;
  for (const Interval& interval : intervals) parts.push_back(text_of(interval));
  return join(parts, " || ");
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// A version as ranges write it: full, or with components missing (`1.2`, `1.*`, `*`).
struct Partial {
  std::vector<std::uint64_t> numbers;
  bool complete = false;  // then `version` is meant exactly
  Version version;

  Version first() const { return complete ? version : Version::of(numbers); }
  // The end of what matches; `after(0)` is the end of 1.* for 1.2.3.
  Version after(std::size_t index) const {
    std::vector<std::uint64_t> next(numbers.begin(),
                                    numbers.begin() + static_cast<std::ptrdiff_t>(index) + 1);
    if (next[index] == UINT64_MAX) return Version::of(next);
    ++next[index];
    return Version::of(std::move(next), true);
  }
};

// Reads `1.*` and `1.x`; `*` has no numbers.
Result<Partial> parse_partial(std::string_view text) {
  Partial out;
  std::string_view body = text;
  bool wild = body == "*" || body == "x" || body == "X";
  if (wild) return out;
  while (body.size() > 2 && body[body.size() - 2] == '.' &&
         std::string_view("*xX").find(body.back()) != std::string_view::npos) {
    body.remove_suffix(2);
    wild = true;
  }
  const bool plain =
      std::all_of(body.begin(), body.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  const bool has_three_numbers = !plain || std::count(body.begin(), body.end(), '.') == 2;
  auto version = has_three_numbers ? Version::parse(body) : Version::parse_loose(body);
  if (!version && has_three_numbers) version = Version::parse_loose(body);
  if (!version)
    return make_error(ErrorCode::invalid_input, "`{}` is not a version or a part of one", printable(text));
  out.numbers = version->numbers();
  if (wild && !plain)
    return make_error(ErrorCode::invalid_input, "`{}`: only numbers may stand before `.*`", printable(text));
  out.complete = !wild && (!plain || out.numbers.size() >= 3);
  out.version = *std::move(version);
  return out;
}

// `^1.2.3` keeps the first number that is not zero; what is missing counts as free.
std::size_t caret_index(const std::vector<std::uint64_t>& numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (numbers[i] != 0) return i;
  return numbers.size() - 1;
}

Interval between(std::optional<Bound> lower, std::optional<Bound> upper) {
  return {std::move(lower), std::move(upper)};
}

// One `>=1.2` with the blanks after its operator.
struct Token {
  std::string_view op;
  std::string_view version;
};

Result<std::vector<Token>> tokens_of(std::string_view text) {
  static constexpr std::string_view kOperators[] = {">=", "<=", "!=", "==", ">", "<", "=", "^", "~"};
  std::vector<Token> out;
  bool comma = false;
  while (!(text = trim(text)).empty()) {
    if (text.front() == ',') {
      if (out.empty() || comma)
        return make_error(ErrorCode::invalid_input, "a comparator is missing before `,`");
      comma = true;
      text.remove_prefix(1);
      continue;
    }
    comma = false;
    Token token;
    for (const std::string_view op : kOperators)
      if (text.substr(0, op.size()) == op) {
        token.op = text.substr(0, op.size());
        break;
      }
    text = trim(text.substr(token.op.size()));
    std::size_t end = 0;
    while (end < text.size() && !is_blank(text[end]) &&
           std::string_view(",<>=!^~").find(text[end]) == std::string_view::npos)
      ++end;
    token.version = text.substr(0, end);
    if (token.version.empty())
      return make_error(ErrorCode::invalid_input, "a version is missing after `{}`", token.op);
    out.push_back(token);
    text = text.substr(end);
  }
  if (comma) return make_error(ErrorCode::invalid_input, "a comparator is missing after `,`");
  return out;
}

std::vector<Interval> intersection(const std::vector<Interval>& some, const std::vector<Interval>& others) {
  std::vector<Interval> out;
  for (const Interval& a : some)
    for (const Interval& b : others)
      out.push_back({starts_before(a.lower, b.lower) ? b.lower : a.lower,
                     ends_before(a.upper, b.upper) ? a.upper : b.upper});
  return out;
}

// What one comparator lets through. `names_prerelease` becomes true when it names one.
Result<std::vector<Interval>> parse_comparator(const Token& token, bool& names_prerelease) {
  const std::string_view op = token.op;
  TRY(const Partial partial, parse_partial(token.version));
  const std::size_t last = partial.numbers.empty() ? 0 : partial.numbers.size() - 1;
  using Intervals = std::vector<Interval>;
  if (partial.numbers.empty()) return Intervals(op == "<" || op == ">" || op == "!=" ? 0 : 1);
  names_prerelease = names_prerelease || (partial.complete && partial.version.is_prerelease());
  const Bound from{partial.first(), true};
  if (op == "^") return Intervals{between(from, Bound{partial.after(caret_index(partial.numbers)), false})};
  if (op == "~") return Intervals{between(from, Bound{partial.after(std::min<std::size_t>(last, 1)), false})};
  // Of what matches: the end before it, its own end, and where that begins which comes after it.
  const bool exact = partial.complete;
  const Bound before{exact ? partial.version : Version::of(partial.numbers, true), false};
  const Bound until{exact ? partial.version : partial.after(last), exact};
  const Bound beyond{until.version, !exact};
  if (op == ">=") return Intervals{between(from, {})};
  if (op == ">") return Intervals{between(beyond, {})};
  if (op == "<=") return Intervals{between({}, until)};
  if (op == "<") return Intervals{between({}, before)};
  if (op == "!=") return Intervals{between({}, before), between(beyond, {})};
  return Intervals{between(from, until)};
}

}  // namespace

VersionRange::VersionRange() : intervals_(1), text_("*") {}

VersionRange VersionRange::of(std::vector<Interval> intervals, bool names_prerelease) {
  VersionRange out;
  out.intervals_ = canonical(std::move(intervals));
  out.text_ = canonical_text(out.intervals_);
  out.names_prerelease_ = names_prerelease;
  return out;
}

VersionRange VersionRange::none() { return of({}, false); }

VersionRange VersionRange::exactly(const Version& version) {
  return of({between(Bound{version, true}, Bound{version, true})}, version.is_prerelease());
}

Result<VersionRange> VersionRange::parse(std::string_view text) {
  const auto refuse = [&](const Error& error) {
    return make_error(ErrorCode::invalid_input, "`{}` is not a version range: {}", printable(text),
                      error.message())
        .hint("ranges look like `^1.2`, `~1.2`, `>=1, <3`, `1.*`, `=1.2.3`, `1.2 || >=3` or `*`");
  };
  VersionRange out;
  out.intervals_.clear();
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t bar = std::min(text.find("||", at), text.size());
    const auto tokens = tokens_of(text.substr(at, bar - at));
    if (!tokens) return refuse(tokens.error());
    if (tokens->empty()) return refuse(Error(ErrorCode::invalid_input, "an alternative is empty"));
    std::vector<Interval> all(1);
    for (const Token& token : *tokens) {
      auto one = parse_comparator(token, out.names_prerelease_);
      if (!one) return refuse(one.error());
      all = tokens->size() == 1 ? *std::move(one) : intersection(all, *one);
    }
    out.intervals_.insert(out.intervals_.end(), all.begin(), all.end());
    at = bar + 2;
  }
  out.intervals_ = canonical(std::move(out.intervals_));
  out.text_ = trim(text);
  return out;
}

bool VersionRange::contains(const Version& version) const {
  for (const Interval& interval : intervals_) {
    if (interval.lower) {
      const auto order = version <=> interval.lower->version;
      if (order < 0 || (order == 0 && !interval.lower->inclusive)) return false;
    }
    if (!interval.upper) return true;
    const auto order = version <=> interval.upper->version;
    if (order < 0 || (order == 0 && interval.upper->inclusive)) return true;
  }
  return false;
}

bool VersionRange::is_any() const {
  return intervals_.size() == 1 && !intervals_.front().lower && !intervals_.front().upper;
}

std::optional<Version> VersionRange::single() const {
  if (intervals_.size() != 1) return std::nullopt;
  const Interval& only = intervals_.front();
  if (!only.lower || !only.upper || only.lower->version != only.upper->version) return std::nullopt;
  return only.lower->version;
}

VersionRange VersionRange::intersected(const VersionRange& other) const {
  return of(intersection(intervals_, other.intervals_), names_prerelease_ || other.names_prerelease_);
}

VersionRange VersionRange::united(const VersionRange& other) const {
  std::vector<Interval> out = intervals_;
  out.insert(out.end(), other.intervals_.begin(), other.intervals_.end());
  return of(std::move(out), names_prerelease_ || other.names_prerelease_);
}

VersionRange VersionRange::complement() const {
  std::vector<Interval> out;
  std::optional<Bound> lower;
  bool open = true;
  for (const Interval& interval : intervals_) {
    if (interval.lower) out.push_back({lower, Bound{interval.lower->version, !interval.lower->inclusive}});
    open = interval.upper.has_value();
    if (open) lower = Bound{interval.upper->version, !interval.upper->inclusive};
  }
  if (open) out.push_back({lower, {}});
  return of(std::move(out), names_prerelease_);
}

bool VersionRange::operator==(const VersionRange& other) const {
  const auto same = [](const std::optional<Bound>& a, const std::optional<Bound>& b) {
    return a.has_value() == b.has_value() &&
           (!a || (a->version == b->version && a->inclusive == b->inclusive));
  };
  return std::equal(
      intervals_.begin(), intervals_.end(), other.intervals_.begin(), other.intervals_.end(),
      [&](const Interval& a, const Interval& b) { return same(a.lower, b.lower) && same(a.upper, b.upper); });
}

}  // namespace reef
