#include <zlib.h>

#include <string_view>

#include "core/base/base64.h"
#include "core/ops/dashboard.h"
#include "core/os/http_server.h"

namespace reef::ops {

// The page as `dashboard/build.js` made it, or nothing. Generated.
std::string_view embedded_dashboard();

namespace {

// What the page has in the places that are filled here; dashboard/build.js checks that each is there once.
constexpr std::string_view kDataMark = "@reef-data@";
constexpr std::string_view kModeMark = "@reef-mode@";
constexpr std::string_view kNoRequests = "connect-src 'none'";
constexpr std::string_view kOwnRequests = "connect-src 'self'";
constexpr std::string_view kPolicyBegin = "http-equiv=\"Content-Security-Policy\" content=\"";

Result<std::string> gzip(const std::string& bytes) {
  constexpr int kGzipWindow = 15 + 16;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    return make_error(ErrorCode::bug, "zlib does not start: {}",
                      stream.msg == nullptr ? "no memory" : stream.msg);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  std::string in = bytes;  // zlib's pointer is not const
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (ended != Z_STREAM_END) return make_error(ErrorCode::bug, "zlib did not finish: {}", ended);
  return out;
}

Result<std::string> page_template() {
  const std::string_view page = embedded_dashboard();
  if (!page.empty()) return std::string(page);
  return make_error(ErrorCode::not_found, "this reef was built without its page")
      .hint("run `scripts/setup.sh page` in reef's source, and build it again")
      .hint("`reef dashboard --json` prints the data without a page");
}

// Marks are put there by the page's own build: each is there.
void fill(std::string& page, std::string_view mark, std::string_view text) {
  page.replace(page.find(mark), mark.size(), text);
}

}  // namespace

Result<std::string> dashboard_page(const json::Value& document, bool live) {
  TRY(std::string page, page_template());
  TRY(const std::string data, gzip(document.dump()));
  if (live) fill(page, kNoRequests, kOwnRequests);
  fill(page, kModeMark, live ? "live" : "export");
  fill(page, kDataMark, base64_of(data));
  return page;
}

Result<std::string> dashboard_policy(bool live) {
  TRY(std::string page, page_template());
  if (live) fill(page, kNoRequests, kOwnRequests);
  const std::size_t begin = page.find(kPolicyBegin) + kPolicyBegin.size();
  return page.substr(begin, page.find('"', begin) - begin) + "; frame-ancestors 'none'";
}

Status serve_dashboard(DashboardSource& source, std::uint16_t port, const Cancellation& cancel,
                       const std::function<void(const std::string& url)>& ready) {
  TRY(const std::string policy, dashboard_policy(true));
  TRY(LocalHttpServer server, LocalHttpServer::listen(port));
  const auto answer = [&](const LocalRequest& request) -> Result<LocalAnswer> {
    LocalAnswer out;
    out.headers.emplace_back("Content-Security-Policy", policy);
    if (request.path == "/") {
      TRY(const json::Value document, source.document());
      TRY(out.body, dashboard_page(document, true));
      out.type = "text/html; charset=utf-8";
    } else if (request.path == "/data") {
      TRY(const json::Value document, source.document());
      out.body = document.dump();
      out.type = "application/json";
    } else if (request.path == "/state") {
      TRY(out.body, source.state());
    } else {
      out.status = 404;
      out.body = "there is /, /data and /state\n";
    }
    return out;
  };
  ready(server.url());
  return server.serve(cancel, [&](const LocalRequest& request) {
    Result<LocalAnswer> done = answer(request);
    if (done) return std::move(*done);
    LocalAnswer out;
    out.status = 500;
    out.body = render(done.error());
    return out;
  });
}

}  // namespace reef::ops
