#include "core/remote/oci_publish.h"

#include <thread>

#include "tests/unit/remote/oci_bench.h"

using namespace reef;
using namespace reef::test;

TEST_CASE("publishing again changes nothing, other content is refused") {
  OciRegistryBench bench;
  const Path folder = bench.package("ink", "1.0.0");
  CHECK_FALSE(value(bench.publish(folder)));
  const std::string before = bench.server.manifest("team/packages/ink", "1.0.0");
  CHECK(value(bench.publish(folder)));
  bench.scratch.write("packages/ink-1.0.0/data/text", "something else");
  const auto refused = bench.publish(folder);
  REQUIRE_FALSE(refused);
  CHECK(render(refused.error()) ==
        "error: `ink` 1.0.0 is in `oci://" + bench.server.host() +
            "/team/packages` already, with different content\n"
            "hint: what was published never changes: give the package another version\n");
  CHECK(refused.error().code() == ErrorCode::integrity);
  CHECK(bench.server.manifest("team/packages/ink", "1.0.0") == before);
  bench.server.put_manifest("team/packages/pen", "1.0.0", R"({"schemaVersion": 2})");
  CHECK(bench.publish(bench.package("pen", "1.0.0"))
            .error()
            .message()
            .find("already, as something that is no package of reef") != std::string::npos);
}

TEST_CASE("what another publisher put there while the blobs were sent is not replaced") {
  OciRegistryBench bench;
  const Path folder = bench.package("ink", "1.0.0");
  value(bench.publish(folder));
  const std::string before = bench.server.manifest("team/packages/ink", "1.0.0");
  int looks = 0;  // the first of which, two requests, comes too early to see it
  bench.server.interfere = [&](const Incoming& request, Connection& c) {
    if (request.method == "PUT" || !request.target.ends_with("/ink/manifests/1.0.0")) return false;
    if (++looks > 2) return false;
    OciServer::refuse(c, 404, "MANIFEST_UNKNOWN");
    return true;
  };
  CHECK(value(bench.publish(folder)));
  looks = 0;
  bench.scratch.write("packages/ink-1.0.0/data/text", "something else");
  const auto refused = bench.publish(folder);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message().ends_with("already, with different content"));
  CHECK(bench.server.manifest("team/packages/ink", "1.0.0") == before);
}

TEST_CASE("publishers that come at once lose nothing of each other's") {
  OciRegistryBench bench;
  std::vector<Path> folders;
  for (int i = 0; i < 12; ++i)
    folders.push_back(bench.package(fmt::format("p{:02}", i % 6), fmt::format("1.{}.0", i / 6),
                                    R"(, "provides": {"all": "1.0.0"})"));
  std::vector<Result<bool>> results(folders.size(), false);
  {
    std::vector<std::jthread> publishers;
    for (std::size_t i = 0; i < folders.size(); ++i)
      publishers.emplace_back([&, i] { results[i] = bench.publish(folders[i]); });
  }
  for (const auto& result : results) CHECK(result.has_value());
  const auto registry = bench.open();
  CHECK(registry->names().size() == 6);
  CHECK(registry->providers("all").size() == 6);
  for (const std::string& name : registry->names()) CHECK(registry->versions(name).size() == 2);
}

TEST_CASE("a publisher that was stopped at any request is finished by the next") {
  for (int stop = 0;; ++stop) {
    OciRegistryBench bench;
    const Path folder = bench.package("ink", "1.0.0", R"(, "provides": {"colour": "1.0.0"})");
    std::atomic<int> left = stop;
    bench.server.interfere = [&](const Incoming&, Connection& c) {
      if (left-- > 0) return false;
      OciServer::refuse(c, 403, "DENIED");
      return true;
    };
    const bool through = bench.publish(folder).has_value();
    bench.server.interfere = nullptr;
    // Until its name is there nobody finds it; then it is whole.
    const auto registry = bench.open("during");
    if (registry->has("ink") && !registry->versions("ink").empty())
      CHECK(registry->folder("ink", parsed("1.0.0")).has_value());
    value(bench.publish(folder));
    const auto after = bench.open("after");
    CHECK(after->versions("ink").size() == 1);
    CHECK(after->providers("colour") == Texts{"ink"});
    if (through) break;
    REQUIRE(stop < 100);
  }
}

TEST_CASE("a version that is yanked says so, and not any more when that is taken back") {
  OciRegistryBench bench;
  value(bench.publish(bench.package("ink", "1.0.0")));
  const auto yanked = [&] {
    bench.pass_a_minute();
    return bench.open()->entry("ink", parsed("1.0.0"))->yanked;
  };
  CHECK_FALSE(yanked());
  const auto yank = [&](const std::string& name, const std::string& version, bool on) {
    return remote::yank_in_oci(bench.access("publisher"), bench.site(), name, parsed(version), on);
  };
  CHECK_FALSE(value(yank("ink", "1.0.0", false)));
  CHECK(value(yank("ink", "1.0.0", true)));
  CHECK_FALSE(value(yank("ink", "1.0.0", true)));
  CHECK(yanked());
  CHECK(value(yank("ink", "1.0.0", false)));
  CHECK_FALSE(yanked());
  const std::string where = "`oci://" + bench.server.host() + "/team/packages`";
  CHECK(render(yank("ink", "9.0.0", true).error()) ==
        "error: `ink` 9.0.0 is not in " + where + "\nhint: there is `1.0.0`\n");
  CHECK(render(yank("inc", "1.0.0", true).error()) ==
        "error: there is no package `inc` in " + where + "\nhint: did you mean `ink`?\n");
}

TEST_CASE("a registry that stumbles over two who write the same manifest is asked again") {
  OciRegistryBench bench;
  std::atomic<int> stumbles = 0;
  bench.server.interfere = [&](const Incoming& request, Connection& c) {
    if (request.method != "PUT" || request.target.find("/reef-names/manifests/") == std::string::npos)
      return false;
    if (stumbles++ >= 2) return false;
    c.read_body();
    OciServer::refuse(c, 400, "DIGEST_INVALID");
    return true;
  };
  value(bench.publish(bench.package("ink", "1.0.0")));
  CHECK(stumbles == 3);
  CHECK(bench.open()->names() == Texts{"ink"});
}
