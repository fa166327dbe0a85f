#include <catch2/catch.hpp>

#include "tests/unit/fetch/bench.h"

using namespace reef;
using namespace reef::test;
using std::chrono::milliseconds;

TEST_CASE("connections are used again") {
  const HttpServer server([](const Incoming&, Connection& c) { c.respond(200, "x"); });
  const auto client = make_http_client({});
  for (int i = 0; i < 5; ++i) {
    const auto document = get_document(*client, {server.url("/")}, 10);
    REQUIRE(document);
    CHECK(document->body == "x");
    CHECK(document->response.head.status == 200);
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("redirects are followed, with credentials only to the same origin") {
  const HttpServer other([](const Incoming&, Connection& c) { c.respond(200, "there"); });
  const HttpServer server([&](const Incoming& request, Connection& c) {
    if (request.target == "/a") return c.respond(302, "moved", {"Location: /b"});
    c.respond(307, "", {"Location: " + other.url("/c")});
  });
  HttpRequest request;
  request.url = server.url("/a");
  request.headers = {{"Authorization", "Bearer t"}, {"X-Other", "1"}};
  int heads = 0;
  request.on_head = [&](const HttpHead&) {
    ++heads;
    return Status();
  };
  const auto document = get_document(*make_http_client({}), request, 100);
  REQUIRE(document);
  CHECK(document->body == "there");
  CHECK(document->response.head.url == other.url("/c"));
  CHECK(heads == 1);
  CHECK(server.requests().at(1).header("authorization") == "Bearer t");
  CHECK(other.requests().at(0).header("authorization").empty());
  CHECK(other.requests().at(0).header("x-other") == "1");
}

TEST_CASE("redirects to other schemes, in circles and from https to http are refused") {
  std::string location = "file:///etc/passwd";
  const HttpServer server(
      [&](const Incoming&, Connection& c) { c.respond(302, "", {"Location: " + location}); });
  const auto client = make_http_client({});
  auto document = get_document(*client, {server.url("/")}, 100);
  REQUIRE(document);
  CHECK(document->response.problem == TransferProblem::redirect);
  CHECK(document->response.explanation ==
        "redirected to `file:///etc/passwd`, which is not an http or https URL");
  location = server.url("/");
  document = get_document(*client, {server.url("/")}, 100);
  CHECK(document->response.explanation == "redirected more than 10 times, last to `" + server.url("/") + "`");

  HttpsServer secure("", server.url("/plain?key=1"));
  const Path pem =
      std::filesystem::temp_directory_path() / ("reef-" + std::to_string(server.port()) + ".pem");
  REQUIRE(make_disk()->write_file(pem, secure.certificate()));
  document = get_document(*make_http_client({{"SSL_CERT_FILE", pem.string()}}), {secure.url("/")}, 100);
  (void)make_disk()->remove_file(pem);
  REQUIRE(document);
  CHECK(document->response.explanation ==
        "redirected from https to plain http, `" + server.url("/plain") + "`");
}

TEST_CASE("only the environment that was handed in decides about proxies") {
  const HttpServer proxy(
      [](const Incoming& request, Connection& c) { c.respond(200, "via " + request.target); });
  const std::string address = proxy.url("");
  const auto body = [](const Environment& env, const std::string& url) {
    return get_document(*make_http_client(env), {url}, 100).value().body;
  };
  CHECK(body({{"http_proxy", address}}, "http://host.invalid/x") == "via http://host.invalid/x");
  CHECK(body({{"ALL_PROXY", address}}, "http://host.invalid/x") == "via http://host.invalid/x");
  CHECK(body({{"http_proxy", "http://127.0.0.1:1"}, {"no_proxy", "127.0.0.1"}}, proxy.url("/y")) == "via /y");
}

TEST_CASE("a waiting transfer ends within 200 ms of its cancellation") {
  const HttpServer server([](const Incoming&, Connection& c) { c.pause(std::chrono::seconds(60)); });
  Cancellation cancel;
  HttpRequest request;
  request.url = server.url("/");
  request.cancel = &cancel;
  std::chrono::steady_clock::time_point asked;
  std::jthread other([&] {
    while (server.requests().empty()) std::this_thread::sleep_for(milliseconds(1));
    asked = std::chrono::steady_clock::now();
    cancel.request();
  });
  const auto response = make_http_client({})->send(request);
  const auto ended = std::chrono::steady_clock::now();
  other.join();
  REQUIRE_FALSE(response);
  CHECK(response.error().code() == ErrorCode::interrupted);
  CHECK(ended - asked < std::chrono::seconds(10));  // about 1 ms on an idle machine
}

TEST_CASE("the error of a callback is the error of the transfer") {
  const HttpServer server([](const Incoming&, Connection& c) { c.respond(200, "0123456789"); });
  const auto document = get_document(*make_http_client({}), {server.url("/")}, 5);
  REQUIRE_FALSE(document);
  CHECK(document.error().message() == "`" + server.url("/") + "` is larger than 5 B, the most that is read");
}

TEST_CASE("a document that is announced as too large is refused before its first byte") {
  const HttpServer server([](const Incoming&, Connection& c) {
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 1125899906842624\r\n\r\n");
    while (c.write("x")) c.pause(std::chrono::milliseconds(10));
  });
  const auto document = get_document(*make_http_client({}), {server.url("/")}, 5);
  REQUIRE_FALSE(document);
  CHECK(document.error().message() == "`" + server.url("/") + "` is larger than 5 B, the most that is read");
  CHECK(make_http_client({})->send({"ftp://example.org/"}).error().message() ==
        "`ftp://example.org/` is not an http or https URL");
}
