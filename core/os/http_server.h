#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/os/cancel.h"

namespace reef {

struct LocalRequest {
  std::string path;                            // "/data": without the query, as it was sent
  std::map<std::string, std::string> headers;  // lower-case names
};

struct LocalAnswer {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // besides Content-Type and -Length
};

// A read-only HTTP/1.1 server (RFC 9112) for pages on this machine: it listens on 127.0.0.1 only, answers GET
// and HEAD, and closes the connection after each answer.
//
// A page from elsewhere that a browser of this user shows must not reach it: a request whose Host is not this
// server (DNS rebinding), or that names another Origin, is refused with 403. A request's head has at most 16
// KiB, must be complete within 10 seconds, and has no body; at most 64 connections are open at once, further
// ones wait.
class LocalHttpServer {
 public:
  using Handler = std::function<LocalAnswer(const LocalRequest&)>;

  // port 0: any free one. io when it is taken.
  static Result<LocalHttpServer> listen(std::uint16_t port);
  LocalHttpServer(LocalHttpServer&&) noexcept;
  LocalHttpServer& operator=(LocalHttpServer&&) noexcept;
  ~LocalHttpServer();

  std::uint16_t port() const;
  std::string url() const;  // "http://127.0.0.1:PORT/"
  // Answers until cancelled, then closes every connection; success is the only way to end. The handler is
  // called on this thread, one request at a time.
  Status serve(const Cancellation& cancel, const Handler& handler);

 private:
  struct State;
  explicit LocalHttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What the server makes of the head of a request, up to and with the empty line: the answer's whole bytes.
// For tests.
std::string answer_to(std::string_view head, std::uint16_t port, const LocalHttpServer::Handler& handler);

}  // namespace reef
