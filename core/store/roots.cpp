#include "core/store/roots.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/base/json_reader.h"

namespace reef::store {
namespace {

constexpr std::int64_t kRootsFormat = 1;
constexpr std::uint64_t kLargest = std::uint64_t{4} << 20U;
constexpr const char* kLockFile = "reef.lock";
constexpr std::array<std::string_view, 3> kKinds = {"project", "package", "pin"};

Result<Root::Kind> parse_kind(std::string_view text) {
  const auto found = std::find(kKinds.begin(), kKinds.end(), text);
  if (found == kKinds.end()) return make_error(ErrorCode::invalid_input, "`{}` is no kind of root", text);
  return static_cast<Root::Kind>(found - kKinds.begin());
}

std::string write(const Root& root) {
  json::Value out = {{"format", kRootsFormat},    {"kind", name_of(root.kind)},    {"name", root.name},
                     {"choice", root.choice},     {"file", root.file.string()},    {"lock", root.lock},
                     {"prefixes", root.prefixes}, {"used", format_time(root.used)}};
  if (!root.archive.empty()) out["archive"] = root.archive;
  return json::write_sorted(out);
}

Result<Root> read(const std::string& file, std::string text) {
  TRY(const json::Document document, json::parse(file, std::move(text)));
  json::Problems problems;
  const json::Node node(document, problems);
  json::Reader reader(node);
  Root root;
  std::int64_t format = 0;
  std::string path;
  reader.require("format", format);
  reader.require("kind", root.kind, &parse_kind);
  reader.require("name", root.name);
  reader.require("choice", root.choice);
  reader.require("file", path);
  reader.require("lock", root.lock);
  reader.optional("archive", root.archive);
  reader.require("prefixes", root.prefixes);
  reader.require("used", root.used, &parse_time);
  reader.done();
  if (!problems.empty()) return tl::make_unexpected(problems.first());
  if (format != kRootsFormat) return make_error(ErrorCode::invalid_input, "`{}` has format {}", file, format);
  root.file = path;
  return root;
}

bool same_but_used(const Root& a, const Root& b) {
  return a.kind == b.kind && a.name == b.name && a.choice == b.choice && a.file == b.file &&
         a.lock == b.lock && a.archive == b.archive && a.prefixes == b.prefixes;
}

}  // namespace

std::string_view name_of(Root::Kind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

Path Roots::file_of(const Root& root) const {
  std::string identity =
      fmt::format("{}\n{}\n{}\n{}", name_of(root.kind), root.file.string(), root.name, root.choice);
  if (!root.archive.empty()) identity += "\n" + root.archive;
  return folder_ / (sha256(identity).brief(32) + ".json");
}

Status Roots::keep(const Root& root) const {
  constexpr auto kGrain = std::chrono::hours(24);
  const Path file = file_of(root);
  if (Result<std::string> text = fs_->read_file(file, kLargest)) {
    const Result<Root> known = read(file.string(), *std::move(text));
    if (known && same_but_used(*known, root) && root.used - known->used < kGrain) return {};
  }
  TRY_STATUS(make_folders(*fs_, folder_));
  return write_atomic(*fs_, file, write(root));
}

Result<std::vector<Root>> Roots::list() const {
  std::vector<Root> out;
  const Result<std::vector<std::string>> names = fs_->list(folder_);
  if (!names && names.error().code() == ErrorCode::not_found) return out;
  if (!names) return tl::make_unexpected(names.error());
  for (const std::string& name : *names) {
    if (name.starts_with('.')) continue;
    Result<std::string> text = fs_->read_file(folder_ / name, kLargest);
    if (!text) continue;
    if (Result<Root> root = read((folder_ / name).string(), *std::move(text)))
      out.push_back(*std::move(root));
  }
  std::sort(out.begin(), out.end(), [](const Root& a, const Root& b) {
    return std::tie(a.kind, a.name, a.file, a.choice) < std::tie(b.kind, b.name, b.file, b.choice);
  });
  return out;
}

Status Roots::remove(const Root& root) const {
  const Status removed = fs_->remove_file(file_of(root));
  if (!removed && removed.error().code() == ErrorCode::not_found) return {};
  return removed;
}

RootSet judge(Filesystem& fs, std::vector<Root> roots, SystemTime now, std::chrono::nanoseconds patience) {
  // Of one project, roots with another lock than the one that was used last are of its past.
  std::map<Path, const Root*> newest;
  for (const Root& root : roots) {
    if (root.kind != Root::Kind::project || root.lock.empty()) continue;
    const Root*& best = newest[root.file];
    if (best == nullptr || root.used > best->used) best = &root;
  }
  std::map<Path, std::string> locks;
  for (const auto& [file, root] : newest) locks[file] = root->lock;
  RootSet out;
  for (Root& root : roots) {
    bool live = true;
    if (root.kind == Root::Kind::project) live = exists(fs, root.file);
    if (live && !root.lock.empty())
      live = root.lock == locks[root.file] && exists(fs, root.file.parent_path() / kLockFile);
    if (root.kind == Root::Kind::package) live = now - root.used < patience;
    (live ? out.live : out.dead).push_back(std::move(root));
  }
  return out;
}

}  // namespace reef::store
