#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/markup.h"
#include "core/base/text.h"
#include "core/ops/plot.h"

namespace reef::ops {
namespace {

constexpr double kWidth = 860;
constexpr double kHeight = 540;
constexpr double kLeft = 86;
constexpr double kRight = 28;
constexpr double kTop = 56;
constexpr double kBottom = 92;
constexpr double kCharacter = 6.4;  // about the width of one, at 12 pixels

constexpr std::string_view kStyle =
    ":root{color-scheme:light "
    "dark;--paper:#ffffff;--ink:#1f2328;--soft:#59636e;--grid:#e4e8ec;--line:#0a6c5d;"
    "--fill:#0f8a76;--dim:#8c959f;--warn:#a8530f}"
    "@media(prefers-color-scheme:dark){:root{--paper:#0f1419;--ink:#e6edf3;--soft:#a3adb8;--grid:#26303a;"
    "--line:#3fc7ae;--fill:#2fb39b;--dim:#6b7681;--warn:#e39a55}}"
    "text{font:12px ui-sans-serif,system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:var(--ink)}"
    ".title{font-size:16px;font-weight:600}.soft{fill:var(--soft)}.grid{stroke:var(--grid);stroke-width:1}"
    ".axis{stroke:var(--soft);stroke-width:1.2}.front{fill:none;stroke:var(--line);stroke-width:2;"
    "stroke-linejoin:round}.whisker{stroke:var(--dim);stroke-width:1.2;opacity:.75}"
    ".certain{fill:var(--fill);stroke:var(--paper);stroke-width:1.5}"
    ".possible{fill:var(--paper);stroke:var(--line);stroke-width:2}"
    ".dominated{fill:var(--dim);opacity:.8}.infeasible{stroke:var(--warn);stroke-width:1.8;fill:none}"
    ".label{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}.knee{fill:none;"
    "stroke:var(--warn);stroke-width:2}";

struct Box {
  double x, y, width, height;
  bool touches(const Box& other) const {
    return x < other.x + other.width && other.x < x + width && y < other.y + other.height &&
           other.y < y + height;
  }
};

class Drawing {
 public:
  explicit Drawing(const Plot& plot) : plot_(plot) {
    std::vector<double> xs;
    std::vector<double> ys;
    for (const PlotPoint& point : plot.points) {
      for (const Measured* at : {&point.x}) add_ends(*at, xs);
      for (const Measured* at : {&point.y}) add_ends(*at, ys);
    }
    x_ = scale_of(xs, plot.x.unit);
    y_ = scale_of(ys, plot.y.unit);
  }

  std::string draw() {
    const std::string summary =
        fmt::format("{}: {} points, {} on the frontier", plot_.title, plot_.points.size(),
                    count([](const PlotPoint& p) { return p.at.on_frontier; }));
    out_ = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
        "role=\"img\" "
        "aria-label=\"{2}\">\n<title>{2}</title>\n<style>{3}</style>\n<rect width=\"{0}\" height=\"{1}\" "
        "fill=\"var(--paper)\"/>\n",
        kWidth, kHeight, escaped_xml(summary), kStyle);
    out_ +=
        fmt::format("<text class=\"title\" x=\"{}\" y=\"30\">{}</text>\n", kLeft, escaped_xml(plot_.title));
    draw_axes();
    draw_frontier();
    for (const PlotPoint& point : plot_.points) draw_whiskers(point);
    for (const Standing standing :
         {Standing::dominated, Standing::infeasible, Standing::possible, Standing::certain})
      for (const PlotPoint& point : plot_.points)
        if (point.at.standing == standing) draw_point(point);
    draw_labels();
    draw_legend();
    return out_ + "</svg>\n";
  }

 private:
  static void add_ends(const Measured& at, std::vector<double>& values) {
    for (const double end : {at.lower, at.value, at.upper})
      if (std::isfinite(end)) values.push_back(end);
  }

  template <class Predicate>
  std::size_t count(Predicate holds) const {
    return static_cast<std::size_t>(std::count_if(plot_.points.begin(), plot_.points.end(), holds));
  }

  double at_x(double value) const { return kLeft + x_.at(value) * (kWidth - kLeft - kRight); }
  double at_y(double value) const { return kHeight - kBottom - y_.at(value) * (kHeight - kTop - kBottom); }

  static std::string named(const PlotAxis& axis, const Scale& scale) {
    return fmt::format("{}{}{} ({}{} is better)", axis.name, scale.unit.empty() ? "" : " in ", scale.unit,
                       scale.logarithmic ? "logarithmic, " : "",
                       axis.better == Metric::Better::lower ? "lower" : "higher");
  }

  void line(double x1, double y1, double x2, double y2, std::string_view style) {
    out_ += fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n",
                        style, x1, y1, x2, y2);
  }

  void draw_axes() {
    const double bottom = kHeight - kBottom;
    for (const double tick : x_.ticks) {
      line(at_x(tick), kTop, at_x(tick), bottom, "grid");
      out_ += fmt::format("<text class=\"soft\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
                          at_x(tick), bottom + 18, x_.label(tick));
    }
    for (const double tick : y_.ticks) {
      line(kLeft, at_y(tick), kWidth - kRight, at_y(tick), "grid");
      out_ += fmt::format("<text class=\"soft\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
                          kLeft - 8, at_y(tick) + 4, y_.label(tick));
    }
    line(kLeft, bottom, kWidth - kRight, bottom, "axis");
    line(kLeft, kTop, kLeft, bottom, "axis");
    out_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
                        (kLeft + kWidth - kRight) / 2, bottom + 40, escaped_xml(named(plot_.x, x_)));
    const double middle = (kTop + bottom) / 2;
    out_ += fmt::format(
        "<text x=\"22\" y=\"{0:.1f}\" text-anchor=\"middle\" transform=\"rotate(-90 22 "
        "{0:.1f})\">{1}</text>\n",
        middle, escaped_xml(named(plot_.y, y_)));
  }

  // The border of what the frontier dominates: from point to point along the worse side.
  void draw_frontier() {
    std::vector<const PlotPoint*> front;
    for (const PlotPoint& point : plot_.points)
      if (point.at.on_frontier) front.push_back(&point);
    if (front.size() < 2) return;
    const bool x_low = plot_.x.better == Metric::Better::lower;
    std::stable_sort(front.begin(), front.end(), [&](const PlotPoint* a, const PlotPoint* b) {
      return x_low ? a->x.value < b->x.value : a->x.value > b->x.value;
    });
    std::string path = fmt::format("M{:.1f} {:.1f}", at_x(front[0]->x.value), at_y(front[0]->y.value));
    for (std::size_t i = 1; i < front.size(); ++i)
      path += fmt::format("H{:.1f}V{:.1f}", at_x(front[i]->x.value), at_y(front[i]->y.value));
    out_ += fmt::format("<path class=\"front\" d=\"{}\"/>\n", path);
  }

  void draw_whiskers(const PlotPoint& point) {
    const double x = at_x(point.x.value);
    const double y = at_y(point.y.value);
    if (std::isfinite(point.x.lower) && point.x.upper > point.x.lower)
      line(at_x(point.x.lower), y, at_x(point.x.upper), y, "whisker");
    if (std::isfinite(point.y.lower) && point.y.upper > point.y.lower)
      line(x, at_y(point.y.lower), x, at_y(point.y.upper), "whisker");
  }

  void draw_point(const PlotPoint& point) {
    const double x = at_x(point.x.value);
    const double y = at_y(point.y.value);
    out_ += fmt::format("<g><title>{}: {} {} {}, {} {} {} ({})</title>", escaped_xml(point.label),
                        escaped_xml(plot_.x.name), x_.label(point.x.value), escaped_xml(x_.unit),
                        escaped_xml(plot_.y.name), y_.label(point.y.value), escaped_xml(y_.unit),
                        name_of(point.at.standing));
    if (point.at.standing == Standing::infeasible) {
      out_ += fmt::format("<path class=\"infeasible\" d=\"M{0:.1f} {1:.1f}l8 8m0 -8l-8 8\"/>", x - 4, y - 4);
    } else if (point.at.standing == Standing::dominated) {
      out_ += fmt::format("<rect class=\"dominated\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"6\" height=\"6\"/>",
                          x - 3, y - 3);
    } else {
      out_ += fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5.5\"/>",
                          name_of(point.at.standing), x, y);
    }
    if (point.knee)
      out_ += fmt::format("<circle class=\"knee\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"10\"/>", x, y);
    out_ += "</g>\n";
  }

  // Beside the points of the frontier, where nothing else is.
  void draw_labels() {
    std::vector<Box> taken;
    for (const PlotPoint& point : plot_.points)
      taken.push_back({at_x(point.x.value) - 6, at_y(point.y.value) - 6, 12, 12});
    for (const PlotPoint& point : plot_.points) {
      if (!point.at.on_frontier || point.label.empty()) continue;
      constexpr std::size_t kLongest = 40;
      const std::string text =
          point.label.size() > kLongest ? point.label.substr(0, kLongest - 3) + "..." : point.label;
      const double width = static_cast<double>(text.size()) * kCharacter;
      const double x = at_x(point.x.value);
      const double y = at_y(point.y.value);
      const std::array<Box, 6> places = {
          Box{x + 9, y - 16, width, 14},         Box{x + 9, y + 5, width, 14},
          Box{x - 9 - width, y - 16, width, 14}, Box{x - 9 - width, y + 5, width, 14},
          Box{x + 9, y - 32, width, 14},         Box{x + 9, y + 21, width, 14}};
      for (const Box& place : places) {
        const bool inside = place.x > kLeft + 2 && place.x + place.width < kWidth - 4 &&
                            place.y > kTop - 14 && place.y + place.height < kHeight - kBottom;
        const bool is_free =
            std::none_of(taken.begin(), taken.end(), [&](const Box& box) { return box.touches(place); });
        if (!inside || !is_free) continue;
        taken.push_back(place);
        out_ += fmt::format("<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", place.x,
                            place.y + 11, escaped_xml(text));
        break;
      }
    }
  }

  void draw_legend() {
    double x = kLeft;
    const double y = kHeight - 22;
    const auto entry = [&](Standing standing, std::string_view text, bool always) {
      const std::size_t n = count([&](const PlotPoint& point) { return point.at.standing == standing; });
      if (n == 0 && !always) return;
      if (standing == Standing::dominated)
        out_ += fmt::format("<rect class=\"dominated\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"6\" height=\"6\"/>",
                            x - 3, y - 7);
      else if (standing == Standing::infeasible)
        out_ += fmt::format("<path class=\"infeasible\" d=\"M{:.1f} {:.1f}l8 8m0 -8l-8 8\"/>", x - 4, y - 8);
      else
        out_ += fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\"/>", name_of(standing),
                            x, y - 4);
      const std::string label = fmt::format("{} ({})", text, n);
      out_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x + 12, y, label);
      x += 12 + static_cast<double>(label.size()) * kCharacter + 18;
    };
    entry(Standing::certain, "frontier, certain", true);
    entry(Standing::possible, "possible within intervals", false);
    entry(Standing::dominated, "dominated", false);
    entry(Standing::infeasible, "misses a condition", false);
    if (count([](const PlotPoint& point) { return point.knee; }) > 0) {
      out_ += fmt::format("<circle class=\"knee\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"6\"/>", x, y - 4);
      out_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">knee</text>\n", x + 12, y);
    }
  }

  const Plot& plot_;
  Scale x_;
  Scale y_;
  std::string out_;
};

}  // namespace

std::string draw_svg(const Plot& plot) { return Drawing(plot).draw(); }

}  // namespace reef::ops
