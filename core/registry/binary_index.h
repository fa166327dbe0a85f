#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/os/mapped_file.h"
#include "core/registry/registry.h"

namespace reef {

// Enough of `stat` to notice that a file or folder was changed or replaced.
struct Stamp {
  std::int64_t mtime_ns = 0;
  std::uint64_t size = 0;  // 0 for folders, whose size means nothing
  std::uint64_t inode = 0;
  bool operator==(const Stamp&) const = default;
};

struct IndexedManifest {
  std::string path;
  Stamp stamp;  // zero when nobody watches the file
  bool operator==(const IndexedManifest&) const = default;
};

// One version of a package as indexes know it: what it asks and offers, not how it is built and run.
struct IndexedVersion {
  CatalogueEntry entry;
  std::vector<IndexedManifest> manifests;  // several: the version is in several folders
  std::optional<Digest> digest;            // of its content, where the index knows it
  std::string tree;                        // what its content is served as (archive::Tree), as JSON, or empty
  std::shared_ptr<const Manifest> needs;   // see VersionNeeds
};

struct IndexedPackage {
  std::string name;
  bool is_tool = false;
  std::optional<Digest> shard;                // of the file that said all this
  std::vector<IndexedVersion> versions;       // newest first
  std::vector<IndexedManifest> unreadable{};  // manifests that have problems
};

// What a list says of a package that has versions: see `is_shown_before`.
const CatalogueEntry& shown_entry(const IndexedPackage& package);

// What an index keeps of a manifest.
IndexedVersion indexed_version(const Manifest& manifest, IndexedManifest file);

// A file or folder whose change makes an index stale.
struct Watched {
  std::string path;
  Stamp stamp;
  bool is_folder = false;
};

// The binary form of an index: a cache that only this program reads, so its layout may change with any
// release (kFormat in binary_layout.h). Read by mapping; a look-up costs a few pages, whatever the size.
//
// Little-endian, offsets only. A header with a checksum of itself and of a list of checksums, one for every
// 4 KiB of what follows; then eight sections:
//
//   about         what the owner says of it (roots, or the digest of a published root)
//   strings       each once: length (LEB128), bytes
//   names         sorted, 48 bytes each: string, flags, offset of its versions, digest of its shard
//   slots         a hash table of names: u32, number of the name + 1; a power of two, at most half full
//   capabilities  sorted, 12 bytes each: string, first and number in `lists`
//   lists         u32, numbers of names
//   watched       32 bytes each: string, flags, mtime, size, inode
//   packages      of each name its versions, and what they need: lists of LEB128 numbers (index_fields.h)
//
// Damage is never an error: a file whose header is wrong does not open; a page whose checksum is wrong is
// noticed when it is first looked at, then `damaged` and nothing it answered counts. Every offset and length
// is checked. Not for several threads at once.
class BinaryIndex {
 public:
  // The file; null when it is missing, damaged in what is looked at, or of another format. Files up to 4 MiB
  // are checked whole (under 1 ms), larger ones as they are read.
  static std::unique_ptr<BinaryIndex> open(const Path& file);
  static std::unique_ptr<BinaryIndex> from(std::string bytes);

  // When the file was written, in its filesystem's time; 0 when it is no file.
  std::int64_t written_ns() const { return file_ ? file_->mtime_ns() : 0; }
  bool damaged() const { return damaged_; }
  std::string_view about() const { return about_; }
  std::size_t size() const { return names_; }

  struct Name {
    std::string text;
    bool is_tool = false;
    bool has_versions = false;  // else only the shard is known
    std::optional<Digest> shard;
    std::uint64_t at = 0;
  };
  Name name(std::size_t index) const;
  std::optional<Name> find(std::string_view name) const;
  std::vector<std::string> names(bool tools_only) const;
  // root: put before manifests' paths that are not absolute.
  std::optional<IndexedPackage> package(const Name& name, const Path& root) const;
  // Sorted, as numbers of names and so by name.
  std::vector<std::string> providers(std::string_view capability) const;
  std::vector<std::string> capabilities() const;
  // True when `visit` was true for all.
  bool all_watched(const std::function<bool(const Watched&)>& visit) const;

  // Reads everything; false when damaged. For tests and fuzzing.
  bool read_all() const;

 private:
  friend class IndexDecoder;
  struct Section {
    std::uint64_t at = 0;
    std::uint64_t size = 0;
  };

  BinaryIndex() = default;
  bool start(std::string_view bytes);
  // Checked bytes of a section; empty and damaged when they are not there.
  std::string_view slice(std::size_t section, std::uint64_t at, std::uint64_t size) const;
  bool verify(std::uint64_t begin, std::uint64_t end) const;
  std::uint32_t number(std::size_t section, std::uint64_t at) const;
  std::string_view text(std::uint64_t at) const;
  const VersionRange& range(std::uint64_t text_at) const;
  std::shared_ptr<const Manifest> needs(const std::string& name, std::uint64_t at, const Path& root) const;

  std::optional<MappedFile> file_;
  std::string owned_;
  std::string_view data_;       // all sections
  std::string_view checksums_;  // u64 for each page of data_
  std::vector<Section> sections_;
  std::string about_;
  std::size_t names_ = 0;
  mutable std::vector<bool> verified_;
  mutable bool damaged_ = false;
  mutable std::unordered_map<std::uint64_t, VersionRange> ranges_;  // by their strings
};

// Makes the bytes of a binary index. Names are given in any order, each once.
class IndexWriter {
 public:
  // share: versions that need the same share it even if they stand in different files.
  explicit IndexWriter(bool share) : share_(share) {}

  void add(const IndexedPackage& package);
  // A name of which nothing but its shard is known.
  void add_name(const std::string& name, bool is_tool, const Digest& shard);
  // Capabilities of packages that were added with their versions are known already.
  void provide(const std::string& capability, const std::string& name);
  void watch(const Watched& watched);
  // The writer is empty afterwards.
  std::string finish(std::string_view about);

 private:
  friend class IndexEncoder;
  struct NameRecord {
    std::string name;
    std::uint32_t flags = 0;
    std::uint64_t at = 0;
    Digest shard;
  };

  std::uint64_t string_at(std::string_view text);
  std::uint64_t needs_at(const Manifest& needs);
  std::string names_section();
  std::string slots_section() const;
  void capability_sections(std::string& table, std::string& lists);

  bool share_;
  std::string strings_;
  std::unordered_map<std::string, std::uint64_t> known_strings_;
  std::string packages_;
  std::unordered_map<std::string, std::uint64_t> known_needs_;  // of the package being added
  std::vector<NameRecord> names_;
  std::map<std::string, std::set<std::string>> providers_;
  std::string watched_;
};

// Recomputes every checksum of a damaged file, so that fuzzing and tests reach what lies behind them. False
// when the header makes no sense.
bool reseal(std::string& bytes);

}  // namespace reef
