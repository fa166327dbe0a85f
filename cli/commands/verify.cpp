#include "cli/commands.h"
#include "cli/verify_archive.h"

namespace reef::cli {

Run register_verify(Verb program) {
  const Verb command = program.add_verb("verify", "Compare every byte of an archive with its digests");
  auto file = std::make_shared<std::string>();
  command.add_option("file", *file, "A .reef file; `-`: standard input").required();
  command.footer("Exit status: 6 and the name of what is wrong when a single byte differs.");
  return [file](Host& host) { return verify_archive_file(host, *file); };
}

}  // namespace reef::cli
