#pragma once

#include "core/ops/plan.h"

namespace reef::ops {

// One file that two builds of the same key do not have in common.
struct BuildDifference {
  std::string path;
  std::string what;  // "differs", "holds the path of the folder it was built in", "is missing in the second
                     // build", "is a link to `x`, ..."
  std::optional<std::uint64_t> offset;  // of the first byte that differs; of two files
  std::string section;                  // of the first build's ELF file, where that byte lies: ".rodata"
  std::optional<std::uint64_t> size;    // in bytes, of the first build's file
  std::optional<std::uint64_t> size_again;
};

struct Rebuild {
  std::string name;
  std::string version;
  Path prefix;  // of the first build
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  Digest content;        // of the first build
  Digest content_again;  // of the second
  std::chrono::nanoseconds build_time{};
  std::vector<BuildDifference> differences;  // by path; empty: bit-identical

  bool identical() const { return content == content_again; }
};

struct RebuildRequest {
  bool closure = false;  // every package of the closure, not only the target
};

// Builds again what is installed (it is installed first when it is not), in another folder, at another
// second, under another user name and with another number of jobs, and compares every name, byte, executable
// bit and link. Nothing of the second build is kept. The folder has a path of the same length, as builds are
// relocated in place when they are published (see store::relocate): the path of its prefix that a build wrote
// into its files is thus no difference; everything that was computed from one is, and so is the path of the
// folder it was built in, or of its temporary one.
//
// A package's dependencies are the same for both builds. Errors: usage when the target is a tool; those of a
// build; a first build that is damaged is installed anew.
Result<std::vector<Rebuild>> rebuild_and_compare(Session& session, const Plan& plan,
                                                 const RebuildRequest& request, Reporter& reporter);

// The name of the section of an ELF file that holds a byte; empty when none does, or it is no ELF file of 64
// bits and this machine's byte order (System V gABI, chapter 4).
std::string elf_section_at(std::string_view file, std::uint64_t offset);

}  // namespace reef::ops
