#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/os/cancel.h"
#include "core/os/process.h"

namespace reef {

// How a transfer ended when no complete answer came.
enum class TransferProblem {
  none,       // a complete answer, whatever its status
  resolve,    // the host's name is not known
  connect,    // nobody answers there, or the proxy does not
  tls,        // the certificate is not trusted, or the two sides do not agree
  truncated,  // the answer ended before all announced bytes came
  too_slow,   // a time limit or the low speed limit was passed
  redirect,   // too many redirects, or one that may not be followed
  protocol,   // what came is not HTTP
};

struct HttpHead {
  int status = 0;
  std::string url;                                  // after redirects, without credentials
  std::multimap<std::string, std::string> headers;  // lower-case names; repeated ones in their order

  // The header's value, of a repeated one the last; or nothing.
  std::string header(const std::string& name) const;
  // Every value of a header that may be repeated.
  std::vector<std::string> all(const std::string& name) const;
};

enum class HttpMethod { get, head, post, put, patch, remove };
std::string_view name_of(HttpMethod method);  // "GET"

// What a request carries: bytes in memory, which must outlive it, or a part of a file, read while it is sent.
struct HttpBody {
  std::string_view bytes;
  Path file;  // empty: the bytes above
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  // of the part of the file
};

struct HttpRequest {
  std::string url;  // http or https; may hold credentials
  std::vector<std::pair<std::string, std::string>> headers =
      {};  // Authorization and Cookie stay with the origin
  std::chrono::milliseconds connect_timeout{15'000};
  // The transfer ends as too_slow when fewer than `lowest_speed` bytes a second went either way during
  // `stall_timeout`: this is also how long a server may take for the first byte of its answer.
  std::chrono::milliseconds stall_timeout{30'000};
  std::uint64_t lowest_speed = 1;
  unsigned max_redirects = 10;
  const Cancellation* cancel = nullptr;
  // Called once, before the body of the final answer (redirects are followed before). An error of either
  // callback ends the transfer and is what `send` returns.
  std::function<Status(const HttpHead&)> on_head = nullptr;
  std::function<Status(std::string_view)> on_body = nullptr;  // bytes as they were sent: no decompression
  HttpMethod method = HttpMethod::get;
  std::optional<HttpBody> body = std::nullopt;  // POST, PUT and PATCH only; absent: of length 0
  // So many more bytes of the body are on their way; those that are sent a second time are told twice.
  std::function<void(std::uint64_t)> on_sent = nullptr;
};

struct HttpResponse {
  HttpHead head;
  std::uint64_t body_bytes = 0;  // of the answer
  std::uint64_t sent_bytes = 0;  // of the body of the request
  TransferProblem problem = TransferProblem::none;
  std::string explanation;  // of the problem, for people; never holds credentials
};

// HTTP. Safe for use by several threads; connections are kept and used again.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Answers of every status, and transfers that failed, are values. Fails only when a callback failed, when
  // it was cancelled (interrupted, within 200 ms), when the URL is not one (invalid_input), when the file to
  // be sent cannot be read (not_found, io; busy when it became shorter), and when the library behind it is
  // not installed (not_found).
  // Redirects lead from http to http or https, from https to https only; requests with a body follow 307 and
  // 308 only, which ask for the same request elsewhere. No `Expect: 100-continue` is sent: a server that
  // refuses answers while the body is still on its way, and ends it.
  virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
};

// libcurl, loaded by the first transfer. From the environment: proxies (http_proxy, https_proxy, all_proxy,
// no_proxy, both cases) and trusted certificates (SSL_CERT_FILE, else CURL_CA_BUNDLE; SSL_CERT_DIR); nothing
// else, and no file of the user's.
std::unique_ptr<HttpClient> make_http_client(const Environment& env, std::string user_agent = "reef");

// The whole body of the answer in memory, for small documents; invalid_input when it is larger than `limit`
// bytes.
struct HttpDocument {
  HttpResponse response;
  std::string body;
};
Result<HttpDocument> get_document(HttpClient& client, HttpRequest request, std::size_t limit);

}  // namespace reef
