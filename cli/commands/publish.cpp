#include "core/ops/publish.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/passphrase.h"

namespace reef::cli {
namespace publish_verb {
namespace {

struct Options {
  std::string folder = ".";
  std::string to;
  std::string sign;
};

Result<int> run(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  TRY(const ops::Published published,
      ops::publish(*session, {options.folder, options.to, signing_key(host, options.sign)}));
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
            ? fmt::format("{} {} is in {} already, with the same content\n", published.name,
                          published.version, published.registry)
            : fmt::format("published {} {} to {}\n", published.name, published.version, published.registry));
  return 0;
}

}  // namespace
}  // namespace publish_verb

Run register_publish(Verb program) {
  using namespace publish_verb;
  const Verb command = program.add_verb("publish", "Give a package to a registry");
  auto options = std::make_shared<Options>();
  command.add_option("folder", options->folder, "The package's folder").show_default();
  command
      .add_option("--to", options->to, "Name of a registry (`reef registry list`), or a folder of packages")
      .required();
  command.add_option("--sign", options->sign, "Name or file of the secret key that signs the registry");
  command.footer(
      "What was published never changes: a version that is there with another content is refused, one with "
      "the\n"
      "same content is no error.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
