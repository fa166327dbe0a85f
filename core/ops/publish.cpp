#include "core/ops/publish.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/ops/check.h"
#include "core/ops/closure.h"
#include "core/ops/plan.h"
#include "core/os/environment.h"

namespace reef::ops {
namespace {

Result<Published> cannot_publish_to_site(Session& /*session*/, const Publishable& package,
                                         const Destination& destination, const PublishRequest& /*request*/) {
  return make_error(ErrorCode::usage, "`{}` is a web site of static files: nothing can be sent to it",
                    printable(destination.location.text()))
      .hint(fmt::format("where its files are: `reef publish {} --to FOLDER`, then serve the folder as before",
                        shell_quoted(package.project.folder.string())));
}

Result<Published> cannot_publish_to_git(Session& /*session*/, const Publishable& package,
                                        const Destination& destination, const PublishRequest& /*request*/) {
  return make_error(ErrorCode::usage, "`{}` is a git repository: reef makes no commits",
                    printable(destination.location.text()))
      .hint(fmt::format("in a clone of it: `reef publish {} --to CLONE`, then commit and push",
                        shell_quoted(package.project.folder.string())));
}

Publisher publisher_of(LocationKind kind) {
  switch (kind) {
    case LocationKind::folder:
      return &publish_to_folder;
    case LocationKind::http:
      return &cannot_publish_to_site;
    case LocationKind::git:
      break;
  }
  return &cannot_publish_to_git;
}

// A name that was added comes before a folder of that name.
Result<Destination> destination_of(Session& session, const std::string& to) {
  const KnownRegistries registries(session.machine().fs, session.home());
  const bool may_be_name = parse_registry_name(to).has_value();
  const Result<KnownRegistry> known = registries.find(to);
  if (known) return Destination{known->name, known->location};
  if (known.error().code() != ErrorCode::not_found) return tl::make_unexpected(known.error());
  TRY(const Location location, parse_location(to));
  if (location.kind != LocationKind::folder || is_folder(session.machine().fs, location.address))
    return Destination{"", location};
  if (may_be_name) return tl::make_unexpected(known.error());
  return make_error(ErrorCode::not_found, "there is no folder `{}`", printable(location.address))
      .hint("make it first: `mkdir -p`; the packages go into it, each in a folder of its own");
}

Result<Publishable> publishable(Session& session, const std::string& folder, std::vector<Error>& warnings) {
  const Machine& machine = session.machine();
  TRY(const Path path, absolute_path(folder));
  TRY(Checked checked, check(machine.fs, session.cwd(), folder, &session.registry()));
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
  TRY(out.skip, not_content(session, path));
  TRY(out.digest, package_digest(session, path));
  return out;
}

}  // namespace

Result<Published> publish(Session& session, const PublishRequest& request) {
  TRY(const Destination destination, destination_of(session, request.to));
  std::vector<Error> warnings;
  TRY(const Publishable package, publishable(session, request.package, warnings));
  const Publisher publisher = publisher_of(destination.location.kind);
  TRY(Published out, publisher(session, package, destination, request));
  out.warnings = std::move(warnings);
  return out;
}

}  // namespace reef::ops
