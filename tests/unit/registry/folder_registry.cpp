#include "core/registry/folder_registry.h"

#include <catch2/catch.hpp>
#include <thread>

#include "core/registry/package_content.h"
#include "core/registry/possible_names.h"
#include "tests/unit/registry/sandbox.h"

namespace reef {
namespace {

using test::kLongAgo;
using test::Sandbox;
using Texts = std::vector<std::string>;

Version version(std::string_view text) { return Version::parse(text).value(); }

Texts texts(const std::vector<Version>& versions) {
  Texts out;
  for (const Version& each : versions) out.push_back(each.text());
  return out;
}

Texts names(const Result<std::vector<CatalogueEntry>>& entries) {
  Texts out;
  for (const CatalogueEntry& entry : entries.value()) out.push_back(entry.name);
  return out;
}

}  // namespace

TEST_CASE("packages are found up to three folders deep, by the names in their manifests") {
  Sandbox box;
  box.package("a", "one", "1.0.0");
  box.package("models/b", "two", "1.0.0");
  box.package("models/deep/c", "three", "1.0.0");
  box.package("models/deep/deeper/d", "four", "1.0.0");
  box.package("models/b/inside", "five", "1.0.0");
  box.package(".hidden/e", "six", "1.0.0");
  box.write("models/y/reef.yaml", "reef: 1\nname: seven\nversion: 1.0.0\nkind: dataset\n");
  const auto registry = box.open();
  CHECK(registry->names() == Texts{"one", "seven", "three", "two"});
  CHECK(registry->folder("three", version("1.0.0")).value() == box.root / "models/deep/c");
  CHECK(registry->manifest("seven", version("1.0.0")).value()->kind == PackageKind::dataset);
}

TEST_CASE("several versions of a package are listed newest first") {
  Sandbox box;
  box.package("a-1", "a", "1.2.0");
  box.package("a-2", "a", "1.10.0", R"(, "yanked": true)");
  box.package("a-3", "a", "2.0.0-rc.1");
  const auto registry = box.open();
  CHECK(texts(registry->versions("a")) == Texts{"2.0.0-rc.1", "1.10.0", "1.2.0"});
  CHECK(registry->entry("a", version("1.10.0"))->yanked);
  CHECK(registry->versions("b").empty());
  CHECK_FALSE(registry->entry("a", version("3.0.0")));
}

TEST_CASE("providers of a capability are known without reading manifests") {
  Sandbox box;
  box.package("a", "a", "1.0.0", R"(, "provides": {"blas": "1.0.0"})");
  box.package("b", "b", "1.0.0", R"(, "provides": {"blas": "2.0.0", "lapack": "1.0.0"})");
  box.write("gcc/reef.json",
            R"json({"reef": 1, "name": "gcc", "kind": "tool", "detect": {"programs": ["gcc"],
                "ask": {"arguments": [["--version"]]}, "version": [{"pattern": "([0-9.]+)"}],
                "provides": {"c-compiler": "${version}"}}})json");
  box.open();
  const auto registry = box.open();
  CHECK(registry->providers("blas") == Texts{"a", "b"});
  CHECK(registry->providers("c-compiler") == Texts{"gcc"});
  CHECK(registry->providers("nothing").empty());
  CHECK(registry->capabilities() == Texts{"blas", "c-compiler", "lapack"});
  CHECK(registry->entry("gcc", Version())->kind == PackageKind::tool);
  CHECK(box.fs.reads == 0);
}

TEST_CASE("what the cache says is used as long as nothing changed") {
  Sandbox box;
  box.package("a", "a", "1.0.0", R"(, "summary": "first")");
  box.package("b", "b", "1.0.0");
  auto registry = open_folder_registry(box.fs, {{box.root}, box.cache, ""}).value();
  CHECK(box.fs.reads == 2);
  box.fs.reads = 0;
  box.fs.writes = 0;
  registry = open_folder_registry(box.fs, {{box.root}, box.cache, ""}).value();
  CHECK(box.fs.reads == 0);  // the index is mapped
  CHECK(box.fs.writes == 0);
  CHECK(registry->entry("a", version("1.0.0"))->summary == "first");
  CHECK(registry->name() == "the packages in `" + box.root.string() + "`");
}

TEST_CASE("a manifest that was edited, added or removed is noticed") {
  Sandbox box;
  box.package("a", "a", "1.0.0");
  box.package("b", "b", "1.0.0");
  box.open();
  box.package("a", "a", "1.1.0", "", kLongAgo + 1);
  CHECK(texts(box.open()->versions("a")) == Texts{"1.1.0"});
  box.package("new/c", "c", "1.0.0", "", kLongAgo + 2);
  CHECK(box.open()->names() == Texts{"a", "b", "c"});
  REQUIRE(remove_tree(box.fs, box.root / "b"));
  CHECK(box.open()->names() == Texts{"a", "c"});
  REQUIRE(box.fs.remove_file(box.root / "a/reef.json"));
  CHECK(box.open()->names() == Texts{"c"});
}

TEST_CASE("an edit in the moment in which the cache was written is noticed, though every stamp is equal") {
  Sandbox box;
  box.package("a", "a", "1.0.0", R"(, "summary": "one")");
  box.open();
  // The index is as old as the manifest: another manifest of the same size could have been written since.
  const auto written = box.fs.stat(box.cache, true).value().mtime_ns;
  REQUIRE(box.fs.set_mtime(box.root / "a/reef.json", written));
  box.open();
  REQUIRE(box.fs.set_mtime(box.cache, written + 1000));
  const std::string text = box.fs.read_file(box.root / "a/reef.json", 10000).value();
  std::string other = text;
  other.replace(other.find("one"), 3, "two");
  REQUIRE(box.fs.write_file(box.root / "a/reef.json", other, false));
  REQUIRE(box.fs.set_mtime(box.root / "a/reef.json", written));
  CHECK(box.open()->entry("a", version("1.0.0"))->summary == "two");
}

TEST_CASE("a cache that is damaged, about other folders, or cannot be written changes nothing") {
  Sandbox box;
  box.package("a", "a", "1.0.0");
  box.open();
  const std::string good = box.fs.read_file(box.cache, 1'000'000).value();
  for (std::size_t length = 0; length < good.size(); length += 3) {
    REQUIRE(box.fs.write_file(box.cache, good.substr(0, length), false));
    CHECK(box.open()->names() == Texts{"a"});
  }
  for (const char* text : {"[]", "null", "{\"format\": 1}", "{\"format\": 2, \"roots\": []}", "\xff\xfe"}) {
    REQUIRE(box.fs.write_file(box.cache, text, false));
    CHECK(box.open()->names() == Texts{"a"});
  }
  const Path other = box.folder.path() / "other";
  REQUIRE(box.fs.make_folder(other));
  CHECK(open_folder_registry(box.fs, {{other}, box.cache, ""}).value()->names().empty());
  box.fs.broken = true;
  CHECK(box.open()->names() == Texts{"a"});
}

TEST_CASE("damage deep inside a large cache is noticed when it is read, and made good") {
  Sandbox box;
  for (int i = 0; i < 25; ++i) {
    const std::string name = fmt::format("p{}", i);
    box.package(name, name, "1.0.0", fmt::format(R"(, "summary": "{}{}")", i, std::string(200'000, 'x')));
  }
  box.open();
  std::string bytes = test::bytes_of(box.fs, box.cache);
  bytes[bytes.size() / 2] = 'y';
  REQUIRE(box.fs.write_file(box.cache, bytes, false));
  REQUIRE(box.fs.set_mtime(box.cache, 2 * kLongAgo));
  const auto registry = open_folder_registry(box.fs, {{box.root}, box.cache, ""}).value();
  box.fs.reads = 0;
  CHECK(registry->names().size() == 25);
  CHECK(box.fs.reads == 0);
  const std::vector<CatalogueEntry> entries = registry->search({}).value();
  CHECK(box.fs.reads == 25);
  REQUIRE(entries.size() == 25);
  for (const CatalogueEntry& entry : entries) CHECK(entry.summary.find('y') == std::string::npos);
  CHECK(test::bytes_of(box.fs, box.cache) != bytes);
}

TEST_CASE("a manifest is read once, when it is asked for") {
  Sandbox box;
  box.package("a", "a", "1.0.0");
  box.package("b", "b", "1.0.0");
  box.open();
  const auto registry = box.open();
  const auto first = registry->manifest("a", version("1.0.0")).value();
  CHECK(registry->manifest("a", version("1.0.0")).value() == first);
  CHECK(box.fs.reads == 1);
}

TEST_CASE("a package with one manifest that cannot be read has no versions") {
  Sandbox box;
  box.package("a", "num", "1.0.0");
  box.package("b", "num", "2.0");
  box.package("c", "other", "1.0.0");
  const auto registry = box.open();
  CHECK(registry->versions("num").empty());
  CHECK_FALSE(registry->entry("num", version("1.0.0")));
  const std::string problem = "`2.0` is not a version: it must have three numbers, as in `1.2.0`";
  CHECK(registry->needs("num").error().message() == problem);
  CHECK(registry->manifest("num", version("1.0.0")).error().message() == problem);
  CHECK(problem_of(*registry, "num")->message() == problem);
  CHECK_FALSE(problem_of(*registry, "other"));
  CHECK_FALSE(problem_of(*registry, "nobody"));
  CHECK(registry->versions("other").size() == 1);
}

TEST_CASE("a manifest that cannot be read is known by the name that it may have") {
  Sandbox box;
  const auto names_of = [&](const std::string& file, const std::string& text) {
    box.write(file, text);
    return possible_names(box.fs, box.root / file);
  };
  // A comma is missing, before the name or after it; other names stand deeper.
  CHECK(names_of("x/reef.json", "{\"reef\": 1\n \"name\": \"num\"}") == Texts{"num"});
  CHECK(names_of("x/reef.json", "{\"authors\": [{\"name\": \"a\"}], \"name\" : \"num\" \"kind\"") ==
        Texts{"num"});
  CHECK(names_of("x/reef.json", "{\"summary: 1,\n\"name\": \"num\"}") == Texts{"num"});
  CHECK(names_of("x/reef.yaml", "reef: 1\nname: 'num' # it\nkind: [") == Texts{"num"});
  CHECK(names_of("num-2.0.0/reef.json", "{\"nmae\": \"num\"}") == Texts{"num-2.0.0", "num"});
  CHECK(names_of("num-2.0.0/reef.yaml", "") == Texts{"num-2.0.0", "num"});
  CHECK(names_of("num/2.0.0/reef.json", "{") == Texts{"num"});
  CHECK(names_of("c-blas/reef.json", "{\"name\"") == Texts{"c-blas"});
}

TEST_CASE("a manifest that cannot be read is known by the same names from the cache") {
  Sandbox box;
  box.write("num-2.0.0/reef.json", "{");
  box.open();
  box.package("a", "a", "1.0.0", "", kLongAgo + 1'000'000'000);
  const auto registry = box.open();
  CHECK(registry->names() == Texts{"a", "num", "num-2.0.0"});
}

TEST_CASE("a manifest that cannot be read stands in nobody's way") {
  Sandbox box;
  box.package("a", "a", "1.0.0");
  box.package("b", "broken", "1.0");
  box.write("c/reef.json", "{");
  const auto registry = box.open();
  CHECK(registry->names() == Texts{"a", "broken", "c"});
  CHECK(registry->versions("broken").empty());
  const auto problem = registry->manifest("broken", Version());
  REQUIRE_FALSE(problem);
  CHECK(problem.error().message() == "`1.0` is not a version: it must have three numbers, as in `1.2.0`");
  CHECK(unknown_package(*registry, "c").code() == ErrorCode::invalid_input);
}

TEST_CASE("what is not there is said with its neighbours") {
  Sandbox box;
  box.package("a", "digits", "1.0.0", R"(, "provides": {"image-set": "1.0.0"})");
  box.package("b", "digits", "2.0.0");
  const auto registry = box.open();
  CHECK(render(unknown_package(*registry, "digit")) ==
        "error: there is no package `digit` in the test packages\nhint: did you mean `digits`?\n");
  CHECK(render(unknown_package(*registry, "image-set")) ==
        "error: there is no package `image-set` in the test packages\nhint: `image-set` is a capability of "
        "`digits`\n");
  CHECK(render(unknown_package(*registry, "zzzzzzzzz")) ==
        "error: there is no package `zzzzzzzzz` in the test packages\nhint: `reef search` lists every "
        "package\n");
  CHECK(render(registry->manifest("digits", version("3.0.0")).error()) ==
        "error: `digits` 3.0.0 is not in the test packages\nhint: there is `2.0.0` and `1.0.0`\n");
  const auto nowhere = open_folder_registry(box.fs, {{box.folder.path() / "nowhere"}, {}, ""});
  CHECK(nowhere.error().code() == ErrorCode::not_found);
}

TEST_CASE("one version in two folders must be the same to the byte") {
  Sandbox box;
  box.package("one/a", "a", "1.0.0");
  box.package("two/a", "a", "1.0.0");
  CHECK(box.open()->manifest("a", version("1.0.0")));
  CHECK(texts(box.open()->versions("a")) == Texts{"1.0.0"});
  box.write("two/a/data", "x");
  const auto registry = box.open();
  const auto result = registry->manifest("a", version("1.0.0"));
  REQUIRE_FALSE(result);
  CHECK(result.error().code() == ErrorCode::integrity);
  CHECK(result.error().message() == fmt::format("`a` 1.0.0 is in `{}` and in `{}`, with different content",
                                                (box.root / "one/a").string(),
                                                (box.root / "two/a").string()));
}

TEST_CASE("a package's digest is that of its content, read again only after a change") {
  Sandbox box;
  box.package("a", "a", "1.0.0");
  box.write("a/src/main.cpp", "int main() {}");
  box.write("a/reef.lock", "not content");
  const Digest expected = digest_tree(box.fs, box.root / "a", {"reef.lock"}).value();
  CHECK(box.open()->digest("a", version("1.0.0")).value() == expected);
  CHECK(box.open()->digest("a", version("1.0.0")).value() == expected);
  const std::string kept = box.fs.read_file(Path(box.cache.string() + ".digests"), 10000).value();
  CHECK(kept.find(expected.hex()) != std::string::npos);
  box.write("a/reef.lock", "changed", kLongAgo + 1);
  CHECK(box.open()->digest("a", version("1.0.0")).value() == expected);
  box.write("a/src/main.cpp", "int main( ){}", kLongAgo + 1);
  CHECK(box.open()->digest("a", version("1.0.0")).value() != expected);
}

TEST_CASE("archives of reef are no part of a package unless a source names them, and other files are") {
  Sandbox box;
  box.package("a", "a", "1.0.0", R"(, "sources": [{"path": "data/kept.reef"}])");
  const std::string archive =
      "oci-layout" + std::string(502, '\0') + R"({"artifactType": "application/vnd.reef.archive.v1"})";
  box.write("a/data/kept.reef", archive);
  box.write("a/data.reef", "weights");
  box.write("a/.writing/notes", "content");
  const auto digest = [&] {
    return digest_tree(box.fs, box.root / "a", not_content(box.fs, box.root / "a")).value();
  };
  const Digest before = digest();
  CHECK(before == digest_tree(box.fs, box.root / "a").value());
  box.write("a/a-1.0.0.reef", archive);
  box.write("a/a-1.0.0.reef.minisig", "signature");
  box.write("a/dist/any.reef", archive);
  box.write("a/dist/.writing-12-0.reef", "half of one");
  box.write("a/b-1.0.0.reef.part", "half of one");
  box.write("a/.reef.lock.12-0", "half of it");
  CHECK(notice_content(box.fs, box.root / "a").value().archives == Texts{"a-1.0.0.reef", "dist/any.reef"});
  REQUIRE(remove_tree(box.fs, box.root / "a/dist/any.reef"));
  CHECK(digest() != before);  // the folder counts
  REQUIRE(remove_tree(box.fs, box.root / "a/dist"));
  CHECK(digest() == before);
}

TEST_CASE("a search wants every word and gives the best fit first") {
  Sandbox box;
  box.package("a", "digits", "1.0.0", R"(, "summary": "pictures of numbers")");
  box.package("a2", "digits", "2.0.0", R"(, "summary": "pictures of numbers, more")");
  box.package("b", "digits-classifier", "1.0.0", R"(, "summary": "reads pictures")");
  box.package("c", "letters", "1.0.0", R"(, "summary": "like DIGITS, but letters", "tags": ["ocr"])");
  box.package("d", "words", "1.0.0", R"(, "tags": ["digits"])");
  const auto registry = box.open();
  CHECK(names(registry->search({"Digits"})) == Texts{"digits", "digits-classifier", "words", "letters"});
  CHECK(names(registry->search({"digits", "pictures"})) == Texts{"digits", "digits-classifier"});
  CHECK(names(registry->search({"ocr"})) == Texts{"letters"});
  CHECK(registry->search({"digits", "nothing"}).value().empty());
  CHECK(registry->search({}).value().size() == 4);
  CHECK(registry->search({"more"}).value().front().version.text() == "2.0.0");
}

TEST_CASE("several threads may ask at once") {
  Sandbox box;
  for (int i = 0; i < 20; ++i) box.package(fmt::format("p{}", i), fmt::format("p{}", i), "1.0.0");
  const auto registry = box.open();
  std::vector<std::thread> threads;
  std::vector<int> good(4);
  for (std::size_t t = 0; t < good.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const std::string name = fmt::format("p{}", i);
        good[t] +=
            registry->manifest(name, version("1.0.0")) && registry->digest(name, version("1.0.0")) ? 1 : 0;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(good == std::vector<int>(4, 20));
}

}  // namespace reef
