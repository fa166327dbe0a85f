#include <catch2/catch.hpp>

#include "tests/unit/fetch/bench.h"

using namespace reef;
using namespace reef::test;

TEST_CASE("a file of the package is used where it is, its digest and size checked") {
  Bench bench;
  bench.write(bench.package() / "src/größe.txt", "content");
  Source source = path_source("src/größe.txt");
  source.sha256 = sha256("content");
  source.size = 7;
  const auto fetched = bench.fetch(source);
  REQUIRE(fetched);
  CHECK(fetched->path == bench.package() / "src/größe.txt");
  CHECK(fetched->digest == sha256("content"));
  CHECK(fetched->bytes == 7);
  CHECK(bench.cached().empty());

  source.size = 8;
  CHECK(bench.error_of(source).starts_with(
      "error: `src/größe.txt` has the wrong size: expected 8 bytes, got 7\n"));
  source.size.reset();
  source.sha256 = sha256("other");
  CHECK(bench.error_of(source).starts_with("error: `src/größe.txt` has the wrong digest: expected " +
                                           sha256("other").hex() + ", got " + sha256("content").hex() +
                                           "\n"));
}

TEST_CASE("a folder's digest covers its names and contents, but not .git") {
  Bench bench;
  bench.write(bench.package() / "a.txt", "1");
  bench.write(bench.package() / "sub/b.txt", "22");
  REQUIRE(bench.fs->make_symlink("sub/b.txt", bench.package() / "link"));
  const auto first = bench.fetch(path_source("."));
  REQUIRE(first);
  CHECK(first->is_tree);
  CHECK(first->bytes == 3);
  bench.write(bench.package() / ".git/HEAD", "x");
  CHECK(bench.fetch(path_source("."))->digest == first->digest);
  bench.write(bench.package() / "sub/b.txt", "23");
  CHECK(bench.fetch(path_source("."))->digest != first->digest);
}

TEST_CASE("paths out of the package folder are refused, through links, too") {
  Bench bench;
  bench.write(bench.root / "outside.txt", "secret");
  bench.write(bench.package() / "dir/inside.txt", "x");
  REQUIRE(bench.fs->make_symlink("../outside.txt", bench.package() / "link"));
  REQUIRE(bench.fs->make_symlink("..", bench.package() / "up"));
  const std::string outside = (bench.root / "outside.txt").string();
  CHECK(bench.error_of(path_source("../outside.txt")) ==
        "error: the path `../outside.txt` is outside the package folder\n");
  CHECK(bench.error_of(path_source("dir/../../outside.txt")) ==
        "error: the path `dir/../../outside.txt` is outside the package folder\n");
  CHECK(bench.error_of(path_source("/etc/passwd")) ==
        "error: the path `/etc/passwd` is outside the package folder\n");
  CHECK(bench.error_of(path_source("link")) ==
        "error: the path `link` leads out of the package folder, to `" + outside + "`\n");
  CHECK(bench.error_of(path_source("up/outside.txt")) ==
        "error: the path `up/outside.txt` leads out of the package folder, to `" + outside + "`\n");
  CHECK(bench.error_of(path_source("no/such")) ==
        "error: the package has no file `no/such`\n  while looking in `" + bench.package().string() + "`\n");
}

TEST_CASE("a folder with a link out of the package is refused") {
  Bench bench;
  bench.write(bench.package() / "dir/x", "x");
  const Path link = bench.package() / "dir/link";
  const auto error_with = [&](const std::string& target) {
    (void)bench.fs->remove_file(link);
    (void)bench.fs->make_symlink(target, link);
    return bench.error_of(path_source("dir"));
  };
  const auto refusal = [&](const std::string& target) {
    return "error: the link `" + link.string() + "` leads out of the package folder, to `" + target + "`\n";
  };
  CHECK(error_with("../dir/x") == "fetched");
  CHECK(error_with("nothing") == "fetched");
  CHECK(error_with("../..") == refusal("../.."));
  CHECK(error_with("../../nothing") == refusal("../../nothing"));
  CHECK(error_with((bench.package() / "dir/x").string()) == refusal((bench.package() / "dir/x").string()));
}
