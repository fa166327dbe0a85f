#include "core/ops/info.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/render_info.h"

namespace reef::cli {
namespace info_verb {
namespace {

struct Options {
  std::string package;
  std::vector<std::string> with;
};

Result<int> run(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  TRY(const ops::Target target, ops::find_target(*session, options.package, options.with));
  TRY(const ops::Info info, ops::info(*session, target));
  if (host.json)
    print_json(to_json(info));
  else
    print(render_info(info, host.terminal));
  return 0;
}

}  // namespace
}  // namespace info_verb

Run register_info(Verb command) {
  using namespace info_verb;
  auto options = std::make_shared<Options>();
  command.add_option("package", options->package,
                     "NAME, NAME@RANGE or a folder; default: the project around this folder");
  command.add_option("--with", options->with, "As if these options were bound: group=option,...");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
