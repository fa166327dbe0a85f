#include "core/bench/peak.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace reef {
namespace {

constexpr std::size_t kCells = 1200;
constexpr double kLapse = 0.02;
constexpr std::array kWidths = {0.005, 0.01, 0.02, 0.04, 0.08, 0.16};
constexpr double kGradualDoubt = -0.25;  // prior of a width: its fourth root, inverted
constexpr double kBeyond = 4;            // the peak is sought up to this factor outside what was bracketed
constexpr unsigned kLeastProbes = 8;
constexpr unsigned kMostUndecided = 5;  // in a row, once there is something to believe
constexpr unsigned kForCeiling = 2;     // in a row, before
constexpr unsigned kMostHopeless = 3;   // in a row: the first answers of one may all have been unlucky
constexpr unsigned kMostLowered = 4;    // when nothing was valid
constexpr double kCloseEnough = 1.05;   // a ceiling over what was valid

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

double round_to_three(double x) {
  const double scale = std::pow(10, std::floor(std::log10(x)) - 3);
  return std::round(x / scale) * scale;
}

}  // namespace

PeakSearch::PeakSearch(const PeakSettings& settings) : settings_(settings) {}

void PeakSearch::fill_grid() {
  const double low = std::log(std::min(*highest_valid_, *lowest_invalid_) / kBeyond);
  const double high = std::log(std::max(*highest_valid_, *lowest_invalid_) * kBeyond);
  grid_.resize(kCells);
  for (std::size_t i = 0; i < kCells; ++i)
    grid_[i] = low + (high - low) * (static_cast<double>(i) + 0.5) / static_cast<double>(kCells);
}

void PeakSearch::update() {
  belief_.assign(grid_.size(), 0);
  std::vector<double> joint;  // log likelihood, by width then theta
  joint.reserve(grid_.size() * kWidths.size());
  for (const double width : kWidths)
    for (const double theta : grid_) {
      double sum = kGradualDoubt * std::log(width);
      for (const PeakProbe& probe : probes_) {
        if (probe.undecided) continue;
        const double p = kLapse + (1 - 2 * kLapse) * normal_cdf((theta - std::log(probe.rate)) / width);
        sum += std::log(probe.valid ? p : 1 - p);
      }
      joint.push_back(sum);
    }
  const double best = *std::max_element(joint.begin(), joint.end());
  double total = 0;
  for (std::size_t i = 0; i < joint.size(); ++i) {
    const double weight = std::exp(joint[i] - best);
    belief_[i % grid_.size()] += weight;
    total += weight;
  }
  for (double& cell : belief_) cell /= total;
}

double PeakSearch::quantile(double part) const {
  double below = 0;
  for (std::size_t i = 0; i < grid_.size(); ++i) {
    below += belief_[i];
    if (below >= part) return std::exp(grid_[i]);
  }
  return std::exp(grid_.back());
}

std::optional<double> PeakSearch::next() {
  if (probes_.size() >= settings_.most_probes || undecided_ >= kMostUndecided) return std::nullopt;
  if (!highest_valid_ && !lowest_invalid_) return ceiling_ ? next_below(*ceiling_) : settings_.start;
  if (!highest_valid_) {
    if (hopeless_ >= kMostHopeless) return std::nullopt;
    const double rate = *lowest_invalid_ / 2;
    return rate < settings_.least ? std::nullopt : std::optional(rate);
  }
  if (!lowest_invalid_ && ceiling_) return next_below(*ceiling_);
  if (!lowest_invalid_) {
    const double rate = *highest_valid_ * 2;
    return rate > settings_.most ? std::nullopt : std::optional(rate);
  }
  const double ratio = quantile(0.975) / quantile(0.025);
  if (probes_.size() >= kLeastProbes && std::log(ratio) / 2 <= settings_.resolution) return std::nullopt;
  return round_to_three(quantile(0.5));
}

void PeakSearch::tell(const PeakProbe& probe) {
  probes_.push_back(probe);
  undecided_ = probe.undecided ? undecided_ + 1 : 0;
  hopeless_ = probe.hopeless ? hopeless_ + 1 : 0;
  if (probe.undecided) {
    if (lowest_invalid_ || undecided_ < kForCeiling) return;
    ceiling_ = probe.rate;
    undecided_ = 0;
    ++lowered_;
    return;
  }
  const bool bracketed = highest_valid_ && lowest_invalid_;
  if (probe.valid)
    highest_valid_ = std::max(highest_valid_.value_or(0), probe.rate);
  else
    lowest_invalid_ = std::min(lowest_invalid_.value_or(HUGE_VAL), probe.rate);
  if (!highest_valid_ || !lowest_invalid_) return;
  if (!bracketed) fill_grid();
  update();
}

std::optional<double> PeakSearch::gave_up_at() const {
  if (!lowest_invalid_) return ceiling_;
  return undecided_ >= kMostUndecided ? std::optional(probes_.back().rate) : std::nullopt;
}

std::optional<double> PeakSearch::next_below(double ceiling) const {
  // Once more what was undecided but once.
  if (undecided_ > 0) return probes_.back().rate;
  if (!highest_valid_) return lowered_ >= kMostLowered ? std::nullopt : std::optional(ceiling / 2);
  if (ceiling <= *highest_valid_ * kCloseEnough) return std::nullopt;
  return round_to_three(std::sqrt(*highest_valid_ * ceiling));
}

PeakEstimate PeakSearch::estimate() const {
  PeakEstimate out;
  out.probes = probes_;
  if (belief_.empty()) return out;
  out.rate = quantile(0.5);
  out.lower = quantile(0.025);
  out.upper = quantile(0.975);
  return out;
}

}  // namespace reef
