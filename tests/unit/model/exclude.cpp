#include "core/model/exclude.h"

#include <catch2/catch.hpp>

namespace reef {
namespace {

// Whether a pattern leaves a path out.
bool excludes(std::string_view pattern, std::string_view path) {
  const Result<std::string> parsed = Exclude::parse(pattern);
  REQUIRE(parsed);
  return Exclude({*parsed}).reason_for(path) != nullptr;
}

}  // namespace

TEST_CASE("A name without a slash is left out in every folder, with all that is in it", "[exclude]") {
  CHECK(excludes("__pycache__", "__pycache__"));
  CHECK(excludes("__pycache__/", "src/__pycache__/a.pyc"));
  CHECK(excludes("*.log", "a/b/.log"));
  CHECK(excludes("*.log", "run.log/inner"));
  CHECK_FALSE(excludes("*.log", "run.log2"));
  CHECK_FALSE(excludes("cache", "__pycache__"));
  CHECK(excludes("?.bin", "data/é.bin"));
  CHECK_FALSE(excludes("?.bin", "data/ab.bin"));
  CHECK(excludes("*a*b*", "xaxxbx"));
  CHECK(excludes("*", "anything/at/all"));
}

TEST_CASE("A name with a slash begins at the package's folder", "[exclude]") {
  CHECK(excludes("/build", "build/x.o"));
  CHECK_FALSE(excludes("/build", "src/build/x.o"));
  CHECK(excludes("data/raw", "data/raw/1.csv"));
  CHECK(excludes("data/*.csv", "data/1.csv"));
  CHECK_FALSE(excludes("data/*.csv", "data/raw/1.csv"));
  CHECK_FALSE(excludes("data/*.csv", "more/data/1.csv"));
}

TEST_CASE("The manifest itself stays", "[exclude]") {
  CHECK_FALSE(excludes("*", "reef.json"));
  CHECK_FALSE(excludes("/reef.yaml", "reef.yaml"));
  CHECK(excludes("*.json", "other/reef.json"));
}

TEST_CASE("What only .gitignore knows is refused, and what leads out", "[exclude]") {
  for (const char* pattern :
       {"!keep", "src/**/x", "a[bc]", "a\\b", "", "/", "//", "a//b", "../x", "a/./b", "a/..", "a\nb"})
    CHECK_FALSE(Exclude::parse(pattern));
}

TEST_CASE("No pattern takes long", "[exclude]") {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  CHECK_FALSE(excludes(pattern + "b", std::string(255, 'a')));
}

}  // namespace reef
