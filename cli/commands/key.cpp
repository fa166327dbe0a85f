#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/passphrase.h"
#include "core/base/text.h"
#include "core/ops/keys.h"
#include "core/ops/output.h"

namespace reef::cli {
namespace key_verb {
namespace {

constexpr const char* kDefaultName = "reef";
constexpr std::uint64_t kLargestKey = 65536;

struct Options {
  std::string name = kDefaultName;
  std::string key;
  std::string label;
  bool passphrase = false;
  std::string reason;
  std::string replaced_by;
  std::vector<std::string> files;
  std::string comment;
  std::string output;
};

json::Value to_json(const ops::KnownKey& key) {
  json::Value out = {{"id", ops::text_of(key.key.id)},
                     {"name", key.name},
                     {"key", key.key.base64()},
                     {"trusted_since", format_time(key.trusted)},
                     {"secret", key.secret}};
  out["revoked"] = key.revoked ? json::Value(format_time(*key.revoked)) : json::Value();
  if (key.revoked) {
    out["reason"] = key.reason;
    out["replaced_by"] = key.replaced_by;
  }
  return out;
}

Result<int> generate(Host& host, const Options& options) {
  if (options.output == "-" && host.json)
    return make_error(ErrorCode::usage, "`--json` and a key on standard output: one of them");
  TRY(const ops::Keys keys, open_keys(host));
  std::string word;
  if (options.passphrase || host.env.contains(kPassphrase)) {
    TRY(word, passphrase(host, true));
  }
  if (options.output == "-") {
    TRY_STATUS(keys.generate(options.name, word,
                             [](const ops::PublicKey& key) {
                               print(ops::write_public_key(key));
                               return Status();
                             })
                   .map([](const ops::KnownKey&) {}));
    return 0;
  }
  TRY(const Path public_file, ops::output_place(host.fs, options.output, options.name + ".pub"));
  const bool was_there = host.fs.stat(public_file, false).has_value();
  const auto publish = [&](const ops::PublicKey& key) {
    const auto is_key = [](const std::string& text) { return ops::read_public_key(text).has_value(); };
    return ops::write_output(host.fs, public_file, ops::write_public_key(key), {"public key", is_key});
  };
  const Result<ops::KnownKey> made = keys.generate(options.name, word, publish);
  if (!made && !was_there) (void)host.fs.remove_file(public_file);
  TRY(const ops::KnownKey key, made);
  if (host.json) {
    json::Value out = to_json(key);
    out["secret_file"] = keys.secret_file(options.name).string();
    out["public_file"] = public_file.string();
    print_json(out);
    return 0;
  }
  print(fmt::format("key {} ({})\n", ops::text_of(key.key.id), key.name));
  print(fmt::format("  secret: {} ({})\n", keys.secret_file(options.name).string(),
                    word.empty() ? "no passphrase, readable by you only" : "protected by a passphrase"));
  print(fmt::format("  public: {}, to be given to those who shall trust you\n", public_file.string()));
  return 0;
}

Result<int> list(Host& host) {
  TRY(const ops::Keys keys, open_keys(host));
  TRY(const std::vector<ops::KnownKey> known, keys.list());
  if (host.json) {
    json::Value out = {{"keys", json::Value::array()}};
    for (const ops::KnownKey& key : known) out["keys"].push_back(to_json(key));
    print_json(out);
    return 0;
  }
  Table table({"NAME", "ID", "STATE", "SINCE", "SECRET", ""});
  for (const ops::KnownKey& key : known) {
    const std::string since = format_time(key.revoked.value_or(key.trusted)).substr(0, 10);
    std::string more = printable(key.reason);
    if (!key.replaced_by.empty()) more += fmt::format("{}now {}", more.empty() ? "" : "; ", key.replaced_by);
    table.add({key.name, ops::text_of(key.key.id), key.revoked ? "revoked" : "trusted", since,
               key.secret ? "here" : "-", more},
              key.revoked ? Style::red : Style::plain);
  }
  print(table.empty()
            ? "no keys yet: `reef key generate` makes one, `reef key trust FILE.pub` adds another's\n"
            : table.render(host.terminal));
  return 0;
}

Result<int> trust(Host& host, const Options& options) {
  TRY(const ops::Keys keys, open_keys(host));
  const Result<std::string> text = host.fs.read_file(options.key, kLargestKey);
  const bool is_file = text.has_value();
  if (!is_file && text.error().code() != ErrorCode::not_found) return tl::make_unexpected(text.error());
  const Result<ops::PublicKey> key = ops::read_public_key(is_file ? *text : options.key);
  if (!key)
    return make_error(ErrorCode::invalid_input, "`{}` is {}", printable(options.key),
                      is_file ? "no file with a public key of minisign's form"
                              : "neither a file nor a public key in base64");
  std::string name = options.label;
  if (name.empty())
    name = is_file ? lower_case(Path(options.key).stem().string()) : lower_case(ops::text_of(key->id));
  TRY(const ops::KnownKey known, keys.trust(*key, name));
  if (!options.label.empty() && known.name != options.label)
    return make_error(ErrorCode::usage, "this key is trusted already, as `{}`", known.name)
        .hint("a key keeps the name that it was given first");
  host.json ? print_json(to_json(known))
            : print(fmt::format("trusting {} ({})\n", known.name, ops::text_of(known.key.id)));
  return 0;
}

Result<int> revoke(Host& host, const Options& options) {
  TRY(const ops::Keys keys, open_keys(host));
  TRY(const ops::KnownKey known, keys.revoke(options.key, options.reason, options.replaced_by));
  host.json ? print_json(to_json(known))
            : print(fmt::format("{} ({}) is revoked: nothing that it signed is accepted any more\n",
                                known.name, ops::text_of(known.key.id)));
  return 0;
}

Result<int> sign(Host& host, const Options& options) {
  if (options.files.size() > 1 && !options.output.empty())
    return make_error(ErrorCode::usage, "`--output` names one signature, there are {} files",
                      options.files.size());
  if (options.output == "-" && host.json)
    return make_error(ErrorCode::usage, "`--json` and a signature on standard output: one of them");
  TRY(const ops::Keys keys, open_keys(host));
  TRY(const ops::SecretKey key, keys.secret(options.name, [&] { return passphrase(host, false); }));
  if (options.output == "-") {
    TRY(const std::string text,
        ops::signature_of(keys, host.clock, options.files.front(), key, options.comment));
    print(text);
    return 0;
  }
  json::Value signatures = json::Value::array();
  for (const std::string& file : options.files) {
    TRY(const Path written, ops::sign(keys, host.fs, host.clock, file, key, options.comment, options.output));
    signatures.push_back(written.string());
    if (!host.json) print(written.string() + "\n");
  }
  if (host.json) print_json({{"key", ops::text_of(key.id)}, {"signatures", std::move(signatures)}});
  return 0;
}

}  // namespace
}  // namespace key_verb

Run register_key(Verb command) {
  using namespace key_verb;
  auto options = std::make_shared<Options>();
  command.allow_verb_below();
  const Verb make = command.add_verb("generate", "Make a pair of keys, and write the public one to NAME.pub");
  make.add_option("name", options->name, "Of the key").show_default();
  make.add_flag("--passphrase", options->passphrase,
                "Protect the secret key: asked for on the terminal, or in $REEF_KEY_PASSPHRASE");
  make.add_option("--output", options->output,
                  "Where the public key goes; default: NAME.pub; `-`: to standard output");
  const Verb all = command.add_verb("list", "The keys that are trusted or revoked here");
  const Verb accept = command.add_verb("trust", "Accept signatures by somebody's key");
  accept.add_option("key", options->key, "A file of minisign's form, or its second line").required();
  accept.add_option("--name", options->label, "What to call it; default: after the file");
  const Verb refuse =
      command.add_verb("revoke", "Refuse everything that a key signed, from now on and before");
  refuse.add_option("key", options->key, "Its name or id").required();
  refuse.add_option("--reason", options->reason, "Shown when a signature by it is met");
  refuse.add_option("--replaced-by", options->replaced_by, "The key that takes its place");
  return [=](Host& host) -> Result<int> {
    if (make.parsed()) return generate(host, *options);
    if (accept.parsed()) return trust(host, *options);
    if (refuse.parsed()) return revoke(host, *options);
    (void)all;
    return list(host);
  };
}

Run register_sign(Verb command) {
  using namespace key_verb;
  auto options = std::make_shared<Options>();
  command.add_option("files", options->files, "Files to sign").required();
  command.add_option("--key", options->name, "Name or file of the secret key").show_default();
  command.add_option("--comment", options->comment,
                     "Signed with the file; default: the time and the file's name");
  command.add_option("--output,-o", options->output,
                     "Where the signature goes; default: FILE.minisig; `-`: to standard output");
  return [options](Host& host) { return sign(host, *options); };
}

}  // namespace reef::cli
