#include "core/base/digest.h"

#include <openssl/evp.h>

#include <vector>

namespace reef {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string out(4 * ((size + 2) / 3) + 1, '\0');
  const int written =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes, static_cast<int>(size));
  out.resize(static_cast<std::size_t>(written));
  return out;
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
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) { EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()); }

Digest Sha256::finish() {
  std::array<std::uint8_t, 32> bytes{};
  EVP_DigestFinal_ex(state_->context, bytes.data(), nullptr);
  return Digest(bytes);
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

struct IntegrityCheck::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::string algorithm;
  explicit State(std::string name) : algorithm(std::move(name)) {
    EVP_DigestInit_ex(context, EVP_get_digestbyname(algorithm.c_str()), nullptr);
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

IntegrityCheck::IntegrityCheck(std::unique_ptr<State> state) : state_(std::move(state)) {}
IntegrityCheck::~IntegrityCheck() = default;
IntegrityCheck::IntegrityCheck(IntegrityCheck&&) noexcept = default;
IntegrityCheck& IntegrityCheck::operator=(IntegrityCheck&&) noexcept = default;

Result<IntegrityCheck> IntegrityCheck::create(std::string_view integrity) {
  const std::size_t dash = integrity.find('-');
  std::string algorithm(integrity.substr(0, dash));
  const bool known = algorithm == "sha256" || algorithm == "sha384" || algorithm == "sha512";
  if (dash == std::string_view::npos || !known)
    return make_error(ErrorCode::invalid_input, "expected `sha512-` and base64, got `{}`", integrity);
  const std::string_view wanted = integrity.substr(dash + 1);
  const auto bytes = static_cast<std::size_t>(EVP_MD_get_size(EVP_get_digestbyname(algorithm.c_str())));
  if (wanted.size() != 4 * ((bytes + 2) / 3))
    return make_error(ErrorCode::invalid_input, "`{}` is not the base64 of a {} digest", wanted, algorithm);
  return IntegrityCheck(std::make_unique<State>(std::move(algorithm)));
}

void IntegrityCheck::update(std::string_view bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string IntegrityCheck::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(state_->context, value.data(), &size);
  return state_->algorithm + "-" + base64(value.data(), size);
}

Result<bool> matches_integrity(std::string_view bytes, std::string_view integrity) {
  TRY(IntegrityCheck check, IntegrityCheck::create(integrity));
  check.update(bytes);
  return check.finish() == integrity;
}

}  // namespace reef
