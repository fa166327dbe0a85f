#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/ops/pareto.h"

namespace reef::ops {

// A scatter of two metrics with the frontier, ready to be drawn.
struct PlotAxis {
  std::string name;
  std::string unit;  // as declared: "s", "B", "1", ...
  Metric::Better better = Metric::Better::lower;
};

struct PlotPoint {
  Measured x;
  Measured y;
  ParetoPoint at;
  bool knee = false;
  std::string label;  // what tells this point from the others: "onnxruntime cnn-m"
};

struct Plot {
  std::string title;
  PlotAxis x;
  PlotAxis y;
  std::vector<PlotPoint> points;  // those that have both numbers
};

// Of the first two objectives.
Plot plot_of(const ParetoReport& report);

// What tells the rows from each other: names of options and parameters (and `scenario`, `rate`,
// `samples_per_query`) that are not the same in all.
std::vector<std::string> telling_names(const std::vector<ParetoRow>& rows);
// Options and parameters of a run as texts, by name; its scenario and load, too, where no parameter is called
// so.
std::map<std::string, std::string> choices_of(const RecordRow& row);
// The same with the processor: what was measured on two of them is two points.
std::map<std::string, std::string> choices_of_point(const RecordRow& row);

// An SVG document of 860 x 540: axes with units, whiskers, the frontier as a staircase, labels at its points,
// a legend with counts; colours for light and dark, and every kind of point has a shape of its own. No
// script.
std::string draw_svg(const Plot& plot);

// The same in characters, `width` columns wide and `height` lines high, with a line of legend.
std::string draw_text(const Plot& plot, std::size_t width, std::size_t height);

// Ticks of an axis, and where they lie: 0 at its low end, 1 at its high end.
struct Scale {
  bool logarithmic = false;  // when all values are above 0 and the largest is 20 times the smallest or more
  double low = 0;
  double high = 1;
  double factor = 1;          // shown = value * factor
  std::string unit;           // as shown: "ms"
  std::vector<double> ticks;  // values, not shown ones

  double at(double value) const;
  std::string label(double value) const;
};
Scale scale_of(const std::vector<double>& values, const std::string& unit);

}  // namespace reef::ops
