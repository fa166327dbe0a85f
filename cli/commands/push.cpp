#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "core/base/units.h"
#include "core/ops/archive_registry.h"

namespace reef::cli {
namespace push_verb {
namespace {

struct Options {
  std::string file;
  std::string to;
};

json::Value to_json(const ops::PushedArchive& pushed) {
  json::Value out = {{"name", pushed.contents.name},    {"version", pushed.contents.version},
                     {"reference", pushed.reference},   {"manifest", pushed.manifest.hex()},
                     {"bytes", pushed.bytes},           {"blobs", pushed.blobs},
                     {"blobs_sent", pushed.blobs_sent}, {"sent", pushed.sent},
                     {"pushed", !pushed.was_there}};
  out["signed_by"] = pushed.signed_by ? json::Value(pushed.signed_by->key_id) : json::Value();
  out["replaced"] = pushed.replaced ? json::Value(pushed.replaced->hex()) : json::Value();
  return out;
}

Result<int> run(Host& host, const Options& options) {
  Progress progress(host, false);
  TRY(const ops::PushedArchive pushed,
      ops::push_archive(machine_of(host), host.offline, options.file, options.to, progress));
  progress.clear();
  if (host.json) {
    print_json(to_json(pushed));
    return 0;
  }
  if (!host.quiet) {
    print(fmt::format("{} {}: {} of {} blobs sent, {}\n", pushed.contents.name, pushed.contents.version,
                      pushed.blobs_sent, pushed.blobs, format_bytes(pushed.sent)));
    if (pushed.signed_by)
      print(fmt::format("with the signature of {}\n", ops::shown_signer(*pushed.signed_by)));
    if (!pushed.replaced_signer.empty())
      print_for_people(fmt::format("note: the signature of the key {} was there before, and is no more\n",
                                   pushed.replaced_signer));
    if (pushed.was_there) print_for_people("note: the tag meant this archive already\n");
    if (pushed.replaced)
      print_for_people(fmt::format("note: the tag meant sha256:{} before\n", pushed.replaced->hex()));
  }
  print(fmt::format("{}@sha256:{}\n", pushed.reference, pushed.manifest.hex()));
  return 0;
}

}  // namespace
}  // namespace push_verb

Run register_push(Verb command) {
  using namespace push_verb;
  auto options = std::make_shared<Options>();
  command.add_option("file", options->file, "The .reef file").required();
  command
      .add_option("reference", options->to,
                  "oci://HOST[:PORT]/REPOSITORY[:TAG]; without a tag: the archive's version")
      .required();
  command.footer(
      "A version that is there is not replaced by another archive; a tag that you write moves. What is "
      "there\n"
      "already is not sent again, so that a push that was interrupted goes on. The signature of\n"
      "`reef sign FILE` is sent, too. `reef pull --help` tells of logins.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
