// Registries that are opened when a name gets as far as them.
#include <catch2/catch.hpp>

#include "core/registry/compose.h"
#include "tests/unit/registry/sandbox.h"

namespace reef {
namespace {

using Texts = std::vector<std::string>;

Error unreachable() { return Error(ErrorCode::network, "cannot reach it"); }

// A catalogue with a, then a registry with b that is opened late or cannot be, then one with b and c.
struct Places {
  test::Sandbox near;
  test::Sandbox middle;
  test::Sandbox last;
  int opened = 0;
  Texts left_out;
  bool reachable = true;

  Places() {
    near.package("a", "a", "1.0.0", R"(, "provides": {"letter": "1"})");
    middle.package("b", "b", "1.0.0", R"(, "provides": {"letter": "1"})");
    last.package("b", "b", "9.0.0");
    last.package("c", "c", "1.0.0", R"(, "provides": {"letter": "1"})");
  }

  std::unique_ptr<Registry> deferred() {
    return defer_registry({"the middle one",
                           [this]() -> Result<std::unique_ptr<Registry>> {
                             ++opened;
                             if (!reachable) return tl::make_unexpected(unreachable());
                             return middle.open();
                           },
                           [this](const Error& error) { left_out.push_back(error.message()); }});
  }
  std::unique_ptr<Registry> all(std::unique_ptr<Registry> in_the_middle) {
    std::vector<RegistryLayer> layers;
    layers.push_back({"", near.open()});
    layers.push_back({"middle", std::move(in_the_middle)});
    layers.push_back({"last", last.open()});
    return layer_registries(std::move(layers));
  }
};

Version version_of(std::string_view text) { return Version::parse(text).value(); }

}  // namespace

TEST_CASE("a registry is not opened for a name that an earlier one has, and once for those that get to it") {
  Places places;
  const auto registry = places.all(places.deferred());
  CHECK(registry->versions("a").size() == 1);
  CHECK(registry->needs("a"));
  CHECK(registry->folder("a", version_of("1.0.0")));
  CHECK(registry->origin("a").empty());
  CHECK(places.opened == 0);
  CHECK(registry->versions("b") == std::vector<Version>{version_of("1.0.0")});
  CHECK(registry->origin("b") == "middle");
  CHECK(registry->manifest("c", version_of("1.0.0")));
  CHECK(registry->names() == Texts{"a", "b", "c"});
  CHECK(registry->providers("letter") == Texts{"a", "b", "c"});
  CHECK(places.opened == 1);
  CHECK(places.left_out.empty());
}

TEST_CASE("a name that gets to a registry that cannot be opened is its error, and nobody else's package") {
  Places places;
  places.reachable = false;
  const auto registry = places.all(places.deferred());
  CHECK(registry->needs("a"));
  CHECK(places.opened == 0);
  for (const char* name : {"b", "c", "d"}) {
    CHECK(registry->has(name));
    CHECK(registry->versions(name).empty());
    const auto needs = registry->needs(name);
    REQUIRE_FALSE(needs);
    CHECK(needs.error().code() == ErrorCode::network);
    CHECK(render(needs.error()) == fmt::format("error: cannot reach it\n  while looking for `{}`\n", name));
    CHECK(unknown_package(*registry, name).message() == "cannot reach it");
  }
  CHECK(places.opened == 1);
  CHECK(places.left_out.empty());
}

TEST_CASE("lists are without a registry that cannot be opened, which is told once") {
  Places places;
  places.reachable = false;
  const auto registry = places.all(places.deferred());
  CHECK(registry->names() == Texts{"a"});
  CHECK(registry->providers("letter") == Texts{"a"});
  CHECK(registry->capabilities() == Texts{"letter"});
  CHECK(registry->tools().empty());
  const auto found = registry->search({});
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().name == "a");
  CHECK(places.opened == 1);
  CHECK(places.left_out == Texts{"cannot reach it"});
}

TEST_CASE("a registry for some names only is not opened for others") {
  Places places;
  places.reachable = false;
  const auto registry = places.all(
      scope_registry(places.deferred(), [](std::string_view name) { return name.starts_with("b"); }));
  CHECK(registry->needs("c"));
  CHECK(registry->needs("d")->empty());
  CHECK(places.opened == 0);
  CHECK_FALSE(registry->needs("b"));
  CHECK(places.opened == 1);
}

}  // namespace reef
