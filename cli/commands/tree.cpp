#include "core/ops/tree.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/render_plan.h"
#include "core/base/text.h"

namespace reef::cli {
namespace tree_verb {
namespace {

struct Options {
  std::string name;     // of `why`
  std::string version;  // of `why`
  std::string package;
  std::vector<std::string> with;
  bool locked = false;
};

Result<ops::Plan> plan_for(Host& host, ops::Session& session, const Options& options) {
  TRY(const ops::Target target, ops::find_target(session, options.package, options.with));
  Progress progress(host, true);
  ops::PlanRequest request;
  request.locked = options.locked;
  request.explain = !options.name.empty();
  request.explain_lock = true;
  return ops::require_plan(session, target, request, progress);
}

constexpr std::size_t kMostIndent = 80;

std::string role_of(const resolve::Edge& edge) {
  return edge.purpose == Purpose::both ? edge.role : fmt::format("{} ({})", edge.role, name_of(edge.purpose));
}

std::string label_of(const ops::TreeNode& node, const Terminal& terminal) {
  const ops::Planned& package = *node.package;
  std::string out = node.edge == nullptr ? "" : role_of(*node.edge) + ": ";
  out += styled(fmt::format("{} {}", package.name(), package.chosen.version.text()), Style::bold, terminal);
  if (node.repeated) return out + " (*)";
  if (node.cut) return out + fmt::format(" ... `reef tree {}` shows what it needs", package.name());
  if (package.tool) return out + "  " + styled(printable(package.tool->path), Style::dim, terminal);
  if (!package.chosen.options.empty())
    out += "  " + styled(render_options(package.chosen.options), Style::dim, terminal);
  return out;
}

void render_below(const ops::TreeNode& node, const std::string& indent, const Terminal& terminal,
                  std::string& out) {
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const bool last = i + 1 == node.children.size();
    out += indent + (last ? "`-- " : "|-- ") + label_of(node.children[i], terminal) + "\n";
    render_below(node.children[i], indent + (last ? "    " : "|   "), terminal, out);
  }
}

bool has_repeated(const ops::TreeNode& node) {
  return node.repeated || std::any_of(node.children.begin(), node.children.end(), has_repeated);
}

json::Value to_json(const ops::TreeNode& node) {
  const ops::Planned& package = *node.package;
  json::Value out = {{"name", package.name()},
                     {"version", package.chosen.version.text()},
                     {"kind", name_of(package.manifest->kind)}};
  out["role"] = node.edge == nullptr ? json::Value() : json::Value(node.edge->role);
  out["for"] = node.edge == nullptr ? json::Value() : json::Value(name_of(node.edge->purpose));
  out["options"] = package.chosen.options;
  out["registry"] = package.registry.empty() ? json::Value() : json::Value(package.registry);
  out["path"] = package.tool ? json::Value(package.tool->path) : json::Value();
  out["repeated"] = node.repeated;
  out["cut"] = node.cut;
  out["dependencies"] = json::Value::array();
  for (const ops::TreeNode& child : node.children) out["dependencies"].push_back(to_json(child));
  return out;
}

Result<int> run_tree(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  TRY(const ops::Plan plan, plan_for(host, *session, options));
  const ops::TreeNode root = ops::tree_of(plan);
  if (host.json) {
    json::Value out = to_json(root);
    out["skipped"] = cli::to_json(plan.skipped);
    out["notes"] = plan.notes;
    print_json(out);
    return 0;
  }
  std::string out = label_of(root, host.terminal) + "\n";
  render_below(root, "", host.terminal, out);
  if (has_repeated(root) && !host.quiet) out += "(*) its dependencies are shown above\n";
  if (!host.quiet) {
    for (const std::string& skipped : plan.skipped_choices()) out += skipped + "\n";
    for (const std::string& note : plan.notes) out += "note: " + note + "\n";
  }
  print(out);
  return 0;
}

std::string place_of(const Place& place, const Terminal& terminal) {
  return place.line == 0
             ? ""
             : styled(fmt::format(" ({}:{})", printable(place.file), place.line), Style::dim, terminal);
}

// "a 1.0.0 needs c++-compiler >=11 to build, because `compiler = any`: gcc 12.2.0".
std::string sentence_of(const ops::Link& link, const Terminal& terminal) {
  const resolve::Edge& edge = *link.edge;
  const std::string asked = edge.capability.empty() ? edge.target : edge.capability;
  std::string out = fmt::format("{} {} needs {}", link.from->name(), link.from->chosen.version.text(),
                                styled(asked, Style::bold, terminal));
  if (!edge.range.is_any()) out += " " + edge.range.text();
  if (edge.purpose != Purpose::both) out += fmt::format(" to {}", name_of(edge.purpose));
  if (!edge.option.empty()) out += fmt::format(", because of `{}`", edge.option);
  out += fmt::format(": {} {}", link.to->name(), link.to->chosen.version.text());
  if (link.to->tool) out += fmt::format(", {}", printable(link.to->tool->path));
  return out + place_of(edge.place, terminal) + "\n";
}

json::Value to_json(const ops::Link& link) {
  const resolve::Edge& edge = *link.edge;
  json::Value out = {{"from", link.from->name()},
                     {"from_version", link.from->chosen.version.text()},
                     {"role", edge.role},
                     {"to", link.to->name()}};
  out["to_version"] = link.to->chosen.version.text();
  out["capability"] = edge.capability.empty() ? json::Value() : json::Value(edge.capability);
  out["range"] = edge.range.text();
  out["for"] = name_of(edge.purpose);
  out["option"] = edge.option.empty() ? json::Value() : json::Value(edge.option);
  out["file"] = edge.place.file;
  out["line"] = edge.place.line == 0 ? json::Value() : json::Value(edge.place.line);
  return out;
}

// "ink 1.2.0: the newest that fits", and what was skipped for it.
std::string why_as_it_is(const ops::Plan& plan, const ops::Planned& package) {
  std::string out;
  for (const ops::Choice& choice : ops::choices_of(plan)) {
    if (choice.package != &package) continue;
    out += fmt::format("{} {}: {}\n", package.name(), package.chosen.version.text(), choice.version);
    for (const std::string& option : choice.options) out += fmt::format("  {}\n", option);
    if (!package.registry.empty()) out += fmt::format("  from the registry {}\n", package.registry);
    for (const std::string& skipped : choice.skipped) out += fmt::format("  {}\n", skipped);
  }
  for (const ops::Moved& moved : plan.moved)
    if (moved.name == package.name()) out += fmt::format("  {}\n", moved.text);
  return out;
}

std::string render_why(const ops::Why& why, const ops::Plan& plan, const std::string& name,
                       const Terminal& terminal) {
  if (why.chains.empty()) return fmt::format("`{}` is the package itself\n", plan.target.name);
  const ops::Planned* package = plan.find(name);
  std::string out = fmt::format(
      "{} way{} to `{}`:\n",
      why.more ? fmt::format("the first {}", why.chains.size()) : fmt::format("{}", why.chains.size()),
      why.chains.size() == 1 ? "" : "s", name);
  for (const auto& chain : why.chains) {
    out += "\n";
    std::string indent = "  ";
    for (const ops::Link& link : chain) {
      out += indent + sentence_of(link, terminal);
      if (indent.size() < kMostIndent) indent += "  ";
    }
  }
  if (package != nullptr) out += "\n" + why_as_it_is(plan, *package);
  return out;
}

// Asked about a version that is not the chosen one.
Status check_version(const ops::Plan& plan, const Options& options) {
  if (options.version.empty()) return {};
  TRY(const VersionRange range, VersionRange::parse(options.version));
  const ops::Planned* package = plan.find(options.name);
  if (package == nullptr || range.contains(package->chosen.version)) return {};
  return make_error(ErrorCode::not_found, "{} {} is chosen, not {}", options.name,
                    package->chosen.version.text(), options.version)
      .hint(fmt::format("`reef why-not {}@{}{}` tells why", options.name, options.version,
                        options.package.empty() ? "" : " --package " + shell_quoted(options.package)));
}

Result<int> run_why(Host& host, Options options) {
  if (const std::size_t at = options.name.find('@'); at != std::string::npos && options.version.empty()) {
    options.version = options.name.substr(at + 1);
    options.name.resize(at);
  }
  TRY(const auto session, open_session(host));
  TRY_STATUS(ops::refuse_archive(*session, options.name));
  TRY_STATUS(require_user(*session, options.package, "reef why " + shell_quoted(options.name)));
  TRY(const ops::Plan plan, plan_for(host, *session, options));
  TRY(const ops::Why why, ops::why(session->registry(), plan, options.name));
  TRY_STATUS(check_version(plan, options));
  if (!host.json) {
    print(render_why(why, plan, options.name, host.terminal));
    return 0;
  }
  json::Value out = {{"package", plan.target.name},
                     {"name", options.name},
                     {"chains", json::Value::array()},
                     {"more", why.more}};
  const ops::Planned* named = plan.find(options.name);
  out["version"] = named ? json::Value(named->chosen.version.text()) : json::Value();
  out["chosen"] = named ? json::Value(named->chosen.chosen) : json::Value();
  out["option_reasons"] = named ? json::Value(named->chosen.option_reasons) : json::Value();
  out["skipped"] = json::Value::array();
  for (const resolve::Skipped& skipped : plan.skipped)
    if (skipped.package == options.name)
      out["skipped"].push_back({{"choice", skipped.choice}, {"reason", skipped.reason}});
  for (const auto& chain : why.chains) {
    json::Value links = json::Value::array();
    for (const ops::Link& link : chain) links.push_back(to_json(link));
    out["chains"].push_back(std::move(links));
  }
  print_json(out);
  return 0;
}

void add_options(Verb command, Options& options) {
  command.add_option("--with", options.with, "Bind options: group=option,..., or package.group=option");
  command.add_flag("--locked", options.locked, "Use exactly what reef.lock says, or fail");
}

}  // namespace
}  // namespace tree_verb

Run register_tree(Verb command) {
  using namespace tree_verb;
  auto options = std::make_shared<Options>();
  command.add_option("package", options->package,
                     "NAME, NAME@RANGE or a folder; default: the project around this folder");
  add_options(command, *options);
  return [options](Host& host) { return run_tree(host, *options); };
}

Run register_why(Verb command) {
  using namespace tree_verb;
  auto options = std::make_shared<Options>();
  command.add_option("name", options->name, "A package, tool or capability; or NAME@VERSION").required();
  command.add_option("version", options->version, "Ask about this version; `why-not` about others");
  command.add_option("--package", options->package,
                     "Needed by whom: NAME, NAME@RANGE or a folder; default: the project around this folder");
  add_options(command, *options);
  return [options](Host& host) { return run_why(host, *options); };
}

}  // namespace reef::cli
