#pragma once

#include <catch2/catch.hpp>

#include "core/registry/build_registry.h"
#include "core/registry/published_registry.h"
#include "core/remote/http_place.h"
#include "tests/support/http_server.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef::test {

// A clock that tests set.
class SetClock : public Clock {
 public:
  SystemTime now() override { return time; }
  MonotonicTime monotonic() override { return real_->monotonic(); }
  void sleep_for(std::chrono::nanoseconds /*duration*/) override {}
  SystemTime time{std::chrono::seconds(1'800'000'000)};

 private:
  std::unique_ptr<Clock> real_ = make_system_clock();
};

// Answers for one path in place of the file.
using Answer = std::function<void(const Incoming&, Connection&)>;

// A folder of two packages as a registry on a web site, and a cache for those who read it.
class SiteBench {
 public:
  SiteBench()
      : server_([this](const Incoming& request, Connection& connection) { serve(request, connection); }) {
    package("ink", "1.0.0");
    package("pen", "2.0.0", R"(, "dependencies": {"ink": {"package": "ink", "version": "^1"}})");
    build();
  }

  void package(const std::string& name, const std::string& version, const std::string& more = "") {
    const Path folder = fmt::format("packages/{}-{}", name, version);
    scratch.write(folder / "reef.json",
                  fmt::format(R"({{"reef": 1, "name": "{}", "version": "{}", "kind": "library"{}}})", name,
                              version, more));
    scratch.write(folder / "data/text", name + " " + version);
    scratch.write(folder / "data/run.sh", "#!/bin/sh\n", 0755);
  }
  RegistryBuilt build() {
    return value(build_registry(scratch.disk(), packages(), {{}, false, nullptr, {}, true}));
  }
  Path packages() const { return scratch / "packages"; }
  Path cache() const { return scratch / "cache"; }
  std::string url() const { return server_.url("/r"); }

  remote::Access access(Filesystem& fs) {
    remote::Access out{fs, *processes_, *client_, clock, cancel_, {}};
    out.settings.cache = cache();
    out.settings.first_delay = std::chrono::milliseconds(1);
    out.settings.longest_delay = std::chrono::milliseconds(5);
    out.settings.retries = 2;
    out.settings.offline = offline;
    return out;
  }
  std::unique_ptr<remote::HttpPlace> place(Filesystem& fs) {
    return std::make_unique<remote::HttpPlace>(access(fs), remote::Site{"lab", url(), {}, "", guard},
                                               cache() / "registries");
  }
  Result<std::unique_ptr<Registry>> open(Filesystem& fs) {
    return open_published_registry(fs, place(fs), cache() / "registries");
  }
  std::unique_ptr<Registry> open() { return value(open(scratch.disk())); }
  std::string open_error() {
    const auto registry = open(scratch.disk());
    return registry ? "opened" : render(registry.error());
  }

  // "GET path" of all requests since the last call, without "/r".
  std::vector<std::string> requests() {
    std::vector<std::string> out;
    const std::vector<Incoming> all = server_.requests();
    for (; seen_ < all.size(); ++seen_) out.push_back(all[seen_].target.substr(2));
    return out;
  }

  ScratchFolder scratch;
  SetClock clock;
  bool offline = false;
  std::shared_ptr<RootGuard> guard;
  std::map<std::string, Answer> answers;  // by path; changed between requests only

 private:
  void serve(const Incoming& request, Connection& connection) {
    const std::string path = request.target.substr(2);
    if (const auto special = answers.find(path); special != answers.end())
      return special->second(request, connection);
    const Result<std::string> text = scratch.disk().read_file(packages() / path.substr(1));
    if (!text) return connection.respond(404, "no");
    const std::string etag = "\"" + sha256(*text).brief() + "\"";
    if (request.header("if-none-match") == etag) return connection.respond(304, "", {"ETag: " + etag});
    connection.respond(200, *text, {"ETag: " + etag});
  }

  std::unique_ptr<ProcessRunner> processes_ = make_process_runner();
  std::unique_ptr<HttpClient> client_ = make_http_client({});
  Cancellation cancel_;
  std::size_t seen_ = 0;
  HttpServer server_;
};

inline Version parsed(std::string_view text) { return Version::parse(text).value(); }

}  // namespace reef::test
