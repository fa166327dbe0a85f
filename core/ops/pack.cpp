#include "core/ops/pack.h"

#include <algorithm>

#include "core/archive/scan.h"
#include "core/archive/unpack.h"
#include "core/base/text.h"
#include "core/base/url.h"
#include "core/fetch/fetch.h"
#include "core/ops/archive_files.h"
#include "core/ops/install.h"
#include "core/ops/minisign.h"
#include "core/ops/output.h"
#include "core/ops/transfer_reports.h"
#include "core/os/environment.h"
#include "core/os/http.h"
#include "core/os/live_folder.h"
#include "core/registry/package_content.h"

namespace reef::ops {
namespace {

// "model.onnx" of a URL: for people, so nothing that could be a secret.
std::string name_of_source(const Source& source) {
  if (source.kind == SourceKind::npm) return source.location + "@" + source.version;
  const std::string path = split_url(source.location).path;
  const std::string name = printable(percent_decoded(path.substr(path.rfind('/') + 1)));
  return name.empty() ? "source" : name;
}

class Packing {
 public:
  Packing(Session& session, const PackRequest& request, Reporter& reporter, const Path& scratch)
      : session_(session),
        machine_(session.machine()),
        request_(request),
        reporter_(reporter),
        scratch_(scratch) {}

  Result<PackReport> run() {
    TRY(const Target found, find_target(session_, request_.package, request_.with));
    TRY(target_, as_project(session_, found));
    is_own_project_ = found.project.has_value();
    TRY(report_.output, output());
    TRY_STATUS(find_lock());
    input_.lock = write_lockfile(lock_);
    TRY(const Closure closure, closure_of(session_, *target_.project, lock_));
    TRY(const Noticed noticed, notice_content(machine_.fs, target_.project->folder));
    report_.notes = notes_on_archives(*target_.project, noticed.archives);
    for (const SeldomMeant& each : noticed.seldom_meant)
      report_.notes.push_back(
          fmt::format("`{}` is packed with the package; {}", printable(each.path), exclude_hint(each)));
    TRY_STATUS(add_packages(closure));
    TRY_STATUS(add_sources(closure));
    std::vector<Record> records;
    TRY_STATUS(add_records(session_, request_, lock_, input_, records, report_.notes));
    if (request_.with_builds) TRY_STATUS(add_own_builds());
    input_.provenance = [&](const archive::Contents& contents) { return provenance_of(contents, records); };
    reporter_.stage("packing " + target_.name);
    const Result<archive::ArchiveRead> before = signed_before();
    Result<archive::Packed> packed =
        archive::write_archive(input_, report_.output, {request_.threads, &machine_.cancel}, machine_.fs);
    if (!packed) return tl::make_unexpected(blamed(std::move(packed).error()));
    report_.packed = *std::move(packed);
    if (before && before->manifest != report_.packed.manifest)
      report_.notes.push_back(
          fmt::format("`{}` signs the archive that was there before: `reef sign {}` signs this one",
                      printable(signature_place(report_.output.filename()).string()),
                      shell_quoted(report_.output.filename().string())));
    return std::move(report_);
  }

 private:
  // The archive that will be replaced, where a signature lies beside it.
  Result<archive::ArchiveRead> signed_before() const {
    if (!exists(machine_.fs, signature_place(report_.output)))
      return make_error(ErrorCode::not_found, "not signed");
    return inspect_file(report_.output.string());
  }

  // Says which record is at fault when one holds what no archive can: a name that not every system has.
  Error blamed(Error error) {
    if (error.code() != ErrorCode::invalid_input) return error;
    for (const archive::ArchivedRecord& record : input_.contents.records) {
      if (archive::scan_tree(input_.trees.at(record.place()), machine_.fs)) continue;
      return std::move(error)
          .context(fmt::format("packing the record `{}` of the action `{}`", record.id, record.action))
          .hint("`--records none` packs no record, `--record ID` only those that you name");
    }
    return error;
  }

  // The lock that is there, or the closure that fits here.
  Status find_lock() {
    if (request_.with.empty()) {
      TRY(const auto lock, read_lock(session_, target_));
      if (lock) {
        lock_ = *lock;
        return {};
      }
    }
    TRY(const Plan plan, require_plan(session_, target_, {}, reporter_));
    lock_ = plan.lock;
    if (!is_own_project_ || !request_.with.empty()) return {};
    TRY(const LockWritten written, update_lock(session_, plan, reporter_));
    if (written.changed) reporter_.note("wrote reef.lock");
    return {};
  }

  Result<Path> output() const {
    TRY(Path path,
        output_place(machine_.fs, request_.output,
                     fmt::format("{}-{}.reef", target_.name, target_.project->manifest->version.text())));
    TRY(path, absolute_path(path));
    TRY_STATUS(check_archive_place(machine_.fs, path));
    // By its name it is known as no part of the package, the next time.
    const Path inside = path.lexically_relative(target_.project->folder);
    if (path.extension() == ".reef" || inside.empty() || *inside.begin() == "..") return path;
    return make_error(ErrorCode::usage, "`{}` would be a file of the package that is packed",
                      printable(path.string()))
        .hint("in its folder the names of archives end with `.reef`");
  }

  Status add_packages(const Closure& closure) {
    archive::Contents& contents = input_.contents;
    contents.name = target_.name;
    contents.version = target_.project->manifest->version.text();
    for (const auto& [platform, section] : lock_.platforms) {
      contents.platforms.push_back(platform);
      if (const LockedPackage* root = section.find(target_.name)) contents.options = root->options;
    }
    for (const ClosurePackage& package : closure.packages) TRY_STATUS(add_package(package, false));
    for (const ClosurePackage& tool : closure.tools) TRY_STATUS(add_package(tool, true));
    return {};
  }

  Status add_package(const ClosurePackage& package, bool is_tool) {
    archive::ArchivedPackage out;
    out.name = package.name;
    out.version = package.version.text();
    out.kind = name_of(package.manifest->kind);
    out.license = package.manifest->license;
    out.summary = package.manifest->summary;
    out.role = package.is_root ? archive::Role::root : is_tool ? archive::Role::tool : archive::Role::package;
    input_.trees[out.place()] = {package.folder, package.is_root
                                                     ? not_content(session_, package.folder)
                                                     : reef::not_content(machine_.fs, package.folder)};
    input_.contents.packages.push_back(std::move(out));
    return {};
  }

  Status add_sources(const Closure& closure) {
    std::vector<fetch::Request> requests;
    std::vector<const ClosurePackage*> owners;
    for (const ClosurePackage& package : closure.packages)
      for (const Source& source : package.sources) {
        requests.push_back({&source, package.folder});
        owners.push_back(&package);
      }
    if (requests.empty()) return {};
    reporter_.stage("fetching");
    fetch::Settings settings;
    settings.cache = session_.home().cache();
    settings.offline = session_.offline();
    settings.env = machine_.env;
    const auto client = make_http_client(machine_.env);
    TransferReports progress(reporter_, machine_.clock);
    TRY(const std::vector<fetch::Fetched> fetched,
        fetch::fetch_all(requests, settings, machine_.fs, machine_.processes, *client, machine_.clock,
                         progress, machine_.cancel));
    for (std::size_t i = 0; i < requests.size(); ++i)
      TRY_STATUS(add_source(*requests[i].source, fetched[i], owners[i]->name));
    std::sort(input_.contents.sources.begin(), input_.contents.sources.end(),
              [](const auto& a, const auto& b) { return a.place() < b.place(); });
    return {};
  }

  Status add_source(const Source& source, const fetch::Fetched& fetched, const std::string& package) {
    archive::ArchivedSource out;
    out.kind = name_of(source.kind);
    out.name = name_of_source(source);
    out.commit = source.commit;
    out.integrity = source.integrity;
    if (source.kind == SourceKind::git)
      out.tree.emplace();
    else
      out.blob = archive::Blob{fetched.digest, fetched.bytes};
    for (archive::ArchivedSource& other : input_.contents.sources)
      if (other.place() == out.place()) {
        if (std::find(other.packages.begin(), other.packages.end(), package) == other.packages.end())
          other.packages.insert(std::upper_bound(other.packages.begin(), other.packages.end(), package),
                                package);
        return {};
      }
    out.packages = {package};
    if (out.blob) {
      input_.files[out.place()] = fetched.path;
    } else {
      // The host's git made the tar in the cache: its bytes are those of one version of git, the tree is not.
      const Path folder = scratch_ / source.commit;
      UnpackOptions options;
      options.name = "tree.tar";
      options.limits.free_bytes = options.limits.bytes;
      TRY_STATUS(unpack_archive(fetched.path, folder, options, machine_.fs).map([](const Unpacked&) {}));
      input_.trees[out.place()] = {folder, {}};
    }
    input_.contents.sources.push_back(std::move(out));
    return {};
  }

  Status add_own_builds() {
    TRY(Plan plan, require_plan(session_, target_, {}, reporter_));
    // A package of the catalogue stands in no folder that the user has: it is no root of the store.
    TRY_STATUS(install(session_, plan, {0, is_own_project_}, reporter_).map([](const Installed&) {}));
    return add_builds(session_, plan, scratch_, input_);
  }

  Session& session_;
  const Machine& machine_;
  const PackRequest& request_;
  Reporter& reporter_;
  Path scratch_;
  Target target_;
  bool is_own_project_ = false;  // not made of a package of the catalogue
  Lockfile lock_;
  archive::PackInput input_;
  PackReport report_;
};

}  // namespace

Result<PackReport> pack(Session& session, const PackRequest& request, Reporter& reporter) {
  TRY(const LiveFolder scratch, session.scratch_folder("pack-"));
  return Packing(session, request, reporter, scratch.path()).run();
}

}  // namespace reef::ops
