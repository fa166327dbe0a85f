#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/oci/authenticator.h"
#include "core/oci/reference.h"

namespace reef::oci {

// One request to a registry.
struct Call {
  Scope scope;
  std::string address;  // a path, "/v2/a/b/tags/list", or a whole URL that the registry gave
  HttpMethod method = HttpMethod::get;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::optional<HttpBody> body = std::nullopt;
  std::function<Status(const HttpHead&)> on_head = nullptr;
  std::function<Status(std::string_view)> on_body = nullptr;
  std::function<void(std::uint64_t)> on_sent = nullptr;
  std::optional<std::chrono::milliseconds> stall_timeout = std::nullopt;  // nothing: by the patience
};

// A registry that speaks the OCI distribution protocol (distribution-spec 1.1). Safe for use by several
// threads. Credentials and tokens go to the registry's own origin and to its token service, nowhere else: not
// after redirects, and not to upload addresses on other hosts.
class Remote {
 public:
  // place: repository, tag and digest of it do not matter. registry: what the user calls it, or empty.
  Remote(const Access& access, const Reference& place, std::string registry = "", Patience patience = {});

  const Access& access() const { return access_; }
  const Patience& patience() const { return patience_; }
  const Reference& place() const { return place_; }

  // One answer, of any status but 401; transfers that failed are values, too. The callbacks may see the
  // answers of several tries: each begins with `on_head`. Errors: network, when a login is missing or was
  // refused; those of HttpClient and of find_credentials.
  Result<HttpResponse> send(const Call& call);
  // The same with patience, and the answer's body; unreachable_error for `doing` when there is no answer.
  Result<HttpDocument> ask(const Call& call, std::string_view doing, std::size_t limit);

  // A URL of the registry, whole: `given` may be a path, or a URL with or without host. invalid_input: it is
  // something else.
  Result<std::string> absolute(const std::string& given);
  // answer_error, and for 403 who was refused.
  Error error_of(const Scope& scope, std::string_view doing, const HttpDocument& answer);

 private:
  // "https://host:port"; found out by the first call when the reference leaves it open.
  Result<std::string> origin();
  Result<std::string> probe();
  bool is_ours(const std::string& url, const std::string& origin) const;

  const Access access_;
  Reference place_;
  Patience patience_;
  Authenticator authenticator_;
  std::mutex mutex_;    // of the origin
  std::string origin_;  // empty: not known yet
};

}  // namespace reef::oci
