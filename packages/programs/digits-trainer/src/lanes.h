// One number for each of the 16 images of a batch, as four vectors of four floats.
//
// The images of a batch are the innermost axis of every tensor, so that vector instructions work on
// independent sums: no compiler needs, or is allowed, to reorder an addition, and the bits never change.
#pragma once

#include <cstring>

namespace digits {

inline constexpr int kLanes = 16;

using Quad = float __attribute__((vector_size(16)));  // gcc's and clang's vector extension, on any target

struct Lanes {
  Quad a{}, b{}, c{}, d{};

  static Lanes all(float value) {
    const Quad quad = {value, value, value, value};
    return {quad, quad, quad, quad};
  }

  static Lanes load(const float* from) {
    Lanes lanes;
    std::memcpy(&lanes.a, from, sizeof(Quad));
    std::memcpy(&lanes.b, from + 4, sizeof(Quad));
    std::memcpy(&lanes.c, from + 8, sizeof(Quad));
    std::memcpy(&lanes.d, from + 12, sizeof(Quad));
    return lanes;
  }

  void store(float* to) const { std::memcpy(to, this, sizeof *this); }

  void add(const Lanes& other) {
    a += other.a;
    b += other.b;
    c += other.c;
    d += other.d;
  }

  // this += factor * other
  void add_scaled(float factor, const Lanes& other) {
    const Quad quad = {factor, factor, factor, factor};
    a += quad * other.a;
    b += quad * other.b;
    c += quad * other.c;
    d += quad * other.d;
  }

  // this += left * right
  void add_product(const Lanes& left, const Lanes& right) {
    a += left.a * right.a;
    b += left.b * right.b;
    c += left.c * right.c;
    d += left.d * right.d;
  }

  // The sum of the 16 numbers, in an order that is written down here.
  float sum() const {
    const Quad quad = (a + b) + (c + d);
    return (quad[0] + quad[1]) + (quad[2] + quad[3]);
  }
};

}  // namespace digits
