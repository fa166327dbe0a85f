#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/verify_archive.h"
#include "core/base/text.h"
#include "core/base/units.h"
#include "core/ops/keys.h"
#include "core/ops/rebuild.h"

namespace reef::cli {
namespace verify_verb {
namespace {

struct Options {
  std::string what;
  std::vector<std::string> with;
  bool rebuild = false;
  bool closure = false;
  std::optional<std::string> key;
  std::string signature;
};

json::Value to_json(const ops::Rebuild& rebuild) {
  json::Value out = {{"name", rebuild.name},
                     {"version", rebuild.version},
                     {"prefix", rebuild.prefix.string()},
                     {"identical", rebuild.identical()},
                     {"files", rebuild.files},
                     {"bytes", rebuild.bytes},
                     {"content", rebuild.content.hex()},
                     {"content_again", rebuild.content_again.hex()},
                     {"build_seconds", std::chrono::duration<double>(rebuild.build_time).count()}};
  const auto number = [](const auto& value) { return value ? json::Value(*value) : json::Value(); };
  out["differences"] = json::Value::array();
  for (const ops::BuildDifference& each : rebuild.differences)
    out["differences"].push_back(
        {{"path", each.path},
         {"what", each.what},
         {"offset", number(each.offset)},
         {"section", each.section.empty() ? json::Value() : json::Value(each.section)},
         {"size", number(each.size)},
         {"size_again", number(each.size_again)}});
  return out;
}

std::string render(const ops::BuildDifference& each) {
  std::string out = fmt::format("  `{}` {}", printable(each.path), each.what);
  if (each.offset) out += fmt::format(", first at byte {}", *each.offset);
  if (!each.section.empty()) out += fmt::format(" (section {})", each.section);
  if (each.size && each.size_again && *each.size != *each.size_again)
    out += fmt::format("; {} bytes, then {}", *each.size, *each.size_again);
  return out + "\n";
}

std::string render(const ops::Rebuild& rebuild, const Terminal& terminal) {
  constexpr std::size_t kShown = 20;
  const std::string name = rebuild.name + " " + rebuild.version;
  if (rebuild.identical())
    return fmt::format("{}: {} ({} {}, {}, {})\n", name, styled("bit-identical", Style::green, terminal),
                       rebuild.files, rebuild.files == 1 ? "file" : "files", format_bytes(rebuild.bytes),
                       rebuild.content.brief());
  std::string out = fmt::format("{}: {}\n", name, styled("not bit-identical", Style::red, terminal));
  for (std::size_t i = 0; i < std::min(kShown, rebuild.differences.size()); ++i)
    out += render(rebuild.differences[i]);
  if (rebuild.differences.size() > kShown)
    out += fmt::format("  and {} more\n", rebuild.differences.size() - kShown);
  return out;
}

Result<int> verify_rebuild(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  TRY(const ops::Target target, ops::find_target(*session, options.what, options.with));
  Progress progress(host, false);
  TRY(const ops::Plan plan, ops::require_plan(*session, target, {}, progress));
  TRY(const std::vector<ops::Rebuild> rebuilds,
      ops::rebuild_and_compare(*session, plan, {options.closure}, progress));
  progress.clear();
  const bool good =
      std::all_of(rebuilds.begin(), rebuilds.end(), [](const auto& each) { return each.identical(); });
  if (host.json) {
    json::Value out = {{"identical", good}, {"packages", json::Value::array()}};
    for (const ops::Rebuild& each : rebuilds) out["packages"].push_back(to_json(each));
    print_json(out);
  } else {
    for (const ops::Rebuild& each : rebuilds) print(render(each, host.terminal));
  }
  return good ? 0 : static_cast<int>(ErrorCode::integrity);
}

Result<int> verify_key(Host& host, const Options& options) {
  if (options.what.empty()) return make_error(ErrorCode::usage, "which file? `reef verify --key KEY FILE`");
  TRY(const ops::Home home, ops::find_home(host.env));
  const ops::Keys keys(host.fs, host.clock, home);
  TRY(const ops::SignedFile found,
      ops::verify_signature(keys, host.fs, options.what, *options.key, options.signature));
  if (host.json)
    print_json({{"file", options.what},
                {"signed", true},
                {"key", found.key_id},
                {"key_name", found.key_name.empty() ? json::Value() : json::Value(found.key_name)},
                {"trusted_comment", found.trusted_comment}});
  else
    print(fmt::format("{} is as {} signed it\n  {}\n", printable(options.what), ops::shown_signer(found),
                      printable(found.trusted_comment)));
  return 0;
}

}  // namespace
}  // namespace verify_verb

Run register_verify(Verb command) {
  using namespace verify_verb;
  auto options = std::make_shared<Options>();
  command.add_option("what", options->what,
                     "A .reef file (`-`: standard input), with --key any file, with --rebuild a package "
                     "(default: the project here)");
  command.add_flag(
      "--rebuild", options->rebuild,
      "Build it again elsewhere, later and with another $USER (the same user id), and compare every byte");
  command.add_flag("--closure", options->closure, "With --rebuild: all that it depends on, too");
  command.add_option("--with", options->with, "With --rebuild: bind options: group=option,...");
  command.add_option(
      "--key", options->key,
      "Check FILE.minisig: a name or id of `reef key list`, a file, a key in base64, or `trusted`");
  command.add_option("--signature", options->signature,
                     "Check this signature of the file, by a key that is trusted here or by --key");
  command.footer("Exit status: 6 and the name of what is wrong when a single byte differs.");
  return [options](Host& host) -> Result<int> {
    if (options->rebuild && (options->key || !options->signature.empty()))
      return make_error(
          ErrorCode::usage,
          "`--rebuild` is about a package, `--key` and `--signature` about a file: one at a time");
    if (!options->rebuild && (options->closure || !options->with.empty()))
      return make_error(ErrorCode::usage, "`{}` goes with `--rebuild`",
                        options->closure ? "--closure" : "--with");
    // A signature that is named is checked, with the keys that are trusted here when no other is.
    if (!options->signature.empty() && !options->key) options->key = "trusted";
    if (options->rebuild) return verify_rebuild(host, *options);
    if (options->key) return verify_key(host, *options);
    if (!options->what.empty()) return verify_archive_file(host, options->what);
    return make_error(ErrorCode::usage, "verify what? a .reef file, or `--rebuild` for the project here");
  };
}

}  // namespace reef::cli
