#include "core/remote/oci_registry.h"

#include "core/registry/folder_registry.h"
#include "tests/unit/remote/oci_bench.h"

using namespace reef;
using namespace reef::test;

namespace {

bool contains(const Texts& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

TEST_CASE("what is published to an OCI registry is read from it as from a folder") {
  OciRegistryBench bench;
  CHECK(bench.open()->names().empty());
  bench.pass_a_minute();
  const std::string needs =
      R"(, "provides": {"colour": "1.0.0"}, "dependencies": {"ink": {"package": "ink", "version": "^1"}})";
  for (const Path& folder : {bench.package("ink", "1.0.0"), bench.package("ink", "1.1.0+b.1"),
                             bench.package("pen", "2.0.0", needs), bench.package("c++", "1.0.0")})
    CHECK_FALSE(value(bench.publish(folder)));
  const auto registry = bench.open();
  const auto folder =
      value(open_folder_registry(bench.scratch.disk(), {{bench.scratch / "packages"}, {}, ""}));
  CHECK(registry->name() == "the registry `lab` (oci://" + bench.server.host() + "/team/packages)");
  CHECK(registry->names() == folder->names());
  CHECK(registry->providers("colour") == Texts{"pen"});
  CHECK(registry->capabilities() == Texts{"colour"});
  for (const std::string& name : registry->names()) {
    CHECK(registry->versions(name) == folder->versions(name));
    for (const Version& version : registry->versions(name)) {
      CHECK(value(registry->digest(name, version)) == value(folder->digest(name, version)));
      CHECK(value(registry->manifest(name, version))->name == name);
      const Path here = value(registry->folder(name, version));
      CHECK(value(digest_tree(bench.scratch.disk(), here)) == value(folder->digest(name, version)));
    }
  }
  CHECK(value(registry->needs("pen")).front().needs->dependencies.front().package == "ink");
  CHECK(value(registry->needs("pen")).front().needs->dependencies.front().place.file ==
        "oci://" + bench.server.host() + "/team/packages/pen-2.0.0/reef.json");
  CHECK(value(registry->search({"pen"})).size() == 1);
  CHECK(value(registry->search({})).size() == 3);
  CHECK(registry->versions("nothing").empty());
}

TEST_CASE("a tool is known as one, with what it may find") {
  OciRegistryBench bench;
  const std::string detect = R"x(, "detect": {"programs": ["sharp"], "ask": {"arguments": [["--version"]]},)x"
                             R"x( "version": [{"pattern": "([0-9.]+)"}], "provides": {"pencil": "1.0.0"}})x";
  value(bench.publish(bench.package("sharpener", "1.0.0", detect, "tool")));
  CHECK(bench.open()->tools() == Texts{"sharpener"});
  CHECK(bench.open()->is_tool("sharpener"));
  CHECK(bench.open()->providers("pencil") == Texts{"sharpener"});
}

TEST_CASE("only what is asked for is fetched, and versions once") {
  OciRegistryBench bench;
  for (const Path& folder :
       {bench.package("ink", "1.0.0"), bench.package("ink", "1.1.0"), bench.package("pen", "2.0.0")})
    value(bench.publish(folder));
  bench.requests();
  auto registry = bench.open();
  CHECK(bench.requests() == Texts{"GET reef-names/tags/list"});
  CHECK(registry->versions("ink").size() == 2);
  const Texts asked = bench.requests();
  CHECK(asked.size() == 5);  // tags, two manifests, two entries
  CHECK(contains(asked, "GET ink/tags/list"));
  CHECK(contains(asked, "GET ink/manifests/1.1.0"));
  value(registry->manifest("ink", parsed("1.0.0")));
  CHECK(bench.requests().size() == 1);
  value(registry->folder("ink", parsed("1.0.0")));
  CHECK(bench.requests().size() == 1);  // the layer; the manifest is here
  value(registry->folder("ink", parsed("1.0.0")));
  CHECK(bench.open()->versions("ink").size() == 2);
  CHECK(bench.requests().empty());
  bench.pass_a_minute();
  value(bench.publish(bench.package("ink", "1.2.0")));
  bench.requests();
  CHECK(bench.open()->versions("ink").size() == 3);
  const Texts again = bench.requests();
  CHECK(again.size() == 4);  // names, tags, one manifest, one entry
  CHECK(contains(again, "GET ink/manifests/1.2.0"));
}

TEST_CASE("of a registry that is pinned only what is signed well is there") {
  OciRegistryBench bench;
  value(bench.publish(bench.package("ink", "1.0.0"), "good"));
  value(bench.publish(bench.package("ink", "1.1.0"), "bad"));
  value(bench.publish(bench.package("ink", "1.2.0")));
  value(bench.publish(bench.package("pen", "1.0.0"), "bad"));
  bench.guard = std::make_shared<WordGuard>("good");
  const auto registry = bench.open();
  CHECK(registry->versions("ink") == std::vector<Version>{parsed("1.0.0")});
  CHECK(registry->versions("pen").empty());
  const auto needs = registry->needs("pen");
  REQUIRE_FALSE(needs);
  CHECK(needs.error().message() == "pen 1.0.0 is not signed well");
  CHECK(hints_about_hidden(*registry, "ink", value(VersionRange::parse("1.2"))) ==
        Texts{"one that is there is not believed: ink 1.2.0 is not signed well"});
  // What was published unsigned can be signed later.
  CHECK(value(bench.publish(bench.scratch / "packages/ink-1.2.0", "good")));
  bench.pass_a_minute();
  CHECK(bench.open()->versions("ink").size() == 2);
  bench.guard = nullptr;
  CHECK(bench.open("other")->versions("ink").size() == 3);
}

TEST_CASE("offline, and when the registry cannot be reached, what is known is used") {
  OciRegistryBench bench;
  value(bench.publish(bench.package("ink", "1.0.0")));
  bench.offline = true;
  CHECK(render(bench.try_open().error()) ==
        "error: offline, and nothing is known of the registry `lab` (oci://" + bench.server.host() +
            "/team/packages)\n"
            "hint: run the same once without `--offline`; later it needs no network\n");
  bench.offline = false;
  value(bench.open()->folder("ink", parsed("1.0.0")));
  bench.offline = true;
  bench.clock.time += std::chrono::hours(24);
  bench.requests();
  CHECK(bench.open()->folder("ink", parsed("1.0.0")).has_value());
  CHECK(bench.requests().empty());
  bench.offline = false;
  bench.server.interfere = [](const Incoming&, Connection& c) {
    OciServer::refuse(c, 503, "UNAVAILABLE", "gone for a walk");
    return true;
  };
  const auto opened = value(bench.try_open());
  REQUIRE(opened.notes.size() == 1);
  CHECK(opened.notes.front().find(
            "answered 503 Service Unavailable: gone for a walk (UNAVAILABLE); what it said 2027") !=
        std::string::npos);
  CHECK(opened.registry->versions("ink").size() == 1);
}

TEST_CASE("what a registry says of a version is compared with its tag and its digests") {
  OciRegistryBench bench;
  value(bench.publish(bench.package("ink", "1.0.0")));
  const std::string repository = "team/packages/ink";
  const std::string text = bench.server.manifest(repository, "1.0.0");
  SECTION("another version under the tag") {
    bench.server.put_manifest(repository, "2.0.0", text);
    const auto needs = bench.open()->needs("ink");
    REQUIRE_FALSE(needs);
    CHECK(needs.error().message() == "`oci://" + bench.server.host() + "/" + repository +
                                         ":2.0.0` is not the version that its tag says, but 1.0.0");
  }
  SECTION("another package's version") {
    value(bench.publish(bench.package("pen", "1.0.0")));
    bench.server.put_manifest("team/packages/pen", "1.0.0", text);
    bench.server.put_blob(
        "team/packages/pen",
        bench.server.blob(repository, value(oci::read_manifest("", text)).config.digest.hex()));
    CHECK_FALSE(bench.open()->needs("pen").has_value());
  }
  SECTION("a layer that was changed") {
    bench.server.interfere = [](const Incoming& request, Connection& c) {
      if (request.method != "GET" || request.target.find("/blobs/") == std::string::npos) return false;
      c.respond(200, "{\"format\":1}");
      return true;
    };
    const auto needs = bench.open()->needs("ink");
    REQUIRE_FALSE(needs);
    CHECK(needs.error().message().find("is not what it should be: its SHA-256 is") != std::string::npos);
  }
  SECTION("what is somebody else's is passed over") {
    bench.server.put_manifest(repository, "9",
                              R"({"schemaVersion": 2, "config": {"mediaType": "x", "digest": "sha256:)" +
                                  std::string(64, '0') + R"(", "size": 2}, "layers": []})");
    bench.server.put_manifest(repository, "latest", "{}");
    bench.server.put_manifest("team/packages/reef-names", "whatever", "{}");
    CHECK(bench.open()->versions("ink").size() == 1);
    CHECK(bench.open()->names() == Texts{"ink"});
  }
}

TEST_CASE("a package is asked for again when the names were, and by `refresh` at once") {
  OciRegistryBench bench;
  value(bench.publish(bench.package("ink", "1.0.0")));
  CHECK(bench.open()->versions("ink").size() == 1);
  value(bench.publish(bench.package("ink", "1.1.0")));
  bench.clock.time += std::chrono::seconds(1);
  CHECK(bench.open()->versions("ink").size() == 1);
  remote::OciPackages packages(bench.access(), bench.site(), bench.scratch / "cache/registries");
  CHECK_FALSE(value(packages.refresh()));  // the names are the same
  CHECK(bench.open()->versions("ink").size() == 2);
}

TEST_CASE("a version that is signed anew, with the next key, is believed by those who know it") {
  OciRegistryBench bench;
  const Path folder = bench.package("ink", "1.0.0");
  value(bench.publish(folder, "old"));
  bench.guard = std::make_shared<WordGuard>("old");
  CHECK(bench.open()->versions("ink").size() == 1);
  bench.guard = std::make_shared<WordGuard>("new");
  CHECK(bench.open()->versions("ink").empty());
  CHECK(value(bench.publish(folder, "new")));
  bench.pass_a_minute();
  CHECK(bench.open()->versions("ink").size() == 1);
  // And still by those who know the old one.
  bench.guard = std::make_shared<WordGuard>("old");
  CHECK(bench.open("other")->versions("ink").size() == 1);
}

TEST_CASE("the only signature of a version, as it was written once, is read") {
  OciRegistryBench bench;
  value(bench.publish(bench.package("ink", "1.0.0"), "old"));
  const std::string repository = "team/packages/ink";
  const std::string tag = "minisig.1.0.0." + bench.key_id("old");
  bench.server.put_manifest(repository, "minisig.1.0.0", bench.server.manifest(repository, tag));
  bench.server.put_manifest(repository, tag, "{}");
  bench.guard = std::make_shared<WordGuard>("old");
  CHECK(bench.open()->versions("ink").size() == 1);
}

TEST_CASE("one package that may not be believed hides no others from a search") {
  OciRegistryBench bench;
  value(bench.publish(bench.package("ink", "1.0.0"), "good"));
  value(bench.publish(bench.package("pen", "1.0.0"), "bad"));
  bench.guard = std::make_shared<WordGuard>("good");
  const auto found = value(bench.open()->search({}));
  REQUIRE(found.size() == 1);
  CHECK(found.front().name == "ink");
}

TEST_CASE("what goes away between two requests is told, or passed over") {
  OciRegistryBench bench;
  value(bench.publish(bench.package("ink", "1.0.0")));
  value(bench.publish(bench.package("ink", "1.1.0")));
  SECTION("a version, after the tags were listed") {
    bench.server.interfere = [](const Incoming& request, Connection& c) {
      if (request.target.find("/ink/manifests/1.1.0") == std::string::npos) return false;
      OciServer::refuse(c, 404, "MANIFEST_UNKNOWN");
      return true;
    };
    CHECK(bench.open()->versions("ink") == std::vector<Version>{parsed("1.0.0")});
  }
  SECTION("contents, after the version was read") {
    const auto registry = bench.open();
    CHECK(registry->versions("ink").size() == 2);
    bench.server.interfere = [](const Incoming& request, Connection& c) {
      if (request.target.find("/blobs/") == std::string::npos) return false;
      OciServer::refuse(c, 404, "BLOB_UNKNOWN");
      return true;
    };
    const auto folder = registry->folder("ink", parsed("1.1.0"));
    REQUIRE_FALSE(folder);
    CHECK(folder.error().code() == ErrorCode::integrity);
    CHECK(folder.error().message().find("the content of ink 1.1.0 is not there: cannot pull ink 1.1.0") !=
          std::string::npos);
  }
}

TEST_CASE("servers that are no registry, or a bad one, are told in one sentence") {
  OciRegistryBench bench;
  const std::string there = bench.server.host() + "/team/packages/reef-names";
  std::string expected;
  SECTION("a web page") {
    bench.server.interfere = [](const Incoming&, Connection& c) {
      c.respond(200, "<html><title>Sign in</title></html>", {"Content-Type: text/html"});
      return true;
    };
    expected = "gave a web page, \"Sign in\", and no answer of a registry";
  }
  SECTION("a web page that says 404") {
    bench.server.interfere = [](const Incoming&, Connection& c) {
      c.respond(404, "<html><title>Nothing here</title></html>", {"Content-Type: text/html"});
      return true;
    };
    expected = "gave a web page, \"Nothing here\", and no answer of a registry";
  }
  SECTION("401 without a challenge") {
    bench.server.interfere = [](const Incoming&, Connection& c) {
      c.respond(401, "no");
      return true;
    };
    expected = "wants a login in a way that reef does not know: it does not say how";
  }
  SECTION("a list that is none") {
    bench.server.interfere = [](const Incoming&, Connection& c) {
      c.respond(200, R"({"tags": 7})", {"Content-Type: application/json"});
      return true;
    };
    expected = "answered 200 with something else than what belongs to it";
  }
  const auto opened = bench.try_open();
  REQUIRE_FALSE(opened);
  INFO(render(opened.error()));
  CHECK(opened.error().code() == ErrorCode::network);
  CHECK(opened.error().message().find(expected) != std::string::npos);
  CHECK(opened.error().message().find('\n') == std::string::npos);
}

TEST_CASE("a transfer that was cut goes on") {
  OciRegistryBench bench;
  value(bench.publish(bench.package("ink", "1.0.0")));
  const auto registry = bench.open();
  value(registry->manifest("ink", parsed("1.0.0")));
  std::atomic<int> cuts = 0;
  bench.server.interfere = [&](const Incoming& request, Connection& c) {
    const std::size_t hex = request.target.find("sha256:");
    if (hex == std::string::npos || cuts++ > 0) return false;
    const std::string blob = bench.server.blob("team/packages/ink", request.target.substr(hex + 7));
    c.write(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", blob.size()));
    c.write(blob.substr(0, blob.size() / 2));
    c.close();
    return true;
  };
  CHECK(registry->folder("ink", parsed("1.0.0")).has_value());
  CHECK(cuts == 2);
}
