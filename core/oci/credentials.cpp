#include "core/oci/credentials.h"

#include <algorithm>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/os/environment.h"

namespace reef::oci {
namespace {

constexpr std::uint64_t kLargestFile = std::uint64_t{1} << 20U;
constexpr std::chrono::seconds kPatience{20};

Result<std::optional<Credentials>> from_environment(const Environment& env, const std::string& name) {
  Credentials out;
  const std::string token = login_variable(name, "TOKEN");
  const std::string user = login_variable(name, "USER");
  const std::string password = login_variable(name, "PASSWORD");
  out.bearer = get_or(env, token, "");
  out.user = get_or(env, user, "");
  out.password = get_or(env, password, "");
  out.origin = out.bearer.empty() ? fmt::format("`${}`", user) : fmt::format("`${}`", token);
  if (out.bearer.empty() && out.user.empty() && out.password.empty()) return std::optional<Credentials>();
  if (out.bearer.empty() && (out.user.empty() || out.password.empty()))
    return make_error(ErrorCode::usage, "`${}` is set, and `${}` is not", out.user.empty() ? password : user,
                      out.user.empty() ? user : password);
  return std::optional<Credentials>(std::move(out));
}

struct AuthFile {
  Path path;
  bool required = false;
};

std::vector<AuthFile> auth_files(const Environment& env) {
  if (const std::string named = get_or(env, "REGISTRY_AUTH_FILE", ""); !named.empty()) return {{named, true}};
  std::vector<AuthFile> out;
  const auto add = [&](const std::string& folder, const char* file) {
    if (!folder.empty()) out.push_back({Path(folder) / file, false});
  };
  const auto home = home_folder(env);
  const auto below_home = [&](const char* folder) {
    return home ? (*home / folder).string() : std::string();
  };
  add(get_or(env, "XDG_RUNTIME_DIR", ""), "containers/auth.json");
  add(get_or(env, "XDG_CONFIG_HOME", below_home(".config")), "containers/auth.json");
  add(get_or(env, "DOCKER_CONFIG", below_home(".docker")), "config.json");
  return out;
}

std::string text_of(const json::Value& value, const char* name) {
  const auto found = value.find(name);
  return found != value.end() && found->is_string() ? found->get<std::string>() : "";
}

// What a helper prints is a secret: it never becomes part of a message.
Result<std::optional<Credentials>> ask_helper(const CredentialSources& sources, const CredentialQuery& query,
                                              const std::string& helper, const Path& file) {
  const std::string program = "docker-credential-" + helper;
  ProcessSpec spec;
  spec.argv = {program, "get"};
  spec.env = sources.env;
  spec.input = query.host;
  spec.timeout = kPatience;
  spec.cancel = &sources.cancel;
  const auto failed = [&](ErrorCode code, std::string_view why) {
    return make_error(code, "the credential helper `{}` {}", program, why)
        .hint(fmt::format("`{}` names it for `{}`", printable(file.string()), query.host));
  };
  const Result<ProcessResult> result = sources.processes.run(spec);
  if (!result && result.error().code() == ErrorCode::not_found)
    return failed(ErrorCode::not_found, "is not installed");
  if (!result) return failed(ErrorCode::io, "could not be started");
  if (result->kind == ExitKind::cancelled) return make_error(ErrorCode::interrupted, "interrupted");
  if (result->kind == ExitKind::timed_out) return failed(ErrorCode::io, "did not answer within 20 s");
  // The words of the protocol for "not one of mine".
  if (!result->ok() && result->out.find("credentials not found") != std::string::npos)
    return std::optional<Credentials>();
  if (!result->ok()) return failed(ErrorCode::io, "failed: " + describe_exit(*result));
  const auto document = json::parse(program, result->out);
  if (!document || !document->root.is_object())
    return failed(ErrorCode::io, "printed something else than JSON");
  Credentials out;
  out.origin = fmt::format("`{}`", program);
  out.user = text_of(document->root, "Username");
  out.password = text_of(document->root, "Secret");
  if (out.password.empty()) return std::optional<Credentials>();
  if (out.user == "<token>") {
    out.user.clear();
    std::swap(out.identity_token, out.password);
  }
  return std::optional<Credentials>(std::move(out));
}

Result<std::optional<Credentials>> from_file(const CredentialSources& sources, const CredentialQuery& query,
                                             const AuthFile& file) {
  Result<std::string> text = sources.fs.read_file(file.path, kLargestFile);
  if (!text && text.error().code() == ErrorCode::not_found && !file.required)
    return std::optional<Credentials>();
  if (!text) return tl::make_unexpected(std::move(text).error());
  TRY(AuthEntry entry, read_auth_file(file.path.string(), *std::move(text), query));
  if (entry.helper.empty()) return std::move(entry.credentials);
  return ask_helper(sources, query, entry.helper, file.path);
}

}  // namespace

std::vector<std::string> credential_hints(const CredentialQuery& query) {
  const std::string& name = query.registry.empty() ? query.host : query.registry;
  return {fmt::format("set `{}` and `{}`, or `{}`", login_variable(name, "USER"),
                      login_variable(name, "PASSWORD"), login_variable(name, "TOKEN")),
          fmt::format("or log in once: `podman login {}`; skopeo and docker keep logins in the same files",
                      query.host)};
}

Result<std::optional<Credentials>> find_credentials(const CredentialSources& sources,
                                                    const CredentialQuery& query) {
  for (const std::string& name : {query.registry, query.host}) {
    if (name.empty()) continue;
    TRY(std::optional<Credentials> found, from_environment(sources.env, name));
    if (found) return found;
  }
  const auto looking = [&] { return fmt::format("looking for the login of `{}`", query.host); };
  for (const AuthFile& file : auth_files(sources.env)) {
    TRY(std::optional<Credentials> found, with_context(from_file(sources, query, file), looking));
    if (found) return found;
  }
  return std::optional<Credentials>();
}

}  // namespace reef::oci
