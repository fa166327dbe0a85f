#include "tests/unit/oci/bench.h"

using namespace reef;
using namespace reef::oci;
using namespace reef::test;

namespace {

using Login = OciServer::Login;

const std::string kBlob = "some bytes";

void log_in(OciBench& bench, const OciServer& server, const std::string& password = "secret") {
  bench.env[bench.login_variable(server, "USER")] = "ci";
  bench.env[bench.login_variable(server, "PASSWORD")] = password;
}

std::string pushed(Repository repository, const std::string& bytes = kBlob) {
  const auto sent = repository.upload(blob_of(bytes), "the blob", body_of(bytes), nullptr);
  return sent ? (*sent ? "sent" : "there") : render(sent.error());
}

}  // namespace

TEST_CASE("an open registry gets no login, whatever there is") {
  OciBench bench;
  OciServer server;
  log_in(bench, server);
  CHECK(pushed(bench.repository(server)) == "sent");
  CHECK(pushed(bench.repository(server)) == "there");
  for (const Incoming& request : server.requests()) CHECK(request.header("authorization").empty());
}

TEST_CASE("Basic and Bearer logins work, and are asked for once") {
  const Login login = GENERATE(Login::basic, Login::token);
  OciBench bench;
  OciServer server(login);
  log_in(bench, server);
  Repository repository = bench.repository(server);
  CHECK(pushed(repository) == "sent");
  CHECK(pushed(repository) == "there");
  std::size_t refused = 0;
  for (const Incoming& request : server.requests())
    refused += request.header("authorization").empty() && request.target != "/v2/" ? 1U : 0U;
  CHECK(refused == 1);
  CHECK(server.tokens_given() == (login == Login::token ? 1 : 0));
  CHECK(server.seen("/token").size() == server.tokens_given());
}

TEST_CASE("without a login the error tells how to get one") {
  const Login login = GENERATE(Login::basic, Login::token);
  OciBench bench;
  OciServer server(login);
  const std::string variable = bench.login_variable(server, "");
  CHECK(pushed(bench.repository(server)) ==
        "error: the registry `" + server.host() + "` wants a login to push to `a/b`, and there is none\n" +
            "hint: set `" + variable + "USER` and `" + variable + "PASSWORD`, or `" + variable + "TOKEN`\n" +
            "hint: or log in once: `podman login " + server.host() +
            "`; skopeo and docker keep logins in the same files\n");
}

TEST_CASE("a wrong login is told with its user and its place, not with its secret") {
  const Login login = GENERATE(Login::basic, Login::token);
  OciBench bench;
  OciServer server(login);
  log_in(bench, server, "hunter2");
  const std::string by = login == Login::basic
                             ? "the registry"
                             : "the token service `" + server.url("/token") + "` of the registry";
  CHECK(pushed(bench.repository(server)) ==
        "error: " + by + " `" + server.host() + "` refused the login `ci` from `$" +
            bench.login_variable(server, "USER") + "` to push to `a/b` (401 Unauthorized)\n" +
            "hint: check that it is right, and that it may push there\n");
}

TEST_CASE("who may pull without a login cannot push without one") {
  OciBench bench;
  OciServer server(Login::token);
  server.anonymous_pull = true;
  server.put_blob("a/b", kBlob);
  Repository repository = bench.repository(server);
  CHECK(value(repository.read_blob(blob_of(kBlob), "the blob", 100)) == kBlob);
  CHECK(pushed(repository, "other bytes")
            .starts_with("error: the registry `" + server.host() + "` wants a login to push to `a/b`"));
}

TEST_CASE("a token that was revoked or ran out is renewed") {
  OciBench bench;
  OciServer server(Login::token);
  log_in(bench, server);
  Repository repository = bench.repository(server);
  CHECK(pushed(repository) == "sent");
  server.forget_tokens();
  CHECK(value(repository.has_blob(blob_of(kBlob).digest)));
  CHECK(server.tokens_given() == 2);
  // One that says that it lives for a second is not used for long.
  server.token_life = 1;
  server.forget_tokens();
  CHECK(value(repository.has_blob(blob_of(kBlob).digest)));
  CHECK(server.tokens_given() == 3);
  bench.clock->sleep_for(std::chrono::milliseconds(800));
  CHECK(value(repository.has_blob(blob_of(kBlob).digest)));
  CHECK(server.tokens_given() == 4);
}

TEST_CASE("an identity token is exchanged, a registry token is sent as it is") {
  OciBench bench;
  OciServer server(Login::token);
  bench.env["REGISTRY_AUTH_FILE"] =
      bench.scratch
          .write("auth.json", R"({"auths": {")" + server.host() + R"(": {"identitytoken": "identity"}}})")
          .string();
  CHECK(pushed(bench.repository(server)) == "sent");
  CHECK(server.seen("POST /token").size() == 1);
  bench.env[bench.login_variable(server, "TOKEN")] = "token-1";
  CHECK(pushed(bench.repository(server)) == "there");
  CHECK(server.tokens_given() == 1);
  bench.env[bench.login_variable(server, "TOKEN")] = "other";
  CHECK(pushed(bench.repository(server)) == "error: the registry `" + server.host() +
                                                "` refused the token from `$" +
                                                bench.login_variable(server, "TOKEN") +
                                                "` to push to `a/b` (401 Unauthorized)\nhint: check that it "
                                                "is right, and that it may push there\n");
}

TEST_CASE("a registry that never has enough ends after the second refusal") {
  OciBench bench;
  OciServer server(Login::token);
  log_in(bench, server);
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (!request.target.starts_with("/v2/a")) return false;
    c.respond(401, "", {"WWW-Authenticate: Bearer realm=\"" + server.url("/token") + "\",service=\"s\""});
    return true;
  };
  CHECK(pushed(bench.repository(server)).find("refused the login `ci`") != std::string::npos);
  CHECK(server.seen("/v2/a").size() == 2);
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (!request.target.starts_with("/v2/a")) return false;
    c.respond(401, "", {"WWW-Authenticate: Negotiate"});
    return true;
  };
  CHECK(pushed(bench.repository(server)) ==
        "error: the registry `" + server.host() +
            "` wants a login in a way that reef does not know: `negotiate`\n");
}

TEST_CASE("what a token service answers is not trusted") {
  OciBench bench;
  OciServer server(Login::token);
  log_in(bench, server);
  std::string body;
  int status = 200;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (!request.target.starts_with("/token")) return false;
    c.respond(status, body, {"Content-Type: text/html"});
    return true;
  };
  const std::string doing = "error: cannot get a token from `" + server.url("/token") +
                            "` for the registry `" + server.host() + "`: ";
  body = "<html><title>Sign in</title>";
  CHECK(pushed(bench.repository(server))
            .starts_with(doing + "`" + server.host() + "` gave a web page, \"Sign in\""));
  body = R"({"token": "a\r\nX-Evil: 1"})";
  CHECK(pushed(bench.repository(server)).starts_with(doing));
  body = R"({"token": 3})";
  CHECK(pushed(bench.repository(server)).starts_with(doing));
  status = 500;
  body = "broken";
  CHECK(pushed(bench.repository(server)).starts_with(doing));
  CHECK(server.seen("/token").size() == 3 + 5);  // patience, where it may help
}

TEST_CASE("a login follows to no other host") {
  OciServer storage;
  storage.put_blob("x", kBlob);
  OciBench bench;
  OciServer server(Login::basic);
  log_in(bench, server);
  const std::string there = storage.url("/v2/x/blobs/sha256:" + blob_of(kBlob).digest.hex());
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (request.header("authorization").empty() || request.target.find("/blobs/") == std::string::npos)
      return false;
    if (request.method == "GET") c.respond(307, "", {"Location: " + there});
    // An upload that goes on elsewhere.
    if (request.method == "POST")
      c.respond(202, "", {"Location: " + storage.url("/v2/x/blobs/uploads/1?state=0")});
    return request.method != "HEAD";
  };
  Repository repository = bench.repository(server);
  CHECK(value(repository.read_blob(blob_of(kBlob), "the blob", 100)) == kBlob);
  storage.interfere = [](const Incoming& request, Connection& c) {
    if (request.method != "PUT") return false;
    c.respond(201, "");
    return true;
  };
  CHECK(pushed(repository) == "sent");
  CHECK(storage.seen("PUT").size() == 1);
  for (const Incoming& request : storage.requests()) CHECK(request.header("authorization").empty());
}

TEST_CASE("a registry with TLS is trusted by the certificate that the environment names") {
  HttpsServer server("{}", "");
  const std::string host = server.url("").substr(std::string("https://").size());
  OciBench trusting;
  trusting.env["SSL_CERT_FILE"] = trusting.scratch.write("ca.pem", server.certificate()).string();
  trusting.http = make_http_client(trusting.env);
  // On this machine plain HTTP is tried first; this server speaks TLS only.
  CHECK(value(trusting.repository("oci://" + host + "/a").find_manifest("x"))->text == "{}");
  CHECK(value(trusting.repository("oci+https://" + host + "/a").find_manifest("x"))->text == "{}");
  OciBench doubting;
  const auto found = doubting.repository("oci+https://" + host + "/a").find_manifest("x");
  REQUIRE_FALSE(found);
  CHECK(found.error().message().starts_with("cannot read the manifest of `oci+https://" + host +
                                            "/a:x`: cannot trust `"));
  CHECK(found.error().hints().front() ==
        "if you trust that authority, name its certificate in `SSL_CERT_FILE`");
}

TEST_CASE("a login is not sent without encryption but to this machine") {
  OciBench bench;
  const Access access = bench.access();
  Authenticator authenticator(access, bench.patience, "h", "");
  HttpHead head;
  head.status = 401;
  head.url = "https://h/v2/";
  head.headers.emplace("www-authenticate", "Bearer realm=\"http://service.invalid/token?x=1\"");
  CHECK(error_of(authenticator.after_refusal({"a", false, ""}, head, "")) ==
        "error: the registry `h` wants logins to be sent to `http://service.invalid/token`, without "
        "encryption\n");
  bench.env["REEF_REGISTRY_H_USER"] = "ci";
  bench.env["REEF_REGISTRY_H_PASSWORD"] = "secret";
  head.url = "http://h/v2/";
  Authenticator plain(access, bench.patience, "h", "");
  CHECK(error_of(plain.after_refusal({"a", false, ""}, head, "")) ==
        "error: the login from `$REEF_REGISTRY_H_USER` would be sent to the registry `h` without encryption, "
        "where everybody can read it\nhint: a registry with a certificate is `oci://HOST/...`\n");
}
