#include "core/ops/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "core/base/text.h"

namespace reef::ops {
namespace {

struct Shown {
  std::string_view unit;
  double factor;
};

// The unit in which the largest value has one to three digits before the point.
Shown shown_unit(const std::string& unit, double largest) {
  if (unit == "s") {
    if (largest < 1e-6) return {"ns", 1e9};
    if (largest < 1e-3) return {"us", 1e6};
    if (largest < 1) return {"ms", 1e3};
    return {"s", 1};
  }
  if (unit == "B") {
    if (largest >= 1e9) return {"GB", 1e-9};
    if (largest >= 1e6) return {"MB", 1e-6};
    if (largest >= 1e3) return {"kB", 1e-3};
    return {"B", 1};
  }
  if (unit == "1") return {"", 1};
  return {unit, 1};
}

double nice_step(double span, double parts) {
  const double rough = span / parts;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0})
    if (rough <= factor * power * (1 + 1e-9)) return factor * power;
  return 10 * power;
}

void add_linear(Scale& scale) {
  const double step = nice_step((scale.high - scale.low) * scale.factor, 5) / scale.factor;
  scale.low = std::floor(scale.low / step + 1e-9) * step;
  scale.high = std::ceil(scale.high / step - 1e-9) * step;
  const double count = std::round((scale.high - scale.low) / step);
  for (double i = 0; i <= count; ++i) scale.ticks.push_back(scale.low + i * step);
}

void add_logarithmic(Scale& scale) {
  const double room = std::pow(scale.high / scale.low, 0.05);
  scale.low /= room;
  scale.high *= room;
  const double decades = std::log10(scale.high / scale.low);
  const double first = std::floor(std::log10(scale.low * scale.factor));
  for (double decade = first; decade <= first + decades + 1; ++decade)
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double tick = digit * std::pow(10, decade) / scale.factor;
      const bool wanted = decades <= 3 || digit == 1.0;
      if (wanted && tick >= scale.low && tick <= scale.high) scale.ticks.push_back(tick);
    }
}

}  // namespace

double Scale::at(double value) const {
  if (logarithmic) return std::log(value / low) / std::log(high / low);
  return (value - low) / (high - low);
}

std::string Scale::label(double value) const {
  const double shown = value * factor;
  if (std::abs(shown) < 1e-12) return "0";
  return fmt::format("{:.6g}", shown);
}

Scale scale_of(const std::vector<double>& values, const std::string& unit) {
  Scale scale;
  if (values.empty()) {
    add_linear(scale);
    return scale;
  }
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  scale.low = *low;
  scale.high = *high;
  const Shown shown = shown_unit(unit, std::max(std::abs(*low), std::abs(*high)));
  scale.unit = shown.unit;
  scale.factor = shown.factor;
  scale.logarithmic = scale.low > 0 && scale.high >= 20 * scale.low;
  if (scale.logarithmic) {
    add_logarithmic(scale);
    return scale;
  }
  if (!(scale.high > scale.low)) {
    const double room = scale.low == 0 ? 1 : std::abs(scale.low) * 0.05;
    scale.low -= room;
    scale.high += room;
  }
  const double room = (scale.high - scale.low) * 0.04;
  if (scale.low - room >= 0 || scale.low < 0) scale.low -= room;
  scale.high += room;
  add_linear(scale);
  return scale;
}

constexpr const char* kScenario = "scenario";

std::map<std::string, std::string> choices_of(const RecordRow& row) {
  std::map<std::string, std::string> choices = row.options;
  for (const auto& [name, value] : row.parameters) choices[name] = json::text_of(value);
  if (!row.scenario.empty() && !has_loads_of_steps(row)) choices.emplace(kScenario, row.scenario);
  for (const auto& [name, value] : row.load) choices.emplace(name, json::text_of(value));
  return choices;
}

std::map<std::string, std::string> choices_of_point(const RecordRow& row) {
  std::map<std::string, std::string> choices = choices_of(row);
  if (!row.processor.empty()) choices.emplace("processor", row.processor);
  return choices;
}

std::vector<std::string> telling_names(const std::vector<ParetoRow>& rows) {
  std::map<std::string, std::set<std::string>> seen;
  for (const ParetoRow& row : rows)
    for (const auto& [name, choice] : choices_of_point(row.record)) seen[name].insert(choice);
  std::vector<std::string> names;
  const auto is_chosen = [&](const std::string& name) {
    return rows.front().record.options.contains(name) || rows.front().record.parameters.contains(name);
  };
  for (const auto& [name, choices] : seen)
    if (choices.size() > 1 || (rows.size() == 1 && is_chosen(name))) names.push_back(name);
  return names;
}

Plot plot_of(const ParetoReport& report) {
  Plot plot;
  const auto axis = [&](std::size_t k) {
    PlotAxis out{report.objectives[k].metric, "", report.objectives[k].better};
    for (const ParetoRow& row : report.rows)
      if (!row.coordinates[k].unit.empty()) out.unit = row.coordinates[k].unit;
    return out;
  };
  plot.x = axis(0);
  plot.y = axis(1);
  std::set<std::string> packages;
  for (const ParetoRow& row : report.rows) packages.insert(row.record.package);
  plot.title =
      fmt::format("{} and {} of {}", plot.x.name, plot.y.name,
                  packages.size() == 1 ? *packages.begin() : fmt::format("{} packages", packages.size()));
  const std::vector<std::string> names = telling_names(report.rows);
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    const ParetoRow& row = report.rows[i];
    if (row.point.standing == Standing::unusable) continue;
    if (!row.coordinates[0].value || !row.coordinates[1].value) continue;
    const auto measured = [&](std::size_t k) {
      const RecordedMetric& metric = row.coordinates[k];
      return Measured{*metric.value, metric.lower.value_or(*metric.value),
                      metric.upper.value_or(*metric.value)};
    };
    PlotPoint point{measured(0), measured(1), row.point, report.knee == i, ""};
    const auto choices = choices_of_point(row.record);
    for (const std::string& name : names) {
      const auto found = choices.find(name);
      if (found == choices.end()) continue;
      const bool number = found->second.find_first_not_of("0123456789.") == std::string::npos;
      point.label += (point.label.empty() ? "" : " ") + (number ? name + " " + found->second : found->second);
    }
    plot.points.push_back(std::move(point));
  }
  return plot;
}

std::string draw_text(const Plot& plot, std::size_t width, std::size_t height) {
  constexpr std::size_t kLeft = 10;
  const std::size_t columns = std::max<std::size_t>(width, 30) - kLeft - 2;
  const std::size_t lines = std::max<std::size_t>(height, 8);
  std::vector<double> xs;
  std::vector<double> ys;
  for (const PlotPoint& point : plot.points) {
    xs.push_back(point.x.value);
    ys.push_back(point.y.value);
  }
  if (xs.empty()) return "no point has both numbers: there is nothing to draw\n";
  const Scale x = scale_of(xs, plot.x.unit);
  const Scale y = scale_of(ys, plot.y.unit);
  std::vector<std::string> canvas(lines, std::string(columns, ' '));
  const auto place = [](double part, std::size_t count) {
    return static_cast<std::size_t>(std::lround(std::clamp(part, 0.0, 1.0) * static_cast<double>(count - 1)));
  };
  // What matters more is drawn over what matters less.
  constexpr std::string_view kRanks = " x.oO*";
  for (const PlotPoint& point : plot.points) {
    char mark = '.';
    if (point.at.standing == Standing::infeasible) mark = 'x';
    if (point.at.standing == Standing::possible) mark = 'o';
    if (point.at.on_frontier) mark = 'O';
    if (point.knee) mark = '*';
    char& cell = canvas[lines - 1 - place(y.at(point.y.value), lines)][place(x.at(point.x.value), columns)];
    if (kRanks.find(mark) > kRanks.find(cell)) cell = mark;
  }
  std::vector<std::string> labels(lines);
  for (const double tick : y.ticks) labels[lines - 1 - place(y.at(tick), lines)] = y.label(tick);
  const auto named = [](const PlotAxis& axis, const Scale& scale) {
    return fmt::format("{}{}{} ({} is better)", axis.name, scale.unit.empty() ? "" : ", ", scale.unit,
                       axis.better == Metric::Better::lower ? "lower" : "higher");
  };
  std::string out = fmt::format("{}\n", printable(named(plot.y, y)));
  for (std::size_t i = 0; i < lines; ++i) {
    std::string line =
        fmt::format("{:>{}} {} {}", labels[i], kLeft - 2, labels[i].empty() ? "|" : "+", canvas[i]);
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  std::string axis(columns, '-');
  std::string numbers(columns + kLeft + 8, ' ');
  for (const double tick : x.ticks) {
    const std::size_t at = place(x.at(tick), columns);
    axis[at] = '+';
    const std::string label = x.label(tick);
    const std::size_t from = kLeft + 1 + at - std::min(at + kLeft, label.size() / 2);
    if (from + label.size() >= numbers.size()) continue;
    const std::size_t before = from > 0 ? from - 1 : 0;
    if (numbers.substr(before, label.size() + 2).find_first_not_of(' ') != std::string::npos) continue;
    numbers.replace(from, label.size(), label);
  }
  out += std::string(kLeft, ' ') + " " + axis + "\n" + numbers.substr(0, numbers.find_last_not_of(' ') + 1) +
         "\n";
  out += fmt::format("{}{}\n\n", std::string(kLeft + 1, ' '), printable(named(plot.x, x)));
  return out +
         "O frontier   * its knee   o possible within the intervals   . dominated   x misses a condition\n";
}

}  // namespace reef::ops
