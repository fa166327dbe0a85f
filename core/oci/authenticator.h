#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/oci/access.h"
#include "core/oci/challenge.h"
#include "core/oci/credentials.h"

namespace reef::oci {

// What a request is about to do, for tokens and for messages.
struct Scope {
  std::string repository;  // empty: the registry itself
  bool push = false;
  std::string also_from;  // a second repository, to be read

  // `repository:a/b:pull,push` and the like.
  std::vector<std::string> tokens() const;
};

// Authentication with one registry: none, Basic (RFC 7617), or Bearer with a token service (the distribution
// project's "token authentication"). Nothing is sent before the registry asked for it. Tokens are kept as
// long as they live, for all threads.
class Authenticator {
 public:
  // host: as credentials name it. registry: the user's name for it, or empty.
  Authenticator(const Access& access, const Patience& patience, std::string host, std::string registry);

  // The value of the Authorization header by what is known so far; empty: none.
  Result<std::string> authorization(const Scope& scope);

  // The value to send instead, after a request with `used` was answered with 401. network: nothing better is
  // to be had; the message says what is missing.
  Result<std::string> after_refusal(const Scope& scope, const HttpHead& answer, const std::string& used);

  // The error for a request that was refused although it was made with everything there is.
  Error refused(const Scope& scope, int status);

 private:
  struct Token {
    std::string value;
    MonotonicTime until;
  };
  using Known = std::optional<Credentials>;

  Result<const Known*> credentials(const std::string& repository);
  // The same, to be sent: refused where others could read it.
  Result<const Known*> login(const std::string& repository);
  Result<std::string> basic(const Scope& scope);
  Result<std::string> bearer(const Scope& scope);
  Result<Token> fetch_token(const Scope& scope, const Known& known);
  Result<HttpDocument> ask_service(const HttpRequest& request);
  Error refusal(const Scope& scope, const Known& known, std::string_view by, int status) const;
  CredentialQuery query(const std::string& repository) const { return {host_, repository, registry_}; }

  const Access& access_;
  const Patience& patience_;
  std::string host_;
  std::string registry_;
  std::mutex mutex_;  // of all below
  std::optional<Challenge> challenge_;
  bool private_ = true;                       // nobody between here and the registry can read what is sent
  std::map<std::string, Known> credentials_;  // by repository
  std::map<std::string, Token> tokens_;       // by scope
};

}  // namespace reef::oci
