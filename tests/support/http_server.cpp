#include "tests/support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <stdexcept>

namespace reef::test {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::string Incoming::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

bool Connection::receive() {
  std::array<char, 65536> piece{};
  const ssize_t got = recv(fd_, piece.data(), piece.size(), 0);
  if (got <= 0) {
    open_ = false;
    return false;
  }
  received_.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

// The next request of a connection; nothing when it ended.
std::optional<Incoming> Connection::read_request() {
  std::size_t head = 0;
  while ((head = received_.find("\r\n\r\n")) == std::string::npos)
    if (!receive()) return std::nullopt;
  const std::string text = received_.substr(0, head + 4);
  received_.erase(0, head + 4);
  Incoming request;
  std::size_t at = text.find("\r\n");
  const std::string first = text.substr(0, at);
  const std::size_t space = first.find(' ');
  request.method = first.substr(0, space);
  request.target = first.substr(space + 1, first.rfind(' ') - space - 1);
  for (at += 2;;) {
    const std::size_t end = text.find("\r\n", at);
    const std::string line = text.substr(at, end - at);
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    const std::size_t value = line.find_first_not_of(' ', colon + 1);
    request.headers[lower(line.substr(0, colon))] = value == std::string::npos ? "" : line.substr(value);
    at = end + 2;
  }
  to_head_ = request.method == "HEAD";
  const std::string length = request.header("content-length");
  body_left_ = length.empty() ? 0 : std::stoul(length);
  return request;
}

std::string Connection::read_body(std::size_t most) {
  const std::size_t wanted = std::min(most, body_left_);
  while (received_.size() < wanted)
    if (!receive()) break;
  std::string out = received_.substr(0, wanted);
  received_.erase(0, out.size());
  body_left_ -= out.size();
  return out;
}

bool Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      open_ = false;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Connection::respond(int status, std::string_view body, const std::vector<std::string>& headers) {
  std::string head = "HTTP/1.1 " + std::to_string(status) +
                     " Status\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  for (const std::string& header : headers) head += header + "\r\n";
  head += "\r\n";
  if (!to_head_)
    head += body;  // in one piece: between two, the other side's delayed acknowledgement costs 40 ms
  write(head);
}

void Connection::pause(std::chrono::milliseconds duration) {
  constexpr std::chrono::milliseconds kStep{5};
  for (; duration.count() > 0 && !stopping_; duration -= kStep) std::this_thread::sleep_for(kStep);
}

HttpServer::HttpServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, generic, &size) != 0)
    throw std::runtime_error("the test server cannot listen");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

HttpServer::~HttpServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::scoped_lock lock(mutex_);
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
}

std::string HttpServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

std::vector<Incoming> HttpServer::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

void HttpServer::accept_all() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    ++connections_;
    const std::scoped_lock lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void HttpServer::serve(int fd) {
  Connection connection(fd, stopping_);
  while (connection.is_open() && !stopping_) {
    const std::optional<Incoming> request = connection.read_request();
    if (!request) break;
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(*request);
    }
    handler_(*request, connection);
    if (connection.is_open()) connection.read_body();
  }
  const std::scoped_lock lock(mutex_);
  std::erase(open_, fd);
  close(fd);
}

void serve_file(const Incoming& request, Connection& connection, std::string_view body,
                const std::string& etag) {
  std::vector<std::string> headers = {"Accept-Ranges: bytes"};
  if (!etag.empty()) headers.push_back("ETag: " + etag);
  const std::string range = request.header("range");
  const std::string condition = request.header("if-range");
  if (range.empty() || (!condition.empty() && condition != etag))
    return connection.respond(200, body, headers);
  const std::size_t from = std::stoul(range.substr(range.find('=') + 1));
  if (from >= body.size()) return connection.respond(416, "", headers);
  headers.push_back("Content-Range: bytes " + std::to_string(from) + "-" + std::to_string(body.size() - 1) +
                    "/" + std::to_string(body.size()));
  connection.respond(206, body.substr(from), headers);
}

}  // namespace reef::test
