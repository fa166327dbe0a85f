#include <catch2/catch.hpp>
#include <thread>

#include "core/base/text.h"
#include "tests/unit/fetch/bench.h"

using namespace reef;
using namespace reef::test;
using std::chrono::milliseconds;

namespace {
const std::string kBody(300'000, 'b');
}

TEST_CASE("a file is fetched once, kept under its digest, and found offline") {
  Bench bench;
  const HttpServer server([](const Incoming& r, Connection& c) { serve_file(r, c, kBody); });
  const Source source = url_source(server.url("/dir/model.onnx"), kBody, true);
  const auto first = bench.fetch(source);
  REQUIRE(first);
  CHECK(bench.read(first->path) == kBody);
  CHECK(first->digest == sha256(kBody));
  CHECK(first->bytes == kBody.size());
  CHECK_FALSE(first->from_cache);
  CHECK_FALSE(first->is_tree);
  CHECK(bench.progress.events == std::vector<std::string>{"0 started model.onnx 300000", "0 finished"});
  CHECK(bench.progress.bytes == kBody.size());
  const std::string hex = sha256(kBody).hex();
  CHECK(bench.cached() == std::vector<std::string>{"sha256/" + hex.substr(0, 2) + "/" + hex});

  bench.settings.offline = true;
  const auto second = bench.fetch(source);
  REQUIRE(second);
  CHECK(second->from_cache);
  CHECK(second->path == first->path);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a damaged entry of the cache is fetched again") {
  Bench bench;
  const HttpServer server([](const Incoming& r, Connection& c) { serve_file(r, c, kBody); });
  const Source source = url_source(server.url("/f"), kBody);
  const Path entry = bench.fetch(source).value().path;
  std::string flipped = kBody;
  flipped[1000] = 'X';
  const auto damage = [&](const std::string& bytes) {
    (void)bench.fs->set_mode(entry, 0644);
    (void)bench.fs->write_file(entry, bytes);
  };
  SECTION("one bit, in a small file") { damage(flipped); }
  SECTION("cut, in a file that is large") {
    bench.settings.always_verified = 1000;
    REQUIRE(bench.fetch(source));  // remembers its size and time
    damage(kBody.substr(0, 100));
  }
  SECTION("one bit, in a file that is large, behind our back") {
    bench.settings.always_verified = 1000;
    REQUIRE(bench.fetch(source));
    const auto before = bench.fs->stat(entry).value();
    damage(flipped);
    REQUIRE(bench.fs->set_mtime(entry, before.mtime_ns));
    CHECK(bench.fetch(source)->from_cache);  // not seen...
    bench.settings.verify_all = true;        // ... but when asked to look
  }
  const auto fetched = bench.fetch(source);
  REQUIRE(fetched);
  CHECK_FALSE(fetched->from_cache);
  CHECK(bench.read(fetched->path) == kBody);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("many threads and many requests for the same file transfer it once") {
  Bench bench;
  const HttpServer server([](const Incoming& r, Connection& c) {
    c.pause(milliseconds(50));
    serve_file(r, c, kBody);
  });
  const Source source = url_source(server.url("/f"), kBody);
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] {
        const std::vector<fetch::Request> requests(2, {&source, bench.package()});
        const auto fetched =
            fetch::fetch_all(requests, bench.settings, *bench.fs, *bench.runner, *bench.client, *bench.clock,
                             fetch::silent_progress(), bench.cancel);
        if (fetched && bench.read(fetched->at(0).path) == kBody && fetched->at(1).digest == sha256(kBody))
          ++good;
      });
  }
  CHECK(good == 8);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("mirrors are tried in order, before any waiting") {
  Bench bench;
  bench.settings.first_delay = std::chrono::minutes(1);
  bench.settings.longest_delay = std::chrono::minutes(1);
  const HttpServer server([](const Incoming& r, Connection& c) {
    if (r.target == "/broken") return c.respond(503, "");
    if (r.target == "/gone") return c.respond(404, "");
    serve_file(r, c, r.target == "/wrong" ? "something else" : kBody);
  });
  Source source = url_source(server.url("/broken"), kBody);
  source.mirrors = {server.url("/gone"), server.url("/wrong"), server.url("/good")};
  REQUIRE(bench.fetch(source));
  std::vector<std::string> targets;
  for (const Incoming& request : server.requests()) targets.push_back(request.target);
  CHECK(targets == std::vector<std::string>{"/broken", "/gone", "/wrong", "/good"});

  source.mirrors = {server.url("/gone")};
  source.location = server.url("/wrong");
  source.sha256 = sha256("third");
  CHECK(bench.error_of(source) ==
        "error: `" + server.url("/wrong") + "` has the wrong digest: expected " + sha256("third").hex() +
            ", got " + sha256("something else").hex() + "\n  while trying the mirrors, too: there is no `" +
            server.url("/gone") + "`: the server answered 404 Not Found\n  while fetching `wrong`\n" +
            "hint: the file was changed at its origin, or on the way here; nothing of it was kept\n");
}

TEST_CASE("a busy server is asked again, and Retry-After is honoured but capped") {
  Bench bench;
  std::atomic<int> asked{0};
  std::string wait = "0";
  const HttpServer server([&](const Incoming& r, Connection& c) {
    if (asked++ < 2) return c.respond(asked == 1 ? 429 : 503, "busy", {"Retry-After: " + wait});
    serve_file(r, c, kBody);
  });
  const auto start = std::chrono::steady_clock::now();
  SECTION("no wait") {
    REQUIRE(bench.fetch(url_source(server.url("/f"), kBody)));
    CHECK(asked == 3);
  }
  SECTION("a second becomes our longest delay, and more failures than retries are told") {
    wait = "1";
    bench.settings.retries = 1;
    bench.settings.longest_delay = std::chrono::seconds(1);
    CHECK(bench.error_of(url_source(server.url("/f"), kBody)) ==
          "error: cannot fetch `" + server.url("/f") +
              "`: the server answered 503 Service Unavailable\n  while fetching `f`\n");
    const auto took = std::chrono::steady_clock::now() - start;
    CHECK(took >= milliseconds(500));
    CHECK(took < std::chrono::seconds(60));
  }
  SECTION("who asks for more than we would ever wait is told at once") {
    wait = "86400";
    CHECK(bench.error_of(url_source(server.url("/f"), kBody)) ==
          "error: cannot fetch `" + server.url("/f") +
              "`: the server answered 429 Too Many Requests\n  while fetching `f`\n"
              "hint: too many requests: wait a while and run the same again\n"
              "hint: the server asks to be asked again in 24 h 0 min\n");
    CHECK(asked == 1);
  }
}

TEST_CASE("file URLs are copied into the cache, and work offline") {
  Bench bench;
  bench.settings.offline = true;
  bench.write(bench.root / "a file ü.bin", kBody);
  std::string url = "file://" + (bench.root / "a file ü.bin").string();
  for (std::size_t at = url.find(' '); at != std::string::npos; at = url.find(' ')) url.replace(at, 1, "%20");
  Source source = url_source("https://host.invalid/f", kBody);
  source.mirrors = {url};
  const auto fetched = bench.fetch(source);
  REQUIRE(fetched);
  CHECK(bench.read(fetched->path) == kBody);
  CHECK(bench.error_of(url_source("file:///no/such/file", "x")) ==
        "error: cannot find `/no/such/file`: No such file or directory\n  while fetching `file`\n");
  CHECK(bench.error_of(url_source("file://elsewhere/f", "x")) ==
        "error: `file://elsewhere/f` names a file of another machine\n  while fetching `f`\n");
}

TEST_CASE("the first failure ends the other transfers") {
  Bench bench;
  const HttpServer server([](const Incoming& r, Connection& c) {
    if (r.target == "/gone") return c.respond(404, "");
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (c.write("slow ")) c.pause(milliseconds(5));
  });
  const auto start = std::chrono::steady_clock::now();
  const auto fetched =
      bench.fetch_all({url_source(server.url("/slow"), kBody), url_source(server.url("/gone"), "x")});
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(19));
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().code() == ErrorCode::not_found);
  CHECK(fetched.error().message() ==
        "there is no `" + server.url("/gone") + "`: the server answered 404 Not Found");
}
