// Two hosts with different tools that lock one project in turn.
#include <catch2/catch.hpp>
#include <limits>
#include <random>

#include "core/ops/foreign.h"
#include "core/ops/lock.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/support/results.h"
#include "tests/support/sanitized.h"
#include "tests/support/scratch_folder.h"

namespace reef::ops {
namespace {

using json::Value;
using test::ScratchFolder;
using test::value;

using Tools = std::map<std::string, std::vector<std::string>>;  // name -> versions

// A project, packages and tools, from a seed. Nothing asks for a processor: the part of one host is made the
// other's by its name alone.
class Universe {
 public:
  explicit Universe(std::uint32_t seed) : random_(seed) {}

  bool chance(std::uint32_t percent) { return random_() % 100 < percent; }
  template <class T>
  T one_of(std::initializer_list<T> all) {
    return all.begin()[random_() % all.size()];
  }
  std::string name() { return one_of({"a", "b", "c", "d"}); }
  std::string tool() { return one_of({"t", "u", "w"}); }
  std::string range() { return one_of({"*", "*", ">=2", "<2", "^1"}); }

  Value condition() {
    Value when = {{"package", {{chance(60) ? tool() : name(), range()}}}};
    return chance(30) ? Value{{"not", when}} : when;
  }
  Value dependency() {
    Value out = {{"version", range()}};
    if (chance(30))
      out["package"] = tool();
    else if (chance(40))
      out["capability"] = "cap";
    else
      out["package"] = name();
    if (chance(35)) out["when"] = condition();
    return out;
  }
  Value dependencies(std::size_t most) {
    Value out = Value::object();
    for (std::size_t i = random_() % (most + 1); i > 0; --i) out["role" + std::to_string(i)] = dependency();
    return out;
  }
  Value package(const std::string& name, const std::string& version) {
    Value out = {{"reef", 1}, {"name", name}, {"version", version}, {"kind", "library"}};
    out["dependencies"] = dependencies(2);
    for (auto& [role, need] : out["dependencies"].items())
      if (need.contains("package") && need["package"] == name) need["package"] = "t";
    if (chance(25)) out["provides"] = {{"cap", one_of({"1.0.0", "2.0.0"})}};
    if (chance(30)) {
      Value options = {{"x", Value::object()}, {"y", Value::object()}};
      options["x"]["dependencies"] = {{"own", dependency()}};
      if (options["x"]["dependencies"]["own"].value("package", "") == name) options["x"].clear();
      if (chance(50)) options["x"]["when"] = condition();
      if (chance(30)) options["x"]["conflicts"] = {{"package", {{tool(), range()}}}};
      out["variations"] = {{"g", {{"default", {"x", "y"}}, {"options", options}}}};
    }
    return out;
  }
  // `t` and `w` provide the capability, `t` only with a companion.
  static Value tool_package(const std::string& name) {
    Value detect = {{"programs", {"no-such-" + name}}, {"version", {{{"pattern", "([0-9.]+)"}}}}};
    detect["ask"] = {{"arguments", {{"-V"}}}};
    if (name == "w") detect["provides"] = {{"cap", "${version}"}};
    if (name == "t") {
      detect["companions"] = {{"more", {"${path}-more"}}};
      detect["provides"] = {{"cap", {{"version", "${version}"}, {"needs", {"more"}}}}};
    }
    return {{"reef", 1}, {"name", name}, {"kind", "tool"}, {"detect", detect}};
  }
  Tools tools() {
    Tools out;
    for (const char* name : {"t", "u", "w"}) {
      out[name] = {};
      if (chance(75)) out[name].push_back(one_of({"1.0", "2.0", "2.5"}));
    }
    return out;
  }
  Value project() {
    Value out = {{"reef", 1}, {"name", "mine"}, {"version", "0.1.0"}, {"kind", "program"}};
    out["dependencies"] = dependencies(2);
    out["dependencies"]["always"] = dependency();
    return out;
  }

 private:
  std::mt19937 random_;
};

// A disk that waits for nothing: thousands of locks are written.
class HastyDisk : public test::FaultyFilesystem {
 public:
  explicit HastyDisk(Filesystem& real) : FaultyFilesystem(real, std::numeric_limits<int>::max()) {}
  Status write_file(const Path& path, std::string_view bytes, bool /*durable*/) override {
    return FaultyFilesystem::write_file(path, bytes, false);
  }
  Status sync_folder(const Path& /*path*/) override { return {}; }
};

class Place {
 public:
  void write(const Value& package) {
    const std::string folder = package.value("name", "") + "-" + package.value("version", "");
    scratch_.write("packages/" + folder + "/reef.json", package.dump());
  }
  void write_project(const Value& project) { scratch_.write("mine/reef.json", project.dump()); }
  std::string lock_text() { return scratch_.read("mine/reef.lock"); }

  // Locks as a host with these tools; false where nothing fits. `locked`: only looks whether the lock holds.
  bool lock(const Tools& tools, const std::vector<std::string>& platforms = {}, bool locked = false) {
    const Machine machine{disk_, *processes_, *clock_, env_, cancel_};
    const auto session = value(Session::open_in(machine, {scratch_ / "home"}, {scratch_ / "packages"}, true));
    for (const auto& [name, versions] : tools)
      for (const std::string& version : versions) {
        FoundTool tool;
        tool.name = name;
        tool.version = Version::parse_loose(version).value();
        if (name != "u") tool.provides["cap"] = tool.version;
        REQUIRE(session->assume(std::move(tool)));
      }
    Target target;
    target.name = "mine";
    target.project = value(read_project(disk_, scratch_ / "mine", scratch_.path()));
    const ProjectLock held = value(ProjectLock::take(*session, target.project->manifest_path, nobody_));
    PlanRequest request;
    request.for_lock_only = true;
    request.locked = locked;
    Result<Plan> plan = require_plan(*session, target, request, nobody_);
    if (!plan) return fails(plan.error(), locked);
    const Status status = lock_platforms(*session, *plan, request, platforms);
    if (!status) return fails(status.error(), locked);
    if (!locked) REQUIRE(write_lock(*session, *plan, held));
    return true;
  }

  // The lock as the other host has it: its own part is that of the platform that tests run on.
  void swap() {
    json::Problems problems;
    Lockfile lock = read_lockfile(json::parse("reef.lock", lock_text()).value(), problems);
    REQUIRE(problems.empty());
    std::swap(lock.platforms["linux-x86_64"], lock.platforms["linux-aarch64"]);
    scratch_.write("mine/reef.lock", write_lockfile(lock));
  }

 private:
  bool fails(const Error& error, bool locked) {
    INFO(render(error));
    if (!locked) CHECK(error.code() == ErrorCode::no_solution);
    return false;
  }

  ScratchFolder scratch_;
  HastyDisk disk_{scratch_.disk()};
  std::unique_ptr<ProcessRunner> processes_ = make_process_runner();
  std::unique_ptr<Clock> clock_ = make_system_clock();
  Environment env_ = {{"PATH", "/nowhere"}};
  Cancellation cancel_;
  Reporter nobody_;
};

}  // namespace

TEST_CASE("two hosts that lock a random project in turn leave each other's part as it is") {
  constexpr std::uint32_t kUniverses = test::kSanitized ? 15 : 150;
  const std::vector<std::string> kBoth = {"linux-x86_64", "linux-aarch64"};
  std::size_t locked = 0;
  std::size_t edited = 0;
  for (std::uint32_t seed = 0; seed < kUniverses; ++seed) {
    CAPTURE(seed);
    Universe universe(seed);
    Place place;
    for (const char* name : {"t", "u", "w"}) place.write(Universe::tool_package(name));
    for (const char* name : {"a", "b", "c", "d"})
      for (const char* version : {"1.0.0", "2.0.0"})
        if (*name == 'a' || universe.chance(70)) place.write(universe.package(name, version));
    Value project = universe.project();
    CAPTURE(project.dump());
    place.write_project(project);
    const Tools here = universe.tools();
    const Tools there = universe.tools();
    if (!place.lock(here, kBoth)) continue;
    place.swap();
    if (!place.lock(there)) continue;
    ++locked;
    place.swap();

    // Nothing changed, or something was published that nobody asks for: nor does the lock.
    const std::string settled = place.lock_text();
    if (universe.chance(50)) place.write(universe.package(universe.name(), "1.5.0"));
    REQUIRE(place.lock(here));
    REQUIRE(place.lock_text() == settled);
    place.swap();
    REQUIRE(place.lock(there, {}, true));
    place.swap();

    // An edit: what this host makes of the other's part is settled there, and stays so.
    project["dependencies"]["new"] = universe.dependency();
    if (universe.chance(50)) project["dependencies"].erase("always");
    place.write_project(project);
    if (!place.lock(here)) continue;
    place.swap();
    if (!place.lock(there)) continue;
    ++edited;
    place.swap();
    const std::string again = place.lock_text();
    REQUIRE(place.lock(here));
    REQUIRE(place.lock_text() == again);
    place.swap();
    REQUIRE(place.lock(there, {}, true));
  }
  CHECK(locked > kUniverses / 8);
  CHECK(edited > kUniverses / 16);
}

}  // namespace reef::ops
