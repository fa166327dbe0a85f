#include <catch2/catch.hpp>
#include <csignal>
#include <random>

#include "core/os/clock.h"
#include "core/os/process.h"
#include "core/store/store.h"
#include "tests/support/scratch_folder.h"

namespace reef::store {
namespace {

PrefixId the_one_build() { return {build_key({}), "example", "1.0.0"}; }

ProcessSpec builder(const Path& home, int files) {
  ProcessSpec spec;
  spec.argv = {REEF_STORE_BUILDER, home.string(), std::to_string(files)};
  return spec;
}

TEST_CASE("eight processes that ask for the same cold build all get it, and it is built once") {
  test::ScratchFolder scratch;
  const auto runner = make_process_runner();
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 8; ++i) children.push_back(runner->start(builder(scratch / "home", 30)).value());
  for (const auto& child : children) {
    const ProcessResult result = child->wait(std::chrono::seconds(60)).value();
    INFO(result.err);
    CHECK(result.ok());
  }
  CHECK(scratch.read("home/builds") == "x");
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const std::optional<Prefix> prefix = store.find(the_one_build());
  REQUIRE(prefix);
  CHECK(store.verify(*prefix));
  CHECK(prefix->info.files == 30);
}

TEST_CASE("a build killed at any instant leaves nothing half-made, and the next one finishes it") {
  test::ScratchFolder scratch;
  const auto runner = make_process_runner();
  const auto clock = make_system_clock();
  std::mt19937 random(20);  // NOLINT(cert-msc51-cpp): the same instants every time, as far as a kill can be
  int killed = 0;
  for (int i = 0; i < 60; ++i) {
    const Path home = scratch / std::to_string(i % 6);
    const auto child = runner->start(builder(home, 10)).value();
    clock->sleep_for(std::chrono::microseconds(random() % 25'000));
    kill(child->pid(), SIGKILL);
    const ProcessResult result = child->wait(std::chrono::seconds(60)).value();
    if (result.kind == ExitKind::signalled) ++killed;
    INFO(result.err);
    REQUIRE((result.ok() || result.kind == ExitKind::signalled));
    const Store store = Store::open(scratch.disk(), home).value();
    if (const std::optional<Prefix> prefix = store.find(the_one_build())) REQUIRE(store.verify(*prefix));
  }
  CHECK(killed > 0);
  for (int i = 0; i < 6; ++i) {
    const Path home = scratch / std::to_string(i);
    const ProcessResult result = runner->run(builder(home, 10)).value();
    INFO(result.err);
    REQUIRE(result.ok());
    const Store store = Store::open(scratch.disk(), home).value();
    const std::optional<Prefix> prefix = store.find(the_one_build());
    REQUIRE(prefix);
    CHECK(store.verify(*prefix));
    CHECK(scratch.disk().read_file(prefix->path / "file-9").value() == "9 " + prefix->path.string());
    REQUIRE(store.sweep());
    CHECK(scratch.disk().list(home / "stage")->empty());
  }
}

}  // namespace
}  // namespace reef::store
