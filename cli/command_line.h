#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The parser of command lines stays behind these classes: only command_line.cpp compiles it, which takes
// seconds.
namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace reef::cli {

// One word or flag of a verb, to say more about it.
class Argument {
 public:
  explicit Argument(CLI::Option* option) : option_(option) {}
  Argument& required();
  Argument& show_default();             // that its variable has now
  Argument& delimiter(char separator);  // of the values in one word

 private:
  CLI::Option* option_;
};

// What `--help` says of a flag, and what completion needs to know of it.
struct Flag {
  std::vector<std::string> names;  // "--jobs", "-j"; long ones first
  std::string meaning;
  bool takes_value = false;

  bool is_called(const std::string& name) const;
};

// A verb, a verb below a verb (`runs show`), or the program itself. A handle: copies mean the same verb, and
// end with the CommandLine. Variables that are bound to words and flags must live as long.
class Verb {
 public:
  explicit Verb(CLI::App* app) : app_(app) {}

  Verb add_verb(const std::string& name, const std::string& meaning) const;
  // "name": a word by its place; "--name" or "--name,-n": a flag with a value. A list takes all words that
  // are left, or one value each time its flag is repeated.
  Argument add_option(const std::string& name, std::string& value, const std::string& help) const;
  Argument add_option(const std::string& name, std::vector<std::string>& values,
                      const std::string& help) const;
  Argument add_option(const std::string& name, unsigned& value, const std::string& help) const;
  Argument add_option(const std::string& name, std::size_t& value, const std::string& help) const;
  Argument add_option(const std::string& name, std::optional<std::string>& value,
                      const std::string& help) const;
  Argument add_option(const std::string& name, std::optional<std::size_t>& value,
                      const std::string& help) const;
  Argument add_flag(const std::string& names, bool& value, const std::string& help) const;
  // `--help` is a flag like others, for a verb that answers it itself.
  void own_help_flag(bool& value, const std::string& help) const;
  void footer(const std::string& text) const;  // verbs made later have it too
  void hide() const;                           // from `--help`
  // At most one verb may follow; flags of this one may stand behind it.
  void allow_verb_below() const;

  std::string name() const;
  std::string meaning() const;
  bool hidden() const;
  bool parsed() const;  // it was on the command line
  std::string help() const;
  Verb parent() const;  // the verb, or the program, that it is below
  std::vector<Verb> verbs() const;
  std::vector<std::string> words() const;  // the names of those that are known by their place
  std::vector<Flag> flags() const;
  std::optional<Flag> flag_called(const std::string& name) const;
  bool operator==(const Verb& other) const = default;

 private:
  CLI::App* app_;
};

// What became of a command line.
struct Parsed {
  std::optional<Verb> verb;             // the one on the command line
  std::optional<std::string> answer;    // to --help and --version: to be printed, and nothing else to be done
  std::string problem;                  // empty: all is well
  std::vector<std::string> unexpected;  // the problem: words and flags that the verb does not know, in order
};

class CommandLine {
 public:
  CommandLine(const std::string& name, const std::string& meaning, const std::string& version);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  ~CommandLine();

  Verb program() const;
  // arguments: without the program's name. Sets the variables. To be called once.
  Parsed parse(std::vector<std::string> arguments);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace reef::cli
