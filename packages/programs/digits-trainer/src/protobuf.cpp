#include "protobuf.h"

#include "weights_file.h"

namespace digits {
namespace {

// Wire types: the low three bits of a field's key.
constexpr std::uint64_t kVarint = 0;
constexpr std::uint64_t kLengthDelimited = 2;
constexpr std::uint64_t kFixed32 = 5;

std::uint64_t key(std::uint32_t field, std::uint64_t wire_type) {
  return std::uint64_t{field} << 3U | wire_type;
}

}  // namespace

void Message::varint(std::uint64_t value) {
  while (value >= 0x80U) {
    bytes_ += static_cast<char>((value & 0x7FU) | 0x80U);
    value >>= 7U;
  }
  bytes_ += static_cast<char>(value);
}

Message& Message::number(std::uint32_t field, std::uint64_t value) {
  varint(key(field, kVarint));
  varint(value);
  return *this;
}

Message& Message::text(std::uint32_t field, std::string_view bytes) {
  varint(key(field, kLengthDelimited));
  varint(bytes.size());
  bytes_ += bytes;
  return *this;
}

Message& Message::real(std::uint32_t field, float value) {
  varint(key(field, kFixed32));
  bytes_ += little_endian({value});
  return *this;
}

}  // namespace digits
