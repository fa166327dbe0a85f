#include "cli/commands.h"
#include "cli/output.h"
#include "core/base/text.h"

// Scripts that ask `reef complete` what could stand at the cursor: the words typed so far, the last one
// unfinished.
namespace reef::cli {
namespace completion_verb {
namespace {

constexpr std::string_view kBash = R"sh(# reef completion for bash: eval "$(reef completion bash)"
_reef() {
  local typed=${COMP_LINE:0:COMP_POINT} words line
  read -r -a words <<<"$typed"
  case $typed in *[[:space:]]) words+=("") ;; esac
  local current=${words[${#words[@]}-1]} keep
  # Readline replaces what follows the last `=` only.
  keep=${current%"${current##*=}"}
  COMPREPLY=()
  while IFS=$'\t' read -r line _; do
    case $line in "$current"*) COMPREPLY+=("${line#"$keep"}") ;; esac
  done < <(command "${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
  case ${COMPREPLY[0]-} in *=|*/) compopt -o nospace ;; esac
}
complete -o default -F _reef reef
)sh";

constexpr std::string_view kZsh = R"sh(#compdef reef
# reef completion for zsh: eval "$(reef completion zsh)", or this text as `_reef` in a folder of $fpath
_reef() {
  local -a described
  local line word meaning
  while IFS= read -r line; do
    word=${line%%$'\t'*}
    meaning=${line#"$word"}
    meaning=${meaning#$'\t'}
    described+=("${word//:/\\:}${meaning:+:$meaning}")
  done < <(command ${words[1]} complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${#described} )); then
    _describe 'reef' described
  else
    _files
  fi
}
if [[ ${funcstack[1]-} == _reef ]]; then _reef "$@"; else compdef _reef reef; fi
)sh";

constexpr std::string_view kFish = R"sh(# reef completion for fish: reef completion fish | source
function __reef_complete
    set -l words (commandline -opc) (commandline -ct)
    command $words[1] complete -- $words[2..-1] 2>/dev/null
end
complete -c reef -a '(__reef_complete)'
)sh";

Result<int> run(Host& host, const std::string& shell) {
  const std::vector<std::string> known = {"bash", "zsh", "fish"};
  const std::string_view script = shell == "bash"   ? kBash
                                  : shell == "zsh"  ? kZsh
                                  : shell == "fish" ? kFish
                                                    : std::string_view();
  if (script.empty()) {
    Failure error = make_error(ErrorCode::usage, "there is no completion for `{}`", printable(shell));
    if (auto hint = did_you_mean(shell, known)) return std::move(error).hint(*hint);
    return std::move(error).hint(fmt::format("there is {}", quoted_list(known, "and")));
  }
  if (host.json)
    print_json({{"shell", shell}, {"script", script}});
  else
    print(script);
  return 0;
}

}  // namespace
}  // namespace completion_verb

Run register_completion(Verb command) {
  using namespace completion_verb;
  auto shell = std::make_shared<std::string>();
  command.add_option("shell", *shell, "bash, zsh or fish").required();
  command.footer(
      "bash:  eval \"$(reef completion bash)\"     in ~/.bashrc\n"
      "zsh:   eval \"$(reef completion zsh)\"      in ~/.zshrc, after compinit\n"
      "fish:  reef completion fish | source      in ~/.config/fish/config.fish");
  return [shell](Host& host) { return run(host, *shell); };
}

}  // namespace reef::cli
