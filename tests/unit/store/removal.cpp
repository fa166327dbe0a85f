#include <catch2/catch.hpp>

#include "core/store/roots.h"
#include "core/store/store.h"
#include "tests/support/scratch_folder.h"

namespace reef::store {
namespace {

using test::ScratchFolder;

Prefix built(ScratchFolder& scratch, const Store& store, const std::string& name) {
  PrefixInfo info;
  info.ingredients.items = {{"name", name}};
  BuildSlot slot = std::get<BuildSlot>(*store.begin({build_key(info.ingredients), name, "1.0.0"}));
  REQUIRE(scratch.disk().write_file(slot.prefix() / "file", name, false));
  return store.publish(std::move(slot), std::move(info)).value();
}

TEST_CASE("a file that was changed behind the store's back is noticed, and the prefix is built anew") {
  ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const Prefix prefix = built(scratch, store, "a");
  CHECK(store.find(prefix.info.id));
  CHECK_FALSE(store.damage(prefix.info.id));
  const Path file = prefix.path / "file";
  const FileStat old = scratch.disk().stat(file).value();
  REQUIRE(scratch.disk().set_mode(file, 0644));
  REQUIRE(scratch.disk().write_file(file, "A", false));  // the same size
  REQUIRE(scratch.disk().set_mode(file, old.mode));
  REQUIRE(scratch.disk().set_mtime(file, old.mtime_ns));
  CHECK_FALSE(store.find(prefix.info.id));
  CHECK(store.damage(prefix.info.id) == "`file` was changed");
  const Prefix again = built(scratch, store, "a");
  CHECK(scratch.disk().read_file(again.path / "file").value() == "a");
  CHECK(store.find(prefix.info.id));
  CHECK(scratch.disk().list(scratch / "home/stage")->empty());
}

TEST_CASE("a prefix that was only touched, or whose stamp was lost, is read once and is sound") {
  ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const Prefix prefix = built(scratch, store, "a");
  const Path stamp = scratch / "home/cache/prefixes" / prefix.path.filename();
  for (const bool touch : {true, false}) {
    if (touch)
      REQUIRE(scratch.disk().set_mtime(prefix.path / "file", 1));
    else
      REQUIRE(scratch.disk().remove_file(stamp));
    CHECK(store.find(prefix.info.id));
    CHECK(exists(scratch.disk(), stamp));
  }
}

TEST_CASE("what a living process uses is known, and forgotten when it ends") {
  ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  {
    const Use use = store.use({"one", "two"}).value();
    const StoreLock lock = store.lock().value();
    CHECK(store.in_use(lock)->size() == 2);
    CHECK(store.in_use(lock)->contains("one"));
  }
  scratch.write("home/locks/users/1-0", "left by a killed process");
  const StoreLock lock = store.lock().value();
  CHECK(store.in_use(lock)->empty());
  CHECK(scratch.disk().list(scratch / "home/locks/users")->empty());
}

TEST_CASE("nobody begins to use anything while removers decide") {
  ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const StoreLock lock = store.lock().value();
  Cancellation cancel;
  cancel.request();
  const auto use = store.use({"one"}, &cancel);
  REQUIRE_FALSE(use);
  CHECK(use.error().code() == ErrorCode::interrupted);
}

TEST_CASE(
    "several prefixes vanish at once, those that are being built stay, and the sweep frees their bytes") {
  ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const Prefix a = built(scratch, store, "a");
  const Prefix b = built(scratch, store, "b");
  REQUIRE(scratch.disk().set_mode(b.path / ".reef/prefix.json", 0644));
  REQUIRE(scratch.disk().write_file(b.path / ".reef/prefix.json", "broken", false));
  const BuildSlot building = std::get<BuildSlot>(*store.begin(b.info.id));
  const StoreLock lock = store.lock().value();
  const std::string gone = a.path.filename().string();
  CHECK(store.remove_all({gone, b.path.filename().string(), std::string(32, 'f') + "-not-there"}, lock)
            .value() == std::vector<std::string>{gone});
  CHECK(store.folder_names()->size() == 1);
  CHECK(store.sweep().value() == 1);
  CHECK(store.tidy(lock, make_system_clock()->now(), false));
  CHECK_FALSE(exists(scratch.disk(), scratch / "home/cache/prefixes" / gone));
  CHECK_FALSE(exists(scratch.disk(), scratch / "home/locks" / gone.substr(0, 30)));
}

Root project(const Path& manifest, const std::string& choice, const std::string& lock, int day) {
  Root root;
  root.kind = Root::Kind::project;
  root.name = "p";
  root.choice = choice;
  root.file = manifest;
  root.lock = lock;
  root.prefixes = {choice};
  root.used = SystemTime(std::chrono::hours(24 * day));
  return root;
}

TEST_CASE(
    "a project's roots live with its manifest and its newest lock, packages for some time after their use") {
  ScratchFolder scratch;
  const Path manifest = scratch.write("p/reef.json", "{}");
  scratch.write("p/reef.lock", "{}");
  Root package;
  package.name = "used";
  package.used = SystemTime(std::chrono::hours(24 * 100));
  Root forgotten = package;
  forgotten.name = "forgotten";
  forgotten.used = SystemTime(std::chrono::hours(24 * 10));
  Root pin = forgotten;
  pin.kind = Root::Kind::pin;
  const std::vector<Root> all = {project(manifest, "new", "b", 5),
                                 project(manifest, "old", "a", 4),
                                 project(manifest, "unlocked", "", 3),
                                 project(scratch / "gone/reef.json", "gone", "", 9),
                                 package,
                                 forgotten,
                                 pin};
  const SystemTime today(std::chrono::hours(24 * 101));
  const auto names = [&] {
    std::vector<std::string> out;
    for (const Root& root : judge(scratch.disk(), all, today, std::chrono::hours(24 * 30)).live)
      out.push_back(root.prefixes.empty() ? root.name : root.prefixes.front());
    return out;
  };
  CHECK(names() == std::vector<std::string>{"new", "unlocked", "used", "forgotten"});
  REQUIRE(scratch.disk().remove_file(scratch / "p/reef.lock"));
  CHECK(names() == std::vector<std::string>{"unlocked", "used", "forgotten"});
}

TEST_CASE("roots are kept one for each choice, and a file that cannot be read is none") {
  ScratchFolder scratch;
  const Roots roots(scratch.disk(), scratch / "home");
  CHECK(roots.list()->empty());
  const Root first = project("/p/reef.json", "a", "l", 1);
  REQUIRE(roots.keep(first));
  REQUIRE(roots.keep(project("/p/reef.json", "b", "l", 1)));
  REQUIRE(roots.keep(project("/p/reef.json", "a", "m", 2)));
  scratch.write("home/roots/broken.json", "{");
  const std::vector<Root> found = roots.list().value();
  REQUIRE(found.size() == 2);
  CHECK(found[0].lock == "m");
  CHECK(found[1].choice == "b");
  REQUIRE(roots.remove(first));
  CHECK(roots.list()->size() == 1);
  CHECK(roots.remove(first));
  Root archive;
  archive.kind = Root::Kind::pin;
  archive.name = "paper.reef";
  for (const char* digest : {"1234", "5678"}) {
    archive.archive = digest;
    REQUIRE(roots.keep(archive));
  }
  CHECK(roots.list()->size() == 3);
  CHECK(roots.list()->back().archive.size() == 4);
}

}  // namespace
}  // namespace reef::store
