// The same input packed twice, in surroundings that must not matter.
#include "core/base/text.h"
#include "core/ops/pack.h"
#include "core/os/byte_stream.h"
#include "core/os/environment.h"

namespace reef::ops {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;

// Where two files first differ.
Result<std::optional<std::uint64_t>> first_difference(const Path& a, const Path& b) {
  TRY(InputStream left, InputStream::open(a));
  TRY(InputStream right, InputStream::open(b));
  std::string one(kPiece, '\0');
  std::string two(kPiece, '\0');
  for (std::uint64_t at = 0;;) {
    TRY(const std::size_t got, left.read(one));
    TRY(const std::size_t other, right.read(two));
    const std::size_t both = std::min(got, other);
    for (std::size_t i = 0; i < both; ++i)
      if (one[i] != two[i]) return std::optional(at + i);
    at += both;
    if (got != other) return std::optional(at);
    if (got == 0) return std::optional<std::uint64_t>();
  }
}

}  // namespace

Result<PackCheck> check_pack(Session& session, const PackRequest& request, const PackReport& report) {
  const Machine& machine = session.machine();
  TRY(const TemporaryFolder scratch,
      TemporaryFolder::create(machine.fs, session.home().temporary(), "check-"));
  TRY(const Path program, own_executable());
  TRY(const Target target, find_target(session, request.package, request.with));
  const Path output = scratch.path() / "again.reef";
  std::string package = request.package;
  std::vector<std::string> differ = {"umask 077", "another locale, time zone and user name", "another folder",
                                     "1 thread"};
  if (target.project) {
    // A copy has other times, inodes and order of names.
    const Path copy = scratch.path() / "copy of the project";
    TRY_STATUS(make_folders(machine.fs, copy));
    TRY(const std::vector<std::string> skip, not_content(session, target.project->folder));
    TRY(const std::vector<std::string> names, machine.fs.list(target.project->folder));
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
      const bool left_out = std::find(skip.begin(), skip.end(), *name) != skip.end() && *name != kLockName;
      if (!left_out) TRY_STATUS(copy_tree(machine.fs, target.project->folder / *name, copy / *name));
    }
    package = copy.string();
    differ.emplace_back("a copy of the project, with other times");
  }
  // The umask is the only thing that a shell is needed for; what it runs comes in arguments, never in its
  // text.
  ProcessSpec spec;
  spec.argv = {"/bin/sh",
               "-c",
               "umask 077; exec \"$@\"",
               "sh",
               program.string(),
               "pack",
               package,
               "--threads",
               "1",
               "--output",
               output.string(),
               "--offline",
               "--quiet"};
  for (const std::string& with : request.with) spec.argv.insert(spec.argv.end(), {"--with", with});
  // The records that were packed: a run that ended meanwhile is not among them.
  for (const archive::ArchivedRecord& record : report.packed.contents.records)
    spec.argv.insert(spec.argv.end(), {"--record", record.id});
  if (report.packed.contents.records.empty()) spec.argv.insert(spec.argv.end(), {"--records", "none"});
  if (request.with_builds) spec.argv.emplace_back("--with-builds");
  spec.env = machine.env;
  spec.env["REEF_HOME"] = session.home().root.string();
  spec.env["TZ"] = "Pacific/Kiritimati";
  spec.env["LC_ALL"] = "tr_TR.UTF-8";
  spec.env["LANG"] = "tr_TR.UTF-8";
  spec.env["USER"] = spec.env["LOGNAME"] = "somebody-else";
  spec.env["HOME"] = scratch.path().string();
  spec.cwd = scratch.path();
  spec.cancel = &machine.cancel;
  TRY(const ProcessResult done, machine.processes.run(spec));
  if (!done.ok())
    return make_error(ErrorCode::io, "packing again failed: {}", describe_exit(done))
        .hint(printable(trim(done.err.substr(0, done.err.find('\n')))));
  PackCheck out;
  TRY(out.first_difference, first_difference(report.output, output));
  out.equal = !out.first_difference.has_value();
  out.bytes = report.packed.bytes;
  out.surroundings = std::move(differ);
  return out;
}

}  // namespace reef::ops
