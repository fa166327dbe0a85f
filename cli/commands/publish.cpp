#include "core/ops/publish.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/passphrase.h"
#include "cli/progress.h"
#include "core/base/text.h"
#include "core/ops/transfer_reports.h"

namespace reef::cli {
namespace publish_verb {
namespace {

struct Options {
  std::optional<std::string> folder;
  std::string to;
  std::string sign;
  std::optional<std::string> yank;
  bool undo = false;
};

std::string text_of(const ops::YankedVersion& version, bool undone) {
  const std::string label = fmt::format("{} {}", version.name, version.version);
  if (!version.changed)
    return fmt::format("{} {} yanked in {} already\n", label, undone ? "is not" : "is", version.registry);
  if (undone) return fmt::format("{} is offered again by {}\n", label, version.registry);
  return fmt::format(
      "yanked {} in {}: only locks that name it, and commands about exactly it, still get it\n", label,
      version.registry);
}

Result<int> yank(Host& host, const Options& options) {
  if (options.folder)
    return make_error(ErrorCode::usage,
                      "`--yank` is about a version that was published: `{}` has no part in it",
                      printable(*options.folder));
  TRY(const auto session, open_session(host));
  TRY(const ops::YankedVersion version,
      ops::yank(*session, {*options.yank, options.to, options.undo, signing_key(host, options.sign)}));
  if (host.json)
    print_json({{"package", version.name},
                {"version", version.version},
                {"registry", version.registry},
                {"yanked", !options.undo},
                {"changed", version.changed}});
  else
    print(text_of(version, options.undo));
  return 0;
}

Result<int> run(Host& host, const Options& options) {
  if (options.yank) return yank(host, options);
  if (options.undo) return make_error(ErrorCode::usage, "`--undo` needs `--yank NAME@VERSION`");
  TRY(const auto session, open_session(host));
  Progress progress(host, false);
  ops::TransferReports transfers(progress, host.clock);
  TRY(const ops::Published published, ops::publish(*session, {options.folder.value_or("."), options.to,
                                                              signing_key(host, options.sign), &transfers}));
  progress.clear();
  if (!host.quiet && !host.json) print_for_people(render_warnings(published.warnings, host.terminal));
  if (host.json) {
    print_json({{"package", published.name},
                {"version", published.version},
                {"digest", published.digest.hex()},
                {"registry", published.registry},
                {"published", !published.was_there},
                {"warnings", to_json(published.warnings)}});
    return 0;
  }
  print(published.was_there
            ? fmt::format("{} {} is in {} already, with the same content{}\n", published.name,
                          published.version, published.registry,
                          published.signed_now ? ", and is signed now" : "")
            : fmt::format("published {} {} to {}\n", published.name, published.version, published.registry));
  return 0;
}

}  // namespace
}  // namespace publish_verb

Run register_publish(Verb command) {
  using namespace publish_verb;
  auto options = std::make_shared<Options>();
  command.add_option("folder", options->folder, "The package's folder; default: this one");
  command
      .add_option("--to", options->to,
                  "Name of a registry (`reef registry list`), a folder of packages, or oci://HOST/PREFIX")
      .required();
  command.add_option(
      "--sign", options->sign,
      "Name or file of the secret key that signs the registry, or the package in an OCI registry");
  command.add_option(
      "--yank", options->yank,
      "NAME@VERSION, published before: only locks, and commands about exactly it, still get it");
  command.add_flag("--undo", options->undo, "With --yank: it is offered again");
  command.footer(
      "What was published never changes: a version that is there with another content is refused, one with\n"
      "the same content is no error.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
