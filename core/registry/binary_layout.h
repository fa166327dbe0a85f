#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

// The layout of a binary index, see binary_index.h: for core/registry only.
namespace reef::layout {

constexpr std::string_view kMagic = "reef idx";
constexpr std::uint32_t kFormat = 3;
constexpr std::size_t kPage = 4096;

enum SectionId : std::size_t {
  about,
  strings,
  names,
  slots,
  capabilities,
  lists,
  watched,
  packages,
  kSections
};

// Header: magic 8, format 4, sections 4, size of the file 8, checksum 8 of all before `data` but itself, then
// of each section offset in `data` and size, then the checksums of the pages.
constexpr std::size_t kSizeAt = 16;
constexpr std::size_t kChecksumAt = 24;
constexpr std::size_t kSectionsAt = 32;
constexpr std::size_t kPageSumsAt = kSectionsAt + 16 * kSections;

constexpr std::size_t kNameSize = 48;
constexpr std::size_t kCapabilitySize = 12;
constexpr std::size_t kWatchedSize = 32;

constexpr std::uint32_t kIsTool = 1;
constexpr std::uint32_t kHasVersions = 2;
constexpr std::uint32_t kHasShard = 4;
constexpr std::uint32_t kIsFolder = 1;

inline std::uint32_t load_u32(std::string_view bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (unsigned i = 0; i < 4; ++i)
    out |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at + i])) << (8 * i);
  return out;
}

inline std::uint64_t load_u64(std::string_view bytes, std::size_t at) {
  return load_u32(bytes, at) | static_cast<std::uint64_t>(load_u32(bytes, at + 4)) << 32U;
}

inline void put_u32(std::string& out, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * i));
}

inline void put_u64(std::string& out, std::uint64_t value) {
  put_u32(out, static_cast<std::uint32_t>(value));
  put_u32(out, static_cast<std::uint32_t>(value >> 32U));
}

inline void put_number(std::string& out, std::uint64_t value) {  // LEB128
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>(value | 0x80U);
  out += static_cast<char>(value);
}

// Every step is a bijection of the state for a given word, and of the word for a given state: a change of one
// word is always noticed, others with 2^-64. About 5 GB/s. No protection against intent, nor meant to be.
inline std::uint64_t checksum(std::string_view bytes, std::uint64_t state = 0x9e3779b97f4a7c15) {
  constexpr std::uint64_t kOdd = 0xd6e8feb86659fd93;
  const auto mix = [&](std::uint64_t word) {
    state = (state ^ word) * kOdd;
    state ^= state >> 32U;
  };
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) mix(load_u64(bytes, at));
  std::array<char, 8> rest{};
  for (std::size_t i = at; i < bytes.size(); ++i) rest[i - at] = bytes[i];
  mix(load_u64({rest.data(), rest.size()}, 0));
  mix(bytes.size());
  return state;
}

}  // namespace reef::layout
