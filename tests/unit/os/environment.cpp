#include "core/os/environment.h"

#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef {
namespace {

using test::value;

TEST_CASE("the environment is read with everything behind the first equals sign") {
  std::array<std::string, 6> texts = {"A=1", "B=x=y\nz", "EMPTY=", "none", "=C:=odd", "A=2"};
  std::vector<char*> entries;
  for (std::string& text : texts) entries.push_back(text.data());
  entries.push_back(nullptr);
  const Environment env = read_environment(entries.data());
  CHECK(env == Environment{{"A", "1"}, {"B", "x=y\nz"}, {"EMPTY", ""}, {"=C:", "odd"}});
  CHECK(read_environment(nullptr).empty());
}

TEST_CASE("an empty variable counts as absent") {
  const Environment env = {{"A", "x"}, {"EMPTY", ""}};
  CHECK(get_or(env, "A", "fallback") == "x");
  CHECK(get_or(env, "EMPTY", "fallback") == "fallback");
  CHECK(get_or(env, "NONE", "fallback") == "fallback");
}

TEST_CASE("without HOME the password database knows the home folder") {
  CHECK(home_folder({{"HOME", "/a b"}}) == Path("/a b"));
  CHECK(home_folder({}).has_value());
  CHECK(home_folder({{"HOME", ""}}) == home_folder({}));
}

TEST_CASE("the running program knows its own file") {
  const Path self = value(own_executable());
  CHECK(self.is_absolute());
  CHECK(self.filename() == "unit_os");
  CHECK(is_executable(*make_disk(), self));
}

TEST_CASE("a current folder that was removed is an error") {
  const Path before = value(current_folder());
  test::ScratchFolder scratch;
  test::succeeds(scratch.disk().make_folder(scratch / "gone"));
  REQUIRE(chdir((scratch / "gone").c_str()) == 0);
  CHECK(value(current_folder()) == scratch / "gone");
  test::succeeds(scratch.disk().remove_folder(scratch / "gone"));
  const auto gone = current_folder();
  REQUIRE(chdir(before.c_str()) == 0);
  REQUIRE(!gone);
  CHECK(render(gone.error()) ==
        "error: the current folder was removed\nhint: change to one that exists: `cd`\n");
}

TEST_CASE("a pipe is no terminal and has the usual width") {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  CHECK_FALSE(is_terminal(ends[0]));
  CHECK(terminal_width(ends[0]) == 80);
  CHECK_FALSE(is_terminal(-1));
  for (const int end : ends) close(end);
  CHECK(processor_count() >= 1);
}

}  // namespace
}  // namespace reef
