// `.reef` archives in which one part is anything at all: the tar of a tree, its frames, a text of the head,
// or a few bytes anywhere. Whatever is read ends in an answer; what is good is written again as it was.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

#include "core/archive/read.h"
#include "tests/fuzz/require.h"
#include "tests/unit/archive/make_reef.h"

namespace {

using namespace reef;
using namespace reef::archive;

// A file in memory, by a path that can be opened.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& bytes) : fd_(memfd_create("archive", 0)) {
    require(fd_ >= 0 && write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(fd_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

// Every three bytes of the input change one byte of a good archive.
std::string with_changes(std::string_view input) {
  static const std::string good = test::Made().bytes();
  std::string out = good;
  for (; input.size() >= 4; input.remove_prefix(4)) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(input[i]));
    };
    out[(byte(0) << 16U | byte(1) << 8U | byte(2)) % out.size()] = input[3];
  }
  return out;
}

std::string archive_of(unsigned char part, const std::string& input) {
  test::Made made;
  const auto always = [&](const std::string&) { return input; };
  switch (part % 6) {
    case 0:
      return made.tree(input).bytes();
    case 1:
      return made.layer(input, input.size() * 16).bytes();
    case 2:
      made.change_config = always;
      return made.bytes();
    case 3:
      made.change_manifest = always;
      return made.bytes();
    case 4:
      made.change_index = always;
      return made.bytes();
    default:
      return with_changes(input);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string input(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (const auto config = read_config(input)) require(write_config(*config) == input);
  for (std::size_t at = 0; at + kBlock <= input.size(); at += kBlock) {
    const std::string_view block = std::string_view(input).substr(at, kBlock);
    const auto member = read_header(block);
    if (member && *member) require(write_header(**member).value() == block);
  }
  const MemoryFile file(archive_of(data[0], input));
  InputStream stream = InputStream::open(file.path()).value();
  const auto verified = verify_archive(stream, {1, nullptr});
  if (!verified) (void)render(verified.error());
  return 0;
}
