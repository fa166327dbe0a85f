#include "cli/app.h"

#include <algorithm>

#include "cli/output.h"
#include "core/base/text.h"

namespace reef::cli {
namespace {

struct Command {
  Verb verb;
  Run run;
};

constexpr std::string_view kVersion = "reef " REEF_VERSION;
constexpr std::string_view kFooter =
    "Start here: `reef search digits`, `reef info digits-classifier`, `reef run benchmark "
    "digits-classifier`.\n"
    "`reef VERB --help` explains one verb.";

std::vector<std::string> names_of(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Command& command : commands)
    if (!command.verb.hidden()) names.push_back(command.verb.name());
  return names;
}

std::vector<std::string> flags_of(Verb verb) {
  std::vector<std::string> names;
  for (const Flag& flag : verb.flags()) names.insert(names.end(), flag.names.begin(), flag.names.end());
  return names;
}

// Of a verb below a verb, whose flags may stand behind it, too.
std::vector<std::string> flags_of(Verb verb, Verb program) {
  std::vector<std::string> names = flags_of(verb);
  if (verb == program) return names;
  const std::vector<std::string> above = flags_of(verb.parent(), program);
  names.insert(names.end(), above.begin(), above.end());
  return names;
}

// "--jobs" of `--jobs=4`, "-j" of `-j4`.
std::string flag_in(const std::string& argument) {
  return argument.starts_with("--") ? argument.substr(0, argument.find('=')) : argument.substr(0, 2);
}

// The verb below a verb that was asked for: `add` of `reef registry add`.
Verb innermost(Verb verb) {
  for (const Verb& below : verb.verbs())
    if (below.parsed()) return innermost(below);
  return verb;
}

// "reef registry add"; of the program itself "reef".
std::string words_of(Verb verb, Verb program) {
  return verb == program ? program.name() : words_of(verb.parent(), program) + " " + verb.name();
}

// The first flag among `arguments` that is none of the verb's, as an error.
std::optional<Error> unknown_flag(const std::vector<std::string>& known, const std::string& words,
                                  const std::vector<std::string>& arguments) {
  std::vector<std::string> long_names = known;
  std::erase_if(long_names, [](const std::string& name) { return name.size() == 2; });
  for (const std::string& argument : arguments) {
    const std::string flag = flag_in(argument);
    if (flag.size() < 2 || flag.front() != '-') continue;
    if (std::find(known.begin(), known.end(), flag) != known.end()) continue;
    Error error(ErrorCode::usage, fmt::format("`{}` has no flag `{}`", words, printable(flag)));
    if (flag == "--locked" && words == "reef lock")
      return std::move(error).hint("`reef lock --check` tells whether the lock holds, and changes nothing");
    if (const auto hint = did_you_mean(flag, long_names)) return std::move(error).hint(*hint);
    return error;
  }
  return std::nullopt;
}

// More words than the verb takes.
Error surplus_word(Verb verb, const std::string& words, const std::vector<std::string>& unexpected,
                   const std::vector<std::string>& arguments) {
  const std::vector<std::string> known = verb.words();
  const std::string taken =
      known.empty() ? "no words"
                    : fmt::format("{}: {}", counted(known.size(), "word"), quoted_list(known, "and"));
  const std::string& first = unexpected.front();
  Error error(ErrorCode::usage,
              fmt::format("`{}` was not expected: `{}` takes {}", printable(first), words, taken));
  if (words != "reef exec") return error;
  const auto behind = std::find(arguments.begin() + 1, arguments.end(), first);
  std::string command = "reef";
  for (auto word = arguments.begin(); word != arguments.end(); ++word)
    command += (word == behind ? " -- " : " ") + shell_quoted(*word);
  return std::move(error).hint(fmt::format("a command stands behind `--`: `{}`", printable(command)));
}

// A word where a verb below `verb` was due.
std::optional<Error> unknown_verb_below(Verb verb, const std::string& words,
                                        const std::vector<std::string>& arguments) {
  std::vector<std::string> known;
  for (const Verb& below : verb.verbs()) known.push_back(below.name());
  if (known.empty() || arguments.size() < 2 || arguments[1].starts_with("-")) return std::nullopt;
  if (std::find(known.begin(), known.end(), arguments[1]) != known.end()) return std::nullopt;
  Error error(ErrorCode::usage, fmt::format("`{}` has no verb `{}`", words, printable(arguments[1])));
  const auto hint = did_you_mean(arguments[1], known);
  return std::move(error).hint(hint ? *hint : fmt::format("it has `{}`", join(known, "`, `")));
}

Error usage_error(const Parsed& parsed, Verb program, const std::vector<std::string>& arguments) {
  const Verb verb = innermost(parsed.verb.value_or(program));
  const std::string words = words_of(verb, program);
  std::optional<Error> error;
  const std::vector<std::string>& unexpected = parsed.unexpected;
  const bool is_word = !unexpected.empty() && !unexpected.front().starts_with("-");
  if (is_word) error = unknown_verb_below(verb, words, arguments);
  if (is_word && !error && verb != program) error = surplus_word(verb, words, unexpected, arguments);
  if (!is_word) error = unknown_flag(flags_of(verb, program), words, unexpected);
  constexpr std::string_view kRequired = " is required";
  const std::string& problem = parsed.problem;
  if (!error && problem.ends_with(kRequired))
    error = Error(ErrorCode::usage, fmt::format("`{}` needs `{}`", words,
                                                problem.substr(0, problem.size() - kRequired.size())));
  if (!error) error = Error(ErrorCode::usage, problem);
  return std::move(*error).hint(fmt::format("`{} --help` explains it", words));
}

// To --version and --help.
void answer(const std::string& text, bool as_json) {
  if (!as_json) return print(text);
  if (text == fmt::format("{}\n", kVersion))
    print_json({{"version", REEF_VERSION}});
  else
    print_json({{"usage", text}});
}

int report(const Host& host, const std::vector<Error>& errors) {
  if (host.json) print_json(to_json(errors.front()));
  print_for_people(render_errors(errors, host.terminal));
  return static_cast<int>(errors.front().code());
}

// `--upgrade` without a name means everything.
void complete_upgrade(std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i] == "--upgrade" && (i + 1 == arguments.size() || arguments[i + 1].starts_with("-")))
      arguments[i] = "--upgrade-all";
}

// Takes `--name=value` and `--name value` whose name the verb does not know out of the arguments. A flag
// without a value means `true`; `bare` are their names.
std::vector<std::pair<std::string, std::string>> take_parameters(std::vector<std::string>& arguments,
                                                                 Verb verb, std::vector<std::string>& bare) {
  std::vector<std::string> known = flags_of(verb);
  known.emplace_back("--");
  std::vector<std::string> rest;
  std::vector<std::pair<std::string, std::string>> taken;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const std::size_t equals = argument.find('=');
    const bool is_known = std::find(known.begin(), known.end(), argument.substr(0, equals)) != known.end();
    if (!argument.starts_with("--") || is_known) {
      rest.push_back(argument);
      continue;
    }
    const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    const bool value_follows =
        equals == std::string::npos && i + 1 < arguments.size() && !arguments[i + 1].starts_with("--");
    if (equals != std::string::npos)
      taken.emplace_back(name, argument.substr(equals + 1));
    else
      taken.emplace_back(name, value_follows ? arguments[++i] : std::string("true"));
    if (equals == std::string::npos && !value_follows) bare.push_back(name);
  }
  arguments = std::move(rest);
  return taken;
}

// What follows `--` is no flag of `run`, and no parameter either.
std::optional<Error> flag_behind_dashes(const std::vector<std::string>& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  const auto flag = std::find_if(dashes, arguments.end(), [](const std::string& argument) {
    return argument.starts_with("-") && argument != "--";
  });
  if (flag == arguments.end()) return std::nullopt;
  std::string command = "reef";
  for (auto word = arguments.begin(); word != arguments.end(); ++word)
    if (word != dashes) command += " " + shell_quoted(*word);
  return Error(ErrorCode::usage,
               fmt::format("`{}` was not expected: behind `--` there are no flags", printable(*flag)))
      .hint(fmt::format("parameters of an action stand without it: `{}`", printable(command)));
}

// Cuts off what follows `--`.
std::vector<std::string> take_command(std::vector<std::string>& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  if (dashes == arguments.end()) return {};
  std::vector<std::string> command(dashes + 1, arguments.end());
  arguments.erase(dashes, arguments.end());
  return command;
}

void add_common_flags(Verb verb, Host& host, bool resolves) {
  if (resolves)
    verb.add_option("--resolve-timeout", host.resolve_timeout,
                    "Seconds to search for a closure before giving up; default: 20");
  verb.add_flag("--json", host.json, "Print one JSON record on stdout, nothing else");
  verb.add_flag("--quiet,-q", host.quiet, "Results only: no progress, notes or summaries");
  verb.add_flag("--offline", host.offline, "Use no network");
}

// `reef`, `reef --help`: what the verbs are called and mean is all that is asked for.
bool asks_for_verbs(const std::vector<std::string>& arguments) {
  return arguments.empty() ||
         (arguments.size() == 1 && (arguments.front() == "--help" || arguments.front() == "-h"));
}

// The verbs that a command line can be about. To make the flags of all of them known takes longer than many a
// verb works; only completion and an error need to know more than one.
std::span<const NamedVerb> verbs_for(const std::vector<std::string>& arguments) {
  const std::span<const NamedVerb> all = all_verbs();
  if (arguments.empty() || arguments.front() == "complete") return all;
  const auto named = std::find_if(all.begin(), all.end(),
                                  [&](const NamedVerb& verb) { return verb.name == arguments.front(); });
  return named == all.end() ? all : std::span(named, 1);
}

class Application {
 public:
  Application(Host& host, const std::vector<std::string>& arguments)
      : host_(host),
        line_("reef", "Portable packages, builds and benchmarks for machine learning",
              std::string(kVersion)) {
    for (const NamedVerb& named : verbs_for(arguments)) {
      const Verb verb = line_.program().add_verb(named.name, named.meaning);
      if (named.kind == NamedVerb::hidden) verb.hide();
      if (asks_for_verbs(arguments)) continue;
      commands_.push_back({verb, named.add(verb)});
      add_common_flags(verb, host, named.kind == NamedVerb::resolving);
    }
    line_.program().footer(std::string(kFooter));  // now: verbs have the one of before they were made
  }

  int run(std::vector<std::string> arguments) {
    if (auto unknown = unknown_verb(arguments)) {
      host_.json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
      return report(host_, {*unknown});
    }
    const std::vector<std::string> given = arguments;
    if (!arguments.empty() && arguments.front() == "run") {
      if (auto flag = flag_behind_dashes(arguments)) {
        host_.json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
        return report(host_, {*flag});
      }
    }
    for (const Command& command : commands_)
      if (command.verb.name() == "run" && !arguments.empty() && arguments.front() == "run")
        host_.parameters = take_parameters(arguments, command.verb, host_.bare_parameters);
    if (!arguments.empty() && arguments.front() == "lock") complete_upgrade(arguments);
    if (!arguments.empty() && arguments.front() == "exec") host_.command = take_command(arguments);
    const Parsed parsed = line_.parse(std::move(arguments));
    if (!parsed.problem.empty()) {
      host_.json = host_.json || std::find(given.begin(), given.end(), "--json") != given.end();
      return report(host_, {usage_error(parsed, line_.program(), given)});
    }
    if (parsed.answer || !parsed.verb) {
      const bool as_json = std::find(given.begin(), given.end(), "--json") != given.end();
      answer(parsed.answer.value_or(line_.program().help()), host_.json || as_json);
      return 0;
    }
    return run_verb(*parsed.verb);
  }

 private:
  std::optional<Error> unknown_verb(const std::vector<std::string>& arguments) const {
    const auto first = std::find_if(arguments.begin(), arguments.end(),
                                    [](const std::string& text) { return !text.starts_with("-"); });
    if (first != arguments.begin() || first == arguments.end()) return std::nullopt;
    const auto is_it = [&](const Command& command) { return command.verb.name() == *first; };
    if (std::any_of(commands_.begin(), commands_.end(), is_it)) return std::nullopt;
    const auto known = names_of(commands_);
    Error error(ErrorCode::usage, fmt::format("`{}` is not a verb of reef", printable(*first)));
    if (auto hint = did_you_mean(*first, known)) return std::move(error).hint(*hint);
    return std::move(error).hint("`reef --help` lists the verbs");
  }

  int run_verb(Verb verb) {
    for (const Command& command : commands_) {
      if (command.verb != verb) continue;
      Result<int> status = command.run(host_);
      if (!status) return report(host_, {std::move(status).error()});
      return *status;
    }
    return 0;
  }

  Host& host_;
  CommandLine line_;
  std::vector<Command> commands_;
};

}  // namespace

int run_app(Host& host, std::vector<std::string> arguments) {
  // `reef help VERB` is `reef VERB --help`.
  if (!arguments.empty() && arguments.front() == "help") {
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
  }
  // `--json` is a flag of the verbs; without one it says how `--version` and `--help` are answered.
  const bool has_verb = std::any_of(arguments.begin(), arguments.end(),
                                    [](const std::string& text) { return !text.starts_with("-"); });
  if (!has_verb) host.json = std::erase(arguments, "--json") > 0;
  // What scripts ask before all else; the parser would answer it by an exception.
  if (arguments.size() == 1 && (arguments.front() == "--version" || arguments.front() == "-V")) {
    answer(std::string(kVersion) + "\n", host.json);
    return 0;
  }
  return Application(host, arguments).run(std::move(arguments));
}

}  // namespace reef::cli
