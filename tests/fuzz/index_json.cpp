// Files of a published registry of any kind: whatever is read can be written and read again as the same.
#include "core/registry/index_json.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reef;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto root = read_root("registry.json", text)) {
    const std::string written = write_root(*root);
    const auto again = read_root("written.json", written);
    // Names of capabilities and tools are not checked; those that JSON would escape are not written.
    if (written.find('\\') == std::string::npos && again && write_root(*again) != written) std::abort();
  } else {
    (void)render(root.error());
  }
  if (const auto package = read_package("ink.json", text, "ink")) {
    const std::string written = write_package(*package);
    const auto again = read_package("written.json", written, "ink");
    if (!again || write_package(*again) != written) std::abort();
    IndexWriter writer(true);
    writer.add(*package);
    const auto index = BinaryIndex::from(writer.finish("fuzz"));
    if (!index) std::abort();
    const auto read = index->package(index->name(0), {});
    if (!read || write_package(*read) != written) std::abort();
  } else {
    (void)render(package.error());
  }
  (void)read_search("search.json", text);
  return 0;
}
