#include "core/ops/replay_compare.h"

#include <catch2/catch.hpp>

using namespace reef;
using namespace reef::ops;

namespace {

RecordedMetric number(double value, std::string unit = "1") {
  RecordedMetric metric;
  metric.value = value;
  metric.unit = std::move(unit);
  metric.better = Metric::Better::lower;
  return metric;
}

RecordedMetric sampled(double value, double lower, double upper) {
  RecordedMetric metric = number(value, "s");
  metric.lower = lower;
  metric.upper = upper;
  return metric;
}

Record a_run() {
  Record record;
  record.package = "model";
  record.version = "1.0.0";
  record.reef_version = "0.1.0";
  record.host = {{"cpu_model", "a processor"}, {"os", "linux"}, {"memory_bytes", 1000000}};
  record.toolchain = {{"gcc", "12.2.0", "", "", std::string(64, 'a')}, {"openblas", "0.3.21", "", "", ""}};
  record.closure = {
      {"model", "1.0.0", {}, "key"}, {"data", "1.0.0", {}, "key"}, {"openblas", "0.3.21", {}, ""}};
  return record;
}

// "verdict: reason" of the only value.
std::string judged(const Record& packed, const Record& now) {
  const ReplayComparison compared = compare_replay(packed, now, {"openblas"});
  REQUIRE(compared.values.size() == 1);
  return std::string(name_of(compared.values[0].verdict)) + ": " + compared.values[0].reason;
}

std::string judged(const std::string& name, RecordedMetric a, RecordedMetric b) {
  Record packed = a_run();
  Record now = a_run();
  packed.metrics[name] = std::move(a);
  now.metrics[name] = std::move(b);
  return judged(packed, now);
}

}  // namespace

TEST_CASE("a number is reproduced when it is equal or within the declared tolerance") {
  CHECK(judged("accuracy", number(0.984), number(0.984)) == "reproduced: the same value");
  RecordedMetric tolerant = number(0.984);
  tolerant.tolerance = 0.005;
  CHECK(judged("accuracy", tolerant, number(0.98)) == "reproduced: within the declared tolerance of 0.005");
  CHECK(judged("accuracy", tolerant, number(0.97)) ==
        "not reproduced: differs by 0.014, the declared tolerance is 0.005");
  CHECK(judged("loss", number(1.5), number(1.25)) ==
        "not reproduced: differs by 0.25, and no tolerance is declared");
  CHECK(judged("loss", number(1.5), RecordedMetric{}) == "not comparable: it was not measured here");
  CHECK(judged("loss", RecordedMetric{}, number(1.5)) == "not comparable: the packed run does not know it");
}

TEST_CASE("times are compared by their intervals, and on the same hardware only") {
  CHECK(judged("latency", sampled(1, 0.99, 1.01), sampled(1.02, 1.01, 1.03)) ==
        "reproduced: 1.02 times, between 1 and 1.04: within 10 %");
  CHECK(judged("latency", sampled(1, 0.99, 1.01), sampled(1.5, 1.4, 1.6)) ==
        "not reproduced: worse: 1.5 times, between 1.39 and 1.62");
  CHECK(judged("latency", sampled(1, 0.99, 1.01), sampled(0.5, 0.49, 0.51)) ==
        "not reproduced: better: 0.5 times, between 0.485 and 0.515");
  CHECK(judged("latency", sampled(1, 0.5, 1.5), sampled(1.2, 0.6, 1.8)) ==
        "not comparable: 1.2 times, between 0.4 and 3.6: the intervals are too wide to tell");
  CHECK(judged("latency.p99", sampled(1, 0.99, 1.01), sampled(2, 1.9, 2.1)) ==
        "not comparable: 2 times, between 1.88 and 2.12: a tail differs from run to run");
  CHECK(judged("throughput", number(100, "1/s"), number(130, "1/s")) ==
        "not comparable: 1.3 times, but one number a run and no declared tolerance");
  Record packed = a_run();
  Record now = a_run();
  packed.metrics["latency"] = sampled(1, 0.99, 1.01);
  now.metrics["latency"] = sampled(3, 2.9, 3.1);
  now.host["cpu_model"] = "another one";
  CHECK(judged(packed, now) ==
        "not comparable: other hardware (cpu_model a processor -> another one): 3 times");
}

TEST_CASE("nothing is reproduced with another dependency, and another compiler is only stated") {
  Record packed = a_run();
  Record now = a_run();
  packed.metrics["accuracy"] = now.metrics["accuracy"] = number(0.5);
  now.toolchain[0].version = "13.1.0";
  CHECK(judged(packed, now) == "reproduced: the same value");
  const ReplayComparison compared = compare_replay(packed, now, {"openblas"});
  CHECK(compared.differences ==
        std::vector<ReplayDifference>{{"toolchain", "gcc", "12.2.0 (aaaaaaaa)", "13.1.0 (aaaaaaaa)"}});
  packed.closure[0].digest = std::string(64, 'a');
  CHECK(judged(packed, now) == "reproduced: the same value");  // old records do not tell
  now.closure[0].digest = std::string(64, 'b');
  CHECK(judged(packed, now) ==
        "not comparable: other source code: 1.0.0 (aaaaaaaaaaaa) -> 1.0.0 (bbbbbbbbbbbb)");
  now.closure[0].digest = packed.closure[0].digest;
  now.closure[2].version = "0.3.26";
  CHECK(judged(packed, now) == "not comparable: another dependency: openblas 0.3.21 -> 0.3.26");
  now.closure[1].version = "1.1.0";
  CHECK(judged(packed, now) == "not comparable: another dependency: data 1.0.0 -> 1.1.0 and 1 more");
}

TEST_CASE("nothing is compared with a run that was no success, and its status is a difference") {
  Record packed = a_run();
  Record now = a_run();
  packed.metrics["accuracy"] = now.metrics["accuracy"] = number(0.5);
  packed.status = RunStatus::failed;
  packed.reason = "stopped after 1 s";
  CHECK(judged(packed, now) == "not comparable: the packed run was no success");
  CHECK(compare_replay(packed, now, {}).differences ==
        std::vector<ReplayDifference>{{"status", "of the run", "failed", "ok"}});
  CHECK(why_not_ok(packed) == "failed: stopped after 1 s");
  CHECK(why_not_ok(now).empty());
  now.status = RunStatus::failed;
  CHECK(judged(packed, now) == "not comparable: the packed run was no success");
  CHECK(compare_replay(packed, now, {}).differences.empty());
}

TEST_CASE("another file of the same compiler is a difference, when both runs know it") {
  Record packed = a_run();
  Record now = a_run();
  packed.toolchain[0].files = {{"/usr/bin/g++", std::string(64, 'b')}};
  const auto differences = [&] { return compare_replay(packed, now, {}).differences; };
  CHECK(differences().empty());  // a record of before knew the main file only
  now.toolchain[0].files = packed.toolchain[0].files;
  CHECK(differences().empty());
  now.toolchain[0].files["/usr/bin/g++"] = std::string(64, 'c');
  CHECK(differences() ==
        std::vector<ReplayDifference>{{"toolchain", "gcc /usr/bin/g++", "bbbbbbbb", "cccccccc"}});
  now.toolchain[0].version = "13.1.0";  // its files follow from it
  CHECK(differences() ==
        std::vector<ReplayDifference>{{"toolchain", "gcc", "12.2.0 (aaaaaaaa)", "13.1.0 (aaaaaaaa)"}});
}

TEST_CASE("what only the replay has is told, but for what another harness measures") {
  Record packed = a_run();
  Record now = a_run();
  now.metrics["loss"] = number(1.5);
  now.metrics["latency.p95"] = sampled(1, 0.99, 1.01);
  CHECK(judged(packed, now) == "not comparable: the packed run does not know it");
}

TEST_CASE("how late the load generator was is no result") {
  Record packed = a_run();
  packed.metrics["latency"] = sampled(1, 0.99, 1.01);
  packed.metrics["lateness"] = sampled(1, 0.99, 1.01);
  packed.metrics["measure.lateness"] = sampled(1, 0.99, 1.01);
  const ReplayComparison compared = compare_replay(packed, packed, {});
  REQUIRE(compared.values.size() == 1);
  CHECK(compared.values[0].name == "latency");
}

TEST_CASE("outputs are compared bit by bit, but for those of the harness") {
  Record packed = a_run();
  Record now = a_run();
  packed.outputs = {{"output/model.onnx", "aa", 1}, {"output/measure/samples.bin", "bb", 1}};
  CHECK(judged(packed, now) == "not reproduced: it was not written");
  CHECK(judged(now, packed) == "not reproduced: the packed run did not write it");
  now.outputs = {{"output/model.onnx", "cc", 1}};
  CHECK(judged(packed, now) == "not reproduced: other bytes");
  now.outputs = {{"output/model.onnx", "aa", 1}};
  CHECK(judged(packed, now) == "reproduced: the same bytes");
}

TEST_CASE("differences have a kind; memory that differs by a hair is no difference") {
  Record packed = a_run();
  Record now = a_run();
  now.host["memory_bytes"] = 1000010;
  CHECK(compare_replay(packed, now, {}).differences.empty());
  now.host["os"] = "macos";
  now.host["memory_bytes"] = 2000000;
  now.reef_version = "0.2.0";
  packed.parameters["threads"] = 1;
  packed.inputs = {{"data 1.0.0", "aa", 1}};
  CHECK(compare_replay(packed, now, {}).differences ==
        std::vector<ReplayDifference>{{"hardware", "memory_bytes", "1000000", "2000000"},
                                      {"OS", "os", "linux", "macos"},
                                      {"input", "data 1.0.0", "aa", "none"},
                                      {"setting", "parameter threads", "1", "none"},
                                      {"setting", "reef", "0.1.0", "0.2.0"}});
}

TEST_CASE("what another load was measured with is not judged, and the load is a difference") {
  const auto of_two_steps = [](double rate) {
    Record record = a_run();
    record.metrics["serve.latency"] = sampled(1 / rate, 0.9 / rate, 1.1 / rate);
    record.steps["bulk"] = {"command", RecordedLoad{}};
    record.steps["serve"] = {"server", RecordedLoad{}};
    record.steps["serve"].load->rate = rate;
    return record;
  };
  CHECK(judged(of_two_steps(300), of_two_steps(100)) == "not comparable: another load");
  CHECK(compare_replay(of_two_steps(300), of_two_steps(100), {}).differences ==
        std::vector<ReplayDifference>{{"setting", "serve.rate", "300", "100"}});
}
