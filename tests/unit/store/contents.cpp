#include "core/store/contents.h"

#include <catch2/catch.hpp>

#include "core/os/replace.h"
#include "tests/support/scratch_folder.h"

namespace reef::store {
namespace {

TEST_CASE("contents are names, bytes, executable bits and link targets, and nothing else") {
  test::ScratchFolder scratch;
  const Path file = scratch.write("a/plain", "bytes");
  scratch.write("a/new\nline", "", 0755);
  REQUIRE(scratch.disk().make_symlink("a/plain", scratch / "link"));
  const Contents before = read_contents(scratch.disk(), scratch.path()).value();
  CHECK(before.files == 2);
  CHECK(before.bytes == 5);

  REQUIRE(scratch.disk().set_mtime(file, 0));
  REQUIRE(scratch.disk().set_mode(file, 0400));
  CHECK(read_contents(scratch.disk(), scratch.path()).value().digest() == before.digest());

  REQUIRE(scratch.disk().set_mode(file, 0500));
  REQUIRE(scratch.disk().remove_file(scratch / "link"));
  scratch.write("extra", "");
  const Contents now = read_contents(scratch.disk(), scratch.path()).value();
  CHECK(differences(before, now) ==
        std::vector<std::string>{"`a/plain` became executable", "`extra` was added", "`link` is gone"});
  CHECK(now.digest() != before.digest());
  CHECK(differences(before, parse_contents(write_contents(before)).value()).empty());
}

TEST_CASE("a list of contents that was cut anywhere is refused or is another list") {
  Contents contents;
  contents.entries = {{"a", "folder"}, {"a/b", "link c"}, {"d", "file " + sha256("d").hex()}};
  const std::string text = write_contents(contents);
  for (std::size_t size = 1; size < text.size(); ++size) {
    const auto parsed = parse_contents(text.substr(0, size));
    CHECK((!parsed || parsed->entries.size() < contents.entries.size()));
  }
}

TEST_CASE("relocating replaces every path in files of any kind and in links, and touches no other file") {
  test::ScratchFolder scratch;
  const std::string from = "/home/u/stage/0123";
  const std::string to = "/home/u/store/0123";
  // Pieces are 1 MiB: one path lies across the border, one right behind it, one at the very end.
  std::string large((std::size_t{1} << 20U) - 5, '\0');
  large += from + from + std::string(100000, 'x') + from;
  std::string expected = large;
  for (std::size_t at = 0; (at = expected.find(from)) != std::string::npos;)
    expected.replace(at, from.size(), to);
  scratch.write("large.bin", large, 0444);
  scratch.write("script", "#!" + from + "/bin/sh\n", 0755);
  const Path other = scratch.write("other", "/home/u/stage/012");
  REQUIRE(scratch.disk().set_mtime(other, 1000));
  REQUIRE(scratch.disk().make_symlink(from + "/bin", scratch / "absolute"));
  REQUIRE(scratch.disk().make_symlink("script", scratch / "relative"));

  CHECK(relocate(scratch.disk(), scratch.path(), from, to).value() == 3);
  CHECK((scratch.read("large.bin") == expected));
  CHECK(scratch.disk().stat(scratch / "large.bin")->mode == 0444);
  CHECK(scratch.read("script") == "#!/home/u/store/0123/bin/sh\n");
  CHECK(scratch.disk().read_symlink(scratch / "absolute").value() == "/home/u/store/0123/bin");
  CHECK(scratch.disk().read_symlink(scratch / "relative").value() == "script");
  CHECK(scratch.disk().stat(other)->mtime_ns == 1000);
}

TEST_CASE("replacing by a text of another length is refused and changes nothing") {
  test::ScratchFolder scratch;
  scratch.write("file", "from");
  CHECK_FALSE(replace_in_file(scratch / "file", "from", "longer"));
  CHECK(scratch.read("file") == "from");
}

}  // namespace
}  // namespace reef::store
