#include "core/remote/http_place.h"

#include "core/registry/index_json.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/unit/remote/site.h"

using namespace reef;
using namespace reef::test;
using Texts = std::vector<std::string>;

namespace {

constexpr auto kMoreThanFresh = std::chrono::seconds(61);

std::string path_of(SiteBench& bench, const std::string& name) {
  const std::string text = value(bench.scratch.disk().read_file(bench.packages() / "registry.json"));
  return "/" + package_file(name, value(read_root("", text)).packages.at(name));
}

// Accepts what it is told to, and remembers what it was shown.
struct Guard : RootGuard {
  bool knows(const Digest& root) override { return root == known; }
  Status accept(std::string_view root, const Result<std::string>& signature) override {
    shown.push_back(signature ? *signature : std::string(signature.error().message()));
    if (!signature || *signature != "good") return make_error(ErrorCode::integrity, "not signed well");
    known = sha256(root);
    return {};
  }
  Digest known;
  Texts shown;
};

}  // namespace

TEST_CASE("a registry on a web site answers like the folder, and only what is asked for is fetched") {
  SiteBench bench;
  const auto registry = bench.open();
  CHECK(bench.requests() == Texts{"/registry.json"});
  CHECK(registry->name() == "the registry `lab` (" + bench.url() + ")");
  CHECK(registry->names() == Texts{"ink", "pen"});
  CHECK(bench.requests().empty());
  const auto folder = value(open_published_registry(bench.scratch.disk(), bench.packages(), {}));
  CHECK(registry->versions("pen") == folder->versions("pen"));
  CHECK(bench.requests() == Texts{path_of(bench, "pen")});
  CHECK(value(registry->needs("pen")).front().needs->dependencies.front().place.file ==
        bench.url() + "/pen-2.0.0/reef.json");
  CHECK(value(registry->digest("pen", parsed("2.0.0"))) == value(folder->digest("pen", parsed("2.0.0"))));
  CHECK(bench.requests().empty());
  CHECK(value(registry->manifest("pen", parsed("2.0.0")))->name == "pen");
  CHECK(bench.requests().size() == 1);  // the manifest alone
  const Path here = value(registry->folder("pen", parsed("2.0.0")));
  CHECK(value(digest_tree(bench.scratch.disk(), here)) == value(registry->digest("pen", parsed("2.0.0"))));
  CHECK(bench.requests().size() == 1);  // the layer; the manifest is here
  CHECK(value(registry->folder("pen", parsed("2.0.0"))) == here);
  CHECK(value(registry->search({"ink"})).size() == 1);
  CHECK(bench.requests().size() == 1);
}

TEST_CASE("the root is asked for again after a minute, and sent again only when it changed") {
  SiteBench bench;
  bench.open();
  bench.requests();
  bench.clock.time += std::chrono::seconds(59);
  bench.open();
  CHECK(bench.requests().empty());
  bench.clock.time += std::chrono::seconds(2);
  bench.open();
  CHECK(bench.requests() == Texts{"/registry.json"});
  CHECK_FALSE(value(bench.place(bench.scratch.disk())->refresh()));
  bench.package("ink", "1.1.0");
  bench.build();
  CHECK(bench.open()->versions("ink").size() == 1);
  CHECK(value(bench.place(bench.scratch.disk())->refresh()));
  CHECK(bench.open()->versions("ink").size() == 2);
  // A clock that was set back makes nothing fresh for ever.
  bench.requests();
  bench.clock.time -= std::chrono::hours(24);
  bench.open();
  CHECK(bench.requests() == Texts{"/registry.json"});
}

TEST_CASE(
    "a server whose ETag is the time in seconds is not believed about what changed in the same second") {
  SiteBench bench;
  std::string date = "Sun, 29 Nov 2026 10:00:00 GMT";
  bench.answers["/registry.json"] = [&](const Incoming& request, Connection& c) {
    const std::string etag = "\"6a1f2b40-1f4\"";
    if (request.header("if-none-match") == etag) return c.respond(304, "", {"ETag: " + etag});
    c.respond(200, value(bench.scratch.disk().read_file(bench.packages() / "registry.json")),
              {"ETag: " + etag, "Last-Modified: Sun, 29 Nov 2026 10:00:00 GMT", "Date: " + date});
  };
  bench.open();
  bench.package("ink", "1.1.0");
  bench.build();
  bench.clock.time += kMoreThanFresh;
  CHECK(bench.open()->versions("ink").size() == 2);
  // It is believed once that second is over; whoever asks for an update gets all of it still, and so does who
  // misses something (here a server that keeps the time of a file that changed).
  date = "Sun, 29 Nov 2026 10:00:02 GMT";
  bench.clock.time += kMoreThanFresh;
  bench.open();
  bench.package("ink", "1.2.0");
  bench.build();
  bench.clock.time += kMoreThanFresh;
  CHECK(bench.open()->versions("ink").size() == 2);
  CHECK(value(bench.place(bench.scratch.disk())->refresh()));
  CHECK(bench.open()->versions("ink").size() == 3);
  bench.answers[path_of(bench, "pen")] = [](const Incoming&, Connection& c) { c.respond(404, "no"); };
  bench.package("pen", "2.1.0");
  bench.build();
  const auto needs = bench.open()->needs("pen");
  REQUIRE_FALSE(needs);
  CHECK(needs.error().code() == ErrorCode::busy);
  CHECK(bench.open()->versions("pen").size() == 2);
}

TEST_CASE("offline everything that is here serves, and what is not is named") {
  SiteBench bench;
  bench.open()->needs("ink").value();
  bench.requests();
  bench.offline = true;
  bench.clock.time += kMoreThanFresh;
  const auto registry = bench.open();
  CHECK(registry->needs("ink").has_value());
  const auto needs = registry->needs("pen");
  REQUIRE_FALSE(needs);
  CHECK(needs.error().code() == ErrorCode::network);
  CHECK(needs.error().message() == "offline, and not in the download cache: `the index of pen in lab`");
  const auto folder = registry->folder("ink", parsed("1.0.0"));
  REQUIRE_FALSE(folder);
  CHECK(folder.error().message() == "offline, and not in the download cache: `ink 1.0.0`");
  CHECK(bench.requests().empty());
  REQUIRE(remove_tree(bench.scratch.disk(), bench.cache()));
  CHECK(bench.open_error() == "error: offline, and nothing is known of the registry `lab` (" + bench.url() +
                                  ")\nhint: `reef registry update lab` asks "
                                  "for it once; later it needs no "
                                  "network\n");
}

TEST_CASE(
    "a site that cannot be reached is done without when its root is known, and not asked at once again") {
  SiteBench bench;
  bench.open();
  bench.answers["/registry.json"] = [](const Incoming&, Connection& c) {
    c.respond(503, "no", {"Retry-After: 0"});
  };
  bench.clock.time += kMoreThanFresh;
  bench.requests();
  const auto place = bench.place(bench.scratch.disk());
  CHECK(place->root());
  REQUIRE(place->notes().size() == 1);
  CHECK(place->notes().front() ==
        "cannot fetch `" + bench.url() +
            "/registry.json`: the server answered 503 Service Unavailable; what it said "
            "2027-01-15T08:00:00Z is used");
  CHECK(bench.requests().size() == 2);
  bench.open();
  CHECK(bench.requests().empty());
  REQUIRE(remove_tree(bench.scratch.disk(), bench.cache()));
  CHECK(bench.open_error().starts_with("error: cannot fetch `" + bench.url()));
}

TEST_CASE("a root that cannot be read never takes the place of a good one") {
  SiteBench bench;
  bench.open();
  const std::string good = value(bench.scratch.disk().read_file(bench.packages() / "registry.json"));
  for (const std::string& text : Texts{"", "{", "[]", R"({"format": 2})", good.substr(0, good.size() / 2)}) {
    CAPTURE(text);
    bench.answers["/registry.json"] = [&](const Incoming&, Connection& c) { c.respond(200, text); };
    bench.clock.time += kMoreThanFresh;
    CHECK(bench.open_error() != "opened");
    bench.offline = true;
    CHECK(bench.open()->names() == Texts{"ink", "pen"});
    bench.offline = false;
  }
}

TEST_CASE("a root that is published at this very moment is asked for twice") {
  SiteBench bench;
  const std::string good = value(bench.scratch.disk().read_file(bench.packages() / "registry.json"));
  int asked = 0;
  bench.answers["/registry.json"] = [&](const Incoming&, Connection& c) {
    c.respond(200, ++asked == 1 ? good.substr(0, 20) : good);
  };
  CHECK(bench.open()->names().size() == 2);
  CHECK(asked == 2);
}

TEST_CASE("files that are gone are another root's, or the registry is damaged") {
  SiteBench bench;
  const auto registry = bench.open();
  const std::string pen = path_of(bench, "pen");
  bench.answers[pen] = [](const Incoming&, Connection& c) { c.respond(404, "no"); };
  auto needs = registry->needs("pen");
  REQUIRE_FALSE(needs);
  CHECK(render(needs.error()) ==
        "error: `" + bench.url() + pen +
            "` is missing, though `registry.json` names it\nhint: tell those who publish "
            "`lab`: `reef registry build` makes it whole again\n");
  bench.answers[pen] = [](const Incoming&, Connection& c) { c.respond(200, "{}"); };
  CHECK(registry->needs("pen").error().code() == ErrorCode::integrity);
  bench.answers[pen] = [](const Incoming&, Connection& c) { c.respond(404, "no"); };
  bench.package("ink", "1.1.0");
  bench.build();
  needs = registry->needs("pen");
  REQUIRE_FALSE(needs);
  CHECK(needs.error().code() == ErrorCode::busy);
  CHECK(needs.error().message() ==
        "`" + bench.url() + "/registry.json` was published anew while it was read");
}

TEST_CASE("contents that are gone or lie are integrity errors, and nothing of them is kept") {
  SiteBench bench;
  const auto registry = bench.open();
  value(registry->needs("ink"));
  const Digest digest = value(registry->digest("ink", parsed("1.0.0")));
  const auto tree = value(tree_of(
      value(read_package(
                "", value(bench.scratch.disk().read_file(bench.packages() / path_of(bench, "ink").substr(1))),
                "ink"))
          .versions.front()));
  const std::string layer = "/" + content_file(tree.layer->blob.digest);
  bench.answers[layer] = [](const Incoming&, Connection& c) { c.respond(404, "no"); };
  auto folder = registry->folder("ink", parsed("1.0.0"));
  REQUIRE_FALSE(folder);
  CHECK(folder.error().code() == ErrorCode::integrity);
  CHECK_THAT(
      render(folder.error()),
      Catch::Contains("the content of `ink` 1.0.0 is not there: there is no `" + bench.url() + layer + "`"));
  bench.answers[layer] = [&](const Incoming&, Connection& c) {
    c.respond(200, std::string(tree.layer->blob.size, 'x'));
  };
  CHECK(registry->folder("ink", parsed("1.0.0")).error().code() == ErrorCode::integrity);
  CHECK_FALSE(exists(bench.scratch.disk(), bench.cache() / "packages" / digest.hex()));
  bench.answers.clear();
  CHECK(registry->folder("ink", parsed("1.0.0")));
}

TEST_CASE("a root is believed only when its guard does") {
  SiteBench bench;
  const auto guard = std::make_shared<Guard>();
  bench.guard = guard;
  CHECK_THAT(bench.open_error(), Catch::Contains("error: not signed well"));
  CHECK(guard->shown.back().find("the server answered 404 Not Found") != std::string::npos);
  bench.scratch.write("packages/registry.json.minisig", "bad");
  CHECK_THAT(bench.open_error(), Catch::Contains("error: not signed well"));
  CHECK(guard->shown.back() == "bad");
  bench.scratch.write("packages/registry.json.minisig", "good");
  bench.open();
  const std::size_t shown = guard->shown.size();
  bench.clock.time += kMoreThanFresh;
  bench.open();
  CHECK(guard->shown.size() == shown);  // it knows this one
  // Another guard is shown what is here; offline, too.
  const auto other = std::make_shared<Guard>();
  bench.guard = other;
  bench.offline = true;
  bench.open();
  CHECK(other->shown == Texts{"good"});
}

TEST_CASE("a package folder that was changed is made again") {
  SiteBench bench;
  const auto registry = bench.open();
  const Path folder = value(registry->folder("ink", parsed("1.0.0")));
  REQUIRE(bench.scratch.disk().write_file(folder / "data/text", "other", false));
  CHECK(value(registry->folder("ink", parsed("1.0.0"))) == folder);
  CHECK(value(bench.scratch.disk().read_file(folder / "data/text")) == "ink 1.0.0");
  REQUIRE(bench.scratch.disk().write_file(folder / "more", "", false));
  CHECK(value(registry->folder("ink", parsed("1.0.0"))) == folder);
  CHECK_FALSE(exists(bench.scratch.disk(), folder / "more"));
}

TEST_CASE("package folders that were not used for long go, others stay") {
  SiteBench bench;
  const auto registry = bench.open();
  const Path folder = value(registry->folder("ink", parsed("1.0.0")));
  Cancellation cancel;
  const remote::PackageFolders folders(bench.scratch.disk(), bench.clock, cancel, bench.cache());
  REQUIRE(bench.scratch.disk().set_mtime(folder, bench.clock.time.time_since_epoch().count()));
  CHECK(value(folders.remove_old(std::chrono::hours(24), false)).folders == 0);
  bench.clock.time += std::chrono::hours(48);
  CHECK(value(folders.remove_old(std::chrono::hours(24), true)).folders == 1);
  CHECK(exists(bench.scratch.disk(), folder));
  CHECK(value(folders.remove_old(std::chrono::hours(24), false)).bytes > 0);
  CHECK(value(bench.scratch.disk().list(bench.cache() / "packages")).empty());
}

TEST_CASE("a disk that breaks at any moment of fetching and unpacking leaves nothing wrong") {
  const auto fault = GENERATE(FaultyFilesystem::Fault::crash, FaultyFilesystem::Fault::full);
  SiteBench bench;
  for (int n = 0;; ++n) {
    CAPTURE(n);
    REQUIRE(remove_tree(bench.scratch.disk(), bench.cache()));
    FaultyFilesystem faulty(bench.scratch.disk(), n, fault);
    bool through = false;
    if (const auto registry = bench.open(faulty)) {
      value(bench.open(bench.scratch.disk()));  // others are not disturbed
      through = (*registry)->folder("pen", parsed("2.0.0")).has_value();
    }
    const auto registry = bench.open();
    const Path folder = value(registry->folder("pen", parsed("2.0.0")));
    CHECK(value(digest_tree(bench.scratch.disk(), folder)) ==
          value(registry->digest("pen", parsed("2.0.0"))));
    if (!faulty.crashed()) {
      CHECK(through);
      CHECK(n > 20);
      return;
    }
  }
}
