#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/version.h"

namespace reef {

// When something applies. Every field that is present must hold; an empty condition always holds.
struct Condition {
  std::map<std::string, std::vector<std::string>> with;  // own group -> one of these options
  std::vector<std::string> os;                           // one of
  std::vector<std::string> arch;
  std::vector<std::string> libc;
  std::vector<std::string> accelerator;          // one of these kinds is present
  std::map<std::string, VersionRange> packages;  // in the closure, with a version in the range
  std::vector<Condition> all;
  std::vector<Condition> any;
  std::vector<Condition> negated;  // none of these ("not")

  bool is_always() const;
};

// What conditions are asked about, for one package in one closure.
struct Circumstances {
  std::map<std::string, std::string> options;  // the package's own choices: group -> option
  std::string os;
  std::string arch;
  std::string libc;
  std::vector<std::string> accelerators;
  std::map<std::string, Version> packages;  // everything in the closure, tools too
};

bool holds(const Condition& condition, const Circumstances& circumstances);

// False only when the two can be seen never to hold together: disjoint options of one group, or disjoint os,
// arch or libc, in their conjunctive parts.
bool may_hold_together(const Condition& a, const Condition& b);

// "engine is torch, os is linux or macos", for explanations; "always" when empty.
std::string describe(const Condition& condition);

}  // namespace reef
