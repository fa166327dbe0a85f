#include "core/os/environment.h"
#include "fixture.h"

namespace reef {
namespace {

using test::kGcc;
using test::kGccAnswer;
using test::kSimple;
using test::Playground;
using test::request;

std::string refusal(Playground& place, const std::string& spec = kSimple) {
  const host::ToolReport report = place.detect(request("tool", spec));
  REQUIRE(report.found.empty());
  REQUIRE(report.attempts.size() == 1);
  return report.attempts.front().reason;
}

}  // namespace

TEST_CASE("a compiler is found with its version, its companion and what it exports") {
  Playground place;
  place.speaker("bin/gcc", kGccAnswer);
  place.speaker("bin/g++", kGccAnswer);
  const host::ToolReport report = place.detect(request("gcc", kGcc));
  REQUIRE(report.found.size() == 1);
  const FoundTool& gcc = report.found.front();
  CHECK(gcc.name == "gcc");
  CHECK(gcc.version.text() == "12.2.0");
  CHECK(gcc.path == place.path("bin/gcc"));
  CHECK(gcc.digest == digest_file(gcc.path)->hex());
  CHECK(gcc.provides.at("c++-compiler").text() == "12.2.0");
  CHECK(gcc.exports.env.at("CXX").value == place.path("bin/g++"));
  REQUIRE(gcc.files.size() == 1);
  CHECK(gcc.files.at(place.path("bin/g++")).digest == digest_file(place.path("bin/g++"))->hex());
  CHECK(place.cost.processes == 1);
}

TEST_CASE("files of a tool are its companions and what its exports name, but not itself under another name") {
  Playground place;
  place.speaker("bin/tool", "version 1.0");
  place.link("tool", "bin/tool++");
  place.write("lib/real.so", "a library");
  place.link("real.so", "lib/tool.so");
  const host::ToolReport report = place.detect(request("tool", R"json({
    "programs": ["tool"],
    "ask": {"arguments": [["--version"]]},
    "version": [{"pattern": "version ([0-9.]+)"}],
    "companions": {"cxx": ["${dir}/tool++"]},
    "exports": {"env": {"TOOL_HOME": "${prefix}", "CXX": "${cxx}"},
                "values": {"libs": ["-L${prefix}/lib", "${prefix}/lib/tool.so", "${prefix}/lib/none.so"]}}
  })json"));
  REQUIRE(report.found.size() == 1);
  const std::map<std::string, ToolFile> expected = {
      {place.path("lib/tool.so"), {place.path("lib/real.so"), sha256("a library").hex()}}};
  CHECK(report.found[0].files == expected);
}

TEST_CASE("a gcc that is really clang is not gcc") {
  Playground place;
  place.speaker("bin/gcc", "Apple clang version 15.0.0 (clang-1500.3.9.4)");
  const host::ToolReport report = place.detect(request("gcc", kGcc));
  CHECK(report.found.empty());
  REQUIRE(report.attempts.size() == 1);
  CHECK(report.attempts[0].path == place.path("bin/gcc"));
  CHECK(report.attempts[0].reason == "really clang");
}

TEST_CASE("a gcc without its g++ compiles C only") {
  Playground place;
  place.speaker("bin/gcc-12", kGccAnswer);
  place.speaker("bin/g++-11", kGccAnswer);
  const host::ToolReport report = place.detect(request("gcc", kGcc));
  REQUIRE(report.found.size() == 1);
  CHECK(report.found[0].provides.contains("c-compiler"));
  CHECK_FALSE(report.found[0].provides.contains("c++-compiler"));
  CHECK_FALSE(report.found[0].exports.env.contains("CXX"));
}

TEST_CASE("several versions are found in the order of the names and then newest first") {
  Playground place;
  for (const std::string version : {"9", "11", "13"})
    place.speaker("bin/gcc-" + version, "gcc (GCC) " + version + ".1.0\nFree Software Foundation");
  place.link("gcc-11", "bin/gcc");
  const host::ToolReport report = place.detect(request("gcc", kGcc));
  REQUIRE(report.found.size() == 3);
  CHECK(report.found[0].version.text() == "11.1.0");
  CHECK(report.found[0].path == place.path("bin/gcc"));
  CHECK(report.found[1].version.text() == "13.1.0");
  CHECK(report.found[2].version.text() == "9.1.0");
  REQUIRE(report.attempts.size() == 4);
  CHECK(report.attempts[2].reason == "the same file as " + place.path("bin/gcc"));
  CHECK(place.cost.processes == 3);
}

TEST_CASE("the same compiler under two names is kept twice when only one of them has its companion") {
  Playground place;
  place.speaker("bin/gcc-12", kGccAnswer);
  place.speaker("bin/g++-12", kGccAnswer);
  place.link("gcc-12", "bin/gcc");
  const host::ToolReport report = place.detect(request("gcc", kGcc));
  REQUIRE(report.found.size() == 2);
  CHECK_FALSE(report.found[0].provides.contains("c++-compiler"));
  CHECK(report.found[1].provides.contains("c++-compiler"));
  CHECK(place.cost.processes == 1);
}

TEST_CASE("a multi-call program is asked under each of its names") {
  Playground place;
  place.script("lib/ccache",
               "case $0 in *13) v=13.2.0;; *) v=12.2.0;; esac\n"
               "echo \"gcc (GCC) $v\"; echo Free Software Foundation");
  place.link("../lib/ccache", "bin/gcc");
  place.link("../lib/ccache", "bin/gcc-13");
  const host::ToolReport report = place.detect(request("gcc", kGcc));
  REQUIRE(report.found.size() == 2);
  CHECK(report.found[0].version.text() == "12.2.0");
  CHECK(report.found[1].version.text() == "13.2.0");
}

TEST_CASE("a tool that gives no answer in time is waited for once, and asked again by the next detection") {
  Playground place;
  place.keep_cache();
  place.script("bin/tool", "exec sleep 100");
  const host::DetectRequest hanging = request("tool", R"json({"programs": ["tool"],
    "ask": {"arguments": [["--version"], ["-v"]], "timeout": "50ms"}, "version": [{"pattern": "(.*)"}]
})json");
  for (int i = 0; i < 2; ++i) {
    const host::Attempt attempt = place.detect(hanging).attempts.at(0);
    CHECK(attempt.reason == "`tool --version`: no answer within 50.0 ms; it printed nothing");
    CHECK(attempt.unanswered);
    CHECK(place.cost.processes == 1);
  }
}

TEST_CASE("a tool that cannot be started for now is asked again, one that never can be is not") {
  struct Unlucky : ProcessRunner {
    Result<ProcessResult> run(const ProcessSpec&) override { return make_error(code, "cannot start it"); }
    Result<std::unique_ptr<Child>> start(const ProcessSpec&) override {
      return make_error(ErrorCode::bug, "not asked for");
    }
    ErrorCode code = ErrorCode::busy;
  };
  Playground place;
  place.keep_cache();
  place.script("bin/tool", "");
  auto unlucky = std::make_unique<Unlucky>();
  Unlucky& runner = *unlucky;
  place.processes = std::move(unlucky);
  CHECK(place.detect(request("tool", kSimple)).attempts.at(0).unanswered);
  runner.code = ErrorCode::io;
  const host::Attempt attempt = place.detect(request("tool", kSimple)).attempts.at(0);
  CHECK(place.cost.processes == 1);
  CHECK_FALSE(attempt.unanswered);
  CHECK(place.detect(request("tool", kSimple)).attempts.at(0).reason == "cannot be started: cannot start it");
  CHECK(place.cost.processes == 0);
}

TEST_CASE("what a tool printed is part of the refusal") {
  Playground place;
  place.speaker("bin/tool", "\n  hello\tthere\x1b[31m\nversion none");
  CHECK(refusal(place) == "no version in its answer; it printed `hello\tthere\\x1b[31m`");
  place.script("bin/tool", "exit 0");
  CHECK(refusal(place) == "no version in its answer; it printed nothing");
}

TEST_CASE("a tool that fails is refused even when it printed a version") {
  Playground place;
  place.script("bin/tool", "echo version 1.2; echo no toolchain >&2; exit 3");
  CHECK(refusal(place) == "`tool --version`: exit status 3; it printed `no toolchain`");
  const host::ToolReport report = place.detect(request("tool", R"json({"programs": ["tool"],
    "ask": {"arguments": [["--version"]], "status": "any"}, "version": [{"pattern": "version ([0-9.]+)"}]
})json"));
  CHECK(report.found.at(0).version.text() == "1.2");
}

TEST_CASE("a tool that dies of a signal, cannot be started or prints megabytes is refused or read") {
  Playground place;
  place.script("bin/tool", "kill -SEGV $$");
  CHECK(refusal(place).find("SIGSEGV") != std::string::npos);
  place.write("bin/tool", "#!/nowhere/sh\n", 0755);
  CHECK(refusal(place).find("cannot be started: ") == 0);
  place.script("bin/tool", "head -c 5000000 /dev/zero; echo; echo version 4.5");
  CHECK(place.detect(request("tool", kSimple)).found.at(0).version.text() == "4.5");
}

TEST_CASE("files that are no programs are refused with what they are") {
  Playground place;
  place.write("bin/tool", "text");
  CHECK(refusal(place) == "not executable");
  place.link("nowhere", "bin/tool");
  CHECK(refusal(place) == "a symlink to nothing");
  place.remove("bin/tool");
  place.make_folder("bin/tool");
  CHECK(refusal(place) == "a folder");
}

TEST_CASE("a tool sees PATH, HOME and the C locale, no input, and nothing else") {
  struct Recorder : ProcessRunner {
    Result<ProcessResult> run(const ProcessSpec& spec) override {
      seen = spec;
      ProcessResult result;
      result.out = "version 1.0";
      return result;
    }
    Result<std::unique_ptr<Child>> start(const ProcessSpec&) override {
      return make_error(ErrorCode::bug, "not asked for");
    }
    ProcessSpec seen;
  };
  Playground place;
  place.script("bin/tool", "");
  place.env["SECRET"] = "x";
  auto recorder = std::make_unique<Recorder>();
  const Recorder& record = *recorder;
  place.processes = std::move(recorder);
  CHECK(place.detect(request("tool", kSimple)).found.size() == 1);
  CHECK(record.seen.argv == std::vector<std::string>{place.path("bin/tool"), "--version"});
  CHECK(record.seen.env ==
        Environment{{"PATH", place.path("bin")}, {"HOME", place.path("home")}, {"LC_ALL", "C"}});
  CHECK(record.seen.input.empty());
  CHECK(record.seen.cwd == "/");
  CHECK(record.seen.timeout == std::chrono::seconds(10));
}

TEST_CASE("a tool that reads its input sees the end of it at once") {
  Playground place;
  place.script("bin/tool", "cat; echo version 7");
  CHECK(place.detect(request("tool", kSimple)).found.at(0).version.text() == "7");
}

TEST_CASE("entries of PATH that are empty, relative, repeated or not there find nothing and do no harm") {
  Playground place;
  place.speaker("bin/tool", "version 1.0");
  place.env["PATH"] =
      "::bin:.:/nowhere:" + place.path("bin") + ":" + place.path("bin") + "/:" + place.path("bin/tool");
  const host::ToolReport report = place.detect(request("tool", kSimple));
  CHECK(report.attempts.size() == 1);
  CHECK(report.found.size() == 1);
  place.env["PATH"] = "";
  CHECK(place.detect(request("tool", kSimple)).attempts.empty());
}

TEST_CASE("without PATH, programs are looked for where the system keeps them") {
  CHECK(search_path({}) == kSystemPath);
  CHECK(search_path({{"PATH", ""}}).empty());
  Playground place;
  place.env.clear();
  const std::string shell = R"json({"programs": ["env"], "ask": {"arguments": [["--version"]]},
                               "version": [{"pattern": "([0-9]+[.][0-9.]+)"}]})json";
  const host::ToolReport report = place.detect(request("env", shell));
  REQUIRE(!report.found.empty());
  CHECK(report.found.front().path.ends_with("/env"));
}

TEST_CASE("the same folder under two names on PATH is searched once") {
  Playground place;
  place.speaker("bin/tool", "version 1.0");
  place.link("bin", "sbin");
  place.env["PATH"] = place.path("sbin") + ":" + place.path("bin");
  const host::ToolReport report = place.detect(request("tool", kSimple));
  REQUIRE(report.attempts.size() == 1);
  CHECK(report.attempts[0].path == place.path("sbin/tool"));
}

TEST_CASE("globs of files find tools outside PATH and below the home folder, newest first") {
  Playground place;
  place.speaker("opt/tool-9/bin/tool", "version 9.0");
  place.speaker("opt/tool-10/bin/tool", "version 10.0");
  place.speaker("home/tools/tool", "version 1.0");
  const host::ToolReport report = place.detect(request(
      "tool", test::put(R"json({"files": ["@/tool-*/bin/tool", "${home}/tools/tool", "/nowhere/*/tool"],
    "ask": {"arguments": [["--version"]]}, "version": [{"pattern": "version ([0-9.]+)"}]})json",
                        place.path("opt"))));
  REQUIRE(report.found.size() == 3);
  CHECK(report.found[0].version.text() == "10.0");
  CHECK(report.found[1].version.text() == "9.0");
  CHECK(report.found[2].version.text() == "1.0");
}

TEST_CASE("a file that tells the version makes asking unnecessary") {
  Playground place;
  place.script("lib/node/bin/tool", "exit 1");
  place.write("lib/node/package.json", "{\n  \"name\": \"tool\",\n  \"version\": \"11.2.3\"\n}\n");
  place.link("../lib/node/bin/tool", "bin/tool");
  const host::ToolReport report = place.detect(request("tool", R"json({"programs": ["tool"],
    "ask": {"arguments": [["--version"]]},
    "version": [{"file": "${real_prefix}/package.json", "pattern": "\"version\": \"([^\"]+)\""}, {"pattern": "(.*)"}]
})json"));
  REQUIRE(report.found.size() == 1);
  CHECK(report.found[0].version.text() == "11.2.3");
  CHECK(place.cost.processes == 0);
}

TEST_CASE("the parts of a version may stand on lines of their own") {
  Playground place;
  place.script("bin/tool", "");
  place.write("include/v.h", "#define MAJOR 3\n#define MINOR 14\r\n#define PATCH_LEVEL none\n");
  const host::ToolReport report = place.detect(request("tool", R"json({"programs": ["tool"],
    "version": [{"file": "${prefix}/include/[v].h", "pattern": ["MAJOR ([0-9]+)$", "MINOR ([0-9]+)$", "PATCH ([0-9]+)"]
}]
})json"));
  CHECK(report.found.at(0).version.text() == "3.14");
}

TEST_CASE("a tool without what it requires is refused with the places looked at") {
  Playground place;
  place.speaker("bin/tool", "version 1.0");
  const std::string spec = R"json({"programs": ["tool"], "ask": {"arguments": [["--version"]]},
    "version": [{"pattern": "version ([0-9.]+)"}],
    "companions": {"helper": ["${dir}/helper", "helper"]}, "requires": ["helper"]
})json";
  CHECK(refusal(place, spec) == "helper missing: looked for `" + place.path("bin/helper") + "` or `helper`");
  place.script("other/helper", "");
  place.env["PATH"] += ":" + place.path("other");
  CHECK(place.detect(request("tool", spec)).found.size() == 1);
}

TEST_CASE("exports keep lists, leave out what mentions an absent companion and prepend to PATH") {
  Playground place;
  place.speaker("bin/tool", "version 1.0");
  const host::ToolReport report = place.detect(request("tool", R"json({"programs": ["tool"],
    "ask": {"arguments": [["--version"]]}, "version": [{"pattern": "version ([0-9.]+)"}],
    "capture": {"words": {"pattern": "^(v.*)$"}}, "companions": {"extra": ["${dir}/extra"]},
    "exports": {"env": {"PATH": {"prepend": "${dir}"}, "EXTRA": "${extra}", "PRICE": "$${x}"},
                "values": {"libs": ["-L${dir}", "${extra}", "-l${name}"], "extra": "${extra}",
                           "words": "${words}"}}})json"));
  const Exports& exports = report.found.at(0).exports;
  CHECK(exports.env.at("PATH").kind == Exports::Variable::Kind::prepend);
  CHECK(exports.env.at("PATH").value == place.path("bin"));
  CHECK(exports.env.at("PRICE").value == "${x}");
  CHECK_FALSE(exports.env.contains("EXTRA"));
  CHECK(exports.values.at("libs") == std::vector<std::string>{"-L" + place.path("bin"), "-ltool"});
  CHECK(exports.values.at("words") == std::vector<std::string>{"version 1.0"});
  CHECK_FALSE(exports.values.contains("extra"));
}

TEST_CASE("detection ends with `interrupted` when the user asks for it") {
  Playground place;
  place.speaker("bin/tool", "version 1.0");
  Cancellation cancel;
  cancel.request();
  host::Detector detector(*place.fs, *place.processes, place.env, {{}, false, &cancel, false});
  const std::vector<host::DetectRequest> requests = {request("tool", kSimple)};
  const auto reports = detector.detect(requests);
  REQUIRE_FALSE(reports);
  CHECK(reports.error().code() == ErrorCode::interrupted);
}

}  // namespace reef
