// What `reef` is to a library under test: the process that it is loaded into.
#include "core/bench/library_host.h"

using namespace reef;

int main() {
  static Cancellation cancel;
  install_signal_handlers(cancel);
  return host_library(*make_disk(), *make_system_clock(), cancel);
}
