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
  out.times = {"2026-01-31T12:00:00Z", 10.5, 0.01, 0.02, 5.0, 0.1, 0.002, 0.2, 1.5};
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
  out.conditions = {{"load", 0.5}};
  out.toolchain = {{"gcc", "12.2.0", "/usr/bin/g++", "/usr/bin/x86_64-linux-gnu-g++-12", digest}};
  out.closure = {{"digits", "1.0.0", {{"split", "fixed"}}, "0123abcd"}};
  out.commands = {{{"/bin/classify", "--serve"}, {"PATH"}, "/tmp/work", 2.5, "exit status 7"}};
  out.inputs = {{"digits.csv", digest, 100}};
  out.outputs = {{"output/model.onnx", digest, 200}};
  out.mapped = {{"/usr/lib/libopenblas.so.0", digest, 300}};
  out.files = {{"log.txt", digest, 400}};
  out.lock_sha256 = digest;
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
