#include "core/os/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <list>

#include "core/base/text.h"
#include "core/os/descriptor.h"

namespace reef {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kLongestHead = 16 << 10;
constexpr std::size_t kMostConnections = 64;
constexpr auto kPatience =
    std::chrono::seconds(10);  // for the head of a request, and for each step of an answer
constexpr std::string_view kEndOfHead = "\r\n\r\n";

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Internal Server Error";
  }
}

std::string bytes_of(const LocalAnswer& answer, bool with_body) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, reason_of(answer.status));
  for (const auto& [name, value] : answer.headers) out += name + ": " + value + "\r\n";
  out += fmt::format(
      "Content-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: no-store\r\n"
      "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
      "Cross-Origin-Resource-Policy: same-origin\r\n\r\n",
      answer.type, answer.body.size());
  return with_body ? out + answer.body : out;
}

LocalAnswer refusal(int status, std::string text) {
  LocalAnswer out;
  out.status = status;
  out.body = std::move(text) + "\n";
  return out;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::strchr("!#$%&'*+-.^_`|~", c) != nullptr;
  });
}

// False when a line is no header or a header that decides comes twice.
bool read_headers(const std::vector<std::string>& lines, std::map<std::string, std::string>& out) {
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t colon = lines[i].find(':');
    if (colon == std::string::npos || !is_token(std::string_view(lines[i]).substr(0, colon))) return false;
    const auto [place, is_new] = out.emplace(lower_case(lines[i].substr(0, colon)),
                                             trim(std::string_view(lines[i]).substr(colon + 1)));
    if (!is_new && (place->first == "host" || place->first == "origin")) return false;
  }
  return true;
}

bool is_own_host(std::string_view host, std::uint16_t port) {
  for (const std::string_view name : {"127.0.0.1", "localhost"})
    if (host == fmt::format("{}:{}", name, port) || (port == 80 && host == name)) return true;
  return false;
}

LocalAnswer answer_request(const std::vector<std::string>& lines, std::uint16_t port, bool& with_body,
                           const LocalHttpServer::Handler& handler) {
  const std::vector<std::string> words = lines.empty() ? lines : split(lines.front(), ' ');
  if (words.size() != 3 || !is_token(words[0]) || !words[2].starts_with("HTTP/1."))
    return refusal(400, "this is no HTTP/1.1 request");
  LocalRequest request;
  if (!read_headers(lines, request.headers)) return refusal(400, "a header is malformed");
  const auto host = request.headers.find("host");
  if (host == request.headers.end() || !is_own_host(host->second, port))
    return refusal(403, "this server answers to its own address only");
  const auto origin = request.headers.find("origin");
  if (origin != request.headers.end() && origin->second != "http://" + host->second)
    return refusal(403, "this server answers to its own pages only");
  with_body = words[0] != "HEAD";
  if (words[0] != "GET" && words[0] != "HEAD") {
    LocalAnswer out = refusal(405, "this server is read-only");
    out.headers.emplace_back("Allow", "GET, HEAD");
    return out;
  }
  if (!words[1].starts_with('/')) return refusal(400, "the target of a request starts with `/`");
  request.path = words[1].substr(0, words[1].find('?'));
  return handler(request);
}

// Somebody who is connected: bytes of a request until its head is whole, then bytes of the answer until they
// are gone, then whatever still comes, unread, until the other side closes: closing first could take the
// answer away from it.
struct Connection {
  Descriptor socket;
  SteadyClock::time_point deadline;
  std::string in;
  std::string out;
  std::size_t sent = 0;

  bool answering() const { return sent < out.size(); }
  bool answered() const { return !out.empty() && sent == out.size(); }
};

bool would_block() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

std::string answer_to(std::string_view head, std::uint16_t port, const LocalHttpServer::Handler& handler) {
  bool with_body = true;
  const std::size_t end = head.find(kEndOfHead);
  if (end == std::string_view::npos)
    return bytes_of(refusal(431, "the head of a request has at most 16 KiB"), true);
  const LocalAnswer answer = answer_request(lines_of(head.substr(0, end)), port, with_body, handler);
  return bytes_of(answer, with_body);
}

struct LocalHttpServer::State {
  Descriptor socket;
  std::uint16_t port = 0;
  std::list<Connection> connections;

  void accept_one() {
    const int fd = accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) connections.push_back({Descriptor(fd), SteadyClock::now() + kPatience, {}, {}, 0});
  }

  // False when the connection has come to its end.
  bool read_from(Connection& connection, const Handler& handler) {
    char buffer[4096];
    const ssize_t got = recv(connection.socket.get(), buffer, sizeof buffer, 0);
    if (got <= 0) return got < 0 && would_block();
    if (connection.answered()) return true;
    connection.in.append(buffer, static_cast<std::size_t>(got));
    const bool whole = connection.in.find(kEndOfHead) != std::string::npos;
    if (!whole && connection.in.size() <= kLongestHead) return true;
    connection.out = answer_to(connection.in, port, handler);
    connection.deadline = SteadyClock::now() + kPatience;
    return true;
  }

  bool write_to(Connection& connection) {
    const ssize_t sent = send(connection.socket.get(), connection.out.data() + connection.sent,
                              connection.out.size() - connection.sent, MSG_NOSIGNAL);
    if (sent < 0) return would_block();
    connection.sent += static_cast<std::size_t>(sent);
    connection.deadline = SteadyClock::now() + kPatience;
    if (connection.answered()) shutdown(connection.socket.get(), SHUT_WR);
    return true;
  }

  // One round of whatever can be done, or nothing for a second.
  Status round(int cancel_fd, const Handler& handler) {
    std::vector<pollfd> waiting = {{cancel_fd, POLLIN, 0}};
    const bool has_room = connections.size() < kMostConnections;
    waiting.push_back({has_room ? socket.get() : -1, POLLIN, 0});
    for (const Connection& connection : connections)
      waiting.push_back(
          {connection.socket.get(), static_cast<short>(connection.answering() ? POLLOUT : POLLIN), 0});
    if (poll(waiting.data(), waiting.size(), 1000) < 0 && errno != EINTR)
      return make_error(ErrorCode::io, "cannot wait for requests: {}", std::strerror(errno));
    std::size_t at = 2;
    for (auto one = connections.begin(); one != connections.end(); ++at) {
      bool goes_on = SteadyClock::now() < one->deadline;
      if (goes_on && waiting[at].revents != 0)
        goes_on = one->answering() ? write_to(*one) : read_from(*one, handler);
      one = goes_on ? std::next(one) : connections.erase(one);
    }
    if ((waiting[1].revents & POLLIN) != 0) accept_one();
    return {};
  }
};

Result<LocalHttpServer> LocalHttpServer::listen(std::uint16_t port) {
  auto state = std::make_unique<State>();
  const auto fail = [&](std::string_view what) {
    return make_error(ErrorCode::io, "cannot {} 127.0.0.1:{}: {}", what, port, std::strerror(errno));
  };
  state->socket = Descriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!state->socket.valid()) return fail("make a socket for");
  const int yes = 1;
  setsockopt(state->socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(state->socket.get(), generic, size) != 0 || ::listen(state->socket.get(), 64) != 0) {
    const bool taken = errno == EADDRINUSE;
    Failure failure = fail("listen on");
    if (!taken) return failure;
    return std::move(failure).hint("another program listens there; without `--port` a free one is chosen");
  }
  if (getsockname(state->socket.get(), generic, &size) != 0) return fail("ask the address of");
  state->port = ntohs(address.sin_port);
  return LocalHttpServer(std::move(state));
}

LocalHttpServer::LocalHttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
LocalHttpServer::LocalHttpServer(LocalHttpServer&&) noexcept = default;
LocalHttpServer& LocalHttpServer::operator=(LocalHttpServer&&) noexcept = default;
LocalHttpServer::~LocalHttpServer() = default;

std::uint16_t LocalHttpServer::port() const { return state_->port; }
std::string LocalHttpServer::url() const { return fmt::format("http://127.0.0.1:{}/", state_->port); }

Status LocalHttpServer::serve(const Cancellation& cancel, const Handler& handler) {
  while (!cancel.requested()) TRY_STATUS(state_->round(cancel.fd(), handler));
  state_->connections.clear();
  return {};
}

}  // namespace reef
