#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/model/manifest.h"
#include "core/os/cancel.h"
#include "core/os/clock.h"
#include "core/os/filesystem.h"
#include "core/os/http.h"
#include "core/os/process.h"

// Sources of packages -> verified bytes on this machine.
namespace reef::fetch {

// Told what is transferred; from any thread, several at once. `id` is the index of the request. Sources that
// are in the cache or in the package folder are not reported.
struct Progress {
  virtual ~Progress() = default;
  // label: short and safe to show ("model.onnx", "onnxruntime-node@1.17.0"). total is unknown for git and
  // npm.
  virtual void started(std::size_t id, const std::string& label, std::optional<std::uint64_t> total) = 0;
  // `bytes` more; bytes kept from an interrupted transfer are reported at once. A transfer that starts again
  // reports more than the total.
  virtual void advanced(std::size_t id, std::uint64_t bytes) = 0;
  virtual void finished(std::size_t id, bool ok) = 0;
  // Before a server is asked again that wants to be left alone for so long, or gave no good answer.
  virtual void waits(std::chrono::milliseconds /*wait*/) {}
};

struct Request {
  const Source* source = nullptr;
  Path package_folder;     // where `path` sources live
  std::string label = {};  // what people call it; empty: after the source
  // url without a declared size: more bytes are not taken.
  std::uint64_t limit = UINT64_MAX;
  // url: sent to its origin only, neither to mirrors nor where it redirects to. Never shown.
  std::vector<std::pair<std::string, std::string>> headers = {};
  LeftOut left_out = {};  // what in the package folder is no part of the package
  // git: links that lead out of the tree are for whoever unpacks it to judge.
  bool any_links = false;
};

struct Fetched {
  // An entry of the cache (git: a tar of the tree; npm: the tarball), or the package folder's file or folder.
  Path path;
  // Of the file; of the tree (`digest_tree`) for git and for folders.
  Digest digest;
  bool is_tree = false;
  std::uint64_t bytes = 0;         // size of the file, or of all files of a folder
  bool from_cache = false;         // nothing was transferred
  LeftOut left_out;                // what in a folder of the package is not meant
  std::vector<std::string> notes;  // for people: submodules and files of Git LFS, which were left out
};

// A file or folder of the package, as fetch_all has it.
Result<Fetched> find_path(const Request& request, Filesystem& fs);

struct Settings {
  Path cache;  // <home>/cache; created when missing
  bool offline = false;
  unsigned parallel = 4;
  // After a passing failure (5xx, 429, time-outs, broken connections) everything is tried this many times
  // more.
  int retries = 4;
  std::chrono::milliseconds first_delay{500};       // doubles each time, with jitter
  std::chrono::milliseconds longest_delay{30'000};  // also the most that a server's Retry-After gets at once
  // Who asks for more than all retries would wait is not asked again.
  bool is_too_long(std::chrono::milliseconds wait) const { return wait > retries * longest_delay; }
  std::chrono::milliseconds connect_timeout{15'000};
  std::chrono::milliseconds stall_timeout{30'000};  // also for the first byte; who is silent is asked twice
  std::uint64_t lowest_speed = 16;                  // bytes a second, averaged over stall_timeout
  // Cached files up to this size are read again and compared with their digest on every use; larger ones by
  // their size and time of change only, unless verify_all.
  std::uint64_t always_verified = std::uint64_t{4} << 20U;
  bool verify_all = false;
  std::string login_hint = {};  // what to do when a server wants a login; empty: the usual advice
  // git over http and https: the Authorization header, for the repository's own address only. Never shown.
  std::string git_login = {};
  Environment
      env;  // of the user: git and npm see PATH, HOME (npm), proxies, certificates, npm's configuration
};

// Fetches every source; the result has the order of the requests. Nothing that did not pass its check is kept
// or returned, and what is in the cache is not fetched again: a file that several requests or several
// processes want at the same time is transferred once.
//
//   path   a file or folder, below the package folder also when every symlink is followed
//   url    http, https or file; SHA-256, and size when declared; mirrors are tried in order
//   git    a commit, through the host's git, shallow where the server allows it, without the user's
//          configuration and without ever asking a question; neither submodules nor pointers of Git LFS are
//          followed
//   npm    a package, through the host's npm with the user's configuration and registry; the declared
//          integrity is checked by us. npm is not started when the tarball is in the cache
//
// The first failure ends the other transfers; what they had is kept and continued next time. Errors:
//   integrity      wrong digest or size; a web page where a file was expected
//   not_found      404, no such file, package, version or commit; git or npm is not installed
//   network        host unknown, no connection, certificate, truncated, refused; offline and not cached (one
//                  error names everything that is missing)
//   invalid_input  a path outside the package folder, a URL of another scheme, a malformed integrity
// Messages never hold the credentials of a URL.
Result<std::vector<Fetched>> fetch_all(std::span<const Request> requests, const Settings& settings,
                                       Filesystem& fs, ProcessRunner& runner, HttpClient& client,
                                       Clock& clock, Progress& progress, const Cancellation& cancel);

// A small text whose digest nobody knows beforehand. What is there of it already is not sent again.
struct TextRequest {
  std::string url;                                                // http or https
  std::vector<std::pair<std::string, std::string>> headers = {};  // as in Request
  std::string etag = {};                                          // of the copy that is there, as it was sent
  std::string last_modified = {};
  std::uint64_t limit = 0;  // bytes; more is invalid_input
};
struct Text {
  bool unchanged = false;  // since the copy that has the given ETag or time; `text` is empty
  std::string text;
  std::string etag;  // both are empty where they might not tell two contents of one moment apart
  std::string last_modified;
};
// Tried as often as sources are. Errors as in fetch_all; `network` when offline.
Result<Text> fetch_text(const TextRequest& request, const Settings& settings, Filesystem& fs,
                        ProcessRunner& runner, HttpClient& client, Clock& clock, Progress& progress,
                        const Cancellation& cancel);

// The commit that a branch, a tag or HEAD (an empty `ref`) of a git repository means now; 40 hexadecimal
// digits mean themselves, and are not looked for. Through the host's git, as git sources are; not_found
// without such a ref. `network` when offline.
Result<std::string> find_commit(const std::string& url, const std::string& ref, const Settings& settings,
                                Filesystem& fs, ProcessRunner& runner, HttpClient& client, Clock& clock,
                                const Cancellation& cancel);

// A progress that tells nobody.
Progress& silent_progress();

// Lays all sources of a package out in the folder `target`, which must not exist: what a build sees. The
// folder appears whole or not at all. fetched[i] is the result for sources[i].
//
//   path   keeps its place: `src/a.cpp` stays `src/a.cpp`; with `to`, its last name lands there: `to/a.cpp`;
//          `.` is the whole package folder without `.git` and `.reef`
//   url    the last name of the URL below `to`
//   git    the tree in `to`
//   npm    always unpacked, without its leading `package/`
//   unpack the archive's contents in `to`, `strip` leading components dropped
// Two sources that bring the same file are invalid_input, as is a `to` that leaves the target.
// Notes about the tree (names that differ only in case) are returned.
Result<std::vector<std::string>> lay_out(std::span<const Source> sources, std::span<const Fetched> fetched,
                                         const Path& target, Filesystem& fs,
                                         const Cancellation* cancel = nullptr);

}  // namespace reef::fetch
