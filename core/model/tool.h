#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/model/version.h"

namespace reef {

// What a package hands to those who depend on it, templates already resolved.
struct Exports {
  struct Variable {
    enum class Kind { set, prepend, append } kind = Kind::set;
    std::string value;
  };
  std::map<std::string, Variable> env;
  std::map<std::string, std::vector<std::string>> values;  // `${role.NAME}`: one text or a list

  bool is_empty() const { return env.empty() && values.empty(); }
};

// A file of a tool beside the one that was found.
struct ToolFile {
  std::string real_path;  // without symlinks
  std::string digest;     // SHA-256, hexadecimal; empty: cannot be read
  bool operator==(const ToolFile&) const = default;
};

// One version of a tool, found on this host.
struct FoundTool {
  std::string name;  // the tool package: gcc
  Version version;
  std::string path;       // what was found: /usr/bin/g++-12; a header or library for tools that are libraries
  std::string real_path;  // without symlinks
  std::string digest;     // SHA-256 of the file at real_path, hexadecimal
  // What else of it may run or be linked, by path: its companions (the g++ of a gcc) and the files that its
  // exports name. Those that are really the file at real_path are not repeated.
  std::map<std::string, ToolFile> files{};
  std::map<std::string, Version> provides;  // capability -> version
  Exports exports;
};

json::Value to_json(const FoundTool& tool);

}  // namespace reef
