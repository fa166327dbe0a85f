#include "core/ops/recording.h"

#include "core/archive/scan.h"
#include "core/base/text.h"
#include "core/host/facts.h"

namespace reef::ops {
namespace {

RecordedTool recorded_tool(const FoundTool& tool) {
  RecordedTool out{tool.name, tool.version.text(), tool.path, tool.real_path, tool.digest};
  for (const auto& [path, file] : tool.files) out.files[path] = file.digest;
  return out;
}

constexpr std::uint32_t kOwnerAll = 0700;
constexpr std::uint32_t kOwnerReads = 0400;

Status drop_below(Filesystem& fs, const Path& folder, const std::string& prefix,
                  std::vector<std::string>& dropped) {
  TRY(const FileStat own, fs.stat(folder, false));
  if ((own.mode & kOwnerAll) != kOwnerAll) TRY_STATUS(fs.set_mode(folder, own.mode | kOwnerAll));
  TRY(const std::vector<std::string> names, fs.list(folder));
  for (const std::string& name : names) {
    const Path path = folder / name;
    TRY(const FileStat stat, fs.stat(path, false));
    const std::string shown = printable(prefix + name);
    switch (stat.type) {
      case FileType::folder:
        TRY_STATUS(drop_below(fs, path, prefix + name + "/", dropped));
        break;
      case FileType::file:
        if ((stat.mode & kOwnerReads) == 0) TRY_STATUS(fs.set_mode(path, stat.mode | kOwnerReads));
        break;
      default:
        TRY_STATUS(fs.remove_file(path));
        dropped.push_back(stat.type == FileType::symlink
                              ? fmt::format("`{}` is a link and was left out", shown)
                              : fmt::format("`{}` is a FIFO, a socket or a device and was left out", shown));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> drop_special_files(Filesystem& fs, const Path& folder) {
  std::vector<std::string> dropped;
  const auto stat = fs.stat(folder, false);
  if (!stat) return dropped;
  if (stat->type != FileType::folder) {
    // The program put something else in the place of its output folder.
    TRY_STATUS(fs.remove_file(folder));
    dropped.push_back(fmt::format("`{}` is no folder any more and was left out", folder.filename().string()));
    return dropped;
  }
  TRY_STATUS(drop_below(fs, folder, "", dropped));
  return dropped;
}

Result<Record> begin_record(Session& session, const Plan& plan, const std::string& action,
                            const action::Parameters& parameters) {
  Filesystem& fs = session.machine().fs;
  const Planned& target = plan.target_package();
  Record record;
  record.reef_version = REEF_VERSION;
  record.package = target.name();
  record.version = target.chosen.version.text();
  record.action = action;
  record.from_folder = plan.target.project.has_value();
  record.options = target.chosen.options;
  record.parameters = parameters.values;
  record.times.started = format_time(session.machine().clock.now());
  record.times.resolve = std::chrono::duration<double>(plan.resolve_time).count();
  TRY(const Platform platform, host::read_platform(fs));
  record.host = to_json(platform);
  record.lock_sha256 = sha256(write_lockfile(plan.lock)).hex();
  TRY(const store::Store store, store::Store::open(fs, session.home().root));
  for (const Planned& package : plan.packages) {
    if (package.tool) {
      record.toolchain.push_back(recorded_tool(*package.tool));
      record.closure.push_back({package.name(), package.chosen.version.text(), {}, ""});
      continue;
    }
    record.closure.push_back({package.name(), package.chosen.version.text(), package.chosen.options,
                              package.prefix_id.key.hex(), package.digest ? package.digest->hex() : ""});
    if (&package == &target) continue;
    const auto prefix = store.find(package.prefix_id);
    if (prefix)
      record.inputs.push_back({package.name() + " " + package.chosen.version.text(),
                               prefix->info.content.hex(), prefix->info.bytes});
  }
  return record;
}

Result<std::vector<RecordedFile>> recorded_files(Filesystem& fs, const Path& folder, const Path& base) {
  std::vector<RecordedFile> out;
  if (!is_folder(fs, folder)) return out;
  TRY(const std::vector<TreeEntry> entries, walk(fs, folder));
  for (const TreeEntry& entry : entries) {
    if (entry.stat.type != FileType::file) continue;
    TRY(const Digest digest, digest_file(folder / entry.path));
    out.push_back({(folder / entry.path).lexically_relative(base).string(), digest.hex(), entry.stat.size});
  }
  return out;
}

std::vector<RecordedFile> recorded_system_files(Filesystem& fs, const std::vector<std::string>& paths) {
  std::vector<RecordedFile> out;
  for (const std::string& path : paths) {
    RecordedFile file{path, "", std::nullopt};
    if (const auto digest = digest_file(path)) file.sha256 = digest->hex();
    if (const auto stat = fs.stat(path)) file.size = stat->size;
    out.push_back(std::move(file));
  }
  return out;
}

Status keep_plain_files(Filesystem& fs, const Path& folder, Reporter& reporter) {
  TRY(const std::vector<std::string> dropped, drop_special_files(fs, folder));
  for (const std::string& what : dropped)
    reporter.note(fmt::format("{}: a record keeps files and folders only", what));
  const auto scanned = archive::scan_tree({folder, {}}, fs);
  if (!scanned && scanned.error().code() == ErrorCode::invalid_input)
    reporter.note(fmt::format("`reef pack` cannot take this record: {}, {}", scanned.error().message(),
                              scanned.error().contexts().front()));
  return {};
}

}  // namespace reef::ops
