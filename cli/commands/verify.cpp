#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/render_archive.h"
#include "core/base/units.h"
#include "core/ops/archive_files.h"

namespace reef::cli {
namespace {

Result<int> run(Host& host, const std::string& file) {
  TRY(const archive::ArchiveRead read, ops::verify_file(machine_of(host), file));
  if (host.json) {
    json::Value out = to_json(read);
    out["good"] = true;
    print_json(out);
  } else if (!host.quiet) {
    print(fmt::format("good: every byte of {}\n{}\nsha256:{}\n", format_bytes(read.bytes),
                      render_archive_brief(read), read.manifest.hex()));
  }
  return 0;
}

}  // namespace

Run register_verify(Verb program) {
  const Verb command = program.add_verb("verify", "Compare every byte of an archive with its digests");
  auto file = std::make_shared<std::string>();
  command.add_option("file", *file, "A .reef file; `-`: standard input").required();
  command.footer("Exit status: 6 and the name of what is wrong when a single byte differs.");
  return [file](Host& host) { return run(host, *file); };
}

}  // namespace reef::cli
