#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/json_reader.h"
#include "core/model/bound.h"
#include "core/model/condition.h"
#include "core/model/detect.h"
#include "core/model/exclude.h"
#include "core/model/tool.h"
#include "core/model/version.h"

namespace reef {

enum class PackageKind { model, dataset, engine, library, program, tool };
std::string_view name_of(PackageKind kind);

// Lower-case letters, digits, `-`, `_`, `.` and `+`, starting with a letter or digit, at most 100 bytes.
Result<std::string> parse_package_name(std::string_view text);

enum class Purpose { build, run, both };
std::string_view name_of(Purpose purpose);

struct Dependency {
  std::string role;
  std::string package;  // exactly one of package and capability is set
  std::string capability;
  VersionRange version;
  Purpose purpose = Purpose::both;
  std::map<std::string, std::string> with;  // options asked of the target
  Condition when;
  Place place;  // of the member in the manifest, for explanations

  const std::string& target() const { return package.empty() ? capability : package; }
};

struct Option {
  std::string name;
  std::string summary;
  std::vector<Dependency> dependencies;
  std::map<std::string, std::vector<std::string>> conflicts;  // own group -> options that exclude this one
  std::map<std::string, VersionRange> package_conflicts;      // packages that exclude this one
  Condition when;                                             // the option exists only then
  std::map<std::string, std::vector<std::string>> values;     // `${with.GROUP.NAME}`, templates
  std::vector<std::string> scalar_values;                     // names of values that were written as one text
  Place place;
};

struct Variation {
  std::string group;
  std::string summary;
  std::vector<std::string> defaults;  // preferences, best first; without "default" all options as declared
  std::vector<Option> options;        // declared order
  Place place;

  const Option* find(std::string_view option) const;
};

enum class SourceKind { path, url, git, npm };
std::string_view name_of(SourceKind kind);

struct Source {
  SourceKind kind = SourceKind::path;
  std::string location;               // path, first url, git url, npm name
  std::vector<std::string> mirrors;   // further urls
  std::optional<Digest> sha256;       // required for url, allowed for path
  std::optional<std::uint64_t> size;  // bytes
  std::string commit;                 // git: 40 hexadecimal digits
  std::string version;                // npm: exact version
  std::string integrity;              // npm: sha512-...
  bool unpack = false;                // archives and bare .gz/.xz/.zst/.bz2
  std::size_t strip = 0;              // leading path components dropped while unpacking
  std::string to;                     // folder below the source tree; empty: its root
  Condition when;
  Place place;
};

enum class ParameterType { integer, number, string, boolean };

struct Parameter {
  std::string name;
  ParameterType type = ParameterType::string;
  std::optional<json::Value> fallback;  // "default"; without one the parameter must be given
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::vector<json::Value> choices;
  std::string help;
  Place place;

  // Empty when `value` (integer, number, string or boolean of JSON) is of the type, in the range and one of
  // the choices; else what was expected: "expected a whole number from 1 to 64, got `0`".
  std::optional<std::string> refusal(const json::Value& value) const;
  // The value that a text means, as typed: `8` (`8.0` is the same), `0.5`, `true`; strings byte for byte.
  // invalid_input when the text is not of the type, or refused.
  Result<json::Value> parse(std::string_view text) const;
};
std::string_view name_of(ParameterType type);

// One process: an argument array, or a script file with arguments.
struct Command {
  std::vector<std::string> argv;  // templates; empty when `script` is set
  std::string script;             // file in the source tree; .sh runs under `bash -euo pipefail`
  std::vector<std::string> args;
  Condition when;
  Place place;
};

struct Metric {
  std::string name;
  std::string unit;
  enum class Better { unknown, higher, lower } better = Better::unknown;
  std::optional<double> tolerance;
};

// A step of a workflow: an action of this package, or commands of its own.
struct Step {
  std::string name;
  std::string action;
  std::vector<Command> run;
  std::vector<std::string> needs;
  std::vector<std::string> inputs;   // files and globs: unchanged inputs mean the step is not repeated
  std::vector<std::string> outputs;  // files that must exist afterwards
  std::vector<Metric> metrics;       // of `run`; those of `action` are declared there
  std::map<std::string, std::string> parameters;  // templates, for `action`
  Condition when;
  Place place;
};

struct BenchmarkSpec {
  std::string scenario = "single-stream";
  std::vector<std::string> system;   // a program that speaks the line protocol
  std::vector<std::string> library;  // or a shared library (include/reef/system.h) and its arguments
  std::vector<std::string> command;  // or a whole command that is timed; exactly one of the three
  std::optional<std::int64_t> queries;
  std::optional<std::int64_t> warmup;
  std::optional<double> min_duration_seconds;
  std::int64_t samples_per_query = 1;
  std::optional<double> rate;         // server: queries a second
  std::optional<LatencyBound> bound;  // server
};

struct Action {
  std::string name;
  std::string help;
  std::vector<Parameter> parameters;
  std::vector<Command> run;
  std::vector<Step> steps;
  std::optional<BenchmarkSpec> benchmark;
  std::vector<Metric> metrics;
  std::map<std::string, std::string> env;  // templates
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::optional<std::chrono::milliseconds> timeout;
  Place place;
};

// `reef.json` (or `reef.yaml`), read and checked. Lists keep the declared order, which is an order of
// preference.
struct Manifest {
  std::string name;
  Version version;
  PackageKind kind = PackageKind::program;
  std::string summary;
  std::string license;
  std::vector<std::string> authors;
  std::map<std::string, std::string> cite;
  std::vector<std::string> tags;
  std::string homepage;
  std::map<std::string, Version> provides;
  std::vector<Source> sources;
  Exclude exclude;
  std::vector<Dependency> dependencies;
  std::vector<Variation> variations;
  Exports exports;  // templates
  std::vector<Action> actions;
  std::map<std::string, std::string> install;  // tools: manager -> package name ("apt" -> "g++")
  std::shared_ptr<const DetectSpec> detect;    // tools only
  bool yanked = false;
  Place place;  // file; line 1

  // Roles of the package and of all its options, sorted, each once.
  std::vector<std::string> roles() const;
  const Action* find_action(std::string_view action) const;
  const Variation* find_variation(std::string_view group) const;
};

// Larger manifests are refused before they are parsed.
constexpr std::uint64_t kLargestManifest = 1U << 20U;  // bytes

// Reads a whole document; every problem goes to the list. The manifest is meaningful only when none was
// added. Templates are checked too: every `${...}` must name something that this package declares.
// One role may stand in several places (the package and its options) when their conditions or groups exclude
// one another, or when all of them ask for the same package.
Manifest read_manifest(const json::Document& document, json::Problems& problems);

// A text in JSON, or in YAML when `file` ends in `.yaml` or `.yml`. Syntax errors go to the list too.
Manifest parse_manifest(std::string file, std::string text, json::Problems& problems);

}  // namespace reef
