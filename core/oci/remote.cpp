#include "core/oci/remote.h"

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/base/url.h"
#include "core/oci/answers.h"

namespace reef::oci {
namespace {

std::string origin_of(const std::string& url) {
  const UrlParts parts = split_url(url);
  return fmt::format("{}://{}{}{}", parts.scheme, parts.host, parts.port.empty() ? "" : ":", parts.port);
}

}  // namespace

Remote::Remote(const Access& access, const Reference& place, std::string registry, Patience patience)
    : access_(access),
      place_(place),
      patience_(patience),
      authenticator_(access_, patience_, place.host, std::move(registry)) {}

Result<std::string> Remote::origin() {
  const std::scoped_lock lock(mutex_);
  if (!origin_.empty()) return origin_;
  if (!place_.scheme.empty())
    origin_ = place_.scheme + "://" + place_.host;
  else if (!is_loopback(place_.host))
    origin_ = "https://" + place_.host;
  else {
    TRY(origin_, probe());
  }
  return origin_;
}

// On this machine registries often have no certificate. Nothing secret is sent to find out.
Result<std::string> Remote::probe() {
  HttpRequest request;
  request.url = "http://" + place_.host + "/v2/";
  request.connect_timeout = patience_.connect_timeout;
  request.stall_timeout = patience_.stall_timeout;
  request.cancel = &access_.cancel;
  TRY(const HttpResponse response, access_.http.send(request));
  // Servers that want TLS answer 400 to plain HTTP, or nothing.
  const bool plain = response.problem == TransferProblem::none && response.head.status != 400 &&
                     split_url(response.head.url).scheme == "http";
  const bool nobody =
      response.problem == TransferProblem::connect && response.explanation.starts_with("cannot connect");
  return (plain || nobody ? "http://" : "https://") + place_.host;
}

bool Remote::is_ours(const std::string& url, const std::string& origin) const {
  return origin_of(url) == origin_of(origin);
}

Result<std::string> Remote::absolute(const std::string& given) {
  TRY(const std::string base, origin());
  if (given.starts_with("//")) return base.substr(0, base.find(':') + 1) + given;
  if (given.starts_with('/')) return base + given;
  const UrlParts parts = split_url(given);
  const bool downgraded = parts.scheme == "http" && base.starts_with("https:");
  if ((parts.scheme == "http" || parts.scheme == "https") && !parts.host.empty() && !downgraded) return given;
  const std::string shown = printable(without_credentials(given.substr(0, given.find('?'))));
  return make_error(ErrorCode::network, "the registry `{}` names `{}` as an address{}", place_.host, shown,
                    downgraded ? ", without encryption" : ", which is no URL");
}

Result<HttpResponse> Remote::send(const Call& call) {
  TRY(const std::string base, origin());
  HttpRequest request;
  TRY(request.url, absolute(call.address));
  request.method = call.method;
  request.body = call.body;
  request.connect_timeout = patience_.connect_timeout;
  request.stall_timeout = call.stall_timeout.value_or(patience_.stall_timeout);
  request.lowest_speed = patience_.lowest_speed;
  request.cancel = &access_.cancel;
  request.on_head = call.on_head;
  request.on_body = call.on_body;
  request.on_sent = call.on_sent;
  const bool ours = is_ours(request.url, base);
  std::string used;
  if (ours) {
    TRY(used, authenticator_.authorization(call.scope));
  }
  for (bool renewed = false;; renewed = true) {
    request.headers = call.headers;
    if (!used.empty()) request.headers.emplace_back("Authorization", used);
    TRY(HttpResponse response, access_.http.send(request));
    if (response.problem != TransferProblem::none || response.head.status != 401 || !ours ||
        !is_ours(response.head.url, base))
      return response;
    if (renewed) return tl::make_unexpected(authenticator_.refused(call.scope, response.head.status));
    TRY(used, authenticator_.after_refusal(call.scope, response.head, used));
  }
}

Result<HttpDocument> Remote::ask(const Call& plain, std::string_view doing, std::size_t limit) {
  HttpDocument answer;
  Call call = plain;
  call.on_head = [&](const HttpHead&) {
    answer.body.clear();
    return Status();
  };
  call.on_body = [&](std::string_view bytes) -> Status {
    if (answer.body.size() + bytes.size() > limit)
      return make_error(ErrorCode::invalid_input,
                        "cannot {}: the answer is larger than {}, the most that is read", doing,
                        format_bytes(limit));
    answer.body.append(bytes);
    return {};
  };
  for (int n = 0;; ++n) {
    TRY(answer.response, send(call));
    const auto wait = wait_before_retry(access_, patience_, answer.response, n);
    if (!wait && answer.response.problem != TransferProblem::none)
      return tl::make_unexpected(unreachable_error(doing, answer.response));
    if (!wait) return answer;
    TRY_STATUS(pause(access_, *wait));
  }
}

Error Remote::error_of(const Scope& scope, std::string_view doing, const HttpDocument& answer) {
  const Result<std::string> base = origin();
  const bool ours = base && is_ours(answer.response.head.url, *base);  // not a storage behind it
  if (answer.response.head.status != 403 || !ours) return answer_error(doing, answer);
  return authenticator_.refused(scope, answer.response.head.status);
}

}  // namespace reef::oci
