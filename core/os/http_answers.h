#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/os/clock.h"
#include "core/os/http.h"

// What answers of servers mean: statuses, ranges, patience.
namespace reef {

// "Not Found"; empty for a status that nobody meets.
std::string_view reason_of(int status);
// "404 Not Found", or the number alone.
std::string status_text(int status);

// What a server said, as it may stand in a message: printable, on one line, not long.
std::string shortened(std::string_view text);

// The title of a web page, or "" without one; nothing when the answer is not a web page.
std::optional<std::string> web_page_title(const HttpHead& head, std::string_view beginning);

// " (redirected to `x`)" when redirects were followed; without the query, which is often a key.
std::string redirected_text(const std::string& url, const HttpHead& head);

// 408, 425, 429 and 5xx but 501 and 505: the same request may succeed later.
bool is_passing_status(int status);
bool is_passing_problem(TransferProblem problem);
// Nobody answers under that name, or somebody who says nothing: trying again helps seldom, and takes long.
bool is_doubtful_problem(const HttpResponse& response);

// What a Retry-After header asks for, in seconds or as a date (RFC 9110, 10.2.3); 0 without one, at most a
// day.
std::chrono::milliseconds retry_after(const HttpHead& head, SystemTime now);
// "the server asks to be asked again in 24 h".
std::string wait_hint(std::chrono::milliseconds wait);
// Whether the Last-Modified date stands for this content alone: what changes twice in a second has the same
// date twice, so it must lie behind the answer (RFC 9110, 8.8.2.2).
bool has_strong_date(const HttpHead& head);

// The n-th waiting time (n from 0): `first` doubled n times, at most `longest`, minus up to a half at random
// so that many clients do not come back together.
std::chrono::milliseconds back_off(Clock& clock, std::chrono::milliseconds first,
                                   std::chrono::milliseconds longest, int n);

// The first byte's position and the whole size of `bytes 5-9/10`; total is absent for `*`.
struct ContentRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> total;
};
std::optional<ContentRange> parse_content_range(std::string_view text);

// Decimal digits and nothing else.
std::optional<std::uint64_t> parse_number(std::string_view digits);

}  // namespace reef
