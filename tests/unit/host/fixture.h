#pragma once

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "core/host/detector.h"

namespace reef::test {

// A text with every `@` replaced.
inline std::string put(std::string text, const std::string& value) {
  for (std::size_t at = 0; (at = text.find('@', at)) != std::string::npos; at += value.size())
    text.replace(at, 1, value);
  return text;
}

// The spec of a `detect` text; the test fails when it has a problem.
inline std::shared_ptr<const DetectSpec> spec_of(const std::string& text) {
  const auto document = json::parse("detect.json", text);
  REQUIRE(document);
  json::Problems problems;
  auto spec = read_detect(json::Node(*document, problems));
  for (const Error& error : problems.all()) FAIL(render(error));
  return spec;
}

inline host::DetectRequest request(const std::string& name, const std::string& text) {
  return {name, [spec = spec_of(text)] { return spec; }, sha256(text).hex()};
}

// A folder tree with tools in it that are small scripts. To detection they are programs: their interpreter is
// `nice`, so that only `wrapper` makes what it takes for a shell script. Files and folders are made old, so
// that their timestamps are believed; `touch` makes one of them young again.
class Playground {
 public:
  Playground() {
    auto folder = TemporaryFolder::create(*fs, "/tmp", "reef détection ");  // with a blank and unicode
    REQUIRE(folder);
    folder_.emplace(*std::move(folder));
    make_folder("bin");
    env = {{"PATH", path("bin")}, {"HOME", path("home")}};
  }

  std::string path(const std::string& relative) const { return (folder_->path() / relative).string(); }

  void make_folder(const std::string& relative) { REQUIRE(make_folders(*fs, path(relative))); }

  void write(const std::string& relative, const std::string& bytes, std::uint32_t mode = 0644) {
    REQUIRE(make_folders(*fs, Path(path(relative)).parent_path()));
    (void)fs->remove_file(path(relative));
    REQUIRE(fs->write_file(path(relative), bytes, false));
    REQUIRE(fs->set_mode(path(relative), mode));
    age(relative);
  }
  void script(const std::string& relative, const std::string& body) {
    write(relative, "#!/usr/bin/nice /bin/sh\nPATH=/usr/bin:/bin\n" + body + "\n", 0755);
  }
  void wrapper(const std::string& relative, const std::string& program) {
    write(relative, fmt::format("#!/bin/sh\nexec '{}' \"$@\"\n", path(program)), 0755);
  }
  // A tool that says `text` whatever it is asked.
  void speaker(const std::string& relative, const std::string& text) {
    script(relative, fmt::format("cat <<'END'\n{}\nEND", text));
  }
  void link(const std::string& target, const std::string& relative) {
    REQUIRE(make_folders(*fs, Path(path(relative)).parent_path()));
    (void)fs->remove_file(path(relative));
    REQUIRE(fs->make_symlink(target, path(relative)));
    age(relative);
  }
  void remove(const std::string& relative) {
    REQUIRE(remove_tree(*fs, path(relative)));
    age(Path(relative).parent_path().string());
  }

  // Every change gets a time of its own, long ago.
  void age(const std::string& relative) {
    static std::int64_t time = 1'600'000'000;
    for (Path at = relative; !at.empty(); at = at.parent_path())
      (void)fs->set_mtime(path(at.string()), ++time * 1'000'000'000);
  }

  host::ToolReport detect(const host::DetectRequest& request) { return detect_all({request}).front(); }
  std::vector<host::ToolReport> detect_all(const std::vector<host::DetectRequest>& requests) {
    host::Detector detector(*fs, *processes, env, {cache, explain, cancel, trust_scripts});
    auto reports = detector.detect(requests);
    REQUIRE(reports);
    cost = detector.cost();
    return *std::move(reports);
  }

  std::unique_ptr<Filesystem> fs = make_disk();
  std::unique_ptr<ProcessRunner> processes = make_process_runner();
  Environment env;
  Path cache;  // none
  bool explain = false;
  bool trust_scripts = false;
  const Cancellation* cancel = nullptr;
  host::DetectionCost cost;

  void keep_cache() { cache = path("cache/detect.json"); }

 private:
  std::optional<TemporaryFolder> folder_;
};

inline const std::string kGccAnswer =
    "gcc (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright (C) 2022 Free Software Foundation, Inc.";

inline const std::string kGcc = R"json({
  "programs": ["gcc", "gcc-[0-9]*"],
  "ask": {"arguments": [["--version"]]},
  "is": [{"pattern": "Free Software Foundation", "reason": "not a GNU compiler"}],
  "is_not": [{"pattern": "clang", "reason": "really clang"}],
  "version": [{"pattern": "^[^ ]+ \\(.*\\) ([0-9][^ ,]*)"}],
  "companions": {"cxx": ["${dir}/g++${suffix}"]},
  "provides": {"c-compiler": "${version}", "c++-compiler": {"version": "${version}", "needs": ["cxx"]}},
  "exports": {"env": {"CC": "${path}", "CXX": "${cxx}"}}
})json";

inline const std::string kSimple = R"json({
  "programs": ["tool"],
  "ask": {"arguments": [["--version"]], "timeout": "10s"},
  "version": [{"pattern": "version ([0-9][^ ]*)"}]
})json";

}  // namespace reef::test
