#include "core/os/shared_library.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef {
namespace {

#ifdef __APPLE__
constexpr const char* kMath = "libm.dylib";
#else
constexpr const char* kMath = "libm.so.6";
#endif

TEST_CASE("a function of a library that is loaded can be called") {
  const auto library = test::value(SharedLibrary::load({"libm", {kMath}, "libc6"}));
  double (*root)(double) = nullptr;
  test::succeeds(library.find("sqrt", root));
  REQUIRE(root != nullptr);
  CHECK(root(9.0) == 3.0);
}

TEST_CASE("the files of a library are tried in order") {
  CHECK(SharedLibrary::load({"libm", {"libreef-none.so.1", kMath}, "libc6"}).has_value());
}

TEST_CASE("a missing library is an error that says what to install") {
  const auto none = SharedLibrary::load({"libnone", {"libreef-none.so.1", "libreef-none.so.0"}, "libnone1"});
  REQUIRE(!none);
  CHECK(none.error().code() == ErrorCode::not_found);
  const std::string text = render(none.error());
  CAPTURE(text);
  CHECK(text.starts_with("error: cannot load the library `libnone`: "));
  CHECK(text.find("libreef-none.so.1") < text.find("libreef-none.so.0"));
  CHECK(text.ends_with("\nhint: install it; on Debian, `apt-get install libnone1`\n"));
}

TEST_CASE("a file that is no library is an error") {
  test::ScratchFolder scratch;
  const Path file = scratch / "libtext.so.1";
  test::succeeds(scratch.disk().write_file(file, std::string(4096, 'x'), false));
  const auto text = SharedLibrary::load({"libtext", {file.string()}, "libtext1"});
  REQUIRE(!text);
  CHECK(text.error().message().starts_with("cannot load the library `libtext`: " + file.string()));
}

TEST_CASE("a missing function is an error that names it and leaves the pointer alone") {
  const auto library = test::value(SharedLibrary::load({"libm", {kMath}, "libc6"}));
  double (*function)(double) = std::fabs;
  const Status none = library.find("reef_no_such_function", function);
  REQUIRE(!none);
  CHECK(render(none.error()) ==
        "error: the library `libm` has no function `reef_no_such_function`\n"
        "hint: install a newer one; on Debian, `apt-get install libc6`\n");
  CHECK(function(-9.0) == 9.0);
}

}  // namespace
}  // namespace reef
