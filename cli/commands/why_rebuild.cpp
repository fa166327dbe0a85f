#include "core/ops/why_rebuild.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"

namespace reef::cli {
namespace why_rebuild_verb {
namespace {

struct Options {
  std::string package;
  std::vector<std::string> with;
};

// "tool compiler" -> "tool", "file of tool compiler /usr/bin/g++" -> "file".
std::string kind_of(const store::Change& change) { return change.name.substr(0, change.name.find(' ')); }

std::string headline(const ops::RebuildReason& reason) {
  const std::string name = reason.name + " " + reason.version;
  if (reason.installed) return fmt::format("{} is installed: nothing of its key changed", name);
  if (!reason.damage.empty()) return fmt::format("{} would be built: it is damaged: {}", name, reason.damage);
  if (!reason.before)
    return fmt::format("{} would be built: no build of it is in the store to compare with", name);
  if (reason.summary.empty()) return fmt::format("{} would be built", name);
  return fmt::format("{} would be built: {}", name, reason.summary);
}

// Commands and environments as two lines; the rest fits into one.
std::string render(const store::Change& change) {
  const std::string kind = kind_of(change);
  if (kind != "command" && kind != "environment") {
    const bool tool = (kind == "tool" || kind == "file") && change.before && change.after;
    return tool ? fmt::format("  {}:\n    - {}\n    + {}\n", change.name, *change.before, *change.after)
                : "  " + store::describe(change) + "\n";
  }
  std::string out = fmt::format("  {}:\n", change.name);
  out += fmt::format("    - {}\n", change.before.value_or("(not there)"));
  return out + fmt::format("    + {}\n", change.after.value_or("(not there)"));
}

std::string render(const ops::RebuildReason& reason, const Terminal& terminal) {
  constexpr std::size_t kShown = 20;
  std::string out = styled(headline(reason), Style::bold, terminal) + "\n";
  if (reason.installed) return out + "  " + reason.prefix.string() + "\n";
  if (!reason.before || reason.changes.empty()) return out;
  out += fmt::format("  compared with {} {}, built {}\n", reason.before->info.id.name,
                     reason.before->info.id.version, format_time(reason.before->info.built_at));
  std::vector<store::Change> changes = reason.changes;
  std::stable_partition(changes.begin(), changes.end(), [](const store::Change& change) {
    return kind_of(change) != "command" && kind_of(change) != "environment";  // which follow from the rest
  });
  for (const store::Change& change : changes) {
    if (change.name == "package") {
      out += reason.files_known ? "  its files:\n" : "  its files, of which the older build kept no list\n";
      for (std::size_t i = 0; i < std::min(kShown, reason.files.size()); ++i)
        out += "    " + reason.files[i] + "\n";
      if (reason.files.size() > kShown) out += fmt::format("    and {} more\n", reason.files.size() - kShown);
    } else if (kind_of(change) == "dependency") {
      const std::string role = change.name.substr(change.name.find(' ') + 1);
      const auto package = reason.dependencies.find(role);
      out += fmt::format("  {}: {}\n", change.name,
                         !change.after    ? "is gone"
                         : !change.before ? "is new"
                         : package == reason.dependencies.end()
                             ? "another build"
                             : fmt::format("another build of {}, see below", package->second));
    } else {
      out += render(change);
    }
  }
  return out;
}

json::Value to_json(const ops::RebuildReason& reason) {
  json::Value out = {{"name", reason.name},
                     {"version", reason.version},
                     {"key", reason.key.hex()},
                     {"prefix", reason.prefix.string()},
                     {"installed", reason.installed},
                     {"damage", reason.damage.empty() ? json::Value() : json::Value(reason.damage)},
                     {"summary", reason.summary}};
  out["compared_with"] = nullptr;
  if (reason.before)
    out["compared_with"] = {{"key", reason.before->info.id.key.hex()},
                            {"version", reason.before->info.id.version},
                            {"prefix", reason.before->path.string()},
                            {"built_at", format_time(reason.before->info.built_at)}};
  out["changes"] = json::Value::array();
  for (const store::Change& change : reason.changes)
    out["changes"].push_back({{"kind", kind_of(change)},
                              {"name", change.name},
                              {"before", change.before ? json::Value(*change.before) : json::Value()},
                              {"after", change.after ? json::Value(*change.after) : json::Value()}});
  out["files"] = reason.files_known ? json::Value(reason.files) : json::Value();
  out["dependencies"] = reason.dependencies;
  return out;
}

Result<int> run(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  TRY(const ops::Target target, ops::find_target(*session, options.package, options.with));
  Progress progress(host, false);
  TRY(const ops::Plan plan, ops::require_plan(*session, target, {}, progress));
  TRY(const std::vector<ops::RebuildReason> reasons, ops::why_rebuild(*session, plan));
  progress.clear();
  if (host.json) {
    json::Value out = {{"packages", json::Value::array()}};
    for (const ops::RebuildReason& reason : reasons) out["packages"].push_back(to_json(reason));
    print_json(out);
    return 0;
  }
  for (const ops::RebuildReason& reason : reasons) print(render(reason, host.terminal));
  return 0;
}

}  // namespace
}  // namespace why_rebuild_verb

Run register_why_rebuild(Verb command) {
  using namespace why_rebuild_verb;
  auto options = std::make_shared<Options>();
  command.add_option("package", options->package,
                     "NAME, NAME@RANGE or a folder; default: the project around this folder");
  command.add_option("--with", options->with, "Bind options: group=option,..., or package.group=option");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
