// What is only named in a comment is no problem: getenv, std::cout, fork().
#pragma once

#include <string>

#include "core/base/error.h"

inline const char* kText = "std::cout << getenv(\"HOME\"); exit(1)";
inline const char* kRaw = R"(#include "cli/main.h" popen("true"))";
struct Machine {
  void open(int);
};
inline void use(Machine& machine) {
  machine.open(1'000);
}
