#include "core/os/http.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/base/url.h"
#include "core/os/environment.h"
#include "core/os/http_answers.h"
#include "core/os/http_exchange.h"
#include "core/os/libcurl.h"

namespace reef {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr long kReceiveBuffer = 256L << 10U;
constexpr int kLongestPoll = 100;  // milliseconds

// What the environment says about proxies and certificates.
struct Network {
  std::string http_proxy;
  std::string https_proxy;
  std::string no_proxy;
  std::string certificates;
  std::string certificate_folder;

  explicit Network(const Environment& env) {
    const auto either = [&](const char* lower, const char* upper, const std::string& fallback = "") {
      return get_or(env, lower, get_or(env, upper, fallback));
    };
    const std::string all = either("all_proxy", "ALL_PROXY");
    http_proxy = either("http_proxy", "HTTP_PROXY", all);
    https_proxy = either("https_proxy", "HTTPS_PROXY", all);
    no_proxy = either("no_proxy", "NO_PROXY");
    certificates = either("SSL_CERT_FILE", "CURL_CA_BUNDLE");
    certificate_folder = get_or(env, "SSL_CERT_DIR", "");
  }
};

// A transfer handle with its connections, used by one thread at a time.
class Session {
 public:
  Session() : multi_(libcurl().multi_init()), easy_(libcurl().easy_init()) {}
  ~Session() {
    libcurl().easy_cleanup(easy_);
    libcurl().multi_cleanup(multi_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  CURLM* multi() { return multi_; }
  CURL* easy() { return easy_; }

 private:
  CURLM* multi_;
  CURL* easy_;
};

class HeaderList {
 public:
  HeaderList() = default;
  ~HeaderList() { libcurl().slist_free_all(list_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  void add(const std::string& line) { list_ = libcurl().slist_append(list_, line.c_str()); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

// Notices a transfer that is slower than its limit over a whole window.
class Pace {
 public:
  explicit Pace(const HttpRequest& request)
      : window_(request.stall_timeout), lowest_speed_(request.lowest_speed), since_(SteadyClock::now()) {}
  bool too_slow(std::uint64_t bytes) {
    const auto now = SteadyClock::now();
    if (now - since_ < window_) return false;
    const double needed = static_cast<double>(lowest_speed_) * std::chrono::duration<double>(window_).count();
    if (static_cast<double>(bytes - bytes_) < std::max(needed, 1.0)) return true;
    since_ = now;
    bytes_ = bytes;
    return false;
  }

 private:
  std::chrono::milliseconds window_;
  std::uint64_t lowest_speed_;
  SteadyClock::time_point since_;
  std::uint64_t bytes_ = 0;
};

TransferProblem problem_of(CURLcode code, const std::string& detail, const Exchange& exchange) {
  // A connection that broke during the handshake says nothing about certificates.
  if (code == CURLE_SSL_CONNECT_ERROR && detail.find("SSL_ERROR_SYSCALL") != std::string::npos)
    return TransferProblem::connect;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return TransferProblem::resolve;
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CONNECT_ERROR:
      return TransferProblem::tls;
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return TransferProblem::truncated;
    case CURLE_OPERATION_TIMEDOUT:
      return TransferProblem::too_slow;
    case CURLE_COULDNT_CONNECT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return exchange.body_bytes > 0 ? TransferProblem::truncated : TransferProblem::connect;
    default:
      return TransferProblem::protocol;
  }
}

std::string host_of(const UrlParts& url) { return url.port.empty() ? url.host : url.host + ":" + url.port; }

// Of a transfer that was slower than its limit: who says nothing at all is told apart.
std::string too_slow_text(const HttpRequest& request, const Exchange& exchange) {
  if (exchange.head.status == 0 && exchange.moved() == 0)
    return fmt::format("`{}` did not answer within {}", host_of(split_url(exchange.head.url)),
                       format_duration(request.stall_timeout));
  const std::uint64_t least =
      request.lowest_speed * static_cast<std::uint64_t>(request.stall_timeout.count()) / 1000;
  return fmt::format("fewer than {} in {}", format_bytes(std::max<std::uint64_t>(1, least)),
                     format_duration(request.stall_timeout));
}

std::string explain(TransferProblem problem, CURLcode code, const std::string& detail,
                    const HttpRequest& request, const UrlParts& url) {
  const std::string host = host_of(url);
  switch (problem) {
    case TransferProblem::resolve:
      if (code == CURLE_COULDNT_RESOLVE_PROXY) return "cannot find the proxy that the environment names";
      return fmt::format("cannot find the host `{}`", url.host);
    case TransferProblem::tls:
      return fmt::format("cannot trust `{}`: {}", host, detail);
    case TransferProblem::connect:
      if (code == CURLE_COULDNT_CONNECT) return fmt::format("cannot connect to `{}`", host);
      return fmt::format("`{}` closed the connection without an answer", host);
    case TransferProblem::too_slow:
      return fmt::format("no connection to `{}` within {}", host, format_duration(request.connect_timeout));
    default:
      return detail;
  }
}

class CurlClient : public HttpClient {
 public:
  CurlClient(const Environment& env, std::string user_agent)
      : network_(env), user_agent_(std::move(user_agent)) {}

  Result<HttpResponse> send(const HttpRequest& request) override {
    TRY_STATUS(check_url(request.url));
    TRY_STATUS(load_libcurl());
    std::unique_ptr<Session> session = take_session();
    Result<HttpResponse> response = follow(*session, request);
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(session));
    return response;
  }

 private:
  static Status check_url(const std::string& url) {
    const UrlParts parts = split_url(url);
    const bool known = parts.scheme == "http" || parts.scheme == "https";
    if (known && !parts.host.empty()) return {};
    return make_error(ErrorCode::invalid_input, "`{}` is not an http or https URL", without_credentials(url));
  }

  std::unique_ptr<Session> take_session() {
    const std::scoped_lock lock(mutex_);
    if (idle_.empty()) return std::make_unique<Session>();
    std::unique_ptr<Session> session = std::move(idle_.back());
    idle_.pop_back();
    return session;
  }

  // Follows redirects by hand: curl would allow https to http after http to https, and tells less.
  Result<HttpResponse> follow(Session& session, const HttpRequest& request) {
    std::string url = request.url;
    bool same_origin = true;
    for (unsigned hop = 0;; ++hop) {
      TRY(HttpResponse response, transfer(session, request, url, same_origin));
      if (response.problem != TransferProblem::none || !is_redirect(response.head)) return response;
      const char* target = nullptr;
      libcurl().easy_getinfo(session.easy(), CURLINFO_REDIRECT_URL, &target);
      const std::string next = target == nullptr ? "" : target;
      response.explanation = refuse_redirect(url, next, hop, request, response.head.status);
      if (!response.explanation.empty()) {
        response.problem = TransferProblem::redirect;
        return response;
      }
      const UrlParts from = split_url(url);
      const UrlParts to = split_url(next);
      same_origin = same_origin && from.scheme == to.scheme && from.host == to.host && from.port == to.port;
      url = next;
    }
  }

  static std::string refuse_redirect(const std::string& from, const std::string& to, unsigned hop,
                                     const HttpRequest& request, int status) {
    const std::string shown = printable(without_credentials(to.substr(0, to.find('?'))));
    const bool reads_only = request.method == HttpMethod::get || request.method == HttpMethod::head;
    if (!reads_only && status != 307 && status != 308)
      return fmt::format("redirected a {} to `{}` with status {}, which does not ask for the same there",
                         name_of(request.method), shown, status);
    const UrlParts parts = split_url(to);
    if ((parts.scheme != "http" && parts.scheme != "https") || parts.host.empty())
      return fmt::format("redirected to `{}`, which is not an http or https URL", shown);
    if (split_url(from).scheme == "https" && parts.scheme == "http")
      return fmt::format("redirected from https to plain http, `{}`", shown);
    if (hop >= request.max_redirects)
      return fmt::format("redirected more than {} times, last to `{}`", request.max_redirects, shown);
    return "";
  }

  Result<HttpResponse> transfer(Session& session, const HttpRequest& request, const std::string& url,
                                bool same_origin) {
    TRY(Sending sending, Sending::open(request.body));
    Exchange exchange(request, std::move(sending), session.easy());
    exchange.head.url = without_credentials(url);
    std::array<char, CURL_ERROR_SIZE> detail{};
    HeaderList headers;
    prepare(session.easy(), request, url);
    exchange.prepare();
    headers.add("Expect:");
    for (const auto& [name, value] : request.headers)
      if (same_origin || !is_secret(name)) headers.add(name + ": " + value);
    libcurl().easy_setopt(session.easy(), CURLOPT_HTTPHEADER, headers.get());
    libcurl().easy_setopt(session.easy(), CURLOPT_ERRORBUFFER, detail.data());

    HttpResponse response;
    TRY(const CURLcode code, perform(session, request, exchange, response));
    libcurl().easy_setopt(session.easy(), CURLOPT_ERRORBUFFER, nullptr);
    if (exchange.failure) return tl::make_unexpected(*std::move(exchange.failure));
    const bool complete = code == CURLE_OK || exchange.enough;
    if (complete && response.problem == TransferProblem::none && !exchange.tell_head())
      return tl::make_unexpected(*std::move(exchange.failure));
    if (code == CURLE_URL_MALFORMAT)
      return make_error(ErrorCode::invalid_input, "`{}` is not a URL", printable(without_credentials(url)));
    if (!complete && response.problem == TransferProblem::none) {
      std::string text = detail[0] != '\0' ? detail.data() : libcurl().easy_strerror(code);
      if (exchange.too_many_headers) text = "the headers of the answer do not end";
      response.problem = problem_of(code, text, exchange);
      response.explanation = explain(response.problem, code, text, request, split_url(url));
    }
    response.head = std::move(exchange.head);
    response.body_bytes = exchange.body_bytes;
    response.sent_bytes = exchange.moved() - exchange.body_bytes;
    return response;
  }

  static bool is_secret(std::string_view name) {
    const std::string lower = lower_case(name);
    return lower == "authorization" || lower == "cookie";
  }

  void prepare(CURL* easy, const HttpRequest& request, const std::string& url) const {
    libcurl().easy_reset(easy);  // keeps connections
    libcurl().easy_setopt(easy, CURLOPT_URL, url.c_str());
    libcurl().easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    libcurl().easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    libcurl().easy_setopt(easy, CURLOPT_USERAGENT, user_agent_.c_str());
    libcurl().easy_setopt(easy, CURLOPT_BUFFERSIZE, kReceiveBuffer);
    libcurl().easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, request.connect_timeout.count());
    libcurl().easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    libcurl().easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a cancelled look-up of a name is not waited for
#endif
    // Empty texts, not absent ones: libcurl would ask the environment of this process itself.
    const std::string& proxy = split_url(url).scheme == "https" ? network_.https_proxy : network_.http_proxy;
    libcurl().easy_setopt(easy, CURLOPT_PROXY, proxy.c_str());
    libcurl().easy_setopt(easy, CURLOPT_NOPROXY, network_.no_proxy.c_str());
    if (!network_.certificates.empty())
      libcurl().easy_setopt(easy, CURLOPT_CAINFO, network_.certificates.c_str());
    if (!network_.certificate_folder.empty())
      libcurl().easy_setopt(easy, CURLOPT_CAPATH, network_.certificate_folder.c_str());
  }

  // Runs until the transfer ended, for whatever reason; only cancellation is an error.
  static Result<CURLcode> perform(Session& session, const HttpRequest& request, const Exchange& exchange,
                                  HttpResponse& response) {
    libcurl().multi_add_handle(session.multi(), session.easy());
    const std::unique_ptr<Session, void (*)(Session*)> removed(
        &session, [](Session* used) { libcurl().multi_remove_handle(used->multi(), used->easy()); });
    Pace pace(request);
    for (;;) {
      int running = 0;
      if (libcurl().multi_perform(session.multi(), &running) != CURLM_OK)
        return make_error(ErrorCode::bug, "libcurl refused to go on");
      if (request.cancel != nullptr) TRY_STATUS(request.cancel->check());
      if (running == 0) break;
      if (pace.too_slow(exchange.moved())) {
        response.problem = TransferProblem::too_slow;
        response.explanation = too_slow_text(request, exchange);
        return CURLE_OPERATION_TIMEDOUT;
      }
      wait(session, request);
    }
    int left = 0;
    const CURLMsg* message = libcurl().multi_info_read(session.multi(), &left);
    return message == nullptr ? CURLE_OK : message->data.result;
  }

  static void wait(Session& session, const HttpRequest& request) {
    curl_waitfd wake{};
    wake.fd = request.cancel == nullptr ? -1 : request.cancel->fd();
    wake.events = CURL_WAIT_POLLIN;
    libcurl().multi_poll(session.multi(), &wake, wake.fd < 0 ? 0 : 1, kLongestPoll, nullptr);
  }

  Network network_;
  std::string user_agent_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace

std::string HttpHead::header(const std::string& name) const {
  const auto [first, last] = headers.equal_range(name);
  return first == last ? "" : std::prev(last)->second;
}

std::vector<std::string> HttpHead::all(const std::string& name) const {
  std::vector<std::string> out;
  const auto [first, last] = headers.equal_range(name);
  for (auto each = first; each != last; ++each) out.push_back(each->second);
  return out;
}

std::string_view name_of(HttpMethod method) {
  switch (method) {
    case HttpMethod::get:
      return "GET";
    case HttpMethod::head:
      return "HEAD";
    case HttpMethod::post:
      return "POST";
    case HttpMethod::put:
      return "PUT";
    case HttpMethod::patch:
      return "PATCH";
    case HttpMethod::remove:
      break;
  }
  return "DELETE";
}

std::unique_ptr<HttpClient> make_http_client(const Environment& env, std::string user_agent) {
  return std::make_unique<CurlClient>(env, std::move(user_agent));
}

Result<HttpDocument> get_document(HttpClient& client, HttpRequest request, std::size_t limit) {
  HttpDocument document;
  const auto check = [&](std::uint64_t size) -> Status {
    if (size <= limit) return {};
    return make_error(ErrorCode::invalid_input, "`{}` is larger than {}, the most that is read",
                      without_credentials(request.url), format_bytes(limit));
  };
  request.on_head = [&, told = request.on_head](const HttpHead& head) -> Status {
    if (told) TRY_STATUS(told(head));
    if (request.method == HttpMethod::head) return {};  // its length is that of a body that does not come
    return check(parse_number(head.header("content-length")).value_or(0));
  };
  request.on_body = [&](std::string_view bytes) -> Status {
    TRY_STATUS(check(document.body.size() + bytes.size()));
    document.body.append(bytes);
    return {};
  };
  TRY(document.response, client.send(request));
  return document;
}

}  // namespace reef
