#include "core/action/metrics.h"

#include <catch2/catch.hpp>

#include "tests/support/scratch_folder.h"

namespace reef::action {
namespace {

struct Reported {
  test::ScratchFolder scratch;
  std::vector<Metric> declared = {{"accuracy", "1", Metric::Better::higher, {}},
                                  {"latency", "s", Metric::Better::lower, {}}};

  // The error without the folder's name, or "accepted".
  std::string refusal(const std::string& text) {
    const auto read = read_metrics(scratch.disk(), scratch.write("m.json", text), declared);
    if (read) return "accepted";
    std::string message = render(read.error());
    const std::string folder = scratch.path().string() + "/";
    for (std::size_t at = 0; (at = message.find(folder)) != std::string::npos;)
      message.erase(at, folder.size());
    return message;
  }
};

TEST_CASE("metrics are numbers, declared or not") {
  Reported reported;
  const Path file = reported.scratch.write("m.json", R"({"accuracy": 0.976, "latency": 1e-3, "extra": -2})");
  CHECK(read_metrics(reported.scratch.disk(), file, reported.declared).value() ==
        std::map<std::string, double>{{"accuracy", 0.976}, {"extra", -2}, {"latency", 0.001}});
}

TEST_CASE("each thing that is no number is refused at its place") {
  Reported reported;
  CHECK(reported.refusal(R"({"accuracy": "high", "latency": 1})") ==
        "m.json:1:14: error: the metric `accuracy` must be a number, got a string\n"
        "  1 | {\"accuracy\": \"high\", \"latency\": 1}\n"
        "    |              ^\n"
        "  while reading the metrics that the program reported\n");
  CHECK(reported.refusal("{\"accuracy\": NaN, \"latency\": 1}")
            .starts_with("m.json:1:14: error: the metric `accuracy` is `NaN`, which is not a number that can "
                         "be compared\n"));
  CHECK(reported.refusal("{\"accuracy\": 1, \"latency\": -Infinity}")
            .find("the metric `latency` is `-Infinity`") != std::string::npos);
  CHECK(reported.refusal("{\"\": 1, \"accuracy\": 1, \"latency\": 1}").find("a metric needs a name") !=
        std::string::npos);
  CHECK(reported.refusal("{\"accuracy\": null, \"latency\": 1}").find("must be a number, got null") !=
        std::string::npos);
  CHECK(reported.refusal("{\"accuracy\": [1], \"latency\": 1}").find("must be a number, got an array") !=
        std::string::npos);
  CHECK(reported.refusal("{\"accuracy\": 1e999, \"latency\": 1}")
            .find("the metric `accuracy` is larger than any") != std::string::npos);
  for (const char* text :
       {"{\"accuracy\": 1,", "[]", "1", "accuracy=1", "{\"accuracy\": 1, \"accuracy\": 2, \"latency\": 1}"}) {
    INFO(text);
    CHECK(reported.refusal(text).starts_with("m.json:1:"));
  }
}

TEST_CASE("a declared metric that is missing is named") {
  Reported reported;
  CHECK(reported.refusal("{\"accuracy\": 1}").find("error: the metric `latency` is missing\n") !=
        std::string::npos);
  CHECK(reported.refusal("{\"acuracy\": 1, \"latency\": 1}")
            .find("error: the metric `accuracy` is missing\n") != std::string::npos);
  CHECK(reported.refusal("{\"acuracy\": 1, \"latency\": 1}")
            .find("hint: the program reported `acuracy`: one of the two is misspelt\n") != std::string::npos);
}

TEST_CASE("no metrics at all are an error only when some were declared") {
  Reported reported;
  const std::string expected =
      "error: the program reported no metrics, but the action declares `accuracy` and `latency`\n"
      "hint: it must write JSON to the file named in $REEF_METRICS\n";
  CHECK(reported.refusal("") == expected);
  CHECK(reported.refusal(" \n") == expected);
  const auto none = read_metrics(reported.scratch.disk(), reported.scratch / "missing", reported.declared);
  REQUIRE_FALSE(none);
  CHECK(none.error().code() == ErrorCode::invalid_input);
  CHECK(read_metrics(reported.scratch.disk(), reported.scratch / "missing", {})->empty());
}

}  // namespace
}  // namespace reef::action
