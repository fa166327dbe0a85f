#include "core/ops/known_registries.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "core/ops/open_registries.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef::ops {
namespace {

using test::FaultyFilesystem;
using test::ScratchFolder;
using test::succeeds;
using test::value;

const Path kData = REEF_TEST_DATA;

KnownRegistry registry(const std::string& name, std::int64_t priority = 0,
                       std::vector<std::string> prefixes = {}) {
  KnownRegistry out;
  out.name = name;
  out.location = value(parse_location("https://" + name + ".example.org"));
  out.priority = priority;
  out.prefixes = std::move(prefixes);
  return out;
}

std::vector<std::string> names_in(const KnownRegistries& registries) {
  std::vector<std::string> out;
  for (const KnownRegistry& each : value(registries.list())) out.push_back(each.name);
  return out;
}

std::string location_error(std::string_view text) {
  const auto location = parse_location(text);
  REQUIRE_FALSE(location);
  return location.error().message();
}

}  // namespace

TEST_CASE("every good file of registries is read, every bad one refused with the message beside it") {
  const bool accept = std::getenv("REEF_ACCEPT") != nullptr;
  ScratchFolder scratch;
  Filesystem& fs = scratch.disk();
  const KnownRegistries registries(fs, {scratch / "home"});
  for (const char* kind : {"good", "bad"}) {
    const std::vector<std::string> names = value(fs.list(kData / kind / "registries"));
    for (const std::string& name : names) {
      if (!name.ends_with(".json")) continue;
      INFO(name);
      const Path file = kData / kind / "registries" / name;
      scratch.write("home/registries.json", value(fs.read_file(file)));
      const auto read = registries.list();
      if (std::string_view(kind) == "good") {
        CHECK(read);
        continue;
      }
      REQUIRE_FALSE(read);
      std::string problem = render(read.error());
      for (std::size_t at = 0; (at = problem.find(scratch.path().string())) != std::string::npos;)
        problem.replace(at, scratch.path().string().size(), "$DIR");
      const Path expected = Path(file).concat(".expected");
      if (accept) succeeds(fs.write_file(expected, problem, false));
      CHECK(problem == value(fs.read_file(expected)));
    }
  }
}

TEST_CASE("registries are listed by priority, then in the order of adding") {
  ScratchFolder scratch;
  const KnownRegistries registries(scratch.disk(), {scratch / "home"});
  CHECK(names_in(registries).empty());
  for (const auto& each :
       {registry("a"), registry("b", 5), registry("c"), registry("d", 5), registry("e", -1)})
    succeeds(registries.add(each));
  CHECK(names_in(registries) == std::vector<std::string>{"b", "d", "a", "c", "e"});
  const Status twice = registries.add(registry("c"));
  REQUIRE_FALSE(twice);
  CHECK(twice.error().message() == "there is a registry `c` already");
  CHECK(value(registries.remove("d")).name == "d");
  CHECK(names_in(registries) == std::vector<std::string>{"b", "a", "c", "e"});
  CHECK(render(registries.remove("dd").error()) ==
        "error: there is no registry `dd`\nhint: `reef registry list` lists them\n");
}

TEST_CASE("what is remembered of a registry is remembered of that one only") {
  ScratchFolder scratch;
  const KnownRegistries registries(scratch.disk(), {scratch / "home"});
  const KnownRegistry lab = registry("lab");
  succeeds(registries.add(lab));
  const SystemTime then{std::chrono::seconds(1'800'000'000)};
  succeeds(registries.set_accepted(lab, {sha256("a"), "0706050403020100", then}));
  CHECK(value(registries.find("lab")).accepted->root == sha256("a"));
  CHECK(registries.set_accepted(lab, {sha256("b"), "0706050403020100", then - std::chrono::seconds(1)})
            .error()
            .code() == ErrorCode::integrity);
  KnownRegistry other = lab;
  other.location = value(parse_location("https://elsewhere.example.org"));
  CHECK(registries.set_accepted(other, {sha256("c"), "0706050403020100", then}).error().code() ==
        ErrorCode::busy);
  CHECK(value(registries.find("lab")).accepted->root == sha256("a"));
}

TEST_CASE("a disk that breaks while a registry is added leaves the file as it was, or with it") {
  const auto fault = GENERATE(FaultyFilesystem::Fault::crash, FaultyFilesystem::Fault::full);
  for (int n = 0;; ++n) {
    CAPTURE(n);
    ScratchFolder scratch;
    const KnownRegistries good(scratch.disk(), {scratch / "home"});
    succeeds(good.add(registry("a")));
    FaultyFilesystem faulty(scratch.disk(), n, fault);
    const Status status = KnownRegistries(faulty, {scratch / "home"}).add(registry("b"));
    const std::size_t count = names_in(good).size();
    CHECK((count == 1 || count == 2));
    if (!faulty.crashed()) {
      succeeds(status);
      CHECK(count == 2);
      return;
    }
  }
}

TEST_CASE("locations of all kinds") {
  const auto text_of = [](std::string_view text) {
    const Location location = value(parse_location(text));
    return fmt::format("{} {}", name_of(location.kind), location.text());
  };
  CHECK(text_of("https://example.org/a//") == "http https://example.org/a");
  CHECK(text_of("HTTP://127.0.0.1:80") == "http HTTP://127.0.0.1:80");
  CHECK(text_of("/srv/x/../packages/") == "folder /srv/packages");
  CHECK(text_of("file:///srv/my%20packages") == "folder /srv/my packages");
  CHECK(text_of("git+https://example.org/x.git") == "git git+https://example.org/x.git");
  CHECK(text_of("git+file:///srv/x") == "git git+file:///srv/x");
  CHECK(text_of("ssh://git@example.org/x") == "git git+ssh://git@example.org/x");
  CHECK(text_of("git@example.org:x/y") == "git git+git@example.org:x/y");
  CHECK(value(parse_location("git+git@example.org:x/y")).address == "git@example.org:x/y");
  CHECK(value(parse_location("packages")).address.front() == '/');

  CHECK(location_error("") == "the location of a registry is empty");
  CHECK(location_error("ftp://example.org") == "`ftp://example.org` is not a kind of registry that is known");
  CHECK(location_error("https://") == "`https://` names no host");
  CHECK(location_error("https://a:b@example.org/x") ==
        "the address of `https://example.org/x` holds a user name or password, which would be kept in a file "
        "and shown");
  CHECK(location_error("git+https://token@example.org/x").find("holds a user name") != std::string::npos);
  CHECK(location_error("git+ssh://git:pw@example.org/x").find("holds a user name") != std::string::npos);
  CHECK(location_error("https://example.org/x?token=secret").find("secret") == std::string::npos);
  CHECK(location_error("https://example.org/a b") ==
        "`https://example.org/a b` is not a URL: write blanks and other characters as `%20`");
  CHECK(location_error("git+ext::sh -c x") == "`git+ext::sh -c x` is not the address of a git repository");
  CHECK(location_error("git+--upload-pack=x") ==
        "`git+--upload-pack=x` is not the address of a git repository");
  CHECK(location_error("file://example.org/x") == "`file://example.org/x` names a folder of another machine");
}

TEST_CASE("the longest prefix counts") {
  const std::vector<KnownRegistry> known = {registry("a", 0, {"acme-", "x"}),
                                            registry("b", 0, {"acme-lab-"})};
  CHECK(prefix_of("acme-lab-x", known) == "acme-lab-");
  CHECK(prefix_of("acme-la", known) == "acme-");
  CHECK(prefix_of("acme", known).empty());
  CHECK(prefix_of("xy", known) == "x");
}

TEST_CASE("a login is one of two kinds, and of one registry") {
  const KnownRegistry lab = registry("my-lab");
  using Headers = std::vector<std::pair<std::string, std::string>>;
  CHECK(value(credentials_of(lab, {})).empty());
  CHECK(value(credentials_of(lab, {{"REEF_REGISTRY_LAB_TOKEN", "x"}})).empty());
  CHECK(value(credentials_of(lab, {{"REEF_REGISTRY_MY_LAB_TOKEN", "x"}})) ==
        Headers{{"Authorization", "Bearer x"}});
  CHECK(value(credentials_of(
            lab, {{"REEF_REGISTRY_MY_LAB_USER", "ann"}, {"REEF_REGISTRY_MY_LAB_PASSWORD", "ü:"}})) ==
        Headers{{"Authorization", "Basic YW5uOsO8Og=="}});
  const auto error = [&](const Environment& env) { return credentials_of(lab, env).error().message(); };
  CHECK(error({{"REEF_REGISTRY_MY_LAB_PASSWORD", "secret"}}) ==
        "`REEF_REGISTRY_MY_LAB_PASSWORD` is set, and `REEF_REGISTRY_MY_LAB_USER` is not");
  CHECK(error({{"REEF_REGISTRY_MY_LAB_TOKEN", "a\r\nX-Evil: 1"}}) ==
        "what the environment says of the login to the registry `my-lab` holds a line break");
  KnownRegistry plain = lab;
  plain.location = value(parse_location("http://example.org"));
  CHECK_FALSE(credentials_of(plain, {{"REEF_REGISTRY_MY_LAB_TOKEN", "x"}}));
  plain.location = value(parse_location("http://127.0.0.1.example.org"));
  CHECK_FALSE(credentials_of(plain, {{"REEF_REGISTRY_MY_LAB_TOKEN", "x"}}));
  plain.location = value(parse_location("http://127.0.0.1:8000"));
  CHECK(credentials_of(plain, {{"REEF_REGISTRY_MY_LAB_TOKEN", "x"}}));
}

}  // namespace reef::ops
