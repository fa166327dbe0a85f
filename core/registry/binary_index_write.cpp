#include <algorithm>
#include <bit>

#include "core/registry/binary_index.h"
#include "core/registry/binary_layout.h"
#include "core/registry/index_fields.h"

namespace reef {

using namespace layout;

// Writes fields as LEB128 numbers; texts as offsets of strings.
class IndexEncoder {
 public:
  IndexEncoder(IndexWriter& writer, std::string& out) : writer_(writer), out_(out) {}

  void number(std::uint64_t value) { put_number(out_, value); }
  void operator()(const std::string& text) { number(writer_.string_at(text)); }
  void operator()(const Version& version) { (*this)(version.text()); }
  void operator()(const VersionRange& range) { (*this)(range.text()); }
  void operator()(const Digest& digest) { out_.append(digest.bytes().begin(), digest.bytes().end()); }
  // The file is that of the whole manifest.
  void operator()(const Place& place) {
    number(place.line);
    number(place.column);
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(const Enum& value, Enum /*last*/) { number(static_cast<std::uint64_t>(value)); }
  void operator()(const Condition& condition) {
    number(condition.is_always() ? 0 : 1);
    if (!condition.is_always()) index_fields::fields(*this, condition);
  }
  template <class T>
  void operator()(const std::vector<T>& items) {
    number(items.size());
    for (const T& item : items) (*this)(item);
  }
  template <class T>
  void operator()(const std::map<std::string, T>& members) {
    number(members.size());
    for (const auto& [key, value] : members) {
      (*this)(key);
      (*this)(value);
    }
  }
  void operator()(const IndexedManifest& manifest) {
    (*this)(manifest.path);
    number(static_cast<std::uint64_t>(manifest.stamp.mtime_ns));
    number(manifest.stamp.size);
    number(manifest.stamp.inode);
  }
  template <class T>
  void operator()(const T& part) {
    index_fields::fields(*this, part);
  }

 private:
  IndexWriter& writer_;
  std::string& out_;
};

std::uint64_t IndexWriter::string_at(std::string_view text) {
  const auto [known, fresh] = known_strings_.try_emplace(std::string(text), strings_.size());
  if (fresh) {
    put_number(strings_, text.size());
    strings_ += text;
  }
  return known->second;
}

std::uint64_t IndexWriter::needs_at(const Manifest& needs) {
  std::string bytes;
  IndexEncoder encode(*this, bytes);
  encode(needs);
  std::string key = bytes;
  if (!share_) encode.number(string_at(needs.place.file));
  if (!share_) key = bytes;
  const auto [known, fresh] = known_needs_.try_emplace(std::move(key), packages_.size());
  if (fresh) {
    put_number(packages_, string_at(needs.place.file));
    packages_ += bytes;
  }
  return known->second;
}

void IndexWriter::add(const IndexedPackage& package) {
  known_needs_.clear();
  std::vector<std::uint64_t> needs;
  for (const IndexedVersion& version : package.versions) needs.push_back(needs_at(*version.needs));
  const std::uint64_t at = packages_.size();
  IndexEncoder encode(*this, packages_);
  encode.number(package.versions.size());
  for (std::size_t i = 0; i < package.versions.size(); ++i) {
    const IndexedVersion& version = package.versions[i];
    const CatalogueEntry& entry = version.entry;
    for (const std::string& capability : entry.provides) provide(capability, package.name);
    encode(entry.version);
    encode(entry.kind, PackageKind::tool);
    encode.number((entry.yanked ? 1U : 0U) | (version.digest ? 2U : 0U) | (version.tree.empty() ? 0U : 4U));
    encode(entry.summary);
    encode(entry.license);
    encode(entry.tags);
    encode(entry.provides);
    encode(version.manifests);
    if (version.digest) encode(*version.digest);
    if (!version.tree.empty()) encode(version.tree);
    encode.number(needs[i]);
  }
  encode(package.unreadable);
  NameRecord record{package.name, kHasVersions, at, package.shard.value_or(Digest())};
  if (package.is_tool) record.flags |= kIsTool;
  if (package.shard) record.flags |= kHasShard;
  names_.push_back(std::move(record));
}

void IndexWriter::add_name(const std::string& name, bool is_tool, const Digest& shard) {
  names_.push_back({name, kHasShard | (is_tool ? kIsTool : 0U), 0, shard});
}

void IndexWriter::provide(const std::string& capability, const std::string& name) {
  providers_[capability].insert(name);
}

void IndexWriter::watch(const Watched& watched) {
  put_u32(watched_, static_cast<std::uint32_t>(string_at(watched.path)));
  put_u32(watched_, watched.is_folder ? kIsFolder : 0);
  put_u64(watched_, static_cast<std::uint64_t>(watched.stamp.mtime_ns));
  put_u64(watched_, watched.stamp.size);
  put_u64(watched_, watched.stamp.inode);
}

std::string IndexWriter::names_section() {
  std::string out;
  for (const NameRecord& record : names_) {
    put_u32(out, static_cast<std::uint32_t>(string_at(record.name)));
    put_u32(out, record.flags);
    put_u64(out, record.at);
    IndexEncoder(*this, out)(record.shard);
  }
  return out;
}

std::string IndexWriter::slots_section() const {
  const std::size_t count = std::bit_ceil(2 * names_.size() + 1);
  std::vector<std::uint32_t> slots(count, 0);
  for (std::size_t i = 0; i < names_.size(); ++i) {
    std::size_t slot = checksum(names_[i].name) & (count - 1);
    while (slots[slot] != 0) slot = (slot + 1) & (count - 1);
    slots[slot] = static_cast<std::uint32_t>(i + 1);
  }
  std::string out;
  out.reserve(4 * count);
  for (const std::uint32_t slot : slots) put_u32(out, slot);
  return out;
}

void IndexWriter::capability_sections(std::string& table, std::string& lists) {
  const auto before = [](const NameRecord& record, const std::string& name) { return record.name < name; };
  for (const auto& [capability, names] : providers_) {
    const std::size_t first = lists.size() / 4;
    for (const std::string& name : names) {
      const auto found = std::lower_bound(names_.begin(), names_.end(), name, before);
      if (found != names_.end() && found->name == name)
        put_u32(lists, static_cast<std::uint32_t>(found - names_.begin()));
    }
    put_u32(table, static_cast<std::uint32_t>(string_at(capability)));
    put_u32(table, static_cast<std::uint32_t>(first));
    put_u32(table, static_cast<std::uint32_t>(lists.size() / 4 - first));
  }
}

std::string IndexWriter::finish(std::string_view about_text) {
  std::sort(names_.begin(), names_.end(),
            [](const NameRecord& a, const NameRecord& b) { return a.name < b.name; });
  std::array<std::string, kSections> parts;
  parts[names] = names_section();
  parts[slots] = slots_section();
  capability_sections(parts[capabilities], parts[lists]);
  parts[about] = about_text;
  parts[watched] = std::move(watched_);
  parts[packages] = std::move(packages_);
  parts[strings] = std::move(strings_);
  known_strings_.clear();

  std::string data;
  std::string sections;
  for (std::string& part : parts) {
    put_u64(sections, data.size());
    put_u64(sections, part.size());
    data += part;
    part = {};
  }
  std::string out(kMagic);
  put_u32(out, kFormat);
  put_u32(out, kSections);
  const std::size_t pages = (data.size() + kPage - 1) / kPage;
  put_u64(out, kPageSumsAt + 8 * pages + data.size());
  put_u64(out, 0);
  out += sections;
  out.append(8 * pages, '\0');
  out += data;
  (void)reseal(out);
  *this = IndexWriter(share_);
  return out;
}

bool reseal(std::string& bytes) {
  if (bytes.size() < kPageSumsAt) return false;
  // The number of pages follows from the size: pages * 8 + data, where pages = ceil(data / kPage).
  const std::size_t rest = bytes.size() - kPageSumsAt;
  const std::size_t pages = (rest + kPage + 7) / (kPage + 8);
  if (8 * pages > rest || (pages > 0 && rest - 8 * pages <= (pages - 1) * kPage)) return false;
  const std::size_t data = kPageSumsAt + 8 * pages;
  std::string head;
  put_u64(head, bytes.size());
  put_u64(head, 0);
  bytes.replace(kSizeAt, head.size(), head);
  for (std::size_t page = 0; page < pages; ++page) {
    std::string sum;
    put_u64(sum, checksum(std::string_view(bytes).substr(data + page * kPage, kPage)));
    bytes.replace(kPageSumsAt + 8 * page, 8, sum);
  }
  std::string sum;
  put_u64(sum, checksum(std::string_view(bytes).substr(0, data)));
  bytes.replace(kChecksumAt, 8, sum);
  return true;
}

}  // namespace reef
