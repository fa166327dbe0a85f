#include "core/ops/store.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/render_plan.h"
#include "core/archive/oci.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::cli {
namespace store_verb {
namespace {

struct Options {
  std::string package;
  std::vector<std::string> names;
  std::vector<std::string> with;
  bool repair = false;
};

constexpr std::size_t kKeyShown = 12;

json::Value to_json(const ops::StoredPackage& package) {
  const store::PrefixInfo& info = package.prefix.info;
  return {{"name", info.id.name},
          {"version", info.id.version},
          {"options", package.options},
          {"key", info.id.key.hex()},
          {"path", package.prefix.path.string()},
          {"files", info.files},
          {"bytes", info.bytes},
          {"built_at", format_time(info.built_at)},
          {"build_seconds", std::chrono::duration<double>(info.build_time).count()},
          {"kept_by", package.kept_by}};
}

Result<int> list(Host& host) {
  TRY(const ops::Home home, ops::find_home(host.env));
  const ops::Machine machine = machine_of(host);
  TRY(const std::vector<ops::StoredPackage> packages, ops::stored_packages(machine, home));
  std::uint64_t bytes = 0;
  for (const ops::StoredPackage& package : packages) bytes += package.prefix.info.bytes;
  if (host.json) {
    json::Value out = {{"store", (home.root / "store").string()}, {"bytes", bytes}};
    out["packages"] = json::Value::array();
    for (const ops::StoredPackage& package : packages) out["packages"].push_back(to_json(package));
    print_json(out);
    return 0;
  }
  if (packages.empty()) {
    print("nothing is installed: `reef install PACKAGE` does it\n");
    return 0;
  }
  Table table({"PACKAGE", "KEY", "SIZE", "FILES", "KEPT BY", "OPTIONS"},
              {Table::Align::left, Table::Align::left, Table::Align::right, Table::Align::right});
  for (const ops::StoredPackage& package : packages) {
    const store::PrefixInfo& info = package.prefix.info;
    table.add({info.id.name + " " + info.id.version, info.id.key.brief(kKeyShown), format_bytes(info.bytes),
               std::to_string(info.files), package.kept_by.empty() ? "-" : join(package.kept_by, ", "),
               render_options(package.options)},
              package.kept_by.empty() ? Style::dim : Style::plain);
  }
  print(table.render(host.terminal));
  if (!host.quiet) print(fmt::format("{} installed, {}\n", packages.size(), format_bytes(bytes)));
  return 0;
}

Result<int> size(Host& host) {
  TRY(const ops::Home home, ops::find_home(host.env));
  TRY(const ops::HomeSize found, ops::home_size(machine_of(host), home));
  if (host.json) {
    print_json({{"home", home.root.string()},
                {"packages", found.packages},
                {"broken", found.broken},
                {"replays", found.replays},
                {"bytes",
                 {{"packages", found.package_bytes},
                  {"downloads", found.downloads.bytes},
                  {"records", found.record_bytes},
                  {"logs", found.log_bytes},
                  {"stage", found.stage_bytes},
                  {"replays", found.replay_bytes},
                  {"other", found.other_bytes},
                  {"total", found.total()}}},
                {"gc_would_free", found.would_free.bytes()}});
    return 0;
  }
  Table table({"WHAT", "SIZE", ""}, {Table::Align::left, Table::Align::right});
  table.add({"packages", format_bytes(found.package_bytes), counted(found.packages, "package")});
  table.add({"downloads", format_bytes(found.downloads.bytes), counted(found.downloads.files, "file")});
  table.add({"records", format_bytes(found.record_bytes), "`reef runs` lists them"});
  table.add({"logs", format_bytes(found.log_bytes), "of builds"});
  table.add({"stage", format_bytes(found.stage_bytes), "being built, or left by killed processes"});
  table.add({"replays", format_bytes(found.replay_bytes),
             fmt::format("of {}, each with a store of its own", counted(found.replays, "archive"))});
  table.add({"other", format_bytes(found.other_bytes),
             "caches of what was found on this host, states of workflows"});
  table.add({"all", format_bytes(found.total()), home.root.string()}, Style::bold);
  print(table.render(host.terminal));
  if (found.broken > 0)
    print(
        fmt::format("{} cannot be read: `reef store verify` tells more\n", counted(found.broken, "folder")));
  if (!host.quiet) print(fmt::format("`reef gc` would free {}\n", format_bytes(found.would_free.bytes())));
  return 0;
}

Result<ops::Plan> plan_for(Host& host, ops::Session& session, const Options& options, Progress& progress) {
  TRY(const ops::Target target, ops::find_target(session, options.package, options.with));
  TRY(ops::Plan plan, ops::require_plan(session, target, {}, progress));
  (void)host;
  return plan;
}

Result<int> path(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  Progress progress(host, false);
  TRY(const ops::Plan plan, plan_for(host, *session, options, progress));
  TRY(const store::Prefix prefix, ops::store_path(*session, plan));
  progress.clear();
  if (host.json)
    print_json({{"name", prefix.info.id.name},
                {"version", prefix.info.id.version},
                {"key", prefix.info.id.key.hex()},
                {"path", prefix.path.string()}});
  else
    print(prefix.path.string() + "\n");
  return 0;
}

std::string_view word_of(ops::Verdict::End end) {
  switch (end) {
    case ops::Verdict::End::damaged:
      return "damaged";
    case ops::Verdict::End::rebuilt:
      return "built again";
    case ops::Verdict::End::removed:
      return "removed";
    default:
      return "whole";
  }
}

std::string render(const ops::Verdict& verdict, const Terminal& terminal) {
  constexpr std::size_t kShown = 5;
  const bool bad = verdict.end == ops::Verdict::End::damaged;
  std::string out = styled(verdict.name, Style::bold, terminal) + " " +
                    styled(bad ? "is damaged" : "was damaged", bad ? Style::red : Style::yellow, terminal);
  if (!bad) out += fmt::format(": {}", word_of(verdict.end));
  out += "\n  " + verdict.path.string() + "\n";
  for (std::size_t i = 0; i < std::min(kShown, verdict.damages.size()); ++i)
    out += "  " + verdict.damages[i] + "\n";
  if (verdict.damages.size() > kShown) out += fmt::format("  and {} more\n", verdict.damages.size() - kShown);
  if (!verdict.note.empty()) out += "  " + verdict.note + "\n";
  return out;
}

json::Value to_json(const ops::Verdict& verdict) {
  return {{"name", verdict.name},
          {"path", verdict.path.string()},
          {"state", word_of(verdict.end)},
          {"damages", verdict.damages},
          {"note", verdict.note}};
}

Result<int> verify(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  Progress progress(host, false);
  TRY(const std::vector<ops::Verdict> verdicts,
      ops::verify_store(*session, {options.names, options.repair}, progress));
  progress.clear();
  std::size_t damaged = 0;
  std::size_t repaired = 0;
  std::size_t removed = 0;
  bool is_missing = false;
  for (const ops::Verdict& verdict : verdicts) {
    if (verdict.end == ops::Verdict::End::damaged) ++damaged;
    if (verdict.end == ops::Verdict::End::rebuilt) ++repaired;
    if (verdict.end == ops::Verdict::End::removed) ++removed;
    is_missing = is_missing || (verdict.end == ops::Verdict::End::removed && !verdict.note.empty());
  }
  const int status = damaged > 0 || is_missing ? static_cast<int>(ErrorCode::integrity) : 0;
  if (host.json) {
    json::Value out = {
        {"verified", verdicts.size()}, {"damaged", damaged}, {"repaired", repaired}, {"removed", removed}};
    out["entries"] = json::Value::array();
    for (const ops::Verdict& verdict : verdicts) out["entries"].push_back(to_json(verdict));
    print_json(out);
    return status;
  }
  for (const ops::Verdict& verdict : verdicts)
    if (verdict.end != ops::Verdict::End::whole) print(render(verdict, host.terminal));
  if (damaged == 0 && !host.quiet)
    print(repaired + removed > 0 ? "everything else is whole\n"
                                 : fmt::format("{} {} as installed\n", verdicts.size(),
                                               verdicts.size() == 1 ? "package is" : "packages are"));
  if (damaged > 0 && !options.repair)
    print_for_people(
        "hint: `reef store verify --repair` removes what is damaged, and builds again what it can\n");
  return status;
}

bool is_archive(const Path& path) { return path.extension() == ".reef" && archive::is_archive_file(path); }

Result<int> pin_archive(Host& host, const Options& options) {
  if (!options.with.empty())
    return make_error(ErrorCode::usage, "`--with` is about a package, and `{}` is an archive",
                      printable(options.package));
  TRY(const ops::Home home, ops::find_home(host.env));
  TRY(const Path replayed, ops::pin_archive(machine_of(host), home, options.package));
  const std::string name = Path(options.package).filename().string();
  host.json ? print_json({{"pinned", replayed.string()}})
            : print(fmt::format("what the replay of {} made stays until `reef store unpin {}`\n",
                                printable(name), shell_quoted(name)));
  return 0;
}

Result<int> pin(Host& host, const Options& options) {
  if (is_archive(options.package)) return pin_archive(host, options);
  TRY(const auto session, open_session(host));
  Progress progress(host, false);
  TRY(const ops::Plan plan, plan_for(host, *session, options, progress));
  TRY_STATUS(ops::pin(*session, plan));
  progress.clear();
  const std::string text = plan.target.name + " " + plan.target_package().chosen.version.text();
  host.json ? print_json({{"pinned", plan.target_package().prefix.string()}})
            : print(fmt::format("{} stays until `reef store unpin {}`\n", text, plan.target.name));
  return 0;
}

Result<int> unpin(Host& host, const Options& options) {
  TRY(const ops::Home home, ops::find_home(host.env));
  TRY(const std::size_t removed, ops::unpin(machine_of(host), home, options.package));
  host.json ? print_json({{"unpinned", removed}})
            : print(fmt::format("{} is not pinned any more\n", options.package));
  return 0;
}

Verb with_package(const Verb& verb, Options& options, const std::string& also = "") {
  verb.add_option(
      "package", options.package,
      fmt::format("NAME, NAME@RANGE or a folder{}; default: the project around this folder", also));
  verb.add_option("--with", options.with, "Bind options: group=option,..., or package.group=option");
  return verb;
}

}  // namespace
}  // namespace store_verb

Run register_store(Verb command) {
  using namespace store_verb;
  auto options = std::make_shared<Options>();
  command.allow_verb_below();
  const Verb path_of =
      with_package(command.add_verb("path", "Print the folder in which a package is installed"), *options);
  const Verb size_of = command.add_verb("size", "How much disk everything takes, and what gc would free");
  const Verb check = command.add_verb(
      "verify", "Read every file of what is installed and downloaded, and name what changed");
  check.add_option("names", options->names, "Packages; default: all, and the downloads");
  check.add_flag("--repair", options->repair, "Remove what is damaged, and build it again where possible");
  const Verb keep = with_package(
      command.add_verb("pin", "Keep a package, or what the replay of an archive made, whatever gc finds"),
      *options, ", or an archive");
  const Verb let_go = command.add_verb("unpin", "Leave a pinned package or archive to gc again");
  let_go.add_option("package", options->package, "Its name; of an archive that of its file").required();
  return [=](Host& host) -> Result<int> {
    if (path_of.parsed()) return path(host, *options);
    if (size_of.parsed()) return size(host);
    if (check.parsed()) return verify(host, *options);
    if (keep.parsed()) return pin(host, *options);
    if (let_go.parsed()) return unpin(host, *options);
    return list(host);
  };
}

}  // namespace reef::cli
