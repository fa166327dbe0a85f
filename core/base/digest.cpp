#include "core/base/digest.h"

// The functions of one algorithm each: OpenSSL 3 would rather be asked by name, but then brings all of itself
// along.
#define OPENSSL_API_COMPAT 10100
#include <openssl/sha.h>

#include "core/base/base64.h"

namespace reef {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Result<Digest> Digest::parse(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  std::string_view digits = text;
  if (digits.starts_with(kPrefix)) digits.remove_prefix(kPrefix.size());
  std::array<std::uint8_t, 32> bytes{};
  bool valid = digits.size() == 2 * bytes.size();
  for (std::size_t i = 0; valid && i < bytes.size(); ++i) {
    const int high = hex_value(digits[2 * i]);
    const int low = hex_value(digits[2 * i + 1]);
    valid = high >= 0 && low >= 0;
    if (valid) bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  if (!valid)
    return make_error(ErrorCode::invalid_input, "expected 64 hexadecimal digits of a SHA-256, got `{}`",
                      text);
  return Digest(bytes);
}

std::string Digest::hex() const {
  std::string out;
  out.reserve(2 * bytes_.size());
  for (const std::uint8_t byte : bytes_) {
    out.push_back("0123456789abcdef"[byte >> 4U]);
    out.push_back("0123456789abcdef"[byte & 15U]);
  }
  return out;
}

struct Sha256::State {
  SHA256_CTX context{};
  State() { SHA256_Init(&context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}

Sha256::Sha256(const Sha256Midstate& from) : Sha256() {
  SHA256_CTX& context = state_->context;
  for (std::size_t i = 0; i < from.chain.bytes().size(); ++i)
    context.h[i / 4] = (context.h[i / 4] << 8U) | from.chain.bytes()[i];
  const std::uint64_t bits = from.bytes * 8;
  context.Nl = static_cast<SHA_LONG>(bits);
  context.Nh = static_cast<SHA_LONG>(bits >> 32U);
}

std::optional<Sha256Midstate> Sha256::midstate() const {
  const SHA256_CTX& context = state_->context;
  if (context.num != 0) return std::nullopt;
  std::array<std::uint8_t, 32> chain{};
  for (std::size_t i = 0; i < chain.size(); ++i)
    chain[i] = static_cast<std::uint8_t>(context.h[i / 4] >> (24 - 8 * (i % 4)));
  const std::uint64_t bits = (std::uint64_t{context.Nh} << 32U) | context.Nl;
  return Sha256Midstate{bits / 8, Digest(chain)};
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) { SHA256_Update(&state_->context, bytes.data(), bytes.size()); }

Digest Sha256::finish() {
  std::array<std::uint8_t, 32> bytes{};
  SHA256_Final(bytes.data(), &state_->context);
  return Digest(bytes);
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

// SHA-384 is SHA-512 that starts from other values and is cut.
struct IntegrityCheck::State {
  State(std::string name, std::size_t bytes) : algorithm(std::move(name)), size(bytes) {
    SHA256_Init(&narrow);
    algorithm == "sha384" ? SHA384_Init(&wide) : SHA512_Init(&wide);
  }

  std::string algorithm;
  std::size_t size;  // of the digest, bytes
  SHA256_CTX narrow{};
  SHA512_CTX wide{};
};

IntegrityCheck::IntegrityCheck(std::unique_ptr<State> state) : state_(std::move(state)) {}
IntegrityCheck::~IntegrityCheck() = default;
IntegrityCheck::IntegrityCheck(IntegrityCheck&&) noexcept = default;
IntegrityCheck& IntegrityCheck::operator=(IntegrityCheck&&) noexcept = default;

Result<IntegrityCheck> IntegrityCheck::create(std::string_view integrity) {
  const std::size_t dash = integrity.find('-');
  const std::string_view algorithm = integrity.substr(0, dash);
  const std::size_t bytes = algorithm == "sha256"   ? SHA256_DIGEST_LENGTH
                            : algorithm == "sha384" ? SHA384_DIGEST_LENGTH
                            : algorithm == "sha512" ? SHA512_DIGEST_LENGTH
                                                    : 0;
  if (dash == std::string_view::npos || bytes == 0)
    return make_error(ErrorCode::invalid_input, "expected `sha512-` and base64, got `{}`", integrity);
  const std::string_view wanted = integrity.substr(dash + 1);
  if (wanted.size() != 4 * ((bytes + 2) / 3))
    return make_error(ErrorCode::invalid_input, "`{}` is not the base64 of a {} digest", wanted, algorithm);
  return IntegrityCheck(std::make_unique<State>(std::string(algorithm), bytes));
}

void IntegrityCheck::update(std::string_view bytes) {
  if (state_->size == SHA256_DIGEST_LENGTH)
    SHA256_Update(&state_->narrow, bytes.data(), bytes.size());
  else
    SHA512_Update(&state_->wide, bytes.data(), bytes.size());
}

std::string IntegrityCheck::finish() {
  std::array<unsigned char, SHA512_DIGEST_LENGTH> value{};
  if (state_->size == SHA256_DIGEST_LENGTH)
    SHA256_Final(value.data(), &state_->narrow);
  else
    SHA512_Final(value.data(), &state_->wide);  // writes as much as it was started for
  const std::string_view digest(reinterpret_cast<const char*>(value.data()), state_->size);
  return state_->algorithm + "-" + base64_of(digest);
}

Result<bool> matches_integrity(std::string_view bytes, std::string_view integrity) {
  TRY(IntegrityCheck check, IntegrityCheck::create(integrity));
  check.update(bytes);
  return check.finish() == integrity;
}

}  // namespace reef
