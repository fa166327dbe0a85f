#include "core/archive/unpack.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "tests/unit/archive/make_archives.h"

using namespace reef;
using namespace reef::test;

namespace {

Result<Unpacked> unpack(Sandbox& box, const std::string& bytes, const std::string& name,
                        std::size_t strip = 0) {
  UnpackOptions options;
  options.name = name;
  options.strip = strip;
  return unpack_archive(box.archive(bytes), box.target(), options, box.fs());
}

const std::vector<Member> kTree = {{"pkg/", "", '5', "", 0755},
                                   {"pkg/run.sh", "#!/bin/sh\n", '0', "", 0755},
                                   {"pkg/data/größe.txt", "content"},
                                   {"pkg/link", "", '2', "data/größe.txt"},
                                   {"pkg/empty", ""}};

}  // namespace

TEST_CASE("a tar of every compression, and a zip, unpack to the same tree") {
  const auto [name, bytes] =
      GENERATE(table<std::string, std::string>({{"a.tar", tar(kTree)},
                                                {"a.tar.gz", compressed("gzip", tar(kTree))},
                                                {"a.tgz", compressed("gzip", tar(kTree))},
                                                {"a.tar.xz", compressed("xz", tar(kTree))},
                                                {"a.tar.zst", compressed("zstd", tar(kTree))},
                                                {"a.tar.bz2", compressed("bzip2", tar(kTree))},
                                                {"no known suffix", compressed("gzip", tar(kTree))},
                                                {"a.zip", zip(kTree)}}));
  CAPTURE(name);
  Sandbox box;
  const auto unpacked = unpack(box, bytes, name);
  REQUIRE(unpacked);
  CHECK(unpacked->entries == 5);
  CHECK(unpacked->bytes == 17);
  CHECK(box.read("pkg/data/größe.txt") == "content");
  CHECK(box.read("pkg/link") == "content");
  CHECK(box.read("pkg/empty").empty());
  CHECK(box.fs().stat(box.target() / "pkg/run.sh")->mode == 0755);
  CHECK(box.fs().stat(box.target() / "pkg/empty")->mode == 0644);
  CHECK(box.fs().stat(box.target() / "pkg/data")->mode == 0755);
  CHECK(box.fs().stat(box.target() / "pkg/empty")->mtime_ns == 1'000'000'000'000'000'000);
  CHECK(box.left_over() == std::vector<std::string>{"target"});
}

TEST_CASE("a single compressed file gets its name without the suffix") {
  const auto [name, filter] = GENERATE(table<std::string, std::string>({{"model.onnx.gz", "gzip"},
                                                                        {"model.onnx.xz", "xz"},
                                                                        {"model.onnx.zst", "zstd"},
                                                                        {"model.onnx.bz2", "bzip2"}}));
  Sandbox box;
  const std::string content(3'000'000, 'w');
  const auto unpacked = unpack(box, compressed(filter, content), name);
  REQUIRE(unpacked);
  CHECK(box.read("model.onnx") == content);
}

TEST_CASE("a compressed file stays what its name says even when it holds a tar") {
  Sandbox box;
  REQUIRE(unpack(box, compressed("gzip", tar(kTree)), "backup.gz"));
  CHECK(box.read("backup") == tar(kTree));
}

TEST_CASE("leading folders are dropped, and links with them") {
  Sandbox box;
  std::vector<Member> members = kTree;
  members.push_back({"pkg/hard", "", '1', "pkg/data/größe.txt"});
  REQUIRE(unpack(box, tar(members), "a.tar", 1));
  CHECK(box.read("data/größe.txt") == "content");
  CHECK(box.read("hard") == "content");
  CHECK(box.read("link") == "content");
}

TEST_CASE("modes and umask of others do not show") {
  Sandbox box;
  const mode_t before = umask(0077);
  const auto unpacked =
      unpack(box, tar({{"a", "x", '0', "", 0}, {"b", "x", '0', "", 0777}, {"d/c", "x"}}), "a.tar");
  umask(before);
  REQUIRE(unpacked);
  CHECK(box.fs().stat(box.target() / "a")->mode == 0644);
  CHECK(box.fs().stat(box.target() / "b")->mode == 0755);
  CHECK(box.fs().stat(box.target() / "d")->mode == 0755);
  CHECK(box.fs().stat(box.target())->mode == 0755);
}

TEST_CASE("names that differ only in case are unpacked and reported") {
  Sandbox box;
  const auto unpacked = unpack(box, tar({{"README", "1"}, {"readme", "2"}}), "a.tar");
  REQUIRE(unpacked);
  CHECK(unpacked->case_collisions == std::vector<std::string>{"README and readme"});
  CHECK(box.read("README") == "1");
}

TEST_CASE("long pax names and times out of this world are taken") {
  Sandbox box;
  const std::string name = std::string(150, 'd') + "/" + std::string(200, 'f');
  const std::string bytes = pax({{"path", name}, {"mtime", "9223372036854775807"}}) + tar({{"short", "x"}});
  REQUIRE(unpack(box, bytes, "a.tar"));
  CHECK(box.read(name) == "x");
}

TEST_CASE("unpacking stops when it is cancelled, and leaves nothing") {
  Sandbox box;
  Cancellation cancel;
  cancel.request();
  UnpackOptions options;
  options.cancel = &cancel;
  const auto unpacked = unpack_archive(box.archive(tar(kTree)), box.target(), options, box.fs());
  REQUIRE_FALSE(unpacked);
  CHECK(unpacked.error().code() == ErrorCode::interrupted);
  CHECK(box.left_over().empty());
}
