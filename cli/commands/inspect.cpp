#include "cli/commands.h"
#include "cli/output.h"
#include "cli/render_archive.h"
#include "core/ops/archive_files.h"

namespace reef::cli {
namespace inspect_verb {
namespace {

Result<int> run(Host& host, const std::string& file) {
  TRY(const archive::ArchiveRead read, ops::inspect_file(file));
  host.json ? print_json(to_json(read)) : print(render_archive(read, host.terminal));
  return 0;
}

}  // namespace
}  // namespace inspect_verb

Run register_inspect(Verb command) {
  using namespace inspect_verb;
  auto file = std::make_shared<std::string>();
  command.add_option("file", *file, "A .reef file; `-`: standard input, of which only the beginning is read")
      .required();
  command.footer("The digests are those that the archive claims: `reef verify FILE` compares every byte.");
  return [file](Host& host) { return run(host, *file); };
}

}  // namespace reef::cli
