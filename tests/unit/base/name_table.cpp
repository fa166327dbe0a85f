#include "core/base/name_table.h"

#include <catch2/catch.hpp>
#include <string>

#include "core/base/arena.h"

namespace reef {
namespace {

TEST_CASE("names are numbered in the order in which they were first given") {
  NameTable names;
  CHECK(names.find("torch") == NameTable::kNone);
  CHECK(names.add("torch") == 0);
  CHECK(names.add("") == 1);
  CHECK(names.add("numpy") == 2);
  CHECK(names.add("torch") == 0);
  CHECK(names.find("numpy") == 2);
  CHECK(names.find("nump") == NameTable::kNone);
  CHECK(names.text(2) == "numpy");
  CHECK(names.size() == 3);
}

TEST_CASE("texts of names stay where they are while thousands are added") {
  NameTable names;
  names.add("first");
  const std::string_view first = names.text(0);
  for (int i = 0; i < 10000; ++i) {
    const std::string name = "package-" + std::to_string(i);
    REQUIRE(names.add(name) == static_cast<std::uint32_t>(i + 1));
  }
  for (int i = 0; i < 10000; ++i)
    REQUIRE(names.find("package-" + std::to_string(i)) == static_cast<std::uint32_t>(i + 1));
  CHECK(first.data() == names.text(0).data());
  CHECK(first == "first");
}

TEST_CASE("an arena gives zeroed, aligned arrays that do not overlap") {
  Arena arena;
  std::vector<std::span<std::uint64_t>> arrays;
  std::vector<std::span<char>> texts;
  for (std::size_t i = 0; i < 2000; ++i) {
    texts.push_back(arena.array<char>(i % 7));
    arrays.push_back(arena.array<std::uint64_t>(i % 50 == 0 ? 3000 : i % 5));
    for (std::uint64_t& number : arrays.back()) {
      REQUIRE(number == 0);
      REQUIRE(reinterpret_cast<std::uintptr_t>(&number) % alignof(std::uint64_t) == 0);
      number = i;
    }
    for (char& c : texts.back()) c = 'x';
  }
  for (std::size_t i = 0; i < arrays.size(); ++i)
    for (const std::uint64_t number : arrays[i]) REQUIRE(number == i);
}

}  // namespace
}  // namespace reef
