#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// A small HTTP/1.1 server on 127.0.0.1 that can misbehave in every way, and an orderly one with TLS.
namespace reef::test {

// One request as it came in.
struct Incoming {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // lower-case names

  std::string header(const std::string& name) const;
};

// The connection a handler answers on; raw bytes, so that answers may be wrong.
class Connection {
 public:
  Connection(int fd, const std::atomic<bool>& stopping) : fd_(fd), stopping_(stopping) {}
  // False when the other side is gone.
  bool write(std::string_view bytes);
  // A whole answer with Content-Length; without its body when HEAD asked for it.
  void respond(int status, std::string_view body, const std::vector<std::string>& headers = {});
  // Returns early when the server stops.
  void pause(std::chrono::milliseconds duration);
  // No further request is read.
  void close() { open_ = false; }
  bool is_open() const { return open_; }
  // The body of the request, or its next `most` bytes; less when the other side is gone. What a handler
  // leaves is read after it.
  std::string read_body(std::size_t most = SIZE_MAX);

 private:
  friend class HttpServer;
  bool receive();
  std::optional<Incoming> read_request();

  int fd_;
  const std::atomic<bool>& stopping_;
  bool open_ = true;
  std::string received_;  // and not used yet
  std::size_t body_left_ = 0;
  bool to_head_ = false;
};

class HttpServer {
 public:
  using Handler = std::function<void(const Incoming&, Connection&)>;
  // Serves until destroyed, a thread for each connection; the handler is called by several at once.
  explicit HttpServer(Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // "http://127.0.0.1:<port>" and the path.
  std::string url(const std::string& path) const;
  int port() const { return port_; }
  std::vector<Incoming> requests() const;
  std::size_t connections() const { return connections_; }

 private:
  void accept_all();
  void serve(int fd);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> connections_{0};
  mutable std::mutex mutex_;
  std::vector<Incoming> requests_;
  std::vector<int> open_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

// Answers with the whole body, or with the asked-for range of it; understands If-Range with `etag`.
void serve_file(const Incoming& request, Connection& connection, std::string_view body,
                const std::string& etag = "");

// HTTPS with a new self-signed certificate for 127.0.0.1. `location`: where every request is redirected to;
// empty: every request gets the body.
class HttpsServer {
 public:
  HttpsServer(std::string body, std::string location);
  ~HttpsServer();
  HttpsServer(const HttpsServer&) = delete;
  HttpsServer& operator=(const HttpsServer&) = delete;
  std::string url(const std::string& path) const;
  // The certificate, PEM.
  const std::string& certificate() const { return certificate_; }

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::string certificate_;
};

}  // namespace reef::test
