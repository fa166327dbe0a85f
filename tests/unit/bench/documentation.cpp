#include <catch2/catch.hpp>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/base/units.h"
#include "core/bench/harness.h"

using namespace reef;

namespace {

// The code between "```LANGUAGE" and "```".
std::string code_block(const std::string& page, const std::string& language) {
  const std::string begin = "```" + language + "\n";
  const std::size_t from = page.find(begin);
  REQUIRE(from != std::string::npos);
  const std::size_t code = from + begin.size();
  return page.substr(code, page.find("```", code) - code);
}

}  // namespace

TEST_CASE("the example of the line protocol's page can be measured in every scenario") {
  const auto fs = make_disk();
  const auto clock = make_system_clock();
  const auto runner = make_process_runner();
  const auto folder =
      TemporaryFolder::create(*fs, std::filesystem::temp_directory_path(), "reef-test-").value();
  const std::string page = fs->read_file(REEF_LINE_PROTOCOL_PAGE).value();
  REQUIRE(fs->write_file(folder.path() / "example.py", code_block(page, "python")));
  ProcessSpec spec;
  spec.argv = {REEF_PYTHON, "example.py"};
  spec.cwd = folder.path();
  spec.env = {{"REEF_METRICS", "metrics.json"}};
  for (const Scenario scenario : {Scenario::single_stream, Scenario::multi_stream, Scenario::offline}) {
    CAPTURE(name_of(scenario));
    LoadSettings settings = LoadSettings::of(scenario);
    settings.min_duration = {};
    settings.min_queries = std::min<std::uint64_t>(settings.min_queries, 50);
    settings.warmup_queries = std::min<std::uint64_t>(settings.warmup_queries, 5);
    const LoadResult result = run_load(*runner, *fs, *clock, spec, settings).value();
    CHECK(result.reason == "");
    CHECK(result.samples == 100);
    const std::string metrics = fs->read_file(folder.path() / "metrics.json").value();
    CHECK(json::parse("metrics.json", metrics)->root == json::Value{{"accuracy", 1.0}});
  }
}

TEST_CASE("the page of the line protocol names the time limits that hold") {
  const std::string page = make_disk()->read_file(REEF_LINE_PROTOCOL_PAGE).value();
  const LoadSettings settings;
  for (const auto& limit : {settings.load_limit, settings.answer_limit, settings.exit_limit})
    CHECK_THAT(page, Catch::Contains("within " + format_duration(limit)));
}
