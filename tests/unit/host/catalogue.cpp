#include "core/model/manifest.h"
#include "fixture.h"

namespace reef {
namespace {

const Path kTools = Path(REEF_TEST_DATA) / "../../packages/tools";

Manifest read_tool(const std::string& name) {
  const auto fs = make_disk();
  auto text = fs->read_file(kTools / name / "reef.json");
  REQUIRE(text);
  const auto document = json::parse("packages/tools/" + name + "/reef.json", *std::move(text));
  if (!document) FAIL(render(document.error()));
  json::Problems problems;
  Manifest manifest = read_manifest(*document, problems);
  for (const Error& error : problems.all()) FAIL(render(error));
  return manifest;
}

// The version read from recorded words, which a fake tool says; or why it was refused.
std::string version_from(const std::string& tool, const std::string& program, const std::string& words) {
  test::Playground place;
  place.speaker("bin/" + program, words);
  for (const std::string companion : {"node", "rustc", "srun", "squeue", "scancel", "mpicc"})
    if (companion != program) place.script("bin/" + companion, "");
  const host::ToolReport report = place.detect({tool, [spec = read_tool(tool).detect] { return spec; }, "1"});
  for (const host::Attempt& attempt : report.attempts)
    if (attempt.path == place.path("bin/" + program))
      return attempt.found ? attempt.found->version.text() : "refused: " + attempt.reason;
  return "not looked at";
}

}  // namespace

TEST_CASE("the catalogue describes at least 45 tools, each named as its folder and without a problem") {
  const std::vector<std::string> names = make_disk()->list(kTools).value();
  CHECK(names.size() >= 45);
  for (const std::string& name : names) {
    INFO(name);
    const Manifest tool = read_tool(name);
    CHECK(tool.name == name);
    CHECK(tool.kind == PackageKind::tool);
    CHECK_FALSE(tool.summary.empty());
    CHECK_FALSE(tool.license.empty());
    CHECK_FALSE(tool.install.empty());
    REQUIRE(tool.detect);
    CHECK_FALSE(tool.detect->version.empty());
  }
}

TEST_CASE("every blas of the catalogue exports what linking needs") {
  for (const std::string name : {"openblas", "blis", "atlas", "mkl", "reference-blas"}) {
    INFO(name);
    const auto spec = read_tool(name).detect;
    REQUIRE(spec->provides.size() == 1);
    CHECK(spec->provides[0].name == "blas");
    for (const std::string value : {"cflags", "libs", "include", "libdir", "header"})
      CHECK(spec->exports.values.contains(value));
  }
}

TEST_CASE("versions are read from what tools of several systems print") {
  struct Case {
    std::string tool, program, words, version;
  };
  const std::string gnu = "\nCopyright (C) 2023 Free Software Foundation, Inc.";
  const std::vector<Case> cases = {
      {"gcc", "gcc", "gcc (GCC) 13.2.1 20240316 (Red Hat 13.2.1-7)" + gnu, "13.2.1"},
      {"gcc", "gcc", "gcc (conda-forge gcc 12.3.0-3) 12.3.0" + gnu, "12.3.0"},
      {"gcc", "gcc-12", "gcc-12 (Ubuntu 12.3.0-1ubuntu1~22.04) 12.3.0" + gnu, "12.3.0"},
      {"gcc", "gcc", "Apple clang version 15.0.0 (clang-1500.3.9.4)", "refused: really clang"},
      {"clang", "clang", "Apple clang version 15.0.0 (clang-1500.3.9.4)", "15.0.0"},
      {"clang", "clang-19", "Ubuntu clang version 19.1.1 (1ubuntu1)", "19.1.1"},
      {"clang", "clang", "gcc (GCC) 13.2.1" + gnu, "refused: not clang; it printed `gcc (GCC) 13.2.1`"},
      {"gfortran", "gfortran", "GNU Fortran (Debian 12.2.0-14) 12.2.0" + gnu, "12.2.0"},
      {"nvcc", "nvcc",
       "nvcc: NVIDIA (R) Cuda compiler driver\nCuda compilation tools, release 12.4, V12.4.131", "12.4.131"},
      {"python3", "python3", "version 3.13.0rc1\nexecutable /nowhere", "3.13.0rc1"},
      {"python3", "python3", "version 2.7.18\nexecutable /nowhere",
       "refused: not Python 3; it printed `version 2.7.18`"},
      {"node", "node", "v20.20.2", "20.20.2"},
      {"npm", "npm", "10.8.2", "10.8.2"},
      {"java", "java", "openjdk version \"21.0.3\" 2024-04-16", "21.0.3"},
      {"java", "java", "java version \"1.8.0_292\"", "1.8.0_292"},
      {"javac", "javac", "javac 17.0.15", "17.0.15"},
      {"rustc", "rustc", "rustc 1.80.0-nightly (7bdae134c 2024-06-10)", "1.80.0-nightly"},
      {"cargo", "cargo", "cargo 1.65.0", "1.65.0"},
      {"go", "go", "go version go1.22.3 linux/amd64", "1.22.3"},
      {"julia", "julia", "julia version 1.10.4", "1.10.4"},
      {"r", "R", "R version 4.2.2 Patched (2022-11-10 r83330) -- \"Innocent and Trusting\"", "4.2.2"},
      {"octave", "octave-cli", "GNU Octave, version 7.3.0", "7.3.0"},
      {"cmake", "cmake", "cmake version 3.31.0-rc2\n\nCMake suite maintained by Kitware", "3.31.0-rc2"},
      {"ninja", "ninja", "1.12.1", "1.12.1"},
      {"make", "make", "GNU Make 4.3\nBuilt for x86_64-pc-linux-gnu", "4.3"},
      {"make", "make", "bmake", "refused: not GNU Make; it printed `bmake`"},
      {"meson", "meson", "1.0.1", "1.0.1"},
      {"bazel", "bazel", "bazel 7.1.2", "7.1.2"},
      {"git", "git", "git version 2.39.3 (Apple Git-146)", "2.39.3"},
      {"curl", "curl", "curl 8.7.1 (x86_64-apple-darwin23.0) libcurl/8.7.1", "8.7.1"},
      {"tar", "tar", "bsdtar 3.5.3 - libarchive 3.5.3 zlib/1.2.12", "3.5.3"},
      {"tar", "tar", "tar (GNU tar) 1.34", "1.34"},
      {"unzip", "unzip", "UnZip 6.00 of 20 April 2009, by Debian.", "6.00"},
      {"bash", "bash", "GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)", "5.2.15"},
      {"docker", "docker", "Docker version 28.2.2, build e6534b4", "28.2.2"},
      {"docker", "docker", "podman version 4.3.1", "refused: really podman"},
      {"podman", "podman", "podman version 4.3.1", "4.3.1"},
      {"apptainer", "apptainer", "apptainer version 1.3.1-1.el9", "1.3.1-1.el9"},
      {"apptainer", "singularity", "singularity-ce version 4.1.3", "4.1.3"},
      {"slurm", "sbatch", "slurm-wlm 22.05.8", "22.05.8"},
      {"slurm", "sbatch", "slurm 23.11.6", "23.11.6"},
      {"mpi", "mpirun", "mpirun (Open MPI) 4.1.4\n\nReport bugs to http://www.open-mpi.org/", "4.1.4"},
      {"mpi", "mpirun", "HYDRA build details:\n    Version:                                 4.0.2", "4.0.2"},
      {"mpi", "mpiexec", "Intel(R) MPI Library for Linux* OS, Version 2021.8 Build 20221129", "2021.8"},
      {"protobuf", "protoc", "libprotoc 3.21.12", "3.21.12"},
      {"rocm", "hipcc", "HIP version: 5.4.22804-474e8620\nAMD clang version 15.0.0", "5.4.22804"},
      {"perf", "perf", "perf version 6.1.187", "6.1.187"},
      {"valgrind", "valgrind", "valgrind-3.19.0", "3.19.0"},
      {"gdb", "gdb", "GNU gdb (Debian 13.1-3) 13.1" + gnu, "13.1"},
      {"gdb", "gdb", "GNU gdb (Fedora Linux) 14.1-1.fc39" + gnu, "14.1-1.fc39"},
  };
  for (const Case& one : cases) {
    INFO(one.tool << ": " << one.words);
    CHECK(version_from(one.tool, one.program, one.words) == one.version);
  }
}

}  // namespace reef
