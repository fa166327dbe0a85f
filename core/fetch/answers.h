#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/os/clock.h"
#include "core/os/http.h"

// What is said about answers of servers that are not what was asked for.
namespace reef::fetch {

// The title of a web page, or "" without one; nothing when the answer is not a web page.
std::optional<std::string> web_page_title(const HttpHead& head, std::string_view beginning);

Error web_page_error(const std::string& url, const HttpHead& head, const std::string& title);
Error wrong_digest_error(const std::string& what, const std::string& expected, const std::string& got);
Error wrong_size_error(const std::string& what, std::uint64_t expected, std::uint64_t got);
// login_hint: what to do when the server wants a login; empty: the usual advice.
Error status_error(const std::string& url, const HttpHead& head, const std::string& login_hint = "");
Error transfer_error(const std::string& url, const HttpResponse& response);

// 408, 425, 429 and 5xx but 501 and 505: the same request may succeed later.
bool is_passing_status(int status);
bool is_passing_problem(TransferProblem problem);

// What a Retry-After header asks for, in seconds or as a date (RFC 9110, 10.2.3); 0 without one.
std::chrono::milliseconds retry_after(const HttpHead& head, SystemTime now);

// The first byte's position and the whole size of `bytes 5-9/10`; total is absent for `*`.
struct ContentRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> total;
};
std::optional<ContentRange> parse_content_range(std::string_view text);

std::optional<std::uint64_t> parse_number(std::string_view digits);

}  // namespace reef::fetch
