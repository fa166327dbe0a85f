#include "core/registry/yanked.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "core/registry/build_registry.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/published_registry.h"
#include "tests/support/results.h"
#include "tests/unit/registry/sandbox.h"

namespace reef {
namespace {

using test::succeeds;
using test::value;

const Path kYankedLists = REEF_TEST_DATA;

struct Shelf : test::Sandbox {
  Path caches = folder.path() / "caches";

  Shelf() {
    package("ink-1", "ink", "1.0.0");
    package("ink-2", "ink", "1.1.0");
    package("old", "old", "1.0.0", R"(, "yanked": true)");
  }
  Result<RegistryBuilt> change(const std::string& name, std::string_view version, bool yanked = true) {
    BuildOptions options;
    options.cache = caches;
    options.yank = YankChange{name, value(Version::parse(version)), yanked};
    return build_registry(fs, root, options);
  }
  bool is_yanked(const std::string& name, std::string_view version) {
    const auto registry = value(open_published_registry(fs, root, caches));
    return registry->entry(name, value(Version::parse(version)))->yanked;
  }
  std::string error_of(const Result<RegistryBuilt>& result) {
    REQUIRE_FALSE(result);
    std::string out = render(result.error());
    for (std::size_t at = 0; (at = out.find(root.string())) != std::string::npos;)
      out.replace(at, root.string().size(), "$ROOT");
    return out;
  }
};

}  // namespace

TEST_CASE("every good list of yanked versions is read, every bad one refused with the message beside it") {
  const bool accept = std::getenv("REEF_ACCEPT") != nullptr;
  Shelf shelf;
  for (const char* kind : {"good", "bad"})
    for (const std::string& name : value(shelf.fs.list(kYankedLists / kind / "yanked"))) {
      if (!name.ends_with(".json")) continue;
      INFO(name);
      const Path file = kYankedLists / kind / "yanked" / name;
      succeeds(
          shelf.fs.write_file(shelf.root / kYankedFile, value(shelf.fs.read_file(file, 1 << 20)), false));
      const Result<Yanked> read = read_yanked(shelf.fs, shelf.root);
      if (std::string_view(kind) == "good") {
        CHECK(read);
        continue;
      }
      REQUIRE_FALSE(read);
      std::string problem = render(read.error());
      for (std::size_t at = 0; (at = problem.find(shelf.root.string())) != std::string::npos;)
        problem.replace(at, shelf.root.string().size(), "$ROOT");
      const Path expected = Path(file).concat(".expected");
      if (accept) succeeds(shelf.fs.write_file(expected, problem, false));
      CHECK(problem == value(shelf.fs.read_file(expected, 1 << 20)));
    }
}

TEST_CASE("a yanked version keeps its content and is marked until that is undone") {
  Shelf shelf;
  REQUIRE(build_registry(shelf.fs, shelf.root, {shelf.caches}));
  const Version newest = value(Version::parse("1.1.0"));
  const Digest before =
      value(value(open_published_registry(shelf.fs, shelf.root, shelf.caches))->digest("ink", newest));
  CHECK_FALSE(shelf.is_yanked("ink", "1.1.0"));
  CHECK(value(shelf.change("ink", "1.1.0")).changed);
  CHECK(shelf.is_yanked("ink", "1.1.0"));
  CHECK_FALSE(shelf.is_yanked("ink", "1.0.0"));
  CHECK_FALSE(value(shelf.change("ink", "1.1.0")).changed);
  // A build without the change keeps the mark.
  REQUIRE(build_registry(shelf.fs, shelf.root, {shelf.caches}));
  CHECK(shelf.is_yanked("ink", "1.1.0"));
  CHECK(value(value(open_published_registry(shelf.fs, shelf.root, shelf.caches))->digest("ink", newest)) ==
        before);
  CHECK(value(shelf.change("ink", "1.1.0", false)).changed);
  CHECK_FALSE(shelf.is_yanked("ink", "1.1.0"));
  CHECK(value(read_yanked(shelf.fs, shelf.root)).empty());
}

TEST_CASE("only versions that are there are yanked") {
  Shelf shelf;
  CHECK(shelf.error_of(shelf.change("inc", "1.0.0")) ==
        "error: there is no package `inc` in `$ROOT`\nhint: did you mean `ink`?\n");
  CHECK(shelf.error_of(shelf.change("ink", "9.0.0")) ==
        "error: `ink` 9.0.0 is not in `$ROOT`\nhint: there is `1.1.0` and `1.0.0`\n");
  CHECK(shelf.error_of(shelf.change("old", "1.0.0", false)) ==
        "error: `old` 1.0.0 is yanked by its own manifest, which never changes\nhint: publish another "
        "version\n");
  CHECK_FALSE(exists(shelf.fs, shelf.root / kYankedFile));
}

TEST_CASE("a build is refused when what was yanked is gone") {
  Shelf shelf;
  for (const char* text :
       {R"({"format": 1, "yanked": {"ink": ["9.0.0"]}})", R"({"format": 1, "yanked": {"inc": ["9.0.0"]}})"}) {
    succeeds(shelf.fs.write_file(shelf.root / kYankedFile, text, false));
    CHECK_THAT(shelf.error_of(build_registry(shelf.fs, shelf.root, {shelf.caches})),
               Catch::Contains(" 9.0.0, which is not in `$ROOT`\nhint: remove it from `$ROOT/yanked.json`"));
  }
  CHECK_FALSE(exists(shelf.fs, shelf.root / kRegistryRoot));
}

}  // namespace reef
