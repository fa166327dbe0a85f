#include "core/ops/publish.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/ops/check.h"
#include "core/ops/closure.h"
#include "core/ops/plan.h"
#include "core/os/environment.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/folder_registry.h"
#include "core/registry/package_content.h"
#include "core/registry/published_registry.h"

namespace reef::ops {
namespace {

// What would be done where the files of the registry are; `words`: what `reef publish` is told.
Error no_folder(const Destination& destination, const std::string& words) {
  const std::string where = printable(destination.location.text());
  if (destination.location.kind == LocationKind::http)
    return Error(ErrorCode::usage,
                 fmt::format("`{}` is a web site of static files: nothing can be sent to it", where))
        .hint(fmt::format(
            "where its files are: `reef publish {} --to FOLDER`, then serve the folder as before", words));
  return Error(ErrorCode::usage, fmt::format("`{}` is a git repository: reef makes no commits", where))
      .hint(fmt::format("in a clone of it: `reef publish {} --to CLONE`, then commit and push", words));
}

Result<Published> cannot_publish(Session& /*session*/, const Publishable& package,
                                 const Destination& destination, const PublishRequest& /*request*/) {
  return tl::make_unexpected(no_folder(destination, shell_quoted(package.project.folder.string())));
}

Publisher publisher_of(LocationKind kind) {
  if (kind == LocationKind::folder) return &publish_to_folder;
  return kind == LocationKind::oci ? &publish_to_oci : &cannot_publish;
}

// A name that was added comes before a folder of that name.
Result<Destination> destination_of(Session& session, const std::string& to) {
  const KnownRegistries registries(session.machine().fs, session.home());
  const bool may_be_name = parse_registry_name(to).has_value();
  const Result<KnownRegistry> known = registries.find(to);
  if (known) return Destination{known->name, known->location, !known->keys.empty()};
  if (known.error().code() != ErrorCode::not_found) return tl::make_unexpected(known.error());
  TRY(const Location location, parse_location(to));
  if (location.kind != LocationKind::folder || is_folder(session.machine().fs, location.address))
    return Destination{"", location};
  if (may_be_name) return tl::make_unexpected(known.error());
  return make_error(ErrorCode::not_found, "there is no folder `{}`", printable(location.address))
      .hint("make it first: `mkdir -p`; the packages go into it, each in a folder of its own");
}

// What is published may need what was published there before, which nobody need have added.
std::unique_ptr<Registry> packages_there(Session& session, const Destination& destination) {
  if (destination.location.kind != LocationKind::folder) return nullptr;
  const Path folder = destination.location.address;
  const std::vector<Path> roots = {session.machine().fs.real_path(folder).value_or(folder)};
  auto there = open_folder_registry(
      session.machine().fs, {roots, cache_file_of(registry_cache(session.home()), roots, "catalogue"), ""});
  return there ? *std::move(there) : nullptr;
}

Result<Publishable> publishable(Session& session, const std::string& folder, const Destination& destination,
                                std::vector<Error>& warnings) {
  const Machine& machine = session.machine();
  TRY(const Path path, absolute_path(folder));
  const auto there = packages_there(session, destination);
  TRY(Checked checked, check(machine.fs, session.cwd(), folder, &session.registry(), there.get()));
  if (!checked.problems.empty()) {
    Error first = checked.problems.front();
    if (checked.problems.size() > 1)
      first = std::move(first).hint(fmt::format("`reef check {}` tells the {} other problems",
                                                shell_quoted(folder), checked.problems.size() - 1));
    return tl::make_unexpected(std::move(first));
  }
  warnings = std::move(checked.warnings);
  Publishable out;
  TRY(out.project, read_project(machine.fs, path, session.cwd()));
  TRY(const Noticed noticed, notice_content(machine.fs, path));
  for (const std::string& note : notes_on_archives(out.project, noticed.archives))
    warnings.emplace_back(ErrorCode::invalid_input, note);
  out.left_out = not_content(session, path);
  TRY(out.digest, package_digest(session, path));
  return out;
}

// `pen@1.0.0`.
Result<YankChange> parse_exact(const std::string& text, bool yanked) {
  const std::size_t at = text.find('@');
  if (at == std::string::npos)
    return make_error(ErrorCode::usage, "`{}` names no version", printable(text))
        .hint(fmt::format("say which: `--yank {}@1.0.0`", printable(text)));
  YankChange out;
  out.yanked = yanked;
  TRY(out.name, parse_package_name(std::string_view(text).substr(0, at)));
  TRY(out.version, Version::parse(std::string_view(text).substr(at + 1)));
  return out;
}

}  // namespace

Result<Path> folder_of(const Machine& machine, const Destination& destination, const SecretKeySource& sign) {
  const Path folder = destination.location.address;
  if (!is_folder(machine.fs, folder))
    return make_error(ErrorCode::not_found, "the folder of the registry `{}` is not there: `{}`",
                      destination.name, folder.string());
  Path root = machine.fs.real_path(folder).value_or(folder);
  TRY_STATUS(check_not_cached(machine, root));
  if (exists(machine.fs, root / kRootSignature) && !sign)
    return make_error(ErrorCode::usage, "the registry in `{}` is signed, and would not be any more",
                      root.string())
        .hint("name the key: `--sign KEY`");
  return root;
}

Result<YankedVersion> yank(Session& session, const YankRequest& request) {
  TRY(const Destination destination, destination_of(session, request.to));
  TRY(const YankChange change, parse_exact(request.package, !request.undo));
  if (destination.location.kind == LocationKind::oci) {
    TRY(const bool changed, yank_in_oci(session, destination, change));
    return YankedVersion{change.name, change.version.text(),
                         destination.name.empty() ? destination.location.text() : destination.name, changed};
  }
  if (destination.location.kind != LocationKind::folder)
    return tl::make_unexpected(
        no_folder(destination,
                  fmt::format("--yank {}{}", shell_quoted(request.package), request.undo ? " --undo" : "")));
  TRY(const Path root, folder_of(session.machine(), destination, request.sign));
  TRY(const RegistryPublished published,
      publish_folder(session.machine(), root, {true, request.sign, change}));
  return YankedVersion{change.name, change.version.text(),
                       destination.name.empty() ? root.string() : destination.name, published.built.changed};
}

Result<Published> publish(Session& session, const PublishRequest& request) {
  TRY(const Destination destination, destination_of(session, request.to));
  std::vector<Error> warnings;
  TRY(const Publishable package, publishable(session, request.package, destination, warnings));
  const Publisher publisher = publisher_of(destination.location.kind);
  TRY(Published out, publisher(session, package, destination, request));
  out.warnings.insert(out.warnings.begin(), warnings.begin(), warnings.end());
  return out;
}

}  // namespace reef::ops
