#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"

// The one dialect of tar that a `.reef` file has: POSIX.1-1988 ustar, in which every field that could vary
// has one value. See core/archive/README.md.
namespace reef::archive {

inline constexpr std::size_t kBlock = 512;
// The largest size that a ustar header holds; larger ones, of blobs only, stand in a pax record before it.
inline constexpr std::uint64_t kLargestPlain = (std::uint64_t{1} << 33U) - 1;

enum class MemberKind { file, folder, symlink };

struct Member {
  std::string path;  // without a `/` at its end
  MemberKind kind = MemberKind::file;
  std::uint64_t size = 0;
  bool executable = false;
  std::string target;  // of a symlink
  bool operator==(const Member&) const = default;
};

// Bytes up to the next multiple of a block.
constexpr std::uint64_t padding_of(std::uint64_t size) { return (kBlock - size % kBlock) % kBlock; }

// The header: one block, or three when the size needs a pax record. invalid_input: a path that does not fit
// (100 bytes, or 155 and 100 with a `/` between), a target of more than 100 bytes.
Result<std::string> write_header(const Member& member);
// Bytes of the header of a file with this size.
constexpr std::uint64_t header_size(std::uint64_t size) { return size > kLargestPlain ? 3 * kBlock : kBlock; }

// Reads one block; nothing for the block of zeros that ends an archive. Accepts exactly what write_header
// writes and says what is wrong with everything else (integrity). `announced`: the size from the pax record
// before it.
Result<std::optional<Member>> read_header(std::string_view block,
                                          std::optional<std::uint64_t> announced = std::nullopt);

// Whether a block is the header of a pax record, and then the size that its data block gives.
bool is_pax_header(std::string_view block);
Result<std::uint64_t> read_pax_size(std::string_view header, std::string_view data);

}  // namespace reef::archive
