// YAML texts of any kind: whatever is read is a value that JSON can hold.
#include <cstdlib>

#include "core/base/json.h"
#include "tests/fuzz/walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reef;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto document = json::parse_yaml("fuzz.yaml", text);
  if (!document) {
    (void)render(document.error());
    return 0;
  }
  const auto again = json::parse("written.json", json::write_sorted(document->root));
  if (!again || json::write_sorted(again->root) != json::write_sorted(document->root)) std::abort();
  fuzz::visit_everything(*document);
  return 0;
}
