// Locks of any kind: whatever is read is written in one form, and read again as the same.
#include <cstdint>
#include <cstdlib>

#include "core/model/lockfile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reef;
  const auto document = json::parse("reef.lock", std::string(reinterpret_cast<const char*>(data), size));
  if (!document) return 0;
  json::Problems problems;
  Lockfile lock = read_lockfile(*document, problems);
  for (const Error& error : problems.sorted()) (void)render(error);
  if (!problems.empty()) return 0;
  normalize(lock);
  const std::string written = write_lockfile(lock);
  const auto again = json::parse("written.lock", written);
  if (!again) std::abort();
  const Lockfile read = read_lockfile(*again, problems);
  if (!problems.empty() || write_lockfile(read) != written || !differences(lock, read).empty()) std::abort();
  return 0;
}
