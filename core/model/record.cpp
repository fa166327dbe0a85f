#include "core/model/record.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/model/json_nullable.h"

namespace reef {
namespace {

using json::Node;
using json::nullable;
using json::read_nullable;
using json::Reader;
using json::Value;

constexpr std::array kStatuses = {RunStatus::ok, RunStatus::failed, RunStatus::invalid,
                                  RunStatus::interrupted};

using PhaseTime = std::optional<double> RecordedTimes::*;
constexpr std::array<std::pair<const char*, PhaseTime>, 10> kPhases = {{
    {"total", &RecordedTimes::total},
    {"resolve", &RecordedTimes::resolve},
    {"fetch", &RecordedTimes::fetch},
    {"build", &RecordedTimes::build},
    {"load", &RecordedTimes::load},
    {"first_answer", &RecordedTimes::first_answer},
    {"warmup", &RecordedTimes::warmup},
    {"search", &RecordedTimes::search},
    {"steady", &RecordedTimes::steady},
    {"cover", &RecordedTimes::cover},
}};

Value to_json(const std::map<std::string, std::string>& texts) {
  Value out = Value::object();
  for (const auto& [key, text] : texts) out[key] = text;
  return out;
}

Value to_json(const RecordedTimes& times) {
  Value out;
  out["started"] = times.started;
  for (const auto& [name, member] : kPhases) out[name] = nullable(times.*member);
  return out;
}

Value to_json(const RecordedTool& tool) {
  return {{"name", tool.name},
          {"version", nullable(tool.version)},
          {"path", tool.path},
          {"real_path", nullable(tool.real_path)},
          {"digest", nullable(tool.digest)},
          {"files", to_json(tool.files)}};
}

Value to_json(const RecordedPackage& package) {
  return {{"name", package.name},
          {"version", package.version},
          {"options", to_json(package.options)},
          {"build_key", nullable(package.build_key)},
          {"digest", nullable(package.digest)}};
}

Value to_json(const RecordedCommand& command) {
  return {{"argv", command.argv},
          {"env", command.env},
          {"folder", nullable(command.folder)},
          {"seconds", nullable(command.seconds)},
          {"exit", nullable(command.exit)}};
}

Value to_json(const RecordedFile& file) {
  return {{"path", file.path}, {"sha256", nullable(file.sha256)}, {"size", nullable(file.size)}};
}

Value to_json(const RecordedSweep& sweep) {
  return {{"id", sweep.id}, {"point", sweep.point}, {"round", sweep.round}};
}

template <class T>
Value array_of(const std::vector<T>& items) {
  Value out = Value::array();
  for (const T& item : items) out.push_back(to_json(item));
  return out;
}

void read_texts(Reader& reader, std::string_view key, std::map<std::string, std::string>& out) {
  reader.each_member(key, [&](const Node& member) { member.read(out[member.key()]); });
}

RecordedTimes read_times(const Node& node) {
  RecordedTimes out;
  Reader reader(node);
  reader.require("started", out.started);
  for (const auto& [name, member] : kPhases) read_nullable(reader, name, out.*member);
  return out;
}

Result<Metric::Better> parse_better(std::string_view text) {
  if (text == "higher") return Metric::Better::higher;
  if (text == "lower") return Metric::Better::lower;
  return make_error(ErrorCode::invalid_input, "expected `higher` or `lower`, got `{}`", printable(text));
}

RecordedMetric read_recorded_metric(const Node& node) {
  RecordedMetric out;
  Reader reader(node);
  read_nullable(reader, "value", out.value);
  read_nullable(reader, "problem", out.problem);
  read_nullable(reader, "unit", out.unit);
  with_known(reader, "better", [&](const Node& better) { better.read(out.better, &parse_better); });
  read_nullable(reader, "tolerance", out.tolerance);
  read_nullable(reader, "n", out.n);
  read_nullable(reader, "lower", out.lower);
  read_nullable(reader, "upper", out.upper);
  return out;
}

RecordedTool read_tool(const Node& node) {
  RecordedTool out;
  Reader reader(node);
  reader.require("name", out.name);
  read_nullable(reader, "version", out.version);
  read_nullable(reader, "path", out.path);
  read_nullable(reader, "real_path", out.real_path);
  read_nullable(reader, "digest", out.digest);
  reader.with("files", false, [&](const Node& files) {
    return files.members([&](const Node& file) { file.read(out.files[file.key()]); });
  });
  return out;
}

RecordedPackage read_package(const Node& node) {
  RecordedPackage out;
  Reader reader(node);
  reader.require("name", out.name);
  reader.require("version", out.version);
  read_texts(reader, "options", out.options);
  read_nullable(reader, "build_key", out.build_key);
  read_nullable(reader, "digest", out.digest);
  return out;
}

RecordedCommand read_command(const Node& node) {
  RecordedCommand out;
  Reader reader(node);
  reader.require("argv", out.argv);
  reader.optional("env", out.env);
  read_nullable(reader, "folder", out.folder);
  read_nullable(reader, "seconds", out.seconds);
  read_nullable(reader, "exit", out.exit);
  return out;
}

RecordedFile read_recorded_file(const Node& node) {
  RecordedFile out;
  Reader reader(node);
  reader.require("path", out.path);
  read_nullable(reader, "sha256", out.sha256);
  read_nullable(reader, "size", out.size);
  return out;
}

RecordedStep read_step(const Node& node) {
  RecordedStep out;
  Reader reader(node);
  read_nullable(reader, "scenario", out.scenario);
  with_known(reader, "load", [&](const Node& load) { out.load = read_load(load); });
  with_known(reader, "latency", [&](const Node& latency) { out.latency = read_summary(latency); });
  with_known(reader, "conditions", [&](const Node& conditions) { out.conditions = conditions.value(); });
  with_known(reader, "times", [&](const Node& times) { out.times = read_times(times); });
  return out;
}

RecordedSweep read_sweep(const Node& node) {
  RecordedSweep out;
  Reader reader(node);
  reader.require("id", out.id);
  const auto count = [&](std::string_view key, std::uint64_t& number) {
    std::int64_t read = 0;
    if (reader.require(key, read) && node.expect(read >= 0, fmt::format("a count from 0 as `{}`", key)))
      number = static_cast<std::uint64_t>(read);
  };
  count("point", out.point);
  count("round", out.round);
  return out;
}

template <class T>
void read_list(Reader& reader, std::string_view key, std::vector<T>& out, T (*read)(const Node&)) {
  reader.each_item(key, [&](const Node& item) { out.push_back(read(item)); });
}

// Reports what is wrong with the format, and returns whether the rest makes sense.
bool is_readable(Reader& reader) {
  std::int64_t format = 0;
  if (!reader.require("format", format)) return false;
  if (format == Record::kFormat) return true;
  reader.with("format", true, [&](const Node& node) {
    node.problem(
        format > Record::kFormat
            ? fmt::format("this record was written by a newer reef: it has format {}, this one reads {}",
                          format, Record::kFormat)
            : fmt::format("a record of format {} does not exist", format));
    return true;
  });
  return false;
}

void read_identity(Reader& reader, Record& out) {
  reader.require("id", out.id);
  read_nullable(reader, "reef_version", out.reef_version);
  reader.require("package", out.package);
  read_nullable(reader, "version", out.version);
  reader.require("action", out.action);
  read_texts(reader, "options", out.options);
  reader.each_member("parameters",
                     [&](const Node& member) { out.parameters[member.key()] = member.value(); });
  with_known(reader, "from_folder", [&](const Node& node) { out.from_folder = node.value() == Value(true); });
  read_nullable(reader, "parent", out.parent);
  read_nullable(reader, "lock_sha256", out.lock_sha256);
  with_known(reader, "sweep", [&](const Node& node) { out.sweep = read_sweep(node); });
}

void read_outcome(Reader& reader, Record& out) {
  reader.require("status", out.status, &parse_run_status);
  read_nullable(reader, "reason", out.reason);
  read_nullable(reader, "exit", out.exit);
  read_nullable(reader, "signal", out.signal);
  reader.with("times", true, [&](const Node& node) {
    out.times = read_times(node);
    return true;
  });
  reader.each_member("metrics",
                     [&](const Node& metric) { out.metrics[metric.key()] = read_recorded_metric(metric); });
  read_nullable(reader, "scenario", out.scenario);
  with_known(reader, "latency", [&](const Node& node) { out.latency = read_summary(node); });
  with_known(reader, "load", [&](const Node& node) { out.load = read_load(node); });
  reader.each_member("steps", [&](const Node& step) { out.steps[step.key()] = read_step(step); });
}

void read_surroundings(Reader& reader, Record& out) {
  with_known(reader, "host", [&](const Node& node) { out.host = node.value(); });
  with_known(reader, "conditions", [&](const Node& node) { out.conditions = node.value(); });
  read_list(reader, "toolchain", out.toolchain, &read_tool);
  read_list(reader, "closure", out.closure, &read_package);
  read_list(reader, "commands", out.commands, &read_command);
  read_list(reader, "inputs", out.inputs, &read_recorded_file);
  read_list(reader, "outputs", out.outputs, &read_recorded_file);
  read_list(reader, "mapped", out.mapped, &read_recorded_file);
  read_list(reader, "files", out.files, &read_recorded_file);
}

}  // namespace

std::map<std::string, std::string> toolchain_texts(const Record& record, const Record& beside) {
  constexpr std::size_t kBrief = 8;
  std::map<std::string, std::string> out;
  for (const RecordedTool& tool : record.toolchain) {
    out[tool.name] = tool.digest.empty()
                         ? tool.version
                         : fmt::format("{} ({})", tool.version, tool.digest.substr(0, kBrief));
    const auto other =
        std::find_if(beside.toolchain.begin(), beside.toolchain.end(), [&](const RecordedTool& each) {
          return each.name == tool.name && each.version == tool.version && each.digest == tool.digest;
        });
    if (other == beside.toolchain.end() || tool.files.empty() || other->files.empty()) continue;
    for (const auto& [path, digest] : tool.files)
      out[tool.name + " " + path] = digest.empty() ? "unknown" : digest.substr(0, kBrief);
  }
  return out;
}

std::string_view name_of(RunStatus status) {
  switch (status) {
    case RunStatus::ok:
      return "ok";
    case RunStatus::failed:
      return "failed";
    case RunStatus::invalid:
      return "invalid";
    default:
      return "interrupted";
  }
}

Result<RunStatus> parse_run_status(std::string_view text) {
  std::vector<std::string> names;
  for (const RunStatus status : kStatuses) {
    if (text == name_of(status)) return status;
    names.emplace_back(name_of(status));
  }
  return make_error(ErrorCode::invalid_input, "unknown status `{}`, expected {}", printable(text),
                    quoted_list(names));
}

json::Value to_json(const RecordedMetric& metric) {
  Value out;
  out["value"] = nullable(metric.value);
  out["problem"] = nullable(metric.problem);
  out["unit"] = nullable(metric.unit);
  out["better"] = metric.better == Metric::Better::higher  ? Value("higher")
                  : metric.better == Metric::Better::lower ? Value("lower")
                                                           : Value();
  out["tolerance"] = nullable(metric.tolerance);
  out["n"] = nullable(metric.n);
  out["lower"] = nullable(metric.lower);
  out["upper"] = nullable(metric.upper);
  return out;
}

std::map<std::string, RecordedMetric> read_metrics(const json::Node& node) {
  std::map<std::string, RecordedMetric> out;
  node.members([&](const Node& metric) { out[metric.key()] = read_recorded_metric(metric); });
  return out;
}

json::Value to_json(const std::map<std::string, RecordedMetric>& metrics) {
  Value out = Value::object();
  for (const auto& [name, metric] : metrics) out[name] = to_json(metric);
  return out;
}

json::Value to_json(const Record& record) {
  Value out;
  out["format"] = Record::kFormat;
  out["id"] = record.id;
  out["reef_version"] = nullable(record.reef_version);
  out["package"] = record.package;
  out["version"] = nullable(record.version);
  out["action"] = record.action;
  out["options"] = to_json(record.options);
  out["parameters"] = Value::object();
  for (const auto& [name, value] : record.parameters) out["parameters"][name] = value;
  out["status"] = name_of(record.status);
  out["reason"] = nullable(record.reason);
  out["exit"] = nullable(record.exit);
  out["signal"] = nullable(record.signal);
  out["times"] = to_json(record.times);
  out["metrics"] = to_json(record.metrics);
  out["scenario"] = nullable(record.scenario);
  out["latency"] = record.latency ? to_json(*record.latency) : Value();
  out["load"] = record.load ? to_json(*record.load) : Value();
  out["steps"] = Value::object();
  for (const auto& [name, step] : record.steps)
    out["steps"][name] = {{"scenario", nullable(step.scenario)},
                          {"load", step.load ? to_json(*step.load) : Value()},
                          {"latency", step.latency ? to_json(*step.latency) : Value()},
                          {"conditions", step.conditions},
                          {"times", to_json(step.times)}};
  out["host"] = record.host;
  out["conditions"] = record.conditions;
  out["toolchain"] = array_of(record.toolchain);
  out["closure"] = array_of(record.closure);
  out["commands"] = array_of(record.commands);
  out["inputs"] = array_of(record.inputs);
  out["outputs"] = array_of(record.outputs);
  out["mapped"] = array_of(record.mapped);
  out["files"] = array_of(record.files);
  out["lock_sha256"] = nullable(record.lock_sha256);
  out["from_folder"] = record.from_folder;
  out["parent"] = nullable(record.parent);
  out["sweep"] = record.sweep ? to_json(*record.sweep) : Value();
  return out;
}

Record read_record(const json::Document& document, json::Problems& problems) {
  Record out;
  const Node root(document, problems);
  Reader reader(root);
  if (!is_readable(reader)) return out;
  read_identity(reader, out);
  read_outcome(reader, out);
  read_surroundings(reader, out);
  return out;
}

json::Value sealed(json::Value record) {
  record.erase("digest");
  record["digest"] = sha256(json::write_sorted(record)).hex();
  return record;
}

bool is_as_sealed(json::Value record) {
  const auto stated = record.find("digest");
  if (stated == record.end()) return true;
  const json::Value digest = *stated;
  return sealed(std::move(record)).at("digest") == digest;
}

bool is_as_sealed(const json::Document& document) {
  // The line of the digest taken out of the text, what is left is what was digested.
  constexpr std::string_view kBefore = "\n  \"digest\": \"";
  constexpr std::string_view kAfter = "\",";
  constexpr std::size_t kDigits = 64;
  const std::string_view text = document.text;
  const std::size_t at = text.find(kBefore);
  if (at != std::string_view::npos) {
    const std::string_view digest = text.substr(at + kBefore.size(), kDigits);
    const std::size_t rest = at + kBefore.size() + digest.size();
    if (text.substr(rest, kAfter.size()) == kAfter &&
        sha256(fmt::format("{}{}", text.substr(0, at), text.substr(rest + kAfter.size()))).hex() == digest)
      return true;
  }
  return is_as_sealed(document.root);
}

}  // namespace reef
