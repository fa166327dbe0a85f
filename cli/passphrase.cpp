#include "cli/passphrase.h"

#include "core/os/secret.h"

namespace reef::cli {

Result<ops::Keys> open_keys(Host& host) {
  TRY(const ops::Home home, ops::find_home(host.env));
  return ops::Keys(host.fs, host.clock, home);
}

Result<std::string> passphrase(const Host& host, bool is_new) {
  if (const auto given = host.env.find(kPassphrase); given != host.env.end()) {
    if (is_new && given->second.empty())
      return make_error(ErrorCode::usage, "`{}` is set and empty: an empty passphrase protects nothing",
                        kPassphrase)
          .hint("for a key without one, unset it and leave out `--passphrase`");
    return given->second;
  }
  const auto hinted = [](Result<std::string> answer) -> Result<std::string> {
    if (answer) return answer;
    Error error = std::move(answer).error();
    return tl::make_unexpected(
        std::move(error).hint(fmt::format("set {} where there is nobody to ask", kPassphrase)));
  };
  TRY(std::string first,
      hinted(ask_secret(is_new ? "Passphrase for the new key: " : "Passphrase of the key: ")));
  if (!is_new) return first;
  TRY(const std::string second, hinted(ask_secret("The same again: ")));
  if (first != second) return make_error(ErrorCode::usage, "these are two different passphrases");
  if (first.empty()) return make_error(ErrorCode::usage, "an empty passphrase protects nothing");
  return first;
}

ops::SecretKeySource signing_key(Host& host, const std::string& name_or_file) {
  if (name_or_file.empty()) return nullptr;
  return [&host, name_or_file]() -> Result<ops::SecretKey> {
    TRY(const ops::Keys keys, open_keys(host));
    return keys.secret(name_or_file, [&] { return passphrase(host, false); });
  };
}

}  // namespace reef::cli
