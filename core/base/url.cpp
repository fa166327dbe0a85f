#include "core/base/url.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/base/text.h"

namespace reef {
namespace {

// Cuts the text before the first of `separators` off the front; the separator stays behind.
std::string_view take_until(std::string_view& rest, std::string_view separators) {
  const std::size_t end = std::min(rest.find_first_of(separators), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end);
  return part;
}

// Offsets of the authority (`user:password@host:port`) in a URL; empty without `://`.
std::pair<std::size_t, std::size_t> authority_of(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return {0, 0};
  const std::size_t begin = colon + 3;
  return {begin, std::min(url.find_first_of("/?#", begin), url.size())};
}

}  // namespace

std::string without_credentials(std::string_view url) {
  const auto [begin, end] = authority_of(url);
  const std::size_t at = url.substr(begin, end - begin).rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  return std::string(url.substr(0, begin)) + std::string(url.substr(begin + at + 1));
}

std::string with_logins_hidden(std::string text) {
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    const std::size_t before = text.find_last_of("/ \t\"'", at);
    if (before == std::string::npos || before == 0 || text[before] != '/') continue;
    const bool is_authority = text[before - 1] == '/' || text[before - 1] == '\\';  // JSON may write `\/`
    if (is_authority) text.replace(before + 1, at - before - 1, at - before - 1, '*');
  }
  return text;
}

bool names_a_login(std::string_view text) {
  constexpr std::string_view kBegin = "://";
  for (std::size_t at = text.find(kBegin); at != std::string_view::npos; at = text.find(kBegin, at)) {
    at += kBegin.size();
    const std::string_view authority = text.substr(at, text.find_first_of("/?# \t\r\n\"'<>{}()", at) - at);
    if (authority.find('@') != std::string_view::npos) return true;
  }
  return false;
}

UrlParts split_url(std::string_view url) {
  UrlParts parts;
  const auto [begin, end] = authority_of(url);
  if (begin == 0) return parts;
  parts.scheme = lower_case(url.substr(0, begin - 3));
  std::string_view authority = url.substr(begin, end - begin);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    parts.userinfo = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parts.host = lower_case(authority.substr(0, colon));
  if (colon != std::string_view::npos) parts.port = authority.substr(colon + 1);
  std::string_view rest = url.substr(end);
  parts.path = take_until(rest, "?#");
  if (rest.starts_with('?')) parts.query = take_until(rest, "#").substr(1);
  return parts;
}

bool is_loopback(std::string_view host) {
  if (host.starts_with("[::1]")) return true;
  const std::string_view name = host.substr(0, host.find(':'));
  if (name == "localhost" || name.ends_with(".localhost")) return true;
  // A name may begin with 127., too.
  return name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto is_digit = [&](std::size_t at) {
      return at < text.size() && std::isxdigit(static_cast<unsigned char>(text[at])) != 0;
    };
    if (text[i] == '%' && is_digit(i + 1) && is_digit(i + 2)) {
      out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

}  // namespace reef
