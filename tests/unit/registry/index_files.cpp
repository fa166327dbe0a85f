#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "core/registry/index_json.h"

// Every file of tests/data/good/index-* is accepted, every one of tests/data/bad/index-* is refused with the
// text beside it. REEF_ACCEPT=1 writes those texts; the difference is reviewed.
namespace reef {
namespace {

const Path kData = REEF_TEST_DATA;

std::vector<Path> files_in(Filesystem& fs, const Path& folder) {
  std::vector<Path> out;
  const std::vector<std::string> names = fs.list(folder).value();
  for (const std::string& name : names)
    if (name.ends_with(".json")) out.push_back(folder / name);
  REQUIRE_FALSE(out.empty());
  return out;
}

std::string problem_of(Filesystem& fs, std::string_view kind, const Path& path) {
  const std::string file = path.filename().string();
  std::string text = fs.read_file(path).value();
  if (kind == "index-root") {
    const auto root = read_root(file, text);
    return root ? "" : render(root.error());
  }
  if (kind == "index-package") {
    const auto package = read_package(file, std::move(text), "ink");
    return package ? "" : render(package.error());
  }
  const auto entries = read_search(file, std::move(text));
  return entries ? "" : render(entries.error());
}

}  // namespace

TEST_CASE("every good file of an index is accepted, every bad one refused with the message beside it") {
  const auto fs = make_disk();
  const bool accept = std::getenv("REEF_ACCEPT") != nullptr;
  for (const char* kind : {"index-root", "index-package", "index-search"}) {
    for (const Path& path : files_in(*fs, kData / "good" / kind)) CHECK(problem_of(*fs, kind, path) == "");
    for (const Path& path : files_in(*fs, kData / "bad" / kind)) {
      INFO(path.string());
      const std::string problem = problem_of(*fs, kind, path);
      const Path expected = Path(path).concat(".expected");
      if (accept) REQUIRE(fs->write_file(expected, problem, false));
      CHECK(problem != "");
      const auto text = fs->read_file(expected);
      REQUIRE(text);
      CHECK(problem == *text);
    }
  }
}

TEST_CASE("an index cut anywhere, or with another byte, is read or refused") {
  const auto fs = make_disk();
  const std::string root = fs->read_file(kData / "good/index-root/small.json").value();
  const std::string package = fs->read_file(kData / "good/index-package/everything.json").value();
  for (std::size_t at = 0; at + 2 < root.size(); ++at)
    CHECK_FALSE(read_root("registry.json", root.substr(0, at)));
  for (std::size_t at = 0; at + 2 < package.size(); at += 5)
    CHECK_FALSE(read_package("ink.json", package.substr(0, at), "ink"));
  for (const char byte : {'\0', '"', '{', '}', '[', '\\', '\n', '0', ' ', '\xff', ':'}) {
    for (std::size_t at = 0; at < root.size(); at += 3) {
      std::string changed = root;
      changed[at] = byte;
      if (const auto read = read_root("registry.json", changed); !read)
        CHECK_FALSE(render(read.error()).empty());
    }
    for (std::size_t at = 0; at < package.size(); at += 7) {
      std::string changed = package;
      changed[at] = byte;
      if (const auto read = read_package("ink.json", changed, "ink"); !read)
        CHECK_FALSE(render(read.error()).empty());
    }
  }
}

}  // namespace reef
