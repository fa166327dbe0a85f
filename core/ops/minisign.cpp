#include "core/ops/minisign.h"

#include <algorithm>
#include <cstring>

#include "core/base/base64.h"
#include "core/base/text.h"
#include "core/os/libsodium.h"

namespace reef::ops {
namespace {

constexpr std::string_view kEd25519 = "Ed";
constexpr std::string_view kPrehashed = "ED";
constexpr std::string_view kScrypt = "Sc";
constexpr std::string_view kUnencrypted = std::string_view("\0\0", 2);
constexpr std::string_view kBlake2b = "B2";
constexpr std::string_view kUntrusted = "untrusted comment: ";
constexpr std::string_view kTrusted = "trusted comment: ";
constexpr std::uint64_t kOperations = std::uint64_t{1} << 23U;
constexpr std::uint64_t kMemory = std::uint64_t{256} << 20U;
constexpr std::uint64_t kMostMemory = std::uint64_t{2} << 30U;  // that a file may ask for
constexpr std::size_t kSalt = 32;
constexpr std::size_t kChecksum = 32;
constexpr std::size_t kDigest = 64;                     // of what is signed
constexpr std::size_t kProtected = 8 + 64 + kChecksum;  // key id, key, checksum
constexpr std::size_t kSecretFile = 2 + 2 + 2 + kSalt + 8 + 8 + kProtected;
constexpr std::uint64_t kLargestUnhashed = std::uint64_t{256} << 20U;
constexpr std::size_t kLongestComment = 8192;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
template <std::size_t N>
std::string_view view_of(const std::array<std::uint8_t, N>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), N};
}
template <std::size_t N>
void take(std::string_view& from, std::array<std::uint8_t, N>& to) {
  std::memcpy(to.data(), from.data(), N);
  from.remove_prefix(N);
}
std::string_view take(std::string_view& from, std::size_t count) {
  const std::string_view out = from.substr(0, count);
  from.remove_prefix(count);
  return out;
}

std::string little_endian(std::uint64_t number) {
  std::string out;
  for (unsigned i = 0; i < 8; ++i) out.push_back(static_cast<char>((number >> (8 * i)) & 0xffU));
  return out;
}
std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = 8; i-- > 0;) out = (out << 8U) | static_cast<std::uint8_t>(bytes[i]);
  return out;
}

// Lines without `\r`; a missing one is empty.
std::string line(std::string_view text, std::size_t index) {
  const std::vector<std::string> lines = lines_of(text);
  return index < lines.size() ? lines[index] : "";
}

Failure malformed(std::string_view what) {
  return make_error(ErrorCode::invalid_input, "this is not {} of minisign's form", what);
}

Result<std::string> blake2b(std::string_view bytes, std::size_t size) {
  TRY(const SodiumFunctions* const sodium, load_libsodium());
  std::string out(size, '\0');
  sodium->generichash(bytes_of(out), size, bytes_of(bytes), bytes.size(), nullptr, 0);
  return out;
}

Result<std::string> blake2b_file(const Path& file) {
  TRY(const SodiumFunctions* const sodium, load_libsodium());
  crypto_generichash_state state;
  std::string out(kDigest, '\0');
  sodium->generichash_init(&state, nullptr, 0, out.size());
  TRY_STATUS(read_in_pieces(file, [&](std::string_view piece) {
    sodium->generichash_update(&state, bytes_of(piece), piece.size());
    return Status();
  }));
  sodium->generichash_final(&state, bytes_of(out), out.size());
  return out;
}

// Encrypting and decrypting are the same.
Status mask(std::string& secret, const std::string& passphrase, std::string_view salt,
            std::uint64_t operations, std::uint64_t memory) {
  TRY(const SodiumFunctions* const sodium, load_libsodium());
  if (memory > kMostMemory)
    return make_error(ErrorCode::invalid_input, "the key asks for {} MiB of memory to be opened",
                      memory >> 20U);
  std::string stream(secret.size(), '\0');
  if (sodium->pwhash_scrypt(bytes_of(stream), stream.size(), passphrase.data(), passphrase.size(),
                            bytes_of(salt), operations, memory) != 0)
    return make_error(ErrorCode::io, "there is not enough memory to open the key ({} MiB)", memory >> 20U);
  for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<char>(secret[i] ^ stream[i]);
  sodium->memzero(stream.data(), stream.size());
  return {};
}

Result<std::array<std::uint8_t, 64>> signed_bytes(const SecretKey& key, std::string_view bytes) {
  TRY(const SodiumFunctions* const sodium, load_libsodium());
  std::array<std::uint8_t, 64> out{};
  if (sodium->sign_detached(out.data(), nullptr, bytes_of(bytes), bytes.size(), key.key.data()) != 0)
    return make_error(ErrorCode::bug, "libsodium does not sign");
  return out;
}

Result<bool> is_signed(const PublicKey& key, const std::array<std::uint8_t, 64>& signature,
                       std::string_view bytes) {
  TRY(const SodiumFunctions* const sodium, load_libsodium());
  return sodium->sign_verify_detached(signature.data(), bytes_of(bytes), bytes.size(), key.key.data()) == 0;
}

Status check_comment(std::string_view comment) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; };
  if (comment.size() <= kLongestComment && std::none_of(comment.begin(), comment.end(), is_control))
    return {};
  return make_error(ErrorCode::invalid_input,
                    "a trusted comment is one line of at most {} bytes without control characters",
                    kLongestComment);
}

// digest: of what is signed, BLAKE2b-512.
Result<std::string> sign_digest(const SecretKey& key, const std::string& digest,
                                const std::string& trusted_comment) {
  TRY(const auto signature, signed_bytes(key, digest));
  TRY(const auto global, signed_bytes(key, std::string(view_of(signature)) + trusted_comment));
  std::string bytes(kPrehashed);
  bytes += view_of(key.id);
  bytes += view_of(signature);
  return fmt::format("{}signature from reef key {}\n{}\n{}{}\n{}\n", kUntrusted, text_of(key.id),
                     base64_of(bytes), kTrusted, trusted_comment, base64_of(view_of(global)));
}

}  // namespace

std::string text_of(const KeyId& id) {
  std::string out;
  for (auto byte = id.rbegin(); byte != id.rend(); ++byte) out += fmt::format("{:02X}", *byte);
  return out;
}

SecretKey::~SecretKey() {
  if (const auto sodium = load_libsodium()) (*sodium)->memzero(key.data(), key.size());
}

PublicKey SecretKey::public_key() const {
  PublicKey out;
  out.id = id;
  std::copy(key.begin() + 32, key.end(), out.key.begin());
  return out;
}

std::string PublicKey::base64() const {
  return base64_of(std::string(kEd25519) + std::string(view_of(id)) + std::string(view_of(key)));
}

Result<KeyPair> make_key_pair() {
  TRY(const SodiumFunctions* const sodium, load_libsodium());
  KeyPair out;
  sodium->random(out.secret.id.data(), out.secret.id.size());
  out.public_key.id = out.secret.id;
  sodium->sign_keypair(out.public_key.key.data(), out.secret.key.data());
  return out;
}

std::string write_public_key(const PublicKey& key) {
  return fmt::format("{}minisign public key {}\n{}\n", kUntrusted, text_of(key.id), key.base64());
}

Result<std::string> write_secret_key(const SecretKey& key, const std::string& passphrase) {
  TRY(const SodiumFunctions* const sodium, load_libsodium());
  std::string secret = std::string(view_of(key.id)) + std::string(view_of(key.key));
  TRY(const std::string checksum, blake2b(std::string(kEd25519) + secret, kChecksum));
  secret += checksum;
  std::string salt(kSalt, '\0');
  const bool encrypted = !passphrase.empty();
  if (encrypted) {
    sodium->random(salt.data(), salt.size());
    TRY_STATUS(mask(secret, passphrase, salt, kOperations, kMemory));
  }
  std::string bytes(kEd25519);
  bytes += encrypted ? kScrypt : kUnencrypted;
  bytes += kBlake2b;
  bytes += salt;
  bytes += little_endian(encrypted ? kOperations : 0) + little_endian(encrypted ? kMemory : 0);
  bytes += secret;
  std::string out = fmt::format("{}minisign encrypted secret key\n{}\n", kUntrusted, base64_of(bytes));
  sodium->memzero(secret.data(), secret.size());
  sodium->memzero(bytes.data(), bytes.size());
  return out;
}

Result<PublicKey> read_public_key(std::string_view text) {
  const std::string encoded = text.starts_with(kUntrusted) ? line(text, 1) : std::string(trim(text));
  const std::optional<std::string> bytes = from_base64(encoded);
  if (!bytes || bytes->size() != 2 + 8 + 32 || !bytes->starts_with(kEd25519))
    return malformed("a public key");
  std::string_view rest = std::string_view(*bytes).substr(2);
  PublicKey out;
  take(rest, out.id);
  take(rest, out.key);
  return out;
}

Result<SecretKey> read_secret_key(std::string_view text,
                                  const std::function<Result<std::string>()>& passphrase) {
  const std::optional<std::string> bytes = from_base64(line(text, 1));
  if (!text.starts_with(kUntrusted) || !bytes || bytes->size() != kSecretFile)
    return malformed("a secret key");
  std::string_view rest = *bytes;
  const std::string_view algorithm = take(rest, 2);
  const std::string_view derivation = take(rest, 2);
  const std::string_view checksum_algorithm = take(rest, 2);
  const std::string_view salt = take(rest, kSalt);
  const std::uint64_t operations = number_of(take(rest, 8));
  const std::uint64_t memory = number_of(take(rest, 8));
  const bool encrypted = derivation == kScrypt;
  if (algorithm != kEd25519 || checksum_algorithm != kBlake2b || (!encrypted && derivation != kUnencrypted))
    return malformed("a secret key");
  std::string secret(rest);
  if (encrypted) {
    TRY(const std::string word, passphrase());
    TRY_STATUS(mask(secret, word, salt, operations, memory));
  }
  const std::string_view key_bytes = std::string_view(secret).substr(0, 8 + 64);
  TRY(const std::string checksum, blake2b(std::string(kEd25519) + std::string(key_bytes), kChecksum));
  // minisign leaves the checksum of unprotected keys empty.
  const std::string_view written = std::string_view(secret).substr(8 + 64);
  const bool unchecked = !encrypted && written.find_first_not_of('\0') == std::string_view::npos;
  if (!unchecked && written != checksum) {
    if (encrypted) return make_error(ErrorCode::integrity, "the passphrase is not that of the key");
    return make_error(ErrorCode::integrity, "the secret key is damaged");
  }
  SecretKey out;
  std::string_view key = key_bytes;
  take(key, out.id);
  take(key, out.key);
  return out;
}

Path signature_place(const Path& file) { return file.string() + ".minisig"; }

Result<std::string> sign_file(const SecretKey& key, const Path& file, const std::string& trusted_comment) {
  TRY_STATUS(check_comment(trusted_comment));
  TRY(const std::string digest, blake2b_file(file));
  return sign_digest(key, digest, trusted_comment);
}

Result<std::string> sign_text(const SecretKey& key, std::string_view text,
                              const std::string& trusted_comment) {
  TRY_STATUS(check_comment(trusted_comment));
  TRY(const std::string digest, blake2b(text, kDigest));
  return sign_digest(key, digest, trusted_comment);
}

Result<Signature> read_signature(std::string_view text) {
  const std::optional<std::string> bytes = from_base64(line(text, 1));
  const std::string comment = line(text, 2);
  const std::optional<std::string> global = from_base64(line(text, 3));
  const bool whole = text.starts_with(kUntrusted) && bytes && bytes->size() == 2 + 8 + 64 &&
                     comment.starts_with(kTrusted) && global && global->size() == 64;
  if (!whole || lines_of(text).size() != 4) return malformed("a signature");
  std::string_view rest = *bytes;
  const std::string_view algorithm = take(rest, 2);
  if (algorithm != kPrehashed && algorithm != kEd25519) return malformed("a signature");
  Signature out;
  out.prehashed = algorithm == kPrehashed;
  take(rest, out.id);
  take(rest, out.signature);
  out.trusted_comment = comment.substr(kTrusted.size());
  std::string_view global_bytes = *global;
  take(global_bytes, out.global);
  return out;
}

namespace {

Status check_key(const PublicKey& key, const Signature& signature) {
  if (signature.id == key.id) return {};
  return make_error(ErrorCode::integrity, "the signature was made with the key {}, not with {}",
                    text_of(signature.id), text_of(key.id));
}

// message: what was signed, or its digest.
Status verify(const PublicKey& key, const Signature& signature, std::string_view message,
              const std::string& what) {
  TRY(const bool good, is_signed(key, signature.signature, message));
  if (!good)
    return make_error(ErrorCode::integrity,
                      "`{}` is not what was signed: it was changed, or another key of "
                      "the same id signed it",
                      printable(what));
  TRY(const bool comment, is_signed(key, signature.global,
                                    std::string(view_of(signature.signature)) + signature.trusted_comment));
  if (!comment) return make_error(ErrorCode::integrity, "the trusted comment of the signature was changed");
  return {};
}

}  // namespace

Status verify_file(const PublicKey& key, const Signature& signature, const Path& file) {
  TRY_STATUS(check_key(key, signature));
  const auto disk = make_disk();
  TRY(const std::string message,
      signature.prehashed ? blake2b_file(file) : disk->read_file(file, kLargestUnhashed));
  return verify(key, signature, message, file.string());
}

Status verify_text(const PublicKey& key, const Signature& signature, std::string_view text,
                   const std::string& what) {
  TRY_STATUS(check_key(key, signature));
  if (!signature.prehashed) return verify(key, signature, text, what);
  TRY(const std::string digest, blake2b(text, kDigest));
  return verify(key, signature, digest, what);
}

}  // namespace reef::ops
