// The same input packed twice, in surroundings that must not matter.
#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/ops/archive_files.h"
#include "core/ops/pack.h"
#include "core/os/byte_stream.h"
#include "core/os/environment.h"
#include "core/store/contents.h"

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

// What differs in a tree of two archives.
std::string difference_of(const std::string& place, const archive::Tree& a, const archive::Tree& b) {
  for (const archive::ApartFile& file : a.apart)
    if (std::find(b.apart.begin(), b.apart.end(), file) == b.apart.end())
      return fmt::format("`{}/{}`", place, printable(file.path));
  return fmt::format("`{}`", place);
}

// The first part that two archives do not have in common, in the order of the file.
std::string difference_of(const archive::Contents& a, const archive::Contents& b) {
  std::map<std::string, archive::Tree> others;
  b.each_tree([&](const std::string& place, const archive::Tree& tree) { others[place] = tree; });
  std::string out;
  a.each_tree([&](const std::string& place, const archive::Tree& tree) {
    const auto other = others.find(place);
    if (!out.empty() || (other != others.end() && other->second == tree)) return;
    out = other == others.end() ? fmt::format("`{}` is missing in the second", place)
                                : difference_of(place, tree, other->second);
  });
  if (!out.empty()) return out;
  if (!(a.lock == b.lock)) return "`reef.lock`";
  return a.provenance == b.provenance ? "its contents" : "`provenance.json`";
}

// Of two folders of the package, when the archives differ in it.
std::string first_of(Filesystem& fs, const Path& folder, const Path& copy, const LeftOut& left_out) {
  const auto before = store::read_contents(fs, folder, left_out);
  const auto now = store::read_contents(fs, copy, LeftOut{std::string(kLockName)});
  if (!before || !now) return "";
  const std::vector<std::string> all = store::differences(*before, *now);
  return all.empty() ? "" : ": " + all.front();
}

}  // namespace

Result<PackCheck> check_pack(Session& session, const PackRequest& request, const PackReport& report) {
  const Machine& machine = session.machine();
  TRY(const LiveFolder scratch, session.scratch_folder("check-"));
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
    const Path& folder = target.project->folder;
    TRY_STATUS(copy_contents(machine.fs, folder, copy, not_content(session, folder)));
    if (exists(machine.fs, folder / kLockName))
      TRY_STATUS(copy_tree(machine.fs, folder / kLockName, copy / kLockName));
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
  if (!out.equal) {
    TRY(const archive::ArchiveRead again, inspect_file(output.string()));
    out.difference = difference_of(report.packed.contents, again.contents);
    if (target.project && out.difference.starts_with('`' + again.contents.root().place()))
      out.difference +=
          first_of(machine.fs, target.project->folder, package, not_content(session, target.project->folder));
  }
  out.surroundings = std::move(differ);
  return out;
}

}  // namespace reef::ops
