#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "tests/unit/fetch/bench.h"

using namespace reef;
using namespace reef::test;
using std::chrono::milliseconds;

namespace {

const std::string kChanged =
    "hint: the file was changed at its origin, or on the way here; nothing of it was kept\n";

}  // namespace

TEST_CASE("a wrong digest is told, and nothing is kept") {
  Bench bench;
  const HttpServer server([](const Incoming& r, Connection& c) { serve_file(r, c, "wrong"); });
  CHECK(bench.error_of(url_source(server.url("/f.bin"), "right")) ==
        "error: `" + server.url("/f.bin") + "` has the wrong digest: expected " + sha256("right").hex() +
            ", got " + sha256("wrong").hex() + "\n  while fetching `f.bin`\n" + kChanged);
  CHECK(bench.cached().empty());
  CHECK(server.requests().size() == 1);
  CHECK(bench.progress.events.back() == "0 failed");
}

TEST_CASE("a wrong size is told without fetching the rest") {
  Bench bench;
  std::atomic<std::size_t> sent{0};
  const HttpServer server([&](const Incoming& r, Connection& c) {
    if (r.target == "/announced") return c.respond(200, "123456");
    c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 1000 && c.write("5\r\n12345\r\n"); ++i) c.pause(milliseconds(5)), sent += 5;
  });
  const std::string size = " has the wrong size: expected 5 bytes, got ";
  CHECK(bench.error_of(url_source(server.url("/announced"), "12345", true)) ==
        "error: `" + server.url("/announced") + "`" + size + "6\n  while fetching `announced`\n" + kChanged);
  CHECK(bench.error_of(url_source(server.url("/endless"), "12345", true)) ==
        "error: `" + server.url("/endless") + "`" + size + "10\n  while fetching `endless`\n" + kChanged);
  CHECK(sent < 1000);
  CHECK(bench.cached().empty());
}

TEST_CASE("a login page is not taken for a file") {
  Bench bench;
  const bool with_size = GENERATE(false, true);
  const std::string page =
      "<!DOCTYPE html>\n<html><head><title>\n  Sign in \x1b to\n Example</title></head></html>";
  const HttpServer server([&](const Incoming& r, Connection& c) {
    if (r.target == "/f.tar.gz") return c.respond(302, "", {"Location: /login?token=secret"});
    c.respond(200, page, {"Content-Type: text/html; charset=utf-8"});
  });
  CHECK(bench.error_of(url_source(server.url("/f.tar.gz"), "file", with_size)) ==
        "error: `" + server.url("/f.tar.gz") +
            "` gave a web page, \"Sign in \\x1b to Example\", instead of the file (redirected to `" +
            server.url("/login") +
            "`)\n  while fetching `f.tar.gz`\n"
            "hint: it may want a login or a click first: open it in a browser, then use the address of the "
            "file "
            "itself\n");
  CHECK(bench.cached().empty());
  // A web page that was asked for is a file like any other.
  Bench other;
  CHECK(other.error_of(url_source(server.url("/page.html"), page, with_size)) == "fetched");
}

TEST_CASE("answers that will not change are not asked for again") {
  Bench bench;
  int status = 0;
  const HttpServer server([&](const Incoming&, Connection& c) { c.respond(status, "<html>no</html>"); });
  const Source source = url_source(server.url("/f"), "x");
  status = 404;
  CHECK(bench.error_of(source) == "error: there is no `" + server.url("/f") +
                                      "`: the server answered 404 Not Found\n  while fetching `f`\n");
  status = 401;
  CHECK(bench.error_of(source) ==
        "error: cannot fetch `" + server.url("/f") +
            "`: the server answered 401 Unauthorized\n  while fetching `f`\n"
            "hint: it may want a login: fetch it by other means and name it as a `path`\n");
  status = 418;
  CHECK(bench.error_of(source) ==
        "error: cannot fetch `" + server.url("/f") + "`: the server answered 418\n  while fetching `f`\n");
  CHECK(server.requests().size() == 3);
}

TEST_CASE("a long page about an error is told by its status as a short one is") {
  Bench bench;
  int status = 0;
  const std::string page = "<html>" + std::string(40'000, 'x') + "</html>";
  const HttpServer server([&](const Incoming&, Connection& c) { c.respond(status, page); });
  const Source source = url_source(server.url("/f"), "x");
  const std::string gone = "error: there is no `" + server.url("/f") +
                           "`: the server answered 404 Not Found\n  while fetching `f`\n";
  status = 404;
  CHECK(bench.error_of(source) == gone);
  CHECK(server.requests().size() == 1);
  status = 503;
  CHECK(bench.error_of(source).find("the server answered 503") != std::string::npos);
  CHECK(server.requests().size() > 2);  // it may pass
}

TEST_CASE("credentials of a URL are sent, and never shown") {
  Bench bench;
  const HttpServer server([](const Incoming&, Connection& c) { c.respond(403, ""); });
  const std::string bare = server.url("/f");
  const std::string url = "http://me:hunter2@" + bare.substr(7);
  const std::string error = bench.error_of(url_source(url, "x"));
  CHECK(error.find("hunter2") == std::string::npos);
  CHECK(error.starts_with("error: cannot fetch `" + bare + "`: the server answered 403 Forbidden\n"));
  CHECK(server.requests().at(0).header("authorization") == "Basic bWU6aHVudGVyMg==");
  const std::string refused = bench.error_of(url_source("http://me:hunter2@127.0.0.1:1/", "x"));
  CHECK(refused.find("hunter2") == std::string::npos);
}

TEST_CASE("a host that does not exist and a port where nobody listens are told apart") {
  Bench bench;
  CHECK(bench.error_of(url_source("http://no-such-host.invalid/f", "x")) ==
        "error: cannot fetch `http://no-such-host.invalid/f`: cannot find the host `no-such-host.invalid`\n"
        "  while fetching `f`\nhint: check the name and the network; a proxy is taken from `https_proxy`\n");
  CHECK(
      bench.error_of(url_source("http://127.0.0.1:1/f", "x")) ==
      "error: cannot fetch `http://127.0.0.1:1/f`: cannot connect to `127.0.0.1:1`\n  while fetching `f`\n");
}

TEST_CASE("a certificate that nobody vouches for is refused, and taken when the environment names it") {
  Bench bench;
  HttpsServer server("secret file", "");
  const std::string error = bench.error_of(url_source(server.url("/f"), "secret file"));
  CHECK(error.find("cannot trust `127.0.0.1:") != std::string::npos);
  CHECK(error.find("certificate") != std::string::npos);
  CHECK(error.ends_with("hint: if you trust that authority, name its certificate in `SSL_CERT_FILE`\n"));
  CHECK(bench.cached().empty());
  bench.write(bench.root / "ca.pem", server.certificate());
  const std::string pem = (bench.root / "ca.pem").string();
  // The variable that the hint names counts, whatever the other one says.
  for (const Environment& env : {Environment{{"SSL_CERT_FILE", pem}, {"CURL_CA_BUNDLE", "/no/such"}},
                                 Environment{{"CURL_CA_BUNDLE", pem}}}) {
    bench.client = make_http_client(env);
    CHECK(bench.error_of(url_source(server.url("/f"), "secret file")) == "fetched");
    REQUIRE(remove_tree(*make_disk(), bench.settings.cache));
  }
}

TEST_CASE("silence, a slow drip and an early end are told") {
  Bench bench;
  bench.settings.retries = 3;
  bench.settings.stall_timeout = milliseconds(300);
  bench.settings.lowest_speed = 1000;
  const HttpServer server([](const Incoming& r, Connection& c) {
    if (r.target == "/silent") return c.pause(std::chrono::seconds(60));
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    if (r.target == "/cut") {
      c.write("0123456789");
      return c.close();
    }
    for (int i = 0; i < 40 && c.write("x"); ++i) c.pause(milliseconds(50));
  });
  const std::string kept = "hint: run the same again: what came so far is kept\n";
  CHECK(bench.error_of(url_source(server.url("/silent"), "x")) ==
        "error: cannot fetch `" + server.url("/silent") + "`: `" + "127.0.0.1:" +
            std::to_string(server.port()) + "` did not answer within 300 ms\n  while fetching `silent`\n" +
            "hint: check the address, or try again later\n");
  CHECK(server.requests().size() == 2);  // whoever says nothing is asked once more, not three times
  bench.settings.retries = 1;
  const std::string drip = bench.error_of(url_source(server.url("/drip"), std::string(100, 'x')));
  CHECK(drip.find("fewer than 300 B in 300 ms, ") != std::string::npos);
  CHECK(bench.error_of(url_source(server.url("/cut"), std::string(100, 'y'))) ==
        "error: cannot fetch `" + server.url("/cut") +
            "`: it ended after 10 of 100 bytes\n  while fetching `cut`\n" + kept);
}

TEST_CASE("what is not HTTP, or no answer at all, is told") {
  Bench bench;
  bench.settings.retries = 0;
  const HttpServer server([](const Incoming& r, Connection& c) {
    if (r.target == "/garbage") c.write("SSH-2.0-OpenSSH\r\n\r\n");
    c.close();
  });
  CHECK(bench.error_of(url_source(server.url("/garbage"), "x")).starts_with("error: cannot fetch `"));
  CHECK(bench.error_of(url_source(server.url("/nothing"), "x")) ==
        "error: cannot fetch `" + server.url("/nothing") + "`: `127.0.0.1:" + std::to_string(server.port()) +
            "` closed the connection without an answer\n  while fetching `nothing`\n");
  CHECK(bench.error_of(url_source("ftp://example.invalid/f", "x")) ==
        "error: `ftp://example.invalid/f` is not an http, https or file URL\n  while fetching `f`\n");
}

TEST_CASE("offline, everything that is missing is named, and no connection is opened") {
  Bench bench;
  const HttpServer server([](const Incoming& r, Connection& c) { serve_file(r, c, "x"); });
  bench.settings.offline = true;
  Source npm;
  npm.kind = SourceKind::npm;
  npm.location = "@scope/thing";
  npm.version = "1.2.3";
  npm.integrity = "sha512-" + std::string(86, 'A') + "==";
  const auto fetched = bench.fetch_all({url_source(server.url("/a.bin"), "x"), npm});
  REQUIRE_FALSE(fetched);
  CHECK(render(fetched.error()) ==
        "error: offline, and not in the download cache: `a.bin` and `@scope/thing@1.2.3`\n"
        "hint: run the same once without `--offline`; later it needs no network\n");
  CHECK(fetched.error().code() == ErrorCode::network);
  CHECK(server.connections() == 0);
}

TEST_CASE("a cancelled transfer ends at once and keeps what it has") {
  Bench bench;
  const std::string body(2'000'000, 'z');
  const HttpServer server([&](const Incoming&, Connection& c) {
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + body.substr(0, 1'500'000));
    bench.cancel.request();
    c.pause(std::chrono::seconds(60));
  });
  const auto start = std::chrono::steady_clock::now();
  const auto fetched = bench.fetch(url_source(server.url("/f"), body));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().code() == ErrorCode::interrupted);
  REQUIRE(bench.cached().size() == 1);
  CHECK(bench.cached().front().ends_with(".part"));
}

TEST_CASE("a write that fails is told, and the next try goes on") {
  Bench bench;
  bench.write(bench.settings.cache / "downloads", "in the way");
  const HttpServer server([](const Incoming& r, Connection& c) { serve_file(r, c, "x"); });
  const std::string error = bench.error_of(url_source(server.url("/f"), "x"));
  CHECK(error.find("while preparing the download cache") != std::string::npos);
  REQUIRE(bench.fs->remove_file(bench.settings.cache / "downloads"));
  CHECK(bench.error_of(url_source(server.url("/f"), "x")) == "fetched");
}
