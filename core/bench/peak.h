#pragma once

#include <cstdint>
#include <optional>
#include <vector>

// Finds the highest rate that a system sustains, when each probe of a rate says yes or no and noise makes
// some of the answers wrong. Pure: the caller probes.
namespace reef {

struct PeakSettings {
  double start = 1000;        // queries a second to begin with
  double resolution = 0.03;   // ends when the interval's half width is at most this part of the rate
  unsigned most_probes = 40;  // ... or after so many
  double least = 1e-3;        // rates below are not tried: nothing is sustained
  double most = 1e8;
};

struct PeakProbe {
  double rate = 0;
  bool valid = false;
  bool undecided = false;  // invalid, but by the fault of whoever probes: no evidence
  std::uint64_t queries = 0;
  std::optional<double> latency;  // seconds, the bound's percentile
  // Invalid, and even the fastest answer was too slow: so it is at any rate. Not in records.
  bool hopeless = false;
};

// The rate at which half of the probes are valid.
struct PeakEstimate {
  std::optional<double> rate;  // posterior median; absent: no rate was valid, or every one
  double lower = 0;            // 95 % credible interval
  double upper = 0;
  // The highest rate of those tried around `lower` at which a whole measurement was VALID: what one can
  // rely on. Absent when none was.
  std::optional<double> confirmed;
  std::vector<PeakProbe> probes;  // in the order they ran
};

// Ends when three probes in a row are hopeless before any was valid.
//
// Doubles or halves until it has seen both answers, then probes at the median of what it believes. A rate
// that was undecided twice is a ceiling until something is invalid: the search goes on between it and what
// was valid, or below, and ends when they are close.
//
// Belief: P[valid | rate] = e + (1 - 2e) Phi((ln theta - ln rate) / s), a psychometric function as in QUEST+
// (Watson 2017), e = 0.02 for probes that go wrong whatever the rate. theta is the peak, uniform in the
// logarithm over what the first phase left possible; s, how gradual the change is, is one of 0.5 % to 16 %,
// the narrow ones a little likelier. Every probe counts, the first ones too.
class PeakSearch {
 public:
  explicit PeakSearch(const PeakSettings& settings);

  // The rate to probe next; nothing when the search is over.
  std::optional<double> next();
  void tell(const PeakProbe& probe);
  // The rate from which on nobody can tell, when that ended the search.
  std::optional<double> gave_up_at() const;
  PeakEstimate estimate() const;

 private:
  void fill_grid();
  void update();
  double quantile(double part) const;
  std::optional<double> next_below(double ceiling) const;

  PeakSettings settings_;
  std::vector<PeakProbe> probes_;
  unsigned undecided_ = 0;  // in a row, the last ones
  unsigned hopeless_ = 0;   // likewise
  unsigned lowered_ = 0;    // ceilings
  std::optional<double> ceiling_;
  std::optional<double> highest_valid_;
  std::optional<double> lowest_invalid_;
  std::vector<double> grid_;    // ln theta
  std::vector<double> belief_;  // marginal of theta, sums to 1
};

}  // namespace reef
