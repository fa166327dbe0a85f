#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/json_reader.h"

// What a `.reef` file holds, as its config says: everything that can be told without reading further.
// The form is schemas/archive.schema.json; core/archive/README.md explains it.
namespace reef::archive {

struct Blob {
  Digest digest;
  std::uint64_t size = 0;
  bool operator==(const Blob&) const = default;
};

// A file of a tree that is a blob of its own, uncompressed.
struct ApartFile {
  std::string path;
  Blob blob;
  bool executable = false;
  bool operator==(const ApartFile&) const = default;
};

// The other entries of a tree: a ustar in frames of zstd.
struct CodeLayer {
  Blob blob;
  std::uint64_t tar_bytes = 0;  // decompressed
  bool operator==(const CodeLayer&) const = default;
};

struct Tree {
  Digest digest;              // of core/os/filesystem.h's digest_tree: what locks pin
  std::uint64_t entries = 0;  // files, folders and links
  std::uint64_t bytes = 0;    // of all files
  std::optional<CodeLayer> layer;
  std::vector<ApartFile> apart;  // sorted by path
  bool operator==(const Tree&) const = default;
};

// A tree in JSON, as configs and the indexes of registries have it. Reading adds a problem for everything
// that is not written so; nothing in the result leads out of a folder.
json::Value to_json(const Tree& tree);
bool read_tree(const json::Node& node, Tree& tree);

enum class Role { root, package, tool };
std::string_view name_of(Role role);

struct ArchivedPackage {
  std::string name;
  std::string version;
  std::string kind;
  std::string license;  // empty: unknown
  std::string summary;
  Role role = Role::package;
  Tree tree;
  std::string place() const;  // packages/NAME-VERSION
  bool operator==(const ArchivedPackage&) const = default;
};

// Bytes that a package fetches. url and npm: a blob; git: the tree at a commit.
struct ArchivedSource {
  std::string kind;                   // url, npm or git
  std::string name;                   // for people: "model.onnx"
  std::vector<std::string> packages;  // that want it, sorted
  std::string commit;                 // git
  std::string integrity;              // npm
  std::optional<Blob> blob;
  std::optional<Tree> tree;
  std::string place() const;  // sources/HEX, or sources/COMMIT
  bool operator==(const ArchivedSource&) const = default;
};

struct ArchivedRecord {
  std::string id;
  std::string action;
  std::string started;
  Tree tree;
  std::string status{};  // failed, invalid or interrupted; empty: the run was a success, or it is not known
  std::string place() const { return "records/" + id; }
  bool operator==(const ArchivedRecord&) const = default;
};

// A built prefix, for hosts where the same key is wanted. Texts in it that named the store it was taken from
// hold kStoreMark instead, at these offsets.
struct ArchivedBuild {
  std::string name;
  std::string version;
  Digest key;
  std::string platform;
  std::map<std::string, std::string> ingredients;
  std::map<std::string, std::vector<std::uint64_t>> marks;  // path -> offsets of kStoreMark
  Tree tree;
  std::string place() const;  // builds/KEY
  bool operator==(const ArchivedBuild&) const = default;
};
inline constexpr std::string_view kStoreMark = "@reef:store@";

struct Contents {
  static constexpr std::int64_t kFormat = 1;

  std::string name;
  std::string version;
  std::map<std::string, std::string> options;  // of the root, as packed
  std::vector<std::string> platforms;          // sections of the lock
  Blob lock;
  Blob provenance;
  std::vector<ArchivedPackage> packages;  // the root first, then by name and version
  std::vector<ArchivedSource> sources;
  std::vector<ArchivedRecord> records;
  std::vector<ArchivedBuild> builds;

  const ArchivedPackage& root() const { return packages.front(); }
  // Every tree with its place, in the order of the file.
  void each_tree(const std::function<void(const std::string& place, const Tree& tree)>& visit) const;
  void change_trees(const std::function<void(const std::string& place, Tree& tree)>& visit);
  std::uint64_t entries() const;
  std::uint64_t bytes() const;  // of all files, unpacked
  bool operator==(const Contents&) const = default;
};

// Sorted keys, no times, no machine: the same contents give the same bytes.
std::string write_config(const Contents& contents);
// invalid_input with the place for everything that write_config does not write; a format of the future says
// so. Names, paths, ids and sizes are checked: nothing in the result leads out of a folder.
Result<Contents> read_config(std::string text);

}  // namespace reef::archive
