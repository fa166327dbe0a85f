#include <catch2/catch.hpp>

#include "core/base/text.h"
#include "tests/unit/fetch/bench.h"

using namespace reef;
using namespace reef::test;

namespace {

// Fetches and lays out; the names in the result, or the error.
std::string laid_out(Bench& bench, const std::vector<Source>& sources) {
  const auto fetched = bench.fetch_all(sources);
  if (!fetched) return render(fetched.error());
  const Path target = bench.root / "out";
  (void)remove_tree(*bench.fs, target);
  const auto status = fetch::lay_out(sources, *fetched, target, *bench.fs);
  if (!status) {
    CHECK_FALSE(exists(*bench.fs, target));
    return render(status.error());
  }
  std::string names;
  const std::vector<TreeEntry> entries = walk(*bench.fs, target).value();
  for (const TreeEntry& entry : entries)
    if (entry.stat.type != FileType::folder) names += (names.empty() ? "" : " ") + entry.path;
  return names;
}

Source with(Source source, const std::string& to, bool unpack = false, std::size_t strip = 0) {
  source.to = to;
  source.unpack = unpack;
  source.strip = strip;
  return source;
}

// A tarball in the package folder, made by the host's tar.
void make_tarball(Bench& bench, const std::string& name) {
  bench.write(bench.root / "pkg/bin/tool", "#!/bin/sh\n", 0755);
  bench.write(bench.root / "pkg/doc.txt", "text");
  ProcessSpec spec;
  spec.argv = {"tar", "-czf", (bench.package() / name).string(), "-C", bench.root.string(), "pkg"};
  spec.env = bench.settings.env;
  REQUIRE(bench.runner->run(spec)->ok());
}

}  // namespace

TEST_CASE("files and folders of the package keep their place, or go where `to` says") {
  Bench bench;
  bench.write(bench.package() / "src/a.cpp", "int a;");
  bench.write(bench.package() / "src/deep/run.sh", "#!/bin/sh\n", 0755);
  bench.write(bench.package() / "LICENSE", "free");
  REQUIRE(bench.fs->make_symlink("a.cpp", bench.package() / "src/link"));
  CHECK(laid_out(bench, {path_source("src"), path_source("LICENSE")}) ==
        "LICENSE src/a.cpp src/deep/run.sh src/link");
  CHECK(bench.fs->stat(bench.root / "out/src/deep/run.sh")->mode == 0755);
  CHECK(bench.fs->stat(bench.root / "out/src/a.cpp")->mode == 0644);
  CHECK(bench.read(bench.root / "out/src/link") == "int a;");
  CHECK(laid_out(bench, {path_source("src/deep/")}) == "src/deep/run.sh");
  CHECK(laid_out(bench, {with(path_source("src/deep"), "lib")}) == "lib/deep/run.sh");
  CHECK(laid_out(bench, {with(path_source("src/a.cpp"), "lib/")}) == "lib/a.cpp");
  bench.write(bench.package() / ".git/HEAD", "x");
  CHECK(laid_out(bench, {path_source(".")}) == "LICENSE src/a.cpp src/deep/run.sh src/link");
  CHECK(laid_out(bench, {with(path_source("."), "all")}) ==
        "all/LICENSE all/src/a.cpp all/src/deep/run.sh all/src/link");
}

TEST_CASE("downloads are named after their URL, and changing them does not change the cache") {
  Bench bench;
  bench.write(bench.root / "file with space", "content");
  const Source source =
      with(url_source("file://" + (bench.root / "file%20with%20space").string(), "content"), "weights");
  CHECK(laid_out(bench, {source}) == "weights/file with space");
  const Path copy = bench.root / "out/weights/file with space";
  REQUIRE(bench.fs->append_file(copy, "more"));
  CHECK(bench.read(bench.fetch(source)->path) == "content");
  Source nameless = url_source("http://example.invalid/", "content");
  CHECK(laid_out(bench, {nameless}) == "error: cannot name a file after `http://example.invalid/`\n");
}

TEST_CASE("archives are unpacked and share folders with other sources") {
  Bench bench;
  make_tarball(bench, "a.tar.gz");
  bench.write(bench.package() / "bin/own", "x");
  CHECK(laid_out(bench, {path_source("a.tar.gz")}) == "a.tar.gz");
  CHECK(laid_out(bench, {with(path_source("a.tar.gz"), "", true)}) == "pkg/bin/tool pkg/doc.txt");
  CHECK(laid_out(bench, {with(path_source("a.tar.gz"), "", true, 1), path_source("bin")}) ==
        "bin/own bin/tool doc.txt");
  CHECK(laid_out(bench, {path_source("bin"), with(path_source("a.tar.gz"), "third/party", true, 1)}) ==
        "bin/own third/party/bin/tool third/party/doc.txt");
  CHECK(bench.fs->stat(bench.root / "out/third/party/bin/tool")->mode == 0755);
}

TEST_CASE("two sources that bring the same file are told, and nothing is left") {
  Bench bench;
  make_tarball(bench, "a.tar.gz");
  bench.write(bench.package() / "doc.txt", "other");
  bench.write(bench.package() / "bin", "a file");
  const std::string hint = "hint: give one of them another folder with `to`\n";
  CHECK(laid_out(bench, {path_source("doc.txt"), with(path_source("a.tar.gz"), "", true, 1)}) ==
        "error: two sources bring `doc.txt`\n" + hint);
  CHECK(laid_out(bench, {with(path_source("a.tar.gz"), "", true, 1), path_source("bin")}) ==
        "error: two sources bring `bin`\n" + hint);
  CHECK(laid_out(bench, {path_source("bin"), with(path_source("a.tar.gz"), "bin/x", true)}) ==
        "error: two sources bring `bin`\n" + hint);
  const std::vector<std::string> left = bench.fs->list(bench.root).value();
  for (const std::string& name : left) CHECK_FALSE(name.starts_with(".layout"));
}

TEST_CASE("`to` may not leave the source tree") {
  Bench bench;
  bench.write(bench.package() / "a", "x");
  CHECK(laid_out(bench, {with(path_source("a"), "../x")}) ==
        "error: `to` leads out of the source tree: `../x`\n");
  CHECK(laid_out(bench, {with(path_source("a"), "/tmp")}) ==
        "error: `to` leads out of the source tree: `/tmp`\n");
  CHECK(laid_out(bench, {with(path_source("a"), "x/../y/.")}) == "y/a");
}

TEST_CASE("a link of one source is no way out for another") {
  Bench bench;
  bench.write(bench.package() / "dir/real/file", "x");
  bench.write(bench.package() / "a", "x");
  REQUIRE(bench.fs->make_symlink("real", bench.package() / "dir/link"));
  CHECK(laid_out(bench, {path_source("dir"), with(path_source("a"), "dir/link")}) ==
        "error: two sources bring `dir/link`\nhint: give one of them another folder with `to`\n");
}
