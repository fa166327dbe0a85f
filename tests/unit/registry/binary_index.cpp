#include "core/registry/binary_index.h"

#include <catch2/catch.hpp>

#include "core/registry/index_json.h"
#include "core/registry/manifest_file.h"
#include "tests/support/sanitized.h"

namespace reef {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kManifest = R"({
  "reef": 1, "name": "torch", "version": "2.1.0", "kind": "engine", "summary": "Tensors", "license": "BSD-3-Clause",
  "tags": ["autograd"], "provides": {"tensor-engine": "2.1"}, "yanked": true,
  "dependencies": {
    "python": {"package": "python3", "version": ">=3.9, <3.13", "for": "run"},
    "blas": {"capability": "blas", "when": {"not": {"with": {"gpu": "cuda"}}, "any": [{"os": "linux"}, {"arch": "x86_64"}]}},
    "triton": {"package": "triton", "version": "^2.1", "with": {"precision": "fp16"}, "when": {"package": {"cuda": ">=12"}}}
  },
  "variations": {
    "gpu": {"default": ["cuda", "none"], "options": {
      "none": {},
      "cuda": {"dependencies": {"cuda": {"package": "cuda", "version": ">=11.8"}}, "when": {"accelerator": "cuda"},
               "conflicts": {"precision": "int8", "package": {"rocm": "*"}}}
    }},
    "precision": {"options": {"fp32": {}, "int8": {}}}
  }
})";

Manifest manifest_of(std::string_view text) {
  json::Problems problems;
  Manifest manifest = parse_manifest("torch/reef.json", std::string(text), problems);
  REQUIRE(problems.empty());
  return manifest;
}

IndexedVersion version_of(std::string name, std::string_view version) {
  Manifest manifest;
  manifest.name = std::move(name);
  manifest.version = Version::parse(version).value();
  return indexed_version(manifest, {manifest.name + "/reef.json", {}});
}

// Some hundred packages; every third provides `even` or `odd`.
std::string some_index() {
  IndexWriter writer(false);
  for (int i = 0; i < 300; ++i) {
    IndexedPackage package{fmt::format("p{}", i), i % 50 == 0, std::nullopt, {}, {}};
    package.versions.push_back(version_of(package.name, "2.0.0"));
    package.versions.push_back(version_of(package.name, "1.0.0"));
    if (i % 3 == 0) package.versions.back().entry.provides = {i % 2 == 0 ? "even" : "odd"};
    writer.add(package);
    writer.watch({fmt::format("/p{}/reef.json", i), {i, 2, 3}, false});
  }
  IndexedPackage torch{"torch", false, std::nullopt, {}, {}};
  torch.versions.push_back(indexed_version(manifest_of(kManifest), {"torch/reef.json", {4, 5, 6}}));
  writer.add(torch);
  return writer.finish("about");
}

// What can be asked, as one text.
std::string everything(const BinaryIndex& index) {
  std::string out(index.about());
  for (std::size_t i = 0; i < index.size(); ++i) {
    const auto name = index.name(i);
    const auto package = index.package(name, "/");
    if (index.damaged() || !package) return "damaged";
    out += name.text + write_package(*package);
    const auto found = index.find(name.text);
    out += found && found->at == name.at ? "found" : "lost";
  }
  for (const std::string& capability : index.capabilities())
    for (const std::string& name : index.providers(capability)) out += capability + name;
  (void)index.all_watched([&](const Watched& watched) {
    out += watched.path;
    return true;
  });
  return index.damaged() ? "damaged" : out;
}

}  // namespace

TEST_CASE("a binary index answers what was put into it") {
  const auto index = BinaryIndex::from(some_index());
  REQUIRE(index);
  CHECK(index->about() == "about");
  CHECK(index->size() == 301);
  CHECK(index->names(true) == Texts{"p0", "p100", "p150", "p200", "p250", "p50"});
  CHECK(index->capabilities() == Texts{"even", "odd", "tensor-engine"});
  CHECK(index->providers("odd").size() == 50);
  CHECK(index->providers("tensor-engine") == Texts{"torch"});
  CHECK(index->providers("fast").empty());
  CHECK_FALSE(index->find("p300"));
  const auto package = index->package(index->find("p7").value(), "/top");
  REQUIRE(package);
  CHECK(package->versions.at(1).entry.version.text() == "1.0.0");
  CHECK(package->versions.at(1).manifests.at(0).path == "/top/p7/reef.json");
  CHECK(package->versions.at(0).needs->place.file == "/top/p7/reef.json");
  CHECK_FALSE(index->damaged());
}

TEST_CASE("all that the solver reads of a manifest survives the binary form and the published one") {
  const IndexedVersion version = indexed_version(manifest_of(kManifest), {"torch/reef.json", {1, 2, 3}});
  IndexedPackage package{"torch", false, std::nullopt, {version}, {}};
  const std::string text = write_package(package);
  for (const char* part :
       {R"("capability":"blas")", R"("none":[{"with":{"gpu":["cuda"]}}])", R"("for":"run")",
        R"("package_conflicts":{"rocm":"*"})", R"("default":["cuda","none"])", R"("version":">=3.9, <3.13")",
        R"("yanked":true)", R"("line":5)"})
    CHECK_THAT(text, Catch::Contains(part));
  const auto again = read_package("torch.json", text, "torch");
  REQUIRE(again);
  CHECK(write_package(*again) == text);
  IndexWriter writer(true);
  writer.add(*again);
  const auto index = BinaryIndex::from(writer.finish(""));
  REQUIRE(index);
  CHECK(write_package(index->package(index->name(0), {}).value()) == text);
  const std::shared_ptr<const Manifest> shared =
      index->package(index->name(0), {}).value().versions.front().needs;
  const Manifest& needs = *shared;
  CHECK(needs.dependencies.at(0).place.line == 5);
  CHECK(needs.dependencies.at(0).place.file == "torch/reef.json");
  CHECK(needs.variations.at(0).options.at(1).dependencies.at(0).version ==
        VersionRange::parse(">=11.8").value());
}

TEST_CASE("every package of the catalogue survives both forms") {
  const auto fs = make_disk();
  const auto entries = walk(*fs, Path(REEF_TEST_DATA) / "../../packages");
  REQUIRE(entries);
  int count = 0;
  for (const TreeEntry& entry : *entries) {
    if (!entry.path.ends_with("/reef.json")) continue;
    ++count;
    const auto manifest = load_manifest(*fs, Path(REEF_TEST_DATA) / "../../packages" / entry.path);
    REQUIRE(manifest);
    IndexedPackage package{
        manifest->name, false, std::nullopt, {indexed_version(*manifest, {entry.path, {}})}, {}};
    const std::string text = write_package(package);
    const auto read = read_package("index.json", text, manifest->name);
    REQUIRE(read);
    IndexWriter writer(true);
    writer.add(*read);
    const auto index = BinaryIndex::from(writer.finish(""));
    CHECK(write_package(index->package(index->name(0), {}).value()) == text);
  }
  CHECK(count > 40);
}

TEST_CASE("versions that need the same share it where they may") {
  const std::string base = R"({"reef": 1, "name": "a", "version": "VERSION", "kind": "model",
    "dependencies": {"d": {"package": "d", "version": "^1"}}})";
  const auto at = [&](const std::string& version) {
    std::string text = base;
    return indexed_version(manifest_of(text.replace(text.find("VERSION"), 7, version)),
                           {"a-" + version + "/reef.json", {}});
  };
  for (const bool share : {true, false}) {
    IndexWriter writer(share);
    writer.add({"a", false, std::nullopt, {at("2.0.0"), at("1.0.0")}, {}});
    const auto index = BinaryIndex::from(writer.finish(""));
    const auto package = index->package(index->name(0), {}).value();
    CHECK((package.versions[0].needs == package.versions[1].needs) == share);
    CHECK(package.versions[1].needs->place.file == (share ? "a-2.0.0/reef.json" : "a-1.0.0/reef.json"));
  }
}

TEST_CASE("the same packages in another order give the same bytes") {
  const auto write = [](std::vector<std::string> names) {
    IndexWriter writer(true);
    for (const std::string& name : names) {
      IndexedVersion version = version_of(name, "1.0.0");
      version.entry.provides = {"c"};
      writer.add({name, false, std::nullopt, {version}, {}});
    }
    return everything(*BinaryIndex::from(writer.finish("")));
  };
  CHECK(write({"a", "b", "c"}) == write({"c", "a", "b"}));
}

TEST_CASE("a binary index that was cut short does not open") {
  const std::string good = some_index();
  for (std::size_t size = 0; size < good.size(); size += size < 300 ? std::size_t{1} : 977)
    CHECK_FALSE(BinaryIndex::from(good.substr(0, size)));
  CHECK_FALSE(BinaryIndex::from(good + "x"));
}

TEST_CASE("a flipped bit is noticed wherever it is, or changes nothing") {
  const std::string good = some_index();
  const std::string expected = everything(*BinaryIndex::from(good));
  REQUIRE(expected.size() > 10'000);
  int noticed = 0;
  for (std::size_t at = 0; at < good.size(); at += at < 500 ? std::size_t{1} : 211) {
    std::string bad = good;
    bad[at] = static_cast<char>(static_cast<unsigned char>(bad[at]) ^ (1U << (at % 8)));
    const auto index = BinaryIndex::from(bad);
    const std::string seen = index ? everything(*index) : "damaged";
    CHECK((seen == "damaged" || seen == expected));
    noticed += seen == "damaged" ? 1 : 0;
  }
  CHECK(noticed > 500);
}

TEST_CASE("with every checksum right, nonsense inside still ends in an answer") {
  const std::string good = some_index();
  constexpr std::size_t kPart = test::kSanitized ? 10 : 1;
  const auto step = [](std::size_t at) { return at < 500 ? kPart : 97 * kPart; };
  std::size_t whole = 0;
  for (std::size_t at = 40; at < good.size(); at += step(at)) {
    for (const char value : {'\0', '\x7f', '\xff'}) {
      std::string bad = good;
      bad[at] = value;
      REQUIRE(reseal(bad));
      if (const auto index = BinaryIndex::from(bad)) whole += index->read_all() ? 1U : 0U;
    }
  }
  CHECK(whole > 0);
}

TEST_CASE("ten thousand versions of one package are one look-up") {
  IndexedPackage package{"many", false, std::nullopt, {}, {}};
  for (int i = 9'999; i >= 0; --i) package.versions.push_back(version_of("many", fmt::format("1.{}.0", i)));
  IndexWriter writer(true);
  writer.add(package);
  const auto index = BinaryIndex::from(writer.finish(""));
  const auto read = index->package(index->find("many").value(), {});
  REQUIRE(read);
  CHECK(read->versions.size() == 10'000);
  CHECK(read->versions.front().entry.version.text() == "1.9999.0");
  CHECK(read->versions.front().needs == read->versions.back().needs);
  const auto published = read_package("many.json", write_package(package), "many");
  REQUIRE(published);
  CHECK(published->versions.size() == 10'000);
}

}  // namespace reef
