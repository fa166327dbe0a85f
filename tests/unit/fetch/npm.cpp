#include <catch2/catch.hpp>

#include "core/base/text.h"
#include "tests/unit/fetch/bench.h"

using namespace reef;
using namespace reef::test;

namespace {

std::string integrity_of(const std::string& bytes) {
  IntegrityCheck check = IntegrityCheck::create("sha512-" + std::string(86, 'A') + "==").value();
  check.update(bytes);
  return check.finish();
}

Source npm_source(const std::string& bytes) {
  Source source;
  source.kind = SourceKind::npm;
  source.location = "@scope/tiny";
  source.version = "1.2.3";
  source.integrity = integrity_of(bytes);
  return source;
}

// Puts a program `npm` first on the PATH that writes down how it was called and runs this script.
void fake_npm(Bench& bench, const std::string& script) {
  bench.write(bench.root / "bin/npm",
              "#!/bin/sh\necho \"$HOME|$npm_config_registry|$SECRET|$*\" >> '" +
                  (bench.root / "calls").string() + "'\n" + script,
              0755);
  bench.settings.env["PATH"] = (bench.root / "bin").string() + ":" + bench.settings.env["PATH"];
}

std::string failing(const std::string& code, const std::string& words) {
  return "echo 'npm error code " + code + "' >&2; echo 'npm error " + words + "' >&2; exit 1\n";
}

}  // namespace

TEST_CASE("npm is asked once, with the user's configuration, and never again") {
  Bench bench;
  fake_npm(bench, "echo tarball > scope-tiny-1.2.3.tgz; echo '[]'\n");
  bench.settings.env["npm_config_registry"] = "http://registry.invalid/";
  bench.settings.env["SECRET"] = "not for npm";
  const auto fetched = bench.fetch(npm_source("tarball\n"));
  if (!fetched) FAIL(render(fetched.error()));
  CHECK(bench.read(fetched->path) == "tarball\n");
  CHECK(fetched->digest == sha256("tarball\n"));
  CHECK(bench.progress.events == std::vector<std::string>{"0 started @scope/tiny@1.2.3 ?", "0 finished"});
  const std::string call =
      bench.root.string() + "|http://registry.invalid/||pack @scope/tiny@1.2.3 --json --ignore-scripts\n";
  CHECK(bench.read(bench.root / "calls") == call);
  bench.settings.offline = true;
  CHECK(bench.fetch(npm_source("tarball\n"))->from_cache);
  CHECK(bench.read(bench.root / "calls") == call);
  CHECK(bench.fs->list(bench.settings.cache / "tmp")->empty());
}

TEST_CASE("a tarball of another integrity is not kept") {
  Bench bench;
  fake_npm(bench, "echo other > scope-tiny-1.2.3.tgz\n");
  CHECK(bench.error_of(npm_source("tarball\n")) ==
        "error: `@scope/tiny@1.2.3` has the wrong digest: expected " + integrity_of("tarball\n") + ", got " +
            integrity_of("other\n") + "\n  while fetching `@scope/tiny@1.2.3`\n" +
            "hint: the file was changed at its origin, or on the way here; nothing of it was kept\n");
  CHECK(bench.cached().empty());
}

TEST_CASE("what npm complains about is told in our words") {
  Bench bench;
  std::string script;
  std::string expected;
  const std::string shown = "`@scope/tiny@1.2.3`";
  SECTION("no package") {
    script = failing("E404", "404 Not Found - GET it");
    expected = "npm has no package " + shown + ": 404 Not Found - GET it\n";
  }
  SECTION("no version, said by an older npm") {
    script = "echo 'npm ERR! code ETARGET' >&2; echo 'npm ERR! notarget No matching version' >&2; exit 1\n";
    expected = "npm has no package " + shown + ": notarget No matching version\n";
  }
  SECTION("no host") {
    script = failing("ENOTFOUND", "request failed");
    expected = "npm cannot find its registry's host for " + shown + ": request failed\n";
  }
  SECTION("a login") {
    script = failing("E401", "Unable to authenticate");
    expected = "npm's registry wants a login for " + shown + ": Unable to authenticate\n";
  }
  SECTION("a certificate") {
    script = failing("SELF_SIGNED_CERT_IN_CHAIN", "no");
    expected = "npm cannot trust its registry for " + shown + ": SELF_SIGNED_CERT_IN_CHAIN\n";
  }
  SECTION("its own integrity") {
    script = failing("EINTEGRITY", "sha512 differs");
    expected = "npm refused " + shown + ": sha512 differs\n";
  }
  SECTION("a crash") {
    script = "kill -SEGV $$\n";
    expected = "npm could not fetch " + shown + ": killed by SIGSEGV (Segmentation fault)\n";
  }
  SECTION("success without a file") {
    script = "exit 0\n";
    expected = "npm said that it fetched " + shown + ", but left no tarball\n";
  }
  fake_npm(bench, script);
  const std::string error = bench.error_of(npm_source("tarball\n"));
  CHECK(error.substr(0, expected.size() + 7) == "error: " + expected);
  CHECK(bench.cached().empty());
  CHECK(lines_of(bench.read(bench.root / "calls")).size() == 1);
}

TEST_CASE("a host without npm says how to get it") {
  Bench bench;
  bench.settings.env["PATH"] = "/nowhere";
  CHECK(bench.error_of(npm_source("x")) ==
        "error: `@scope/tiny@1.2.3` comes from npm, which is not on this host\n"
        "  while fetching `@scope/tiny@1.2.3`\n"
        "hint: install it: `apt install npm`, `dnf install npm` or `brew install node`\n");
}

TEST_CASE("names, versions and integrities that mean something else to npm never reach it") {
  Bench bench;
  fake_npm(bench, "exit 0\n");
  const auto error_with = [&](const std::string& name, const std::string& version) {
    Source source = npm_source("x");
    source.location = name;
    source.version = version;
    return bench.error_of(source);
  };
  for (const char* name :
       {"--global", "git+https://example.invalid/x", "../folder", "a/b", "@a", "", "a b", "a@npm:b"})
    CHECK(error_with(name, "1.2.3").starts_with("error: expected the name of an npm package, got `"));
  for (const char* version : {"latest", "^1.2.3", "1", "", "file:/etc", "1.2.3 || 2.0.0"})
    CHECK(error_with("a", version).starts_with("error: expected an exact version of an npm package, got `"));
  Source source = npm_source("x");
  source.integrity = "sha512-short";
  CHECK(bench.error_of(source) == "error: `short` is not the base64 of a sha512 digest\n");
  CHECK_FALSE(exists(*bench.fs, bench.root / "calls"));
}

TEST_CASE("the host's own npm packs a folder to what we check and lay out") {
  Bench bench;
  if (!find_program(*bench.fs, "npm", bench.settings.env["PATH"])) {
    WARN("npm is not on this host");
    return;
  }
  bench.write(bench.root / "tiny/package.json",
              R"({"name": "tiny", "version": "1.2.3", "files": ["index.js"]})");
  bench.write(bench.root / "tiny/index.js", "module.exports = 1;\n");
  const auto real = find_program(*bench.fs, "npm", bench.settings.env["PATH"]).value().string();
  const auto pack = [&](const Path& to) {
    ProcessSpec spec;
    spec.argv = {real, "pack", (bench.root / "tiny").string(), "--json", "--offline"};
    spec.cwd = to;
    spec.env = bench.settings.env;
    return bench.runner->run(spec);
  };
  const auto packed = pack(bench.package());
  REQUIRE(packed);
  REQUIRE(packed->ok());
  Source source = npm_source(bench.read(bench.package() / "tiny-1.2.3.tgz"));
  source.location = "tiny";
  source.to = "node_modules/tiny";
  fake_npm(bench, "exec '" + real + "' pack '" + (bench.root / "tiny").string() + "' --json --offline\n");
  const auto fetched = bench.fetch(source);
  if (!fetched) FAIL(render(fetched.error()));
  REQUIRE(fetch::lay_out(std::vector{source}, std::vector{*fetched}, bench.root / "out", *bench.fs));
  CHECK(bench.read(bench.root / "out/node_modules/tiny/index.js") == "module.exports = 1;\n");
}
