#include "core/ops/keys.h"

#include <algorithm>

#include "core/base/json_reader.h"
#include "core/base/text.h"
#include "core/model/manifest.h"
#include "core/ops/output.h"
#include "core/os/lock.h"
#include "core/os/secret.h"

namespace reef::ops {
namespace {

constexpr std::string_view kAnyTrusted = "trusted";
constexpr std::int64_t kTrustFormat = 1;
constexpr std::uint64_t kLargestKey = 65536;
constexpr std::uint64_t kLargestList = std::uint64_t{16} << 20U;

json::Value to_json(const KnownKey& key) {
  json::Value out = {{"key", key.key.base64()}, {"name", key.name}, {"trusted", format_time(key.trusted)}};
  if (!key.revoked) return out;
  out["revoked"] = format_time(*key.revoked);
  out["reason"] = key.reason;
  out["replaced_by"] = key.replaced_by;
  return out;
}

KnownKey read_key(const json::Node& item) {
  json::Reader reader(item);
  KnownKey key;
  SystemTime revoked;
  reader.require("key", key.key, &read_public_key);
  reader.require("name", key.name);
  reader.require("trusted", key.trusted, &parse_time);
  if (reader.optional("revoked", revoked, &parse_time)) key.revoked = revoked;
  reader.optional("reason", key.reason);
  reader.optional("replaced_by", key.replaced_by);
  reader.done();
  return key;
}

// `verify --key trusted` would mean another than the one of that name.
Status check_not_reserved(const std::string& name) {
  if (name != kAnyTrusted) return {};
  return make_error(ErrorCode::usage, "`{}` means every key that is trusted: it cannot be the name of one",
                    name)
      .hint("give it another name");
}

}  // namespace

bool is_called(const KnownKey& key, const std::string& name_or_id) {
  return key.name == name_or_id || lower_case(text_of(key.key.id)) == lower_case(name_or_id);
}

Error revoked_error(const KnownKey& key) {
  Failure error = make_error(ErrorCode::integrity, "the key {} ({}) was revoked on {}{}", text_of(key.key.id),
                             key.name, format_time(*key.revoked),
                             key.reason.empty() ? std::string() : ": " + printable(key.reason));
  if (!key.replaced_by.empty())
    error =
        std::move(error).hint(fmt::format("`{}` took its place: ask for a signature by it", key.replaced_by));
  return std::move(error).take();
}

Result<std::vector<KnownKey>> Keys::list() const {
  Result<std::string> text = fs_->read_file(trust_file(), kLargestList);
  std::vector<KnownKey> out;
  if (!text && text.error().code() == ErrorCode::not_found) return out;
  if (!text) return tl::make_unexpected(text.error());
  TRY(const json::Document document, json::parse(trust_file().string(), *std::move(text)));
  json::Problems problems;
  const json::Node node(document, problems);
  json::Reader reader(node);
  std::int64_t format = 0;
  reader.require("format", format);
  reader.each_item("keys", [&](const json::Node& item) { out.push_back(read_key(item)); });
  reader.done();
  // Never half of it: a revocation that is not read would be no revocation.
  if (!problems.empty()) return tl::make_unexpected(problems.first());
  if (format != kTrustFormat)
    return make_error(ErrorCode::invalid_input, "`{}` has format {}, this program reads {}",
                      trust_file().string(), format, kTrustFormat);
  for (KnownKey& key : out) key.secret = exists(*fs_, secret_file(key.name));
  std::sort(out.begin(), out.end(), [](const KnownKey& a, const KnownKey& b) { return a.name < b.name; });
  return out;
}

Status Keys::write(const std::vector<KnownKey>& keys) const {
  json::Value out = {{"format", kTrustFormat}, {"keys", json::Value::array()}};
  for (const KnownKey& key : keys) out["keys"].push_back(to_json(key));
  return write_atomic(*fs_, trust_file(), json::write_sorted(out));
}

Result<KnownKey> Keys::generate(const std::string& name, const std::string& passphrase,
                                const std::function<Status(const PublicKey&)>& publish) const {
  TRY_STATUS(parse_package_name(name).map([](const std::string&) {}).map_error([&](const Error&) {
    return Error(ErrorCode::usage, fmt::format("`{}` cannot be the name of a key: use lower-case letters, "
                                               "digits, `-`, `_` and `.`",
                                               printable(name)));
  }));
  TRY_STATUS(check_not_reserved(name));
  TRY(const std::vector<KnownKey> known, list());
  const bool taken =
      exists(*fs_, secret_file(name)) ||
      std::any_of(known.begin(), known.end(), [&](const auto& key) { return key.name == name; });
  if (taken)
    return make_error(ErrorCode::usage, "there is a key `{}` already", name)
        .hint("keys are never overwritten: give the new one another name");
  TRY(const KeyPair pair, make_key_pair());
  TRY(const std::string text, write_secret_key(pair.secret, passphrase));
  TRY_STATUS(make_folders(*fs_, folder_));
  TRY_STATUS(fs_->set_mode(folder_, 0700));
  TRY_STATUS(write_private(secret_file(name), text));
  Result<KnownKey> key = publish(pair.public_key).and_then([&]() { return trust(pair.public_key, name); });
  if (key)
    key->secret = true;
  else
    (void)fs_->remove_file(secret_file(name));
  return key;
}

Result<KnownKey> Keys::trust(const PublicKey& key, const std::string& name) const {
  TRY_STATUS(check_not_reserved(name));
  TRY_STATUS(make_folders(*fs_, folder_));
  TRY(const FileLock lock, FileLock::acquire(folder_ / ".lock"));
  TRY(std::vector<KnownKey> known, list());
  for (const KnownKey& each : known) {
    if (each.key.id == key.id && each.revoked) return tl::make_unexpected(revoked_error(each));
    if (each.key == key) return each;
    if (each.key.id == key.id)
      return make_error(ErrorCode::integrity, "another key with the id {} is trusted already, as `{}`",
                        text_of(key.id), each.name);
    if (each.name == name)
      return make_error(ErrorCode::usage, "`{}` is the name of another key", name)
          .hint("give this one a name of its own: `--name NAME`");
  }
  KnownKey added;
  added.key = key;
  added.name = name;
  added.trusted = clock_->now();
  known.push_back(added);
  TRY_STATUS(write(known));
  return added;
}

namespace {

// Another key that is known and good; one that is not here yet by its id.
Status check_successor(const std::vector<KnownKey>& known, const KnownKey& old, const std::string& name) {
  if (name.empty()) return {};
  if (is_called(old, name))
    return make_error(ErrorCode::usage, "the key `{}` cannot take its own place", printable(name))
        .hint("name the new key: `--replaced-by NEW`");
  for (const KnownKey& key : known) {
    if (!is_called(key, name)) continue;
    if (key.revoked) return tl::make_unexpected(revoked_error(key));
    return {};
  }
  constexpr std::size_t kDigits = 16;
  const bool is_id =
      name.size() == kDigits && lower_case(name).find_first_not_of("0123456789abcdef") == std::string::npos;
  if (is_id) return {};
  std::vector<std::string> names;
  for (const KnownKey& key : known) names.push_back(key.name);
  Failure error = make_error(ErrorCode::not_found, "there is no key `{}` to take its place", printable(name));
  if (auto hint = did_you_mean(name, names)) return std::move(error).hint(*hint);
  return std::move(error).hint("trust it first, or give its id: 16 hexadecimal digits");
}

}  // namespace

Result<KnownKey> Keys::revoke(const std::string& name_or_id, const std::string& reason,
                              const std::string& replaced_by) const {
  TRY_STATUS(make_folders(*fs_, folder_));
  TRY(const FileLock lock, FileLock::acquire(folder_ / ".lock"));
  TRY(std::vector<KnownKey> known, list());
  std::vector<std::string> names;
  for (const KnownKey& key : known) names.push_back(key.name);
  for (KnownKey& key : known) {
    if (!is_called(key, name_or_id)) continue;
    TRY_STATUS(check_successor(known, key, replaced_by));
    if (!key.revoked) key.revoked = clock_->now();
    if (!reason.empty()) key.reason = reason;
    if (!replaced_by.empty()) key.replaced_by = replaced_by;
    const KnownKey out = key;
    TRY_STATUS(write(known));
    return out;
  }
  Failure error = make_error(ErrorCode::not_found, "there is no key `{}`", printable(name_or_id));
  if (auto hint = did_you_mean(name_or_id, names)) return std::move(error).hint(*hint);
  return std::move(error).hint("`reef key list` lists them; trust one first to revoke it");
}

Result<PublicKey> Keys::find(const std::string& text) const {
  TRY(const std::vector<KnownKey> known, list());
  std::vector<std::string> names;
  for (const KnownKey& key : known) {
    names.push_back(key.name);
    if (is_called(key, text)) return key.key;
  }
  if (const auto key = read_public_key(text)) return key;
  Result<std::string> file = fs_->read_file(text, kLargestKey);
  if (file) return with_context(read_public_key(*file), [&] { return fmt::format("reading `{}`", text); });
  Failure error = make_error(ErrorCode::not_found, "`{}` is neither a key that is known here nor a file",
                             printable(text));
  if (auto hint = did_you_mean(text, names)) return std::move(error).hint(*hint);
  return std::move(error).hint("`reef key list` lists the keys that are known");
}

Result<SecretKey> Keys::secret(const std::string& name_or_file,
                               const std::function<Result<std::string>()>& ask) const {
  const bool is_path = name_or_file.find('/') != std::string::npos;
  Path file = is_path ? Path(name_or_file) : secret_file(name_or_file);
  if (!exists(*fs_, file)) file = name_or_file;
  const Result<std::string> text = fs_->read_file(file, kLargestKey);
  if (!text && text.error().code() == ErrorCode::not_found) {
    Failure error = make_error(ErrorCode::not_found, "there is no secret key `{}`", printable(name_or_file));
    return std::move(error).hint("`reef key generate` makes one; `reef key list` lists them");
  }
  if (!text) return tl::make_unexpected(text.error());
  return with_context(read_secret_key(*text, ask),
                      [&] { return fmt::format("reading `{}`", file.string()); });
}

namespace {

Status check_not_revoked(const Keys& keys, const SecretKey& key) {
  TRY(const std::vector<KnownKey> known, keys.list());
  for (const KnownKey& each : known)
    if (each.key.id == key.id && each.revoked) return tl::make_unexpected(revoked_error(each));
  return {};
}

std::string usual_comment(Clock& clock, const std::string& name) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(clock.now()).time_since_epoch().count();
  return fmt::format("timestamp:{}\tfile:{}\thashed", seconds, printable(name));
}

}  // namespace

Result<std::string> sign_text(const Keys& keys, Clock& clock, std::string_view text, const std::string& name,
                              const SecretKey& key) {
  TRY_STATUS(check_not_revoked(keys, key));
  return sign_text(key, text, usual_comment(clock, name));
}

std::string shown_signer(const SignedFile& file) {
  return file.key_name.empty() ? "the key " + file.key_id
                               : fmt::format("{} ({})", file.key_name, file.key_id);
}

Result<std::string> signature_of(const Keys& keys, Clock& clock, const Path& file, const SecretKey& key,
                                 const std::string& comment) {
  TRY_STATUS(check_not_revoked(keys, key));
  return sign_file(key, file, comment.empty() ? usual_comment(clock, file.filename().string()) : comment);
}

Result<Path> sign(const Keys& keys, Filesystem& fs, Clock& clock, const Path& file, const SecretKey& key,
                  const std::string& comment, const Path& output) {
  TRY(const std::string text, signature_of(keys, clock, file, key, comment));
  const Path usual = signature_place(file);
  if (output.empty()) {
    TRY_STATUS(write_output(fs, usual, text, {"signature", nullptr}));
    return usual;
  }
  TRY(const Path path, output_place(fs, output, usual.filename().string()));
  const auto is_signature = [](const std::string& old) { return read_signature(old).has_value(); };
  TRY_STATUS(write_output(fs, path, text, {"signature", is_signature}));
  return path;
}

Result<SignedFile> signer_of(const Keys& keys, const Signature& signature) {
  TRY(const std::vector<KnownKey> known, keys.list());
  SignedFile out{text_of(signature.id), "", signature.trusted_comment};
  for (const KnownKey& each : known) {
    if (each.key.id != signature.id) continue;
    if (each.revoked) return tl::make_unexpected(revoked_error(each));
    out.key_name = each.name;
  }
  return out;
}

Result<SignedFile> verify_signature(const Keys& keys, const Path& file, const std::string& key,
                                    const Signature& signature) {
  std::optional<PublicKey> wanted;
  if (key != kAnyTrusted) {
    TRY(wanted, keys.find(key));
  }
  TRY(SignedFile out, signer_of(keys, signature));
  if (!wanted && !out.key_name.empty()) {
    TRY(wanted, keys.find(out.key_name));
  }
  if (!wanted)
    return make_error(ErrorCode::integrity, "`{}` is signed with the key {}, which is not trusted here",
                      printable(file.string()), out.key_id)
        .hint("when you know whose it is: `reef key trust FILE.pub`");
  TRY_STATUS(verify_file(*wanted, signature, file));
  return out;
}

Result<SignedFile> verify_signature(const Keys& keys, Filesystem& fs, const Path& file,
                                    const std::string& key, const Path& signature_file) {
  const Path path = signature_file.empty() ? signature_place(file) : signature_file;
  const Result<std::string> text = fs.read_file(path, kLargestKey);
  if (!text && text.error().code() == ErrorCode::not_found)
    return make_error(ErrorCode::not_found, "`{}` is not signed: there is no `{}`", printable(file.string()),
                      printable(path.string()));
  if (!text) return tl::make_unexpected(text.error());
  TRY(const Signature signature,
      with_context(read_signature(*text), [&] { return fmt::format("reading `{}`", path.string()); }));
  return verify_signature(keys, file, key, signature);
}

}  // namespace reef::ops
