#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <set>

#include "core/os/filesystem.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef {
namespace {

using test::ScratchFolder;
using test::succeeds;
using test::value;

std::string listing(Filesystem& fs, const Path& folder) {
  std::string out;
  for (const TreeEntry& entry : value(walk(fs, folder))) {
    const char kind = "fdl?"[static_cast<int>(entry.stat.type)];
    out += fmt::format("{} {:o} {}", kind, entry.stat.mode, entry.path);
    if (entry.stat.type == FileType::file) out += "=" + value(fs.read_file(folder / entry.path));
    if (entry.stat.type == FileType::symlink) out += "->" + value(fs.read_symlink(folder / entry.path));
    out += "\n";
  }
  return out;
}

void grow(ScratchFolder& scratch, const std::string& top) {
  scratch.write(top + "/b.txt", "text");
  scratch.write(top + "/a b/\xE2\x82\xAC/run", "#!", 0755);
  scratch.write(top + "/a.txt", "", 0600);
  succeeds(scratch.disk().make_symlink("b.txt", scratch / (top + "/link")));
  succeeds(scratch.disk().make_symlink("/no/where", scratch / (top + "/a b/dangling")));
  succeeds(scratch.disk().make_folder(scratch / (top + "/empty")));
}

TEST_CASE("make_folders makes what is missing and minds nothing that is there") {
  ScratchFolder scratch;
  Filesystem& disk = scratch.disk();
  succeeds(make_folders(disk, scratch / "a/b/c"));
  succeeds(make_folders(disk, scratch / "a/b/c"));
  succeeds(make_folders(disk, scratch / "a/b/c/d/"));
  succeeds(make_folders(disk, ""));
  succeeds(make_folders(disk, "/"));
  CHECK(is_folder(disk, scratch / "a/b/c/d"));
  succeeds(disk.make_symlink("a", scratch / "link"));
  succeeds(make_folders(disk, scratch / "link/e"));
  CHECK(is_folder(disk, scratch / "a/e"));
  scratch.write("file", "");
  const Status below_file = make_folders(disk, scratch / "file/x");
  REQUIRE(!below_file);
  CHECK(render(below_file.error()).find((scratch / "file").string()) != std::string::npos);
}

TEST_CASE("a walk is sorted by bytes and does not follow links") {
  ScratchFolder scratch;
  grow(scratch, "top");
  succeeds(scratch.disk().make_symlink("..", scratch / "top/loop"));
  CHECK(listing(scratch.disk(), scratch / "top") ==
        "d 755 a b\n"
        "l 777 a b/dangling->/no/where\n"
        "d 755 a b/\xE2\x82\xAC\n"
        "f 755 a b/\xE2\x82\xAC/run=#!\n"
        "f 600 a.txt=\n"
        "f 644 b.txt=text\n"
        "d 755 empty\n"
        "l 777 link->b.txt\n"
        "l 777 loop->..\n");
}

TEST_CASE("a copy has the same names, bytes, permissions and links") {
  ScratchFolder scratch;
  grow(scratch, "from");
  succeeds(copy_tree(scratch.disk(), scratch / "from", scratch / "to"));
  CHECK(listing(scratch.disk(), scratch / "to") == listing(scratch.disk(), scratch / "from"));
  succeeds(copy_tree(scratch.disk(), scratch / "from", scratch / "to"));
  CHECK(listing(scratch.disk(), scratch / "to") == listing(scratch.disk(), scratch / "from"));
}

TEST_CASE("a copied file does not write through a link that was in its place") {
  ScratchFolder scratch;
  scratch.write("from/file", "new");
  scratch.write("victim", "old");
  succeeds(scratch.disk().make_folder(scratch / "to"));
  succeeds(scratch.disk().make_symlink("../victim", scratch / "to/file"));
  succeeds(copy_tree(scratch.disk(), scratch / "from", scratch / "to"));
  CHECK(scratch.read("victim") == "old");
  CHECK(scratch.read("to/file") == "new");
}

TEST_CASE("what is neither file, folder nor link is refused by name") {
  ScratchFolder scratch;
  succeeds(scratch.disk().make_folder(scratch / "top"));
  REQUIRE(mkfifo((scratch / "top/pipe").c_str(), 0600) == 0);
  const std::string wanted =
      fmt::format("error: `{}` is neither a file, a folder nor a link\n", (scratch / "top/pipe").string());
  CHECK(render(copy_tree(scratch.disk(), scratch / "top", scratch / "to").error()) == wanted);
  CHECK(render(digest_tree(scratch.disk(), scratch / "top").error()) == wanted);
}

TEST_CASE("special files are passed over where that is asked for") {
  ScratchFolder scratch;
  scratch.write("top/below/file", "x");
  const LeftOut special = LeftOut().and_special_files();
  const Digest before = value(digest_tree(scratch.disk(), scratch / "top"));
  REQUIRE(mkfifo((scratch / "top/below/pipe").c_str(), 0600) == 0);
  CHECK(value(digest_tree(scratch.disk(), scratch / "top", special)) == before);
  succeeds(scratch.disk().make_folder(scratch / "to"));
  succeeds(copy_contents(scratch.disk(), scratch / "top", scratch / "to", special));
  CHECK(value(digest_tree(scratch.disk(), scratch / "to")) == before);
}

TEST_CASE("removing a tree leaves what its links point at") {
  ScratchFolder scratch;
  grow(scratch, "top");
  scratch.write("outside/file", "kept");
  succeeds(scratch.disk().make_symlink("../outside", scratch / "top/out"));
  succeeds(remove_tree(scratch.disk(), scratch / "top"));
  CHECK_FALSE(exists(scratch.disk(), scratch / "top"));
  CHECK(scratch.read("outside/file") == "kept");
  succeeds(remove_tree(scratch.disk(), scratch / "top"));
  succeeds(remove_tree(scratch.disk(), scratch / "outside/file"));
  CHECK_FALSE(exists(scratch.disk(), scratch / "outside/file"));
}

TEST_CASE("removing a link removes the link") {
  ScratchFolder scratch;
  scratch.write("folder/file", "kept");
  succeeds(scratch.disk().make_symlink("folder", scratch / "link"));
  succeeds(remove_tree(scratch.disk(), scratch / "link"));
  CHECK(scratch.read("folder/file") == "kept");
  CHECK_FALSE(exists(scratch.disk(), scratch / "link"));
}

TEST_CASE("folders without write permission are removed too") {
  ScratchFolder scratch;
  scratch.write("top/inner/file", "x", 0444);
  succeeds(scratch.disk().set_mode(scratch / "top/inner", 0555));
  succeeds(scratch.disk().set_mode(scratch / "top", 0111));
  succeeds(remove_tree(scratch.disk(), scratch / "top"));
  CHECK_FALSE(exists(scratch.disk(), scratch / "top"));
}

TEST_CASE("the digest of a tree does not depend on where it is, when it was made or who may read it") {
  ScratchFolder scratch;
  grow(scratch, "one");
  grow(scratch, "two");
  succeeds(scratch.disk().set_mtime(scratch / "two/b.txt", 5));
  succeeds(scratch.disk().set_mode(scratch / "two/b.txt", 0600));
  CHECK(value(digest_tree(scratch.disk(), scratch / "one")) ==
        value(digest_tree(scratch.disk(), scratch / "two")));
}

TEST_CASE("the digest of a tree changes with every name, byte, executable bit, link target and kind") {
  std::set<Digest> digests;
  const std::vector<std::function<void(ScratchFolder&)>> changes = {
      [](ScratchFolder&) {},
      [](ScratchFolder& s) { s.write("t/b.txt", "texu"); },
      [](ScratchFolder& s) { succeeds(s.disk().rename(s / "t/b.txt", s / "t/c.txt")); },
      [](ScratchFolder& s) { succeeds(s.disk().set_mode(s / "t/b.txt", 0755)); },
      [](ScratchFolder& s) { succeeds(s.disk().remove_folder(s / "t/empty")); },
      [](ScratchFolder& s) { s.write("t/new", ""); },
      [](ScratchFolder& s) {
        succeeds(s.disk().remove_file(s / "t/link"));
        succeeds(s.disk().make_symlink("a.txt", s / "t/link"));
      },
      [](ScratchFolder& s) {
        succeeds(s.disk().remove_file(s / "t/link"));
        s.write("t/link", "text");
      },
      [](ScratchFolder& s) {
        succeeds(s.disk().remove_folder(s / "t/empty"));
        s.write("t/empty", "");
      },
  };
  for (const auto& change : changes) {
    ScratchFolder scratch;
    grow(scratch, "t");
    change(scratch);
    CHECK(digests.insert(value(digest_tree(scratch.disk(), scratch / "t"))).second);
  }
}

TEST_CASE("a name with a newline in it cannot pass for two entries of another tree") {
  ScratchFolder scratch;
  succeeds(scratch.disk().make_folder(scratch / "one"));
  succeeds(scratch.disk().make_folder(scratch / "two"));
  succeeds(scratch.disk().make_folder(scratch / "one/a\nd - b"));
  succeeds(scratch.disk().make_folder(scratch / "two/a"));
  succeeds(scratch.disk().make_folder(scratch / "two/b"));
  CHECK(value(digest_tree(scratch.disk(), scratch / "one")) !=
        value(digest_tree(scratch.disk(), scratch / "two")));
}

TEST_CASE("a digest leaves out top-level names that it was told to skip, and only there") {
  ScratchFolder scratch;
  scratch.write("t/a", "x");
  const Digest before = value(digest_tree(scratch.disk(), scratch / "t"));
  scratch.write("t/.git/config", "x");
  CHECK(value(digest_tree(scratch.disk(), scratch / "t", {".git"})) == before);
  CHECK(value(digest_tree(scratch.disk(), scratch / "t")) != before);
  scratch.write("t/inner/.git", "x");
  CHECK(value(digest_tree(scratch.disk(), scratch / "t", {".git", "inner"})) == before);
  CHECK(value(digest_tree(scratch.disk(), scratch / "t", {".git"})) != before);
}

TEST_CASE("a skipped folder is not even looked into") {
  ScratchFolder scratch;
  scratch.write("t/a", "x");
  succeeds(scratch.disk().make_folder(scratch / "t/skipped"));
  const Digest before = value(digest_tree(scratch.disk(), scratch / "t", {"skipped"}));
  REQUIRE(mkfifo((scratch / "t/skipped/pipe").c_str(), 0600) == 0);
  CHECK(value(digest_tree(scratch.disk(), scratch / "t", {"skipped"})) == before);
}

TEST_CASE("a temporary folder ends with its object, unless it was released") {
  ScratchFolder scratch;
  Filesystem& disk = scratch.disk();
  Path first;
  Path second;
  Path kept;
  {
    TemporaryFolder one = value(TemporaryFolder::create(disk, scratch.path(), "tmp-"));
    TemporaryFolder two = value(TemporaryFolder::create(disk, scratch.path(), "tmp-"));
    first = one.path();
    second = two.path();
    CHECK(first != second);
    CHECK(first.filename().string().starts_with("tmp-"));
    succeeds(disk.write_file(first / "file", "x"));
    const TemporaryFolder moved = std::move(one);
    CHECK(moved.path() == first);
    kept = value(TemporaryFolder::create(disk, scratch.path(), "kept-")).release();
  }
  CHECK_FALSE(exists(disk, first));
  CHECK_FALSE(exists(disk, second));
  CHECK(is_folder(disk, kept));
}

TEST_CASE("assigning a temporary folder removes the one that was there before") {
  ScratchFolder scratch;
  TemporaryFolder folder = value(TemporaryFolder::create(scratch.disk(), scratch.path(), "tmp-"));
  const Path first = folder.path();
  folder = value(TemporaryFolder::create(scratch.disk(), scratch.path(), "tmp-"));
  CHECK_FALSE(exists(scratch.disk(), first));
  CHECK(is_folder(scratch.disk(), folder.path()));
}

TEST_CASE("is_executable asks about files and permissions") {
  ScratchFolder scratch;
  scratch.write("yes", "", 0755);
  scratch.write("no", "", 0644);
  CHECK(is_executable(scratch.disk(), scratch / "yes"));
  CHECK_FALSE(is_executable(scratch.disk(), scratch / "no"));
  CHECK_FALSE(is_executable(scratch.disk(), scratch.path()));
  CHECK_FALSE(is_executable(scratch.disk(), scratch / "none"));
}

}  // namespace
}  // namespace reef
