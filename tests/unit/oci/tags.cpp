#include "tests/unit/oci/bench.h"

using namespace reef;
using namespace reef::oci;
using namespace reef::test;

TEST_CASE("tags are listed over all pages") {
  OciBench bench;
  OciServer server;
  server.tags_per_page = 3;
  for (int i = 0; i < 10; ++i) server.put_manifest("a/b", "t" + std::to_string(i), "{}");
  const std::vector<std::string> tags = value(bench.repository(server).tags());
  CHECK(tags.size() == 10);
  CHECK(tags.front() == "t0");
  CHECK(tags.back() == "t9");
  CHECK(server.seen("/tags/list").size() == 4);
  CHECK(value(bench.repository(server, "nobody").tags()).empty());
}

TEST_CASE("pages are asked of the registry itself, whatever host it names") {
  OciBench bench;
  OciServer server;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (request.target == "/v2/a/b/tags/list?n=1000") {
      c.respond(200, R"({"tags": ["x"]})",
                {"Link: <http://internal.invalid/v2/a/b/tags/list?page=2>; rel=next"});
      return true;
    }
    if (request.target != "/v2/a/b/tags/list?page=2") return false;
    c.respond(200, R"({"tags": null})");
    return true;
  };
  CHECK(value(bench.repository(server).tags()) == std::vector<std::string>{"x"});
}

TEST_CASE("pages without end, and what is no list, are refused") {
  OciBench bench;
  OciServer server;
  std::string body;
  bool circle = true;
  int page = 0;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (request.target.find("/tags/") == std::string::npos) return false;
    const std::string next = circle ? "again" : "page=" + std::to_string(++page);
    c.respond(200, body, {"Link: </v2/a/b/tags/list?" + next + ">; rel=\"next\""});
    return true;
  };
  const std::string doing = "error: cannot list the tags of `oci://" + server.host() + "/a/b`: ";
  body = R"({"tags": ["ok", "../evil", "with space", "", 3]})";
  CHECK(error_of(bench.repository(server).tags()) == doing + "it does not end (3 tags so far)\n");
  circle = false;
  CHECK(error_of(bench.repository(server).tags()) == doing + "it does not end (2001 tags so far)\n");
  for (const char* text : {"[]", "{}", R"({"tags": 3})", "<html>", ""}) {
    body = text;
    CHECK(error_of(bench.repository(server).tags()).starts_with(doing));
  }
}
