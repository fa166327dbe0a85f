#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/render_archive.h"
#include "core/base/text.h"
#include "core/base/units.h"
#include "core/ops/archive_registry.h"

namespace reef::cli {
namespace pull_verb {
namespace {

struct Options {
  std::string from;
  std::string output;
  std::string key;
};

std::string render_signature(const ops::PulledArchive& pulled, bool is_verified) {
  const std::string who = ops::shown_signer(*pulled.signed_by);
  if (is_verified) return fmt::format("as {} signed it\n", who);
  return fmt::format("signed by {}: `reef verify --key trusted {}` compares it\n", who,
                     shell_quoted(pulled.file.filename().string()));
}

Result<int> run(Host& host, const Options& options) {
  if (options.output == "-")
    return make_error(ErrorCode::usage, "an archive cannot be pulled to standard output")
        .hint("name a file: `-o NAME.reef`; one that is called so: `-o ./-`");
  Progress progress(host, false);
  TRY(const ops::PulledArchive pulled,
      ops::pull_archive(machine_of(host), host.offline, options.from, options.output, options.key, progress));
  progress.clear();
  archive::ArchiveRead read;
  read.contents = pulled.contents;
  if (host.json) {
    print_json({{"file", pulled.file.string()},
                {"name", pulled.contents.name},
                {"version", pulled.contents.version},
                {"reference", pulled.reference},
                {"manifest", pulled.manifest.hex()},
                {"bytes", pulled.bytes},
                {"kept", pulled.kept},
                {"pulled", !pulled.was_there},
                {"signed_by", pulled.signed_by ? json::Value(pulled.signed_by->key_id) : json::Value()},
                {"signature_verified", pulled.signed_by && !options.key.empty()}});
    return 0;
  }
  if (!host.quiet) {
    std::string what =
        pulled.was_there ? "is there already, every byte as it must be" : "pulled, every byte verified";
    if (pulled.kept > 0)
      what += fmt::format("; {} were here from an interrupted pull", format_bytes(pulled.kept));
    print(fmt::format("{}\n{}: {}\nmanifest sha256:{}\n", render_archive_brief(read), pulled.reference, what,
                      pulled.manifest.hex()));
    if (pulled.signed_by) print(render_signature(pulled, !options.key.empty()));
  }
  print(pulled.file.string() + "\n");
  return 0;
}

}  // namespace
}  // namespace pull_verb

Run register_pull(Verb command) {
  using namespace pull_verb;
  auto options = std::make_shared<Options>();
  command
      .add_option("reference", options->from,
                  "oci://HOST[:PORT]/REPOSITORY[:TAG][@sha256:DIGEST]; without a tag: the newest version")
      .required();
  command.add_option("--output,-o", options->output, "The file; default: NAME-VERSION.reef here");
  command.add_option("--key", options->key,
                     "Refuse it unless this key signed it: a name or id of `reef key list`, a file, a key in "
                     "base64, or `trusted`");
  command.footer(
      "Every byte is compared with its digest, and a digest in the reference with the archive. What an\n"
      "interrupted pull brought is kept beside the file, and used by the next one. Another archive that is "
      "there\n"
      "is not replaced. A signature that was pushed with it becomes FILE.minisig. Logins come from\n"
      "REEF_REGISTRY_HOST_USER and _PASSWORD, or _TOKEN (HOST in capitals, with `_` for other characters),\n"
      "or from the files of podman and docker.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
