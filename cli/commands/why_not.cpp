#include "core/ops/why_not.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/values.h"
#include "core/base/text.h"
#include "core/model/names.h"

namespace reef::cli {
namespace why_not_verb {
namespace {

struct Options {
  std::string name;
  std::string package;
  std::vector<std::string> with;
};

std::string lines_of(const std::vector<std::string>& items, std::string_view prefix) {
  std::string out;
  for (const std::string& item : items) out += fmt::format("{}{}\n", prefix, item);
  return out;
}

// "ink 2.0.0 cannot be chosen:" and the derivation, or why something else is preferred.
std::string render(const ops::WhyNot& answer) {
  const std::string label = fmt::format("{} {}", answer.name, answer.version);
  if (answer.is_chosen)
    return fmt::format("{} is chosen: {}\n", answer.name + " " + answer.chosen, join(answer.reasons, ", "));
  if (!answer.possible) {
    const std::size_t end = answer.text.find('\n');
    const std::string derivation =
        end == std::string::npos ? ": " + answer.text : ":" + answer.text.substr(end);
    return fmt::format("{} cannot be chosen{}\n{}", label, derivation, lines_of(answer.hints, "hint: "));
  }
  std::string out = answer.chosen.empty()
                        ? fmt::format("{} could be chosen", label)
                        : fmt::format("{} could be chosen instead of {}", label, answer.chosen);
  out += answer.reasons.empty() ? "\n" : fmt::format("; it is not: {}\n", join(answer.reasons, "; "));
  if (!answer.changes.empty()) out += "with it:\n" + lines_of(answer.changes, "  ");
  return out + lines_of(answer.hints, "hint: ");
}

json::Value to_json(const ops::WhyNot& answer) {
  return {{"name", answer.name},
          {"range", answer.range.text()},
          {"version", nullable(answer.version)},
          {"chosen", nullable(answer.chosen)},
          {"is_chosen", answer.is_chosen},
          {"possible", answer.possible},
          {"reasons", answer.reasons},
          {"changes", answer.changes},
          {"conflict", answer.conflict},
          {"hints", answer.hints}};
}

Result<int> run(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  TRY_STATUS(ops::refuse_archive(*session, options.name));
  const std::size_t at = options.name.find('@');
  if (at == std::string::npos)
    return make_error(ErrorCode::usage, "which version? expected `NAME@VERSION`, got `{}`",
                      printable(options.name))
        .hint(fmt::format("`reef why {}` tells why it is needed, and why in this version",
                          printable(options.name)));
  TRY(const std::string name, parse_package_name(options.name.substr(0, at)));
  TRY(const VersionRange range, VersionRange::parse(options.name.substr(at + 1)));
  TRY_STATUS(require_user(*session, options.package, "reef why-not " + shell_quoted(options.name)));
  TRY(const ops::Target target, ops::find_target(*session, options.package, options.with));
  TRY(const ops::WhyNot answer, ops::why_not(*session, target, name, range));
  if (host.json)
    print_json(to_json(answer));
  else
    print(render(answer));
  return 0;
}

}  // namespace
}  // namespace why_not_verb

Run register_why_not(Verb command) {
  using namespace why_not_verb;
  auto options = std::make_shared<Options>();
  command.add_option("name", options->name, "NAME@VERSION or NAME@RANGE").required();
  command.add_option("--package", options->package,
                     "Needed by whom: NAME, NAME@RANGE or a folder; default: the project around this folder");
  command.add_option("--with", options->with, "Bind options: group=option,..., or package.group=option");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
