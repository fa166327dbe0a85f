#include "core/record/samples.h"

#include <catch2/catch.hpp>

using namespace reef;

namespace {

const std::vector<SampleColumn> kColumns = {{"wall_ns", {1, 256, UINT64_MAX}}, {"peak_bytes", {0, 7, 1000}}};

}  // namespace

TEST_CASE("samples come back as they were") {
  const auto back = decode_samples(encode_samples(kColumns).value()).value();
  REQUIRE(back.size() == 2);
  CHECK(back[0].name == "wall_ns");
  CHECK(back[0].values == kColumns[0].values);
  CHECK(back[1].name == "peak_bytes");
  CHECK(back[1].values == kColumns[1].values);
  CHECK(decode_samples(encode_samples({}).value())->empty());
  CHECK(decode_samples(encode_samples({{"a", {}}}).value())->at(0).values.empty());
}

TEST_CASE("the bytes of samples are those that the header describes") {
  const std::string expected = std::string("reefsmp1") + std::string("\x01\0\0\0", 4) +
                               std::string("\x02\0\0\0\0\0\0\0", 8) + std::string("\x01\0\0\0", 4) + "x" +
                               std::string("\x05\0\0\0\0\0\0\0", 8) + std::string("\x01\x02\0\0\0\0\0\0", 8);
  CHECK(encode_samples({{"x", {5, 513}}}).value() == expected);
}

TEST_CASE("columns of different lengths are refused") {
  CHECK(encode_samples({{"a", {1}}, {"b", {1, 2}}}).error().message() ==
        "the column `b` has 2 values, others have 1");
}

TEST_CASE("samples that are cut short anywhere, or go on, are damaged") {
  const std::string bytes = encode_samples(kColumns).value();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = decode_samples(std::string_view(bytes).substr(0, size));
    REQUIRE(!read);
    CHECK(read.error().code() == ErrorCode::integrity);
  }
  CHECK(!decode_samples(bytes + "x"));
  CHECK(!decode_samples(bytes + std::string(16, '\0')));
}

TEST_CASE("samples that claim to be huge are refused before memory is asked for") {
  std::string bytes = encode_samples({{"x", {5}}}).value();
  for (std::size_t i = 12; i < 20; ++i) bytes[i] = '\xff';
  CHECK(!decode_samples(bytes));
  bytes = encode_samples({}).value();
  for (std::size_t i = 8; i < 12; ++i) bytes[i] = '\xff';
  CHECK(!decode_samples(bytes));
}
