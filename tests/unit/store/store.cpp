#include "core/store/store.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "core/os/process.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/support/scratch_folder.h"

namespace reef::store {
namespace {

// The ingredients of those that were made up. By one thread.
std::map<Digest, Ingredients>& known_ingredients() {
  static std::map<Digest, Ingredients> known;
  return known;
}

PrefixId example(const std::string& engine = "native") {
  const Ingredients ingredients{{{"option engine", engine}}};
  known_ingredients()[build_key(ingredients)] = ingredients;
  return {build_key(ingredients), "example", "1.0.0"};
}

BuildSlot slot_of(const Store& store, const PrefixId& id) {
  Result<Store::Begun> begun = store.begin(id);
  if (!begun) FAIL(render(begun.error()));
  REQUIRE(std::holds_alternative<BuildSlot>(*begun));
  return std::get<BuildSlot>(*std::move(begun));
}

PrefixInfo info_of(const PrefixId& id) {
  PrefixInfo info;
  info.ingredients = known_ingredients().at(id.key);
  return info;
}

Prefix publish_text(Filesystem& fs, const Store& store, const PrefixId& id, std::string_view text) {
  BuildSlot slot = slot_of(store, id);
  REQUIRE(fs.write_file(slot.prefix() / "file", text, false));
  PrefixInfo info = info_of(id);
  info.log = "example.log";
  return store.publish(std::move(slot), info).value();
}

std::size_t staged(test::ScratchFolder& scratch) {
  return scratch.disk().list(scratch / "home/stage")->size();
}

TEST_CASE(
    "a published prefix is found with all that is known of it, read-only, and asked for again is not built") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  CHECK_FALSE(store.find(example()));
  const Prefix made = publish_text(scratch.disk(), store, example(), "text");

  const std::optional<Prefix> found = store.find(example());
  REQUIRE(found);
  CHECK(found->path == scratch.disk().real_path(scratch / "home/store").value() / example().folder_name());
  CHECK(found->info.ingredients.items == std::map<std::string, std::string>{{"option engine", "native"}});
  CHECK(found->info.log == "example.log");
  CHECK(found->info.files == 1);
  CHECK(found->info.bytes == 4);
  CHECK(found->info.content == made.info.content);
  CHECK(scratch.disk().stat(found->path)->mode == 0555);
  CHECK(scratch.disk().stat(found->path / "file")->mode == 0444);
  CHECK(std::holds_alternative<Prefix>(store.begin(example()).value()));
  CHECK(staged(scratch) == 0);
  CHECK(store.list()->size() == 1);
  CHECK(store.size().value() == 4);
}

TEST_CASE("what the store keeps of a prefix is verified like the prefix") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  BuildSlot slot = slot_of(store, example());
  PrefixInfo info = info_of(example());
  info.package = Contents{{{"src", "folder"}}, 0, 0};
  const Prefix made = store.publish(std::move(slot), info).value();
  CHECK(store.damages(made).value().empty());
  const auto damages_after = [&](const char* file, const std::string& from, const std::string& to) {
    const Path path = made.path / ".reef" / file;
    const std::string whole = scratch.disk().read_file(path).value();
    std::string text = whole;
    text.replace(text.find(from), from.size(), to);
    REQUIRE(scratch.disk().set_mode(path, 0644));
    REQUIRE(scratch.disk().write_file(path, text, false));
    const auto found = store.damages(store.described(example().folder_name()).value()).value();
    CHECK(store.find(example()).has_value() == found.empty());
    REQUIRE(scratch.disk().write_file(path, whole, false));
    return found;
  };
  using Texts = std::vector<std::string>;
  CHECK(damages_after("package", "src", "scr") == Texts{"the list of its package's files was changed"});
  CHECK(damages_after("prefix.json", "\"native\"", "\"naive\"") == Texts{"its description was changed"});
  CHECK(damages_after("prefix.json", "\"files\": 0", "\"files\": 1") == Texts{"its description was changed"});
  CHECK(damages_after("prefix.json", "native", "native").empty());
}

TEST_CASE("a build that is given up leaves nothing but its log") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  Path log;
  {
    const BuildSlot slot = slot_of(store, example());
    log = slot.log();
    REQUIRE(scratch.disk().write_file(slot.work() / "half", "x"));
    REQUIRE(scratch.disk().write_file(log, "why it failed"));
    CHECK(staged(scratch) == 2);
  }
  CHECK(staged(scratch) == 0);
  CHECK(exists(scratch.disk(), log));
  CHECK_FALSE(store.find(example()));
}

TEST_CASE("a program that holds the path it was built at runs from the store") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  BuildSlot slot = slot_of(store, example());
  const std::string prefix = slot.prefix().string();
  for (const char* folder : {"lib", "bin"}) REQUIRE(scratch.disk().make_folder(slot.prefix() / folder));
  REQUIRE(scratch.disk().write_file(slot.work() / "lib.cpp", "int answer() { return 42; }", false));
  REQUIRE(scratch.disk().write_file(slot.work() / "main.cpp", "int answer(); int main() { return answer(); }",
                                    false));
  const auto runner = make_process_runner();
  const auto run = [&](std::vector<std::string> argv) {
    ProcessSpec spec;
    spec.argv = std::move(argv);
    spec.env = {{"PATH", "/usr/bin:/bin"}};
    const ProcessResult result = runner->run(spec).value();
    INFO(result.err);
    return result.status;
  };
  const std::string cxx = REEF_TEST_COMPILER;
  REQUIRE(run({cxx, "-shared", "-fPIC", "-o", prefix + "/lib/libanswer.so",
               (slot.work() / "lib.cpp").string()}) == 0);
  REQUIRE(run({cxx, "-o", prefix + "/bin/answer", (slot.work() / "main.cpp").string(), "-L" + prefix + "/lib",
               "-lanswer", "-Wl,-rpath," + prefix + "/lib"}) == 0);
  const Prefix made = store.publish(std::move(slot), info_of(example())).value();
  CHECK_FALSE(exists(scratch.disk(), prefix));
  CHECK(run({(made.path / "bin/answer").string()}) == 42);
  CHECK(store.verify(made));
}

TEST_CASE("what a dead process left is removed, and the next attempt does not share its folder") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const std::string left = example().folder_name();
  const std::string key = left.substr(0, 32);
  scratch.write("home/stage/" + left + "/half", "x");
  scratch.write("home/stage/" + key + ".scratch/home/half", "x");
  {
    BuildSlot slot = slot_of(store, example());
    CHECK(slot.prefix().filename() != left);
    CHECK(slot.prefix().filename().string().size() == left.size());
    CHECK(staged(scratch) == 2);
    REQUIRE(scratch.disk().write_file(slot.prefix() / "path", slot.prefix().string(), false));
    const Prefix made = store.publish(std::move(slot), info_of(example())).value();
    CHECK(scratch.disk().read_file(made.path / "path").value() == made.path.string());
  }
  CHECK(staged(scratch) == 0);
}

TEST_CASE("sweeping removes what nobody holds and leaves running builds alone") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const BuildSlot running = slot_of(store, example("running"));
  scratch.write("home/stage/" + example("dead").folder_name() + "/half", "x");
  CHECK(store.sweep().value() == 1);
  CHECK(exists(scratch.disk(), running.work()));
  CHECK(staged(scratch) == 2);
}

TEST_CASE("the attempt after sweeping does not share the folder that was swept") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const std::string left = example().folder_name();
  scratch.write("home/stage/" + left + "/half", "x");
  scratch.write("home/stage/" + left.substr(0, 32) + ".scratch/home/half", "x");
  CHECK(store.sweep().value() == 2);
  CHECK(store.sweep().value() == 0);
  { CHECK(slot_of(store, example()).prefix().filename() != left); }
  CHECK(slot_of(store, example()).prefix().filename() == left);
}

TEST_CASE("a prefix whose description was damaged does not count, and is built anew") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const Prefix made = publish_text(scratch.disk(), store, example(), "old");
  for (const char* damage : {"", "{}", "{\"format\": 1", "\xff"}) {
    const Path info = store.path_of(example()) / ".reef/prefix.json";
    REQUIRE(scratch.disk().set_mode(info, 0644));
    REQUIRE(scratch.disk().write_file(info, damage));
    CHECK_FALSE(store.find(example()));
    CHECK(store.list()->empty());
    publish_text(scratch.disk(), store, example(), "new");
    CHECK(scratch.disk().read_file(made.path / "file").value() == "new");
  }
}

TEST_CASE("verifying names what is not as it was installed") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const Prefix made = publish_text(scratch.disk(), store, example(), "text");
  REQUIRE(store.verify(made));
  REQUIRE(scratch.disk().set_mode(made.path / "file", 0644));
  REQUIRE(scratch.disk().write_file(made.path / "file", "TEXT"));
  REQUIRE(scratch.disk().set_mode(made.path, 0755));
  REQUIRE(scratch.disk().write_file(made.path / "more", ""));
  const Status status = store.verify(made);
  REQUIRE_FALSE(status);
  CHECK(render(status.error()) ==
        "error: example 1.0.0 is not as it was installed: `file` was changed, and 1 more\n");
  CHECK(status.error().code() == ErrorCode::integrity);
}

// One that names its own path, one that does not.
void publish_two(test::ScratchFolder& scratch, const Store& store) {
  for (const char* engine : {"placed", "free"}) {
    BuildSlot slot = slot_of(store, example(engine));
    const std::string text = engine == std::string("placed") ? slot.prefix().string() : "text";
    REQUIRE(scratch.disk().write_file(slot.prefix() / "file", "in " + text, false));
    REQUIRE(store.publish(std::move(slot), info_of(example(engine))));
  }
}

TEST_CASE("in a home that was moved or copied, what names the old place does not count, and is built anew") {
  test::ScratchFolder scratch;
  Filesystem& disk = scratch.disk();
  publish_two(scratch, Store::open(disk, scratch / "home").value());
  REQUIRE(copy_tree(disk, scratch / "home", scratch / "copy"));
  REQUIRE(disk.rename(scratch / "home", scratch / "moved"));
  for (const char* place : {"copy", "moved"}) {
    const Store store = Store::open(disk, scratch / place).value();
    CHECK(store.find(example("free")));
    CHECK(store.find(example("free")));  // by its stamp now
    CHECK_FALSE(store.find(example("placed")));
    const std::string old = disk.real_path(scratch.path()).value() / "home/store";
    CHECK(store.damage(example("placed")) ==
          "`file` names `" + old + "`, where it was installed before the home was moved or copied");
    const Prefix again = publish_text(disk, store, example("placed"), "new");
    CHECK(again.info.published_in == again.path.parent_path());
    CHECK(store.find(example("placed")));
  }
}

TEST_CASE("a home that has another name, but is the one in which it was published, is as it was") {
  test::ScratchFolder scratch;
  Filesystem& disk = scratch.disk();
  publish_two(scratch, Store::open(disk, scratch / "home").value());
  REQUIRE(disk.rename(scratch / "home", scratch / "moved"));
  REQUIRE(disk.make_symlink((scratch / "moved").string(), scratch / "home"));
  for (const char* place : {"home", "moved"}) {
    const Store store = Store::open(disk, scratch / place).value();
    CHECK(store.find(example("free")));
    CHECK(store.find(example("placed")));
  }
}

TEST_CASE("a removed prefix is gone, one that is being built is busy, and nothing there is no error") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const StoreLock lock = store.lock().value();
  publish_text(scratch.disk(), store, example(), "text");
  REQUIRE(store.remove(example(), lock));
  CHECK_FALSE(store.find(example()));
  CHECK(scratch.disk().list(scratch / "home/store")->empty());
  CHECK(staged(scratch) == 0);
  CHECK(store.remove(example(), lock));
  const BuildSlot slot = slot_of(store, example());
  const Status status = store.remove(example(), lock);
  REQUIRE_FALSE(status);
  CHECK(status.error().code() == ErrorCode::busy);
}

TEST_CASE(
    "those who ask for a prefix that is being built wait, say so once, and get the one that was built") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const PrefixId id = example();
  std::optional<BuildSlot> slot = slot_of(store, id);
  std::atomic<int> waiting = 0;
  std::atomic<int> got_prefix = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      const auto begun = store.begin(id, nullptr, [&] { ++waiting; });
      if (begun && std::holds_alternative<Prefix>(*begun)) ++got_prefix;
    });
  while (waiting < 4) std::this_thread::yield();
  REQUIRE(store.publish(*std::move(slot), info_of(id)));
  slot.reset();
  for (std::thread& thread : threads) thread.join();
  CHECK(got_prefix == 4);
  CHECK(waiting == 4);
}

TEST_CASE("those who waited for a build that failed are told so, those who come later are not") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const PrefixId id = example();
  for (const std::string why : {"first", "second"}) {
    std::optional<BuildSlot> slot = slot_of(store, id);
    CHECK_FALSE(slot->failed_meanwhile());
    std::atomic<int> waiting = 0;
    std::atomic<int> told = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        const auto begun = store.begin(id, nullptr, [&] { ++waiting; });
        if (begun && std::get<BuildSlot>(*begun).failed_meanwhile() == why) ++told;
      });
    while (waiting < 4) std::this_thread::yield();
    REQUIRE(slot->fail(why));
    slot.reset();
    for (std::thread& thread : threads) thread.join();
    CHECK(told == 4);
  }
  std::optional<BuildSlot> slot = slot_of(store, id);
  CHECK_FALSE(slot->failed_meanwhile());
  const Path failure = Path(slot->log()).replace_extension(".failed");
  CHECK(exists(scratch.disk(), failure));
  REQUIRE(store.publish(*std::move(slot), info_of(id)));
  CHECK_FALSE(exists(scratch.disk(), failure));
}

TEST_CASE("those who wait for a build that was stopped build it themselves") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  std::optional<BuildSlot> slot = slot_of(store, example());
  REQUIRE(slot->fail("long ago"));
  slot.reset();
  slot = slot_of(store, example());
  const auto begun = store.begin(example(), nullptr, [&] { slot.reset(); });
  REQUIRE(begun);
  CHECK_FALSE(std::get<BuildSlot>(*begun).failed_meanwhile());
}

TEST_CASE("waiting for another build ends when the user interrupts") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  const BuildSlot slot = slot_of(store, example());
  Cancellation cancel;
  const auto begun = store.begin(example(), &cancel, [&] { cancel.request(); });
  REQUIRE_FALSE(begun);
  CHECK(begun.error().code() == ErrorCode::interrupted);
}

TEST_CASE("a build may not write into the folder that is the store's own") {
  test::ScratchFolder scratch;
  const Store store = Store::open(scratch.disk(), scratch / "home").value();
  BuildSlot slot = slot_of(store, example());
  REQUIRE(scratch.disk().make_folder(slot.prefix() / ".reef"));
  const auto published = store.publish(std::move(slot), info_of(example()));
  REQUIRE_FALSE(published);
  CHECK(render(published.error()) ==
        "error: the build of example wrote `.reef`, which is the store's own\n  while installing example "
        "1.0.0\n");
  CHECK_FALSE(store.find(example()));
}

TEST_CASE("a home that cannot be a folder is refused with what can be done") {
  test::ScratchFolder scratch;
  scratch.write("home", "a file");
  const auto store = Store::open(scratch.disk(), scratch / "home");
  REQUIRE_FALSE(store);
  CHECK(render(store.error()).find("hint: ") != std::string::npos);
}

}  // namespace
}  // namespace reef::store
