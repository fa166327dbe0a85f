#include "core/host/conditions.h"

#include <catch2/catch.hpp>

#include "tests/support/scratch_folder.h"

using namespace reef;
using namespace reef::host;
using namespace std::chrono_literals;

namespace {

// A made-up /proc and /sys.
struct Tree {
  test::ScratchFolder folder;

  void put(const std::string& path, const std::string& text) { folder.write(path, text); }
  Moment look() { return look_at(FactSource(folder.disk(), folder.path()), nullptr); }

  // Two processors that did nothing for ten seconds.
  Tree() {
    put("sys/devices/system/cpu/online", "0-1\n");
    put("proc/stat", "cpu  100 0 100 1000 0 0 0 0 0 0\ncpu0 50 0 50 500 0 0 0 0 0 0\n");
    put("proc/loadavg", "0.10 0.20 0.30 1/100 4242\n");
  }
};

std::vector<std::string> texts(const Conditions& conditions) {
  std::vector<std::string> out;
  for (const Disturbance& each : conditions.disturbances) out.push_back(each.text);
  return out;
}

}  // namespace

TEST_CASE("a machine that does nothing else is quiet, and what it does not tell is null") {
  Tree tree;
  const Moment before = tree.look();
  tree.put("proc/stat", "cpu  200 0 100 2900 0 0 0 0 0 0\n");  // a second of work, all of it ours
  const Conditions found = conditions_between(before, tree.look(), 10s, 1.0, 1);
  CHECK(found.grade == "quiet");
  CHECK(found.disturbances.empty());
  CHECK(found.value["during"]["busy"] == 0.1);
  CHECK(found.value["during"]["others"] == 0.0);
  CHECK(found.value["before"]["processors"] == 2);
  CHECK(found.value["before"]["load"] == 0.1);
  for (const char* unknown :
       {"governor", "turbo", "frequency", "on_battery", "pressure_cpu", "memory_available"})
    CHECK(found.value["before"][unknown].is_null());
  CHECK(found.value["during"]["throttled"].is_null());
}

TEST_CASE("other programs are counted apart from what we measured, and named") {
  Tree tree;
  tree.put("proc/uptime", "200.00 100.00\n");
  tree.put("proc/77/stat", "77 (cc1 (plus)) R 1 1 1 0 -1 0 0 0 0 0 1000 100 0 0 20 0 1 0 0 0 0");
  tree.put("proc/78/stat", "78 (reef) R 1 1 1 0 -1 0 0 0 0 0 1000 100 0 0 20 0 1 0 0 0 0");
  const Moment before = tree.look();
  tree.put("proc/stat", "cpu  900 0 300 2000 0 0 0 0 0 0\n");  // 10 s of work
  tree.put("proc/77/stat", "77 (cc1 (plus)) R 1 1 1 0 -1 0 0 0 0 0 1700 150 0 0 20 0 1 0 0 0 0");
  tree.put("proc/78/stat", "78 (reef) R 1 1 1 0 -1 0 0 0 0 0 1200 100 0 0 20 0 1 0 0 0 0");
  // One that is new but old (it was hidden from us), and one that really started meanwhile.
  tree.put("proc/79/stat", "79 (hidden) R 1 1 1 0 -1 0 0 0 0 0 90000 0 0 0 20 0 1 0 10 0 0");
  tree.put("proc/80/stat", "80 (young) R 1 1 1 0 -1 0 0 0 0 0 50 0 0 0 20 0 1 0 20100 0 0");
  const Conditions found = conditions_between(before, tree.look(), 10s, 2.0, 78);
  CHECK(found.grade == "noisy");
  CHECK(texts(found) == std::vector<std::string>{"other programs kept 0.8 of 2 processors busy"});
  CHECK(found.disturbances.front().remedy == "stop other programs: cc1 (plus) (0.75), young (0.05)");
  CHECK(found.value["during"]["top"] == json::Value{{{"name", "cc1 (plus)"}, {"processors", 0.75}},
                                                    {{"name", "young"}, {"processors", 0.05}}});
}

TEST_CASE("steal, throttling, quota, swap, stalls, battery and suspension are seen") {
  Tree tree;
  const auto machine = [&](int count) {
    tree.put("proc/stat", fmt::format("cpu  100 0 100 {} 0 0 0 {} 0 0\n", 1000 + count * 1800, count * 200));
    tree.put("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", std::to_string(count * 2));
    tree.put("sys/devices/system/cpu/cpu1/thermal_throttle/package_throttle_count", std::to_string(count));
    tree.put("proc/self/cgroup", "0::/user.slice\n");
    tree.put("sys/fs/cgroup/user.slice/cpu.stat", fmt::format("usage_usec 1\nnr_throttled {}\n", count * 5));
    tree.put("proc/vmstat", fmt::format("pswpin {}\npswpout 7\n", count * 9));
    tree.put(
        "proc/pressure/memory",
        fmt::format("some avg10=1.50 avg60=0.00 avg300=0.00 total={}\nfull avg10=0.00\n", count * 1'000'000));
    tree.put("proc/uptime", fmt::format("{}.00 100.00\n", 100 + count * 15));
    tree.put("sys/class/power_supply/AC/type", "Mains\n");
    tree.put("sys/class/power_supply/AC/online", "0\n");
  };
  machine(0);
  const Moment before = tree.look();
  CHECK(before.pressure_memory == Approx(0.015));
  machine(1);
  Moment after = tree.look();
  after.stops = 1;
  const Conditions found = conditions_between(before, after, 10s, 0, 1);
  CHECK(found.grade == "noisy");
  CHECK(texts(found) == std::vector<std::string>{
                            "the hypervisor gave 10 % of the processors' time to other guests",
                            "processors were slowed down for heat 3 times",
                            "the control group's processor quota was used up 5 times",
                            "the machine runs on battery",
                            "the machine was suspended for 5.00 s",
                            "reef was stopped (Ctrl-Z) while it measured, and what it measures was not",
                            "programs waited for memory 10 % of the time",
                            "9 pages went to or from swap",
                        });
  for (const Disturbance& each : found.disturbances) CHECK(!each.remedy.empty());
}

TEST_CASE("governor, turbo and frequency are read, and are no more than fair") {
  Tree tree;
  tree.put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  tree.put("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "2000000\n");
  tree.put("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "4000000\n");
  tree.put("sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
  tree.put("sys/devices/system/cpu/smt/active", "1\n");
  const Moment moment = tree.look();
  CHECK(moment.frequency == 2e9);
  CHECK(moment.frequency_limit == 4e9);
  CHECK(moment.smt == true);
  const Conditions found = conditions_between(moment, moment, 1s, 0, 1);
  CHECK(found.grade == "fair");
  CHECK(texts(found) == std::vector<std::string>{"the frequency governor is `powersave`",
                                                 "turbo is on: the frequency depends on the temperature"});
}

TEST_CASE("energy is read where it can be, wraps, and is never zero where it cannot") {
  Tree tree;
  SECTION("no counters") {
    const Moment moment = tree.look();
    const auto energy = conditions_between(moment, moment, 1s, 0, 1).value["energy"];
    CHECK(energy ==
          json::Value{{{"counter", "rapl"},
                       {"joules", nullptr},
                       {"unavailable", "/sys/class/powercap shows no energy counters of the processor"}}});
  }
  SECTION("a package that wraps, its cores that are part of it, and memory that root alone may read") {
    const std::string zone = "sys/class/powercap/intel-rapl:0";
    tree.put(zone + "/name", "package-0\n");
    tree.put(zone + "/energy_uj", "999000000\n");
    tree.put(zone + "/max_energy_range_uj", "1000000000\n");
    tree.put(zone + ":0/name", "core\n");
    tree.put(zone + ":0/energy_uj", "5\n");
    tree.put(zone + ":1/name", "dram\n");
    const Moment before = tree.look();
    tree.put(zone + "/energy_uj", "2000000\n");
    const auto energy = conditions_between(before, tree.look(), 1s, 0, 1).value["energy"];
    REQUIRE(energy.size() == 2);
    CHECK(energy[0]["counter"] == "rapl package-0");
    CHECK(energy[0]["joules"] == 3.0);
    CHECK(energy[1]["joules"].is_null());
    CHECK(energy[1]["unavailable"] ==
          "/sys/class/powercap/intel-rapl:0:1/energy_uj may be read by root only");
  }
}

TEST_CASE("what an administrator could do comes as commands, only where it would help") {
  Tree tree;
  tree.put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  tree.put("sys/devices/system/cpu/cpufreq/boost", "0\n");
  tree.put("proc/sys/kernel/perf_event_paranoid", "3\n");
  std::vector<std::string> subjects;
  for (const Tuning& tuning : tunings(FactSource(tree.folder.disk(), tree.folder.path()))) {
    CHECK(tuning.well == tuning.commands.empty());
    if (!tuning.well) subjects.push_back(tuning.subject);
  }
  CHECK(subjects == std::vector<std::string>{"frequency governor", "perf counters"});
}

TEST_CASE("files that make no sense are as good as absent") {
  Tree tree;
  tree.put("proc/stat", "cpu  many\n");
  tree.put("proc/loadavg", "\n");
  tree.put("proc/pressure/cpu", "some avg10=\n");
  tree.put("sys/devices/system/cpu/online", "all of them\n");
  tree.put("proc/12/stat", "12 (no end R 1");
  const Moment moment = tree.look();
  CHECK(moment.processors == 1);
  CHECK(!moment.load);
  CHECK(!moment.busy);
  CHECK(!moment.pressure_cpu);
  CHECK(moment.tasks.empty());
  CHECK(conditions_between(moment, moment, 0s, 0, 1).grade == "quiet");
}
