#include <unistd.h>

#include <algorithm>
#include <exception>

#include "cli/app.h"
#include "cli/output.h"
#include "core/bench/library_host.h"

namespace {

using namespace reef;

cli::Terminal look_at_terminal(const Environment& env) {
  cli::Terminal terminal;
  terminal.out = is_terminal(STDOUT_FILENO);
  terminal.err = is_terminal(STDERR_FILENO);
  terminal.dumb = get_or(env, "TERM", "dumb") == "dumb";
  const bool wanted = get_or(env, "NO_COLOR", "").empty() && !terminal.dumb;
  terminal.colour = wanted && terminal.out && terminal.err;
  terminal.width = terminal_width(terminal.out ? STDOUT_FILENO : STDERR_FILENO);
  return terminal;
}

// REEF_CLOCK (seconds since 1970) fixes the time of day, for reproducible output. Not SOURCE_DATE_EPOCH:
// shells of some distributions export that for everybody.
std::unique_ptr<Clock> choose_clock(const Environment& env) {
  const std::string epoch = get_or(env, "REEF_CLOCK", "");
  const bool digits =
      !epoch.empty() && epoch.size() <= 10 && epoch.find_first_not_of("0123456789") == std::string::npos;
  if (!digits) return make_system_clock();
  return make_fixed_clock(SystemTime(std::chrono::seconds(std::stoll(epoch))));
}

int run(int argc, char** argv) {
  occupy_standard_streams();
  static Cancellation cancellation;
  install_signal_handlers(cancellation);
  const auto fs = make_disk();
  const auto processes = make_process_runner();
  // The process that a measured library lives in; no verb, for nobody but reef starts it.
  if (argc == 2 && argv[1] == kHostLibrary) return host_library(*fs, *make_system_clock(), cancellation);
  Environment env = read_environment(environ);
  const auto clock = choose_clock(env);
  const cli::Terminal terminal = look_at_terminal(env);
  cli::Host host{*fs,   *processes, *clock, cancellation, std::move(env), terminal, false, false,
                 false, {},         {}};
  const int status = cli::run_app(host, std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  const Status written = cli::finish_output();
  if (!written) cli::print_for_people(cli::render_errors({written.error()}, terminal));
  if (status == static_cast<int>(ErrorCode::interrupted)) {
    const int signal = host.ended_by != 0 ? host.ended_by : cancellation.signal();
    if (signal != 0) die_of(signal);
  }
  return written || status != 0 ? status : static_cast<int>(written.error().code());
}

bool wants_json(const std::vector<std::string>& arguments) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  return std::find(arguments.begin(), end, "--json") != end;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& problem) {
    const Error error(ErrorCode::bug, std::string("this is a bug of reef: ") + problem.what());
    if (wants_json(std::vector<std::string>(argv, argv + argc))) cli::print_json(cli::to_json(error));
    cli::print_for_people(cli::render_errors({error}, {}));
    (void)cli::finish_output();
    return static_cast<int>(ErrorCode::bug);
  }
}
