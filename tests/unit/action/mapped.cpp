#include "core/action/mapped.h"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "core/os/process.h"
#include "tests/support/scratch_folder.h"

namespace reef::action {
namespace {

TEST_CASE("only files with executable code count, under their own names") {
  const char* maps =
      "55d0c0000000-55d0c0001000 r--p 00000000 08:01 131 /usr/bin/app\n"
      "55d0c0001000-55d0c0002000 r-xp 00001000 08:01 131 /usr/bin/app\n"
      "7f0000000000-7f0000001000 r--p 00000000 08:01 132                        /usr/share/data.bin\n"
      "7f0000001000-7f0000002000 r-xp 00000000 08:01 133                        /opt/my libs/libblas.so.3\n"
      "7f0000002000-7f0000003000 r-xp 00000000 08:01 133                        /opt/my libs/libblas.so.3\n"
      "7f0000003000-7f0000004000 r-xp 00000000 08:01 134                        /tmp/old.so (deleted)\n"
      "7f0000004000-7f0000005000 r-xp 00000000 08:01 135                        /tmp/a\\012b.so\n"
      "7f0000005000-7f0000006000 rwxp 00000000 00:00 0 \n"
      "7ffd00000000-7ffd00001000 r-xp 00000000 00:00 0                          [vdso]\n"
      "a line that is cut";
  CHECK(executable_mappings(maps) ==
        std::vector<std::string>{"/opt/my libs/libblas.so.3", "/tmp/a\nb.so", "/tmp/old.so", "/usr/bin/app"});
}

TEST_CASE("a running child and its children show the libraries that they really mapped") {
  const auto disk = make_disk();
  ProcessSpec spec;
  // bash waits for a child of its own: both are looked at. It reads a line, so that it is there when we look.
  spec.argv = {"bash", "-c", "(echo ready; read line; echo done); exit 0"};
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  const auto child = make_process_runner()->start(spec).value();
  char byte = 0;
  REQUIRE(read(child->output_fd(), &byte, 1) == 1);
  const std::vector<std::string> files = mapped_files(*disk, child->pid()).value();
  CHECK(std::any_of(files.begin(), files.end(),
                    [](const auto& file) { return file.find("/libc.so") != std::string::npos; }));
  CHECK(std::none_of(files.begin(), files.end(), [](const auto& file) { return file.ends_with("/bash"); }));
  child->stop();
  CHECK(mapped_files(*disk, child->pid()).error().code() == ErrorCode::not_found);
}

}  // namespace
}  // namespace reef::action
