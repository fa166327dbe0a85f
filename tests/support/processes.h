#pragma once

#include <csignal>
#include <fstream>
#include <string>
#include <thread>

#include "core/os/process.h"

namespace reef::test {

// Whether a process runs; one that has ended and waits for its parent does not.
inline bool alive(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  const std::size_t name_end = text.rfind(") ");
  return name_end != std::string::npos && text.compare(name_end + 2, 1, "Z") != 0;
}

// Waits at most five seconds.
template <class Condition>
bool comes_true(const Condition& condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

}  // namespace reef::test
