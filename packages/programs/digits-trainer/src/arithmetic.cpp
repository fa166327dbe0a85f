#include "arithmetic.h"

#include <cmath>

namespace digits {
namespace {

// ln 2 as a short head, so that n times it is exact, and a tail.
constexpr double kLn2Head = 0x1.62e42feep-1;
constexpr double kLn2Tail = 0x1.a39ef35793c76p-33;
constexpr double kSqrtHalf = 0x1.6a09e667f3bcdp-1;

}  // namespace

std::uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t bits = state_;
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31U);
}

float Random::uniform(float low, float high) {
  const float unit = static_cast<float>(next() >> 40U) * 0x1p-24F;
  return low + (high - low) * unit;
}

double portable_exp(double x) {
  const double n = std::floor(x / (kLn2Head + kLn2Tail) + 0.5);
  const double r = (x - n * kLn2Head) - n * kLn2Tail;
  double sum = 1.0;
  for (int term = 14; term >= 1; --term) sum = 1.0 + sum * r / term;
  return std::ldexp(sum, static_cast<int>(n));  // exact: a power of two
}

double portable_log(double x) {
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);  // exact, in [1/2, 1)
  if (mantissa < kSqrtHalf) {
    mantissa *= 2.0;
    --exponent;
  }
  const double s = (mantissa - 1.0) / (mantissa + 1.0);
  double sum = 0.0;
  for (int power = 25; power >= 1; power -= 2) sum = sum * s * s + 1.0 / power;
  return exponent * kLn2Head + (exponent * kLn2Tail + 2.0 * s * sum);
}

}  // namespace digits
