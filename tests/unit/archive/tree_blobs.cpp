// Trees as blobs in a folder: what registries serve.
#include "core/archive/tree_blobs.h"

#include <catch2/catch.hpp>

#include "core/archive/zstd_frames.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

using namespace reef;
using namespace reef::archive;
using namespace reef::test;

namespace {

// Bytes that no compressor makes smaller.
std::string static_noise(std::size_t size, std::uint64_t seed) {
  std::string out(size, '\0');
  for (char& c : out) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    c = static_cast<char>(seed >> 56U);
  }
  return out;
}

struct Package {
  ScratchFolder scratch;
  Path blobs = scratch / "blobs";

  Package() {
    scratch.write("box/reef.json", R"({"reef": 1})");
    scratch.write("box/src/main.cpp", "int main() {}\n");
    scratch.write("box/src/run.sh", "#!/bin/sh\n", 0755);
    scratch.write("box/src/empty", "");
    scratch.write("box/weights.bin", static_noise(1'200'000, 1));
    scratch.write("box/again/weights.bin", static_noise(1'200'000, 1), 0755);
    scratch.write("box/reef.lock", "not part of the package");
    succeeds(scratch.disk().make_symlink("src/run.sh", scratch / "box/link"));
    succeeds(scratch.disk().make_folder(scratch / "box/nothing"));
  }

  Tree write() {
    return value(write_tree_blobs({scratch / "box", {"reef.lock"}}, blobs, {}, scratch.disk()));
  }
  Status unpack(const Tree& tree, Filesystem& fs, const Path& target) {
    const auto file = [&](const Blob& blob) -> Result<Path> { return blob_file(blobs, blob.digest); };
    return unpack_tree_blobs(tree, file, target, {}, fs);
  }
  std::string error_of(const Tree& tree) {
    const Status status = unpack(tree, scratch.disk(), scratch / "out");
    CHECK_FALSE(exists(scratch.disk(), scratch / "out"));
    if (status) return "unpacked";
    CHECK(status.error().code() == ErrorCode::integrity);
    return status.error().message();
  }
};

}  // namespace

TEST_CASE("a folder written as blobs and unpacked is the same folder") {
  Package package;
  const Tree tree = package.write();
  CHECK(tree.digest == value(digest_tree(package.scratch.disk(), package.scratch / "box", {"reef.lock"})));
  REQUIRE(tree.layer);
  REQUIRE(tree.apart.size() == 3);
  CHECK(blobs_of(tree).size() == 3);  // the weights once
  succeeds(package.unpack(tree, package.scratch.disk(), package.scratch / "out"));
  CHECK(value(digest_tree(package.scratch.disk(), package.scratch / "out")) == tree.digest);
  CHECK(value(package.scratch.disk().stat(package.scratch / "out/again/weights.bin")).mode == 0755);
  CHECK(value(package.scratch.disk().stat(package.scratch / "out/weights.bin")).mode == 0644);
  const Status again = package.unpack(tree, package.scratch.disk(), package.scratch / "out");
  REQUIRE_FALSE(again);
  CHECK(again.error().code() == ErrorCode::usage);
}

TEST_CASE("a folder that compresses more than any archive may can be read back") {
  std::string back;
  FrameSplitter frames;
  const std::string zeros(kFrame, '\0');
  const std::string small = value(compress_bounded(zeros));
  CHECK(small.size() * kMostRatio >= zeros.size());
  CHECK(small.size() * (kMostRatio - 10) < zeros.size());
  succeeds(frames.add(small, [&](std::string frame, std::size_t) -> Status {
    TRY(const std::string contents, decompress_frame(frame));
    back += contents;
    return {};
  }));
  succeeds(frames.finish());
  CHECK(back == zeros);
  ScratchFolder scratch;
  scratch.write("box/zeros", "");
  std::filesystem::resize_file(scratch / "box/zeros", std::uintmax_t{257} << 20U);
  const Tree tree = value(write_tree_blobs({scratch / "box", {}}, scratch / "blobs", {}, scratch.disk()));
  const auto file = [&](const Blob& blob) -> Result<Path> {
    return blob_file(scratch / "blobs", blob.digest);
  };
  succeeds(unpack_tree_blobs(tree, file, scratch / "out", {}, scratch.disk()));
}

TEST_CASE("the same folder gives the same blobs, and those that are there are left alone") {
  Package one;
  Package two;
  succeeds(two.scratch.disk().set_mtime(two.scratch / "box/src/main.cpp", 1'000'000'000));
  succeeds(two.scratch.disk().set_mode(two.scratch / "box/src/main.cpp", 0600));
  const Tree tree = one.write();
  CHECK(two.write() == tree);
  for (const Blob& blob : blobs_of(tree)) {
    const Path file = blob_file(one.blobs, blob.digest);
    CHECK(value(digest_file(file)) == blob.digest);
    succeeds(one.scratch.disk().set_mtime(file, 1'000'000'000));
  }
  CHECK(one.write() == tree);
  for (const Blob& blob : blobs_of(tree))
    CHECK(value(one.scratch.disk().stat(blob_file(one.blobs, blob.digest))).mtime_ns == 1'000'000'000);
}

TEST_CASE("a file that was cut short is written again") {
  Package package;
  const Tree tree = package.write();
  const Path file = blob_file(package.blobs, tree.layer->blob.digest);
  succeeds(package.scratch.disk().write_file(file, "short", false));
  CHECK(package.write() == tree);
  CHECK(value(digest_file(file)) == tree.layer->blob.digest);
}

TEST_CASE("a file with another byte in it is written again, and counted") {
  Package package;
  const Tree tree = package.write();
  for (const Blob& blob : blobs_of(tree)) {
    const Path file = blob_file(package.blobs, blob.digest);
    std::string bytes = value(package.scratch.disk().read_file(file));
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    succeeds(package.scratch.disk().write_file(file, bytes));
  }
  const TreeInput box{package.scratch / "box", {"reef.lock"}};
  std::size_t repaired = 0;
  CHECK(value(write_tree_blobs(box, package.blobs, {}, package.scratch.disk(), &repaired)) == tree);
  CHECK(repaired == 3);
  succeeds(package.unpack(tree, package.scratch.disk(), package.scratch / "out"));
  CHECK(value(write_tree_blobs(box, package.blobs, {}, package.scratch.disk(), &repaired)) == tree);
  CHECK(repaired == 3);
}

TEST_CASE("blobs and trees that lie are refused with the name of what is wrong, and nothing appears") {
  Package package;
  const Tree good = package.write();
  const Path layer = blob_file(package.blobs, good.layer->blob.digest);
  const std::string bytes = value(package.scratch.disk().read_file(layer));
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    std::string bad = bytes;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    succeeds(package.scratch.disk().write_file(layer, bad, false));
    CHECK(package.error_of(good) != "unpacked");
    succeeds(package.scratch.disk().write_file(layer, bytes.substr(0, at), false));
    CHECK(package.error_of(good) != "unpacked");
  }
  succeeds(package.scratch.disk().write_file(layer, bytes + "more", false));
  CHECK(package.error_of(good) ==
        fmt::format("its layer has another size than the {} bytes it must have", bytes.size()));
  succeeds(package.scratch.disk().write_file(layer, bytes, false));

  const Path weights = blob_file(package.blobs, good.apart.back().blob.digest);
  const std::string noise = value(package.scratch.disk().read_file(weights));
  std::string bad = noise;
  bad[1'000'000] = static_cast<char>(bad[1'000'000] ^ 1);
  succeeds(package.scratch.disk().write_file(weights, bad, false));
  CHECK(package.error_of(good).find("weights.bin` was changed: its SHA-256 is ") != std::string::npos);
  succeeds(package.scratch.disk().write_file(weights, noise, false));

  Tree lies = good;
  lies.digest = sha256("another");
  CHECK(package.error_of(lies).starts_with("its tree has the digest "));
  lies = good;
  ++lies.entries;
  CHECK(package.error_of(lies) ==
        fmt::format("it has {} entries, and it says {}", good.entries, lies.entries));
  lies = good;
  --lies.bytes;
  CHECK(package.error_of(lies) != "unpacked");
  lies = good;
  --lies.layer->tar_bytes;
  CHECK(package.error_of(lies) ==
        fmt::format("it unpacks to more than the {} bytes it says", lies.layer->tar_bytes));
  lies = good;
  lies.layer->tar_bytes = std::uint64_t{1} << 40U;
  CHECK(package.error_of(lies).find("more than 200 times") != std::string::npos);
  lies = good;
  lies.apart.front().path = "src";  // where a folder stands
  CHECK(package.error_of(lies) != "unpacked");
  lies = good;
  lies.apart.back().executable = !lies.apart.back().executable;
  CHECK(package.error_of(lies).starts_with("its tree has the digest "));
}

TEST_CASE("a disk that breaks at any moment of unpacking leaves the whole folder or none") {
  const auto fault = GENERATE(FaultyFilesystem::Fault::crash, FaultyFilesystem::Fault::full);
  Package package;
  const Tree tree = package.write();
  for (int n = 0;; ++n) {
    CAPTURE(n);
    FaultyFilesystem faulty(package.scratch.disk(), n, fault);
    const Path target = package.scratch / fmt::format("out{}", n);
    const Status status = package.unpack(tree, faulty, target);
    if (exists(package.scratch.disk(), target))
      CHECK(value(digest_tree(package.scratch.disk(), target)) == tree.digest);
    if (!faulty.crashed()) {
      succeeds(status);
      CHECK(n > 10);
      return;
    }
  }
}
