#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/archive/contents.h"
#include "core/registry/binary_index.h"

// The files of a published registry, as docs/registry-index.md describes them. What is written is the same
// bytes for the same values. What is read was written by somebody's program: readers ignore keys they do not
// know, and pass over versions that ask for a newer format of manifests.
namespace reef {

struct RegistryRoot {
  std::map<std::string, Digest> packages;                     // name -> digest of its file
  std::map<std::string, std::set<std::string>> capabilities;  // -> names of packages
  std::set<std::string> tools;                                // names
  Digest search;                                              // digest of the file of all summaries
};

// Larger files are refused before they are read.
constexpr std::uint64_t kLargestRoot = std::uint64_t{1} << 30U;         // bytes; about 10^7 names
constexpr std::uint64_t kLargestRemoteRoot = std::uint64_t{1} << 28U;   // kept in memory while it comes
constexpr std::uint64_t kLargestPackageFile = std::uint64_t{1} << 28U;  // about 10^6 versions of one name

// Errors of reading: invalid_input with the place; the first problem of the file.
std::string write_root(const RegistryRoot& root);
Result<RegistryRoot> read_root(const std::string& file, std::string_view text);

// Below the registry's top: `index/3f/numpy.3f0c...json`, 16 digits of the file's digest.
std::string package_file(const std::string& name, const Digest& digest);
std::string search_file(const Digest& digest);
// Of a package's content: `blobs/3f/3f0c...`, all 64 digits.
std::string content_file(const Digest& digest);
// How the content of a version is served; not_found when the registry does not say.
Result<archive::Tree> tree_of(const IndexedVersion& version);
std::string tree_text(const archive::Tree& tree);

// One version a line, newest first. Paths of manifests are relative to the registry's top.
std::string write_package(const IndexedPackage& package);
Result<IndexedPackage> read_package(std::string file, std::string text, const std::string& name);

std::string write_search(const std::vector<CatalogueEntry>& entries);
Result<std::vector<CatalogueEntry>> read_search(std::string file, std::string text);

}  // namespace reef
