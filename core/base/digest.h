#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace reef {

// A SHA-256 value (FIPS 180-4), written as 64 lower-case hexadecimal digits.
class Digest {
 public:
  Digest() = default;
  explicit Digest(const std::array<std::uint8_t, 32>& bytes) : bytes_(bytes) {}
  // Accepts 64 hexadecimal digits of either case, with or without `sha256:` in front; else invalid_input.
  static Result<Digest> parse(std::string_view text);
  std::string hex() const;
  const std::array<std::uint8_t, 32>& bytes() const { return bytes_; }
  // The first `digits` hexadecimal digits: a name for people and folders.
  std::string brief(std::size_t digits = 12) const { return hex().substr(0, digits); }
  auto operator<=>(const Digest&) const = default;

 private:
  std::array<std::uint8_t, 32> bytes_{};
};

// Incremental SHA-256. One thread at a time.
// What SHA-256 knows after a whole number of its blocks of 64 bytes: another process can go on from there.
struct Sha256Midstate {
  std::uint64_t bytes = 0;
  Digest chain;  // the eight words of FIPS 180-4's H, big-endian; no digest of anything
  bool operator==(const Sha256Midstate&) const = default;
};

class Sha256 {
 public:
  Sha256();
  explicit Sha256(const Sha256Midstate& from);
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  // Nothing within a block.
  std::optional<Sha256Midstate> midstate() const;
  // The digest of all bytes so far; the object may not be used afterwards.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest sha256(std::string_view bytes);

// Incremental check against a digest in npm's subresource-integrity form. One thread at a time.
class IntegrityCheck {
 public:
  // invalid_input when the text is not `sha256-`, `sha384-` or `sha512-` with base64 of the right length.
  static Result<IntegrityCheck> create(std::string_view integrity);
  ~IntegrityCheck();
  IntegrityCheck(IntegrityCheck&&) noexcept;
  IntegrityCheck& operator=(IntegrityCheck&&) noexcept;
  IntegrityCheck(const IntegrityCheck&) = delete;
  IntegrityCheck& operator=(const IntegrityCheck&) = delete;

  void update(std::string_view bytes);
  // The integrity of all bytes so far, in the same form and algorithm; the object may not be used afterwards.
  std::string finish();

 private:
  struct State;
  explicit IntegrityCheck(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Subresource-integrity form of npm (`sha512-<base64>`): true when `bytes` has that digest.
// invalid_input when the text is not `sha256-`, `sha384-` or `sha512-` with base64 of the right length.
Result<bool> matches_integrity(std::string_view bytes, std::string_view integrity);

}  // namespace reef
