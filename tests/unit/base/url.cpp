#include "core/base/url.h"

#include <catch2/catch.hpp>

namespace reef {
namespace {

TEST_CASE("URLs are taken apart, and shown without credentials") {
  const UrlParts parts = split_url("HTTPS://me:secret@Example.org:8443/a%20b/c?q=1#f");
  CHECK(parts.scheme == "https");
  CHECK(parts.userinfo == "me:secret");
  CHECK(parts.host == "example.org");
  CHECK(parts.port == "8443");
  CHECK(parts.path == "/a%20b/c");
  CHECK(parts.query == "q=1");
  CHECK(split_url("http://[::1]:80/x").host == "[::1]");
  CHECK(split_url("http://[::1]:80/x").port == "80");
  CHECK(split_url("file:///tmp/x").path == "/tmp/x");
  CHECK(split_url("no url").scheme.empty());
  CHECK(percent_decoded("a%20b%2Fc%zz%4") == "a b/c%zz%4");
  CHECK(without_credentials("https://me:p@ss@example.org/a@b") == "https://example.org/a@b");
  CHECK(without_credentials("https://example.org/a@b") == "https://example.org/a@b");
  CHECK(without_credentials("git@example.org:a") == "git@example.org:a");
}

TEST_CASE("only this machine is a loopback host") {
  for (const char* host :
       {"localhost", "localhost:5000", "x.localhost", "127.0.0.1", "127.9.9.9:1", "[::1]", "[::1]:5"})
    CHECK(is_loopback(host));
  for (const char* host :
       {"example.org", "127.0.0.1.example.org", "localhost.example.org", "[::2]", "10.0.0.1"})
    CHECK_FALSE(is_loopback(host));
}

}  // namespace
}  // namespace reef
