#include "core/ops/minisign.h"

#include <catch2/catch.hpp>

#include "core/base/text.h"
#include "core/ops/rebuild.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef::ops {
namespace {

using test::ScratchFolder;
using test::value;

// Made by minisign 0.11: `minisign -G -W`, and `minisign -S -t "made by minisign"` of the text "hello\n".
constexpr const char* kTheirPublic = "RWROTDeR777FiaqML8ghYYONl4m+DiYYq+JrDpS81JN+m9/Ww8mWqhBt";
constexpr const char* kTheirSecret =
    "untrusted comment: minisign encrypted secret key\n"
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAATkw3ke++xYkQBSQnd3nloT+qdbJR"
    "uP3EOia/LNHvk7lrY6aos8VEVqqML8ghYYONl4m+DiYYq+JrDpS81JN+m9/"
    "Ww8mWqhBtAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
constexpr const char* kTheirSignature =
    "untrusted comment: signature from minisign secret key\n"
    "RUROTDeR777FibWMBSl/sDKXIYRc7eYOI3DGZu/RLP+1U4N7MlMP6vqQFrxjtGgWwiwpbrnvPuaiEs7QC4ShWn1rq6URsv8krgQ=\n"
    "trusted comment: made by minisign\n"
    "nFb4jWNYk1R0OYZSACpM1PFJJIJFwRvBjljwWKYRUACRJ34+7h00+BXRx2Qj6D4L5E/qSyqlo9lWJ6PciPLFAA==\n";

Result<std::string> nobody() { return make_error(ErrorCode::usage, "nobody is asked"); }

TEST_CASE("minisign's own keys and signatures are read, and what they signed is verified") {
  ScratchFolder scratch;
  const Path file = scratch.write("file", "hello\n");
  const PublicKey key = value(read_public_key(kTheirPublic));
  const Signature signature = value(read_signature(kTheirSignature));
  CHECK(signature.trusted_comment == "made by minisign");
  test::succeeds(verify_file(key, signature, file));
  CHECK(value(read_secret_key(kTheirSecret, nobody)).public_key() == key);
}

TEST_CASE("every flipped bit of a file, a signature or a comment is noticed") {
  ScratchFolder scratch;
  const Path file = scratch.write("file", "hello\n");
  const PublicKey key = value(read_public_key(kTheirPublic));
  const Signature good = value(read_signature(kTheirSignature));
  for (std::size_t i = 0; i < good.signature.size(); ++i) {
    Signature bad = good;
    bad.signature.at(i) ^= 1U;
    REQUIRE_FALSE(verify_file(key, bad, file));
    bad = good;
    bad.global.at(i) ^= 0x80U;
    REQUIRE_FALSE(verify_file(key, bad, file));
  }
  Signature bad = good;
  bad.trusted_comment += " ";
  CHECK(verify_file(key, bad, file).error().message() == "the trusted comment of the signature was changed");
  bad = good;
  bad.id[0] ^= 1U;
  CHECK(verify_file(key, bad, file).error().code() == ErrorCode::integrity);
  bad = good;
  bad.prehashed = false;
  CHECK_FALSE(verify_file(key, bad, file));
  scratch.write("file", "hellp\n");
  CHECK(verify_file(key, good, file).error().code() == ErrorCode::integrity);
}

TEST_CASE("a key that was written is read again, with its passphrase or without one") {
  const KeyPair pair = value(make_key_pair());
  CHECK(pair.secret.public_key() == pair.public_key);
  CHECK(value(read_public_key(write_public_key(pair.public_key))) == pair.public_key);
  CHECK(value(read_public_key(pair.public_key.base64())) == pair.public_key);
  const std::string plain = value(write_secret_key(pair.secret, ""));
  CHECK(value(read_secret_key(plain, nobody)).key == pair.secret.key);
  const std::string secret = value(write_secret_key(pair.secret, "open sesame"));
  CHECK(secret.find(plain.substr(50, 40)) == std::string::npos);
  const auto word = [](const char* text) {
    return [text]() -> Result<std::string> { return std::string(text); };
  };
  CHECK(value(read_secret_key(secret, word("open sesame"))).key == pair.secret.key);
  const auto wrong = read_secret_key(secret, word("open sesam"));
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message() == "the passphrase is not that of the key");
}

TEST_CASE("key files and signatures that were cut or are of another kind are refused") {
  const std::string signature = kTheirSignature;
  for (std::size_t size = 0; size + 1 < signature.size(); ++size)
    REQUIRE_FALSE(read_signature(signature.substr(0, size)));
  CHECK_FALSE(read_signature(signature + "more\n"));
  const std::string secret = kTheirSecret;
  for (std::size_t size = 0; size + 1 < secret.size(); ++size)
    REQUIRE_FALSE(read_secret_key(secret.substr(0, size), nobody));
  for (const char* text :
       {"", "RWQ", "untrusted comment: x", "untrusted comment: x\n", "!!!!", "====", kTheirSecret})
    CHECK_FALSE(read_public_key(text));
}

TEST_CASE("what we sign has one line of comment, and no more") {
  ScratchFolder scratch;
  const Path file = scratch.write("file", "x");
  const KeyPair pair = value(make_key_pair());
  const Signature signature = value(read_signature(value(sign_file(pair.secret, file, "tab\tand text"))));
  CHECK(signature.prehashed);
  CHECK(signature.trusted_comment == "tab\tand text");
  test::succeeds(verify_file(pair.public_key, signature, file));
  CHECK(sign_file(pair.secret, file, "two\nlines").error().code() == ErrorCode::invalid_input);
  CHECK(sign_file(pair.secret, scratch / "nothing", "x").error().code() == ErrorCode::not_found);
}

TEST_CASE("the section of an ELF file that holds a byte is named; other files have none") {
  const std::string self = value(make_disk()->read_file("/proc/self/exe"));
  const std::size_t text = self.find("the section of an ELF file that holds a byte is named");
  REQUIRE(text != std::string::npos);
  CHECK(elf_section_at(self, text) == ".rodata");
  CHECK(elf_section_at(self, 0).empty());
  CHECK(elf_section_at(std::string_view(self).substr(0, 100), 10).empty());
  CHECK(elf_section_at("no ELF file", 3).empty());
  CHECK(elf_section_at("", 0).empty());
}

}  // namespace
}  // namespace reef::ops
