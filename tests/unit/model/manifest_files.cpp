#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/model/manifest.h"
#include "tests/support/sanitized.h"

// Every file of tests/data/good/manifest is accepted, every one of tests/data/bad/manifest is refused with
// the text beside it. REEF_ACCEPT=1 writes those texts; the difference is reviewed.
namespace reef {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<fs::path> manifests_in(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".json" || entry.path().extension() == ".yaml")
      out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  REQUIRE(out.size() > 5);
  return out;
}

std::string problems_of(const fs::path& path) {
  json::Problems problems;
  parse_manifest(path.filename().string(), text_of(path), problems);
  std::string out;
  for (const Error& error : problems.sorted()) out += render(error);
  return out;
}

const fs::path kData = REEF_TEST_DATA;

}  // namespace

TEST_CASE("every good manifest is accepted without a word") {
  for (const fs::path& path : manifests_in(kData / "good/manifest")) {
    INFO(path.string());
    CHECK(problems_of(path) == "");
  }
}

TEST_CASE("every bad manifest is refused with the message beside it") {
  const bool accept = std::getenv("REEF_ACCEPT") != nullptr;
  for (const fs::path& path : manifests_in(kData / "bad/manifest")) {
    INFO(path.string());
    const std::string problems = problems_of(path);
    const fs::path expected = fs::path(path).concat(".expected");
    if (accept) std::ofstream(expected, std::ios::binary) << problems;
    CHECK(problems != "");
    CHECK(problems == text_of(expected));
  }
}

TEST_CASE("a manifest cut anywhere is refused, and nothing breaks") {
  const std::string text = text_of(kData / "good/manifest/everything.json");
  for (std::size_t length = 0; length + 3 < text.size(); length += 7) {
    json::Problems problems;
    parse_manifest("reef.json", text.substr(0, length), problems);
    CHECK_FALSE(problems.empty());
  }
}

TEST_CASE("a manifest in which any one byte is another is read or refused") {
  const std::string text = text_of(kData / "good/manifest/dataset.yaml");
  const std::string json = text_of(kData / "good/manifest/everything.json");
  for (const char byte : {'\0', '"', '{', '}', '$', '\\', '\n', '0', ' ', '\xff', '*', '-', ':'}) {
    for (const auto& [file, original] : {std::pair("reef.yaml", text), std::pair("reef.json", json)}) {
      for (std::size_t at = 0; at < original.size(); at += test::kSanitized ? 47 : 5) {
        std::string changed = original;
        changed[at] = byte;
        json::Problems problems;
        parse_manifest(file, std::move(changed), problems);
        for (const Error& error : problems.all()) CHECK_FALSE(render(error).empty());
      }
    }
  }
}

TEST_CASE("a manifest of 50 MB is refused by its size") {
  json::Problems problems;
  parse_manifest("reef.json", "{\"summary\": \"" + std::string(50'000'000, 'x') + "\"}", problems);
  REQUIRE(problems.count() == 1);
  CHECK(render(problems.first()) ==
        "reef.json: error: the manifest has 47.7 MiB, at most 1.00 MiB are read\n");
}

TEST_CASE("a manifest of depth 10,000 is refused at the level that is too deep") {
  std::string text = "{\"reef\": 1,\n \"sources\": ";
  for (int i = 0; i < 10'000; ++i) text += "[";
  for (const char* file : {"reef.json", "reef.yaml"}) {
    json::Problems problems;
    const std::string closed = text + std::string(10'000, ']') + "}";
    parse_manifest(file, closed, problems);
    REQUIRE(problems.count() == 1);
    INFO(render(problems.first()));
    CHECK(problems.first().code() == ErrorCode::invalid_input);
  }
  json::Problems problems;
  parse_manifest("reef.json", text, problems);
  CHECK(problems.first().message() == "values are nested deeper than 128 levels");
  CHECK(problems.first().place()->line == 2);
}

TEST_CASE("a manifest of 1 MB in which everything is wrong is read at once") {
  std::string text = "{";
  for (int i = 0; text.size() < 1'000'000; ++i) text += "\"unknown" + std::to_string(i) + "\": 1,\n";
  json::Problems problems;
  parse_manifest("reef.json", text + "\"reef\": 1}", problems);
  CHECK(problems.count() > 50'000);
  CHECK(problems.all().size() == json::Problems::kMostKept);
}

}  // namespace reef
