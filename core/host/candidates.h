#pragma once

#include <string>
#include <vector>

#include "core/host/observer.h"
#include "core/model/detect.h"

namespace reef::host {

// Where tools are looked for.
struct SearchPlaces {
  std::vector<std::string> folders;   // of PATH: absolute, each once, in its order
  std::vector<std::string> prefixes;  // for libraries, best first
  std::string path;                   // PATH as it was given
  std::string home;                   // empty: unknown
};

// Entries of PATH that are relative or empty are left out: what they mean depends on the current folder.
SearchPlaces make_places(const std::string& path, const std::string& home);

// The folders below a prefix that hold libraries and headers; they need not exist.
std::vector<std::string> library_folders(const std::string& prefix);
std::vector<std::string> include_folders(const std::string& prefix);

// A file that may be the tool.
struct Candidate {
  std::string path;
  std::string prefix;          // libraries
  std::string library_folder;  // libraries: the folder searched, above `path`; empty for absolute globs
};

// Every candidate of a spec, best first, each path once. `trace`: the folders that decided.
std::vector<Candidate> find_candidates(const DetectSpec& spec, const SearchPlaces& places, Observer& observer,
                                       Trace& trace);

// Names that hold before any candidate is known: home, multiarch, arch.
DetectNames place_names(const SearchPlaces& places);

}  // namespace reef::host
