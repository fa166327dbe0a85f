#include "core/os/http_answers.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <random>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/base/url.h"

namespace reef {
namespace {

// "Sun, 06 Nov 1994 08:49:37 GMT": of the forms of RFC 9110, 5.6.7, the one that is written today.
std::optional<std::chrono::sys_seconds> parse_date(const std::string& text) {
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
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

}  // namespace

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

std::string status_text(int status) {
  const std::string_view reason = reason_of(status);
  return reason.empty() ? std::to_string(status) : fmt::format("{} {}", status, reason);
}

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

std::string redirected_text(const std::string& url, const HttpHead& head) {
  if (head.url.empty() || head.url == without_credentials(url)) return "";
  return fmt::format(" (redirected to `{}`)", printable(head.url.substr(0, head.url.find('?'))));
}

bool is_passing_status(int status) {
  if (status == 408 || status == 425 || status == 429) return true;
  return status >= 500 && status <= 599 && status != 501 && status != 505;
}

bool is_passing_problem(TransferProblem problem) {
  return problem == TransferProblem::resolve || problem == TransferProblem::connect ||
         problem == TransferProblem::truncated || problem == TransferProblem::too_slow;
}

bool is_doubtful_problem(const HttpResponse& response) {
  const bool is_silent = response.problem == TransferProblem::too_slow && response.head.status == 0;
  return response.problem == TransferProblem::resolve || response.problem == TransferProblem::connect ||
         is_silent;
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
  const auto then = parse_date(text);
  if (!then) return {};
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(*then - now);
  return std::clamp(wait, std::chrono::milliseconds(0), std::chrono::milliseconds(kLongest * 1000));
}

std::string wait_hint(std::chrono::milliseconds wait) {
  return "the server asks to be asked again in " + format_duration(wait);
}

bool has_strong_date(const HttpHead& head) {
  const auto answered = parse_date(head.header("date"));
  const auto modified = parse_date(head.header("last-modified"));
  return answered && modified && *answered - *modified >= std::chrono::seconds(2);
}

std::chrono::milliseconds back_off(Clock& clock, std::chrono::milliseconds first,
                                   std::chrono::milliseconds longest, int n) {
  const std::int64_t full = std::min<std::int64_t>(longest.count(), first.count() << std::min(n, 20));
  std::minstd_rand random(static_cast<unsigned>(clock.monotonic().time_since_epoch().count()));
  return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(full / 2, full)(random));
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

}  // namespace reef
