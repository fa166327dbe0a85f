#include "core/bench/space.h"

#include <catch2/catch.hpp>
#include <set>

using namespace reef;

namespace {

using Texts = std::vector<std::string>;

Texts values(const std::string& text) {
  const auto read = parse_values(text);
  INFO(text);
  REQUIRE(read);
  return *read;
}

std::string error_of(const std::string& text) {
  const auto read = parse_values(text);
  REQUIRE(!read);
  return read.error().message();
}

Space space_of(std::vector<Axis> axes, const std::vector<Texts>& zipped = {}) {
  return Space::make(std::move(axes), zipped).value();
}

const std::vector<Axis> kAxes = {{"engine", false, {"native", "openblas"}},
                                 {"threads", true, {"1", "2", "4"}}};

}  // namespace

TEST_CASE("values are lists and ranges") {
  CHECK(values("a,b") == Texts{"a", "b"});
  CHECK(values("1..4") == Texts{"1", "2", "3", "4"});
  CHECK(values("1..9+4") == Texts{"1", "5", "9"});
  CHECK(values("1..64*2") == Texts{"1", "2", "4", "8", "16", "32", "64"});
  CHECK(values("0..1:5") == Texts{"0", "0.25", "0.5", "0.75", "1"});
  CHECK(values("1e-3..1:4log") == Texts{"0.001", "0.01", "0.1", "1"});
  CHECK(values("0.1..0.3+0.1") == Texts{"0.1", "0.2", "0.3"});
  CHECK(values("-2..0") == Texts{"-2", "-1", "0"});
  CHECK(values("1e+2..1e+4*10") == Texts{"100", "1000", "10000"});
  CHECK(values("../data") == Texts{"../data"});
  CHECK(values("1,4..6") == Texts{"1", "4", "5", "6"});
}

TEST_CASE("ranges that go nowhere are refused") {
  CHECK(error_of("9..1") == "the range `9..1` ends before it begins");
  CHECK(error_of("1..9+0") == "the range `1..9+0` needs a step above 0");
  CHECK(error_of("1..9*1") == "the range `1..9*1` needs a factor above 1 and a beginning above 0");
  CHECK(error_of("0..9:3log") == "the range `0..9:3log` has no logarithm at its beginning");
  CHECK(error_of("1..9:1") == "the range `1..9:1` needs a count of at least 2");
  CHECK(error_of("1..10000000") == "the range `1..10000000` has 10000000 values, 100000 are the most");
  CHECK(error_of("1..1e300") == "the range `1..1e300` has 1e+300 values, 100000 are the most");
  CHECK(error_of("a,") == "an empty value in `a,`");
  CHECK(error_of("1,2,1") == "`1,2,1` names the value `1` twice");
}

TEST_CASE("points are every combination, the last axis fastest") {
  const Space space = space_of(kAxes);
  CHECK(space.size() == 6);
  CHECK(space.describe(0) == "engine=native threads=1");
  CHECK(space.describe(1) == "engine=native threads=2");
  CHECK(space.describe(5) == "engine=openblas threads=4");
  CHECK(space_of({}).size() == 1);
}

TEST_CASE("axes that are zipped advance together") {
  std::vector<Axis> axes = kAxes;
  axes.push_back({"batch", true, {"8", "4", "2"}});
  const Space space = space_of(axes, {{"threads", "batch"}});
  CHECK(space.size() == 6);
  CHECK(space.describe(4) == "engine=openblas threads=2 batch=4");
  CHECK(Space::make(axes, {{"engine", "batch"}}).error().message() ==
        "cannot zip 2 values of `engine` with 3 of `batch`");
  CHECK(Space::make(axes, {{"threads", "bach"}}).error().hints() == Texts{"did you mean `batch`?"});
  CHECK(Space::make(axes, {{"threads", "threads"}}).error().message() == "`threads` is zipped twice");
  CHECK(Space::make({{"a", false, {}}}).error().message() == "`a` has no values");
}

TEST_CASE("points are selected by a condition, in an order that the seed tells") {
  const Space space = space_of(kAxes);
  SpaceSelection selection;
  selection.where =
      Expression::parse("--where", "engine != native or threads == 1", {"engine", "threads"}).value();
  auto points = select_points(space, selection).value();
  CHECK(points == select_points(space, selection).value());
  std::sort(points.begin(), points.end());
  CHECK(points == std::vector<std::uint64_t>{0, 3, 4, 5});
  selection.sample = 2;
  CHECK(select_points(space, selection)->size() == 2);
  selection.sample = 100;
  CHECK(select_points(space, selection)->size() == 4);
}

TEST_CASE("no point left is said, and so are too many") {
  const Space space = space_of(kAxes);
  SpaceSelection selection;
  selection.where = Expression::parse("--where", "threads > 9").value();
  CHECK(select_points(space, selection).error().message() ==
        "no point is left: none of the 6 meets `threads > 9`");
  std::vector<Axis> axes;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g"}) axes.push_back({name, true, values("0..9")});
  const Space large = space_of(axes);
  REQUIRE(large.size() == 10'000'000);
  CHECK(select_points(large, {}).error().message() ==
        "10000000 points are asked for, 100000 are the most: at a second each they would take 115 days");
  SpaceSelection sampled;
  sampled.sample = 500;
  sampled.where = Expression::parse("--where", "a == 3").value();
  const auto points = select_points(large, sampled).value();
  CHECK(std::set<std::uint64_t>(points.begin(), points.end()).size() == 500);
  for (const std::uint64_t point : points) CHECK(large.at(point).front() == "3");
  sampled.where = Expression::parse("--where", "a == 30").value();
  CHECK(!select_points(large, sampled));
}

TEST_CASE("a space beyond counting is refused") {
  std::vector<Axis> axes;
  for (int i = 0; i < 20; ++i) axes.push_back({"a" + std::to_string(i), true, values("1..10")});
  CHECK(Space::make(axes).error().message() == "more than 2^62 points are asked for");
}
