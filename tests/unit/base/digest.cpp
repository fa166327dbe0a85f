#include "core/base/digest.h"

#include <catch2/catch.hpp>

namespace reef {
namespace {

TEST_CASE("SHA-256 gives the values of FIPS 180-4 and NIST's examples") {
  CHECK(sha256("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex() ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256(std::string(1'000'000, 'a')).hex() ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a digest does not depend on how the bytes were cut") {
  const std::string text = "The quick brown fox jumps over the lazy dog, and over its own NUL \0 byte";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256 hash;
    hash.update(text.substr(0, cut));
    hash.update("");
    hash.update(text.substr(cut));
    REQUIRE(hash.finish() == sha256(text));
  }
}

TEST_CASE("a digest goes on from what another process knew after whole blocks") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256 first;
    first.update(text.substr(0, cut));
    const auto midstate = first.midstate();
    REQUIRE(midstate.has_value() == (cut % 64 == 0));
    if (!midstate) continue;
    REQUIRE(midstate->bytes == cut);
    Sha256 second(*midstate);
    second.update(text.substr(cut));
    REQUIRE(second.finish() == sha256(text));
  }
  const std::uint64_t large = (std::uint64_t{1} << 40U) + 64;  // more bits than fit a word
  CHECK(Sha256(Sha256Midstate{large, sha256("")}).midstate()->bytes == large);
}

TEST_CASE("a digest is read back from its text, in either case and with its prefix") {
  const Digest digest = sha256("abc");
  std::string upper = digest.hex();
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  CHECK(Digest::parse(digest.hex()).value() == digest);
  CHECK(Digest::parse(upper).value() == digest);
  CHECK(Digest::parse("sha256:" + digest.hex()).value() == digest);
  CHECK(digest.brief() == "ba7816bf8f01");
  CHECK(digest.brief(4) == "ba78");
}

TEST_CASE("what is not a digest is refused") {
  const std::string good = sha256("abc").hex();
  for (const std::string& text :
       {std::string(), good.substr(1), good + "0", "sha512:" + good, " " + good.substr(1),
        good.substr(1) + "g", "sha256:" + good.substr(2), good.substr(0, 63) + std::string(1, '\0')}) {
    const auto parsed = Digest::parse(text);
    REQUIRE(!parsed);
    CHECK(parsed.error().code() == ErrorCode::invalid_input);
  }
  CHECK(render(Digest::parse("abc").error()) ==
        "error: expected 64 hexadecimal digits of a SHA-256, got `abc`\n");
}

TEST_CASE("the integrity text of npm is checked for all three of its algorithms") {
  // Made with `printf abc | openssl dgst -sha512 -binary | base64`, and so on.
  const std::string sha512 =
      "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";
  CHECK(matches_integrity("abc", sha512).value());
  CHECK_FALSE(matches_integrity("abd", sha512).value());
  CHECK(matches_integrity("abc", "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn")
            .value());
  CHECK(matches_integrity("abc", "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=").value());
}

TEST_CASE("an integrity text that is no digest is an error, not a mismatch") {
  for (const char* text : {"", "sha512", "sha512-", "sha512-abc", "md5-kAFQmDzST7DWlj99KOF/cg==", "sha1-qZk",
                           "SHA256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",

                           "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa00="}) {
    CAPTURE(text);
    const auto result = matches_integrity("abc", text);
    REQUIRE(!result);
    CHECK(result.error().code() == ErrorCode::invalid_input);
  }
}

}  // namespace
}  // namespace reef
