// Packing and unpacking `.reef` files: what goes in comes out, and the bytes depend on nothing else.
#include <catch2/catch.hpp>

#include "core/archive/outline.h"
#include "core/archive/pack.h"
#include "core/archive/read.h"
#include "core/archive/zstd_frames.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

using namespace reef;
using namespace reef::archive;
using namespace reef::test;

namespace {

// Bytes that no compressor makes smaller.
std::string noise(std::size_t size, std::uint64_t seed) {
  std::string out(size, '\0');
  for (char& c : out) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    c = static_cast<char>(seed >> 56U);
  }
  return out;
}

std::string text(std::size_t size) {
  std::string out;
  for (std::size_t i = 0; out.size() < size; ++i)
    out += fmt::format("line {} of a file that compresses\n", i);
  return out.substr(0, size);
}

// A package with all that a tree can hold, and a source.
class Box {
 public:
  Box() {
    scratch.write("box/reef.json", R"({"reef": 1})");
    scratch.write("box/src/main.cpp", "int main() {}\n");
    scratch.write("box/src/run.sh", "#!/bin/sh\n", 0755);
    scratch.write("box/src/empty", "");
    scratch.write("box/large.txt", text(9'000'001));        // compresses: several frames
    scratch.write("box/exact.txt", text(kFrame - kBlock));  // one frame, to the byte
    scratch.write("box/weights.bin", noise(3'000'000, 1));  // does not
    scratch.write("box/more/weights.bin", noise(3'000'000, 1));
    scratch.write("box/small.bin", noise(2'000'000, 2));
    scratch.write("box/reef.lock", "not part of the package");
    for (int i = 0; i < 300; ++i) scratch.write(fmt::format("box/many/{:03}.txt", i), text(20'000));
    succeeds(scratch.disk().make_symlink("src/run.sh", scratch / "box/link"));
    succeeds(scratch.disk().make_folder(scratch / "box/nothing"));
    scratch.write("source", noise(5000, 3));
  }

  PackInput input() {
    PackInput out;
    out.contents.name = "box";
    out.contents.version = "1.0.0";
    out.contents.platforms = {"linux-x86_64"};
    ArchivedPackage package;
    package.name = "box";
    package.version = "1.0.0";
    package.kind = "program";
    package.role = Role::root;
    out.contents.packages = {package};
    ArchivedSource source;
    source.kind = "url";
    source.name = "source";
    source.packages = {"box"};
    source.blob = Blob{value(digest_file(scratch / "source")), 5000};
    out.contents.sources = {source};
    out.trees["packages/box-1.0.0"] = {scratch / "box", {"reef.lock"}};
    out.files[source.place()] = scratch / "source";
    out.lock = "a lock\n";
    out.provenance = [](const Contents& contents) { return contents.root().tree.digest.hex(); };
    return out;
  }

  Packed pack(const std::string& name, unsigned threads) {
    return value(write_archive(input(), scratch / name, {threads, nullptr}, scratch.disk()));
  }

  ScratchFolder scratch;
};

}  // namespace

TEST_CASE("what is packed is unpacked again, and verifies") {
  Box box;
  const Packed packed = box.pack("x.reef", 2);
  InputStream stream = value(InputStream::open(box.scratch / "x.reef"));
  const ArchiveRead read = value(unpack_reef(stream, box.scratch / "out", {2, nullptr}, box.scratch.disk()));
  CHECK(read.contents == packed.contents);
  CHECK(read.manifest == packed.manifest);
  CHECK(read.bytes == packed.bytes);
  CHECK(read.lock == "a lock\n");
  const Path place = box.scratch / "out/packages/box-1.0.0";
  CHECK(value(digest_tree(box.scratch.disk(), place, {"reef.lock"})) ==
        value(digest_tree(box.scratch.disk(), box.scratch / "box", {"reef.lock"})));
  CHECK(packed.contents.root().tree.digest ==
        value(digest_tree(box.scratch.disk(), box.scratch / "box", {"reef.lock"})));
  CHECK(box.scratch.read("out/packages/box-1.0.0/reef.lock") == "a lock\n");
  CHECK(value(box.scratch.disk().stat(place / "src/run.sh")).mode == 0755);
  CHECK(value(box.scratch.disk().stat(place / "src/main.cpp")).mode == 0644);
  CHECK(box.scratch.read("out/" + read.contents.sources[0].place()) == box.scratch.read("source"));
  InputStream again = value(InputStream::open(box.scratch / "x.reef"));
  CHECK(value(verify_archive(again, {1, nullptr})).contents == packed.contents);
}

TEST_CASE("the bytes of an archive do not depend on threads, times, modes or the folder") {
  Box box;
  box.pack("one.reef", 1);
  box.pack("four.reef", 4);
  CHECK(box.scratch.read("one.reef") == box.scratch.read("four.reef"));
  succeeds(copy_tree(box.scratch.disk(), box.scratch / "box", box.scratch / "copy"));
  succeeds(box.scratch.disk().set_mtime(box.scratch / "copy/src/main.cpp", 1'000'000'000));
  succeeds(box.scratch.disk().set_mode(box.scratch / "copy/src/main.cpp", 0600));
  PackInput input = box.input();
  input.trees.begin()->second.folder = box.scratch / "copy";
  value(write_archive(input, box.scratch / "copy.reef", {}, box.scratch.disk()));
  CHECK(box.scratch.read("copy.reef") == box.scratch.read("one.reef"));
}

TEST_CASE("equal files are one blob, and what does not compress is stored as it is, where it can be mapped") {
  Box box;
  const Packed packed = box.pack("x.reef", 2);
  const std::vector<ApartFile>& apart = packed.contents.root().tree.apart;
  REQUIRE(apart.size() == 4);
  CHECK(apart[0].path == "more/weights.bin");
  CHECK(apart[3].path == "weights.bin");
  CHECK(apart[0].blob == apart[3].blob);
  CHECK(packed.bytes < 6'500'000);
  const std::string bytes = box.scratch.read("x.reef");
  const std::size_t at = bytes.find(noise(3'000'000, 1));
  REQUIRE(at != std::string::npos);
  CHECK(at % kRawAlignment == 0);
  CHECK(at + 3'000'000 + 2 * kBlock + padding_of(3'000'000) == bytes.size());  // the largest is last
}

TEST_CASE("the first 64 KiB tell what an archive holds") {
  Box box;
  const Packed packed = box.pack("x.reef", 2);
  box.scratch.write("head", box.scratch.read("x.reef").substr(0, kHeadAlignment));
  InputStream stream = value(InputStream::open(box.scratch / "head"));
  CHECK(value(inspect_archive(stream)).contents == packed.contents);
}

TEST_CASE("an archive is made again, byte for byte, from its contents and its blobs") {
  Box box;
  PackInput input = box.input();
  // A second package with the same tree: two layers on paper, one in the file.
  ArchivedPackage twin = input.contents.packages.front();
  twin.name = "twin";
  twin.role = Role::package;
  input.contents.packages.push_back(twin);
  input.trees["packages/twin-1.0.0"] = input.trees.begin()->second;
  const bool many = GENERATE(false, true);
  // So many packages that the head needs more than one multiple.
  for (int i = 0; many && i < 60; ++i) {
    twin.name = fmt::format("other-{:02}", i);
    box.scratch.write(fmt::format("{}/reef.json", twin.name), twin.name);
    box.scratch.write(fmt::format("{}/text", twin.name), text(static_cast<std::size_t>(500 * i)));
    input.contents.packages.push_back(twin);
    input.trees[twin.place()] = {box.scratch / twin.name, {}};
  }
  const Packed packed = value(write_archive(input, box.scratch / "x.reef", {2, nullptr}, box.scratch.disk()));
  const std::string bytes = box.scratch.read("x.reef");

  const Outline outline = value(outline_of(packed.contents, write_config(packed.contents)));
  CHECK(outline.manifest.digest == packed.manifest);
  CHECK(sha256(outline.manifest_bytes) == packed.manifest);
  REQUIRE(outline.bytes == bytes.size());
  CHECK(head_size_of(packed.contents) == (many ? 3U : 1U) * kHeadAlignment);
  std::string again(outline.bytes, '\0');
  for (const Outline::Part& part : outline.parts) again.replace(part.offset, part.bytes.size(), part.bytes);
  for (const Outline::PlacedLayer& placed : outline.layers) {
    const std::string blob = bytes.substr(placed.offset, placed.layer.blob.size);
    CHECK(sha256(blob) == placed.layer.blob.digest);
    again.replace(placed.offset, blob.size(), blob);
  }
  CHECK(sha256(again) == sha256(bytes));
  CHECK(head_of(outline.manifest_bytes, write_config(packed.contents)).value().contents == packed.contents);

  succeeds(check_outline(outline, box.scratch / "x.reef"));
  const auto problem = [&](std::size_t at, char c) {
    std::string spoilt = bytes;
    spoilt[at] = c;
    box.scratch.write("spoilt.reef", spoilt);
    return check_outline(outline, box.scratch / "spoilt.reef").error().message();
  };
  CHECK(problem(5, 'x') == "something is not as it must be from byte 5 on");
  CHECK(problem(bytes.size() - 1, 'x') ==
        fmt::format("the padding is not zero at byte {}", bytes.size() - 1));
  CHECK(problem(kHeadAlignment - 1, many ? '!' : 'x')
            .starts_with(many ? "something is not" : "the padding is not"));
  box.scratch.write("spoilt.reef", bytes + "x");
  CHECK(check_outline(outline, box.scratch / "spoilt.reef").error().message() ==
        fmt::format("it has {} bytes, expected {}", bytes.size() + 1, bytes.size()));
}

TEST_CASE("what an archive cannot hold is refused when it is packed, and named") {
  const auto refusal = [](const std::function<void(ScratchFolder&)>& spoil) {
    Box box;
    const PackInput input = box.input();
    spoil(box.scratch);
    const auto packed = write_archive(input, box.scratch / "x.reef", {}, box.scratch.disk());
    REQUIRE(!packed);
    CHECK(!exists(box.scratch.disk(), box.scratch / "x.reef"));
    return packed.error().message();
  };
  CHECK(refusal([](ScratchFolder& s) { s.write("box/aux.c", ""); }) ==
        "the name `aux.c` is reserved on Windows");
  CHECK(refusal([](ScratchFolder& s) { s.write("box/LINK", ""); }) ==
        "two names differ only in case: LINK and link");
  CHECK(refusal([](ScratchFolder& s) { succeeds(s.disk().make_symlink("/etc", s / "box/etc")); }) ==
        "the link leads to the absolute `/etc`");
  CHECK(refusal([](ScratchFolder& s) { s.write("box/" + std::string(120, 'n'), ""); }) ==
        "the path has 120 bytes, and an archive holds 100, or 155 and 100 with a `/` between");
  CHECK(refusal([](ScratchFolder& s) {
          s.write("source", noise(5000, 4));
        }).find("was changed: its SHA-256 is") != std::string::npos);
  CHECK(refusal([](ScratchFolder& s) {
          s.write("source", noise(4000, 3));
        }).find("was changed while it was packed") != std::string::npos);
}

TEST_CASE("when the disk breaks while unpacking there is no folder, or the whole one") {
  ScratchFolder scratch;
  scratch.write("box/reef.json", "{}");
  scratch.write("box/src/a", "a");
  PackInput input;
  input.contents.name = "box";
  input.contents.version = "1.0.0";
  ArchivedPackage package;
  package.name = "box";
  package.version = "1.0.0";
  package.role = Role::root;
  input.contents.packages = {package};
  input.trees["packages/box-1.0.0"] = {scratch / "box", {}};
  input.provenance = [](const Contents&) { return "p"; };
  value(write_archive(input, scratch / "x.reef", {}, scratch.disk()));
  for (int n = 0;; ++n) {
    FaultyFilesystem faulty(scratch.disk(), n);
    InputStream stream = value(InputStream::open(scratch / "x.reef"));
    const auto unpacked = unpack_reef(stream, scratch / "out", {1, nullptr}, faulty);
    if (exists(scratch.disk(), scratch / "out"))
      CHECK(value(digest_tree(scratch.disk(), scratch / "out/packages/box-1.0.0", {"reef.lock"})) ==
            value(digest_tree(scratch.disk(), scratch / "box")));
    else
      CHECK(!unpacked);
    if (!faulty.crashed()) break;
    succeeds(remove_tree(scratch.disk(), scratch / "out"));
  }
}
