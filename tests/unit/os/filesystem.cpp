#include "core/os/filesystem.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef {
namespace {

using namespace std::string_literals;
using test::ScratchFolder;
using test::succeeds;
using test::value;

template <class T>
std::string message_of(const Result<T>& result, ErrorCode code) {
  REQUIRE(!result);
  CHECK(result.error().code() == code);
  return render(result.error());
}

TEST_CASE("a file is read back as it was written, whatever its bytes and its name are") {
  ScratchFolder scratch;
  std::string bytes;
  for (int i = 0; i < 70'000; ++i) bytes.push_back(static_cast<char>(i));
  for (const std::string name :
       {"plain", "with blank", "quote'\"$(x)`", "\xE2\x82\xAC\n\t", "-rf", "\xFF\xFE", "*"}) {
    const Path path = scratch / name;
    succeeds(scratch.disk().write_file(path, bytes));
    CHECK(value(scratch.disk().read_file(path)) == bytes);
    succeeds(scratch.disk().write_file(path, "short"));
    CHECK(value(scratch.disk().read_file(path)) == "short");
    succeeds(scratch.disk().append_file(path, "er"));
    CHECK(value(scratch.disk().read_file(path)) == "shorter");
    succeeds(scratch.disk().remove_file(path));
    CHECK_FALSE(exists(scratch.disk(), path));
  }
}

TEST_CASE("errors name the path and say what the system said") {
  ScratchFolder scratch;
  Filesystem& disk = scratch.disk();
  scratch.write("file", "x");
  const std::string nowhere = (scratch / "no").string();
  CHECK(message_of(disk.read_file(scratch / "no"), ErrorCode::not_found) ==
        fmt::format("error: cannot open `{}`: No such file or directory\n", nowhere));
  CHECK(message_of(disk.read_file(scratch / "file/below"), ErrorCode::not_found) ==
        fmt::format("error: cannot open `{}`: Not a directory\n", (scratch / "file/below").string()));
  CHECK(message_of(disk.read_file(scratch.path()), ErrorCode::io) ==
        fmt::format("error: cannot read `{}`: Is a directory\n", scratch.path().string()));
  CHECK(message_of(disk.write_file(scratch.path(), "x"), ErrorCode::io) ==
        fmt::format("error: cannot write `{}`: Is a directory\n", scratch.path().string()));
  CHECK(message_of(disk.list(scratch / "no"), ErrorCode::not_found) ==
        fmt::format("error: cannot list `{}`: No such file or directory\n", nowhere));
  CHECK(message_of(disk.remove_file(scratch / "no"), ErrorCode::not_found) ==
        fmt::format("error: cannot remove `{}`: No such file or directory\n", nowhere));
  CHECK(message_of(disk.rename(scratch / "no", scratch / "x"), ErrorCode::not_found) ==
        fmt::format("error: cannot rename `{}` to `{}`: No such file or directory\n", nowhere,
                    (scratch / "x").string()));
  CHECK(message_of(disk.stat(scratch / "no"), ErrorCode::not_found) ==
        fmt::format("error: cannot find `{}`: No such file or directory\n", nowhere));
  CHECK(message_of(disk.read_symlink(scratch / "file"), ErrorCode::io) ==
        fmt::format("error: cannot read the link `{}`: Invalid argument\n", (scratch / "file").string()));
  CHECK(message_of(disk.make_folder(scratch / "file"), ErrorCode::io) ==
        fmt::format("error: cannot create the folder `{}`: it is a file\n", (scratch / "file").string()));
  CHECK(message_of(disk.real_path(scratch / "no"), ErrorCode::not_found) ==
        fmt::format("error: cannot find `{}`: No such file or directory\n", nowhere));
}

TEST_CASE("a path with a NUL byte names nothing") {
  ScratchFolder scratch;
  scratch.write("a", "secret");
  const Path path = scratch.path() / "a\0b"s;
  CHECK(message_of(scratch.disk().read_file(path), ErrorCode::not_found) ==
        fmt::format("error: cannot open `{}`: No such file or directory\n", (scratch / "a\\x00b").string()));
  CHECK_FALSE(scratch.disk().write_file(path, "x").has_value());
  CHECK_FALSE(scratch.disk().stat(path).has_value());
  CHECK(scratch.read("a") == "secret");
}

TEST_CASE("a file larger than the limit is not read") {
  ScratchFolder scratch;
  scratch.write("file", "12345");
  CHECK(value(scratch.disk().read_file(scratch / "file", 5)) == "12345");
  CHECK(message_of(scratch.disk().read_file(scratch / "file", 4), ErrorCode::invalid_input) ==
        fmt::format("error: `{}` is larger than 4 bytes, the most that is read\n",
                    (scratch / "file").string()));
  // Of such files the system says that they have no bytes.
  CHECK(message_of(scratch.disk().read_file("/dev/zero", 1000), ErrorCode::invalid_input) ==
        "error: `/dev/zero` is larger than 1000 bytes, the most that is read\n");
}

TEST_CASE("files of /proc, which have no size, are read to their end") {
  const auto disk = make_disk();
  const std::string text = value(disk->read_file("/proc/self/status"));
  CHECK(text.find("Name:\tunit_os\n") == 0);
  CHECK(text.find("nonvoluntary_ctxt_switches:") != std::string::npos);
}

TEST_CASE("what a command writes into a pipe is read to its end") {
  const bool in_pieces = GENERATE(false, true);
  ScratchFolder scratch;
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  std::thread writer([&] {
    for (const char* word : {"slow", "ly"}) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      (void)!write(ends[1], word, std::strlen(word));
    }
    close(ends[1]);
  });
  const Path end = fmt::format("/dev/fd/{}", ends[0]);
  if (in_pieces)
    CHECK(value(digest_file(end)) == sha256("slowly"));
  else
    CHECK(value(scratch.disk().read_file(end)) == "slowly");
  writer.join();
  close(ends[0]);
}

TEST_CASE("a pipe that nobody writes to does not keep a reader for ever") {
  ScratchFolder scratch;
  REQUIRE(mkfifo((scratch / "pipe").c_str(), 0600) == 0);
  CHECK(message_of(scratch.disk().read_file(scratch / "pipe"), ErrorCode::io)
            .ends_with("it is a pipe that nobody writes to\n"));
  CHECK(value(scratch.disk().stat(scratch / "pipe")).type == FileType::other);
}

TEST_CASE("a full disk is named with what to do") {
  const auto disk = make_disk();
  CHECK(message_of(disk->write_file("/dev/full", "x"), ErrorCode::io) ==
        "error: cannot write `/dev/full`: No space left on device\n"
        "hint: the disk is full: free some space and run the same again\n");
}

TEST_CASE("a write that the system cuts short is an error") {
  ScratchFolder scratch;
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &limit);
  const Status status = scratch.disk().write_file(scratch / "file", std::string(5000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  CHECK(message_of(status, ErrorCode::io) ==
        fmt::format("error: cannot write `{}`: File too large\n", (scratch / "file").string()));
}

TEST_CASE("stat tells what a file is and follows links only when asked") {
  ScratchFolder scratch;
  Filesystem& disk = scratch.disk();
  scratch.write("file", "12345", 0640);
  succeeds(disk.make_folder(scratch / "folder"));
  succeeds(disk.make_folder(scratch / "folder"));
  succeeds(disk.make_symlink("file", scratch / "link"));
  succeeds(disk.make_symlink("nowhere", scratch / "dangling"));
  succeeds(disk.make_hard_link(scratch / "file", scratch / "second"));
  const FileStat file = value(disk.stat(scratch / "file"));
  CHECK(file.type == FileType::file);
  CHECK(file.size == 5);
  CHECK(file.mode == 0640);
  CHECK(file.links == 2);
  CHECK(value(disk.stat(scratch / "second")) == file);
  CHECK(value(disk.stat(scratch / "link")) == file);
  CHECK(value(disk.stat(scratch / "link", false)).type == FileType::symlink);
  CHECK(value(disk.stat(scratch / "folder")).type == FileType::folder);
  CHECK(message_of(disk.stat(scratch / "dangling"), ErrorCode::not_found).find("dangling") !=
        std::string::npos);
  CHECK(value(disk.stat(scratch / "dangling", false)).type == FileType::symlink);
  CHECK(value(disk.read_symlink(scratch / "dangling")) == "nowhere");
}

TEST_CASE("a file that was changed or replaced has another stat") {
  ScratchFolder scratch;
  scratch.write("file", "12345");
  const FileStat before = value(scratch.disk().stat(scratch / "file"));
  scratch.write("other", "54321");
  succeeds(scratch.disk().set_mtime(scratch / "other", before.mtime_ns));
  succeeds(scratch.disk().rename(scratch / "other", scratch / "file"));
  CHECK(value(scratch.disk().stat(scratch / "file")) != before);
}

TEST_CASE("times are set to the nanosecond, before 1970 too, and on links themselves") {
  ScratchFolder scratch;
  scratch.write("file", "");
  succeeds(scratch.disk().make_symlink("file", scratch / "link"));
  for (const std::int64_t time : {std::int64_t{0}, std::int64_t{1}, std::int64_t{1769860800123456789},
                                  std::int64_t{-1}, std::int64_t{-1500000000}}) {
    succeeds(scratch.disk().set_mtime(scratch / "file", time));
    CHECK(value(scratch.disk().stat(scratch / "file")).mtime_ns == time);
  }
  succeeds(scratch.disk().set_mtime(scratch / "link", 77));
  CHECK(value(scratch.disk().stat(scratch / "link", false)).mtime_ns == 77);
  CHECK(value(scratch.disk().stat(scratch / "file")).mtime_ns == -1500000000);
}

TEST_CASE("names in a folder are sorted by their bytes") {
  ScratchFolder scratch;
  for (const char* name : {"b", "a", "B", ".hidden", "\xC3\xA9", "a b", "10", "9"}) scratch.write(name, "");
  CHECK(value(scratch.disk().list(scratch.path())) ==
        std::vector<std::string>{".hidden", "10", "9", "B", "a", "a b", "b", "\xC3\xA9"});
}

TEST_CASE("the real path has no links in it") {
  ScratchFolder scratch;
  scratch.write("a/file", "");
  succeeds(scratch.disk().make_symlink("a", scratch / "b"));
  CHECK(value(scratch.disk().real_path(scratch / "b/../b/./file")) == scratch / "a/file");
}

TEST_CASE("a link with a very long target is read whole") {
  ScratchFolder scratch;
  const std::string target(4000, 'x');
  succeeds(scratch.disk().make_symlink(target, scratch / "link"));
  CHECK(value(scratch.disk().read_symlink(scratch / "link")) == target);
}

TEST_CASE("the digest of a file is that of its bytes") {
  ScratchFolder scratch;
  const std::string bytes(1'000'000, 'a');
  scratch.write("file", bytes);
  scratch.write("empty", "");
  CHECK(value(digest_file(scratch / "file")) == sha256(bytes));
  CHECK(value(digest_file(scratch / "empty")) == sha256(""));
  CHECK(message_of(digest_file(scratch / "no"), ErrorCode::not_found).find("cannot open") !=
        std::string::npos);
  CHECK(message_of(digest_file(scratch.path()), ErrorCode::io).find("Is a directory") != std::string::npos);
}

TEST_CASE("a file that grows while it is read ends where it ended in the beginning") {
  ScratchFolder scratch;
  const Path log = scratch / "log";
  scratch.write("log", "12345");
  std::string seen;
  succeeds(read_in_pieces(log, [&](std::string_view bytes) {
    seen += bytes;
    return scratch.disk().append_file(log, bytes);
  }));
  CHECK(seen == "12345");
  CHECK(scratch.read("log") == "1234512345");
}

}  // namespace
}  // namespace reef
