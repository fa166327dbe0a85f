#include "core/ops/sbom.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "core/base/text.h"
#include "core/ops/output.h"

namespace reef::cli {
namespace sbom_verb {
namespace {

struct Options {
  std::string package;
  std::vector<std::string> with;
  bool locked = false;
  std::string output;
};

bool is_sbom(const std::string& text) { return text.find("\"bomFormat\"") != std::string::npos; }

Result<int> run(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  TRY(const ops::Target target, ops::find_target(*session, options.package, options.with));
  Progress progress(host, false);
  ops::PlanRequest request;
  request.locked = options.locked;
  TRY(const ops::Plan plan, ops::require_plan(*session, target, request, progress));
  progress.clear();
  const json::Value bom = ops::sbom_of(plan);
  if (options.output.empty() || options.output == "-") {
    host.json ? print_json(bom) : print(json::write_sorted(bom));
    return 0;
  }
  TRY(const Path file, ops::output_place(host.fs, options.output, fmt::format("{}.cdx.json", target.name)));
  TRY_STATUS(ops::write_output(host.fs, file, json::write_sorted(bom), {"SBOM", is_sbom}));
  if (host.json)
    print_json({{"file", file.string()}, {"components", bom["components"].size() + 1}});
  else if (!host.quiet)
    print(fmt::format("wrote {}: {} components\n", file.string(), bom["components"].size() + 1));
  return 0;
}

}  // namespace
}  // namespace sbom_verb

Run register_sbom(Verb command) {
  using namespace sbom_verb;
  auto options = std::make_shared<Options>();
  command.add_option("package", options->package,
                     "NAME, NAME@RANGE or a folder; default: the project around this folder");
  command.add_option("--with", options->with, "Bind options: group=option,..., or package.group=option");
  command.add_flag("--locked", options->locked, "Of exactly what reef.lock says, or fail");
  command.add_option("--output,-o", options->output,
                     "Write it to this file; `-`: to standard output, as without it");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
