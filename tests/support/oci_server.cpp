#include "tests/support/oci_server.h"

#include <algorithm>

#include "core/base/base64.h"
#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/base/url.h"
#include "core/os/http.h"

namespace reef::test {
namespace {

constexpr const char* kLogin = "ci:secret";

std::map<std::string, std::string> parse_query(const std::string& query) {
  std::map<std::string, std::string> out;
  for (const std::string& one : split(query, '&')) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos) continue;
    std::string& value = out[one.substr(0, equals)];
    value += (value.empty() ? "" : " ") + percent_decoded(one.substr(equals + 1));
  }
  return out;
}

}  // namespace

struct OciServer::Parts {
  std::string repository;
  std::string kind;  // manifests, blobs, uploads, tags
  std::string rest;
  std::map<std::string, std::string> query;

  explicit Parts(const std::string& target) {
    const std::size_t question = std::min(target.find('?'), target.size());
    const std::string path = target.substr(0, question);
    if (question < target.size()) query = parse_query(target.substr(question + 1));
    for (const char* each : {"/blobs/uploads/", "/manifests/", "/blobs/", "/tags/"}) {
      const std::size_t at = path.find(each);
      if (!path.starts_with("/v2/") || at == std::string::npos) continue;
      repository = path.substr(4, at - 4);
      rest = path.substr(at + std::string(each).size());
      kind = std::string(each) == "/blobs/uploads/" ? "uploads" : std::string(trim(each)).substr(1);
      while (kind.ends_with('/')) kind.pop_back();
      return;
    }
  }
};

OciServer::OciServer(Login login)
    : login_(login),
      http_(std::make_unique<HttpServer>([this](const Incoming& r, Connection& c) { serve(r, c); })) {}

OciServer::~OciServer() { http_.reset(); }

std::string OciServer::host() const { return "127.0.0.1:" + std::to_string(http_->port()); }

std::vector<std::string> OciServer::seen(const std::string& text) const {
  std::vector<std::string> out;
  for (const Incoming& request : http_->requests())
    if (const std::string line = request.method + " " + request.target; line.find(text) != std::string::npos)
      out.push_back(line);
  return out;
}

std::size_t OciServer::tokens_given() const {
  const std::scoped_lock lock(mutex_);
  return given_;
}

void OciServer::forget_tokens() {
  const std::scoped_lock lock(mutex_);
  tokens_.clear();
}

std::string OciServer::blob(const std::string& repository, const std::string& hex) const {
  const std::scoped_lock lock(mutex_);
  const auto in = blobs_.find(repository);
  if (in == blobs_.end()) return "";
  const auto found = in->second.find(hex);
  return found == in->second.end() ? "" : found->second;
}

std::string OciServer::manifest(const std::string& repository, const std::string& tag) const {
  const std::scoped_lock lock(mutex_);
  const auto in = manifests_.find(repository);
  if (in == manifests_.end()) return "";
  const auto found = in->second.find(tag);
  return found == in->second.end() ? "" : found->second.text;
}

void OciServer::put_blob(const std::string& repository, const std::string& bytes) {
  const std::scoped_lock lock(mutex_);
  blobs_[repository][sha256(bytes).hex()] = bytes;
}

void OciServer::put_manifest(const std::string& repository, const std::string& tag, const std::string& text,
                             const std::string& type) {
  const std::scoped_lock lock(mutex_);
  manifests_[repository][tag] = {text, type};
  manifests_[repository]["sha256:" + sha256(text).hex()] = {text, type};
}

std::size_t OciServer::sessions() const {
  const std::scoped_lock lock(mutex_);
  return sessions_.size();
}

void OciServer::drop_sessions() {
  const std::scoped_lock lock(mutex_);
  sessions_.clear();
}

std::string OciServer::take_part(const std::string& target, const std::string& bytes) {
  const Parts parts(target);
  const std::scoped_lock lock(mutex_);
  Session& session = sessions_.at(parts.rest);
  session.bytes += bytes;
  return fmt::format("/v2/{}/blobs/uploads/{}?state={}", parts.repository, parts.rest, session.bytes.size());
}

void OciServer::refuse(Connection& c, int status, const std::string& code, const std::string& message) {
  c.respond(status, R"({"errors":[{"code":")" + code + R"(","message":")" + message + R"("}]})",
            {"Content-Type: application/json"});
}

void OciServer::serve(const Incoming& request, Connection& c) {
  if (interfere && interfere(request, c)) return;
  if (request.target.starts_with("/token")) return give_token(request, c);
  const Parts parts(request.target);
  const std::scoped_lock lock(mutex_);
  if (!is_allowed(request, parts)) return challenge(parts, c);
  if (request.target == "/v2/") return c.respond(200, "{}");
  if (parts.kind == "manifests") return serve_manifest(request, parts, c);
  if (parts.kind == "blobs") return serve_blob(request, parts, c);
  if (parts.kind == "tags") return serve_tags(parts, c);
  if (parts.kind == "uploads" && parts.rest.empty()) return open_session(request, parts, c);
  if (parts.kind == "uploads") return serve_session(request, parts, c);
  refuse(c, 404, "NOT_FOUND");
}

void OciServer::give_token(const Incoming& request, Connection& c) {
  const std::string form = c.read_body();
  const bool is_form = request.method == "POST";
  const auto query = parse_query(is_form ? form : request.target.substr(request.target.find('?') + 1));
  const auto value = [&](const char* name) {
    const auto found = query.find(name);
    return found == query.end() ? std::string() : found->second;
  };
  const std::scoped_lock lock(mutex_);
  const std::string login = request.header("authorization");
  const bool known =
      is_form ? value("refresh_token") == identity_token : login == "Basic " + base64_of(kLogin);
  if (!known && (is_form || !login.empty())) return refuse(c, 401, "UNAUTHORIZED", "incorrect login");
  std::string scopes;
  for (const std::string& scope : split(value("scope"), ' ')) {
    const std::string name = scope.substr(0, scope.rfind(':'));
    const std::string actions = scope.substr(scope.rfind(':') + 1);
    if (known) scopes += name + ":" + actions + " ";
    if (!known && anonymous_pull) scopes += name + ":pull ";
  }
  const std::string token = "token-" + std::to_string(++given_);
  tokens_[token] = scopes;
  const std::string name = is_form ? "access_token" : "token";
  c.respond(200, fmt::format(R"({{"{}":"{}","expires_in":{}}})", name, token, token_life));
}

bool OciServer::is_allowed(const Incoming& request, const Parts& parts) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (login_ == Login::none) return true;
  const std::string login = request.header("authorization");
  if (login_ == Login::basic)
    return login == "Basic " + base64_of(kLogin) || (reads && anonymous_pull && !parts.kind.empty());
  if (!login.starts_with("Bearer ")) return false;
  const auto known = tokens_.find(login.substr(7));
  if (known == tokens_.end()) return false;
  if (parts.repository.empty()) return true;
  const std::vector<std::string> held = split(known->second, ' ');
  return std::any_of(held.begin(), held.end(), [&](const std::string& scope) {
    if (!scope.starts_with("repository:" + parts.repository + ":")) return false;
    return scope.substr(scope.rfind(':')).find(reads ? "pull" : "push") != std::string::npos;
  });
}

void OciServer::challenge(const Parts& parts, Connection& c) {
  std::string header = "WWW-Authenticate: Basic realm=\"test\"";
  if (login_ == Login::token)
    header =
        fmt::format("WWW-Authenticate: Bearer realm=\"{}\",service=\"test\",scope=\"repository:{}:pull\"",
                    url("/token"), parts.repository);
  c.respond(401, R"({"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]})", {header});
}

void OciServer::serve_manifest(const Incoming& request, const Parts& parts, Connection& c) {
  auto& kept = manifests_[parts.repository];
  if (request.method == "PUT") {
    const Kept one{c.read_body(), request.header("content-type")};
    kept[parts.rest] = one;
    const std::string digest = "sha256:" + sha256(one.text).hex();
    kept[digest] = one;
    return c.respond(
        201, "",
        {"Docker-Content-Digest: " + digest, "Location: /v2/" + parts.repository + "/manifests/" + digest});
  }
  const auto found = kept.find(parts.rest);
  if (found == kept.end()) return refuse(c, 404, "MANIFEST_UNKNOWN", "manifest unknown");
  const std::vector<std::string> headers = {
      "Content-Type: " + found->second.type,
      "Docker-Content-Digest: sha256:" + sha256(found->second.text).hex()};
  c.respond(200, found->second.text, headers);
}

void OciServer::serve_blob(const Incoming& request, const Parts& parts, Connection& c) {
  const auto& in = blobs_[parts.repository];
  const auto found = in.find(parts.rest.substr(std::min<std::size_t>(7, parts.rest.size())));
  if (found == in.end()) return refuse(c, 404, "BLOB_UNKNOWN", "blob unknown to registry");
  serve_file(request, c, found->second);
}

void OciServer::open_session(const Incoming& /*request*/, const Parts& parts, Connection& c) {
  const auto value = [&](const char* name) {
    const auto found = parts.query.find(name);
    return found == parts.query.end() ? std::string() : found->second;
  };
  const std::string digest = value("mount");
  if (!digest.empty()) {
    const auto& from = blobs_[value("from")];
    if (const auto found = from.find(digest.substr(7)); found != from.end()) {
      blobs_[parts.repository][found->first] = found->second;
      return c.respond(201, "", {"Location: /v2/" + parts.repository + "/blobs/" + digest});
    }
  }
  const std::string id = std::to_string(++opened_);
  sessions_[id] = {parts.repository, ""};
  std::vector<std::string> headers = {
      "Location: /v2/" + parts.repository + "/blobs/uploads/" + id + "?state=0", "Range: 0-0"};
  if (chunk_min_length > 0) headers.push_back("OCI-Chunk-Min-Length: " + std::to_string(chunk_min_length));
  c.respond(202, "", headers);
}

void OciServer::serve_session(const Incoming& request, const Parts& parts, Connection& c) {
  const auto found = sessions_.find(parts.rest);
  if (found == sessions_.end())
    return refuse(c, 404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
  Session& session = found->second;
  const auto headers = [&] {
    const std::size_t size = session.bytes.size();
    return std::vector<std::string>{
        fmt::format("Location: /v2/{}/blobs/uploads/{}?state={}", parts.repository, parts.rest, size),
        fmt::format("Range: 0-{}", size == 0 ? 0 : size - 1)};
  };
  if (request.method == "GET") return c.respond(204, "", headers());
  const std::string length = request.header("content-length");
  const std::string body = c.read_body();
  if (!length.empty() && body.size() != std::stoul(length)) {
    sessions_.erase(found);  // the connection broke in the middle
    return;
  }
  // The state is where the session is: an address that is not the last one is refused.
  if (parts.query.at("state") != std::to_string(session.bytes.size()))
    return refuse(c, 416, "RANGE_INVALID", "out of order");
  if (request.header("content-type") != "application/octet-stream")
    return refuse(c, 400, "UNSUPPORTED", "wrong type");
  session.bytes += body;
  if (request.method == "PATCH") return c.respond(202, "", headers());
  const std::string digest = parts.query.at("digest");
  if (digest != "sha256:" + sha256(session.bytes).hex())
    return refuse(c, 400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  blobs_[parts.repository][digest.substr(7)] = std::move(session.bytes);
  sessions_.erase(found);
  c.respond(201, "",
            {"Docker-Content-Digest: " + digest, "Location: /v2/" + parts.repository + "/blobs/" + digest});
}

void OciServer::serve_tags(const Parts& parts, Connection& c) {
  const auto in = manifests_.find(parts.repository);
  if (in == manifests_.end()) return refuse(c, 404, "NAME_UNKNOWN", "repository name not known to registry");
  const auto after = parts.query.find("last");
  std::string list;
  std::string last;
  std::size_t count = 0;
  bool more = false;
  for (const auto& [tag, kept] : in->second) {
    if (tag.starts_with("sha256:") || (after != parts.query.end() && tag <= after->second)) continue;
    more = count == tags_per_page;
    if (more) break;
    list += (count++ == 0 ? "\"" : ",\"") + tag + "\"";
    last = tag;
  }
  std::vector<std::string> headers;
  if (more)
    headers.push_back(fmt::format("Link: </v2/{}/tags/list?n={}&last={}>; rel=\"next\"", parts.repository,
                                  tags_per_page, last));
  c.respond(200, R"({"name":")" + parts.repository + R"(","tags":[)" + list + "]}", headers);
}

}  // namespace reef::test
