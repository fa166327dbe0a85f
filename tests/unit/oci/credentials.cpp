#include "core/oci/credentials.h"

#include "core/base/base64.h"
#include "tests/unit/oci/bench.h"

using namespace reef;
using namespace reef::oci;
using namespace reef::test;

namespace {

const std::string kPath = "auth.json";

std::string auth(const std::string& login) { return R"({"auth": ")" + base64_of(login) + R"("})"; }

std::string shown(const Credentials& found) {
  std::string out = found.user + ":" + found.password;
  if (!found.identity_token.empty()) out += " identity " + found.identity_token;
  if (!found.bearer.empty()) out += " bearer " + found.bearer;
  return out;
}

std::string entry(const std::string& text, const std::string& host, const std::string& repository = "") {
  const auto read = read_auth_file(kPath, text, {host, repository, ""});
  if (!read) return render(read.error());
  if (!read->helper.empty()) return "helper " + read->helper;
  return read->credentials ? shown(*read->credentials) : "nothing";
}

std::string found(OciBench& bench, const CredentialQuery& query) {
  const auto result =
      find_credentials({bench.scratch.disk(), *bench.processes, bench.env, bench.cancel}, query);
  if (!result) return render(result.error());
  return *result ? shown(**result) + " from " + (*result)->origin : "nothing";
}

}  // namespace

TEST_CASE("the entry with the longest key that fits is taken") {
  const std::string text = R"({"auths": {"h:5000": )" + auth("host:1") + R"(, "h:5000/team": )" +
                           auth("team:2:3") + R"(, "h:5000/team/a": )" + auth("a:4") +
                           R"(, "https://old/v1/": )" + auth("old:5") + R"(, "UPPER.org": )" + auth("up:6") +
                           R"(, "empty": {}, "empty/x": {"auth": ""}}})";
  CHECK(entry(text, "h:5000") == "host:1");
  CHECK(entry(text, "h:5000", "other") == "host:1");
  CHECK(entry(text, "h:5000", "team/b") == "team:2:3");
  CHECK(entry(text, "h:5000", "team/a") == "a:4");
  CHECK(entry(text, "h:5000", "team/a/b") == "a:4");
  CHECK(entry(text, "h:5000", "team/ab") == "team:2:3");
  CHECK(entry(text, "h:5000", "teams") == "host:1");
  CHECK(entry(text, "h") == "nothing");
  CHECK(entry(text, "old") == "old:5");
  CHECK(entry(text, "upper.org") == "up:6");
  CHECK(entry(text, "empty", "x") == "nothing");
}

TEST_CASE("tokens and helpers are read from the same file") {
  CHECK(entry(R"({"auths": {"h": {"auth": "", "identitytoken": "T"}}})", "h") == ": identity T");
  CHECK(entry(R"({"auths": {"h": {"registrytoken": "R"}}})", "h") == ": bearer R");
  CHECK(entry(R"({"auths": {"h": {"username": "u", "password": "p"}}})", "h") == "u:p");
  CHECK(entry(R"({"auths": {"h": {}}, "credsStore": "desktop"})", "h") == "helper desktop");
  CHECK(entry(R"({"auths": {"h": )" + auth("u:p") + R"(}, "credsStore": "desktop"})", "h") == "u:p");
  CHECK(entry(R"({"auths": {"h": )" + auth("u:p") + R"(}, "credHelpers": {"h": "pass"}})", "h") ==
        "helper pass");
  CHECK(entry(R"({"credHelpers": {"other": "pass"}})", "h") == "nothing");
  CHECK(entry("{}", "h") == "nothing");
  CHECK(entry(R"({"auths": null, "credHelpers": [], "credsStore": 3})", "h") == "nothing");
}

TEST_CASE("a file that cannot be understood is told, its text is not") {
  const std::string hint = "hint: log in again, or name another file in `REGISTRY_AUTH_FILE`\n";
  CHECK(entry(R"({"auths": "secret)", "h") ==
        "error: the logins in `auth.json` cannot be read: it is not JSON\n" + hint);
  CHECK(entry("[]", "h") ==
        "error: the logins in `auth.json` cannot be read: it is not a JSON object\n" + hint);
  CHECK(entry(R"({"auths": {"h": {"auth": "not base64!"}}})", "h") ==
        "error: the logins in `auth.json` cannot be read: `auth` of `h` is not `user:password` in base64\n" +
            hint);
  CHECK(entry(R"({"credsStore": "../evil"})", "h") ==
        "error: the logins in `auth.json` cannot be read: `../evil` is no name of a credential helper\n" +
            hint);
  CHECK(entry(R"({"auths": {"other": {"auth": "not base64!"}}})", "h") == "nothing");
}

TEST_CASE("the environment goes before files, the registry's name before its host") {
  OciBench bench;
  CHECK(found(bench, {"h.org:5000", "a", "lab-1"}) == "nothing");
  bench.scratch.write("home/.docker/config.json", R"({"auths": {"h.org:5000": )" + auth("docker:1") + "}}");
  CHECK(found(bench, {"h.org:5000", "a", "lab-1"}) ==
        "docker:1 from `" + (bench.scratch / "home/.docker/config.json").string() + "`");
  bench.scratch.write("home/.config/containers/auth.json",
                      R"({"auths": {"h.org:5000": )" + auth("podman:1") + "}}");
  CHECK(found(bench, {"h.org:5000", "a", ""}).starts_with("podman:1 from"));
  bench.scratch.write("run/containers/auth.json", R"({"auths": {"h.org:5000": )" + auth("run:1") + "}}");
  bench.env["XDG_RUNTIME_DIR"] = (bench.scratch / "run").string();
  CHECK(found(bench, {"h.org:5000", "a", ""}).starts_with("run:1 from"));
  CHECK(found(bench, {"other", "a", ""}) == "nothing");
  bench.env["REGISTRY_AUTH_FILE"] = (bench.scratch / "mine.json").string();
  CHECK(found(bench, {"h.org:5000", "a", ""}) ==
        "error: cannot open `" + (bench.scratch / "mine.json").string() +
            "`: No such file or directory\n  while looking for the login of `h.org:5000`\n");
  bench.scratch.write("mine.json", R"({"auths": {"h.org:5000": )" + auth("mine:1") + "}}");
  CHECK(found(bench, {"h.org:5000", "a", ""}).starts_with("mine:1 from"));
  bench.env["REEF_REGISTRY_H_ORG_5000_USER"] = "host";
  CHECK(found(bench, {"h.org:5000", "a", ""}) ==
        "error: `$REEF_REGISTRY_H_ORG_5000_USER` is set, and `$REEF_REGISTRY_H_ORG_5000_PASSWORD` is not\n");
  bench.env["REEF_REGISTRY_H_ORG_5000_PASSWORD"] = "2";
  CHECK(found(bench, {"h.org:5000", "a", "lab-1"}) == "host:2 from `$REEF_REGISTRY_H_ORG_5000_USER`");
  bench.env["REEF_REGISTRY_LAB_1_TOKEN"] = "T";
  CHECK(found(bench, {"h.org:5000", "a", "lab-1"}) == ": bearer T from `$REEF_REGISTRY_LAB_1_TOKEN`");
}

TEST_CASE("a credential helper is asked as docker asks it") {
  OciBench bench;
  bench.env["PATH"] = (bench.scratch / "bin").string() + ":/usr/bin:/bin";
  bench.env["REGISTRY_AUTH_FILE"] =
      bench.scratch.write("auth.json", R"({"credHelpers": {"h": "test"}})").string();
  const std::string origin = " from `docker-credential-test`";
  const auto answer = [&](const std::string& script) {
    bench.scratch.write("bin/docker-credential-test", "#!/bin/sh\n" + script, 0755);
    return found(bench, {"h", "a", ""});
  };
  CHECK(answer(R"(test "$1" = get; echo "{\"Username\": \"u\", \"Secret\": \"$(cat)\"}")") == "u:h" + origin);
  CHECK(answer(R"(echo '{"Username": "<token>", "Secret": "T"}')") == ": identity T" + origin);
  CHECK(answer("echo credentials not found in native keychain; exit 1") == "nothing");
  const std::string context = "  while looking for the login of `h`\nhint: `" +
                              (bench.scratch / "auth.json").string() + "` names it for `h`\n";
  CHECK(answer("echo hunter2; exit 3") ==
        "error: the credential helper `docker-credential-test` failed: exit status 3\n" + context);
  CHECK(answer("echo hunter2") ==
        "error: the credential helper `docker-credential-test` printed something else than JSON\n" + context);
  bench.scratch.write("auth.json", R"({"credsStore": "none"})");
  CHECK(found(bench, {"h", "a", ""}) ==
        "error: the credential helper `docker-credential-none` is not installed\n" + context);
}
