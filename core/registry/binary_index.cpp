#include "core/registry/binary_index.h"

#include <algorithm>
#include <bit>

#include "core/registry/binary_layout.h"
#include "core/registry/index_fields.h"

namespace reef {

using namespace layout;

namespace {

constexpr std::size_t kCheckedWhole = std::size_t{4} << 20U;  // bytes

// The checksum is of the bytes before `data` with zeros in its own place.
bool header_is_whole(std::string_view bytes, std::size_t data) {
  std::string head(bytes.substr(0, data));
  head.replace(kChecksumAt, 8, 8, '\0');
  return checksum(head) == load_u64(bytes, kChecksumAt);
}

}  // namespace

// Reads fields from a list of numbers; after the end, or when something makes no sense, everything is empty
// and the index damaged.
class IndexDecoder {
 public:
  IndexDecoder(const BinaryIndex& index, std::uint64_t at)
      : index_(index), at_(at), end_(index.sections_[packages].size) {}

  bool good() const { return !index_.damaged_; }

  std::uint8_t byte() {
    if (at_ >= checked_ && !check(1)) return 0;
    return static_cast<std::uint8_t>(index_.data_[index_.sections_[packages].at + at_++]);
  }
  std::uint64_t number() {
    std::uint64_t out = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t part = byte();
      out |= static_cast<std::uint64_t>(part & 0x7fU) << shift;
      if (part < 0x80) return out;
    }
    return fail();
  }
  // Of items that follow, each of at least one byte.
  std::uint64_t count() {
    const std::uint64_t out = number();
    return good() && out <= end_ - at_ ? out : fail();
  }

  void operator()(std::string& text) { text = index_.text(number()); }
  void operator()(VersionRange& range) { range = index_.range(number()); }
  void operator()(Version& version) {
    const std::string_view text = index_.text(number());
    read(version, text, true);
  }
  void read(Version& version, std::string_view text, bool loose) {
    Result<Version> parsed = loose ? Version::parse_loose(text) : Version::parse(text);
    if (parsed)
      version = *std::move(parsed);
    else
      fail();
  }
  void operator()(Digest& digest) {
    std::array<std::uint8_t, 32> bytes{};
    for (std::uint8_t& each : bytes) each = byte();
    digest = Digest(bytes);
  }
  void operator()(Place& place) {
    place.file = file_;
    place.line = number();
    place.column = number();
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(Enum& value, Enum last) {
    const std::uint64_t read = number();
    if (read > static_cast<std::uint64_t>(last)) fail();
    value = static_cast<Enum>(std::min(read, static_cast<std::uint64_t>(last)));
  }
  void operator()(Condition& condition) {
    if (number() == 0 || !good()) return;
    if (++depth_ > kDeepest) fail();
    if (good()) index_fields::fields(*this, condition);
    --depth_;
  }
  template <class T>
  void operator()(std::vector<T>& items) {
    const std::uint64_t size = count();
    for (std::uint64_t i = 0; i < size && good(); ++i) (*this)(items.emplace_back());
  }
  template <class T>
  void operator()(std::map<std::string, T>& members) {
    const std::uint64_t size = count();
    for (std::uint64_t i = 0; i < size && good(); ++i) {
      std::string key;
      (*this)(key);
      (*this)(members[std::move(key)]);
    }
  }
  void operator()(IndexedManifest& manifest) {
    (*this)(manifest.path);
    manifest.stamp.mtime_ns = static_cast<std::int64_t>(number());
    manifest.stamp.size = number();
    manifest.stamp.inode = number();
  }
  template <class T>
  void operator()(T& part) {
    index_fields::fields(*this, part);
  }

  void set_file(std::string file) { file_ = std::move(file); }

 private:
  static constexpr int kDeepest = 128;

  bool check(std::uint64_t size) {
    if (!good() || at_ > end_ || size > end_ - at_) return fail() != 0;
    const std::uint64_t begin = index_.sections_[packages].at + at_;
    // To the end of the page: what follows is probably read next.
    const std::uint64_t stop = std::min((begin / kPage + 1) * kPage, index_.sections_[packages].at + end_);
    if (!index_.verify(begin, stop)) return false;
    checked_ = at_ + (stop - begin);
    return true;
  }
  std::uint64_t fail() {
    index_.damaged_ = true;
    return 0;
  }

  const BinaryIndex& index_;
  std::uint64_t at_;
  std::uint64_t end_;
  std::uint64_t checked_ = 0;
  int depth_ = 0;
  std::string file_;
};

std::unique_ptr<BinaryIndex> BinaryIndex::open(const Path& file) {
  Result<MappedFile> mapped = MappedFile::open(file);
  if (!mapped) return nullptr;
  std::unique_ptr<BinaryIndex> out(new BinaryIndex);
  const std::string_view bytes = mapped->bytes();
  out->file_ = *std::move(mapped);
  if (!out->start(bytes)) return nullptr;
  if (out->data_.size() <= kCheckedWhole && !out->verify(0, out->data_.size())) return nullptr;
  return out;
}

std::unique_ptr<BinaryIndex> BinaryIndex::from(std::string bytes) {
  std::unique_ptr<BinaryIndex> out(new BinaryIndex);
  out->owned_ = std::move(bytes);
  if (!out->start(out->owned_)) return nullptr;
  return out;
}

bool BinaryIndex::start(std::string_view bytes) {
  if (bytes.size() < kPageSumsAt || !bytes.starts_with(kMagic)) return false;
  if (load_u32(bytes, 8) != kFormat || load_u32(bytes, 12) != kSections) return false;
  if (load_u64(bytes, kSizeAt) != bytes.size()) return false;
  const std::size_t rest = bytes.size() - kPageSumsAt;
  const std::size_t pages = (rest + kPage + 7) / (kPage + 8);
  if (8 * pages > rest) return false;
  const std::size_t data = kPageSumsAt + 8 * pages;
  if (!header_is_whole(bytes, data)) return false;
  checksums_ = bytes.substr(kPageSumsAt, 8 * pages);
  data_ = bytes.substr(data);
  verified_.assign(pages, false);
  for (std::size_t i = 0; i < kSections; ++i) {
    const Section section{load_u64(bytes, kSectionsAt + 16 * i), load_u64(bytes, kSectionsAt + 16 * i + 8)};
    if (section.at > data_.size() || section.size > data_.size() - section.at) return false;
    sections_.push_back(section);
  }
  names_ = sections_[layout::names].size / kNameSize;
  const std::size_t count = sections_[slots].size / 4;
  if (!std::has_single_bit(count) || count <= names_) return false;
  about_ = slice(layout::about, 0, sections_[layout::about].size);
  return !damaged_;
}

bool BinaryIndex::verify(std::uint64_t begin, std::uint64_t end) const {
  for (std::uint64_t page = begin / kPage; page * kPage < end; ++page) {
    if (verified_[page]) continue;
    if (checksum(data_.substr(page * kPage, kPage)) != load_u64(checksums_, 8 * page)) {
      damaged_ = true;
      return false;
    }
    verified_[page] = true;
  }
  return !damaged_;
}

std::string_view BinaryIndex::slice(std::size_t section, std::uint64_t at, std::uint64_t size) const {
  const Section& where = sections_[section];
  if (at > where.size || size > where.size - at) {
    damaged_ = true;
    return {};
  }
  if (!verify(where.at + at, where.at + at + size)) return {};
  return data_.substr(where.at + at, size);
}

std::uint32_t BinaryIndex::number(std::size_t section, std::uint64_t at) const {
  const std::string_view bytes = slice(section, at, 4);
  return bytes.empty() ? 0 : load_u32(bytes, 0);
}

std::string_view BinaryIndex::text(std::uint64_t at) const {
  std::uint64_t size = 0;
  for (unsigned shift = 0; shift < 64 && !damaged_; shift += 7) {
    const std::string_view byte = slice(strings, at++, 1);
    if (byte.empty()) return {};
    const auto part = static_cast<std::uint8_t>(byte.front());
    size |= static_cast<std::uint64_t>(part & 0x7fU) << shift;
    if (part < 0x80) return slice(strings, at, size);
  }
  damaged_ = true;
  return {};
}

const VersionRange& BinaryIndex::range(std::uint64_t text_at) const {
  const auto known = ranges_.find(text_at);
  if (known != ranges_.end()) return known->second;
  // The range of everything and an empty one have texts, too, that need not parse.
  const std::string_view written = text(text_at);
  VersionRange range;
  if (!written.empty()) {
    Result<VersionRange> parsed = VersionRange::parse(written);
    if (!parsed) damaged_ = true;
    if (parsed) range = *std::move(parsed);
  }
  return ranges_.emplace(text_at, std::move(range)).first->second;
}

BinaryIndex::Name BinaryIndex::name(std::size_t index) const {
  Name out;
  const std::string_view record = slice(layout::names, index * kNameSize, kNameSize);
  if (record.empty()) return out;
  const std::uint32_t flags = load_u32(record, 4);
  out.text = text(load_u32(record, 0));
  out.is_tool = (flags & kIsTool) != 0;
  out.has_versions = (flags & kHasVersions) != 0;
  out.at = load_u64(record, 8);
  if ((flags & kHasShard) != 0) {
    std::array<std::uint8_t, 32> bytes{};
    std::copy(record.begin() + 16, record.end(), bytes.begin());
    out.shard = Digest(bytes);
  }
  return out;
}

std::optional<BinaryIndex::Name> BinaryIndex::find(std::string_view wanted) const {
  const std::size_t count = sections_[slots].size / 4;
  std::size_t slot = checksum(wanted) & (count - 1);
  for (std::size_t tries = 0; tries < count; ++tries, slot = (slot + 1) & (count - 1)) {
    const std::uint32_t index = number(slots, 4 * slot);
    if (index == 0 || damaged_) return std::nullopt;
    const std::string_view record = slice(layout::names, (index - 1) * kNameSize, 4);
    if (record.empty() || text(load_u32(record, 0)) != wanted) continue;
    return name(index - 1);
  }
  return std::nullopt;
}

std::vector<std::string> BinaryIndex::names(bool tools_only) const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < names_ && !damaged_; ++i) {
    const std::string_view record = slice(layout::names, i * kNameSize, 8);
    if (record.empty() || (tools_only && (load_u32(record, 4) & kIsTool) == 0)) continue;
    out.emplace_back(text(load_u32(record, 0)));
  }
  return out;
}

std::shared_ptr<const Manifest> BinaryIndex::needs(const std::string& name, std::uint64_t at,
                                                   const Path& root) const {
  IndexDecoder decode(*this, at);
  auto out = std::make_shared<Manifest>();
  out->name = name;
  std::string file;
  decode(file);
  decode.set_file(file.empty() ? file : (root / file).string());
  decode(*out);
  return out;
}

std::optional<IndexedPackage> BinaryIndex::package(const Name& name, const Path& root) const {
  if (!name.has_versions) return std::nullopt;
  IndexedPackage out{name.text, name.is_tool, name.shard, {}, {}};
  IndexDecoder decode(*this, name.at);
  std::unordered_map<std::uint64_t, std::shared_ptr<const Manifest>> needs_read;
  const std::uint64_t count = decode.count();
  for (std::uint64_t i = 0; i < count && decode.good(); ++i) {
    IndexedVersion& version = out.versions.emplace_back();
    CatalogueEntry& entry = version.entry;
    entry.name = name.text;
    const std::string_view number = text(decode.number());
    decode(entry.kind, PackageKind::tool);
    decode.read(entry.version, number, entry.kind == PackageKind::tool);
    const std::uint64_t flags = decode.number();
    entry.yanked = (flags & 1U) != 0;
    decode(entry.summary);
    decode(entry.license);
    decode(entry.tags);
    decode(entry.provides);
    decode(version.manifests);
    for (IndexedManifest& manifest : version.manifests) manifest.path = (root / manifest.path).string();
    if ((flags & 2U) != 0) decode(version.digest.emplace());
    if ((flags & 4U) != 0) decode(version.tree);
    const std::uint64_t at = decode.number();
    if (!decode.good() || version.manifests.empty()) break;
    std::shared_ptr<const Manifest>& shared = needs_read[at];
    if (!shared) shared = needs(name.text, at, root);
    version.needs = shared;
  }
  decode(out.unreadable);
  if (damaged_) return std::nullopt;
  return out;
}

std::vector<std::string> BinaryIndex::providers(std::string_view capability) const {
  std::size_t low = 0;
  std::size_t high = sections_[layout::capabilities].size / kCapabilitySize;
  std::vector<std::string> out;
  while (low < high && !damaged_) {
    const std::size_t middle = low + (high - low) / 2;
    const std::string_view record = slice(layout::capabilities, middle * kCapabilitySize, kCapabilitySize);
    if (record.empty()) break;
    const std::string_view here = text(load_u32(record, 0));
    if (here == capability) {
      const std::uint64_t first = load_u32(record, 4);
      const std::uint64_t count = load_u32(record, 8);
      for (std::uint64_t i = 0; i < count && !damaged_; ++i)
        out.push_back(name(number(lists, 4 * (first + i))).text);
      return out;
    }
    if (here < capability)
      low = middle + 1;
    else
      high = middle;
  }
  return out;
}

std::vector<std::string> BinaryIndex::capabilities() const {
  std::vector<std::string> out;
  const std::size_t count = sections_[layout::capabilities].size / kCapabilitySize;
  for (std::size_t i = 0; i < count && !damaged_; ++i)
    out.emplace_back(text(number(layout::capabilities, i * kCapabilitySize)));
  return out;
}

bool BinaryIndex::all_watched(const std::function<bool(const Watched&)>& visit) const {
  const std::size_t count = sections_[watched].size / kWatchedSize;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view record = slice(watched, i * kWatchedSize, kWatchedSize);
    if (record.empty()) return false;
    Watched out;
    out.path = text(load_u32(record, 0));
    out.is_folder = (load_u32(record, 4) & kIsFolder) != 0;
    out.stamp = {static_cast<std::int64_t>(load_u64(record, 8)), load_u64(record, 16), load_u64(record, 24)};
    if (damaged_ || !visit(out)) return false;
  }
  return !damaged_;
}

bool BinaryIndex::read_all() const {
  for (std::size_t i = 0; i < names_ && !damaged_; ++i) {
    const Name record = name(i);
    if (record.has_versions) (void)package(record, "/");
    (void)find(record.text);
  }
  for (const std::string& capability : capabilities()) (void)providers(capability);
  (void)all_watched([](const Watched&) { return true; });
  return !damaged_;
}

IndexedVersion indexed_version(const Manifest& manifest, IndexedManifest file) {
  IndexedVersion out;
  out.entry = {
      manifest.name,  manifest.version, manifest.kind, manifest.summary, manifest.license, manifest.tags, {},
      manifest.yanked};
  for (const auto& [capability, version] : manifest.provides) out.entry.provides.push_back(capability);
  if (manifest.detect)
    for (const auto& capability : manifest.detect->provides) out.entry.provides.push_back(capability.name);
  std::sort(out.entry.provides.begin(), out.entry.provides.end());
  auto needs = std::make_shared<Manifest>();
  needs->name = manifest.name;
  needs->provides = manifest.provides;
  needs->dependencies = manifest.dependencies;
  needs->variations = manifest.variations;
  needs->place = manifest.place;
  needs->place.file = file.path;
  for (Variation& variation : needs->variations)
    for (Option& option : variation.options) {
      option.summary.clear();
      option.values.clear();
      option.scalar_values.clear();
    }
  out.needs = std::move(needs);
  out.manifests.push_back(std::move(file));
  return out;
}

}  // namespace reef
