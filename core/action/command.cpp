#include "core/action/command.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef::action {
namespace {

constexpr std::uint64_t kLargestScript = std::uint64_t{64} << 20U;

Failure at(Error error, const Place& place) {
  if (!error.place() && place.line > 0) error = std::move(error).at(place);
  return Failure(std::move(error));
}

// "#!/usr/bin/env python3 -u" -> program and, as the kernel does it, the rest as one argument.
std::vector<std::string> interpreter_of(std::string_view script) {
  if (!script.starts_with("#!")) return {};
  const std::string_view line = trim(script.substr(2, script.find('\n') - 2));
  const std::size_t blank = line.find_first_of(" \t");
  if (line.empty()) return {};
  if (blank == std::string_view::npos) return {std::string(line)};
  return {std::string(line.substr(0, blank)), std::string(trim(line.substr(blank)))};
}

Failure no_script(Filesystem& fs, const Path& file, const std::string& script, const Place& place) {
  Failure error = make_error(ErrorCode::not_found, "cannot find the script `{}`: there is no `{}`", script,
                             file.string());
  if (place.line > 0) error = std::move(error).at(place);
  const std::vector<std::string> names = fs.list(file.parent_path()).value_or(std::vector<std::string>());
  if (const auto hint = did_you_mean(file.filename().string(), names)) return std::move(error).hint(*hint);
  return error;
}

// The script's path; `inspect` false leaves out what only its file can tell.
Result<std::vector<std::string>> expand_script(Filesystem* fs, const Command& command,
                                               const PackageView& view, const TemplateLookup& lookup) {
  TRY(const std::string script, expand_text(command.script, lookup));
  TRY(const std::vector<std::string> arguments, expand_arguments(command.args, lookup));
  const Path file = view.source / script;
  std::vector<std::string> argv = {file.string()};
  if (fs != nullptr) {
    TRY(argv, script_runner(*fs, file, script, command.place));
  }
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

Result<ResolvedCommand> expand_command(Filesystem* fs, const Command& command, const PackageView& view,
                                       const TemplateLookup& lookup) {
  auto argv = command.script.empty() ? expand_arguments(command.argv, lookup)
                                     : expand_script(fs, command, view, lookup);
  if (!argv) return at(std::move(argv).error(), command.place);
  if (argv->empty() || argv->front().empty())
    return make_error(ErrorCode::invalid_input, "the command is empty: it has no program").at(command.place);
  for (const std::string& argument : *argv)
    if (argument.find('\0') != std::string::npos)
      return make_error(ErrorCode::invalid_input, "an argument of `{}` holds a NUL byte", argv->front())
          .at(command.place);
  return ResolvedCommand{*std::move(argv), command.place};
}

Result<std::vector<ResolvedCommand>> expand_all(Filesystem* fs, const std::vector<Command>& commands,
                                                const PackageView& view, const TemplateLookup& lookup) {
  std::vector<ResolvedCommand> out;
  for (const Command& command : commands) {
    if (!holds(command.when, view.circumstances)) continue;
    TRY(ResolvedCommand resolved, expand_command(fs, command, view, lookup));
    out.push_back(std::move(resolved));
  }
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  if (from.empty()) return text;
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

Folders symbolic_folders() { return {"${work}", "${output}", "${metrics}", "${home}", "${temporary}"}; }

}  // namespace

Result<std::vector<ResolvedCommand>> expand_commands(Filesystem& fs, const std::vector<Command>& commands,
                                                     const PackageView& view, const TemplateLookup& lookup) {
  return expand_all(&fs, commands, view, lookup);
}

Result<std::vector<std::string>> script_runner(Filesystem& fs, const Path& file, const std::string& script,
                                               const Place& place) {
  const auto stat = fs.stat(file);
  if (!stat || stat->type != FileType::file) return no_script(fs, file, script, place);
  if (file.extension() == ".sh") return std::vector<std::string>{"bash", "-euo", "pipefail", file.string()};
  if ((stat->mode & 0111U) != 0) return std::vector<std::string>{file.string()};
  TRY(const std::string text, fs.read_file(file, kLargestScript));
  std::vector<std::string> argv = interpreter_of(text);
  if (argv.empty())
    return make_error(ErrorCode::invalid_input, "the script `{}` does not say what runs it", script)
        .at(place)
        .hint("begin it with a line such as `#!/usr/bin/env python3`");
  argv.push_back(file.string());
  return argv;
}

Action with_measured(Action action) {
  if (!action.benchmark) return action;
  Command measured;
  const BenchmarkSpec& bench = *action.benchmark;
  measured.argv = !bench.command.empty()  ? bench.command
                  : bench.library.empty() ? bench.system
                                          : bench.library;
  measured.place = action.place;
  action.run.push_back(std::move(measured));
  return action;
}

Result<Symbolic> symbolic_commands(const PackageView& view, const Action& action,
                                   const Parameters& parameters, const Path& store) {
  const Folders folders = symbolic_folders();
  PackageView named = view;
  named.prefix = "${prefix}";
  named.source = "${source}";
  const TemplateLookup lookup = make_lookup(named, parameters, folders, 0);
  Symbolic out;
  TRY(const auto commands, expand_all(nullptr, action.run, named, lookup));
  for (const ResolvedCommand& command : commands) {
    std::vector<std::string>& argv = out.commands.emplace_back();
    for (const std::string& argument : command.argv)
      argv.push_back(replaced(argument, store.string(), "${store}"));
  }
  TRY(const Environment env, action_environment(named, action, parameters, folders, 0));
  for (const auto& [name, value] : env) out.environment[name] = replaced(value, store.string(), "${store}");
  return out;
}

}  // namespace reef::action
