#include <catch2/catch.hpp>

#include "core/record/load_settings.h"
#include "tests/unit/record/example.h"

using namespace reef;

namespace {

struct Read {
  Record record;
  std::vector<std::string> problems;
};

Read read(const json::Value& value) {
  const json::Document document = json::parse("record.json", json::write_sorted(value)).value();
  json::Problems problems;
  Read out{read_record(document, problems), {}};
  for (const Error& error : problems.sorted()) out.problems.push_back(error.message());
  return out;
}

}  // namespace

TEST_CASE("a record that was written is read back whole") {
  const Record record = GENERATE(test::full_record(), test::bare_record());
  const Read back = read(to_json(record));
  CHECK(back.problems.empty());
  CHECK(json::write_sorted(to_json(back.record)) == json::write_sorted(to_json(record)));
}

TEST_CASE("the same record gives the same bytes, with unknown values as null") {
  const std::string text = json::write_sorted(to_json(test::bare_record()));
  CHECK(text == json::write_sorted(to_json(test::bare_record())));
  CHECK(text.find("\"reason\": null") != std::string::npos);
  CHECK(text.find("\"latency\": null") != std::string::npos);
  CHECK(text.find("\"started\": \"2026-01-31T12:00:00Z\"") != std::string::npos);
}

TEST_CASE("numbers that JSON does not know become null") {
  Record record = test::bare_record();
  record.metrics["x"].value = std::numeric_limits<double>::quiet_NaN();
  record.times.total = std::numeric_limits<double>::infinity();
  const Read back = read(to_json(record));
  CHECK(back.problems.empty());
  CHECK(!back.record.metrics.at("x").value);
  CHECK(!back.record.times.total);
}

TEST_CASE("a record of a newer reef is refused in words, and nothing else of it is reported") {
  json::Value value = to_json(test::full_record());
  value["format"] = 2;
  value["status"] = "splendid";
  CHECK(
      read(value).problems ==
      std::vector<std::string>{"this record was written by a newer reef: it has format 2, this one reads 1"});
  value["format"] = 0;
  CHECK(read(value).problems == std::vector<std::string>{"a record of format 0 does not exist"});
  value.erase("format");
  CHECK(read(value).problems == std::vector<std::string>{"missing key `format`"});
}

TEST_CASE("keys of later versions are ignored") {
  json::Value value = to_json(test::full_record());
  value["energy"] = 12;
  value["metrics"]["accuracy"]["colour"] = "blue";
  CHECK(read(value).problems.empty());
}

TEST_CASE("every problem of an edited record is reported") {
  json::Value value = to_json(test::full_record());
  value.erase("package");
  value["exit"] = "seven";
  value["metrics"]["accuracy"]["value"] = "high";
  value["metrics"]["accuracy"]["better"] = "louder";
  value["metrics"]["accuracy"]["n"] = -1;
  value["status"] = "splendid";
  value["times"] = nullptr;
  value["files"] = "none";
  const std::vector<std::string> expected = {
      "missing key `package`",
      "expected a whole number, got a string",
      "expected an array, got a string",
      "expected `higher` or `lower`, got `louder`",
      "expected a number that is not negative, got a number",
      "expected a number, got a string",
      "unknown status `splendid`, expected `ok`, `failed`, `invalid` or `interrupted`",
      "expected an object, got null",
  };
  CHECK(read(value).problems == expected);
}

TEST_CASE("anything but an object is no record") {
  for (const json::Value& value : {json::Value(7), json::Value::array(), json::Value("x"), json::Value()})
    CHECK(!read(value).problems.empty());
}

TEST_CASE("the setup is the same for repeats, and another one for all that could make their numbers differ") {
  const Record record = test::full_record();
  Record other = record;
  other.id = "20260131-120000-4000";
  other.latency.reset();
  other.closure.push_back({record.package, "1.0.0", {}, "of a folder with another plot in it"});
  Record again = other;
  again.closure.back().build_key = "of a folder with yet another one";
  CHECK(setup_of(again) == setup_of(other));
  again.from_folder = other.from_folder = false;
  CHECK(setup_of(again) != setup_of(other));
  other = record;
  other.load->min_duration *= 3;
  CHECK(setup_of(other) != setup_of(record));
  other = record;
  other.toolchain.front().digest = "another";
  CHECK(setup_of(other) != setup_of(record));
  other = record;
  other.host["cpu_model"] = "another";
  CHECK(setup_of(other) != setup_of(record));
  Record offline = record;
  offline.scenario = "offline";
  other = offline;
  other.load->samples_per_query += 1;
  CHECK(setup_of(other) == setup_of(offline));
}

TEST_CASE("each benchmarked step of a workflow has a load of its own") {
  Record record = test::full_record();
  RecordedLoad load;
  load.rate = 500;
  record.steps["serve"] = {"server", load};
  CHECK(load_of(record) == load_of(test::full_record()));  // the only one is that of the record
  load = {};
  load.samples_per_query = 64;
  record.steps["bulk"] = {"offline", load};
  CHECK(json::Value(load_of(record)).dump() ==
        R"({"bulk.scenario":"offline","serve.rate":500,"serve.scenario":"server"})");
  CHECK(json::Value(settled_of(record)).dump() == R"({"bulk.samples_per_query":64})");
  const Read again = read(to_json(record));
  CHECK(again.problems.empty());
  CHECK(json::write_sorted(to_json(again.record)) == json::write_sorted(to_json(record)));
}
