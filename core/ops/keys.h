#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/ops/home.h"
#include "core/ops/minisign.h"
#include "core/os/clock.h"

namespace reef::ops {

// What this user thinks of one public key.
struct KnownKey {
  PublicKey key;
  std::string name;      // "alice"; unique
  SystemTime trusted{};  // since when
  std::optional<SystemTime> revoked;
  std::string reason;       // of the revocation; may be empty
  std::string replaced_by;  // name or id of the key that takes its place; may be empty
  bool secret = false;      // the secret half is here
};

// By its name or its id.
bool is_called(const KnownKey& key, const std::string& name_or_id);
// Why nothing is accepted that this revoked key signed.
Error revoked_error(const KnownKey& key);

// The keys of one user: `<home>/keys/trust.json` (public keys, trusted and revoked ones) and
// `<home>/keys/<name>.key` (secret ones, 0600, minisign's format).
//
// A revoked key is remembered: nothing that it signed is accepted any more, whatever time the signature
// states, for whoever has a stolen key can state any time.
class Keys {
 public:
  Keys(Filesystem& fs, Clock& clock, const Home& home)
      : fs_(&fs), clock_(&clock), folder_(home.root / "keys") {}

  // By name.
  Result<std::vector<KnownKey>> list() const;
  // Makes a pair, writes its secret half, has the public one published, and trusts it; when a step fails
  // nothing stays of the secret half. usage when the name is taken.
  Result<KnownKey> generate(const std::string& name, const std::string& passphrase,
                            const std::function<Status(const PublicKey&)>& publish) const;
  // Adds a key; trusting the same key again changes nothing. integrity when it was revoked; usage when
  // another key has the name.
  Result<KnownKey> trust(const PublicKey& key, const std::string& name) const;
  // A key that was revoked stays revoked since then; its reason and replacement change where new ones are
  // given. not_found with the neighbour.
  Result<KnownKey> revoke(const std::string& name_or_id, const std::string& reason,
                          const std::string& replaced_by) const;

  // What a user means by a key: a name or an id of the list, a file, or the base64 text itself.
  Result<PublicKey> find(const std::string& text) const;
  // The secret half: of a name, or in a file. `ask` is called when it is encrypted.
  Result<SecretKey> secret(const std::string& name_or_file,
                           const std::function<Result<std::string>()>& ask) const;
  Path secret_file(const std::string& name) const { return folder_ / (name + ".key"); }

 private:
  Path trust_file() const { return folder_ / "trust.json"; }
  Status write(const std::vector<KnownKey>& keys) const;
  Filesystem* fs_;
  Clock* clock_;
  Path folder_;
};

// The minisign signature of a text that `name` stands for, as `sign` makes them of files. Errors: integrity
// when the key was revoked.
Result<std::string> sign_text(const Keys& keys, Clock& clock, std::string_view text, const std::string& name,
                              const SecretKey& key);

struct SignedFile {
  std::string key_id;
  std::string key_name;  // empty: not one of the list
  std::string trusted_comment;
};

// "alice (1AB2C3D4E5F60718)", or "the key 1AB2C3D4E5F60718".
std::string shown_signer(const SignedFile& file);

// The text of a signature. not_found when the file is not there.
Result<std::string> signature_of(const Keys& keys, Clock& clock, const Path& file, const SecretKey& key,
                                 const std::string& comment);
// Writes it to `<file>.minisig` (or `output`).
Result<Path> sign(const Keys& keys, Filesystem& fs, Clock& clock, const Path& file, const SecretKey& key,
                  const std::string& comment, const Path& output);

// Whose signature it is; nothing is compared. integrity when the key was revoked.
Result<SignedFile> signer_of(const Keys& keys, const Signature& signature);

// Compares a file with its signature. key: as Keys::find, or "trusted" for any key of the list that was not
// revoked. integrity when the key is not the right one, was revoked, or the file was changed.
Result<SignedFile> verify_signature(const Keys& keys, const Path& file, const std::string& key,
                                    const Signature& signature);
// The same of the signature in `<file>.minisig` (or `signature_file`). not_found when there is none.
Result<SignedFile> verify_signature(const Keys& keys, Filesystem& fs, const Path& file,
                                    const std::string& key, const Path& signature_file);

}  // namespace reef::ops
