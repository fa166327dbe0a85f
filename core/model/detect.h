#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json_reader.h"
#include "core/model/pattern.h"
#include "core/model/tool.h"

namespace reef {

// How a tool package is found on a host: the `detect` of its manifest. Data only; core/host does the work.
//
//   "detect": {
//     "programs": ["gcc", "gcc-[0-9]*"],
//     "ask": {"arguments": [["--version"]]},
//     "is": [{"pattern": "Free Software Foundation", "reason": "not a GNU compiler"}],
//     "version": [{"pattern": "^[^ ]+ \\(.*\\) ([0-9.]+)"}],
//     "companions": {"cxx": ["${dir}/g++${suffix}"]},
//     "provides": {"c-compiler": "${version}", "c++-compiler": {"version": "${version}", "needs": ["cxx"]}},
//     "exports": {"env": {"CC": "${path}", "CXX": "${cxx}"}}
//   }
//
// 1. Candidates, in order of preference. Either programs (`programs`: names and globs on PATH; `files`:
//    globs of absolute paths, or below `${home}`) or libraries (`libraries`: globs below the library folders
//    of every prefix, or absolute).
//    Prefixes: those of the spec (globs), /usr/local, /usr, /opt/homebrew, ${home}/.local and the parent of
//    every `bin` on PATH. Library folders of a prefix: lib/<multiarch>, lib64, lib; include folders:
//    include/<multiarch>, include. A library must be ELF for this machine (or a linker script, or an
//    archive).
//    The same file found twice is one candidate, except for multi-call programs (ccache, rustup).
// 2. `headers`: all `files` must be in one folder, which becomes `${include}`. `in` lists the sub-folders of
//    the prefix's include folders (or absolute folders) to look in.
// 3. `capture`: names for what a pattern finds in a `file` (a glob), in a `text` or, when neither is given,
// in
//    the answer (4). Every matching line: a list. `runs` lists what may really run behind a shim (pyenv,
//    rustup); the first that is an executable file becomes the found path. A shim that says so in a file is
//    resolved before it is run.
// 4. `ask`: the program is run with each argument array, without input, with PATH, HOME and LC_ALL=C only;
//    the texts it prints, one after the other, are the *answer*. It is run only when something needs it.
//    `is`, `is_not`: patterns that the answer (or `text`) must, or must not, match; else the candidate is
//    refused for `reason`.
// 5. `version`: the first source that gives a version. `pattern` has one group; an array of patterns is
//    joined with `.`, and those after the first may be absent. Searched in `file`, `text` or the answer.
// 6. `companions`: the first of each list that is a file; a bare name is looked up on PATH. `requires`
//    names those without which the candidate is refused. A capability or an export (also one element of a
//    list) that needs or mentions an absent companion or capture is left out.
// 7. `watch`: further files and folders whose change makes us look again (a shim's configuration).
//
// Templates: ${path} ${dir} ${name} ${prefix} (parent of the `bin` or library folder) ${real} ${real_dir}
// ${real_prefix} (the same without symlinks) ${suffix} (what the name has beyond the first of `programs`:
// `-12` for gcc-12) ${home} ${multiarch} ${arch} ${version}; for libraries ${libdir} ${include} ${folder}
// (the library's folder below the library folder searched, absent when it is that folder); captures and
// companions. A name that cannot be known yet at its step is an error of the manifest.
struct DetectSpec {
  struct Ask {
    std::vector<std::vector<std::string>> arguments;
    enum class Stream { out, err, both } stream = Stream::both;
    bool any_status = false;                  // a program that fails still answers ("status": "any")
    std::chrono::milliseconds timeout{5000};  // of each run
  };
  struct Check {
    Pattern pattern;
    std::string text;    // template of what is looked at; empty: the answer
    std::string reason;  // template
  };
  struct Source {
    std::vector<Pattern> patterns;
    std::string file;  // template of a glob
    std::string text;  // template
    bool of_answer() const { return file.empty() && text.empty(); }
  };
  struct Headers {
    std::vector<std::string> files;
    std::vector<std::string> in = {"."};  // templates
  };
  struct Capability {
    std::string name;
    std::string version;  // template
    std::vector<std::string> needs;
  };

  std::vector<std::string> programs;
  std::vector<std::string> files;
  std::vector<std::string> libraries;
  std::vector<std::string> prefixes;
  std::optional<Headers> headers;
  std::optional<Ask> ask;
  std::vector<Check> is;
  std::vector<Check> is_not;
  std::map<std::string, Source> capture;
  std::vector<std::string> runs;  // templates
  std::vector<Source> version;
  std::map<std::string, std::vector<std::string>> companions;  // templates
  std::vector<std::string> requirements;                       // "requires"
  std::vector<std::string> watch;                              // templates
  std::vector<Capability> provides;
  Exports exports;  // templates

  bool is_library() const { return !libraries.empty(); }
};

// Reads and checks the `detect` of a manifest. Every problem is reported through the node; the result is
// meaningful only when there was none, and is never null.
std::shared_ptr<const DetectSpec> read_detect(const json::Node& node);

// The values of a template's names. A name with several values stands for the first in the middle of a text.
using DetectNames = std::map<std::string, std::vector<std::string>, std::less<>>;

// Every `${name}` replaced; nothing when a name is unknown (an absent companion). `$${` stands for `${`.
std::optional<std::string> expand_names(std::string_view text, const DetectNames& names);
// The same; a text that is exactly one `${name}` gives all its values.
std::optional<std::vector<std::string>> expand_list(std::string_view text, const DetectNames& names);

}  // namespace reef
