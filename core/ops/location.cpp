#include "core/ops/location.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/base/url.h"
#include "core/oci/reference.h"
#include "core/os/environment.h"
#include "core/os/http.h"

namespace reef::ops {
namespace {

constexpr std::string_view kGit = "git+";

// `user@host:path`, as git and ssh write it: no scheme, and a colon before the first slash.
bool is_scp_like(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::size_t at = text.find('@');
  return colon != std::string_view::npos && at < colon && text.find('/') > colon &&
         text.find("://") == std::string_view::npos;
}

Status check_url(const std::string& url) {
  const UrlParts parts = split_url(url);
  const std::string shown = printable(without_credentials(url));
  const bool is_ssh = parts.scheme == "ssh";
  if (!parts.userinfo.empty() && (!is_ssh || parts.userinfo.find(':') != std::string::npos))
    return make_error(ErrorCode::invalid_input,
                      "the address of `{}` holds a user name or password, which would "
                      "be kept in a file and shown",
                      shown)
        .hint(is_ssh
                  ? "leave it out: ssh takes a key of your agent"
                  : "leave it out: `REEF_REGISTRY_NAME_USER` and `REEF_REGISTRY_NAME_PASSWORD`, or "
                    "`REEF_REGISTRY_NAME_TOKEN`, of the environment are used where NAME is the registry's");
  if (parts.host.empty() && parts.scheme != "file")
    return make_error(ErrorCode::invalid_input, "`{}` names no host", shown);
  if (url.find_first_of("?#") != std::string::npos)
    return make_error(ErrorCode::invalid_input,
                      "`{}` has a `?` or `#`, which the address of a registry cannot have",
                      printable(shown.substr(0, shown.find_first_of("?#"))));
  const bool is_plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (is_plain) return {};
  return make_error(ErrorCode::invalid_input, "`{}` is not a URL: write blanks and other characters as `%20`",
                    shown);
}

Result<Location> git_location(std::string address) {
  if (!is_scp_like(address) || address.starts_with('-')) {
    const std::string scheme = split_url(address).scheme;
    if (scheme != "https" && scheme != "http" && scheme != "ssh" && scheme != "file" && scheme != "git")
      return make_error(ErrorCode::usage, "`git+{}` is not the address of a git repository",
                        printable(without_credentials(address)))
          .hint("write `git+https://...`, `git+ssh://...` or `git+file:///...`");
    TRY_STATUS(check_url(address));
  }
  return Location{LocationKind::git, std::move(address)};
}

}  // namespace

std::string_view name_of(LocationKind kind) {
  switch (kind) {
    case LocationKind::folder:
      return "folder";
    case LocationKind::http:
      return "http";
    case LocationKind::oci:
      return "oci";
    case LocationKind::git:
      break;
  }
  return "git";
}

std::string Location::text() const {
  return kind == LocationKind::git ? std::string(kGit) + address : address;
}

Result<Location> parse_location(std::string_view text) {
  std::string address(text);
  if (address.empty()) return make_error(ErrorCode::usage, "the location of a registry is empty");
  if (address.starts_with(kGit)) return git_location(address.substr(kGit.size()));
  if (address.starts_with("ssh://") || is_scp_like(address)) return git_location(std::move(address));
  if (oci::is_reference(address)) {
    TRY(const oci::Reference place, oci::Reference::parse_registry(address));
    return Location{LocationKind::oci, place.place()};
  }
  const std::string scheme = split_url(address).scheme;
  if (scheme == "http" || scheme == "https") {
    TRY_STATUS(check_url(address));
    while (address.ends_with('/')) address.pop_back();
    return Location{LocationKind::http, std::move(address)};
  }
  if (scheme == "file") {
    const UrlParts parts = split_url(address);
    if (!parts.host.empty() && parts.host != "localhost")
      return make_error(ErrorCode::usage, "`{}` names a folder of another machine", printable(address));
    address = percent_decoded(parts.path);
  } else if (!scheme.empty()) {
    return make_error(ErrorCode::usage, "`{}` is not a kind of registry that is known",
                      printable(without_credentials(address)))
        .hint(
            "a registry is a folder, `https://...`, `oci://...`, `git+https://...`, `git+ssh://...` or "
            "`git+file:///...`");
  }
  TRY(const Path path, absolute_path(address));
  return Location{LocationKind::folder, path.string()};
}

}  // namespace reef::ops
