// JSON texts of any kind: whatever is read can be written and read again as the same value, and every place
// of a problem lies in the text.
#include "core/base/json.h"

#include <cstdlib>

#include "tests/fuzz/walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reef;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto document = json::parse("fuzz.json", text);
  if (!document) {
    (void)render(document.error());
    return 0;
  }
  const std::string written = json::write_sorted(document->root);
  const auto again = json::parse("written.json", written);
  if (!again || json::write_sorted(again->root) != written) std::abort();
  fuzz::visit_everything(*document);
  return 0;
}
