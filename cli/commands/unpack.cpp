#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/render_archive.h"
#include "core/ops/archive_files.h"
#include "core/ops/replay.h"

namespace reef::cli {
namespace unpack_verb {
namespace {

struct Options {
  std::string file;
  std::string folder;
};

// What the packages are built of is then found as if it had been fetched.
Status keep_sources(Host& host, const ops::UnpackedFile& unpacked) {
  TRY(const ops::Home home, ops::find_home(host.env));
  return ops::import_sources(machine_of(host), unpacked.read.contents, unpacked.folder, home);
}

Result<int> run(Host& host, const Options& options) {
  TRY(const ops::UnpackedFile unpacked, ops::unpack_file(machine_of(host), options.file, options.folder));
  if (const Status kept = keep_sources(host, unpacked); !kept && !host.quiet)
    print_for_people(fmt::format("note: a build must fetch its sources anew: {}\n", kept.error().message()));
  if (host.json) {
    json::Value out = to_json(unpacked.read);
    out["folder"] = unpacked.folder.string();
    print_json(out);
    return 0;
  }
  if (!host.quiet) print(render_archive_brief(unpacked.read) + "\n");
  print(unpacked.folder.string() + "\n");
  return 0;
}

}  // namespace
}  // namespace unpack_verb

Run register_unpack(Verb command) {
  using namespace unpack_verb;
  auto options = std::make_shared<Options>();
  command.add_option("file", options->file, "A .reef file; `-`: standard input").required();
  command.add_option("folder", options->folder,
                     "Where to; it must not be there yet. Default: NAME-VERSION here");
  command.footer(
      "The folder appears when every byte was verified, or not at all. The package itself, with its "
      "reef.lock, is in\n"
      "packages/NAME-VERSION; with REEF_PACKAGES naming the folder packages, its whole closure is found, "
      "and\n"
      "its sources in the download cache: it is built without network, also when it was changed.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
