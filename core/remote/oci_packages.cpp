#include "core/remote/oci_packages.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/fetch/cache.h"
#include "core/oci/file_sink.h"
#include "core/os/parallel.h"
#include "core/registry/index_json.h"
#include "core/remote/oci_access.h"
#include "core/remote/oci_entries.h"
#include "core/remote/oci_marks.h"
#include "core/remote/oci_names.h"

namespace reef::remote {
namespace {

constexpr std::chrono::seconds kFreshNames{60};
constexpr std::size_t kVersionsAtOnce = 8;

oci::Repository repository_in(oci::Remote& remote, std::string_view component) {
  return {remote, below(remote.place().repository, component)};
}

}  // namespace

OciPackages::OciPackages(Access access, OciSite site, const Path& cache)
    : access_(std::move(access)),
      site_(std::move(site)),
      remote_(oci_access(access_), site_.place, site_.name, patience_of(access_.settings)),
      hasty_remote_(oci_access(access_), site_.place, site_.name, patience_of(hasty(access_.settings))),
      memory_(access_.fs, cache, site_.place.place()),
      folders_(access_.fs, access_.clock, access_.cancel, access_.settings.cache) {}

std::string OciPackages::name() const {
  return fmt::format("the registry `{}` ({})", site_.name, site_.place.place());
}

std::int64_t OciPackages::now_ns() const { return access_.clock.now().time_since_epoch().count(); }

bool OciPackages::is_recent(std::int64_t when_ns) const {
  const std::int64_t age = now_ns() - when_ns;
  return age >= 0 && age < std::chrono::nanoseconds(kFreshNames).count();
}

Failure OciPackages::unknown_offline(const std::string& what) const {
  return make_error(ErrorCode::network, "offline, and nothing is known of {}", what)
      .hint("run the same once without `--offline`; later it needs no network");
}

std::vector<std::string> OciPackages::notes() {
  const std::scoped_lock lock(mutex_);
  return notes_;
}

// --- The names. ---

Result<OciPackages::Names> OciPackages::names() {
  std::optional<KnownTags> known = memory_.read("");
  if (!known && access_.settings.offline) return unknown_offline(name());
  const bool is_fresh = known && (is_recent(known->asked_ns) || is_recent(known->failed_ns));
  if (!access_.settings.offline && !is_fresh) TRY_STATUS(ask_for_names(known));
  names_asked_ns_ = known->asked_ns;
  is_down_ = known->failed_ns > known->asked_ns;
  Names out;
  for (const std::string& tag : known->tags) {
    const auto read = read_name_tag(tag);
    if (!read) continue;
    if (read->kind == NameTag::Kind::name) out.names.insert(read->name);
    if (read->kind == NameTag::Kind::tool) out.tools.insert(read->name);
    if (read->kind == NameTag::Kind::capability) out.providers[read->capability].insert(read->name);
  }
  return out;
}

// Keeps to what is known when the registry cannot be reached.
Status OciPackages::ask_for_names(std::optional<KnownTags>& known) {
  Result<KnownTags> now = ask("", known);
  if (!now && (!known || now.error().code() != ErrorCode::network))
    return tl::make_unexpected(std::move(now).error());
  if (now) {
    known = *std::move(now);
  } else {
    const std::scoped_lock lock(mutex_);
    notes_.push_back(fmt::format("{}; what it said {} is used", now.error().message(),
                                 format_time(SystemTime(std::chrono::nanoseconds(known->asked_ns)))));
    known->failed_ns = now_ns();
  }
  memory_.write("", *known);
  return {};
}

Result<bool> OciPackages::refresh() {
  const std::optional<KnownTags> before = memory_.read("");
  TRY(const KnownTags now, ask("", before));
  memory_.write("", now);
  return !before || before->tags != now.tags;
}

// --- Packages. ---

Result<std::optional<IndexedPackage>> OciPackages::package(const std::string& name) {
  TRY(const KnownTags known, known_package(name));
  const oci::Repository repository = repository_in(remote_, component_of(name));
  IndexedPackage out;
  out.name = name;
  std::optional<Error> refused;
  for (const auto& [tag, version] : known.versions) {
    if (Status status = accept(name, tag, version); !status) {
      refused = std::move(status).error();
      continue;
    }
    TRY(std::optional<IndexedVersion> read, read_entry(shown_tag(repository, tag), version.entry, name, tag));
    if (!read) continue;
    read->entry.yanked = read->entry.yanked || version.yanked;
    out.is_tool = out.is_tool || read->entry.kind == PackageKind::tool;
    out.versions.push_back(*std::move(read));
  }
  if (out.versions.empty() && refused) return tl::make_unexpected(*std::move(refused));
  if (out.versions.empty()) return std::optional<IndexedPackage>();
  std::sort(out.versions.begin(), out.versions.end(), [](const IndexedVersion& a, const IndexedVersion& b) {
    return a.entry.version > b.entry.version;
  });
  // Through the binary form, as all registries do: it completes paths and places.
  IndexWriter writer(true);
  writer.add(out);
  const auto index = BinaryIndex::from(writer.finish(""));
  auto read = index->package(index->name(0), top());
  if (!read) return make_error(ErrorCode::bug, "the index of `{}` cannot be read back", name);
  return std::optional<IndexedPackage>(*std::move(read));
}

Status OciPackages::accept(const std::string& package, const std::string& tag, const KnownVersion& version) {
  if (site_.guard == nullptr) return {};
  return site_.guard->accept(fmt::format("{} {}", package, version_of_tag(tag)), version.entry,
                             version.signature);
}

std::vector<Registry::Hidden> OciPackages::refused(const std::string& package) {
  const Result<KnownTags> known = known_package(package);
  if (!known) return {};
  Registry::Hidden out{site_.name, {}, {}};
  for (const auto& [tag, version] : known->versions) {
    const Status status = accept(package, tag, version);
    const Result<Version> read = Version::parse_loose(version_of_tag(tag));
    if (status || !read) continue;
    out.versions.push_back(*read);
    out.reasons.push_back(status.error().message());
  }
  if (out.versions.empty()) return {};
  return {std::move(out)};
}

Result<KnownTags> OciPackages::known_package(const std::string& name) {
  std::optional<KnownTags> known = memory_.read(name);
  const bool is_new = known && known->asked_ns >= names_asked_ns_ && known->asked_ns <= now_ns();
  if (known && (is_new || is_down_ || access_.settings.offline)) return *std::move(known);
  const std::string shown = fmt::format("`{}` in {}", name, this->name());
  if (access_.settings.offline) return unknown_offline(shown);
  Result<KnownTags> now = with_context(ask(name, known), [&] { return fmt::format("asking for {}", shown); });
  if (now) memory_.write(name, *now);
  if (now || !known || now.error().code() != ErrorCode::network) return now;
  is_down_ = true;
  return *std::move(known);
}

// All tags, and the versions among them that are not known yet.
Result<KnownTags> OciPackages::ask(const std::string& package, const std::optional<KnownTags>& before) {
  oci::Repository repository = repository_in(before || is_down_ ? hasty_remote_ : remote_,
                                             package.empty() ? kNamesRepository : component_of(package));
  KnownTags out;
  out.asked_ns = now_ns();
  TRY(std::vector<std::string> listed, repository.tags());
  if (package.empty()) {
    out.tags = std::move(listed);
    return out;
  }
  const std::set<std::string> tags(listed.begin(), listed.end());
  std::vector<std::string> wanted;
  std::copy_if(listed.begin(), listed.end(), std::back_inserter(wanted), &is_version_tag);
  std::vector<Result<std::optional<KnownVersion>>> read(wanted.size(), std::optional<KnownVersion>());
  in_parallel(wanted.size(), kVersionsAtOnce, [&](std::size_t i) {
    const bool is_known = before && before->versions.contains(wanted[i]);
    read[i] = read_version(repository, wanted[i], tags, is_known ? &before->versions.at(wanted[i]) : nullptr);
  });
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!read[i]) return tl::make_unexpected(std::move(read[i]).error());
    if (*read[i]) out.versions.emplace(wanted[i], **std::move(read[i]));
  }
  return out;
}

Result<std::optional<KnownVersion>> OciPackages::read_version(oci::Repository& repository,
                                                              const std::string& tag,
                                                              const std::set<std::string>& tags,
                                                              const KnownVersion* before) {
  TRY_STATUS(access_.cancel.check());
  KnownVersion out;
  if (before != nullptr) {
    out = *before;
  } else {
    TRY(std::optional<std::string> entry, find_entry(repository, tag));
    if (!entry) return std::optional<KnownVersion>();
    out.entry = *std::move(entry);
  }
  // It may be signed anew, with the key that took an older one's place; of several the good one counts.
  const auto is_good = [&] {
    return site_.guard == nullptr || site_.guard->accept(tag, out.entry, out.signature).has_value();
  };
  if (!is_good())
    for (const std::string& each : signature_tags(tags, tag)) {
      TRY(out.signature, find_signature(repository, each));
      if (is_good()) break;
    }
  out.yanked = false;
  if (tags.contains(std::string(kYankedTag) + tag)) {
    TRY(out.yanked, is_yanked(repository, tag));
  }
  return std::optional<KnownVersion>(std::move(out));
}

// --- What they hold. ---

Result<Path> OciPackages::get(const std::string& package, const archive::Blob& blob,
                              const std::string& label) {
  const fetch::Settings& settings = access_.settings;
  fetch::Cache cache(access_.fs, settings.cache, {settings.always_verified, settings.verify_all});
  TRY_STATUS(with_context(cache.prepare(access_.clock.now()), "preparing the download cache"));
  TRY(std::optional<fetch::Cache::Entry> entry, cache.find(blob.digest));
  if (entry) return entry->path;
  if (settings.offline)
    return make_error(ErrorCode::network, "offline, and not in the download cache: {}", label)
        .hint("run the same once without `--offline`; later it needs no network");
  TRY(const FileLock lock, cache.lock(blob.digest.hex(), access_.cancel));
  TRY(entry, cache.find(blob.digest));
  if (entry) return entry->path;
  TRY(const Path part, cache.part_path(blob.digest));
  TRY(OutputFile file, OutputFile::open_kept(part));
  {
    oci::FileSink sink(file, 0);
    TRY(const FileStat kept, access_.fs.stat(part, true));
    TRY_STATUS(sink.take_over({kept.size, {}}));
    BlobTransfer transfer(*access_.progress, label, blob.size);
    Status status = repository_in(remote_, component_of(package))
                        .download({"", blob.digest, blob.size, {}}, label, sink,
                                  [&](std::uint64_t more) { transfer.advance(more); });
    if (!status && status.error().code() == ErrorCode::not_found)
      return make_error(ErrorCode::integrity, "the content of {} is not there: {}", label,
                        status.error().message())
          .hint("tell those who look after the registry: what its manifests name must stay in it");
    TRY_STATUS(std::move(status));
    transfer.done();
  }
  TRY_STATUS(file.cut(blob.size));
  TRY(const fetch::Cache::Entry put, cache.put(part, blob.digest));
  return put.path;
}

Result<archive::BlobFiles> OciPackages::get_all(const IndexedVersion& version, const archive::Tree& tree) {
  const std::vector<archive::Blob> blobs = archive::blobs_of(tree);
  std::vector<Result<Path>> got(blobs.size(), Path());
  in_parallel(blobs.size(), access_.settings.parallel,
              [&](std::size_t i) { got[i] = get(version.entry.name, blobs[i], label_of(version)); });
  std::map<Digest, Path> files;
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    if (!got[i]) return tl::make_unexpected(std::move(got[i]).error());
    files[blobs[i].digest] = *std::move(got[i]);
  }
  return archive::BlobFiles([files = std::move(files)](const archive::Blob& blob) -> Result<Path> {
    return files.at(blob.digest);
  });
}

Result<Path> OciPackages::manifest(const IndexedVersion& version) {
  TRY(const archive::Tree tree, tree_of(version));
  const std::string file_name = Path(version.manifests.front().path).filename().string();
  for (const archive::ApartFile& file : tree.apart)
    if (file.path == file_name)
      return get(version.entry.name, file.blob, "the manifest of " + label_of(version));
  return make_error(ErrorCode::integrity, "the content of {} has no `{}`", label_of(version), file_name);
}

Result<Path> OciPackages::folder(const IndexedVersion& version) {
  TRY(const archive::Tree tree, tree_of(version));
  return with_context(folders_.get(tree, [&] { return get_all(version, tree); }),
                      [&] { return fmt::format("getting {} from {}", label_of(version), name()); });
}

}  // namespace reef::remote
