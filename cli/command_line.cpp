#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "core/base/error.h"
#include "core/base/text.h"

namespace reef::cli {

namespace {

constexpr std::string_view kNotWhole = "needs a whole number, got ";

// The parser takes -1 for a very large number.
std::string whole_number(const std::string& text) {
  const bool good = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return good ? "" : fmt::format("{}`{}`", kNotWhole, printable(text));
}

// What the parser says of `--jobs x` is "Could not convert: --jobs = x"; of `--name` alone,
// "--name: 1 required TEXT missing".
std::string explained(std::string_view problem) {
  constexpr std::string_view kConversion = "Could not convert: ";
  constexpr std::string_view kMissing = ": 1 required ";
  if (const std::size_t flag = problem.find(kMissing);
      flag != std::string_view::npos && problem.ends_with(" missing"))
    return fmt::format("`{}` needs a value", problem.substr(0, flag));
  if (const std::size_t flag = problem.find(fmt::format(": {}", kNotWhole)); flag != std::string_view::npos)
    return fmt::format("`{}` {}", problem.substr(0, flag), problem.substr(flag + 2));
  if (!problem.starts_with(kConversion)) return std::string(trim(problem));
  const std::vector<std::string> parts = split(problem.substr(kConversion.size()), ' ');
  return fmt::format("`{}` needs a whole number, got `{}`", parts.front(), printable(parts.back()));
}

}  // namespace

Argument& Argument::required() {
  option_->required();
  return *this;
}

Argument& Argument::show_default() {
  option_->capture_default_str();
  return *this;
}

Argument& Argument::delimiter(char separator) {
  option_->delimiter(separator);
  return *this;
}

bool Flag::is_called(const std::string& name) const {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Verb Verb::add_verb(const std::string& name, const std::string& meaning) const {
  return Verb(app_->add_subcommand(name, meaning));
}

Argument Verb::add_option(const std::string& name, std::string& value, const std::string& help) const {
  return Argument(app_->add_option(name, value, help));
}

Argument Verb::add_option(const std::string& name, std::vector<std::string>& values,
                          const std::string& help) const {
  CLI::Option* option = app_->add_option(name, values, help);
  if (name.starts_with("-")) option->allow_extra_args(false);
  return Argument(option);
}

Argument Verb::add_option(const std::string& name, unsigned& value, const std::string& help) const {
  return Argument(app_->add_option(name, value, help)->type_name("NUMBER"));
}

Argument Verb::add_option(const std::string& name, std::size_t& value, const std::string& help) const {
  return Argument(app_->add_option(name, value, help)->type_name("NUMBER")->check(whole_number));
}

Argument Verb::add_option(const std::string& name, std::optional<std::string>& value,
                          const std::string& help) const {
  return Argument(app_->add_option(name, value, help));
}

Argument Verb::add_option(const std::string& name, std::optional<std::size_t>& value,
                          const std::string& help) const {
  return Argument(app_->add_option(name, value, help)->type_name("NUMBER")->check(whole_number));
}

Argument Verb::add_flag(const std::string& names, bool& value, const std::string& help) const {
  return Argument(app_->add_flag(names, value, help));
}

void Verb::own_help_flag(bool& value, const std::string& help) const {
  app_->set_help_flag();
  app_->add_flag("--help,-h", value, help);
}

void Verb::footer(const std::string& text) const { app_->footer(text); }

void Verb::hide() const { app_->group(""); }

void Verb::allow_verb_below() const {
  app_->require_subcommand(0, 1);
  app_->fallthrough();
}

std::string Verb::name() const { return app_->get_name(); }

std::string Verb::meaning() const { return app_->get_description(); }

bool Verb::hidden() const { return app_->get_group().empty(); }

bool Verb::parsed() const { return app_->parsed(); }

std::string Verb::help() const {
  return app_->help(app_->get_parent() == nullptr ? "" : app_->get_parent()->get_name());
}

Verb Verb::parent() const { return Verb(app_->get_parent()); }

std::vector<Verb> Verb::verbs() const {
  std::vector<Verb> out;
  for (CLI::App* below : app_->get_subcommands([](CLI::App*) { return true; })) out.emplace_back(below);
  return out;
}

std::vector<std::string> Verb::words() const {
  std::vector<std::string> out;
  for (const CLI::Option* option : app_->get_options())
    if (!option->nonpositional()) out.push_back(option->get_name(true));
  return out;
}

std::vector<Flag> Verb::flags() const {
  std::vector<Flag> out;
  for (const CLI::Option* option : app_->get_options()) {
    if (!option->nonpositional()) continue;
    Flag flag{{}, option->get_description(), option->get_expected_min() > 0 || option->get_type_size() > 0};
    for (const std::string& name : option->get_lnames()) flag.names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) flag.names.push_back("-" + name);
    out.push_back(std::move(flag));
  }
  return out;
}

std::optional<Flag> Verb::flag_called(const std::string& name) const {
  for (Flag& flag : flags())
    if (flag.is_called(name)) return std::move(flag);
  return std::nullopt;
}

CommandLine::CommandLine(const std::string& name, const std::string& meaning, const std::string& version)
    : app_(std::make_unique<CLI::App>(meaning, name)) {
  app_->set_version_flag("--version,-V", version);
  app_->require_subcommand(0, 1);
  app_->get_formatter()->column_width(28);
}

CommandLine::~CommandLine() = default;

Verb CommandLine::program() const { return Verb(app_.get()); }

Parsed CommandLine::parse(std::vector<std::string> arguments) {
  Parsed out;
  try {
    std::reverse(arguments.begin(), arguments.end());
    app_->parse(std::move(arguments));
  } catch (const CLI::Success& success) {  // --help, --version
    std::ostringstream answer;
    app_->exit(success, answer, answer);
    out.answer = answer.str();
  } catch (const CLI::ParseError& problem) {
    out.problem = explained(problem.what());
    if (dynamic_cast<const CLI::ExtrasError*>(&problem) != nullptr) out.unexpected = app_->remaining(true);
  }
  if (!app_->get_subcommands().empty()) out.verb = Verb(app_->get_subcommands().front());
  return out;
}

}  // namespace reef::cli
