#include <catch2/catch.hpp>

#include "tests/unit/fetch/bench.h"

using namespace reef;
using namespace reef::test;

namespace {

std::string varied(std::size_t size) {
  std::string out;
  for (unsigned state = 7; out.size() < size; state = state * 1664525U + 1013904223U)
    out.push_back(static_cast<char>(state >> 24U));
  return out;
}

const std::string kLongBody = varied(3'000'000);

// Sends the head and half of the body of the first `cuts` answers, then behaves.
struct Cutting {
  int cuts = 1;
  std::string etag = "\"v1\"";
  std::string later_etag = "\"v1\"";
  std::string first_body = kLongBody;
  std::atomic<int> answers{0};

  void operator()(const Incoming& request, Connection& connection) {
    const int answer = answers++;
    if (answer >= cuts) return serve_file(request, connection, kLongBody, later_etag);
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\nETag: " + etag + "\r\n\r\n");
    connection.write(first_body.substr(0, 1'500'000));
    connection.close();
  }
};

}  // namespace

TEST_CASE("an interrupted transfer goes on where it stopped, in the same run and in the next") {
  const bool same_run = GENERATE(true, false);
  Bench bench;
  Cutting cutting;
  const HttpServer server([&](const Incoming& r, Connection& c) { cutting(r, c); });
  const Source source = url_source(server.url("/f"), kLongBody, true);
  if (!same_run) {
    bench.settings.retries = 0;
    CHECK(bench.error_of(source).find("it ended after 1500000 of 3000000 bytes") != std::string::npos);
    CHECK(bench.cached().size() == 1);
  }
  const auto fetched = bench.fetch(source);
  REQUIRE(fetched);
  CHECK(bench.read(fetched->path) == kLongBody);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[1].header("range") == "bytes=1500000-");
  CHECK(requests[1].header("if-range") == "\"v1\"");
  CHECK(bench.cached().size() == 1);  // the part is gone
}

TEST_CASE("a file that changed meanwhile is fetched from the beginning") {
  Bench bench;
  Cutting cutting;
  SECTION("the server says so") { cutting.later_etag = "\"v2\""; }
  SECTION("the server says nothing: the digest shows it") {
    cutting.etag = "W/\"weak\"";
    cutting.first_body = varied(10) + kLongBody;
  }
  const HttpServer server([&](const Incoming& r, Connection& c) { cutting(r, c); });
  const auto fetched = bench.fetch(url_source(server.url("/f"), kLongBody));
  REQUIRE(fetched);
  CHECK(bench.read(fetched->path) == kLongBody);
}

TEST_CASE("a server without ranges starts again, and one with wrong ranges is asked for all") {
  Bench bench;
  std::atomic<int> answers{0};
  std::string wrong_range;
  const HttpServer server([&](const Incoming& r, Connection& c) {
    if (answers++ == 0) {
      c.write("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + kLongBody.substr(0, 2'000'000));
      return c.close();
    }
    if (r.header("range").empty() || wrong_range.empty()) return c.respond(200, kLongBody);
    c.respond(206, kLongBody.substr(0, 1'000'000), {"Content-Range: " + wrong_range});
  });
  SECTION("none") {}
  SECTION("another beginning") { wrong_range = "bytes 0-999999/3000000"; }
  SECTION("another size") { wrong_range = "bytes 2000000-2999999/4000000"; }
  SECTION("nonsense") { wrong_range = "lines 1-2"; }
  const auto fetched = bench.fetch(url_source(server.url("/f"), kLongBody, true));
  REQUIRE(fetched);
  CHECK(bench.read(fetched->path) == kLongBody);
}

TEST_CASE("a part of an answer that nobody asked for is refused") {
  Bench bench;
  const HttpServer server(
      [](const Incoming&, Connection& c) { c.respond(206, "part", {"Content-Range: bytes 4-7/8"}); });
  CHECK(bench.error_of(url_source(server.url("/f"), "partpart")) ==
        "error: cannot fetch `" + server.url("/f") +
            "`: the server answered with the wrong range\n  while fetching `f`\n");
  CHECK(bench.cached().empty());
}

TEST_CASE("whatever an earlier run left as a part, the right file comes out") {
  Bench bench;
  const HttpServer server([](const Incoming& r, Connection& c) { serve_file(r, c, kLongBody, "\"e\""); });
  const std::string hex = sha256(kLongBody).hex();
  const Path part = bench.settings.cache / "downloads/sha256" / hex.substr(0, 2) / (hex + ".part");
  const bool with_size = GENERATE(true, false);
  SECTION("all of it") { bench.write(part, kLongBody); }
  SECTION("more than all") { bench.write(part, kLongBody + "more"); }
  SECTION("as much, but wrong") { bench.write(part, std::string(kLongBody.size(), '?')); }
  SECTION("a wrong beginning") { bench.write(part, "wrong"); }
  SECTION("nothing") { bench.write(part, ""); }
  bench.write(part.string() + ".json", "{\"format\":1,\"url\":7}");
  const auto fetched = bench.fetch(url_source(server.url("/f"), kLongBody, with_size));
  REQUIRE(fetched);
  CHECK(bench.read(fetched->path) == kLongBody);
  CHECK(bench.cached().size() == 1);
}

TEST_CASE("a line that breaks again and again is no failure while it gets on") {
  Bench bench;
  bench.settings.retries = 1;
  const std::string body = varied(8'000'000);
  const HttpServer server([&](const Incoming& r, Connection& c) {
    const std::size_t from = r.header("range").empty() ? 0 : std::stoul(r.header("range").substr(6));
    c.write("HTTP/1.1 " + std::string(from == 0 ? "200" : "206") +
            " OK\r\nContent-Length: " + std::to_string(body.size() - from) + "\r\nContent-Range: bytes " +
            std::to_string(from) + "-7999999/8000000\r\n\r\n" + body.substr(from, 1'200'000));
    if (from + 1'200'000 < body.size()) c.close();
  });
  const auto fetched = bench.fetch(url_source(server.url("/f"), body));
  REQUIRE(fetched);
  CHECK(sha256(bench.read(fetched->path)) == sha256(body));
  CHECK(server.requests().size() == 7);
}
