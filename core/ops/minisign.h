#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/os/filesystem.h"

// Ed25519 keys and signatures in the file formats of minisign 0.11 (jedisct1.github.io/minisign, "Signature
// format", "Public key format", "Secret key format"): what we write, `minisign -V` accepts, and the other way
// round. The cryptography is libsodium's, loaded at first use (not_found when it is not installed).
namespace reef::ops {

using KeyId = std::array<std::uint8_t, 8>;
// 16 hexadecimal digits, as minisign shows it: of the number in little-endian order.
std::string text_of(const KeyId& id);

struct PublicKey {
  KeyId id{};
  std::array<std::uint8_t, 32> key{};
  bool operator==(const PublicKey&) const = default;

  std::string base64() const;  // the line that minisign's `-P` takes
};

struct SecretKey {
  KeyId id{};
  std::array<std::uint8_t, 64> key{};  // seed and public key

  SecretKey() = default;
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();  // its bytes are overwritten
  PublicKey public_key() const;
};

struct KeyPair {
  SecretKey secret;
  PublicKey public_key;
};
Result<KeyPair> make_key_pair();

// The text of a key file. An empty passphrase leaves the secret key unprotected (`minisign -G -W`); else it
// is encrypted with scrypt (2^23 operations, 256 MiB: about a second).
std::string write_public_key(const PublicKey& key);
Result<std::string> write_secret_key(const SecretKey& key, const std::string& passphrase);

// A whole file, or its second line alone. invalid_input.
Result<PublicKey> read_public_key(std::string_view text);
// `passphrase` is asked for only when the key is encrypted. integrity when it is the wrong one.
Result<SecretKey> read_secret_key(std::string_view text,
                                  const std::function<Result<std::string>()>& passphrase);

// `FILE.minisig`: where the signature of a file is unless somebody says otherwise.
Path signature_place(const Path& file);

// The text of `FILE.minisig`: of the file's BLAKE2b-512 digest ("ED", prehashed), so that memory does not
// depend on the size of files. trusted_comment: one line, signed too; invalid_input when it has control
// characters.
Result<std::string> sign_file(const SecretKey& key, const Path& file, const std::string& trusted_comment);
// The same of bytes.
Result<std::string> sign_text(const SecretKey& key, std::string_view text,
                              const std::string& trusted_comment);

struct Signature {
  KeyId id{};
  bool prehashed = true;  // else of the file's bytes ("Ed", what minisign wrote before 0.10)
  std::array<std::uint8_t, 64> signature{};
  std::string trusted_comment;
  std::array<std::uint8_t, 64> global{};  // of the signature and the trusted comment
};
// invalid_input.
Result<Signature> read_signature(std::string_view text);

// integrity: another key made it, the file was changed, the comment was changed.
Status verify_file(const PublicKey& key, const Signature& signature, const Path& file);
// The same of bytes; `what`: how messages call them.
Status verify_text(const PublicKey& key, const Signature& signature, std::string_view text,
                   const std::string& what);

}  // namespace reef::ops
