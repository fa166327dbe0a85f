#include "core/os/http_server.h"

#include <catch2/catch.hpp>
#include <thread>

namespace reef {
namespace {

constexpr std::uint16_t kPort = 8080;

LocalAnswer echo(const LocalRequest& request) {
  LocalAnswer out;
  out.body = "path " + request.path;
  return out;
}

// "200 path /x": status and body of the answer to a request with these lines.
std::string answered(std::string request, const std::string& headers = "Host: 127.0.0.1:8080\r\n") {
  const std::string bytes = answer_to(std::move(request) + "\r\n" + headers + "\r\n", kPort, echo);
  const std::size_t body = bytes.find("\r\n\r\n");
  REQUIRE(bytes.starts_with("HTTP/1.1 "));
  REQUIRE(body != std::string::npos);
  return bytes.substr(9, 3) + " " + bytes.substr(body + 4);
}

TEST_CASE("a request of a page on this machine is answered by its path") {
  CHECK(answered("GET / HTTP/1.1") == "200 path /");
  CHECK(answered("GET /data?x=/y HTTP/1.1") == "200 path /data");
  CHECK(answered("GET /%2e%2e/x HTTP/1.0") == "200 path /%2e%2e/x");
  CHECK(answered("HEAD / HTTP/1.1") == "200 ");
  CHECK(answered("GET / HTTP/1.1", "hOsT:\tlocalhost:8080 \r\norigin: http://localhost:8080\r\n") ==
        "200 path /");
}

TEST_CASE("a request for another host or from another origin is refused") {
  const std::string host = "403 this server answers to its own address only\n";
  CHECK(answered("GET / HTTP/1.1", "") == host);
  CHECK(answered("GET / HTTP/1.1", "Host: evil.example:8080\r\n") == host);
  CHECK(answered("GET / HTTP/1.1", "Host: 127.0.0.1\r\n") == host);
  CHECK(answered("GET / HTTP/1.1", "Host: 127.0.0.1:80801\r\n") == host);
  const std::string origin = "403 this server answers to its own pages only\n";
  for (const std::string other : {"null", "http://evil.example", "https://127.0.0.1:8080",
                                  "http://localhost:8080", "http://127.0.0.1:8080/"})
    CHECK(answered("GET / HTTP/1.1", "Host: 127.0.0.1:8080\r\nOrigin: " + other + "\r\n") == origin);
}

TEST_CASE("what would change something, and what is no request, is refused") {
  CHECK(answered("POST / HTTP/1.1") == "405 this server is read-only\n");
  CHECK(answered("get / HTTP/1.1") == "405 this server is read-only\n");
  CHECK(answered("GET http://127.0.0.1:8080/ HTTP/1.1") == "400 the target of a request starts with `/`\n");
  for (const std::string request :
       {"", "GET /", "GET / HTTP/2", "GET  / HTTP/1.1", "G(T / HTTP/1.1", " GET / HTTP/1.1"})
    CHECK(answered(request) == "400 this is no HTTP/1.1 request\n");
  for (const std::string headers : {"Host: 127.0.0.1:8080\r\nHost: 127.0.0.1:8080\r\n", "no colon\r\n",
                                    ": empty\r\n", "Host : 127.0.0.1:8080\r\n", " folded: x\r\n"})
    CHECK(answered("GET / HTTP/1.1", headers) == "400 a header is malformed\n");
}

TEST_CASE("every answer forbids to keep it, to guess its type and to embed it") {
  const std::string bytes = answer_to("GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n", kPort, echo);
  for (const char* header :
       {"Cache-Control: no-store\r\n", "X-Content-Type-Options: nosniff\r\n",
        "Cross-Origin-Resource-Policy: same-origin\r\n", "Connection: close\r\n", "Content-Length: 6\r\n"})
    CHECK(bytes.find(header) != std::string::npos);
}

TEST_CASE("two servers do not share a port, and cancelling ends one that waits") {
  Cancellation cancel;
  LocalHttpServer server = LocalHttpServer::listen(0).value();
  CHECK(server.url() == fmt::format("http://127.0.0.1:{}/", server.port()));
  const auto second = LocalHttpServer::listen(server.port());
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().message() ==
        fmt::format("cannot listen on 127.0.0.1:{}: Address already in use", server.port()));
  std::jthread other([&] { cancel.request(); });
  CHECK(server.serve(cancel, echo).has_value());
}

}  // namespace
}  // namespace reef
