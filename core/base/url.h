#pragma once

#include <string>
#include <string_view>

namespace reef {

// A URL as it may be shown: without user name and password.
std::string without_credentials(std::string_view url);
// Any text with `user:password` of the URLs in it as so many asterisks: columns stay.
std::string with_logins_hidden(std::string text);
// Whether a URL in the text has a user name or password, as the schema of manifests says it.
bool names_a_login(std::string_view text);

// The parts of `scheme://authority/path?query#fragment`; parts that are missing are empty.
struct UrlParts {
  std::string scheme;    // lower case
  std::string userinfo;  // as written, still percent-encoded
  std::string host;      // lower case; IPv6 addresses with their brackets
  std::string port;
  std::string path;  // with its leading `/`, still percent-encoded
  std::string query;
};
UrlParts split_url(std::string_view url);
// Whether a host with or without port is this machine, whatever its name service says.
bool is_loopback(std::string_view host);
// `%41` -> `A`; text that is no escape stays.
std::string percent_decoded(std::string_view text);

}  // namespace reef
