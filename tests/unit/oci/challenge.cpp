#include "core/oci/challenge.h"

#include <catch2/catch.hpp>

using namespace reef::oci;

namespace {

// "scheme name=value,...; scheme ..."
std::string parsed(const std::vector<std::string>& headers) {
  std::string out;
  for (const Challenge& challenge : parse_challenges(headers)) {
    out += (out.empty() ? "" : "; ") + challenge.scheme;
    for (const auto& [name, value] : challenge.parameters) out += " " + name + "=" + value;
  }
  return out;
}

}  // namespace

TEST_CASE("challenges are read as RFC 9110 writes them") {
  CHECK(parsed({R"(Bearer realm="https://a/token?x=1,2",service="reg",scope="repository:a/b:pull,push")"}) ==
        "bearer realm=https://a/token?x=1,2 scope=repository:a/b:pull,push service=reg");
  CHECK(parsed({R"(BASIC Realm = "a \"b\" \\ c" , charset=UTF-8)"}) ==
        R"(basic charset=UTF-8 realm=a "b" \ c)");
  CHECK(parsed({R"(Negotiate, Basic realm="x", Bearer realm="y", error=invalid)"}) ==
        "negotiate; basic realm=x; bearer error=invalid realm=y");
  CHECK(parsed({"Negotiate ab/c+d==, Basic realm=x"}) == "negotiate; basic realm=x");
  CHECK(parsed({"Basic realm=x", "Bearer realm=y"}) == "basic realm=x; bearer realm=y");
  CHECK(parsed({", ,Basic realm=x,,"}) == "basic realm=x");
  CHECK(parsed({"Basic"}) == "basic");
  CHECK(parsed({"Bearer realm=a, realm=b"}) == "bearer realm=a");
}

TEST_CASE("of a malformed challenge counts what stands before the fault") {
  CHECK(parsed({""}).empty());
  CHECK(parsed({"\"x\""}).empty());
  CHECK(parsed({R"(Basic realm="no end)"}) == "basic");
  CHECK(parsed({R"(Basic realm="x" junk, Bearer realm=y)"}) == "basic realm=x");
  CHECK(parsed({"Basic realm="}) == "basic");
  std::string many = "Basic a=b";
  for (int i = 0; i < 1000; ++i) many += ", n" + std::to_string(i) + "=1";
  CHECK(parse_challenges({many}).at(0).parameters.size() == kMostParameters);
  CHECK(parse_challenges(std::vector<std::string>(100, "Basic")).size() == kMostChallenges);
}

TEST_CASE("a link is found by its relation") {
  CHECK(parse_link({R"(</v2/a/tags/list?n=2&last=b>; rel="next")"}, "next") == "/v2/a/tags/list?n=2&last=b");
  CHECK(parse_link({R"(<x>; rel=prev; title="a, b", <y>; rel=next)"}, "next") == "y");
  CHECK(parse_link({"<x>; rel=prev", "<y>;rel=\"NEXT\""}, "next") == "y");
  for (const char* text : {"", "<", "<x", "<x>", "<x>; rel", "x; rel=next", "<x>; rel=prev"})
    CHECK(parse_link({text}, "next").empty());
}
