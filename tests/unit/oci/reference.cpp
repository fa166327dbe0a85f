#include "core/oci/reference.h"

#include <catch2/catch.hpp>

#include "tests/support/results.h"

using namespace reef;
using namespace reef::oci;
using namespace reef::test;

namespace {

std::string again(const std::string& text) {
  const auto parsed = Reference::parse(text);
  return parsed ? parsed->text() : render(parsed.error());
}

const std::string kDigest = "sha256:" + std::string(64, 'a');

}  // namespace

TEST_CASE("a reference is taken apart, and written as it was") {
  const Reference full = value(Reference::parse("oci://Example.org:5000/team/a.b-c__d:1.0_rc@" + kDigest));
  CHECK(full.scheme.empty());
  CHECK(full.host == "example.org:5000");
  CHECK(full.repository == "team/a.b-c__d");
  CHECK(full.tag == "1.0_rc");
  CHECK(full.digest->hex() == std::string(64, 'a'));
  CHECK(full.text() == "oci://example.org:5000/team/a.b-c__d:1.0_rc@" + kDigest);
  CHECK(full.place() == "oci://example.org:5000/team/a.b-c__d");
  CHECK(full.wanted() == kDigest);
  CHECK(value(Reference::parse("oci+http://h/a")).scheme == "http");
  CHECK(value(Reference::parse("oci+https://localhost/a")).scheme == "https");
  CHECK(value(Reference::parse("oci://h/a:x")).wanted() == "x");
  for (const char* text : {"oci://h/a", "oci+http://[::1]:80/a/b---c:T", "oci+https://h-1.x/0"})
    CHECK(again(text) == text);
}

TEST_CASE("a reference that is wrong is refused with its reason") {
  const auto reason = [](const std::string& text) {
    const auto parsed = Reference::parse(text);
    REQUIRE_FALSE(parsed);
    const std::string& message = parsed.error().message();
    return message.substr(message.find(": ") + 2);
  };
  CHECK(reason("docker://h/a") == "it does not begin with `oci://`");
  CHECK(reason("oci:///a") == "it names no host, or no port between 1 and 65535");
  CHECK(reason("oci://h:0/a") == "it names no host, or no port between 1 and 65535");
  CHECK(reason("oci://h:65536/a") == "it names no host, or no port between 1 and 65535");
  CHECK(reason("oci://h_x/a") == "it names no host, or no port between 1 and 65535");
  CHECK(reason("oci://a..b/a") == "it names no host, or no port between 1 and 65535");
  CHECK(reason("oci://[::1/a") == "it names no host, or no port between 1 and 65535");
  CHECK(reason("oci://h") == "it names no repository");
  CHECK(reason("oci://h/") == "it names no repository");
  CHECK(reason("oci://h/a//b") == "`a//b` is no name of a repository");
  CHECK(reason("oci://h/a._b") == "`a._b` is no name of a repository");
  CHECK(reason("oci://h/-a") == "`-a` is no name of a repository");
  CHECK(reason("oci://h/../a") == "`../a` is no name of a repository");
  CHECK(reason("oci://h/a?x=1") == "`a?x=1` is no name of a repository");
  CHECK(reason("oci://h/a:") == "`` is no tag: up to 128 letters, digits, `_`, `.` and `-`");
  CHECK(reason("oci://h/a:.b") == "`.b` is no tag: up to 128 letters, digits, `_`, `.` and `-`");
  CHECK(reason("oci://h/a@sha512:aa") == "after the `@` belongs `sha256:` and 64 hexadecimal digits");
  CHECK(reason("oci://h/a@" + std::string(64, 'a')) ==
        "after the `@` belongs `sha256:` and 64 hexadecimal digits");
  CHECK(reason("oci://h/" + std::string(300, 'a')) == "the repository has 300 bytes, more than 255");
  CHECK(again("oci://h/Team/A") ==
        "error: `oci://h/Team/A` is no reference to a registry: `Team/A` is no name of a repository\n"
        "hint: registries want lower case: `team/a`\n");
}

TEST_CASE("credentials in a reference are refused and not shown") {
  CHECK(again("oci://me:pass@h/a") ==
        "error: `oci://h/a` is no reference to a registry: it holds a user name or a password\n"
        "hint: leave them out: they are taken from the environment, or from the file of `podman login`\n");
  CHECK(again("oci://me:p@ss@h/a@x").find("p@ss") == std::string::npos);
}

TEST_CASE("a registry is a host with or without a prefix") {
  CHECK(value(Reference::parse_registry("oci://h:1/a/b/")).repository == "a/b");
  CHECK(value(Reference::parse_registry("oci://h")).repository.empty());
  CHECK(value(Reference::parse_registry("oci://h")).place() == "oci://h");
  CHECK(Reference::parse_registry("oci://h/a:1").error().message() ==
        "`oci://h/a:1` is no reference to a registry: a registry has no tag and no digest");
}
