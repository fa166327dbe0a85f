#include "core/ops/replay.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/render_replay.h"
#include "core/base/text.h"

namespace reef::cli {
namespace replay_verb {
namespace {

struct Options {
  ops::ReplayRequest request;
  std::string format = "text";
};

Result<int> run(Host& host, const Options& options) {
  if (options.format != "text" && options.format != "md" && options.format != "json")
    return make_error(ErrorCode::usage, "expected `text`, `md` or `json` after `--format`, got `{}`",
                      printable(options.format));
  Progress progress(host, false);
  ops::ReplayRequest request = options.request;
  if (host.resolve_timeout) request.resolve_timeout = std::chrono::seconds(*host.resolve_timeout);
  TRY(const ops::ReplayReport report, ops::replay(machine_of(host), request, progress));
  progress.clear();
  if (host.json || options.format == "json")
    print_json(to_json(report));
  else
    print(options.format == "md" ? render_replay_markdown(report) : render_replay(report, host.terminal));
  return report.reproduced() ? 0 : static_cast<int>(ErrorCode::integrity);
}

}  // namespace
}  // namespace replay_verb

Run register_replay(Verb command) {
  using namespace replay_verb;
  auto options = std::make_shared<Options>();
  command.add_option("file", options->request.file, "A .reef file").required();
  command.add_option("--record", options->request.records, "Repeat only this record of it; may be repeated");
  command.add_option("--action", options->request.action, "Repeat only records of this action");
  command.add_flag("--fresh", options->request.fresh, "Build everything again, in an empty home");
  command.add_flag("--network", options->request.network,
                   "Leave the archive's commands this host's network; default: they have none");
  command.add_option("--jobs,-j", options->request.parallel,
                     "Builds and steps at the same time; default: one a processor");
  command.add_option("--format", options->format, "text, md (Markdown) or json").show_default();
  command.footer(
      "A value is reproduced when it is equal, within the tolerance that the package declares, or (a time, "
      "on\n"
      "the same hardware) within 10 % by the intervals of both runs; an output when it has the same bytes. "
      "With\n"
      "another version of a dependency nothing is called reproduced; another compiler is a difference that "
      "is\n"
      "listed.\n"
      "Nothing is fetched, and the archive's own commands have no network but a loopback of their own where "
      "this\n"
      "host allows that (a note says where it does not). Otherwise they run as you do: your files are "
      "theirs.\n"
      "What was no success when it was packed (failed, stopped, invalid) is never reproduced: nothing is "
      "compared\n"
      "with it.\n"
      "Exit status: 0 when every other run succeeded and, where there are values to compare, at least one "
      "was\n"
      "reproduced and none was not; 6 otherwise, and for a damaged archive; 5 when this host lacks what it "
      "needs.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
