#include "core/fetch/cache.h"

#include "core/base/json.h"

namespace reef::fetch {
namespace {

Path with_suffix(const Path& path, const char* suffix) {
  Path out = path;
  return out += suffix;
}

// A small JSON file of ours; nothing when it is absent or not what we wrote.
std::optional<json::Value> read_small_json(Filesystem& fs, const Path& path) {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 20U;
  auto text = fs.read_file(path, kLimit);
  if (!text) return std::nullopt;
  auto document = json::parse(path.string(), *std::move(text));
  if (!document || !document->root.is_object()) return std::nullopt;
  if (document->root.value("format", json::Value()) != 1) return std::nullopt;
  return std::move(document->root);
}

Result<Digest> digest_member(const json::Value& value, const char* key) {
  const auto found = value.find(key);
  if (found == value.end() || !found->is_string())
    return make_error(ErrorCode::invalid_input, "no `{}`", key);
  return Digest::parse(found->get_ref<const std::string&>());
}

}  // namespace

Status Cache::prepare(SystemTime now) {
  for (const char* name : {"sha256", "npm", "git", "locks"}) TRY_STATUS(make_folders(fs_, folder_ / name));
  TRY_STATUS(make_folders(fs_, temporary_));
  const std::int64_t oldest = (now - std::chrono::hours(24)).time_since_epoch().count();
  TRY(const std::vector<std::string> names, fs_.list(temporary_));
  for (const std::string& name : names) {
    const auto stat = fs_.stat(temporary_ / name, false);
    if (stat && stat->mtime_ns < oldest) (void)remove_tree(fs_, temporary_ / name);
  }
  return {};
}

Path Cache::entry_path(const Digest& digest) const {
  const std::string hex = digest.hex();
  return folder_ / "sha256" / hex.substr(0, 2) / hex;
}

Result<Path> Cache::part_path(const Digest& digest) {
  const Path entry = entry_path(digest);
  TRY_STATUS(make_folders(fs_, entry.parent_path()));
  return with_suffix(entry, ".part");
}

bool Cache::looks_unchanged(const Path& path, const FileStat& stat) {
  const auto seen = read_small_json(fs_, with_suffix(path, ".seen.json"));
  return seen && seen->value("size", json::Value()) == stat.size &&
         seen->value("mtime_ns", json::Value()) == stat.mtime_ns &&
         seen->value("inode", json::Value()) == stat.inode;
}

Status Cache::remember(const Path& path) {
  TRY(const FileStat stat, fs_.stat(path, false));
  json::Value seen = {{"format", 1}, {"inode", stat.inode}, {"mtime_ns", stat.mtime_ns}, {"size", stat.size}};
  return fs_.write_file(with_suffix(path, ".seen.json"), json::write_sorted(seen), false);
}

Result<std::optional<Cache::Entry>> Cache::find(const Digest& digest) {
  const Path path = entry_path(digest);
  const auto stat = fs_.stat(path, false);
  if (!stat || stat->type != FileType::file) return std::optional<Entry>();
  const bool is_small = stat->size <= policy_.always_verified;
  const bool is_trusted = !policy_.verify_all && !is_small && looks_unchanged(path, *stat);
  if (!is_trusted) {
    TRY(const Digest found, digest_file(path));
    if (found != digest) return std::optional<Entry>();
    // A cache that cannot be written is still good to read.
    if (!is_small) (void)remember(path);
  }
  return Entry{path, stat->size};
}

Result<Cache::Entry> Cache::put(const Path& file, const Digest& digest) {
  const Path entry = entry_path(digest);
  TRY_STATUS(make_folders(fs_, entry.parent_path()));
  TRY(const FileStat stat, fs_.stat(file, false));
  // A small one is read whenever it is used: what a crash of the machine spoils is then fetched again.
  const bool durable = stat.size > policy_.always_verified;
  if (durable) TRY_STATUS(sync_file(file));
  TRY_STATUS(fs_.rename(file, entry));
  TRY_STATUS(fs_.set_mode(entry, 0444));
  if (!durable) return Entry{entry, stat.size};
  TRY_STATUS(fs_.sync_folder(entry.parent_path()));
  TRY_STATUS(remember(entry));
  return Entry{entry, stat.size};
}

Result<std::optional<Cache::Alias>> Cache::find_alias(const std::string& kind, const std::string& key) {
  const auto value = read_small_json(fs_, folder_ / kind / (key + ".json"));
  if (!value) return std::optional<Alias>();
  const auto file = digest_member(*value, "sha256");
  if (!file) return std::optional<Alias>();
  Alias alias{*file, digest_member(*value, "tree").value_or(Digest()), {}};
  for (const json::Value& note : value->value("notes", json::Value::array()))
    if (note.is_string()) alias.notes.push_back(note.get<std::string>());
  return alias;
}

Status Cache::put_alias(const std::string& kind, const std::string& key, const Alias& alias) {
  const json::Value value = {
      {"format", 1}, {"notes", alias.notes}, {"sha256", alias.file.hex()}, {"tree", alias.tree.hex()}};
  return write_atomic(fs_, folder_ / kind / (key + ".json"), json::write_sorted(value));
}

Result<FileLock> Cache::lock(const std::string& name, const Cancellation& cancel) {
  return FileLock::acquire(folder_ / "locks" / (name + ".lock"), std::nullopt, &cancel);
}

Result<TemporaryFolder> Cache::temporary_folder(std::string_view prefix) {
  return TemporaryFolder::create(fs_, temporary_, prefix);
}

}  // namespace reef::fetch
