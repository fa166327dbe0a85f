#include "core/oci/answers.h"

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/base/url.h"
#include "core/os/http_answers.h"

namespace reef::oci {
namespace {

struct Reason {
  std::string code;
  std::string message;
};

// The first of `{"errors": [{"code": ..., "message": ...}]}`.
Reason reason_of(const HttpDocument& answer) {
  const auto document = json::parse("", answer.body);
  if (!document || !document->root.is_object()) return {};
  const auto errors = document->root.find("errors");
  if (errors == document->root.end() || !errors->is_array() || errors->empty() ||
      !errors->front().is_object())
    return {};
  const auto text = [&](const char* name) -> std::string {
    const auto found = errors->front().find(name);
    return found != errors->front().end() && found->is_string() ? shortened(found->get<std::string>()) : "";
  };
  return {text("code"), text("message")};
}

std::string host_of(const HttpHead& head) {
  const UrlParts parts = split_url(head.url);
  return printable(parts.port.empty() ? parts.host : parts.host + ":" + parts.port);
}

Error web_page(std::string_view doing, const HttpDocument& answer, const std::string& title) {
  return make_error(ErrorCode::network, "cannot {}: `{}` gave a web page{}, and no answer of a registry",
                    doing, host_of(answer.response.head), title.empty() ? "" : fmt::format(", \"{}\"", title))
      .hint("check the host and the port: is that the address of an OCI registry?")
      .take();
}

}  // namespace

std::string reason_code(const HttpDocument& answer) { return reason_of(answer).code; }

Error answer_error(std::string_view doing, const HttpDocument& answer) {
  const HttpHead& head = answer.response.head;
  const Reason reason = reason_of(answer);
  if (reason.code.empty())
    if (const auto title = web_page_title(head, answer.body)) return web_page(doing, answer, *title);
  std::string said = reason.message.empty() ? "" : ": " + reason.message;
  if (!reason.code.empty()) said += fmt::format(" ({})", reason.code);
  Error error(
      head.status == 404 ? ErrorCode::not_found : ErrorCode::network,
      fmt::format("cannot {}: `{}` answered {}{}", doing, host_of(head), status_text(head.status), said));
  if (head.status == 413)
    return std::move(error).hint("the registry, or a server before it, limits the size of uploads");
  if (head.status == 429)
    return std::move(error).hint("too many requests: wait a while and run the same again");
  if (is_passing_status(head.status))
    return std::move(error).hint("run the same again: what was transferred is kept");
  return error;
}

Error not_an_answer(std::string_view doing, const HttpDocument& answer) {
  if (const auto title = web_page_title(answer.response.head, answer.body))
    return web_page(doing, answer, *title);
  return make_error(ErrorCode::network,
                    "cannot {}: `{}` answered {} with something else than what belongs to it", doing,
                    host_of(answer.response.head), status_text(answer.response.head.status))
      .hint("check the host and the port: is that the address of an OCI registry?")
      .take();
}

Error unreachable_error(std::string_view doing, const HttpResponse& response) {
  Error error(ErrorCode::network, fmt::format("cannot {}: {}", doing, response.explanation));
  switch (response.problem) {
    case TransferProblem::resolve:
      return std::move(error).hint("check the name and the network; a proxy is taken from `https_proxy`");
    case TransferProblem::tls:
      return std::move(error)
          .hint("if you trust that authority, name its certificate in `SSL_CERT_FILE`")
          .hint("a registry without encryption is `oci+http://HOST/...`");
    case TransferProblem::truncated:
    case TransferProblem::too_slow:
      if (is_doubtful_problem(response) && response.sent_bytes == 0)
        return std::move(error).hint("check the address, or try again later");
      return std::move(error).hint("run the same again: what was transferred is kept");
    default:
      return error;
  }
}

}  // namespace reef::oci
