// The files in which docker, podman, skopeo and others keep logins.
#include <algorithm>
#include <cctype>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/oci/credentials.h"

namespace reef::oci {
namespace {

using json::Value;

const Value* member(const Value& object, const std::string& name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::string text_member(const Value& object, const std::string& name) {
  const Value* found = member(object, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

// Old files have whole addresses as keys: `https://host/v1/`.
std::string without_address(std::string key) {
  const std::size_t scheme = key.find("://");
  if (scheme != std::string::npos) key.erase(0, scheme + 3);
  while (key.ends_with('/')) key.pop_back();
  if (key.ends_with("/v1") || key.ends_with("/v2")) key.erase(key.size() - 3);
  return key;
}

// How well a key fits: the length of the part that it shares, 0 for none.
std::size_t fits(const std::string& key, const CredentialQuery& query) {
  const std::string plain = without_address(key);
  const std::string whole = query.repository.empty() ? query.host : query.host + "/" + query.repository;
  const std::size_t slash = plain.find('/');
  const std::string lower =
      lower_case(plain.substr(0, slash)) + (slash == std::string::npos ? "" : plain.substr(slash));
  const bool is_prefix =
      whole.starts_with(lower) && (whole.size() == lower.size() || whole[lower.size()] == '/');
  return is_prefix ? lower.size() : 0;
}

Failure malformed(const std::string& path, std::string_view what) {
  return make_error(ErrorCode::invalid_input, "the logins in `{}` cannot be read: {}", printable(path), what)
      .hint("log in again, or name another file in `REGISTRY_AUTH_FILE`");
}

Result<std::optional<Credentials>> entry_of(const std::string& path, const std::string& key,
                                            const Value& value) {
  Credentials out;
  out.origin = fmt::format("`{}`", printable(path));
  out.identity_token = text_member(value, "identitytoken");
  out.bearer = text_member(value, "registrytoken");
  out.user = text_member(value, "username");
  out.password = text_member(value, "password");
  if (const std::string auth = text_member(value, "auth"); !auth.empty()) {
    const std::optional<std::string> decoded = from_base64(auth);
    const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
    if (colon == std::string::npos)
      return malformed(path, fmt::format("`auth` of `{}` is not `user:password` in base64", printable(key)));
    out.user = decoded->substr(0, colon);
    out.password = decoded->substr(colon + 1);
    // What old versions of docker leave at the end.
    out.password.erase(std::find(out.password.begin(), out.password.end(), '\0'), out.password.end());
  }
  const bool empty =
      out.identity_token.empty() && out.bearer.empty() && (out.user.empty() || out.password.empty());
  if (empty) return std::optional<Credentials>();
  return std::optional<Credentials>(std::move(out));
}

bool is_helper_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

Result<AuthEntry> read_auth_file(const std::string& path, std::string text, const CredentialQuery& query) {
  // The error of the parser would show the line.
  const Result<json::Document> document = json::parse(path, std::move(text));
  if (!document) return malformed(path, "it is not JSON");
  const Value& root = document->root;
  if (!root.is_object()) return malformed(path, "it is not a JSON object");
  AuthEntry out;
  const auto use_helper = [&](std::string name) -> Result<AuthEntry> {
    if (!is_helper_name(name))
      return malformed(path, fmt::format("`{}` is no name of a credential helper", printable(name)));
    out.helper = std::move(name);
    return out;
  };
  if (const Value* helpers = member(root, "credHelpers"))
    if (std::string name = text_member(*helpers, query.host); !name.empty())
      return use_helper(std::move(name));
  std::string best;
  const Value* auths = member(root, "auths");
  if (auths != nullptr && auths->is_object()) {
    std::size_t most = 0;
    for (const auto& [key, value] : auths->items()) {
      const std::size_t length = fits(key, query);
      if (length <= most) continue;
      TRY(std::optional<Credentials> found, entry_of(path, key, value));
      if (!found) continue;
      most = length;
      out.credentials = std::move(found);
    }
  }
  if (out.credentials) return out;
  if (std::string name = text_member(root, "credsStore"); !name.empty()) return use_helper(std::move(name));
  return out;
}

}  // namespace reef::oci
