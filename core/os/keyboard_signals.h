#pragma once

#include <csignal>

namespace reef {

// As system(3): what is typed goes to the child, and we wait for what it makes of it. A SIGINT that somebody
// sends to us alone is handled as before. Children do not inherit it. For the files of this folder only.
class KeyboardSignals {
 public:
  KeyboardSignals();
  ~KeyboardSignals();
  KeyboardSignals(const KeyboardSignals&) = delete;
  KeyboardSignals& operator=(const KeyboardSignals&) = delete;

 private:
  struct sigaction interrupt_ {};
  struct sigaction quit_ {};
};

}  // namespace reef
