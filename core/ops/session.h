#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "core/host/detector.h"
#include "core/model/platform.h"
#include "core/ops/home.h"
#include "core/ops/wait_notes.h"
#include "core/os/cancel.h"
#include "core/os/clock.h"
#include "core/os/live_folder.h"
#include "core/registry/registry.h"
#include "core/remote/access.h"
#include "core/store/store.h"

namespace reef::ops {

// The parts of the machine that verbs work with.
struct Machine {
  Filesystem& fs;
  ProcessRunner& processes;
  Clock& clock;
  const Environment& env;
  const Cancellation& cancel;
};

// A package that is being written: the folder with its manifest.
struct Project {
  Path folder;
  Path manifest_path;
  std::shared_ptr<const Manifest> manifest;
  Digest manifest_digest;  // of the file's bytes, as they were read
};

// Reads the manifest of `folder`; messages show it as the user would name it from `cwd`.
Result<Project> read_project(Filesystem& fs, const Path& folder, const Path& cwd);
// The nearest folder at or above `cwd` that has a manifest.
Result<std::optional<Project>> find_project(Filesystem& fs, const Path& cwd);

// What one command knows: the home, the catalogue and the tools of this host, each looked at when first asked
// for, and once. One thread.
class Session {
 public:
  // note: told of registries that are waited for or could not be asked, and what is used instead; by whatever
  // thread.
  static Result<std::unique_ptr<Session>> open(const Machine& machine, bool offline,
                                               std::function<void(const std::string&)> note = nullptr);
  // The same with another home, and with packages from these folders only.
  static Result<std::unique_ptr<Session>> open_in(const Machine& machine, Home home, std::vector<Path> roots,
                                                  bool offline);

  const Machine& machine() const { return machine_; }
  const Home& home() const { return home_; }
  const Path& cwd() const { return cwd_; }
  bool offline() const { return offline_; }
  // For the searches of a closure, all of a command together; without it 20 s, and a number of steps each
  // that seldom takes as long.
  void set_resolve_timeout(std::optional<std::chrono::milliseconds> time) { resolve_timeout_ = time; }
  const std::optional<std::chrono::milliseconds>& resolve_timeout() const { return resolve_timeout_; }
  std::chrono::milliseconds search_time() const {
    return resolve_timeout_.value_or(std::chrono::seconds(20));
  }
  std::chrono::nanoseconds search_time_left() const { return search_time() - searched_; }
  void count_search(std::chrono::nanoseconds took) { searched_ += took; }
  // For who asks for one closure after the other, as many as it likes.
  void begin_searches() { searched_ = {}; }
  Registry& registry() { return *registry_; }
  // While it lives, what is fetched from registries is told to this one, besides to nobody.
  class Watching {
   public:
    Watching(Session& session, fetch::Progress& progress) : session_(session) {
      session_.transfers_->listener = &progress;
    }
    ~Watching() { session_.transfers_->listener = &fetch::silent_progress(); }
    Watching(const Watching&) = delete;
    Watching& operator=(const Watching&) = delete;

   private:
    Session& session_;
  };
  // os, arch, libc, accelerators: what conditions ask for.
  const Platform& platform() const { return platform_; }

  // The versions of a tool that this host has, best first. Errors are those of the tool's manifest.
  Result<std::vector<FoundTool>> tools(const std::string& name);
  // Programs that might have been the tool and are not, when there is no good one.
  Result<std::vector<host::Attempt>> refused(const std::string& name);
  // Of every tool that was looked for: what might be it and gave no answer this time.
  const std::map<std::string, std::vector<host::Attempt>>& unanswered() const { return unanswered_; }
  // Looks for several tools at once, so that their probes run in parallel; `tools` then answers from memory.
  Status detect(const std::vector<std::string>& names);
  // `tools` has this one from now on, after what this host has: for closures whose builds are there already.
  Status assume(FoundTool tool);
  // Reports with every attempt; nothing is taken from the cache when `explain`. trust_scripts: as that of the
  // detector.
  Result<std::vector<host::ToolReport>> reports(const std::vector<std::string>& names, bool explain,
                                                bool trust_scripts = false);
  // Names of the tool packages in the catalogue.
  std::vector<std::string> tool_names();

  // Prefixes that stay in the store until this session ends (see ops::hold).
  void hold(store::Use use) { uses_.push_back(std::move(use)); }
  // Descriptors for ProcessSpec::inherited: what outlives us keeps them too.
  std::vector<int> held() const;
  // A folder of its own below <home>/tmp, after sweeping those that killed processes left there.
  Result<LiveFolder> scratch_folder(std::string_view prefix) const;

 private:
  // Hands on to whoever listens now.
  struct Transfers : fetch::Progress {
    Transfers(Clock& clock, std::function<void(const std::string&)> note) : notes(clock, std::move(note)) {}
    WaitNotes notes;
    fetch::Progress* listener = &fetch::silent_progress();
    void started(std::size_t id, const std::string& label, std::optional<std::uint64_t> total) override {
      listener->started(id, label, total);
    }
    void advanced(std::size_t id, std::uint64_t bytes) override { listener->advanced(id, bytes); }
    void finished(std::size_t id, bool ok) override { listener->finished(id, ok); }
    void waits(std::chrono::milliseconds wait) override { notes.waits(wait); }
  };

  Session(const Machine& machine, Home home, Path cwd, bool offline);
  Result<host::DetectRequest> request(const std::string& name);

  Machine machine_;
  Home home_;
  Path cwd_;
  bool offline_;
  std::optional<std::chrono::milliseconds> resolve_timeout_;
  std::chrono::nanoseconds searched_{};
  std::unique_ptr<Transfers> transfers_;
  std::unique_ptr<HttpClient> client_;
  std::unique_ptr<Registry> registry_;
  Platform platform_;
  std::map<std::string, std::vector<FoundTool>> found_;
  std::map<std::string, std::vector<host::Attempt>> refused_;  // of tools that were not found
  std::map<std::string, std::vector<host::Attempt>> unanswered_;
  std::vector<store::Use> uses_;
};

}  // namespace reef::ops
