#include "core/registry/manifest_file.h"

#include <catch2/catch.hpp>

namespace reef {
namespace {

struct ManifestFolder {
  std::unique_ptr<Filesystem> fs = make_disk();
  TemporaryFolder folder =
      TemporaryFolder::create(*fs, std::filesystem::temp_directory_path(), "reef-manifest-").value();
  Path path(const std::string& name) const { return folder.path() / name; }
  void write(const std::string& name, const std::string& text) {
    REQUIRE(fs->write_file(path(name), text, false));
  }
};

}  // namespace

TEST_CASE("a folder's manifest is found in either syntax, but not in both") {
  ManifestFolder box;
  const auto none = find_manifest(*box.fs, box.folder.path());
  CHECK(none.error().code() == ErrorCode::not_found);
  CHECK(none.error().hints().front() == "`reef init` makes one");
  box.write("reef.yaml", "reef: 1\n");
  CHECK(find_manifest(*box.fs, box.folder.path()).value() == box.path("reef.yaml"));
  box.write("reef.json", "{}");
  CHECK(find_manifest(*box.fs, box.folder.path()).error().code() == ErrorCode::invalid_input);
}

TEST_CASE("all problems of a manifest file are listed, or the first is the error") {
  ManifestFolder box;
  box.write("reef.json", "{\n\"reef\": 1,\n\"name\": \"a\", \"kind\": \"x\"}");
  json::Problems problems;
  REQUIRE(read_manifest_file(*box.fs, box.path("reef.json"), "reef.json", problems));
  CHECK(problems.count() == 2);
  const auto loaded = load_manifest(*box.fs, box.path("reef.json"));
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().message() == "missing key `version`");
  CHECK(loaded.error().hints().back() == "1 more problem in this file: `reef check` lists them all");
}

TEST_CASE("a manifest that is not there, a folder, or too large cannot be read") {
  ManifestFolder box;
  const auto absent = load_manifest(*box.fs, box.path("reef.json"));
  CHECK(absent.error().code() == ErrorCode::not_found);
  CHECK(absent.error().contexts() == std::vector<std::string>{"reading the manifest"});
  REQUIRE(box.fs->make_folder(box.path("reef.json")));
  CHECK_FALSE(load_manifest(*box.fs, box.path("reef.json")));
  box.write("big.json", std::string(50'000'000, ' '));
  CHECK(load_manifest(*box.fs, box.path("big.json")).error().code() == ErrorCode::invalid_input);
}

}  // namespace reef
