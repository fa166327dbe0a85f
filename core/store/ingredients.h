#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/model/tool.h"
#include "core/model/version.h"

namespace reef::store {

// Everything that can change what a build produces, each under a name that people can read: the build key is
// their digest, and two lists tell why something is built again.
struct Ingredients {
  std::map<std::string, std::string> items;
  bool operator==(const Ingredients&) const = default;
};

// What a key is made of. Paths that depend on where the store lies must not be in `commands`: action::
// symbolic_commands writes `${prefix}` for them.
struct BuildInputs {
  std::string name;
  Version version;
  Digest package;                                  // of the package's folder
  std::map<std::string, std::string> options;      // group -> chosen option
  std::map<std::size_t, std::string> sources;      // number -> what is taken: of those with conditions
  std::map<std::string, std::string> parameters;   // of the build action, as texts
  std::map<std::string, Digest> dependencies;      // role -> build key
  std::map<std::string, FoundTool> tools;          // role -> what this host has
  std::map<std::string, std::string> environment;  // of the build, symbolic
  std::vector<std::vector<std::string>> commands;  // of the build, symbolic
  std::string platform;                            // Platform::id()
};

// Names: "package", "name", "version", "platform", "format", "option engine", "source 2", "parameter
// threads", "dependency dataset", "tool compiler" (version, real path and digest), "file of tool compiler
// /usr/bin/g++" (real path and digest), "environment CXX", "command 1".
Ingredients ingredients_of(const BuildInputs& inputs);

// The tools among them: name, version, real path and digest; what else a tool is, they do not tell.
std::vector<FoundTool> tools_in(const Ingredients& ingredients);

// SHA-256 over the sorted items, each text preceded by its length, so that no two lists share their bytes.
Digest build_key(const Ingredients& ingredients);

struct Change {
  std::string name;
  std::optional<std::string> before;  // absent: new
  std::optional<std::string> after;   // absent: gone
  bool operator==(const Change&) const = default;
};
// In the order of the names; empty when the keys are equal.
std::vector<Change> changes(const Ingredients& before, const Ingredients& after);
// "option engine: native -> openblas", "tool compiler: added (12.2.0 ...)".
std::string describe(const Change& change);
// In a few words, the cause rather than what follows from it: "compiler: gcc 12.2.0 -> 13.1.0", "its files
// changed", "dependency dataset changed". Empty for no changes.
std::string why(const std::vector<Change>& changes);

}  // namespace reef::store
