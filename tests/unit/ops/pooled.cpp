#include "core/ops/pooled.h"

#include <catch2/catch.hpp>

using namespace reef;
using namespace reef::ops;

namespace {

RecordRow run(const std::string& id, double latency, std::uint64_t round) {
  RecordRow row;
  row.id = id;
  row.package = "p";
  row.sweep = RecordedSweep{"sweep-1", 3, round};
  row.setup = "as asked";
  RecordedMetric& metric = row.metrics["latency"];
  metric.value = latency;
  metric.lower = latency - 1;
  metric.upper = latency + 1;
  metric.n = 100;
  return row;
}

// "ids: value (lower .. upper) n" of each, a line each.
std::string pooled_text(const std::vector<RecordRow>& rows, bool for_frontier = true) {
  std::string out;
  for (const Pooled& each : newest_of_each(rows, for_frontier)) {
    for (const std::string& id : each.runs) out += id;
    const RecordedMetric& metric = each.row.metrics.at("latency");
    out += fmt::format(": {} ({} .. {}) {}\n", metric.value.value_or(-1), metric.lower.value_or(-1),
                       metric.upper.value_or(-1), metric.n.value_or(0));
  }
  return out;
}

}  // namespace

TEST_CASE("the repeats of a sweep are one: median, and the hull of their intervals") {
  CHECK(pooled_text({run("c", 30, 2), run("b", 10, 1), run("a", 12, 0)}) == "cba: 12 (9 .. 31) 300\n");
  CHECK(pooled_text({run("b", 10, 1), run("a", 12, 0)}) == "ba: 11 (9 .. 13) 200\n");
}

TEST_CASE("six repeats and more have the interval of their median") {
  std::vector<RecordRow> rows;
  for (unsigned i = 0; i < 9; ++i) rows.push_back(run(std::to_string(i), 10.0 * (i + 1), i));
  CHECK(pooled_text(rows) == "012345678: 50 (20 .. 80) 900\n");  // x(2) and x(8) of nine
  rows.resize(6);
  CHECK(pooled_text(rows) == "012345: 35 (10 .. 60) 600\n");
}

TEST_CASE("of what is no repeat the newest is taken") {
  SECTION("another sweep") {
    std::vector<RecordRow> rows = {run("b", 10, 1), run("a", 12, 0)};
    rows.back().sweep->id = "sweep-0";
    CHECK(pooled_text(rows) == "b: 10 (9 .. 11) 100\n");
  }
  SECTION("a shorter round of a search") {
    std::vector<RecordRow> rows = {run("b", 10, 1), run("a", 12, 0)};
    rows.back().setup = "a third of it";
    CHECK(pooled_text(rows) == "b: 10 (9 .. 11) 100\n");
  }
  SECTION("a run of no sweep") {
    std::vector<RecordRow> rows = {run("b", 10, 0), run("a", 12, 0)};
    rows.front().sweep.reset();
    CHECK(pooled_text(rows) == "b: 10 (9 .. 11) 100\n");
  }
  SECTION("a round that was measured again") {
    CHECK(pooled_text({run("c", 10, 0), run("b", 20, 1), run("a", 99, 0)}) == "cb: 15 (9 .. 21) 200\n");
  }
  SECTION("what was edited") {
    std::vector<RecordRow> rows = {run("b", 10, 1), run("a", 12, 0)};
    rows.back().edited = true;
    CHECK(pooled_text(rows) == "b: 10 (9 .. 11) 100\n");
  }
  SECTION("what was edited, were it the newest") {
    std::vector<RecordRow> rows = {run("c", 1, 2), run("b", 10, 1), run("a", 12, 0)};
    rows.front().edited = true;
    CHECK(pooled_text(rows) == "ba: 11 (9 .. 13) 200\n");
    CHECK(pooled_text(rows, false) == "ba: 11 (9 .. 13) 200\n");
    rows.front().sweep.reset();  // no repeat of the others
    CHECK(pooled_text(rows) == "ba: 11 (9 .. 13) 200\n");
    CHECK(pooled_text(rows, false) == "c: 1 (0 .. 2) 100\n");
    rows.resize(1);
    CHECK(pooled_text(rows) == "c: 1 (0 .. 2) 100\n");
  }
  SECTION("the warm-up of a comparison") {
    std::vector<RecordRow> rows = {run("c", 10, 2), run("b", 12, 1), run("a", 99, 0)};
    for (RecordRow& row : rows) row.sweep->id = "compare-1";
    CHECK(pooled_text(rows) == "cb: 11 (9 .. 13) 200\n");
  }
}

TEST_CASE("what ran on another processor is another point of a frontier") {
  std::vector<RecordRow> rows = {run("b", 10, 1), run("a", 12, 1)};
  rows.back().processor = rows.back().setup = "another one";
  CHECK(pooled_text(rows) == "b: 10 (9 .. 11) 100\na: 12 (11 .. 13) 100\n");
  CHECK(pooled_text(rows, false) == "b: 10 (9 .. 11) 100\n");
}

TEST_CASE("a repeat that failed hides none that is ok, unless the newest is asked for whatever it is") {
  std::vector<RecordRow> rows = {run("c", 0, 2), run("b", 10, 1), run("a", 12, 0)};
  rows.front().status = RunStatus::failed;
  CHECK(pooled_text(rows) == "ba: 11 (9 .. 13) 200\n");
  CHECK(pooled_text(rows, false) == "c: 0 (-1 .. 1) 100\n");
}

TEST_CASE("a metric that a repeat lacks, or has in another unit, has no value") {
  std::vector<RecordRow> rows = {run("c", 30, 2), run("b", 10, 1), run("a", 12, 0)};
  rows[0].metrics["latency"].value.reset();
  rows[1].metrics["latency"].unit = "s";
  rows[2].metrics["latency"].unit = "s";
  CHECK(pooled_text(rows) == "cba: -1 (-1 .. -1) 200\n");
  CHECK(newest_of_each(rows, true).front().row.metrics.at("latency").problem == "2 of 3 runs know it");
  rows[1].metrics["latency"].unit = "ms";
  CHECK(newest_of_each(rows, true).front().row.metrics.at("latency").problem == "1 of 3 runs knows it");
}
