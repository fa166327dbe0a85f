#include "core/host/facts.h"

#include "core/host/fact_sources.h"
#include "fixture.h"

namespace reef {
namespace {

Platform recorded(const std::string& tree) {
  const auto fs = make_disk();
  auto platform = host::read_platform(*fs, Path(REEF_TEST_DATA) / "host" / tree);
  REQUIRE(platform);
  return *std::move(platform);
}

}  // namespace

TEST_CASE("a virtual machine tells its system, processor, caches, memory and hypervisor") {
  const Platform machine = recorded("debian-vm");
  CHECK(machine.id() == "linux-x86_64");
  CHECK(machine.distribution == "debian 12");
  CHECK(machine.kernel == "6.1.0-18-amd64");
  CHECK(machine.libc == "glibc");
  CHECK(machine.libc_version == "2.36");
  CHECK(machine.cpu_vendor == "GenuineIntel");
  CHECK(machine.cpu_model == "Intel(R) Xeon(R) Processor");
  CHECK(std::binary_search(machine.cpu_features.begin(), machine.cpu_features.end(), "avx512_bf16"));
  CHECK(machine.cores == 2U);
  CHECK(machine.threads == 2U);
  CHECK(machine.numa_nodes == 1U);
  CHECK(machine.memory_bytes == 24'684'084ULL * 1024);
  CHECK(machine.accelerators.empty());
  CHECK(machine.virtualization == "qemu");
  REQUIRE(machine.caches.size() >= 4);
  CHECK(machine.caches[0].level == 1);
  CHECK(machine.caches[0].kind == "data");
  CHECK(machine.caches[0].bytes % 1024 == 0);
}

TEST_CASE("accelerators are known from the driver's files, and a container from its mark") {
  const Platform machine = recorded("cuda-container");
  REQUIRE(machine.accelerators.size() == 2);
  CHECK(machine.accelerators[0].kind == "cuda");
  CHECK(machine.accelerators[0].model == "NVIDIA H100 80GB HBM3");
  CHECK(machine.accelerators[0].driver == "550.54.15");
  CHECK_FALSE(machine.accelerators[0].memory_bytes);
  CHECK(machine.virtualization == "docker");
  CHECK(machine.cores == 2U);    // of two packages, with the same core number
  CHECK(machine.threads == 2U);  // that we may use, of four
  CHECK(machine.numa_nodes == 2U);
  CHECK(machine.distribution == "ubuntu 22.04");
}

TEST_CASE("what a machine does not tell is null") {
  const Platform machine = recorded("alpine-arm");
  CHECK(machine.arch == "aarch64");
  CHECK(machine.libc == "musl");
  CHECK(machine.cpu_vendor == "ARM");
  const json::Value facts = to_json(machine);
  for (const std::string name :
       {"libc_version", "cpu_model", "cores", "threads", "numa_nodes", "memory_bytes", "virtualization"}) {
    INFO(name);
    CHECK(facts.at(name).is_null());
  }
  CHECK(facts.at("caches") == json::Value::array());
  CHECK(facts.at("cpu_features").size() == 4);
}

TEST_CASE("AMD and Intel accelerators, and bare metal, are told apart") {
  const Platform machine = recorded("rocm-node");
  REQUIRE(machine.accelerators.size() == 2);
  CHECK(machine.accelerators[0].kind == "rocm");
  CHECK(machine.accelerators[0].model == "gfx90a");
  CHECK(machine.accelerators[0].memory_bytes == 68'702'699'520ULL);
  CHECK(machine.accelerators[0].driver == "6.3.6");
  CHECK(machine.accelerators[1].kind == "intel");
  CHECK(machine.virtualization == "none");
  CHECK(machine.distribution == "rhel 9.3");
}

TEST_CASE("containers and machines are recognised by the sources of systemd-detect-virt") {
  const auto seen = [](const std::string& file, const std::string& text) {
    test::Playground place;
    place.write("root/proc/cpuinfo", "flags : fpu hypervisor\n");
    place.write("root/" + file, text);
    return host::read_virtualization(host::FactSource(*place.fs, place.path("root")));
  };
  CHECK(seen("run/.containerenv", "") == "podman");
  CHECK(seen("run/systemd/container", "lxc\n") == "lxc");
  CHECK(seen(".singularity.d/labels.json", "{}") == "apptainer");
  CHECK(seen("proc/1/cgroup", "12:pids:/kubepods/besteffort/pod1\n") == "kubernetes");
  CHECK(seen("proc/sys/kernel/osrelease", "5.15.90.1-microsoft-standard-WSL2\n") == "wsl");
  CHECK(seen("sys/class/dmi/id/product_name", "VirtualBox\n") == "virtualbox");
  CHECK(seen("sys/class/dmi/id/sys_vendor", "Amazon EC2\n") == "amazon");
  CHECK(seen("sys/hypervisor/type", "xen\n") == "xen");
  CHECK(seen("etc/hostname", "x\n") == "vm");
}

TEST_CASE("a folder that is no system is an error, and broken files are unknown facts") {
  test::Playground place;
  const auto none = host::read_platform(*place.fs, place.path("nowhere"));
  REQUIRE_FALSE(none);
  CHECK(none.error().code() == ErrorCode::io);
  place.write("root/proc/meminfo", "MemTotal: many\n");
  place.write("root/proc/self/status", "Cpus_allowed_list:\t0-99999999999\n");
  place.write("root/sys/devices/system/cpu/online", "3-1\n");
  place.write("root/etc/os-release", "garbage\n");
  const Platform machine = host::read_platform(*place.fs, place.path("root")).value();
  CHECK_FALSE(machine.memory_bytes);
  CHECK_FALSE(machine.threads);
  CHECK_FALSE(machine.distribution);
}

TEST_CASE("this machine is read without an error") {
  const auto fs = make_disk();
  const Platform machine = host::read_platform(*fs).value();
  CHECK(machine.os == "linux");
  CHECK(machine.threads.value_or(1) >= 1);
  const Platform brief = host::read_platform_brief(*fs);
  CHECK(brief.id() == machine.id());
  CHECK(brief.libc == machine.libc);
}

TEST_CASE("kernel lists of processors are counted") {
  CHECK(host::cpu_list("0-3,8\n") == std::vector<unsigned>{0, 1, 2, 3, 8});
  CHECK(host::cpu_list("5") == std::vector<unsigned>{5});
  CHECK_FALSE(host::cpu_list(""));
  CHECK_FALSE(host::cpu_list("3-1"));
  CHECK_FALSE(host::cpu_list("a-b"));
}

}  // namespace reef
