// Binary indexes of any bytes, as they are and with their checksums made right: all that can be asked of one
// ends in an answer, inside its bytes.
#include <cstdint>
#include <cstdlib>

#include "core/registry/binary_index.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reef;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto index = BinaryIndex::from(bytes)) (void)index->read_all();
  if (!reseal(bytes)) return 0;
  if (const auto index = BinaryIndex::from(bytes)) {
    (void)index->read_all();
    (void)index->names(false);
    (void)index->find("ink");
    (void)index->providers("colour");
  }
  return 0;
}
