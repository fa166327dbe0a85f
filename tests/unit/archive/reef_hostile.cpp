// What `.reef` files must not be: each is refused with a message that names the entry, and nothing is left
// behind.
#include <catch2/catch.hpp>
#include <cctype>
#include <cstdlib>
#include <fstream>

#include "core/archive/outer_reader.h"
#include "core/archive/portable.h"
#include "core/archive/read.h"
#include "core/archive/zstd_frames.h"
#include "core/base/text.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"
#include "tests/unit/archive/make_reef.h"

using namespace reef;
using namespace reef::archive;
using namespace reef::test;

namespace {

const Path kCorpus = Path(REEF_TEST_DATA) / "bad/archive";
constexpr const char* kExpected = ".expected";

// `the-name-is-absolute.reef`: the words of a message, without what is of this one archive only.
std::string name_of_file(const std::string& message) {
  std::string out;
  for (const std::string& word : split(message.substr(0, message.find_first_of(":|(")), ' ')) {
    std::string plain;
    for (const char c : word)
      if (std::isalpha(static_cast<unsigned char>(c)) != 0) plain += c;
    const bool is_value = word.find_first_of("0123456789/") != std::string::npos;
    if (!plain.empty() && !is_value) out += (out.empty() ? "" : "-") + lower_case(plain);
  }
  return out + ".reef";
}

// One archive of each kind of problem, and what reef says of it.
void keep(const std::string& bytes, const std::string& message) {
  constexpr std::size_t kLargest = std::size_t{200} << 10U;
  const Path file = kCorpus / name_of_file(message);
  if (bytes.size() > kLargest || std::filesystem::exists(file)) return;
  std::ofstream(file, std::ios::binary) << bytes;
  std::ofstream(file.string() + kExpected, std::ios::binary) << message << "\n";
}

// The message and what was being done, on one line; "good" for an archive that is. Verifying and unpacking
// must agree, and an archive that is refused leaves nothing.
std::string verdict(const std::string& bytes) {
  const ScratchFolder box;
  Filesystem& fs = const_cast<ScratchFolder&>(box).disk();
  const Path file = box / "x.reef";
  REQUIRE(fs.write_file(file, bytes, false));
  InputStream first = value(InputStream::open(file));
  const auto verified = verify_archive(first, {2, nullptr});
  InputStream second = value(InputStream::open(file));
  const auto unpacked = unpack_reef(second, box / "out", {2, nullptr}, fs);
  CHECK(verified.has_value() == unpacked.has_value());
  if (verified) return "good";
  CHECK(value(fs.list(box.path())) == std::vector<std::string>{"x.reef"});
  const Error& error = verified.error();
  CHECK(error.code() == ErrorCode::integrity);
  CHECK(unpacked.error().message() == error.message());
  std::string out = error.message();
  for (const std::string& context : error.contexts()) out += " | " + context;
  if (std::getenv("REEF_ACCEPT") != nullptr) keep(bytes, out);
  return out;
}

// Of a package whose tar has these entries.
std::string of_entries(const std::vector<Entry>& entries) {
  return verdict(Made().tree(tar_of(entries)).bytes());
}

constexpr const char* kReading = " | reading `packages/box-1.0.0`";

std::string at(const std::string& entry) { return " | at the entry `" + entry + "`" + kReading; }

}  // namespace

TEST_CASE("every bad archive of the corpus is refused with the message beside it") {
  const ScratchFolder box;
  Filesystem& fs = const_cast<ScratchFolder&>(box).disk();
  std::size_t archives = 0;
  for (const std::string& name : value(fs.list(kCorpus))) {
    if (!name.ends_with(".reef")) continue;
    CAPTURE(name);
    ++archives;
    CHECK(verdict(value(fs.read_file(kCorpus / name))) + "\n" ==
          value(fs.read_file(kCorpus / (name + kExpected))));
  }
  CHECK(archives > 50);
}

TEST_CASE("the archive that the hostile ones are made of is good") {
  CHECK(verdict(Made().bytes()) == "good");
}

TEST_CASE("a name in an archive means one file on every system") {
  const auto refused = [](const std::string& name) {
    const Status status = check_portable(name);
    return status ? std::string("fine") : status.error().message();
  };
  CHECK(refused("src/kernel.cpp") == "fine");
  CHECK(refused("häuser/überall") == "fine");
  CHECK(refused("../evil") == "the name leads upwards (`..`)");
  CHECK(refused("a/../../b") == "the name leads upwards (`..`)");
  CHECK(refused("/etc/passwd") == "the name is absolute");
  CHECK(refused("C:\\evil") == "the name is absolute");
  CHECK(refused("a\\b") == "the name holds a backslash");
  CHECK(refused("") == "the name is empty");
  CHECK(refused(".") == "the name is not written plainly: it holds `.`, `//` or a `/` at its end");
  CHECK(refused("a/") == "the name is not written plainly: it holds `.`, `//` or a `/` at its end");
  CHECK(refused("a//b") == "the name is not written plainly: it holds `.`, `//` or a `/` at its end");
  CHECK(refused(std::string("a\0b", 3)) == "the name holds a NUL byte");
  CHECK(refused("a\nb") == "the name holds control or direction-changing characters");
  CHECK(refused("a\x1b[31m") == "the name holds control or direction-changing characters");
  CHECK(refused("a\u202Egpj.exe") == "the name holds control or direction-changing characters");
  CHECK(refused("a\xff") == "the name is not valid UTF-8");
  CHECK(refused("a\u0308") ==
        "the name holds a decomposed character, and a twin in composed form could stand beside it");
  CHECK(refused("src/aux.c") == "the name `aux.c` is reserved on Windows");
  CHECK(refused("LPT1") == "the name `LPT1` is reserved on Windows");
  CHECK(refused("a.") == "the name `a.` ends with a dot or a blank");
  CHECK(refused("a ") == "the name `a ` ends with a dot or a blank");
  CHECK(refused(std::string(256, 'n')) == "the name has a part of 256 bytes, more than 255");
  CHECK(refused(std::string(10'000, 'n')) == "the name has 10000 bytes, more than 4096");
  std::string deep = "d";
  for (int i = 1; i < 1500; ++i) deep += "/d";
  CHECK(refused(deep) == "the name is 1500 folders deep, more than 256");
}

TEST_CASE("entries that lead out of a tree, or mean two things, are refused") {
  CHECK(of_entries({{"../evil", "x"}}) == "the name leads upwards (`..`)" + at("../evil"));
  CHECK(of_entries({{"/tmp/evil", "x"}}) == "the name is absolute" + at("/tmp/evil"));
  CHECK(of_entries({{"a", "x"}, {"a", "y"}}) == "the archive holds this name twice" + at("a"));
  CHECK(of_entries({{"b", "x"}, {"a", "y"}}) == "it comes after `b`: entries must be sorted" + at("a"));
  CHECK(of_entries({{"A.txt", "x"}, {"a.txt", "y"}}) ==
        "two names differ only in case: A.txt and a.txt" + at("a.txt"));
  CHECK(of_entries({{"src/a", "x"}}) == "the folder `src` above it is missing" + at("src/a"));
  CHECK(of_entries({{"reef.json", "x"}}) == "the archive holds this name twice" + at("reef.json"));
  CHECK(of_entries({{"dir", "", '2', "/tmp"}, {"dir/evil", "x"}}) ==
        "it is below `dir`, which is a link" + at("dir/evil"));
  CHECK(of_entries({{"f", "x"}, {"f/g", "y"}}) == "it is below `f`, which is a file" + at("f/g"));
  CHECK(of_entries({{".git", "x"}}) == "no package has a `.git` at its top" + at(".git"));
  CHECK(of_entries({{".reef/", "", '5'}}) == "no package has a `.reef` at its top" + at(".reef"));
}

TEST_CASE("what a package's digest cannot hold is refused, and named") {
  const std::string manifest = R"({"reef": 1, "name": "box", "version": "1.0.0", "kind": "program",
    "exclude": ["*.log"], "sources": [{"path": "data"}]})";
  const auto of_package = [&](const std::vector<Entry>& entries) {
    Made made;
    made.contents.packages[0].tree.apart[0].blob = made.add(manifest);
    return verdict(made.tree(tar_of(entries)).bytes());
  };
  const std::string archive = Made().bytes();
  CHECK(of_package({{"a.log", "x"}}) == "the package's manifest excludes it by `*.log`" + at("a.log"));
  CHECK(of_package({{"reef.lock", "x"}}) == "no package has a `reef.lock` at its top" + at("reef.lock"));
  CHECK(of_package({{"x.reef.part", "x"}}) ==
        "it is an unfinished file of reef's, which is no part of a package" + at("x.reef.part"));
  const std::string unnamed = "it is an archive that no `sources` names, which is no part of a package";
  CHECK(of_package({{"x.reef", archive}}) == unnamed + at("x.reef"));
  const std::string signature = "it is a signature without its archive, which is no part of a package";
  CHECK(of_package({{"x.reef.minisig", "x"}}) == signature + at("x.reef.minisig"));
  // What is a part: a source, and what is only called so.
  const std::vector<Entry> parts = {
      {"data/", "", '5'}, {"data/x.reef", archive}, {"y.reef", "no archive"}, {"y.reef.minisig", "x"}};
  CHECK(of_package(parts) == std::string("it has 5 entries, and it says 100") + kReading);
  Made apart;
  Tree& tree = apart.contents.packages[0].tree;
  tree.apart[0].blob = apart.add(manifest);
  tree.apart.push_back({"x.reef", apart.add(archive), false});
  tree.layer.reset();
  tree.entries = 2;
  tree.bytes = manifest.size() + archive.size();
  tree.digest =
      sha256(file_line("reef.json", false, sha256(manifest)) + file_line("x.reef", false, sha256(archive)));
  CHECK(verdict(apart.bytes()) == unnamed + " | at the entry `x.reef` | reading `packages/box-1.0.0/x.reef`");
}

TEST_CASE("links out of a tree, in circles or through the root of a process are refused") {
  const auto link = [](const std::string& target) {
    Made made;
    made.tree(tar_of({{"l", "", '2', target}}));
    made.contents.packages[0].tree.entries = 2;
    made.contents.packages[0].tree.bytes = made.contents.packages[0].tree.apart[0].blob.size;
    return verdict(made.bytes());
  };
  const std::string unpacking = std::string(" | unpacking `l`") + kReading;
  CHECK(link("../../etc") == "the link to `../../etc` leads out of the archive's tree" + unpacking);
  CHECK(link("/etc") == "the link leads to the absolute `/etc`" + unpacking);
  CHECK(link("/proc/self/root") == "the link leads to the absolute `/proc/self/root`" + unpacking);
  CHECK(link("l") == "the link to `l` leads in a circle" + unpacking);
  CHECK(link("a\\b") == "the link's target is empty or holds a backslash" + at("l"));
  CHECK(link("") == "the link's target is empty or holds a backslash" + at("l"));
}

TEST_CASE("headers have one form, and everything else in them is refused") {
  const auto header = [](Entry entry) { return of_entries({std::move(entry)}); };
  const std::string reading = std::string(" | reading the entry 1") + kReading;
  CHECK(header({"h", "", '1', "x"}) == "it is a hard link" + reading);
  CHECK(header({"h", "", '3'}) == "it is a device" + reading);
  CHECK(header({"h", "", '4'}) == "it is a device" + reading);
  CHECK(header({"h", "", '6'}) == "it is a pipe" + reading);
  CHECK(header({"h", "", 'S'}) == "it is a sparse file" + reading);
  CHECK(header({"h", "", 'L'}) == "it has a long name of GNU tar's" + reading);
  CHECK(header({"h", "", 'x'}) == "it is a pax record that does not belong here" + reading);
  CHECK(header({"h", "", '7'}) == "its type is `7`" + reading);
  CHECK(header({"h", "", '0', "", field(100, "0004755")}) ==
        "its mode is 4755, neither 0644 nor 0755" + reading);
  CHECK(header({"h", "", '0', "", field(100, "0000777")}) ==
        "its mode is 0777, neither 0644 nor 0755" + reading);
  CHECK(header({"h", "", '0', "", field(100, "0000000")}) ==
        "its mode is 0000, neither 0644 nor 0755" + reading);
  CHECK(header({"h", "", '0', "", field(108, "0001750")}) == "its user is 1000, not 0" + reading);
  CHECK(header({"h", "", '0', "", field(136, "77777777777")}) == "its time is 8589934591, not 0" + reading);
  CHECK(
      header({"h", "", '0', "", field(136, std::string("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12))}) ==
      "its time is written in base 256" + reading);
  CHECK(header({"h", "", '0', "", field(124, std::string(12, '\xff'))}) ==
        "its size is written in base 256" + reading);
  CHECK(header({"h", "", '0', "", field(124, "-0000000001")}) ==
        "its size is `-0000000001`, no octal number of 11 digits" + reading);
  CHECK(header({"h", "", '0', "", field(265, "root")}) ==
        "its header is not written plainly: a field holds more than its value" + reading);
  CHECK(header({"h", "", '0', "target"}) == "it is no link and has a link's target" + reading);
  CHECK(header({"h", "", '0', "", field(3, "hidden")}) ==
        "its header is not written plainly: a field holds more than its value" + reading);
  CHECK(header({"h", "", '0', "", field(257, "ustar  ")}) ==
        "its header is not of ustar's dialect" + reading);
  std::string wrong_sum = tar_of({{"h", "x"}});
  wrong_sum[148] = '7';
  CHECK(verdict(Made().tree(wrong_sum).bytes()) ==
        "its header does not have the check sum that it gives" + reading);
}

TEST_CASE("a tar inside an archive ends where it says, and holds what it says") {
  const std::string tar = tar_of({{"a", "x"}});
  CHECK(verdict(Made().tree(tar + tar).bytes()) ==
        std::string("something follows the end of its tar") + kReading);
  CHECK(verdict(Made().tree(tar.substr(0, 1024)).bytes()) == std::string("its tar is truncated") + kReading);
  CHECK(verdict(Made().tree(tar.substr(0, 1000)).bytes()) == std::string("its tar is truncated") + kReading);
  CHECK(verdict(Made().layer(frames_of(tar), tar.size() - 1).bytes()) ==
        fmt::format("it unpacks to more than the {} bytes it says{}", tar.size() - 1, kReading));
  Made more = Made().tree(tar);
  more.contents.packages[0].tree.bytes = more.contents.packages[0].tree.apart[0].blob.size;
  CHECK(verdict(more.tree(tar).bytes()) == "it has 2 entries, and it says 100" + std::string(kReading));
  more.contents.packages[0].tree.entries = 2;
  CHECK(verdict(more.bytes()) ==
        fmt::format("its files have {} bytes, and it says 1000000{}", 65 + 1, kReading));
  more.contents.packages[0].tree.bytes = 66;
  CHECK(verdict(more.bytes()).starts_with("its tree has the digest "));
  more.contents.packages[0].tree.bytes = 65;
  CHECK(verdict(more.bytes()) == "its files have 66 bytes, and it says 65" + std::string(kReading));
}

TEST_CASE("frames of zstd are small, complete and nothing else") {
  const std::string tar = tar_of({{"a", "x"}});
  const std::string frame = frames_of(tar);
  const auto frames = [&](const std::string& bytes) {
    return verdict(Made().layer(bytes, tar.size()).bytes());
  };
  std::string changed = frame;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  CHECK(frames(changed).starts_with("a frame is damaged: "));
  CHECK(frames(frame.substr(0, frame.size() - 1)) ==
        std::string("it is truncated inside a frame") + kReading);
  CHECK(frames(frame + "garbage that is no frame") ==
        std::string("what follows is no frame of zstd") + kReading);
  CHECK(frames(std::string("\x50\x2A\x4D\x18\xff\xff\xff\x7f", 8) + frame) ==
        std::string("a frame is one to be skipped") + kReading);
  CHECK(frames(frame + frame).starts_with("it unpacks to more than the "));
  std::string no_sum = frame;
  no_sum[4] = static_cast<char>(no_sum[4] & ~4);
  CHECK(frames(no_sum) == std::string("a frame has no check sum") + kReading);
  std::string dictionary = frame;
  dictionary[4] = static_cast<char>(dictionary[4] | 1);
  CHECK(frames(dictionary) == std::string("a frame asks for a dictionary") + kReading);
  // Descriptor: 8 bytes of size, check sum; a window of 2 GiB.
  const std::string window = std::string("\x28\xB5\x2F\xFD\xC4\xA8\x10\0\0\0\0\0\0\0\x01\0\0", 17);
  CHECK(frames(window) == std::string("a frame asks for a window of more than 4 MiB") + kReading);
  const std::string huge = std::string("\x28\xB5\x2F\xFD\xE4\0\0\0\0\0\x01\0\0\x01\0\0\0", 17);
  CHECK(frames(huge) == std::string("a frame holds 1099511627776 bytes, more than 4194304") + kReading);
  const std::string unknown = std::string("\x28\xB5\x2F\xFD\x04\x48\x01\0\0", 9);
  CHECK(frames(unknown) == std::string("a frame does not say how large its contents are") + kReading);
}

TEST_CASE("a bomb is refused by what it says, and by what it is") {
  std::string frames;
  const std::string zeros = value(compress_frame(std::string(kFrame, '\0')));
  for (int i = 0; i < 200; ++i) frames += zeros;  // 800 MiB out of 30 kB
  CHECK(verdict(Made().layer(frames, 200 * kFrame).bytes()) ==
        fmt::format("the archive unpacks to 800 MiB, more than 200 times its {}", "29.3 KiB"));
  CHECK(verdict(Made().layer(frames, 4096).bytes()) ==
        std::string("it unpacks to more than the 4096 bytes it says") + kReading);
}

TEST_CASE("the tar around everything holds what the config asks for, in its order") {
  const Made made;
  const std::string good = made.members();
  const std::string end(2 * kBlock, '\0');
  CHECK(verdict(good + end + "x") ==
        fmt::format("something follows the end of the archive (byte {})", good.size() + 1024));
  CHECK(verdict(good + end + good + end) ==
        fmt::format("something follows the end of the archive (byte {})", good.size() + 1024));
  CHECK(verdict(good + header_of({"extra"}) + end) ==
        fmt::format("something stands where the archive should end (byte {})", good.size()));
  CHECK(verdict(good) ==
        fmt::format("the archive is truncated after {} bytes | reading the end mark", good.size()));
  CHECK(verdict("") == "it is no `.reef` archive, nor the beginning of one");
  CHECK(verdict(std::string(70'000, 'x')) == "it is no `.reef` archive, nor the beginning of one");
  CHECK(verdict(header_of({"../../evil"}) + good + end) ==
        "expected the layout file, `oci-layout`, at byte 0, found `../../evil`");
  CHECK(verdict(header_of({"oci-layout", "", '2', "/etc/passwd"}) + good + end) ==
        "the layout file is no plain file of mode 0644");
  std::string changed = good;
  changed[good.size() - 600] = 'x';  // in the padding of the last blob, or in it
  CHECK(verdict(changed + end) != "good");
  for (std::size_t cut = 512; cut < good.size() + 512; cut += 512)
    CHECK(verdict((good + end).substr(0, cut)).starts_with("the archive is truncated after "));
}

TEST_CASE("blobs are those that their names promise") {
  Made wrong;
  wrong.blobs[wrong.contents.sources[0].blob->digest] = std::string(5000, 'v');
  CHECK(verdict(wrong.bytes())
            .starts_with("`sources/" + wrong.contents.sources[0].blob->digest.hex() +
                         "` was changed: its SHA-256 is "));
  Made shorter;
  shorter.blobs[shorter.contents.sources[0].blob->digest] = std::string(4999, 'w');
  CHECK(verdict(shorter.bytes()).find("has 4999 bytes, expected 5000") != std::string::npos);
  Made text;
  text.blobs[text.contents.lock.digest] = "b lock\n";
  CHECK(verdict(text.bytes()).starts_with("`reef.lock` was changed: its SHA-256 is "));
  Made missing;
  missing.contents.sources.clear();
  const std::string whole = Made().members();
  CHECK(verdict(missing.members() + whole.substr(whole.size() - 5632) + std::string(1024, '\0'))
            .starts_with("something stands where the archive should end"));
  Made two;
  two.contents.sources[0].blob->size = 7;
  two.contents.lock = *two.contents.sources[0].blob;
  two.contents.sources[0].blob->size = 5000;
  CHECK(verdict(two.bytes()).starts_with("the config says two things of the blob "));
}

TEST_CASE("index, manifest and config are strict") {
  const auto with = [](auto member, const std::function<std::string(std::string)>& change) {
    Made made;
    made.*member = change;
    return verdict(made.bytes());
  };
  const auto always = [](std::string text) {
    return [text = std::move(text)](const std::string&) { return text; };
  };
  const auto replaced = [](std::string from, std::string to) {
    return [=](std::string text) {
      const std::size_t found = text.find(from);
      REQUIRE(found != std::string::npos);
      return text.replace(found, from.size(), to);
    };
  };
  CHECK(with(&Made::change_index, always("{\"manifests\": []}")) ==
        "`index.json` names 0 manifests, and an archive has one | reading `index.json`");
  CHECK(with(&Made::change_index, always("[]")) ==
        "`index.json` is no index of an OCI image layout | reading `index.json`");
  CHECK(with(&Made::change_index, replaced("\"schemaVersion\": 2", "\"schemaVersion\": 2,\n  \"x\": 1"))
            .starts_with("`index.json` is not the one that belongs to this config: line "));
  CHECK(with(&Made::change_index, replaced("image.manifest.v1", "image.index.v1"))
            .find("expected a thing of type") == 0);
  CHECK(with(&Made::change_manifest, always("{}")) == "the manifest names no config | reading the manifest");
  CHECK(with(&Made::change_manifest, replaced("reef.config.v1", "oci.image.config.v1"))
            .find("expected a thing of type `application/vnd.reef.config.v1+json`") == 0);
  CHECK(with(&Made::change_manifest, replaced("\"layers\": [", "\"layers\": [\n    {},"))
            .starts_with("the manifest is not the one that belongs to this config: line "));
  CHECK(with(&Made::change_config, replaced("\"format\": 1", "\"format\": 2")) ==
        "the archive has format 2, this program reads 1 | reading the config");
  const auto config = [&](const std::string& from, const std::string& to) {
    return with(&Made::change_config, replaced(from, to));
  };
  CHECK(config("\"size\": 5000", "\"size\": 1e400").find("reading the config") != std::string::npos);
  CHECK(config("\"size\": 5000", "\"size\": NaN").find("reading the config") != std::string::npos);
  CHECK(config("\"size\": 5000", "\"size\": 9007199254740993").find("expected a number of bytes") == 0);
  CHECK(config("\"size\": 5000", "\"size\": -1").find("expected a number of bytes") == 0);
  CHECK(config("\"name\": \"weights\"", "\"name\": \"\\ud800\"").find("reading the config") !=
        std::string::npos);
  CHECK(config("\"name\": \"weights\"", "\"name\": \"weights\", \"name\": \"x\"")
            .find("duplicate key `name`") != std::string::npos);
  CHECK(config("\"name\": \"weights\"", "\"name\": \"weights\", \"extra\": 1").find("unknown key") == 0);
  CHECK(config("\"role\": \"root\"", "\"role\": \"tool\"") ==
        "the first package must be the root | reading the config");
  CHECK(config("\"path\": \"reef.json\"", "\"path\": \"../x\"") ==
        "the name leads upwards (`..`) | reading the config");
  CHECK(with(&Made::change_config, [](const std::string& text) { return "\xEF\xBB\xBF" + text; }) ==
        "the config is not written as reef writes it: sorted, indented by two | reading the config");
  CHECK(with(&Made::change_config, [](const std::string& text) { return text + "\n"; }) ==
        "the config is not written as reef writes it: sorted, indented by two | reading the config");
  CHECK(with(&Made::change_config, always(std::string(100'000, '['))).find("reading the config") !=
        std::string::npos);
  Made layout;
  layout.layout = "{\"imageLayoutVersion\": \"2.0.0\"}";
  CHECK(
      verdict(layout.bytes()).starts_with("`oci-layout` is not the one that belongs to this config: line 1"));
}

TEST_CASE("ten thousand blobs and a million entries are refused before they cost anything") {
  Made many;
  for (int i = 0; i < 10'000; ++i)
    many.contents.packages[0].tree.apart.push_back(
        {fmt::format("z{:05}", i), {sha256(std::to_string(i)), 0}, false});
  many.contents.packages[0].tree.entries = 1'000'000;
  CHECK(verdict([&] {
          const std::string config = write_config(many.contents);
          Made made;
          made.change_config = [&](const std::string&) { return config; };
          return made.bytes();
        }()) == "the tree has 1000000 entries, and 200000 are the most | reading the config");
}

TEST_CASE("whatever bit is flipped, an archive is not good") {
  const std::string good = Made().bytes();
  for (std::size_t i = 0; i < good.size(); i += 397) {
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    INFO("byte " << i);
    CHECK(verdict(changed) != "good");
  }
}

TEST_CASE("a size beyond 8 GiB stands in a pax record, and both headers agree") {
  Member large;
  large.path = "blobs/sha256/x";
  large.size = kLargestPlain + 10;
  const std::string header = value(write_header(large));
  REQUIRE(header.size() == 3 * kBlock);
  const std::string_view all = header;
  REQUIRE(is_pax_header(all.substr(0, kBlock)));
  const std::uint64_t size = value(read_pax_size(all.substr(0, kBlock), all.substr(kBlock, kBlock)));
  CHECK(value(read_header(all.substr(2 * kBlock), size))->size == large.size);
  CHECK(read_header(all.substr(2 * kBlock), size + 1).error().message() ==
        fmt::format("its header gives the size 9, the pax record {}", size + 1));
  CHECK(read_header(all.substr(2 * kBlock), 9).error().message() ==
        "its header gives the size 9, the pax record 9");
  std::string path = header.substr(kBlock, kBlock);
  path.replace(0, 9, "9 path=x\n");
  CHECK(read_pax_size(all.substr(0, kBlock), path).error().message() ==
        "it is a pax record of something else than the size of a blob over 8 GiB");
}
