#include "core/store/store.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/os/tree_stamp.h"
#include "core/store/names.h"
#include "core/store/prefix_info.h"

namespace reef::store {
namespace {

constexpr unsigned kAttempts = 256;  // that two hexadecimal digits tell apart
constexpr std::uint64_t kLargestInfo = std::uint64_t{16} << 20U;

constexpr std::uint32_t kReadOnlyFile = 0444;
constexpr std::uint32_t kReadOnlyProgram = 0555;
constexpr std::uint32_t kReadOnlyFolder = 0555;
constexpr std::uint32_t kPrefixFolder = 0755;

// The key as the n-th attempt to build it writes it: of the same length, another text.
std::string attempt_name(const std::string& key, unsigned attempt) {
  const unsigned last = static_cast<unsigned>(std::stoul(key.substr(kLockDigits, 2), nullptr, 16));
  return fmt::format("{}{:02x}", lock_name(key), (last + attempt) % kAttempts);
}

template <class T>
Result<T> explained(Result<T> result, const Path& home) {
  if (result || !result.error().hints().empty()) return result;
  const ErrorCode code = result.error().code();
  if (code != ErrorCode::io && code != ErrorCode::not_found) return result;
  return tl::make_unexpected(Error(ErrorCode::io, result.error().message())
                                 .hint(fmt::format("`{}` must be a folder that you can write to; REEF_HOME "
                                                   "names another one",
                                                   home.string())));
}

// Read-only from the inside out, synced; the top stays writable, for a folder that moves needs it.
Status protect(Filesystem& fs, const Path& folder) {
  TRY(const std::vector<TreeEntry> entries, walk(fs, folder));
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const Path path = folder / entry->path;
    if (entry->stat.type == FileType::symlink) continue;
    const bool program = (entry->stat.mode & 0111U) != 0;
    const std::uint32_t mode = entry->stat.type == FileType::folder ? kReadOnlyFolder
                               : program                            ? kReadOnlyProgram
                                                                    : kReadOnlyFile;
    TRY_STATUS(fs.set_mode(path, mode));
    TRY_STATUS(fs.sync_folder(path));
  }
  TRY_STATUS(fs.set_mode(folder, kPrefixFolder));
  return fs.sync_folder(folder);
}

// What can be told of a description: the key is made of the ingredients.
bool describes(const PrefixInfo& info, const Contents& contents) {
  return build_key(info.ingredients) == info.id.key && info.files == contents.files;
}

}  // namespace

std::string PrefixId::folder_name() const {
  return fmt::format("{}-{}-{}", key.brief(kKeyDigits), name, version);
}

BuildSlot::BuildSlot(BuildSlot&& other) noexcept
    : fs_(std::exchange(other.fs_, nullptr)),
      id_(std::move(other.id_)),
      lock_(std::move(other.lock_)),
      prefix_(std::move(other.prefix_)),
      scratch_(std::move(other.scratch_)),
      log_(std::move(other.log_)),
      failed_meanwhile_(std::move(other.failed_meanwhile_)) {}

BuildSlot& BuildSlot::operator=(BuildSlot&& other) noexcept {
  std::swap(fs_, other.fs_);
  std::swap(id_, other.id_);
  std::swap(lock_, other.lock_);
  std::swap(prefix_, other.prefix_);
  std::swap(scratch_, other.scratch_);
  std::swap(log_, other.log_);
  std::swap(failed_meanwhile_, other.failed_meanwhile_);
  return *this;
}

Status BuildSlot::fail(std::string_view why) const { return fs_->write_file(failure_path(log_), why, false); }

BuildSlot::~BuildSlot() { remove_folders(); }

void BuildSlot::remove_folders() {
  if (fs_ == nullptr) return;
  (void)remove_tree(*fs_, prefix_);
  (void)remove_tree(*fs_, scratch_);
  fs_ = nullptr;
}

Result<Store> Store::look(Filesystem& fs, const Path& home) {
  // The real path that the home will have once it is there.
  Path rest;
  for (Path there = home;; there = there.parent_path()) {
    Result<Path> real = fs.real_path(there);
    if (real) return Store(fs, rest.empty() ? *std::move(real) : *real / rest);
    if (there == there.parent_path()) return tl::make_unexpected(std::move(real).error());
    rest = rest.empty() ? there.filename() : there.filename() / rest;
  }
}

Result<Store> Store::open(Filesystem& fs, const Path& home) {
  for (const char* folder : {"store", "stage", "logs", "locks", "cache/prefixes"})
    TRY_STATUS(with_context(explained(make_folders(fs, home / folder), home), "opening the store"));
  TRY(Path real, fs.real_path(home));
  return Store(fs, std::move(real));
}

Path Store::lock_path(const std::string& folder_name) const {
  return home_ / "locks" / lock_name(folder_name);
}

Path Store::log_path(const std::string& folder_name) const { return home_ / "logs" / (folder_name + ".log"); }

Result<Prefix> Store::described(const std::string& folder_name) const {
  const Path path = home_ / "store" / folder_name;
  const Path file = path / kOwnFolder / kInfoFile;
  const auto broken = [&](const Error& error) -> Result<Prefix> {
    return make_error(ErrorCode::integrity, "its description cannot be read: {}", error.message());
  };
  Result<std::string> text = fs_->read_file(file, kLargestInfo);
  if (!text) return broken(text.error());
  Result<PrefixInfo> info = read_prefix_info(file.string(), *std::move(text));
  if (!info) return broken(info.error());
  if (info->id.folder_name() != folder_name)
    return make_error(ErrorCode::integrity, "its description is that of {} {}", info->id.name,
                      info->id.version);
  return Prefix{path, *std::move(info)};
}

Result<Contents> Store::package_of(const Prefix& prefix) const {
  TRY(const std::string text, fs_->read_file(prefix.path / kOwnFolder / kPackageFile));
  return parse_contents(text);
}

Result<Contents> Store::contents_of(const Prefix& prefix) const {
  TRY(const std::string text, fs_->read_file(prefix.path / kOwnFolder / kContentsFile));
  return parse_contents(text);
}

// By folder, not by name: what its files name leads here through a link and a mount, too.
bool Store::is_where_published(const PrefixInfo& info) const {
  const Path here = home_ / "store";
  if (info.published_in.empty() || info.published_in == here) return true;
  const Result<FileStat> then = fs_->stat(info.published_in);
  const Result<FileStat> now = fs_->stat(here);
  return then && now && then->device == now->device && then->inode == now->inode;
}

// The stamp is a memory that may be lost: then the bytes are read, and decide. That a prefix was found good
// in another place is said beside its stamp, for a home that is moved keeps all stamps.
bool Store::is_sound(const Prefix& prefix) const {
  const Path file = stamp_path(home_, prefix.path.filename().string());
  const Result<TreeStamp> stamp = stamp_tree(prefix.path);
  if (!stamp) return false;
  const std::string good = stamp->digest.hex() + (is_where_published(prefix.info) ? "" : " moved");
  const Result<std::string> known = fs_->read_file(file, kLargestStamp);
  if (known && *known == good) return true;
  if (!verify(prefix)) return false;
  (void)make_folders(*fs_, file.parent_path());
  (void)fs_->write_file(file, good, false);
  return true;
}

std::optional<Prefix> Store::find(const PrefixId& id) const {
  Result<Prefix> prefix = described(id.folder_name());
  if (!prefix || !(prefix->info.id == id) || !is_sound(*prefix)) return std::nullopt;
  return *std::move(prefix);
}

std::optional<std::string> Store::damage(const PrefixId& id) const {
  if (!fs_->stat(path_of(id), false)) return std::nullopt;
  const Result<Prefix> prefix = described(id.folder_name());
  if (!prefix) return prefix.error().message();
  const Result<std::vector<std::string>> found = damages(*prefix);
  if (!found) return found.error().message();
  if (found->empty()) return std::nullopt;
  return found->front() + (found->size() > 1 ? fmt::format(", and {} more", found->size() - 1) : "");
}

Result<FileLock> Store::lock_key(const PrefixId& id, const Cancellation* cancel,
                                 const std::function<void()>& on_wait) const {
  const Path path = lock_path(id.folder_name());
  TRY(std::optional<FileLock> lock, explained(FileLock::try_acquire(path), home_));
  if (lock) return std::move(*lock);
  if (on_wait) on_wait();
  return FileLock::acquire(path, std::nullopt, cancel);
}

Result<Store::Begun> Store::begin(const PrefixId& id, const Cancellation* cancel,
                                  const std::function<void()>& on_wait) const {
  if (std::optional<Prefix> prefix = find(id)) return Begun(*std::move(prefix));
  const Path failure = failure_path(log_path(id.folder_name()));
  const Result<FileStat> before = fs_->stat(failure);
  bool waited = false;
  TRY(FileLock lock, lock_key(id, cancel, [&] {
        waited = true;
        if (on_wait) on_wait();
      }));
  if (std::optional<Prefix> prefix = find(id)) return Begun(*std::move(prefix));
  BuildSlot slot(*fs_, id, std::move(lock));
  TRY_STATUS(explained(make_stage(slot), home_));
  const Result<FileStat> after = fs_->stat(failure);
  if (!waited || !after || (before && *before == *after)) return Begun(std::move(slot));
  if (Result<std::string> why = fs_->read_file(failure, kLargestInfo))
    slot.failed_meanwhile_ = *std::move(why);
  return Begun(std::move(slot));
}

Result<std::vector<std::string>> Store::leftovers(const std::string& key_name) const {
  TRY(std::vector<std::string> names, fs_->list(home_ / "stage"));
  std::erase_if(names, [&](const std::string& name) { return lock_name(name) != lock_name(key_name); });
  return names;
}

// With the key's lock held: what is there belongs to the dead.
Status Store::make_stage(BuildSlot& slot) const {
  const std::string folder_name = slot.id_.folder_name();
  const std::string key = folder_name.substr(0, kKeyDigits);
  TRY(const std::vector<std::string> old, leftovers(folder_name));
  std::set<std::string> used;
  for (const std::string& name : old)
    if (!is_grave(name)) used.insert(name.substr(0, kKeyDigits));
  const Path lock = lock_path(folder_name);
  TRY(const std::string swept, fs_->read_file(lock));
  for (const std::string& name : lines_of(swept)) used.insert(name);
  for (const std::string& name : old) (void)remove_tree(*fs_, home_ / "stage" / name);
  unsigned attempt = 0;
  while (attempt + 1 < kAttempts && used.contains(attempt_name(key, attempt))) ++attempt;
  const std::string token = attempt_name(key, attempt);
  slot.prefix_ = home_ / "stage" / (token + folder_name.substr(kKeyDigits));
  slot.scratch_ = home_ / "stage" / (token + ".scratch");
  slot.log_ = log_path(folder_name);
  for (const Path& folder : {slot.prefix_, slot.scratch_, slot.work(), slot.home(), slot.temporary()})
    TRY_STATUS(fs_->make_folder(folder));
  return swept.empty() ? Status() : fs_->write_file(lock, "", false);
}

Status Store::seal(const BuildSlot& slot, PrefixInfo& info) const {
  const Path own = slot.prefix() / kOwnFolder;
  if (fs_->stat(own, false))
    return make_error(ErrorCode::invalid_input, "the build of {} wrote `{}`, which is the store's own",
                      info.id.name, kOwnFolder);
  const std::string key = info.id.folder_name().substr(0, kKeyDigits);
  const std::string token = slot.prefix().filename().string().substr(0, kKeyDigits);
  TRY_STATUS(
      relocate(*fs_, slot.prefix(), (home_ / "stage" / token).string(), (home_ / "store" / key).string()));
  TRY(const Contents contents, read_contents(*fs_, slot.prefix()));
  info.content = contents.digest();
  info.files = contents.files;
  info.bytes = contents.bytes;
  info.published_in = home_ / "store";
  TRY_STATUS(fs_->make_folder(own));
  TRY_STATUS(fs_->write_file(own / kContentsFile, write_contents(contents)));
  if (info.package) {
    const std::string package = write_contents(*info.package);
    info.package_list = sha256(package);
    TRY_STATUS(fs_->write_file(own / kPackageFile, package));
  }
  TRY_STATUS(fs_->write_file(own / kInfoFile, write_prefix_info(info)));
  TRY_STATUS(protect(*fs_, slot.prefix()));
  TRY(const TreeStamp stamp, stamp_tree(slot.prefix()));  // which the rename to come does not change
  return fs_->write_file(stamp_path(home_, info.id.folder_name()), stamp.digest.hex(), false);
}

Result<Prefix> Store::publish(BuildSlot slot, PrefixInfo info) const {
  info.id = slot.id();
  const auto publishing = [&] { return fmt::format("installing {} {}", info.id.name, info.id.version); };
  TRY_STATUS(with_context(explained(seal(slot, info), home_), publishing));
  const Path path = path_of(info.id);
  // Only a damaged one can be there: begin() looked for a complete one under the lock that we hold.
  const std::string folder_name = info.id.folder_name();
  const bool replaces = fs_->stat(path, false).has_value();
  if (replaces) TRY_STATUS(with_context(bury(folder_name), publishing));
  TRY_STATUS(with_context(fs_->rename(slot.prefix(), path), publishing));
  TRY_STATUS(with_context(fs_->sync_folder(home_ / "store"), publishing));
  if (replaces) (void)remove_tree(*fs_, grave_of(folder_name));
  (void)fs_->remove_file(failure_path(slot.log()));
  // Against slips only; a crash before this leaves a prefix that is whole.
  (void)fs_->set_mode(path, kReadOnlyFolder);
  return Prefix{path, std::move(info)};
}

Result<std::vector<Prefix>> Store::list() const { return list_ending(""); }

Result<std::vector<Prefix>> Store::list(const std::string& name, const std::string& version) const {
  TRY(std::vector<Prefix> out, list_ending("-" + name + "-" + version));
  // `a-b` in version 1 ends like `b` in version 1.
  std::erase_if(out, [&](const Prefix& prefix) { return prefix.info.id.name != name; });
  return out;
}

Result<std::vector<Prefix>> Store::list_ending(const std::string& ending) const {
  TRY(const std::vector<std::string> names, folder_names());
  std::vector<Prefix> out;
  for (const std::string& name : names) {
    if (!name.ends_with(ending)) continue;
    if (Result<Prefix> prefix = described(name)) out.push_back(*std::move(prefix));
  }
  std::sort(out.begin(), out.end(), [](const Prefix& a, const Prefix& b) {
    return std::tie(a.info.id.name, a.info.id.version, a.info.id.key) <
           std::tie(b.info.id.name, b.info.id.version, b.info.id.key);
  });
  return out;
}

Result<std::vector<std::string>> Store::folder_names() const {
  Result<std::vector<std::string>> names = fs_->list(home_ / "store");
  if (!names && names.error().code() == ErrorCode::not_found) return std::vector<std::string>();
  return names;
}

Result<std::uint64_t> Store::size() const {
  TRY(const std::vector<Prefix> prefixes, list());
  std::uint64_t bytes = 0;
  for (const Prefix& prefix : prefixes) bytes += prefix.info.bytes;
  return bytes;
}

Status Store::verify(const Prefix& prefix) const {
  TRY(const std::vector<std::string> found, damages(prefix));
  if (found.empty()) return {};
  const PrefixId& id = prefix.info.id;
  const std::string others = found.size() > 1 ? fmt::format(", and {} more", found.size() - 1) : "";
  return make_error(ErrorCode::integrity, "{} {} is not as it was installed: {}{}", id.name, id.version,
                    found.front(), others);
}

Result<std::vector<std::string>> Store::damages(const Prefix& prefix) const {
  using Damages = std::vector<std::string>;
  const Result<std::string> text = fs_->read_file(prefix.path / kOwnFolder / kContentsFile);
  if (!text) return Damages{"its list of files cannot be read"};
  const Result<Contents> published = parse_contents(*text);
  if (!published || published->digest() != prefix.info.content)
    return Damages{"its list of files was changed"};
  const Result<Contents> now = read_contents(*fs_, prefix.path, {kOwnFolder});
  if (!now && now.error().code() == ErrorCode::invalid_input) return Damages{now.error().message()};
  if (!now) return tl::make_unexpected(now.error());
  Damages out = differences(*published, *now);
  if (!describes(prefix.info, *published)) out.emplace_back("its description was changed");
  if (prefix.info.package_list) {
    const Result<std::string> package = fs_->read_file(prefix.path / kOwnFolder / kPackageFile);
    if (!package || sha256(*package) != *prefix.info.package_list)
      out.emplace_back("the list of its package's files was changed");
  }
  if (is_where_published(prefix.info)) return out;
  const std::string elsewhere = prefix.info.published_in.string();
  TRY(const std::vector<std::string> holders, holders_of(*fs_, prefix.path, elsewhere, {kOwnFolder}));
  for (const std::string& holder : holders)
    out.push_back(fmt::format("`{}` names `{}`, where it was installed before the home was moved or copied",
                              printable(holder), printable(elsewhere)));
  return out;
}

}  // namespace reef::store
