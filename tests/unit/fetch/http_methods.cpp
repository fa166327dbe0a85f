#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/unit/fetch/bench.h"

using namespace reef;
using namespace reef::test;

namespace {

// Answers with what came in: "METHOD TARGET LENGTH BODY".
void echo(const Incoming& request, Connection& c) {
  const std::string body = c.read_body();
  c.respond(200,
            request.method == "HEAD"
                ? ""
                : request.method + " " + request.target + " " + request.header("content-length") + " " + body,
            {"X-Length: " + request.header("content-length")});
}

std::string answer(const HttpRequest& request) {
  const auto document = get_document(*make_http_client({}), request, 1 << 20U);
  if (!document) return render(document.error());
  if (document->response.problem != TransferProblem::none) return document->response.explanation;
  return document->body;
}

HttpRequest request_of(const std::string& url, HttpMethod method, std::optional<HttpBody> body) {
  HttpRequest request;
  request.url = url;
  request.method = method;
  request.body = std::move(body);
  return request;
}

std::string letters(std::size_t size) {
  std::string out(size, ' ');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>('a' + i % 23);
  return out;
}

}  // namespace

TEST_CASE("every method is sent with its own name, and a length where a body belongs") {
  const HttpServer server(echo);
  const std::string url = server.url("/x");
  const HttpBody body{"hello", {}, 0, 0};
  CHECK(answer(request_of(url, HttpMethod::get, std::nullopt)) == "GET /x  ");
  CHECK(answer(request_of(url, HttpMethod::remove, std::nullopt)) == "DELETE /x  ");
  CHECK(answer(request_of(url, HttpMethod::post, std::nullopt)) == "POST /x 0 ");
  CHECK(answer(request_of(url, HttpMethod::post, body)) == "POST /x 5 hello");
  CHECK(answer(request_of(url, HttpMethod::put, body)) == "PUT /x 5 hello");
  CHECK(answer(request_of(url, HttpMethod::patch, body)) == "PATCH /x 5 hello");
  const auto head = make_http_client({})->send(request_of(url, HttpMethod::head, std::nullopt));
  REQUIRE(head);
  CHECK(head->head.status == 200);
  CHECK(server.requests().back().method == "HEAD");
  for (const Incoming& request : server.requests()) {
    CHECK(request.header("expect").empty());
    CHECK(request.header("content-type").empty());
    CHECK(request.header("transfer-encoding").empty());
  }
}

TEST_CASE("a part of a file is sent as it is read, and its progress told") {
  const Bench bench;
  const HttpServer server(echo);
  const std::string bytes = letters(3 << 20U);
  REQUIRE(bench.fs->write_file(bench.root / "blob", bytes, false));
  HttpRequest request = request_of(server.url("/"), HttpMethod::patch,
                                   HttpBody{{}, bench.root / "blob", 1000, std::uint64_t{2} << 20U});
  std::uint64_t sent = 0;
  request.on_sent = [&](std::uint64_t more) { sent += more; };
  const auto document = get_document(*make_http_client({}), request, std::size_t{4} << 20U);
  REQUIRE(document);
  CHECK(document->body == "PATCH / 2097152 " + bytes.substr(1000, 2 << 20U));
  CHECK(sent == 2 << 20U);
}

TEST_CASE("a file that is missing or became shorter is an error of its own") {
  const Bench bench;
  const HttpServer server(echo);
  const Path file = bench.root / "blob";
  const HttpRequest request =
      request_of(server.url("/"), HttpMethod::put, HttpBody{{}, file, 0, std::uint64_t{1} << 20U});
  CHECK(answer(request) == "error: cannot read `" + file.string() + "`: No such file or directory\n");
  REQUIRE(bench.fs->write_file(file, letters(1000), false));
  CHECK(answer(request) == "error: `" + file.string() + "` became shorter while it was sent\n");
}

TEST_CASE("a body goes to another place only by 307 and 308, credentials not to another origin") {
  const HttpServer other(echo);
  int status = 307;
  const HttpServer server([&](const Incoming& request, Connection& c) {
    if (request.target == "/here") return echo(request, c);
    const std::string to = request.target == "/a" ? "/here" : other.url("/there");
    c.respond(status, "", {"Location: " + to});
  });
  const auto put = [&](const std::string& path) {
    HttpRequest request = request_of(server.url(path), HttpMethod::put, HttpBody{"hello", {}, 0, 0});
    request.headers = {{"Authorization", "Bearer t"}};
    return answer(request);
  };
  CHECK(put("/a") == "PUT /here 5 hello");
  CHECK(server.requests().back().header("authorization") == "Bearer t");
  status = 308;
  CHECK(put("/b") == "PUT /there 5 hello");
  CHECK(other.requests().back().header("authorization").empty());
  status = 302;
  CHECK(put("/b") == "redirected a PUT to `" + other.url("/there") +
                         "` with status 302, which does not ask for the same there");
  CHECK(other.requests().size() == 1);
}

TEST_CASE("a connection that was closed meanwhile is replaced, and the body sent anew") {
  int served = 0;
  const HttpServer server([&](const Incoming& request, Connection& c) {
    echo(request, c);
    if (++served == 1) c.close();
  });
  const auto client = make_http_client({});
  const HttpRequest request = request_of(server.url("/"), HttpMethod::put, HttpBody{"hello", {}, 0, 0});
  for (int i = 0; i < 3; ++i) {
    const auto document = get_document(*client, request, 100);
    REQUIRE(document);
    CHECK(document->body == "PUT / 5 hello");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // the end of the connection is here by then
  }
}

TEST_CASE("an answer that comes before the body was sent ends the sending") {
  const HttpServer server([](const Incoming&, Connection& c) {
    c.read_body(1000);
    c.respond(413, "too large", {"Connection: close"});
    c.pause(std::chrono::milliseconds(50));
    c.close();
  });
  const std::string bytes = letters(1 << 20U);
  const auto document = get_document(
      *make_http_client({}), request_of(server.url("/"), HttpMethod::put, HttpBody{bytes, {}, 0, 0}), 100);
  REQUIRE(document);
  CHECK(document->response.head.status == 413);
  CHECK(document->body == "too large");
}

TEST_CASE("a body that nobody takes ends as too slow, or with its cancellation") {
  const HttpServer server([](const Incoming&, Connection& c) { c.pause(std::chrono::seconds(60)); });
  const std::string bytes = letters(std::size_t{32} << 20U);
  HttpRequest request = request_of(server.url("/"), HttpMethod::put, HttpBody{bytes, {}, 0, 0});
  request.stall_timeout = std::chrono::milliseconds(200);
  const auto response = make_http_client({})->send(request);
  REQUIRE(response);
  CHECK(response->problem == TransferProblem::too_slow);
  Cancellation cancel;
  cancel.request();
  request.cancel = &cancel;
  const auto cancelled = make_http_client({})->send(request);
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error().code() == ErrorCode::interrupted);
}

TEST_CASE("headers that are repeated are all kept, and headers without end refused") {
  const HttpServer server([](const Incoming& request, Connection& c) {
    if (request.target == "/few") return c.respond(200, "", {"Link: <a>", "X: 1", "Link: <b>"});
    std::string line = "X: " + std::string(1000, 'x') + "\r\n";
    c.write("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 1000 && c.is_open(); ++i) c.write(line);
    c.close();
  });
  const auto few = make_http_client({})->send({server.url("/few")});
  REQUIRE(few);
  CHECK(few->head.all("link") == std::vector<std::string>{"<a>", "<b>"});
  CHECK(few->head.header("link") == "<b>");
  CHECK(few->head.all("none").empty());
  const auto many = make_http_client({})->send({server.url("/many")});
  REQUIRE(many);
  CHECK(many->problem == TransferProblem::protocol);
  CHECK(many->explanation == "the headers of the answer do not end");
}
