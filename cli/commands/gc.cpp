#include "core/ops/gc.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::cli {
namespace gc_verb {
namespace {

struct Options {
  bool dry_run = false;
  std::string unused;
  std::string cache_limit;
};

// "30d", "0", or what parse_duration takes.
Result<std::chrono::nanoseconds> parse_age(const std::string& text) {
  const bool days = text.ends_with('d');
  if (text.find_first_not_of("0123456789.") == std::string::npos &&
      text.find_first_not_of("0.") != std::string::npos)
    return make_error(ErrorCode::usage, "`{}` of what? expected a duration such as `30d`, `12h` or `0`",
                      text);
  const auto age = parse_duration(days ? text.substr(0, text.size() - 1) + "h" : text);
  if (!age)
    return make_error(ErrorCode::invalid_input, "expected a duration such as `30d`, `12h` or `0`, got `{}`",
                      printable(text));
  if (!days) return age;
  if (age->count() > std::chrono::nanoseconds::max().count() / 24)
    return make_error(ErrorCode::usage, "`{}` is too long a time", text);
  return *age * 24;
}

json::Value to_json(const store::Root& root) {
  json::Value out = {{"kind", name_of(root.kind)},
                     {"name", root.name},
                     {"choice", root.choice},
                     {"file", root.file.string()},
                     {"used", format_time(root.used)}};
  if (!root.archive.empty()) out["archive"] = root.archive;
  return out;
}

json::Value to_json(const ops::GcReport& report, bool dry_run) {
  json::Value out = {{"dry_run", dry_run},
                     {"removed", json::Value::array()},
                     {"kept", report.kept},
                     {"kept_by_processes", report.in_use},
                     {"roots", json::Value::array()},
                     {"forgotten_roots", json::Value::array()},
                     {"leftovers", report.leftovers}};
  for (const ops::Garbage& each : report.prefixes)
    out["removed"].push_back({{"name", each.name}, {"folder", each.folder_name}, {"bytes", each.bytes}});
  for (const store::Root& root : report.roots) out["roots"].push_back(to_json(root));
  for (const store::Root& root : report.dead_roots) out["forgotten_roots"].push_back(to_json(root));
  out["downloads"] = {{"removed", report.downloads.files},
                      {"bytes", report.downloads.bytes},
                      {"left_bytes", report.downloads.left.bytes},
                      {"in_use", report.downloads.in_use}};
  out["contents"] = {{"removed", report.contents.folders}, {"bytes", report.contents.bytes}};
  out["replays"] = {{"removed", report.replays.homes}, {"bytes", report.replays.bytes}};
  out["bytes"] = report.bytes();
  return out;
}

std::string why_dead(const store::Root& root) {
  if (root.kind == store::Root::Kind::package)
    return fmt::format("{}: not used since {}", root.choice, format_time(root.used).substr(0, 10));
  return fmt::format("{}: `{}` is gone, or has another lock now", root.name, root.file.string());
}

std::string render(const ops::GcReport& report, bool dry_run, bool quiet) {
  constexpr std::size_t kShown = 50;
  const std::string_view verb = dry_run ? "would remove" : "removed";
  std::string out;
  if (!quiet)
    for (const store::Root& root : report.dead_roots)
      out += fmt::format("no root any more: {}\n", why_dead(root));
  for (std::size_t i = 0; !quiet && i < std::min(kShown, report.prefixes.size()); ++i)
    out += fmt::format("{} {} ({}, {})\n", verb, report.prefixes[i].name,
                       format_bytes(report.prefixes[i].bytes), report.prefixes[i].folder_name.substr(0, 12));
  if (!quiet && report.prefixes.size() > kShown)
    out += fmt::format("{} {} more\n", verb, report.prefixes.size() - kShown);
  if (report.downloads.files > 0)
    out += fmt::format("{} {} downloads ({})\n", verb, report.downloads.files,
                       format_bytes(report.downloads.bytes));
  if (report.contents.folders > 0)
    out += fmt::format("{} the unpacked contents of {} packages ({})\n", verb, report.contents.folders,
                       format_bytes(report.contents.bytes));
  if (report.replays.homes > 0)
    out += fmt::format("{} what {} of {} made ({})\n", verb,
                       report.replays.homes == 1 ? "the replay" : "the replays",
                       counted(report.replays.homes, "archive"), format_bytes(report.replays.bytes));
  if (report.downloads.in_use) out += "left the downloads alone: another process builds from them\n";
  if (report.leftovers > 0) out += fmt::format("{} {} folders of killed processes\n", verb, report.leftovers);
  out += fmt::format("{} {}, kept {} {}{}\n", dry_run ? "would free" : "freed", format_bytes(report.bytes()),
                     report.kept, report.kept == 1 ? "package" : "packages",
                     report.in_use > 0 ? fmt::format(" ({} for a running process only)", report.in_use) : "");
  return out;
}

Result<int> run(Host& host, const Options& options) {
  TRY(const ops::Home home, ops::find_home(host.env));
  ops::GcRequest request;
  request.dry_run = options.dry_run;
  if (!options.unused.empty()) {
    TRY(request.unused, with_context(parse_age(options.unused), "reading `--unused`"));
  }
  if (!options.cache_limit.empty()) {
    TRY(request.cache_limit,
        with_context(fetch::parse_limit(options.cache_limit), "reading `--cache-limit`"));
  }
  TRY(const ops::GcReport report, ops::gc(machine_of(host), home, request));
  if (host.json)
    print_json(to_json(report, options.dry_run));
  else
    print(render(report, options.dry_run, host.quiet));
  return 0;
}

}  // namespace
}  // namespace gc_verb

Run register_gc(Verb command) {
  using namespace gc_verb;
  auto options = std::make_shared<Options>();
  command.add_flag("--dry-run", options->dry_run, "Only tell what would be removed");
  command.add_option("--unused", options->unused,
                     "What was not used for this long goes: packages of the catalogue, replays; default: "
                     "30d; `0`: all of it");
  command.add_option("--cache-limit", options->cache_limit,
                     "The oldest downloads go beyond this; default: $REEF_CACHE_LIMIT, else 20 GiB");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
