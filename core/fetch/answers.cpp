#include "core/fetch/answers.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>

#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::fetch {
namespace {

// Printable, on one line, not long.
std::string shortened(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  std::string out;
  for (const char c : trim(text)) {
    const bool is_space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (is_space && (out.empty() || out.back() == ' ')) continue;
    out.push_back(is_space ? ' ' : c);
  }
  if (out.size() > kLongest) out.resize(kLongest);
  return printable(out);
}

std::string_view reason_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 407:
      return "Proxy Authentication Required";
    case 408:
      return "Request Timeout";
    case 410:
      return "Gone";
    case 429:
      return "Too Many Requests";
    case 451:
      return "Unavailable For Legal Reasons";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "";
  }
}

// " (redirected to `x`)" when redirects were followed; without the query, which is often a key.
std::string redirected(const std::string& url, const HttpHead& head) {
  if (head.url.empty() || head.url == without_credentials(url)) return "";
  return fmt::format(" (redirected to `{}`)", printable(head.url.substr(0, head.url.find('?'))));
}

}  // namespace

std::optional<std::string> web_page_title(const HttpHead& head, std::string_view beginning) {
  const std::string text = lower_case(beginning);
  const std::string_view start = trim(text);
  const bool is_page = lower_case(head.header("content-type")).starts_with("text/html") ||
                       start.starts_with("<!doctype html") || start.starts_with("<html");
  if (!is_page) return std::nullopt;
  const std::size_t tag = text.find("<title");
  const std::size_t begin = tag == std::string::npos ? tag : text.find('>', tag);
  if (begin == std::string::npos) return "";
  const std::size_t end = std::min(text.find("</title", begin), text.size());
  return shortened(beginning.substr(begin + 1, end - begin - 1));
}

Error web_page_error(const std::string& url, const HttpHead& head, const std::string& title) {
  const std::string page = title.empty() ? "a web page" : fmt::format("a web page, \"{}\",", title);
  return make_error(ErrorCode::integrity, "`{}` gave {} instead of the file{}", without_credentials(url),
                    page, redirected(url, head))
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
  const std::string_view reason = reason_of(head.status);
  const std::string status =
      reason.empty() ? std::to_string(head.status) : fmt::format("{} {}", head.status, reason);
  const bool is_missing = head.status == 404 || head.status == 410;
  Error error(is_missing ? ErrorCode::not_found : ErrorCode::network,
              fmt::format("{} `{}`: the server answered {}{}", is_missing ? "there is no" : "cannot fetch",
                          shown, status, redirected(url, head)));
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
      return std::move(error).hint("run the same again: what came so far is kept");
    default:
      return error;
  }
}

bool is_passing_status(int status) {
  if (status == 408 || status == 425 || status == 429) return true;
  return status >= 500 && status <= 599 && status != 501 && status != 505;
}

bool is_passing_problem(TransferProblem problem) {
  return problem == TransferProblem::resolve || problem == TransferProblem::connect ||
         problem == TransferProblem::truncated || problem == TransferProblem::too_slow;
}

std::optional<std::uint64_t> parse_number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::chrono::milliseconds retry_after(const HttpHead& head, SystemTime now) {
  const std::string text = head.header("retry-after");
  constexpr std::uint64_t kLongest = 86'400;
  if (const auto seconds = parse_number(text)) return std::chrono::seconds(std::min(*seconds, kLongest));
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  int day = 0;
  int year = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::array<char, 4> month{};
  if (std::sscanf(text.c_str(), "%*3s, %2d %3s %4d %2d:%2d:%2d GMT", &day, month.data(), &year, &hour,
                  &minute, &second) != 6)
    return {};
  const std::size_t at = kMonths.find(month.data());
  if (at == std::string_view::npos) return {};
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(at / 3 + 1)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return {};
  const auto then = std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                    std::chrono::seconds(second);
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(then - now);
  return std::clamp(wait, std::chrono::milliseconds(0), std::chrono::milliseconds(kLongest * 1000));
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  if (!text.starts_with(kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const std::size_t dash = text.find('-');
  const std::size_t slash = text.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos) return std::nullopt;
  const auto first = parse_number(text.substr(0, dash));
  if (!first) return std::nullopt;
  return ContentRange{*first, parse_number(text.substr(slash + 1))};
}

}  // namespace reef::fetch
