// Random numbers, exp and log that give the same bits with every compiler, flag and C library.
//
// Everything here is plain IEEE 754 double or integer arithmetic in a fixed order: compile with
// -ffp-contract=off, without -ffast-math, for a target whose doubles are doubles (not the x87).
#pragma once

#include <cstdint>

namespace digits {

// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();

  // Uniform in [low, high), on a grid of 2^24 values.
  float uniform(float low, float high);

  // Uniform in 0..bound-1; the modulo's bias is below bound / 2^64.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

// e^x for -700 <= x <= 700, to within a few units in the last place: x = n ln 2 + r, Taylor series in r.
double portable_exp(double x);

// ln x for normal x > 0, to within a few units in the last place: x = m 2^n with m in [sqrt(1/2), sqrt(2)),
// ln m = 2 artanh((m - 1) / (m + 1)) by its series.
double portable_log(double x);

}  // namespace digits
