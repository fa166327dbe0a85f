#include "core/remote/http_place.h"

#include <map>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/os/lock.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/index_json.h"
#include "core/registry/published_registry.h"
#include "core/remote/members.h"

namespace reef::remote {
namespace {

constexpr int kStateFormat = 1;
constexpr std::uint64_t kLargestState = 65536;
constexpr std::chrono::milliseconds kWhilePublished{
    500};  // between the two files of a root and its signature

}  // namespace

HttpPlace::HttpPlace(Access access, Site site, const Path& cache)
    : access_(std::move(access)),
      site_(std::move(site)),
      folders_(access_.fs, access_.clock, access_.cancel, access_.settings.cache),
      root_file_(cache_file_of(cache, {site_.url}, "root")),
      signature_file_(cache_file_of(cache, {site_.url}, "minisig")),
      state_file_(cache_file_of(cache, {site_.url}, "site")),
      lock_file_(cache_file_of(cache, {site_.url}, "lock")) {
  access_.settings.login_hint = site_.login_hint;
}

std::string HttpPlace::name() const {
  return fmt::format("the registry `{}` ({})", site_.name, printable(site_.url));
}

std::string HttpPlace::remedy() const {
  return fmt::format("tell those who publish `{}`: `reef registry build` makes it whole again", site_.name);
}

// --- The root. ---

Result<RegistryPlace::Root> HttpPlace::root() {
  const std::scoped_lock lock(mutex_);
  TRY(const std::optional<Copy> copy, known_copy());
  const bool is_fresh = copy && (is_recent(copy->checked_ns) || is_recent(copy->failed_ns));
  if (is_fresh || (copy && access_.settings.offline)) return Root{root_file_, copy->digest};
  if (access_.settings.offline)
    return make_error(ErrorCode::network, "offline, and nothing is known of {}", name())
        .hint(
            fmt::format("`reef registry update {}` asks for it once; later it needs no network", site_.name));
  Result<Copy> now = ask(copy);
  if (now) return Root{root_file_, now->digest};
  if (!copy || now.error().code() != ErrorCode::network) return tl::make_unexpected(std::move(now).error());
  Copy known = *copy;
  known.failed_ns = access_.clock.now().time_since_epoch().count();
  write_state(known);
  notes_.push_back(fmt::format("{}; what it said {} is used", now.error().message(),
                               format_time(SystemTime(std::chrono::nanoseconds(copy->checked_ns)))));
  return Root{root_file_, copy->digest};
}

bool HttpPlace::is_current(const Digest& root) {
  if (access_.settings.offline) return true;
  const std::scoped_lock lock(mutex_);
  const Result<Copy> now = ask_for_all(known_copy());
  return !now || now->digest == root;
}

Result<bool> HttpPlace::refresh() {
  const std::scoped_lock lock(mutex_);
  const Result<std::optional<Copy>> copy = known_copy();
  TRY(const Copy now, ask_for_all(copy));
  return !copy || !*copy || now.digest != (*copy)->digest;
}

bool HttpPlace::is_recent(std::int64_t when_ns) const {
  const std::int64_t age = access_.clock.now().time_since_epoch().count() - when_ns;
  return age >= 0 && age < std::chrono::nanoseconds(kFresh).count();
}

Result<std::optional<HttpPlace::Copy>> HttpPlace::known_copy() const {
  std::optional<Copy> copy = read_state();
  if (!copy || site_.guard == nullptr || site_.guard->knows(copy->digest)) return copy;
  TRY(const std::string text, access_.fs.read_file(root_file_, kLargestRoot));
  const Status status = site_.guard->accept(text, access_.fs.read_file(signature_file_, kLargestSignature));
  if (status) return copy;
  // The site may have a better one by now.
  if (access_.settings.offline) return tl::make_unexpected(status.error());
  return std::optional<Copy>();
}

// Only of the root file that is there: the two are written one after the other.
std::optional<HttpPlace::Copy> HttpPlace::read_state() const {
  const Result<std::string> text = access_.fs.read_file(state_file_, kLargestState);
  const Result<FileStat> stat = access_.fs.stat(root_file_, false);
  if (!text || !stat) return std::nullopt;
  const json::Value state = json::Value::parse(*text, nullptr, false);
  if (!state.is_object() || number_member(state, "format") != kStateFormat) return std::nullopt;
  const Stamp stamp = stamp_of(*stat);
  const bool fits = text_member(state, "url") == site_.url &&
                    number_member(state, "mtime_ns") == stamp.mtime_ns &&
                    number_member(state, "size") == static_cast<std::int64_t>(stamp.size) &&
                    number_member(state, "inode") == static_cast<std::int64_t>(stamp.inode);
  const Result<Digest> digest = Digest::parse(text_member(state, "sha256"));
  if (!fits || !digest) return std::nullopt;
  return Copy{*digest, text_member(state, "etag"), text_member(state, "last_modified"),
              number_member(state, "checked"), number_member(state, "failed")};
}

void HttpPlace::write_state(const Copy& copy) const {
  const Result<FileStat> stat = access_.fs.stat(root_file_, false);
  if (!stat) return;
  const Stamp stamp = stamp_of(*stat);
  const json::Value state = {{"format", kStateFormat},
                             {"url", site_.url},
                             {"sha256", copy.digest.hex()},
                             {"etag", copy.etag},
                             {"last_modified", copy.last_modified},
                             {"checked", copy.checked_ns},
                             {"failed", copy.failed_ns},
                             {"mtime_ns", stamp.mtime_ns},
                             {"size", stamp.size},
                             {"inode", stamp.inode}};
  write_cache_file(access_.fs, state_file_, json::write_sorted(state));
}

fetch::Settings HttpPlace::patience(bool has_copy) const {
  return has_copy ? hasty(access_.settings) : access_.settings;
}

Result<fetch::Text> HttpPlace::ask_for_root(const std::optional<Copy>& copy) const {
  fetch::TextRequest request{site_.url + "/" + std::string(kRegistryRoot), site_.headers, "", "",
                             kLargestRemoteRoot};
  if (copy) {
    request.etag = copy->etag;
    request.last_modified = copy->last_modified;
  }
  return access_.text(request, patience(copy.has_value()));
}

// Readable, and signed where it must be.
Status HttpPlace::believe(const std::string& root) {
  if (const auto read = read_root((top() / kRegistryRoot).string(), root); !read)
    return tl::make_unexpected(read.error());
  if (site_.guard == nullptr) return {};
  const Result<fetch::Text> signature =
      access_.text({site_.url + "/" + std::string(kRootSignature), site_.headers, "", "", kLargestSignature},
                   patience(false));
  if (!signature && signature.error().code() != ErrorCode::not_found)
    return tl::make_unexpected(signature.error());
  TRY_STATUS(site_.guard->accept(root, signature.map([](const fetch::Text& text) { return text.text; })));
  write_cache_file(access_.fs, signature_file_, signature ? signature->text : std::string());
  return {};
}

Result<HttpPlace::Copy> HttpPlace::ask(const std::optional<Copy>& copy) {
  const std::int64_t since_ns = access_.clock.now().time_since_epoch().count();
  TRY_STATUS(make_folders(access_.fs, lock_file_.parent_path()));
  TRY(std::optional<FileLock> lock, FileLock::try_acquire(lock_file_));
  if (!lock) {
    TRY(lock, FileLock::acquire(lock_file_, std::nullopt, &access_.cancel));
    // Whoever had it asked just now.
    const std::optional<Copy> now = read_state();
    if (now && now->checked_ns >= since_ns && (site_.guard == nullptr || site_.guard->knows(now->digest)))
      return *now;
  }
  for (bool again = false;; again = true) {
    TRY(const fetch::Text text, ask_for_root(again ? std::nullopt : copy));
    Copy now;
    now.checked_ns = access_.clock.now().time_since_epoch().count();
    if (text.unchanged) {
      now = {copy->digest, copy->etag, copy->last_modified, now.checked_ns, 0};
      write_state(now);
      return now;
    }
    now.digest = sha256(text.text);
    now.etag = text.etag;
    now.last_modified = text.last_modified;
    const Status status = believe(text.text);
    // It may be published at this very moment: then it is whole in a moment.
    const bool may_change = !status && (status.error().code() == ErrorCode::integrity ||
                                        status.error().code() == ErrorCode::invalid_input);
    if (!status && (again || !may_change)) return tl::make_unexpected(status.error());
    if (!status) {
      access_.clock.sleep_for(kWhilePublished);
      continue;
    }
    write_cache_file(access_.fs, root_file_, text.text);
    if (!exists(access_.fs, root_file_))
      return make_error(ErrorCode::io, "cannot keep the root of {} in `{}`", name(), root_file_.string());
    write_state(now);
    return now;
  }
}

// A server may take two roots of one moment for the same: its word is not enough where one is suspected.
Result<HttpPlace::Copy> HttpPlace::ask_for_all(const Result<std::optional<Copy>>& known) {
  std::optional<Copy> copy = known ? *known : std::nullopt;
  if (copy) copy->etag = copy->last_modified = "";
  return ask(copy);
}

// --- What it names. ---

Source HttpPlace::source_of(const std::string& file, const Digest& digest) const {
  Source source;
  source.kind = SourceKind::url;
  source.location = site_.url + "/" + file;
  source.sha256 = digest;
  return source;
}

fetch::Request HttpPlace::request_for(const Source& source, std::string label) const {
  fetch::Request request;
  request.source = &source;
  request.label = std::move(label);
  request.headers = site_.headers;
  return request;
}

Result<std::string> HttpPlace::read(const std::string& file, const Digest& digest, std::uint64_t limit) {
  const Source source = source_of(file, digest);
  const std::string name = Path(file).filename().string();
  fetch::Request request =
      request_for(source, fmt::format("the index of {} in {}", name.substr(0, name.size() - 22), site_.name));
  request.limit = limit;
  TRY(const std::vector<fetch::Fetched> fetched, access_.fetch({request}));
  return access_.fs.read_file(fetched.front().path, limit);
}

Result<Path> HttpPlace::get(const archive::Blob& blob, const std::string& label) const {
  Source source = source_of(content_file(blob.digest), blob.digest);
  source.size = blob.size;
  TRY(const std::vector<fetch::Fetched> fetched, access_.fetch({request_for(source, label)}));
  return fetched.front().path;
}

Result<archive::BlobFiles> HttpPlace::get_all(const archive::Tree& tree, const std::string& label) const {
  const std::vector<archive::Blob> blobs = archive::blobs_of(tree);
  std::vector<Source> sources;
  for (const archive::Blob& blob : blobs) {
    sources.push_back(source_of(content_file(blob.digest), blob.digest));
    sources.back().size = blob.size;
  }
  std::vector<fetch::Request> requests;
  for (const Source& source : sources) requests.push_back(request_for(source, label));
  TRY(const std::vector<fetch::Fetched> fetched, access_.fetch(requests));
  std::map<Digest, Path> files;
  for (std::size_t i = 0; i < blobs.size(); ++i) files[blobs[i].digest] = fetched[i].path;
  return archive::BlobFiles([files = std::move(files)](const archive::Blob& blob) -> Result<Path> {
    return files.at(blob.digest);
  });
}

Result<Path> HttpPlace::manifest(const IndexedVersion& version) {
  TRY(const archive::Tree tree, tree_of(version));
  const std::string name = Path(version.manifests.front().path).filename().string();
  for (const archive::ApartFile& file : tree.apart)
    if (file.path == name) return get(file.blob, "the manifest of " + label_of(version));
  return make_error(ErrorCode::integrity, "the content of {} has no `{}`", label_of(version), name);
}

Result<Path> HttpPlace::folder(const IndexedVersion& version) {
  TRY(const archive::Tree tree, tree_of(version));
  return with_context(folders_.get(tree, [&] { return get_all(tree, label_of(version)); }),
                      [&] { return fmt::format("getting {} from {}", label_of(version), name()); });
}

// Bytes are compared when they come, and the tree when it is unpacked.
Status HttpPlace::check(const IndexedVersion& /*version*/, ContentDigests& /*digests*/) { return {}; }

}  // namespace reef::remote
