#include "core/model/manifest.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

namespace reef {
namespace {

Manifest good(const std::string& name) {
  std::ifstream in(std::string(REEF_TEST_DATA) + "/good/manifest/" + name, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  json::Problems problems;
  Manifest manifest = parse_manifest(name, text.str(), problems);
  REQUIRE(problems.empty());
  return manifest;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the manifest of the design is read as it is meant") {
  const Manifest manifest = good("design.json");
  CHECK(manifest.name == "digits-classifier");
  CHECK(manifest.version.text() == "1.0.0");
  CHECK(manifest.kind == PackageKind::model);
  CHECK(manifest.provides.at("image-classifier").text() == "1.0.0");
  REQUIRE(manifest.sources.size() == 2);
  CHECK(manifest.sources[0].location == "src");
  CHECK(manifest.sources[1].kind == SourceKind::url);
  CHECK(manifest.sources[1].size == 123U);
  CHECK(manifest.sources[1].unpack);
  CHECK(manifest.sources[1].to == "weights");
  REQUIRE(manifest.dependencies.size() == 3);
  CHECK(manifest.dependencies[0].purpose == Purpose::both);
  CHECK(manifest.dependencies[1].capability == "c++-compiler");
  CHECK(manifest.dependencies[1].target() == "c++-compiler");
  CHECK(manifest.dependencies[1].purpose == Purpose::build);
  CHECK(manifest.dependencies[1].version.contains(Version::parse_loose("12.2.0-14").value()));
  CHECK(manifest.dependencies[2].when.with.at("engine") == Texts{"torch"});
  CHECK(manifest.find_variation("engine")->defaults == Texts{"onnxruntime", "native"});
  CHECK(manifest.find_variation("precision")->defaults == Texts{"fp32"});
  CHECK(manifest.find_variation("precision")->find("int8")->conflicts.at("engine") == Texts{"native"});
  CHECK(manifest.exports.env.at("PATH").kind == Exports::Variable::Kind::prepend);
  CHECK(manifest.exports.env.at("PATH").value == "${prefix}/bin");
  CHECK(manifest.roles() == Texts{"compiler", "dataset", "engine", "python"});
  const Action* benchmark = manifest.find_action("benchmark");
  REQUIRE(benchmark != nullptr);
  CHECK(benchmark->benchmark->system == Texts{"${prefix}/bin/classify", "--serve"});
  CHECK(benchmark->metrics[0].better == Metric::Better::higher);
  CHECK(benchmark->metrics[0].tolerance == 0.005);
  CHECK(manifest.find_action("reproduce")->steps[1].needs == Texts{"train"});
  CHECK(manifest.find_action("fly") == nullptr);
}

TEST_CASE("every key of a manifest arrives in its field") {
  const Manifest manifest = good("everything.json");
  CHECK(manifest.yanked);
  CHECK(manifest.cite.at("arxiv") == "2001.00001");
  CHECK(manifest.sources[2].mirrors == Texts{"http://example.net/a.tar.gz", "file:///tmp/a.tar.gz"});
  CHECK(manifest.sources[2].strip == 1);
  CHECK(manifest.sources[3].commit == "0123456789abcdef0123456789abcdef01234567");
  CHECK(manifest.sources[4].location == "@scope/name");
  CHECK(manifest.sources[4].version == "1.14.0");
  const Condition& when = manifest.dependencies[1].when;
  CHECK(when.with.at("engine") == Texts{"torch", "node"});
  CHECK(when.packages.size() == 2);
  CHECK(when.any.size() == 2);
  CHECK(when.negated.size() == 1);
  CHECK(manifest.dependencies[1].with.at("numpy") == "yes");
  const Variation* optimize = manifest.find_variation("optimize");
  CHECK(optimize->defaults == Texts{"O0", "O3-native"});
  const Option* native = manifest.find_variation("engine")->find("native");
  CHECK(native->values.at("flags") == Texts{"-O3", "-I${prefix}/include"});
  CHECK(native->scalar_values == Texts{"system"});
  const Option* node = manifest.find_variation("engine")->find("node");
  CHECK(node->conflicts.at("optimize") == Texts{"O0", "O3-native"});
  CHECK(node->package_conflicts.contains("gcc"));
  CHECK(manifest.exports.values.at("libraries").size() == 2);
  const Action* build = manifest.find_action("build");
  CHECK(build->run[1].when.with.at("engine") == Texts{"torch"});
  CHECK(build->run[2].script == "scripts/build.sh");
  CHECK(build->timeout == std::chrono::minutes(90));
  const Action* all = manifest.find_action("all");
  CHECK(all->steps[0].parameters.at("epochs") == "5");
  CHECK(all->steps[0].parameters.at("verbose") == "true");
  CHECK(manifest.find_action("benchmark")->benchmark->min_duration_seconds == 2.0);
  CHECK(manifest.find_action("train")->parameters[4].fallback == std::nullopt);
}

TEST_CASE("parts of a manifest know where they stand, in JSON and in YAML") {
  const Manifest json = good("design.json");
  CHECK(json.dependencies[1].place.line == 13);
  CHECK(json.dependencies[1].place.column == 5);
  CHECK(json.dependencies[1].place.excerpt.find("\"compiler\"") == 4);
  const Manifest yaml = good("dataset.yaml");
  CHECK(yaml.sources[0].place.line == 9);
  CHECK(yaml.find_action("build")->place.line == 16);
  CHECK(yaml.find_action("build")->place.column == 3);
}

TEST_CASE("JSON and YAML of one content give one manifest") {
  json::Problems problems;
  const Manifest json = parse_manifest(
      "reef.json",
      R"({"reef": 1, "name": "a", "version": "1.0.0", "kind": "model", "dependencies": {"b": {"package": "b", "version": "^1"}}})",
      problems);
  const Manifest yaml = parse_manifest(
      "reef.yaml",
      "reef: 1\nname: a\nversion: 1.0.0\nkind: model\ndependencies:\n  b: {package: b, version: ^1}\n",
      problems);
  REQUIRE(problems.empty());
  CHECK(json.dependencies[0].version == yaml.dependencies[0].version);
  CHECK(json.name == yaml.name);
}

TEST_CASE("a parameter takes what is of its type, in its range and one of its choices") {
  Parameter threads;
  threads.name = "threads";
  threads.type = ParameterType::integer;
  threads.minimum = 1;
  threads.maximum = 64;
  CHECK(threads.parse("8").value() == 8);
  CHECK(threads.parse("0").error().message() == "expected a whole number from 1 to 64, got `0`");
  CHECK(threads.parse("8.5").error().message() == "expected a whole number from 1 to 64, got `8.5`");
  CHECK(threads.parse("").error().message() == "expected a whole number from 1 to 64, got ``");
  CHECK(threads.parse("99999999999999999999").error().code() == ErrorCode::invalid_input);

  Parameter method;
  method.type = ParameterType::string;
  CHECK(method.parse("$(rm -rf /) \"'`=\n\u00fc").value() == "$(rm -rf /) \"'`=\n\u00fc");
  CHECK(method.parse("").value() == "");
  method.choices = {"sgd", "adam"};
  CHECK(method.parse("adma").error().message() == "expected `sgd` or `adam`, got `adma`");
  CHECK(method.parse("adma").error().hints() == Texts{"did you mean `adam`?"});

  Parameter rate;
  rate.type = ParameterType::number;
  CHECK(rate.parse("0.5").value() == 0.5);
  CHECK_FALSE(rate.parse("nan"));
  CHECK_FALSE(rate.parse("inf"));
  CHECK_FALSE(rate.parse("0.5x"));

  Parameter verbose;
  verbose.type = ParameterType::boolean;
  CHECK(verbose.parse("true").value() == true);
  CHECK(verbose.parse("yes").error().message() == "expected true or false, got `yes`");
}

}  // namespace reef
