#pragma once

#include <cstdint>
#include <string>

#include "core/base/error.h"
#include "core/os/http_answers.h"

// What is said about answers of servers that are not what was asked for.
namespace reef::fetch {

Error web_page_error(const std::string& url, const HttpHead& head, const std::string& title);
Error wrong_digest_error(const std::string& what, const std::string& expected, const std::string& got);
Error wrong_size_error(const std::string& what, std::uint64_t expected, std::uint64_t got);
// login_hint: what to do when the server wants a login; empty: the usual advice.
Error status_error(const std::string& url, const HttpHead& head, const std::string& login_hint = "");
Error transfer_error(const std::string& url, const HttpResponse& response);

}  // namespace reef::fetch
