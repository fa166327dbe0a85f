#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "tests/bench/resolve/problem.h"

namespace reef::bench {
namespace {

// Python's generator (MT19937, seeded by an array of one number) and the two ways it draws here, so that the
// random universes are the ones that others measured.
class PythonRandom {
 public:
  explicit PythonRandom(std::uint32_t seed) {
    state_[0] = 19650218U;
    for (std::uint32_t i = 1; i < kSize; ++i)
      state_[i] = 1812433253U * (state_[i - 1] ^ (state_[i - 1] >> 30)) + i;
    std::uint32_t i = 1;
    for (std::uint32_t k = 0; k < kSize; ++k) {
      state_[i] = (state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * 1664525U)) + seed;
      next_place(i);
    }
    for (std::uint32_t k = 1; k < kSize; ++k) {
      state_[i] = (state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * 1566083941U)) - i;
      next_place(i);
    }
    state_[0] = 0x80000000U;
  }

  std::uint32_t below(std::uint32_t n) {
    std::uint32_t bits = 0;
    while (n >> bits) ++bits;
    std::uint32_t drawn = draw() >> (32 - bits);
    while (drawn >= n) drawn = draw() >> (32 - bits);
    return drawn;
  }
  std::uint32_t between(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1); }
  std::vector<std::uint32_t> sample(std::uint32_t n, std::size_t count) {
    std::vector<std::uint32_t> out;
    while (out.size() < count) {
      const std::uint32_t drawn = below(n);
      if (std::find(out.begin(), out.end(), drawn) == out.end()) out.push_back(drawn);
    }
    return out;
  }

 private:
  static constexpr std::uint32_t kSize = 624;
  static constexpr std::uint32_t kShift = 397;

  void next_place(std::uint32_t& i) {
    if (++i < kSize) return;
    state_[0] = state_[kSize - 1];
    i = 1;
  }

  std::uint32_t draw() {
    if (at_ == kSize) {
      for (std::uint32_t i = 0; i < kSize; ++i) {
        const std::uint32_t y = (state_[i] & 0x80000000U) | (state_[(i + 1) % kSize] & 0x7fffffffU);
        state_[i] = state_[(i + kShift) % kSize] ^ (y >> 1) ^ (y & 1U ? 0x9908b0dfU : 0U);
      }
      at_ = 0;
    }
    std::uint32_t y = state_[at_++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    return y ^ (y >> 18);
  }

  std::array<std::uint32_t, kSize> state_{};
  std::uint32_t at_ = kSize;
};

class Maker {
 public:
  explicit Maker(std::string title) { problem_.title = std::move(title); }
  AnyOf any(const std::string& name) { return {{problem_.id(name), 0, Atom::kEnd}}; }
  AnyOf only(const std::string& name, std::uint32_t v) { return {{problem_.id(name), v, v + 1}}; }
  AnyOf within(const std::string& name, std::uint32_t a, std::uint32_t b) {
    return {{problem_.id(name), a, b}};
  }
  void add(const std::string& name, std::uint32_t version, std::vector<AnyOf> needs = {}) {
    problem_.add(name, version, std::move(needs));
  }
  Problem with_roots(std::vector<AnyOf> roots) {
    problem_.roots = std::move(roots);
    return std::move(problem_);
  }

 private:
  Problem problem_;
};

std::string numbered(const char* name, std::uint32_t i) { return fmt::format("{}{}", name, i); }

// Every version of a level needs any version of the next; the last level does not exist.
Problem equivalent(std::uint32_t depth, std::uint32_t versions, bool solvable) {
  Maker make(fmt::format("equiv_{}_{}x{}", solvable ? "sat" : "unsat", depth, versions));
  for (std::uint32_t level = 0; level < depth; ++level)
    for (std::uint32_t v = 1; v < versions; ++v)
      make.add(numbered("level", level), v, {make.any(numbered("level", level + 1))});
  if (solvable) make.add("level0", 0);
  return make.with_roots({make.any("level0")});
}

Problem deep_traps(std::uint32_t depth, std::uint32_t versions) {
  Maker make(fmt::format("deep_traps_{}x{}", depth, versions));
  for (std::uint32_t level = 0; level <= depth; ++level)
    for (std::uint32_t v = 1; v < versions; ++v)
      make.add(
          numbered("trap", level), v,
          level < depth ? std::vector<AnyOf>{make.any(numbered("trap", level + 1))} : std::vector<AnyOf>());
  for (std::uint32_t v = 1; v < versions + 10; ++v) make.add("cloaking", v, {make.only("bad", 1)});
  return make.with_roots({make.any("trap0"), make.any("cloaking")});
}

// Clients that each need their own version of one core; the last of them is old.
Problem lockstep(std::uint32_t clients, std::uint32_t versions) {
  Maker make(fmt::format("lockstep_{}x{}", clients, versions));
  std::vector<AnyOf> roots;
  for (std::uint32_t v = 0; v < versions; ++v) make.add("core", v);
  for (std::uint32_t i = 0; i < clients; ++i) {
    for (std::uint32_t v = 0; v < versions; ++v) make.add(numbered("c", i), v, {make.only("core", v)});
    roots.push_back(make.any(numbered("c", i)));
  }
  for (std::uint32_t v = 0; v < 4; ++v) make.add("old", v, {make.only("core", v)});
  roots.push_back(make.any("old"));
  return make.with_roots(roots);
}

Problem pigeonhole(std::uint32_t pigeons) {
  Maker make(fmt::format("pigeonhole_{}", pigeons));
  std::vector<AnyOf> roots;
  for (std::uint32_t i = 0; i < pigeons; ++i) {
    for (std::uint32_t hole = 1; hole < pigeons; ++hole)
      make.add(numbered("pigeon", i), hole, {make.only(numbered("hole", hole), i)});
    roots.push_back(make.any(numbered("pigeon", i)));
  }
  for (std::uint32_t hole = 1; hole < pigeons; ++hole)
    for (std::uint32_t i = 0; i < pigeons; ++i) make.add(numbered("hole", hole), i);
  return make.with_roots(roots);
}

// Random 3-SAT at the ratio where it is hardest: a clause is a package whose versions are its literals.
Problem random_3sat(std::uint32_t variables, PythonRandom& random) {
  Maker make(fmt::format("rand3sat_{}", variables));
  const std::uint32_t clauses = variables * 426 / 100;
  std::vector<AnyOf> roots;
  for (std::uint32_t i = 0; i < variables; ++i)
    for (std::uint32_t v = 0; v < 2; ++v) make.add(numbered("x", i), v);
  for (std::uint32_t c = 0; c < clauses; ++c) {
    const auto chosen = random.sample(variables, 3);
    for (std::uint32_t k = 0; k < 3; ++k)
      make.add(numbered("c", c), k, {make.only(numbered("x", chosen[k]), random.between(0, 1))});
    roots.push_back(make.any(numbered("c", c)));
  }
  return make.with_roots(roots);
}

Problem ladder(std::uint32_t rungs, std::uint32_t versions) {
  Maker make(fmt::format("ladder_{}x{}", rungs, versions));
  for (std::uint32_t i = 0; i < rungs; ++i)
    for (std::uint32_t v = 1; v <= versions; ++v)
      make.add(numbered("a", i), v,
               {make.within(numbered("a", i + 1), v > 3 ? v - 3 : 0, v + 1),
                make.within("s", 0, versions - v + 2)});
  for (std::uint32_t v = 1; v <= versions; ++v) make.add(numbered("a", rungs), v);
  for (std::uint32_t v = 1; v <= versions; ++v)
    make.add("s", v, {make.within("a0", versions > v + 1 ? versions - v - 1 : 0, Atom::kEnd)});
  return make.with_roots({make.any("a0"), make.any("s")});
}

// A puzzle with 17 clues: a cell's versions are its digits; a digit in a row, column or box has one place.
Problem sudoku() {
  constexpr std::string_view kClues =
      "000000010400000000020000000000050407008000300001090000300400200050100000000806000";
  Maker make("sudoku17");
  const auto place = [](const char* unit, std::uint32_t i, std::uint32_t k) {
    return fmt::format("{}{}_{}", unit, i, k);
  };
  std::vector<AnyOf> roots;
  for (std::uint32_t i = 0; i < 81; ++i) {
    const std::uint32_t r = i / 9;
    const std::uint32_t c = i % 9;
    const std::string cell = fmt::format("cell{}{}", r, c);
    for (std::uint32_t k = 1; k <= 9; ++k)
      make.add(cell, k,
               {make.only(place("row", r, k), c), make.only(place("col", c, k), r),
                make.only(place("box", r / 3 * 3 + c / 3, k), r % 3 * 3 + c % 3)});
    const auto clue = static_cast<std::uint32_t>(kClues[i] - '0');
    roots.push_back(clue ? make.only(cell, clue) : make.within(cell, 1, 10));
  }
  for (const char* unit : {"row", "col", "box"})
    for (std::uint32_t i = 0; i < 9; ++i)
      for (std::uint32_t k = 1; k <= 9; ++k)
        for (std::uint32_t j = 0; j < 9; ++j) make.add(place(unit, i, k), j);
  return make.with_roots(roots);
}

// Many packages of many versions, each with windows on several later ones.
Problem web(std::uint32_t packages, std::uint32_t versions, std::uint32_t needs, std::uint32_t seed) {
  Maker make(fmt::format("web_{}x{}", packages, versions));
  PythonRandom random(seed);
  for (std::uint32_t p = 0; p < packages; ++p) {
    std::set<std::uint32_t> others;
    for (std::uint32_t i = 0; p + 1 < packages && i < needs; ++i)
      others.insert(random.between(p + 1, std::min(packages, p + 60) - 1));
    for (std::uint32_t v = 1; v <= versions; ++v) {
      std::vector<AnyOf> list;
      for (const std::uint32_t other : others) {
        const std::uint32_t back = random.between(5, 40);
        const std::uint32_t on = random.between(1, 20);
        list.push_back(make.within(numbered("p", other), v > back ? v - back : 0, v + on));
      }
      make.add(numbered("p", p), v, list);
    }
  }
  std::vector<AnyOf> roots;
  for (std::uint32_t i = 0; i < 10; ++i) roots.push_back(make.any(numbered("p", i)));
  return make.with_roots(roots);
}

}  // namespace

std::vector<Problem> hard_problems() {
  std::vector<Problem> out;
  for (const auto& [depth, versions] : {std::pair(50U, 30U), std::pair(200U, 100U)})
    for (const bool solvable : {false, true}) out.push_back(equivalent(depth, versions, solvable));
  out.push_back(deep_traps(200, 100));
  out.push_back(lockstep(20, 100));
  out.push_back(lockstep(40, 400));
  for (std::uint32_t pigeons = 6; pigeons <= 10; ++pigeons) out.push_back(pigeonhole(pigeons));
  PythonRandom random(42);
  for (const std::uint32_t variables : {30U, 50U, 75U, 100U, 150U})
    out.push_back(random_3sat(variables, random));
  out.push_back(ladder(30, 40));
  out.push_back(ladder(60, 100));
  out.push_back(sudoku());
  out.push_back(web(300, 300, 8, 1));
  out.push_back(web(1000, 100, 10, 2));
  return out;
}

Problem usual_project(bool solvable) {
  constexpr std::uint32_t kNames = 1000;
  constexpr std::uint32_t kVersions = 8;
  Maker make(solvable ? "usual project" : "usual project, two of it disagree");
  PythonRandom random(7);
  // Each needs a few of those that come later, mostly the popular ones at the end.
  for (std::uint32_t p = 0; p < kNames; ++p) {
    std::set<std::uint32_t> others;
    for (std::uint32_t i = 0, n = random.below(5); i < n && p < kNames - 60; ++i)
      others.insert(random.below(3) ? random.between(kNames - 45, kNames - 1)
                                    : random.between(p + 1, kNames - 1));
    for (std::uint32_t v = 1; v <= kVersions; ++v) {
      std::vector<AnyOf> list;
      for (const std::uint32_t other : others)
        list.push_back(make.within(numbered("p", other), v > 3 ? v - 3 : 0, v + 2));
      make.add(numbered("p", p), v, list);
    }
  }
  std::vector<AnyOf> roots;
  for (std::uint32_t i = 0; i < 16; ++i) roots.push_back(make.any(numbered("p", i * 50)));
  if (!solvable) {
    make.add("left", 1, {make.only("shared", 1)});
    make.add("right", 1, {make.only("shared", 2)});
    make.add("shared", 1);
    make.add("shared", 2);
    roots.push_back(make.any("left"));
    roots.push_back(make.any("right"));
  }
  return make.with_roots(roots);
}

}  // namespace reef::bench
