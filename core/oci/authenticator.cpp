#include "core/oci/authenticator.h"

#include <algorithm>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/base/url.h"
#include "core/oci/answers.h"
#include "core/oci/reference.h"
#include "core/os/http_answers.h"

namespace reef::oci {
namespace {

constexpr std::chrono::seconds kShortestLife{60};  // also of tokens that do not say how long they live
constexpr std::chrono::hours kLongestLife{24};

std::string form_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                       (byte >= 'A' && byte <= 'Z') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return out;
}

// What may stand in a header.
bool is_header_text(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

const Challenge* best_of(const std::vector<Challenge>& challenges) {
  const auto find = [&](std::string_view scheme) {
    return std::find_if(challenges.begin(), challenges.end(), [&](const Challenge& each) {
      return each.scheme == scheme && (scheme != "bearer" || !each.parameter("realm").empty());
    });
  };
  for (const char* scheme : {"bearer", "basic"})
    if (const auto found = find(scheme); found != challenges.end()) return &*found;
  return nullptr;
}

// Nobody between here and there can read what is sent.
bool is_private(const UrlParts& url) {
  return url.scheme == "https" || (url.scheme == "http" && is_loopback(url.host));
}

std::string what_for(const Scope& scope) {
  if (scope.repository.empty()) return "to be read";
  return fmt::format("to {} `{}`", scope.push ? "push to" : "pull from", scope.repository);
}

}  // namespace

std::vector<std::string> Scope::tokens() const {
  std::vector<std::string> out;
  if (!repository.empty())
    out.push_back(fmt::format("repository:{}:pull{}", repository, push ? ",push" : ""));
  if (!also_from.empty()) out.push_back(fmt::format("repository:{}:pull", also_from));
  return out;
}

Authenticator::Authenticator(const Access& access, const Patience& patience, std::string host,
                             std::string registry)
    : access_(access), patience_(patience), host_(std::move(host)), registry_(std::move(registry)) {}

Result<std::string> Authenticator::authorization(const Scope& scope) {
  const std::scoped_lock lock(mutex_);
  if (!challenge_) return std::string();
  return challenge_->scheme == "basic" ? basic(scope) : bearer(scope);
}

Result<std::string> Authenticator::after_refusal(const Scope& scope, const HttpHead& answer,
                                                 const std::string& used) {
  const std::scoped_lock lock(mutex_);
  const std::vector<Challenge> offered = parse_challenges(answer.all("www-authenticate"));
  const Challenge* best = best_of(offered);
  if (best == nullptr) {
    std::vector<std::string> schemes;
    for (const Challenge& each : offered) schemes.push_back(printable(each.scheme));
    return make_error(ErrorCode::network,
                      "the registry `{}` wants a login in a way that reef does not know: {}", host_,
                      schemes.empty() ? "it does not say how" : quoted_list(schemes, "or"));
  }
  // The scope and the error differ from one request to the next; what matters is where tokens come from.
  challenge_ = *best;
  challenge_->parameters.erase("scope");
  challenge_->parameters.erase("error");
  challenge_->parameters.erase("error_description");
  private_ = is_private(split_url(answer.url));
  const std::string key = join(scope.tokens(), " ");
  // Another thread may have renewed it already.
  if (const auto known = tokens_.find(key); known != tokens_.end() && "Bearer " + known->second.value == used)
    tokens_.erase(known);
  TRY(std::string next, challenge_->scheme == "basic" ? basic(scope) : bearer(scope));
  if (!next.empty() && next != used) return next;
  TRY(const Known* const known, credentials(scope.repository));
  return tl::make_unexpected(refusal(scope, *known, "the registry", answer.status));
}

Error Authenticator::refused(const Scope& scope, int status) {
  const std::scoped_lock lock(mutex_);
  const auto known = credentials(scope.repository);
  return known ? refusal(scope, **known, "the registry", status) : known.error();
}

Result<const Authenticator::Known*> Authenticator::credentials(const std::string& repository) {
  const auto known = credentials_.find(repository);
  if (known != credentials_.end()) return &known->second;
  TRY(Known found,
      find_credentials({access_.fs, access_.processes, access_.env, access_.cancel}, query(repository)));
  return &credentials_.emplace(repository, std::move(found)).first->second;
}

Result<const Authenticator::Known*> Authenticator::login(const std::string& repository) {
  TRY(const Known* const known, credentials(repository));
  if (!*known || private_) return known;
  return make_error(ErrorCode::network,
                    "the login from {} would be sent to the registry `{}` without encryption, where "
                    "everybody can read it",
                    (*known)->origin, host_)
      .hint("a registry with a certificate is `oci://HOST/...`");
}

Result<std::string> Authenticator::basic(const Scope& scope) {
  TRY(const Known* const known, login(scope.repository));
  if (!*known) return std::string();
  if (!(*known)->bearer.empty()) return "Bearer " + (*known)->bearer;
  if ((*known)->password.empty()) return std::string();
  return "Basic " + base64_of((*known)->user + ":" + (*known)->password);
}

Result<std::string> Authenticator::bearer(const Scope& scope) {
  TRY(const Known* const known, login(scope.repository));
  if (*known && !(*known)->bearer.empty()) return "Bearer " + (*known)->bearer;
  const std::string key = join(scope.tokens(), " ");
  const auto kept = tokens_.find(key);
  if (kept != tokens_.end() && access_.clock.monotonic() < kept->second.until)
    return "Bearer " + kept->second.value;
  TRY(Token token, fetch_token(scope, *known));
  return "Bearer " + (tokens_[key] = std::move(token)).value;
}

Result<Authenticator::Token> Authenticator::fetch_token(const Scope& scope, const Known& known) {
  const std::string realm = challenge_->parameter("realm");
  const UrlParts parts = split_url(realm);
  const std::string shown = printable(without_credentials(realm.substr(0, realm.find('?'))));
  if ((parts.scheme != "http" && parts.scheme != "https") || parts.host.empty())
    return make_error(ErrorCode::network,
                      "the registry `{}` names `{}` as its token service, which is no URL", host_, shown);
  if (!is_private(parts) && (known || private_))
    return make_error(ErrorCode::network,
                      "the registry `{}` wants logins to be sent to `{}`, without encryption", host_, shown);

  std::string query = "service=" + form_encoded(challenge_->parameter("service"));
  std::string scopes;
  for (const std::string& token : scope.tokens()) {
    query += "&scope=" + form_encoded(token);
    scopes += (scopes.empty() ? "" : " ") + token;
  }
  HttpRequest request;
  std::string form;
  if (known && !known->identity_token.empty()) {
    form = fmt::format("grant_type=refresh_token&client_id=reef&service={}&scope={}&refresh_token={}",
                       form_encoded(challenge_->parameter("service")), form_encoded(scopes),
                       form_encoded(known->identity_token));
    request.url = realm;
    request.method = HttpMethod::post;
    request.body = HttpBody{form, {}, 0, 0};
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.max_redirects = 0;  // a form with a secret in it stays here
  } else {
    request.url = realm + (realm.find('?') == std::string::npos ? "?" : "&") + query;
    if (known)
      request.headers = {{"Authorization", "Basic " + base64_of(known->user + ":" + known->password)}};
  }
  const MonotonicTime asked = access_.clock.monotonic();
  TRY(const HttpDocument answer, ask_service(request));
  const int status = answer.response.head.status;
  if (status == 401 || status == 403)
    return tl::make_unexpected(
        refusal(scope, known, fmt::format("the token service `{}` of the registry", shown), status));
  const std::string asking = fmt::format("get a token from `{}` for the registry `{}`", shown, host_);
  if (status != 200) return tl::make_unexpected(answer_error(asking, answer));

  const auto document = json::parse("token", answer.body);
  const auto text = [&](const char* name) -> std::string {
    if (!document || !document->root.is_object()) return "";
    const auto found = document->root.find(name);
    return found != document->root.end() && found->is_string() ? found->get<std::string>() : "";
  };
  Token token{text("token").empty() ? text("access_token") : text("token"), {}};
  if (!is_header_text(token.value)) return tl::make_unexpected(not_an_answer(asking, answer));
  std::chrono::milliseconds life = kShortestLife;
  if (const auto found = document->root.find("expires_in");
      found != document->root.end() && found->is_number_integer())
    life = std::chrono::seconds(
        std::clamp<std::int64_t>(found->get<std::int64_t>(), 1, std::chrono::seconds(kLongestLife).count()));
  // Not used to its very end: the request has a way to go.
  token.until = asked + life - std::min<std::chrono::milliseconds>(std::chrono::seconds(10), life / 4);
  return token;
}

Result<HttpDocument> Authenticator::ask_service(const HttpRequest& plain) {
  HttpRequest request = plain;
  request.connect_timeout = patience_.connect_timeout;
  request.stall_timeout = patience_.stall_timeout;
  request.lowest_speed = patience_.lowest_speed;
  request.cancel = &access_.cancel;
  for (int n = 0;; ++n) {
    TRY(HttpDocument answer, get_document(access_.http, request, kLargestAnswer));
    const auto wait = wait_before_retry(access_, patience_, answer.response, n);
    if (!wait && answer.response.problem != TransferProblem::none)
      return tl::make_unexpected(
          unreachable_error(fmt::format("get a token for the registry `{}`", host_), answer.response));
    if (!wait) return answer;
    TRY_STATUS(pause(access_, *wait));
  }
}

// Says whose login was refused, or that there is none; never the secret.
Error Authenticator::refusal(const Scope& scope, const Known& known, std::string_view by, int status) const {
  if (!known) {
    Error error(ErrorCode::network,
                fmt::format("the registry `{}` wants a login {}, and there is none", host_, what_for(scope)));
    for (std::string& hint : credential_hints(query(scope.repository)))
      error = std::move(error).hint(std::move(hint));
    return error;
  }
  const std::string who =
      known->user.empty() ? "the token" : fmt::format("the login `{}`", printable(known->user));
  return make_error(ErrorCode::network, "{} `{}` refused {} from {} {} ({})", by, host_, who, known->origin,
                    what_for(scope), status_text(status))
      .hint(scope.push ? "check that it is right, and that it may push there"
                       : "check that it is right, and that it may pull from there")
      .take();
}

}  // namespace reef::oci
