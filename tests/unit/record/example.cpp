#include "tests/unit/record/example.h"

namespace reef::test {
namespace {

Summary full_summary() {
  Summary out;
  out.n = 1000;
  out.not_finite = 1;
  out.mean = 0.0015;
  out.median = 0.0014;
  out.mad = 0.0001;
  out.sd = 0.0002;
  out.min = 0.001;
  out.max = 0.01;
  out.percentiles = {{0.5, 0.0014, 0.0013, 0.0015, 6}, {0.999, 0.01, 0.009, std::nullopt, 3688}};
  out.tukey_outliers = 3;
  out.modified_z_outliers = 2;
  return out;
}

RecordedLoad full_load() {
  RecordedLoad out;
  out.system = "program";
  out.mode = "performance";
  out.rate = 2000;
  out.bound = "p99=5.00 ms";
  out.min_queries = 1000;
  out.min_duration = 1;
  out.queries = 2068;
  out.samples = 500;
  out.samples_per_query = 1;
  out.warmup_queries = 12;
  out.warmup_asked = 100;
  out.seed = 14276810075590677512U;  // LoadGen has seeds of 64 bits
  out.order = "rounds";
  out.pacing = "sleep";
  out.valid = false;
  out.reasons = {"p99 is 6.00 ms, the bound is 5.00 ms"};
  out.over_bound = 30;
  out.lateness = full_summary();
  out.steadiness = "drifting";
  out.drift_p = 0.001;
  out.drift_at = 700;
  out.drift_before = 0.001;
  out.drift_after = 0.002;
  out.first_is_outlier = true;
  out.peak_rate = 1900;
  out.peak_lower = 1850;
  out.peak_upper = 1950;
  out.peak_confirmed = 1850;
  out.probes = {{2000, false, true, 2068, 0.006}, {1000, true, false, 1034, std::nullopt}};
  return out;
}

json::Value full_conditions() {
  const json::Value moment = {{"load", 0.5},          {"processors", 2},        {"governor", "powersave"},
                              {"turbo", true},        {"frequency", 2.5e9},     {"frequency_limit", 3e9},
                              {"smt", nullptr},       {"on_battery", false},    {"memory_available", 1 << 30},
                              {"pressure_cpu", 0.01}, {"pressure_memory", 0.0}, {"pressure_io", nullptr}};
  return {{"grade", "noisy"},
          {"findings", {{{"severity", "noisy"}, {"text", "load 9"}, {"remedy", "stop other programs"}}}},
          {"before", moment},
          {"after", moment},
          {"during",
           {{"seconds", 1.5},
            {"busy", 1.5},
            {"others", 0.5},
            {"steal", 0.01},
            {"io_wait", 0.0},
            {"throttled", 0},
            {"quota_throttled", nullptr},
            {"swapped", 0},
            {"memory_stall", 0.0},
            {"suspended", 0.0},
            {"stops", 1},
            {"top", {{{"name", "cc1plus"}, {"processors", 0.4}}}}}},
          {"energy", {{{"counter", "rapl package-0"}, {"joules", 12.5}, {"unavailable", nullptr}}}}};
}

}  // namespace

Record full_record() {
  const std::string digest(64, 'a');
  Record out;
  out.id = "20260131-120000-3f9a";
  out.reef_version = "0.1.0";
  out.package = "digits-classifier";
  out.version = "1.0.0";
  out.action = "benchmark";
  out.options = {{"engine", "openblas"}, {"model", "cnn-m"}};
  out.parameters = {{"threads", 2}, {"note", "it's \"quoted\"\n"}, {"fast", true}};
  out.status = RunStatus::failed;
  out.reason = "the program ended: exit status 7";
  out.exit = 7;
  out.signal = 9;
  out.times = {"2026-01-31T12:00:00Z", 10.5, 0.01, 0.02, 5.0, 0.1, 0.002, 0.2, 1.5, 30.0, 0.1};
  RecordedMetric accuracy;
  accuracy.value = 0.98;
  accuracy.problem = "none";
  accuracy.unit = "1";
  accuracy.better = Metric::Better::higher;
  accuracy.tolerance = 0.005;
  accuracy.n = 500;
  accuracy.lower = 0.96;
  accuracy.upper = 0.99;
  out.metrics["accuracy"] = accuracy;
  RecordedMetric loss;
  loss.problem = "the program reported NaN";
  loss.better = Metric::Better::lower;
  out.metrics["loss"] = loss;
  out.scenario = "single-stream";
  out.latency = full_summary();
  out.host = {{"os", "linux"}, {"arch", "x86_64"}};
  out.load = full_load();
  out.conditions = full_conditions();
  out.steps["serve"] = {"server", full_load(), full_summary(), full_conditions(), out.times};
  out.toolchain = {{"gcc", "12.2.0", "/usr/bin/g++", "/usr/bin/x86_64-linux-gnu-g++-12", digest}};
  out.toolchain.front().files = {{"/usr/bin/gcc", digest}, {"/usr/bin/ld", ""}};
  out.closure = {{"digits", "1.0.0", {{"split", "fixed"}}, "0123abcd"}};
  out.commands = {{{"/bin/classify", "--serve"}, {"PATH"}, "/tmp/work", 2.5, "exit status 7"}};
  out.inputs = {{"digits.csv", digest, 100}};
  out.outputs = {{"output/model.onnx", digest, 200}};
  out.mapped = {{"/usr/lib/libopenblas.so.0", digest, 300}};
  out.files = {{"log.txt", digest, 400}};
  out.lock_sha256 = digest;
  out.from_folder = true;
  out.parent = "20260131-110000-0001";
  out.sweep = RecordedSweep{"sweep-3f9a21c04b77", 17, 2};
  return out;
}

Record bare_record() {
  Record out;
  out.id = "20260131-120000-0000";
  out.package = "p";
  out.action = "run";
  out.times.started = "2026-01-31T12:00:00Z";
  RecordedTool tool;
  tool.name = "gcc";
  tool.path = "/usr/bin/gcc";
  out.toolchain = {tool};
  out.closure = {{"p", "1.0.0", {}, ""}};
  out.commands = {{{"true"}, {}, "", std::nullopt, ""}};
  out.inputs = {{"x", "", std::nullopt}};
  out.metrics["x"] = {};
  return out;
}

}  // namespace reef::test
