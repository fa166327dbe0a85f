#include "core/archive/tree_plan.h"

#include <catch2/catch.hpp>

using namespace reef;

namespace {

std::string path_or_error(std::string_view name, std::size_t strip = 0) {
  const auto path = entry_path(name, strip);
  return path ? *path : path.error().message();
}

}  // namespace

TEST_CASE("an entry's name becomes a plain relative path") {
  CHECK(path_or_error("a/b.txt") == "a/b.txt");
  CHECK(path_or_error("./a//b/./c/") == "a/b/c");
  CHECK(path_or_error(".") == "");
  CHECK(path_or_error("pkg/a/b", 1) == "a/b");
  CHECK(path_or_error("pkg", 1) == "");
  CHECK(path_or_error("a/b", 5) == "");
  CHECK(path_or_error("a..b/...") == "a..b/...");
  CHECK(path_or_error("back\\slash") == "back\\slash");
  CHECK(path_or_error("größe/日本") == "größe/日本");
}

TEST_CASE("names that lead out, deceive or are no names are refused") {
  CHECK(path_or_error("") == "the name is empty");
  CHECK(path_or_error("..") == "the name leads upwards (`..`)");
  CHECK(path_or_error("a/../../b") == "the name leads upwards (`..`)");
  CHECK(path_or_error("../x", 1) == "the name leads upwards (`..`)");
  CHECK(path_or_error("/etc/passwd") == "the name is absolute");
  CHECK(path_or_error("C:\\x") == "the name is absolute");
  CHECK(path_or_error("c:/x") == "the name is absolute");
  const std::string control = "the name holds control or direction-changing characters";
  CHECK(path_or_error("a\nb") == control);
  CHECK(path_or_error("a\x1b[31m") == control);
  CHECK(path_or_error(std::string_view("a\0b", 3)) == control);
  CHECK(path_or_error("a\u202Egpj.exe") == control);
  CHECK(path_or_error("a\u0085") == control);
  CHECK(path_or_error("a\xff") == "the name is not valid UTF-8");
  CHECK(path_or_error(std::string(256, 'x')) == "the name has a part of 256 bytes, more than 255");
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "d/";
  CHECK(path_or_error(deep) == "the name is 300 folders deep, more than 256");
  CHECK(path_or_error(std::string(5000, '/') + "x") == "the name is absolute");
  CHECK(path_or_error("x" + std::string(4096, '/')) == "the name has 4097 bytes, more than 4096");
}

TEST_CASE("a tree names the folders that must be made, outermost first") {
  using Kind = TreePlan::Kind;
  TreePlan plan;
  CHECK(plan.add("a/b/c.txt", Kind::file).value() == std::vector<std::string>{"a", "a/b"});
  CHECK(plan.add("a/b", Kind::folder).value().empty());
  CHECK(plan.add("a/d", Kind::folder).value() == std::vector<std::string>{"a/d"});
  CHECK(plan.has_file("a/b/c.txt"));
  CHECK_FALSE(plan.has_file("a/b"));
}

TEST_CASE("a tree may not contradict itself") {
  using Kind = TreePlan::Kind;
  TreePlan plan;
  REQUIRE(plan.add("file", Kind::file));
  REQUIRE(plan.add("link", Kind::symlink, "file"));
  CHECK(plan.add("file", Kind::file).error().message() ==
        "the archive holds this name twice, before as a file");
  CHECK(plan.add("file", Kind::folder).error().message() ==
        "the archive holds this name twice, before as a file");
  CHECK(plan.add("link/x", Kind::file).error().message() == "it is below `link`, which is a link");
  CHECK(plan.add("file/x/y", Kind::folder).error().message() == "it is below `file`, which is a file");
}

TEST_CASE("links are followed through the finished tree") {
  using Kind = TreePlan::Kind;
  const auto error_of = [](std::vector<std::pair<std::string, std::string>> links) -> std::string {
    TreePlan plan;
    REQUIRE(plan.add("dir/sub/file", Kind::file));
    for (const auto& [path, target] : links) REQUIRE(plan.add(path, Kind::symlink, target));
    const Status status = plan.check_links();
    return status ? "" : status.error().message();
  };
  CHECK(error_of({{"l", "dir/sub/file"}}).empty());
  CHECK(error_of({{"dir/l", "../dir/sub"}}).empty());
  CHECK(error_of({{"l", "nothing/there"}}).empty());
  CHECK(error_of({{"l", "/etc/passwd"}}) == "the link leads to the absolute `/etc/passwd`");
  CHECK(error_of({{"l", ""}}) == "the link leads to the absolute ``");
  CHECK(error_of({{"l", ".."}}) == "the link to `..` leads out of the archive's tree");
  CHECK(error_of({{"dir/l", "../../x"}}) == "the link to `../../x` leads out of the archive's tree");
  CHECK(error_of({{"a", "b"}, {"b", "a"}}) == "the link to `b` leads in a circle");
  CHECK(error_of({{"a", "a/x"}}) == "the link to `a/x` leads in a circle");
  // Each is harmless on paper; one through the other is not: dir/up is `.`, so dir/up/../.. is above the
  // root.
  CHECK(error_of({{"dir/up", ".."}, {"l", "dir/up/.."}}) ==
        "the link to `dir/up/..` leads out of the archive's tree");
}

TEST_CASE("siblings that differ only in case are reported, once for each pair") {
  using Kind = TreePlan::Kind;
  TreePlan plan;
  for (const char* path : {"A/x", "a/x", "b/README", "b/readme"}) REQUIRE(plan.add(path, Kind::file));
  CHECK(plan.case_collisions() == std::vector<std::string>{"A and a", "b/README and b/readme"});
}
