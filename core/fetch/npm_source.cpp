// Packages of npm, through the host's own npm: its user's configuration says which registry that is.
#include <algorithm>
#include <array>
#include <cctype>

#include "core/base/text.h"
#include "core/fetch/answers.h"
#include "core/fetch/job.h"

namespace reef::fetch {
namespace {

bool is_name_part(std::string_view text) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '~';
  };
  return !text.empty() && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), fits);
}

bool is_package_name(std::string_view name) {
  const std::size_t slash = name.find('/');
  if (!name.starts_with('@')) return is_name_part(name);
  return slash != std::string_view::npos && is_name_part(name.substr(1, slash - 1)) &&
         is_name_part(name.substr(slash + 1));
}

// One exact version, not a range, a tag, a folder or an address: npm would take all of them.
bool is_exact_version(std::string_view text) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '+'; };
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0 &&
         std::count(text.begin(), text.end(), '.') >= 2 && std::all_of(text.begin(), text.end(), fits);
}

Status check_npm_source(const Source& source) {
  const auto wrong = [&](std::string_view expected, const std::string& got) {
    return make_error(ErrorCode::invalid_input, "expected {}, got `{}`", expected, printable(got))
        .at(source.place);
  };
  if (!is_package_name(source.location)) return wrong("the name of an npm package", source.location);
  if (!is_exact_version(source.version)) return wrong("an exact version of an npm package", source.version);
  const auto integrity = IntegrityCheck::create(source.integrity);
  if (!integrity) return tl::make_unexpected(Error(integrity.error()).at(source.place));
  return {};
}

// A file name for an integrity, which may hold slashes.
std::string key_of(const Source& source) { return sha256(source.integrity).hex(); }

// What npm needs to find itself, its configuration and the network: the user's own settings, nothing else.
Environment npm_environment(const Environment& user) {
  Environment env = network_variables(user);
  for (const auto& [name, value] : user) {
    const std::string lower = lower_case(name);
    constexpr std::array<std::string_view, 7> kUsed = {
        "home", "user", "tmpdir", "node_options", "node_extra_ca_certs", "xdg_config_home", "npm_token"};
    if (lower.starts_with("npm_config_") || std::find(kUsed.begin(), kUsed.end(), lower) != kUsed.end())
      env.emplace(name, value);
  }
  env["NO_UPDATE_NOTIFIER"] = "1";
  env["NO_COLOR"] = "1";
  env["CI"] = "1";
  return env;
}

// "npm error code E404" (npm 10) or "npm ERR! code E404" (before).
std::string error_code(std::string_view text) {
  for (const std::string& line : lines_of(text))
    for (const std::string_view prefix : {"npm error code ", "npm ERR! code "})
      if (line.starts_with(prefix)) return std::string(trim(std::string_view(line).substr(prefix.size())));
  return "";
}

// The first line of npm's explanation that says something.
std::string first_words(const ProcessResult& result) {
  for (const std::string& line : lines_of(result.err))
    for (const std::string_view prefix : {"npm error ", "npm ERR! "}) {
      const std::string_view text = std::string_view(line).substr(std::min(line.size(), prefix.size()));
      const bool says_something = !text.starts_with("code ") && !text.starts_with("errno ") &&
                                  !text.starts_with("syscall ") && !trim(text).empty();
      if (line.starts_with(prefix) && says_something) return printable(trim(text));
    }
  return describe_exit(result);
}

bool is_one_of(const std::string& code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

class Pack {
 public:
  Pack(const Source& source, Session& session, Meter& meter, Path folder)
      : source_(source),
        session_(session),
        meter_(meter),
        folder_(std::move(folder)),
        shown_(label_of(source)) {}

  Result<Fetched> run() {
    TRY_STATUS(pack());
    TRY(const Path tarball, find_tarball());
    TRY(const Digest digest, check(tarball));
    TRY(const Cache::Entry entry, session_.cache.put(tarball, digest));
    TRY_STATUS(session_.cache.put_alias("npm", key_of(source_), {digest, Digest(), {}}));
    meter_.advance(entry.bytes);
    Fetched out;
    out.path = entry.path;
    out.digest = digest;
    out.bytes = entry.bytes;
    return out;
  }

 private:
  // In a folder that is a package of its own, so that no .npmrc of a folder above is taken for the project's.
  Status pack() {
    TRY_STATUS(session_.fs.write_file(folder_ / "package.json", "{\"name\":\"reef\",\"version\":\"0.0.0\"}\n",
                                      false));
    ProcessSpec spec;
    spec.argv = {"npm", "pack", source_.location + "@" + source_.version, "--json", "--ignore-scripts"};
    spec.cwd = folder_;
    spec.env = npm_environment(session_.settings.env);
    spec.cancel = &session_.cancel;
    for (int n = 0;; ++n) {
      TRY_STATUS(session_.check());
      auto result = session_.runner.run(spec);
      if (!result && result.error().code() == ErrorCode::not_found) return no_npm();
      if (!result) return tl::make_unexpected(std::move(result).error());
      if (result->kind == ExitKind::cancelled) return make_error(ErrorCode::interrupted, "interrupted");
      if (result->ok()) return {};
      // npm itself has tried several times: once more is enough.
      const bool is_passing =
          is_one_of(error_code(result->err), {"ETIMEDOUT", "ECONNRESET", "ERR_SOCKET_TIMEOUT"});
      if (!is_passing || n >= std::min(1, session_.settings.retries))
        return tl::make_unexpected(error_of(*result));
      TRY_STATUS(pause(session_, back_off(session_, n)));
    }
  }

  Failure no_npm() const {
    return make_error(ErrorCode::not_found, "`{}` comes from npm, which is not on this host", shown_)
        .hint("install it: `apt install npm`, `dnf install npm` or `brew install node`");
  }

  Error error_of(const ProcessResult& result) const {
    const std::string code = error_code(result.err);
    const std::string words = first_words(result);
    if (code == "E404" || code == "ETARGET" || code == "ENOVERSIONS")
      return make_error(ErrorCode::not_found, "npm has no package `{}`: {}", shown_, words).take();
    if (code == "EINTEGRITY")
      return make_error(ErrorCode::integrity, "npm refused `{}`: {}", shown_, words).take();
    if (is_one_of(code, {"ENOTFOUND", "EAI_AGAIN"}))
      return make_error(ErrorCode::network, "npm cannot find its registry's host for `{}`: {}", shown_, words)
          .hint("check the network; `npm config get registry` shows the registry")
          .take();
    if (is_one_of(code, {"E401", "E403", "ENEEDAUTH"}))
      return make_error(ErrorCode::network, "npm's registry wants a login for `{}`: {}", shown_, words)
          .hint("log in with `npm login`")
          .take();
    if (code.find("CERT") != std::string::npos || code == "UNABLE_TO_VERIFY_LEAF_SIGNATURE")
      return make_error(ErrorCode::network, "npm cannot trust its registry for `{}`: {}", shown_, code)
          .hint("if you trust that authority, name its certificate in `NODE_EXTRA_CA_CERTS`")
          .take();
    return make_error(ErrorCode::network, "npm could not fetch `{}`: {}", shown_, words).take();
  }

  Result<Path> find_tarball() {
    TRY(const std::vector<std::string> names, session_.fs.list(folder_));
    const auto is_tarball = [](const std::string& name) { return name.ends_with(".tgz"); };
    if (std::count_if(names.begin(), names.end(), is_tarball) != 1)
      return make_error(ErrorCode::network, "npm said that it fetched `{}`, but left no tarball", shown_);
    return folder_ / *std::find_if(names.begin(), names.end(), is_tarball);
  }

  Result<Digest> check(const Path& tarball) {
    TRY(IntegrityCheck integrity, IntegrityCheck::create(source_.integrity));
    Sha256 hash;
    std::uint64_t size = 0;
    TRY_STATUS(read_in_pieces(tarball, [&](std::string_view bytes) {
      integrity.update(bytes);
      hash.update(bytes);
      size += bytes.size();
      return Status();
    }));
    if (source_.size && *source_.size != size)
      return tl::make_unexpected(wrong_size_error(shown_, *source_.size, size));
    const std::string got = integrity.finish();
    if (got != source_.integrity)
      return tl::make_unexpected(wrong_digest_error(shown_, source_.integrity, got));
    Digest digest = hash.finish();
    if (source_.sha256 && *source_.sha256 != digest)
      return tl::make_unexpected(wrong_digest_error(shown_, source_.sha256->hex(), digest.hex()));
    return digest;
  }

  const Source& source_;
  Session& session_;
  Meter& meter_;
  Path folder_;
  std::string shown_;
};

}  // namespace

Result<std::optional<Fetched>> find_npm(const Source& source, Session& session) {
  TRY_STATUS(check_npm_source(source));
  TRY(const std::optional<Cache::Alias> alias, session.cache.find_alias("npm", key_of(source)));
  if (!alias) return std::optional<Fetched>();
  TRY(const std::optional<Cache::Entry> entry, session.cache.find(alias->file));
  if (!entry) return std::optional<Fetched>();
  Fetched out;
  out.path = entry->path;
  out.digest = alias->file;
  out.bytes = entry->bytes;
  out.from_cache = true;
  return out;
}

Result<Fetched> get_npm(const Source& source, Session& session, Meter& meter) {
  TRY(const FileLock lock, session.cache.lock("npm-" + key_of(source), session.cancel));
  TRY(std::optional<Fetched> found, find_npm(source, session));
  if (found) return *std::move(found);
  TRY(const TemporaryFolder folder, session.cache.temporary_folder("npm-"));
  return Pack(source, session, meter, folder.path()).run();
}

}  // namespace reef::fetch
