#include "core/fetch/answers.h"

#include "core/base/url.h"

namespace reef::fetch {

Error web_page_error(const std::string& url, const HttpHead& head, const std::string& title) {
  const std::string page = title.empty() ? "a web page" : fmt::format("a web page, \"{}\",", title);
  return make_error(ErrorCode::integrity, "`{}` gave {} instead of the file{}", without_credentials(url),
                    page, redirected_text(url, head))
      .hint(
          "it may want a login or a click first: open it in a browser, then use the address of the file "
          "itself")
      .take();
}

Error wrong_digest_error(const std::string& what, const std::string& expected, const std::string& got) {
  return make_error(ErrorCode::integrity, "`{}` has the wrong digest: expected {}, got {}", what, expected,
                    got)
      .hint("the file was changed at its origin, or on the way here; nothing of it was kept")
      .take();
}

Error wrong_size_error(const std::string& what, std::uint64_t expected, std::uint64_t got) {
  return make_error(ErrorCode::integrity, "`{}` has the wrong size: expected {} bytes, got {}", what,
                    expected, got)
      .hint("the file was changed at its origin, or on the way here; nothing of it was kept")
      .take();
}

Error status_error(const std::string& url, const HttpHead& head, const std::string& login_hint) {
  const std::string shown = without_credentials(url);
  const bool is_missing = head.status == 404 || head.status == 410;
  Error error(is_missing ? ErrorCode::not_found : ErrorCode::network,
              fmt::format("{} `{}`: the server answered {}{}", is_missing ? "there is no" : "cannot fetch",
                          shown, status_text(head.status), redirected_text(url, head)));
  if (head.status == 401 || head.status == 403)
    return std::move(error).hint(login_hint.empty()
                                     ? "it may want a login: fetch it by other means and name it as a `path`"
                                     : login_hint);
  if (head.status == 429)
    return std::move(error).hint("too many requests: wait a while and run the same again");
  return error;
}

Error transfer_error(const std::string& url, const HttpResponse& response) {
  Error error(ErrorCode::network,
              fmt::format("cannot fetch `{}`: {}", without_credentials(url), response.explanation));
  switch (response.problem) {
    case TransferProblem::resolve:
      return std::move(error).hint("check the name and the network; a proxy is taken from `https_proxy`");
    case TransferProblem::tls:
      return std::move(error).hint("if you trust that authority, name its certificate in `SSL_CERT_FILE`");
    case TransferProblem::truncated:
    case TransferProblem::too_slow:
      if (is_doubtful_problem(response))
        return std::move(error).hint("check the address, or try again later");
      return std::move(error).hint("run the same again: what came so far is kept");
    default:
      return error;
  }
}

}  // namespace reef::fetch
