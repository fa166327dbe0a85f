// Records of any kind: whatever is read is written in one form, and read again as the same.
#include "core/model/record.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reef;
  const auto document = json::parse("record.json", std::string(reinterpret_cast<const char*>(data), size));
  if (!document) return 0;
  json::Problems problems;
  const Record record = read_record(*document, problems);
  for (const Error& error : problems.sorted()) (void)render(error);
  if (!problems.empty()) return 0;
  const std::string written = json::write_sorted(to_json(record));
  const auto again = json::parse("written.json", written);
  if (!again) std::abort();
  const Record read = read_record(*again, problems);
  if (!problems.empty() || json::write_sorted(to_json(read)) != written) std::abort();
  return 0;
}
