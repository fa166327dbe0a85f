#include "core/ops/shell_start.h"

#include <array>
#include <cctype>

#include "core/base/text.h"

namespace reef::ops {
namespace {

// Of the shells themselves: read-only, or set anew for every command.
constexpr std::array<std::string_view, 14> kOwn = {
    "_",   "BASHOPTS",  "BASH_VERSINFO", "EUID",   "GID",     "OLDPWD",  "PPID",
    "PWD", "SHELLOPTS", "SHLVL",         "status", "version", "ZDOTDIR", "UID"};

bool is_settable(std::string_view name) {
  const auto is_letter = [](char c) { return c == '_' || std::isalpha(static_cast<unsigned char>(c)) != 0; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (name.empty() || !is_letter(name.front())) return false;
  for (const char c : name)
    if (!is_letter(c) && !is_digit(c)) return false;
  return std::find(kOwn.begin(), kOwn.end(), name) == kOwn.end();
}

// In single quotes, where nothing has a meaning but what ends them.
std::string quoted(std::string_view text, bool for_fish) {
  std::string out = "'";
  for (const char c : text) {
    if (for_fish && (c == '\'' || c == '\\'))
      out += std::string{'\\', c};
    else if (c == '\'')
      out += R"('\'')";
    else
      out += c;
  }
  return out + "'";
}

std::string settings(const Environment& env, bool for_fish) {
  std::string out;
  for (const auto& [name, value] : env) {
    if (!is_settable(name)) continue;
    out += for_fish ? fmt::format("set -gx {} {}\n", name, quoted(value, true))
                    : fmt::format("export {}={}\n", name, quoted(value, false));
  }
  return out;
}

Result<ShellStart> start_bash(Filesystem& fs, const std::string& shell, Environment env,
                              const std::string& mark, const Path& folder) {
  const Path file = folder / "bashrc";
  const std::string text = "if [ -f ~/.bashrc ]; then . ~/.bashrc; fi\n" + settings(env, false) +
                           fmt::format("PS1={}$PS1\n", quoted(mark, false));
  TRY_STATUS(fs.write_file(file, text, false));
  return ShellStart{{shell, "--rcfile", file.string(), "-i"}, std::move(env)};
}

// zsh has no flag for it, but a variable with the folder of its files; the user's may be set in ~/.zshenv.
Result<ShellStart> start_zsh(Filesystem& fs, const std::string& shell, Environment env,
                             const std::string& mark, const Path& folder) {
  const std::string ours = quoted(folder.string(), false);
  const std::string first = fmt::format(
      "unset ZDOTDIR\n"
      "if [[ -f ~/.zshenv ]]; then . ~/.zshenv; fi\n"
      "reef_zdotdir=${{ZDOTDIR:-$HOME}}\n"
      "ZDOTDIR={}\n",
      ours);
  const std::string then = fmt::format(
      "ZDOTDIR=$reef_zdotdir\n"
      "unset reef_zdotdir\n"
      "if [[ $HISTFILE == {}/* ]]; then HISTFILE=$ZDOTDIR/.zsh_history; fi\n"
      "if [[ -f $ZDOTDIR/.zshrc ]]; then . $ZDOTDIR/.zshrc; fi\n",
      ours);
  TRY_STATUS(fs.write_file(folder / ".zshenv", first, false));
  TRY_STATUS(fs.write_file(folder / ".zshrc",
                           then + settings(env, false) + fmt::format("PS1={}$PS1\n", quoted(mark, false)),
                           false));
  env["ZDOTDIR"] = folder.string();
  return ShellStart{{shell, "-i"}, std::move(env)};
}

Result<ShellStart> start_fish(Filesystem& fs, const std::string& shell, Environment env,
                              const std::string& mark, const Path& folder) {
  const Path file = folder / "init.fish";
  const std::string prompt = fmt::format(
      "functions --copy fish_prompt reef_prompt\n"
      "function fish_prompt; printf %s {}; reef_prompt; end\n",
      quoted(mark, true));
  TRY_STATUS(fs.write_file(file, settings(env, true) + prompt, false));
  return ShellStart{{shell, "-i", "--init-command", "source " + quoted(file.string(), true)}, std::move(env)};
}

}  // namespace

Result<ShellStart> start_shell(Filesystem& fs, const std::string& shell, Environment env,
                               const std::string& mark, const Path& folder) {
  const std::string name = Path(shell).filename().string();
  if (name != "bash" && name != "zsh" && name != "fish") return ShellStart{{shell, "-i"}, std::move(env)};
  TRY_STATUS(make_folders(fs, folder));
  if (name == "bash") return start_bash(fs, shell, std::move(env), mark, folder);
  if (name == "zsh") return start_zsh(fs, shell, std::move(env), mark, folder);
  return start_fish(fs, shell, std::move(env), mark, folder);
}

}  // namespace reef::ops
