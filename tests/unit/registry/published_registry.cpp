#include "core/registry/published_registry.h"

#include <catch2/catch.hpp>

#include "core/registry/build_registry.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/index_json.h"
#include "core/registry/verified_blobs.h"
#include "tests/unit/registry/sandbox.h"

namespace reef {
namespace {

using test::bytes_of;
using test::kLongAgo;
using Texts = std::vector<std::string>;

struct Published : test::Sandbox {
  Path caches = folder.path() / "cache";

  // As whoever still works on the packages does.
  RegistryBuilt build() {
    const auto built = build_registry(fs, root, {caches, false, nullptr, {}, true});
    REQUIRE(built);
    // Dated back, as if the registry had been there for long.
    REQUIRE(fs.set_mtime(built->file, kLongAgo + ++builds));
    return *built;
  }
  std::unique_ptr<Registry> open_one() {
    auto registry = open_published_registry(fs, root, caches);
    REQUIRE(registry);
    fs.reads = 0;
    return *std::move(registry);
  }
  RegistryRoot read_top() {
    return read_root("registry.json", fs.read_file(root / "registry.json", 1 << 20).value()).value();
  }
  Path file_of(const std::string& name) { return root / package_file(name, read_top().packages.at(name)); }
  void three_packages() {
    package("ink-1", "ink", "1.0.0");
    package("ink-2", "ink", "1.1.0", R"(, "summary": "Something to write with", "license": "MIT")");
    package("pen", "pen", "1.0.0",
            R"(, "provides": {"writer": "1"}, "dependencies": {"ink": {"package": "ink", "version": "^1"}})");
    package("paper", "paper", "2.0.0");
  }
  int builds = 0;
};

Version parsed(std::string_view text) { return Version::parse(text).value(); }

std::string tree_of(Filesystem& fs, const Path& folder) {
  std::string out;
  const std::vector<TreeEntry> entries = walk(fs, folder).value();
  for (const TreeEntry& entry : entries)
    if (entry.stat.type == FileType::file) out += entry.path + "\n" + bytes_of(fs, folder / entry.path);
  return out;
}

}  // namespace

TEST_CASE("a published registry answers like the folder it was made of") {
  Published box;
  box.three_packages();
  const auto built = box.build();
  CHECK(built.packages == 3);
  CHECK(built.versions == 4);
  CHECK(built.changed);
  const auto registry = box.open_one();
  const auto plain = open_folder_registry(box.fs, {{box.root}, {}, ""}).value();
  CHECK(registry->names() == plain->names());
  CHECK(registry->capabilities() == plain->capabilities());
  CHECK(registry->providers("writer") == Texts{"pen"});
  for (const std::string& name : plain->names()) {
    CHECK(registry->versions(name) == plain->versions(name));
    for (const Version& each : plain->versions(name)) {
      CHECK(registry->digest(name, each).value() == plain->digest(name, each).value());
      CHECK(registry->folder(name, each).value() == plain->folder(name, each).value());
      CHECK(registry->entry(name, each)->summary == plain->entry(name, each)->summary);
    }
  }
  const std::vector<VersionNeeds> needs = registry->needs("pen").value();
  CHECK(needs.front().needs->dependencies.front().place.file == (box.root / "pen/reef.json").string());
  const std::vector<CatalogueEntry> found = registry->search({"with"}).value();
  REQUIRE(found.size() == 1);
  CHECK(found.front().name == "ink");
  CHECK(registry->name() == "the registry in `" + box.root.string() + "`");
}

TEST_CASE("only the files of packages that are asked for are read, and once") {
  Published box;
  box.three_packages();
  box.build();
  {
    const auto registry = box.open_one();
    CHECK(registry->needs("pen")->size() == 1);
    CHECK(registry->needs("pen")->size() == 1);
    CHECK(box.fs.reads == 1);
    CHECK(registry->needs("nothing")->empty());
    CHECK(box.fs.reads == 1);
  }
  const auto registry = box.open_one();
  CHECK(registry->needs("pen")->size() == 1);
  CHECK(box.fs.reads == 0);
  CHECK(registry->needs("ink")->size() == 2);
  CHECK(box.fs.reads == 1);
}

TEST_CASE("building again writes what changed, and the same packages give the same bytes") {
  Published box;
  box.three_packages();
  const Digest first = box.build().digest;
  box.fs.reads = 0;
  auto again = box.build();
  CHECK_FALSE(again.changed);
  CHECK(again.written == 0);
  CHECK(again.digest == first);
  box.package("paper", "paper", "2.0.1", "", kLongAgo + 7);
  const Path old_file = box.file_of("paper");
  again = box.build();
  CHECK(again.changed);
  CHECK(again.written == 2);  // paper and the summaries
  CHECK(again.packed == 1);
  CHECK(again.removed == 0);
  CHECK(exists(box.fs, old_file));  // somebody may still read by the root before
  CHECK(box.build().removed == 3);  // those two, and the manifest of before
  CHECK_FALSE(exists(box.fs, old_file));

  const Path copy = box.folder.path() / "copy";
  REQUIRE(copy_tree(box.fs, box.root, copy));
  REQUIRE(remove_tree(box.fs, copy / "index"));
  REQUIRE(remove_tree(box.fs, copy / "blobs"));
  REQUIRE(box.fs.remove_file(copy / "registry.json"));
  REQUIRE(build_registry(box.fs, copy, {}));
  CHECK(tree_of(box.fs, copy) == tree_of(box.fs, box.root));
}

TEST_CASE("contents that were damaged are told and written again, with and without the index") {
  Published box;
  box.three_packages();
  const Digest first = box.build().digest;
  const std::string whole = tree_of(box.fs, box.root / "blobs");
  const auto damage = [&] {
    const std::vector<TreeEntry> entries = walk(box.fs, box.root / "blobs").value();
    for (const TreeEntry& entry : entries) {
      if (entry.stat.type != FileType::file) continue;
      std::string bytes = bytes_of(box.fs, box.root / "blobs" / entry.path);
      bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
      REQUIRE(box.fs.write_file(box.root / "blobs" / entry.path, bytes, false));
    }
  };
  damage();
  const RegistryBuilt again = box.build();
  CHECK_FALSE(again.changed);
  CHECK(again.repaired == 4);
  CHECK(again.packed == 4);
  CHECK(again.digest == first);
  CHECK(tree_of(box.fs, box.root / "blobs") == whole);
  CHECK(box.build().repaired == 0);
  damage();
  REQUIRE(remove_tree(box.fs, box.root / "index"));
  CHECK(box.build().repaired == 4);
  CHECK(tree_of(box.fs, box.root / "blobs") == whole);
}

TEST_CASE("a blob is read once, and again when it may be another") {
  Published box;
  const std::string bytes = "the bytes of a blob";
  const archive::Blob blob{sha256(bytes), bytes.size()};
  const Path file = box.root / content_file(blob.digest);
  const auto is_whole = [&] {
    return VerifiedBlobs(box.fs, box.root / kContentFolder, box.caches / "blobs").is_whole(blob);
  };
  const auto put = [&](const std::string& text, std::int64_t time) {
    REQUIRE(make_folders(box.fs, file.parent_path()));
    REQUIRE(box.fs.write_file(file, text, false));
    REQUIRE(box.fs.set_mtime(file, time));
  };
  CHECK_FALSE(is_whole());
  put(bytes, kLongAgo);
  CHECK(is_whole());
  std::string other = bytes;
  other.front() = 'T';
  put(other, kLongAgo);
  CHECK(is_whole());  // who sets clocks back is believed: it was not read
  put(other, kLongAgo + 1);
  CHECK_FALSE(is_whole());
  put(bytes + ".", kLongAgo);
  CHECK_FALSE(is_whole());
  put(bytes, kLongAgo + 2);
  for (const char* bad :
       {"", "{", "[]", R"({"format": 1, "blobs": {"x": 1}})", R"({"format": 1, "blobs": 7})"}) {
    REQUIRE(box.fs.write_file(box.caches / "blobs", bad, false));
    CHECK(is_whole());
  }
}

TEST_CASE("packages that did not change are not read again for an index") {
  Published box;
  box.three_packages();
  box.build();
  box.build();
  box.fs.reads = 0;
  box.build();
  // The digests, which blobs are whole, what was yanked, the root, four files of the index to be compared; no
  // manifest.
  CHECK(box.fs.reads == 8);
}

TEST_CASE(
    "a file of the index that is damaged or missing is an integrity error with its name, and built again") {
  Published box;
  box.three_packages();
  box.build();
  const Path file = box.file_of("pen");
  std::string text = bytes_of(box.fs, file);
  text[text.size() / 2] ^= 1;
  REQUIRE(box.fs.write_file(file, text, false));
  auto registry = box.open_one();
  auto needs = registry->needs("pen");
  REQUIRE_FALSE(needs);
  CHECK(needs.error().code() == ErrorCode::integrity);
  CHECK_THAT(render(needs.error()), Catch::Contains(file.string() + "` is damaged") &&
                                        Catch::Contains("hint: `reef registry build "));
  CHECK(registry->versions("pen").empty());
  CHECK(registry->manifest("pen", Version()).error().code() == ErrorCode::integrity);
  CHECK(registry->needs("ink")->size() == 2);
  CHECK(box.build().written == 1);
  CHECK(box.open_one()->needs("pen")->size() == 1);

  REQUIRE(remove_tree(box.fs, box.caches));
  REQUIRE(box.fs.remove_file(file));
  needs = box.open_one()->needs("pen");
  REQUIRE_FALSE(needs);
  CHECK(needs.error().code() == ErrorCode::integrity);
  CHECK_THAT(needs.error().message(), Catch::Contains("is missing, though `registry.json` names it"));
}

TEST_CASE("a registry that is published anew while it is read says so") {
  Published box;
  box.three_packages();
  box.build();
  const auto registry = box.open_one();
  CHECK(registry->needs("pen")->size() == 1);
  box.package("ink-3", "ink", "1.2.0", "", kLongAgo + 9);
  box.build();
  // The file of the old root is still there: one view for the whole command.
  CHECK(registry->needs("ink")->size() == 2);
  box.package("paper-2", "paper", "3.0.0", "", kLongAgo + 10);
  box.build();
  box.build();
  const auto needs = registry->needs("paper");
  REQUIRE_FALSE(needs);
  CHECK(needs.error().code() == ErrorCode::busy);
  CHECK(needs.error().message() ==
        "`" + (box.root / "registry.json").string() + "` was published anew while it was read");
  CHECK(box.open_one()->needs("paper")->size() == 2);
}

TEST_CASE("what was published with another content is refused, and what is gone is named") {
  Published box;
  box.three_packages();
  box.build();
  const std::string root = bytes_of(box.fs, box.root / "registry.json");
  box.write("pen/data", "changed", kLongAgo + 3);
  box.write("ink-1/data", "changed", kLongAgo + 3);
  const auto refused = build_registry(box.fs, box.root, {box.caches});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message() == "`ink` 1.0.0 in `" + (box.root / "ink-1").string() +
                                         "` is not what was published: its content has changed");
  CHECK(refused.error().hints().front() == "so have `pen` 1.0.0 in `" + (box.root / "pen").string() + "`");
  CHECK(refused.error().code() == ErrorCode::integrity);
  CHECK(bytes_of(box.fs, box.root / "registry.json") == root);
  CHECK(box.build().changed);
  REQUIRE(remove_tree(box.fs, box.root / "pen"));
  REQUIRE(remove_tree(box.fs, box.root / "ink-2"));
  const auto built = build_registry(box.fs, box.root, {box.caches});
  REQUIRE(built);
  CHECK(built->gone == Texts{"ink@1.1.0", "pen@1.0.0"});
  CHECK(build_registry(box.fs, box.root, {box.caches})->gone.empty());
}

TEST_CASE("content that is not what was published is an integrity error") {
  Published box;
  box.three_packages();
  box.build();
  box.write("pen/data", "changed", kLongAgo + 3);
  const auto digest = box.open_one()->digest("pen", parsed("1.0.0"));
  REQUIRE_FALSE(digest);
  CHECK(digest.error().code() == ErrorCode::integrity);
  CHECK_THAT(digest.error().message(),
             Catch::Contains("`pen` 1.0.0 in") && Catch::Contains("is not what the registry published"));
}

TEST_CASE("caches that are damaged are made again without a word") {
  Published box;
  box.three_packages();
  box.build();
  box.open_one()->needs("pen").value();
  for (const char* suffix : {"names", "packages"}) {
    const Path file = cache_file_of(box.caches, {box.root}, suffix);
    const std::string good = bytes_of(box.fs, file);
    for (std::size_t at = 0; at < good.size(); at += 5) {
      std::string bad = good;
      bad[at] ^= 4;
      REQUIRE(box.fs.write_file(file, bad, false));
      REQUIRE(box.fs.set_mtime(file, kLongAgo * 2));
      const std::vector<VersionNeeds> needs = box.open_one()->needs("pen").value();
      CHECK(needs.front().needs->dependencies.size() == 1);
      REQUIRE(box.fs.write_file(file, good.substr(0, at), false));
      CHECK(box.open_one()->needs("pen")->size() == 1);
    }
  }
}

TEST_CASE("a root that cannot be read is said with its place") {
  Published box;
  box.three_packages();
  box.build();
  const std::string good = bytes_of(box.fs, box.root / "registry.json");
  const auto problem = [&](const std::string& text) {
    REQUIRE(box.fs.write_file(box.root / "registry.json", text, false));
    const auto registry = open_published_registry(box.fs, box.root, {});
    REQUIRE_FALSE(registry);
    CHECK(registry.error().code() == ErrorCode::invalid_input);
    return registry.error().message();
  };
  for (std::size_t size = 0; size < good.size() - 2; size += 7)
    CHECK_FALSE(problem(good.substr(0, size)).empty());
  CHECK(problem("[]") == "expected an object");
  CHECK(problem("{}") == "the member `format` is missing");
  CHECK(problem(R"({"format": 2})") == "this registry has format 2, this reef reads format 1");
  CHECK(problem(R"({"format": 1})") == "the member `search` is missing");
  CHECK(problem(R"({"format": 1, "packages": []})") == "`packages` is not an object");
  CHECK(problem(R"({"format": 1, "packages": {"a": 1}})") == "`packages` is not of the expected type");
  CHECK_THAT(problem(R"({"format": 1, "packages": {"../a": "0"}})"), Catch::Contains("`../a`"));
  const std::string digest(64, '0');
  CHECK(problem(R"({"packages": {"a": ")" + digest + R"(", "a": ")" + digest + R"("}})") ==
        "`a` stands here twice");
  const auto more =
      read_root("registry.json", R"({"format": 1, "later": [1, {"x": [null, true, "y"]}], "search": ")" +
                                     digest + R"(", "packages": {}, "tools": ["gcc"]})");
  REQUIRE(more);
  CHECK(more->tools == std::set<std::string>{"gcc"});
}

TEST_CASE("a package file is read strictly, but for what a later version may add") {
  const std::string digest(64, 'a');
  const auto read = [&](const std::string& more) {
    return read_package(
        "a.json",
        R"({"format": 1, "name": "a", "versions": [{"reef": 1, "version": "1.0.0", "kind": "model",
                            "manifest": "a/reef.json", "digest": ")" +
            digest + "\"" + more + "}]}",
        "a");
  };
  CHECK(read("")->versions.size() == 1);
  CHECK(read(R"(, "later": {"x": 1})")->versions.size() == 1);
  CHECK(read(R"(}, {"reef": 2, "version": ["any", "thing"])")->versions.size() == 1);
  const auto message = [&](const std::string& more) { return read(more).error().message(); };
  CHECK(message(R"(, "dependencies": [{"role": "x"}])") ==
        "expected exactly one of `package` and `capability`");
  CHECK(message(R"(, "dependencies": [{"role": "x", "package": "a"}])") == "`a` depends on itself");
  CHECK(message(
            R"(}, {"reef": 1, "version": "1.0.0", "kind": "model", "manifest": "b/reef.json", "digest": ")" +
            digest + "\"") == "one version stands here twice");
  CHECK_THAT(
      message(R"(}, {"reef": 1, "version": "2.0.0", "kind": "model", "manifest": "../x", "digest": ")" +
              digest + "\""),
      Catch::Contains("is not a path inside the registry"));
  CHECK(message(R"(, "variations": [{"group": "g", "default": ["x"], "options": [{"name": "y"}]}])") ==
        "the default `x` is none of the options");
  CHECK(read_package("a.json", R"({"format": 1, "name": "b", "versions": []})", "a").error().message() ==
        "this file is about `b`, expected one about `a`");
}

TEST_CASE("an index is refused when it would say two things, or nothing") {
  Published box;
  box.package("one", "a", "1.0.0");
  box.package("two", "a", "1.0.0", R"(, "summary": "other")");
  const auto twice = build_registry(box.fs, box.root, {box.caches});
  REQUIRE_FALSE(twice);
  CHECK(twice.error().code() == ErrorCode::integrity);
  CHECK(twice.error().message() == fmt::format("`a` 1.0.0 is in `{}` and in `{}`, with different content",
                                               (box.root / "one").string(), (box.root / "two").string()));
  CHECK_FALSE(exists(box.fs, box.root / "registry.json"));
  box.write("two/reef.json", R"({"reef": 1, "name": "a", "kind": "model"})", kLongAgo + 1);
  const auto broken = build_registry(box.fs, box.root, {box.caches});
  REQUIRE_FALSE(broken);
  CHECK(broken.error().code() == ErrorCode::invalid_input);
  CHECK_THAT(render(broken.error()),
             Catch::Contains("two/reef.json:1:1") && Catch::Contains("publishing `a`"));
  box.package("two", "a", "2.0.0", "", kLongAgo + 2);
  box.package("index", "c", "1.0.0", "", kLongAgo + 3);
  const auto inside = build_registry(box.fs, box.root, {box.caches});
  REQUIRE_FALSE(inside);
  CHECK(inside.error().message() ==
        "`c` is a package in `" + (box.root / "index").string() + "`, where the index goes");
  CHECK(build_registry(box.fs, box.root / "one", {}).error().code() == ErrorCode::invalid_input);
  CHECK(build_registry(box.fs, box.root / "none", {}).error().code() == ErrorCode::not_found);
}

TEST_CASE("several registries are one, and one version with two contents is refused") {
  Published box;
  box.three_packages();
  box.build();
  test::Sandbox other;
  other.package("ink", "ink", "2.0.0", R"(, "summary": "newer")");
  other.package("gum", "gum", "1.0.0");
  const auto registry = open_registries(box.fs, {other.root, box.root}, box.caches).value();
  CHECK(registry->names() == Texts{"gum", "ink", "paper", "pen"});
  CHECK(registry->versions("ink").size() == 3);
  const std::vector<VersionNeeds> ink = registry->needs("ink").value();
  CHECK(ink.front().version == parsed("2.0.0"));
  const std::vector<CatalogueEntry> entries = registry->search({"ink"}).value();
  CHECK(entries.front().summary == "newer");
  CHECK(registry->folder("gum", parsed("1.0.0")).value() == other.root / "gum");
  CHECK_THAT(render(registry->manifest("ink", parsed("3.0.0")).error()),
             Catch::Contains("hint: there is `2.0.0`, `1.1.0` and `1.0.0`\n"));
  CHECK_THAT(render(registry->manifest("inc", parsed("3.0.0")).error()),
             Catch::Contains("hint: did you mean `ink`?\n"));

  other.package("copy", "pen", "1.0.0", "", kLongAgo + 1);
  const auto both = open_registries(box.fs, {other.root, box.root}, box.caches).value();
  const auto needs = both->needs("pen");
  REQUIRE_FALSE(needs);
  CHECK(needs.error().message() == fmt::format("`pen` 1.0.0 is in `{}` and in `{}`, with different content",
                                               (other.root / "copy").string(), (box.root / "pen").string()));
  CHECK(both->manifest("pen", parsed("1.0.0")).error().code() == ErrorCode::integrity);
  REQUIRE(remove_tree(box.fs, other.root / "copy"));
  REQUIRE(copy_tree(box.fs, box.root / "pen", other.root / "copy"));
  CHECK(open_registries(box.fs, {other.root, box.root}, box.caches).value()->needs("pen")->size() == 1);
}

TEST_CASE("a manifest that changed since the index was made is not mixed with it") {
  test::Sandbox box;
  box.package("a", "a", "1.0.0");
  const auto registry = box.open();
  CHECK(registry->needs("a")->size() == 1);
  box.package("a", "a", "1.0.0", R"(, "summary": "other")", kLongAgo + 5);
  const auto manifest = registry->manifest("a", parsed("1.0.0"));
  REQUIRE_FALSE(manifest);
  CHECK(manifest.error().code() == ErrorCode::busy);
}

}  // namespace reef
