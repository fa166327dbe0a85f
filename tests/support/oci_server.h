#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/http_server.h"

namespace reef::test {

// A small OCI registry on 127.0.0.1 that keeps everything in memory, is as strict as the reference
// implementation (a broken chunk ends its session), and lets a test interfere with every request.
class OciServer {
 public:
  enum class Login { none, basic, token };

  OciServer() : OciServer(Login::none) {}
  explicit OciServer(Login login);
  ~OciServer();

  std::string host() const;  // "127.0.0.1:PORT"
  std::string url(const std::string& path) const { return http_->url(path); }
  std::vector<Incoming> requests() const { return http_->requests(); }
  // "GET /v2/a/tags/list" of all requests that contain the text.
  std::vector<std::string> seen(const std::string& text = "") const;

  // True: it has answered. Called before anything else, by several threads.
  std::function<bool(const Incoming&, Connection&)> interfere;

  // Who may do what: the user `ci` with the password `secret` everything, others nothing, or with
  // `anonymous_pull` pull.
  bool anonymous_pull = false;
  std::string identity_token = "identity";  // stands for `ci`, too
  int token_life = 300;                     // seconds, as the service says
  std::size_t tokens_given() const;
  void forget_tokens();  // all that were given are refused from now on

  std::size_t tags_per_page = 1000;
  std::size_t chunk_min_length = 0;

  // What it holds, by repository.
  std::string blob(const std::string& repository, const std::string& hex) const;
  std::string manifest(const std::string& repository, const std::string& tag) const;
  void put_blob(const std::string& repository, const std::string& bytes);
  void put_manifest(const std::string& repository, const std::string& tag, const std::string& text,
                    const std::string& type = "application/vnd.oci.image.manifest.v1+json");
  std::size_t sessions() const;  // that are open
  void drop_sessions();
  // Adds bytes to the session of an address; its next address.
  std::string take_part(const std::string& target, const std::string& bytes);

  // Answers like a registry does.
  static void refuse(Connection& c, int status, const std::string& code, const std::string& message = "no");

 private:
  struct Kept {
    std::string text;
    std::string type;
  };
  struct Session {
    std::string repository;
    std::string bytes;
  };
  struct Parts;  // of a target

  void serve(const Incoming& request, Connection& c);
  void give_token(const Incoming& request, Connection& c);
  bool is_allowed(const Incoming& request, const Parts& parts);
  void challenge(const Parts& parts, Connection& c);
  void serve_manifest(const Incoming& request, const Parts& parts, Connection& c);
  void serve_blob(const Incoming& request, const Parts& parts, Connection& c);
  void open_session(const Incoming& request, const Parts& parts, Connection& c);
  void serve_session(const Incoming& request, const Parts& parts, Connection& c);
  void serve_tags(const Parts& parts, Connection& c);

  Login login_;
  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, std::string>> blobs_;
  std::map<std::string, std::map<std::string, Kept>> manifests_;  // by tag and by digest
  std::map<std::string, Session> sessions_;
  std::map<std::string, std::string> tokens_;  // to the scopes that each holds
  std::size_t given_ = 0;
  std::size_t opened_ = 0;
  std::unique_ptr<HttpServer> http_;  // last: it begins when all else is there
};

}  // namespace reef::test
