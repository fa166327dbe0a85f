#include "core/bench/space.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <unordered_set>

#include "core/base/text.h"
#include "core/bench/random.h"

namespace reef {
namespace {

constexpr std::uint64_t kMostPoints = std::uint64_t{1} << 62U;
constexpr std::uint64_t kMostListed = 2'000'000;  // points that are looked at one by one

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

bool is_whole(double x) { return x == std::floor(x) && std::abs(x) < 1e15; }

std::string text_of(double x) {
  return is_whole(x) ? fmt::format("{}", static_cast<std::int64_t>(x)) : fmt::format("{:.12g}", x);
}

struct Range {
  double from = 0;
  double to = 0;
  char kind = '+';  // + step, * factor, : count, l count in logarithms
  double by = 1;
};

// "1..64*2"; nothing when the text is no range at all.
std::optional<Range> range_of(const std::string& text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) return std::nullopt;
  Range range;
  std::string rest = text.substr(dots + 2);
  // A sign of the exponent is none of ours: 1e+3.
  const std::size_t sign = rest.find_first_of("*:+", 1);
  std::size_t mark = sign;
  while (mark != std::string::npos && rest[mark] == '+' && (rest[mark - 1] == 'e' || rest[mark - 1] == 'E'))
    mark = rest.find_first_of("*:+", mark + 1);
  if (mark != std::string::npos) {
    range.kind = rest[mark];
    std::string by = rest.substr(mark + 1);
    if (range.kind == ':' && by.ends_with("log")) {
      range.kind = 'l';
      by.resize(by.size() - 3);
    }
    const auto amount = number(by);
    if (!amount) return std::nullopt;
    range.by = *amount;
    rest.resize(mark);
  }
  const auto from = number(std::string_view(text).substr(0, dots));
  const auto to = number(rest);
  if (!from || !to) return std::nullopt;
  range.from = *from;
  range.to = *to;
  return range;
}

Failure endless(const std::string& text, std::string_view why) {
  return make_error(ErrorCode::invalid_input, "the range `{}` {}", printable(text), why);
}

Failure too_many(const std::string& text, double count) {
  return make_error(ErrorCode::invalid_input, "the range `{}` has {} values, {} are the most",
                    printable(text), text_of(count), kMostValues)
      .hint("give a step, a factor or a count: `1..1000+100`, `1..1024*2`, `0.1..1:10`");
}

Result<std::vector<std::string>> values_of(const Range& range, const std::string& text) {
  if (range.from > range.to) return endless(text, "ends before it begins");
  std::vector<std::string> out;
  if (range.kind == '+') {
    if (!(range.by > 0)) return endless(text, "needs a step above 0");
    const double count = std::floor((range.to - range.from) / range.by * (1 + 1e-12)) + 1;
    if (!(count <= kMostValues)) return too_many(text, count);
    for (double i = 0; i < count; ++i) out.push_back(text_of(range.from + i * range.by));
    return out;
  }
  if (range.kind == '*') {
    if (!(range.by > 1) || !(range.from > 0))
      return endless(text, "needs a factor above 1 and a beginning above 0");
    const double count = std::floor(std::log(range.to / range.from) / std::log(range.by) + 1e-9) + 1;
    if (!(count <= kMostValues)) return too_many(text, count);
    for (double i = 0; i < count; ++i) out.push_back(text_of(range.from * std::pow(range.by, i)));
    return out;
  }
  if (!is_whole(range.by) || range.by < 2) return endless(text, "needs a count of at least 2");
  if (range.by > kMostValues) return too_many(text, range.by);
  if (range.kind == 'l' && !(range.from > 0)) return endless(text, "has no logarithm at its beginning");
  for (double i = 0; i < range.by; ++i) {
    const double part = i / (range.by - 1);
    const double value = range.kind == 'l' ? range.from * std::pow(range.to / range.from, part)
                                           : range.from + (range.to - range.from) * part;
    out.push_back(fmt::format("{:.6g}", value));
  }
  return out;
}

Expression::Value value_of(const std::string& text) {
  const auto read = number(text);
  if (read) return *read;
  return text;
}

Failure nothing_left(const Space& space, const SpaceSelection& selection) {
  return make_error(ErrorCode::invalid_input, "no point is left: none of the {} meets `{}`", space.size(),
                    selection.where ? printable(selection.where->text()) : "")
      .hint("loosen `--where`, or give more values");
}

Failure too_large(const Space& space, std::uint64_t most) {
  constexpr std::uint64_t kDay = 86'400;
  const std::uint64_t days = space.size() / kDay;
  return make_error(ErrorCode::invalid_input, "{} points are asked for, {} are the most{}", space.size(),
                    most, days > 0 ? fmt::format(": at a second each they would take {} days", days) : "")
      .hint("take a sample: `--random 500`")
      .hint("or let some axes advance together (`--zip`), or leave some values out");
}

std::uint64_t below(Random& random, std::uint64_t bound) {
  // Bias of at most 2^-53 of the bound: nobody can see it.
  return std::min(static_cast<std::uint64_t>(random.uniform() * static_cast<double>(bound)), bound - 1);
}

}  // namespace

Result<std::vector<std::string>> parse_values(const std::string& text) {
  std::vector<std::string> out;
  for (const std::string& item : split(text, ',')) {
    const auto range = range_of(item);
    if (!range) {
      if (item.empty())
        return make_error(ErrorCode::invalid_input, "an empty value in `{}`", printable(text));
      out.push_back(item);
      continue;
    }
    TRY(std::vector<std::string> values, values_of(*range, item));
    out.insert(out.end(), values.begin(), values.end());
  }
  std::set<std::string_view> seen;
  for (const std::string& value : out)
    if (!seen.insert(value).second)
      return make_error(ErrorCode::invalid_input, "`{}` names the value `{}` twice", printable(text),
                        printable(value));
  return out;
}

Result<Space> Space::make(std::vector<Axis> axes, const std::vector<std::vector<std::string>>& zipped) {
  Space out;
  out.axes_ = std::move(axes);
  std::vector<std::size_t> group_of(out.axes_.size(), SIZE_MAX);
  for (std::size_t g = 0; g < zipped.size(); ++g) {
    for (const std::string& name : zipped[g]) {
      const auto found = std::find_if(out.axes_.begin(), out.axes_.end(),
                                      [&](const Axis& axis) { return axis.name == name; });
      if (found == out.axes_.end()) {
        std::vector<std::string> known;
        for (const Axis& axis : out.axes_) known.push_back(axis.name);
        Failure error =
            make_error(ErrorCode::not_found, "`--zip` names `{}`, which is not varied", printable(name));
        if (const auto hint = did_you_mean(name, known)) return std::move(error).hint(*hint);
        return error;
      }
      const auto at = static_cast<std::size_t>(found - out.axes_.begin());
      if (group_of[at] != SIZE_MAX)
        return make_error(ErrorCode::invalid_input, "`{}` is zipped twice", printable(name));
      group_of[at] = g;
    }
  }
  std::vector<bool> done(zipped.size());
  for (std::size_t i = 0; i < out.axes_.size(); ++i) {
    const std::size_t g = group_of[i];
    if (g == SIZE_MAX) {
      out.groups_.push_back({i});
    } else if (!done[g]) {
      done[g] = true;
      out.groups_.emplace_back();
      for (std::size_t j = i; j < out.axes_.size(); ++j)
        if (group_of[j] == g) out.groups_.back().push_back(j);
    }
  }
  for (const std::vector<std::size_t>& group : out.groups_) {
    const std::size_t length = out.axes_[group.front()].values.size();
    for (const std::size_t axis : group)
      if (out.axes_[axis].values.size() != length)
        return make_error(ErrorCode::invalid_input, "cannot zip {} values of `{}` with {} of `{}`", length,
                          out.axes_[group.front()].name, out.axes_[axis].values.size(), out.axes_[axis].name);
    if (length == 0)
      return make_error(ErrorCode::invalid_input, "`{}` has no values", out.axes_[group.front()].name);
    if (out.size_ > kMostPoints / length)
      return make_error(ErrorCode::invalid_input, "more than 2^62 points are asked for");
    out.size_ *= length;
  }
  return out;
}

std::vector<std::string> Space::at(std::uint64_t point) const {
  std::vector<std::string> out(axes_.size());
  for (std::size_t g = groups_.size(); g-- > 0;) {
    const std::uint64_t length = axes_[groups_[g].front()].values.size();
    for (const std::size_t axis : groups_[g]) out[axis] = axes_[axis].values[point % length];
    point /= length;
  }
  return out;
}

std::string Space::describe(std::uint64_t point) const {
  const std::vector<std::string> values = at(point);
  std::string out;
  for (std::size_t i = 0; i < axes_.size(); ++i)
    out += fmt::format("{}{}={}", out.empty() ? "" : " ", axes_[i].name, values[i]);
  return out;
}

bool Space::matches(std::uint64_t point, const Expression& where) const {
  const std::vector<std::string> values = at(point);
  return where.matches([&](std::string_view name) -> std::optional<Expression::Value> {
    for (std::size_t i = 0; i < axes_.size(); ++i)
      if (axes_[i].name == name) return value_of(values[i]);
    return std::nullopt;
  });
}

Result<std::vector<std::uint64_t>> select_points(const Space& space, const SpaceSelection& selection) {
  const auto fits = [&](std::uint64_t point) {
    return !selection.where || space.matches(point, *selection.where);
  };
  Random random(selection.seed);
  std::vector<std::uint64_t> out;
  if (space.size() <= (selection.where ? kMostListed : selection.most)) {
    for (std::uint64_t point = 0; point < space.size(); ++point) {
      if (!fits(point)) continue;
      out.push_back(point);
      if (out.size() > selection.most && !selection.sample) return too_large(space, selection.most);
    }
    if (out.empty()) return nothing_left(space, selection);
    random.shuffle(out);
    if (selection.sample && out.size() > *selection.sample) out.resize(*selection.sample);
    return out;
  }
  if (!selection.sample) return too_large(space, selection.most);
  if (*selection.sample > selection.most)
    return make_error(ErrorCode::invalid_input, "a sample of {} points is asked for, {} are the most",
                      *selection.sample, selection.most);
  std::unordered_set<std::uint64_t> seen;
  const std::uint64_t tries = 1'000'000 + 100 * *selection.sample;
  for (std::uint64_t i = 0; i < tries && out.size() < *selection.sample; ++i) {
    const std::uint64_t point = below(random, space.size());
    if (seen.insert(point).second && fits(point)) out.push_back(point);
  }
  if (out.empty()) return nothing_left(space, selection);
  return out;
}

}  // namespace reef
