#include "core/ops/pack.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/render_archive.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::cli {
namespace pack_verb {
namespace {

struct Options {
  ops::PackRequest request;
  std::vector<std::string> ids;
  std::string mode;
  std::string output;
  bool check = false;
};

Result<ops::PackRequest> request_of(const Options& options) {
  ops::PackRequest request = options.request;
  request.output = options.output;
  request.records = options.ids;
  if (options.mode.empty()) return request;
  if (!options.ids.empty() || (options.mode != "all" && options.mode != "latest" && options.mode != "none"))
    return make_error(ErrorCode::usage,
                      "expected `--records all`, `latest` or `none`, or else `--record ID`");
  request.records = {options.mode};
  return request;
}

json::Value to_json(const ops::PackCheck& check) {
  json::Value out = {{"equal", check.equal}, {"surroundings", check.surroundings}};
  out["difference"] = check.difference.empty() ? json::Value() : json::Value(check.difference);
  out["first_difference"] = check.first_difference ? json::Value(*check.first_difference) : json::Value();
  return out;
}

Result<int> run(Host& host, const Options& options) {
  if (options.output == "-")
    return make_error(ErrorCode::usage,
                      "an archive cannot be packed to standard output: its head is written last")
        .hint("name a file: `-o NAME.reef`; one that is called so: `-o ./-`");
  TRY(const ops::PackRequest request, request_of(options));
  TRY(const auto session, open_session(host));
  Progress progress(host, false);
  TRY(const ops::PackReport report, ops::pack(*session, request, progress));
  std::optional<ops::PackCheck> check;
  if (options.check) {
    progress.stage("packing again, elsewhere");
    TRY(check, ops::check_pack(*session, request, report));
  }
  progress.clear();
  archive::ArchiveRead read;
  read.contents = report.packed.contents;
  read.manifest = report.packed.manifest;
  read.config = archive::write_config(read.contents);
  read.bytes = report.packed.bytes;
  const int status = !check || check->equal ? 0 : static_cast<int>(ErrorCode::integrity);
  if (host.json) {
    json::Value out = {{"file", report.output.string()},
                       {"bytes", report.packed.bytes},
                       {"manifest", report.packed.manifest.hex()},
                       {"contents", json::Value::parse(read.config)},
                       {"notes", report.notes}};
    out["check"] = check ? to_json(*check) : json::Value();
    print_json(out);
    return status;
  }
  if (!host.quiet) {
    for (const std::string& note : report.notes) print_for_people(fmt::format("note: {}\n", note));
    print(fmt::format("{}\n{} in the file, manifest sha256:{}\n", render_archive_brief(read),
                      format_bytes(read.bytes), read.manifest.hex()));
  }
  print(report.output.string() + "\n");
  if (check && check->equal)
    print(fmt::format("packed again with {}: the same bytes\n", join(check->surroundings, ", ")));
  if (check && !check->equal)
    print_for_people(render_errors(
        {Error(ErrorCode::integrity,
               fmt::format("packed again with {}: other bytes from byte {} on, in {}",
                           join(check->surroundings, ", "), *check->first_difference, check->difference))},
        host.terminal));
  return status;
}

}  // namespace
}  // namespace pack_verb

Run register_pack(Verb command) {
  using namespace pack_verb;
  auto options = std::make_shared<Options>();
  command.add_option("package", options->request.package,
                     "NAME, NAME@RANGE or a folder; default: the project around this folder");
  command.add_option("--with", options->request.with,
                     "Bind options, for this archive: group=option,..., or package.group=option");
  command.add_option("--record", options->ids, "Pack this record; may be repeated");
  command.add_option("--records", options->mode,
                     "latest (default: the newest good one of each action, its parameters, scenario and "
                     "load), all, or none");
  command.add_flag("--with-builds", options->request.with_builds,
                   "Also the built packages: hosts of this platform that cannot build replay them");
  command.add_option("--output,-o", options->output, "The file; default: NAME-VERSION.reef here");
  command.add_option("--threads", options->request.threads,
                     "Default: one a processor; the bytes do not depend on it");
  command.add_flag("--check", options->check, "Pack again in other surroundings and compare the bytes");
  command.footer(
      "What reef.lock says is packed; without it, the closure that fits here. The same input gives the\n"
      "same bytes on any machine. `reef replay FILE` runs an archive, `reef inspect FILE` shows it. The\n"
      "digest that is printed is not that of the file but of the archive's manifest, which has the digests\n"
      "of everything in it: registries call an archive by it.\n"
      "Exit status: 6 when a package is not the one that the lock pins, or `--check` finds a difference.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
