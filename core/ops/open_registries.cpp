#include "core/ops/open_registries.h"

#include <algorithm>

#include "core/base/base64.h"
#include "core/base/text.h"
#include "core/base/url.h"
#include "core/ops/pinned_keys.h"
#include "core/ops/pinned_roots.h"
#include "core/os/environment.h"
#include "core/registry/compose.h"
#include "core/registry/folder_place.h"
#include "core/registry/folder_registry.h"
#include "core/registry/published_registry.h"
#include "core/remote/git_folder.h"
#include "core/remote/http_place.h"
#include "core/remote/oci_registry.h"

namespace reef::ops {
namespace {

std::string login_hint(const KnownRegistry& registry, bool has_credentials) {
  if (has_credentials)
    return fmt::format("it did not accept what `{}` or `{}` and `{}` of the environment say",
                       login_variable(registry.name, "TOKEN"), login_variable(registry.name, "USER"),
                       login_variable(registry.name, "PASSWORD"));
  return fmt::format("if it wants a login: set `{}`, or `{}` and `{}`, in the environment",
                     login_variable(registry.name, "TOKEN"), login_variable(registry.name, "USER"),
                     login_variable(registry.name, "PASSWORD"));
}

class Opener {
 public:
  Opener(const Machine& machine, const Home& home, const remote::Access& access, const KnownRegistry& known)
      : machine_(machine),
        home_(home),
        access_(access),
        known_(known),
        cache_(registry_cache(home)),
        guard_(guard_of(known, KnownRegistries(machine.fs, home), Keys(machine.fs, machine.clock, home))) {}

  Result<Opened> open() {
    Opened out;
    switch (known_.location.kind) {
      case LocationKind::folder: {
        TRY(out.registry, open_folder(known_.location.address));
        break;
      }
      case LocationKind::http: {
        TRY(out.registry, open_site(out.notes));
        break;
      }
      case LocationKind::oci: {
        TRY(remote::OciSite site, oci_site_of(machine_, home_, known_));
        TRY(remote::OpenedOci opened, remote::open_oci_registry(access_, std::move(site), cache_));
        out = {std::move(opened.registry), std::move(opened.notes)};
        break;
      }
      case LocationKind::git: {
        TRY(const remote::Access access, git_access_of(access_, known_));
        TRY(remote::GitFolder folder,
            remote::git_folder(access, known_.location.address, known_.commit, name()));
        TRY(out.registry, open_folder(folder.path, known_.name));
        out.notes = std::move(folder.notes);
        break;
      }
    }
    return out;
  }

 private:
  std::string name() const {
    std::string where = known_.location.text();
    if (!known_.commit.empty()) where += " at " + known_.commit.substr(0, 12);
    return fmt::format("the registry `{}` ({})", known_.name, printable(where));
  }

  // copy_of: as make_folder_place takes it.
  Result<std::unique_ptr<Registry>> open_folder(const Path& folder, const std::string& copy_of = "") {
    if (!is_folder(machine_.fs, folder))
      return make_error(ErrorCode::not_found, "{} is not there: `{}` is no folder", name(), folder.string());
    if (is_published(machine_.fs, folder))
      return open_published_registry(machine_.fs,
                                     make_folder_place(machine_.fs, folder, name(), guard_, copy_of), cache_);
    if (guard_ != nullptr)
      return make_error(ErrorCode::integrity, "the registry `{}` is pinned to keys, and is not signed",
                        known_.name)
          .hint("those who publish it sign it with `reef registry build --sign KEY`");
    return open_folder_registry(
        machine_.fs, {{folder}, cache_file_of(cache_, {folder}, "catalogue"), name(), !copy_of.empty()});
  }

  Result<std::unique_ptr<Registry>> open_site(std::vector<std::string>& notes) {
    TRY(remote::Site site, site_of(machine_, home_, known_));
    auto place = std::make_unique<remote::HttpPlace>(access_, std::move(site), cache_);
    TRY_STATUS(place->root().map([](const RegistryPlace::Root&) {}));
    notes = place->notes();
    return open_published_registry(machine_.fs, std::move(place), cache_);
  }

  const Machine& machine_;
  const Home& home_;
  const remote::Access& access_;
  const KnownRegistry& known_;
  Path cache_;
  std::shared_ptr<RootGuard> guard_;
};

// Names that begin with a declared prefix are only for those who declare it.
std::unique_ptr<Registry> without_claimed(std::unique_ptr<Registry> registry,
                                          const std::vector<KnownRegistry>& known) {
  return scope_registry(std::move(registry),
                        [known](std::string_view name) { return prefix_of(name, known).empty(); });
}

std::unique_ptr<Registry> within_its_prefixes(std::unique_ptr<Registry> registry, const KnownRegistry& own,
                                              const std::vector<KnownRegistry>& known) {
  return scope_registry(std::move(registry), [own, known](std::string_view name) {
    const std::string prefix = prefix_of(name, known);
    return std::find(own.prefixes.begin(), own.prefixes.end(), prefix) != own.prefixes.end();
  });
}

bool any_prefix(const std::vector<KnownRegistry>& known) {
  return std::any_of(known.begin(), known.end(),
                     [](const KnownRegistry& each) { return !each.prefixes.empty(); });
}

Result<std::unique_ptr<Registry>> open_local(const Machine& machine, const Home& home,
                                             const RegistryRoots& roots,
                                             const std::vector<KnownRegistry>& known) {
  const Path cache = registry_cache(home);
  if (!any_prefix(known) || !roots.catalogue) return open_registries(machine.fs, roots.all(), cache);
  TRY(auto catalogue, open_registries(machine.fs, {*roots.catalogue}, cache));
  catalogue = without_claimed(std::move(catalogue), known);
  if (roots.own.empty()) return catalogue;
  std::vector<std::unique_ptr<Registry>> parts;
  TRY(parts.emplace_back(), open_registries(machine.fs, roots.own, cache));
  parts.push_back(std::move(catalogue));
  return merge_registries(std::move(parts));
}

// Who alone may have a name, for people; empty: anybody.
std::string claim_of(std::string_view name, const std::vector<KnownRegistry>& known) {
  const std::string prefix = prefix_of(name, known);
  if (prefix.empty()) return "";
  std::vector<std::string> owners;
  for (const KnownRegistry& each : known)
    if (std::find(each.prefixes.begin(), each.prefixes.end(), prefix) != each.prefixes.end())
      owners.push_back(each.name);
  return fmt::format(
      "names that begin with `{}` come from the registry {} only: `reef registry list` shows it", prefix,
      quoted_list(owners));
}

std::unique_ptr<Registry> deferred(const Machine& machine, const Home& home, const remote::Access& access,
                                   const KnownRegistry& known, const RegistryNote& note) {
  DeferredOpening opening;
  opening.name = fmt::format("the registry `{}` ({})", known.name, printable(known.location.text()));
  opening.open = [machine, home, access, known, note]() -> Result<std::unique_ptr<Registry>> {
    Result<Opened> opened = open_known(machine, home, access, known);
    if (!opened) {
      Error error = std::move(opened).error();
      return tl::make_unexpected(
          std::move(error)
              .context(fmt::format("opening the registry `{}`", known.name))
              .hint(fmt::format("to do without it: `reef registry remove {}`", known.name)));
    }
    for (const std::string& text : opened->notes) note(text);
    return std::move(opened->registry);
  };
  opening.left_out = [name = known.name, note](const Error& error) {
    note(fmt::format("the registry `{}` is left out: {}", name, error.message()));
  };
  return defer_registry(std::move(opening));
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> credentials_of(const KnownRegistry& registry,
                                                                        const Environment& env) {
  const std::string token = get_or(env, login_variable(registry.name, "TOKEN"), "");
  const std::string user = get_or(env, login_variable(registry.name, "USER"), "");
  const std::string password = get_or(env, login_variable(registry.name, "PASSWORD"), "");
  std::vector<std::pair<std::string, std::string>> out;
  if (token.empty() && user.empty() && password.empty()) return out;
  if (!token.empty() && !(user.empty() && password.empty()))
    return make_error(ErrorCode::invalid_input, "both `{}` and `{}` are set",
                      login_variable(registry.name, "TOKEN"),
                      login_variable(registry.name, user.empty() ? "PASSWORD" : "USER"))
        .hint("unset one of them");
  if (token.empty() && user.empty())
    return make_error(ErrorCode::invalid_input, "`{}` is set, and `{}` is not",
                      login_variable(registry.name, "PASSWORD"), login_variable(registry.name, "USER"));
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  for (const std::string* text : {&token, &user, &password})
    if (std::any_of(text->begin(), text->end(), is_control))
      return make_error(ErrorCode::invalid_input,
                        "what the environment says of the login to the registry `{}` holds a line break",
                        registry.name);
  const UrlParts url = split_url(registry.location.address);
  if (url.scheme == "http" && !is_loopback(url.host))
    return make_error(
               ErrorCode::invalid_input,
               "the login to the registry `{}` would be sent over plain http, where everybody can read it",
               registry.name)
        .hint(fmt::format("add it with `https://`, or unset `{}`",
                          login_variable(registry.name, token.empty() ? "USER" : "TOKEN")));
  out.emplace_back("Authorization",
                   token.empty() ? "Basic " + base64_of(user + ":" + password) : "Bearer " + token);
  return out;
}

remote::Access access_of(const Machine& machine, const Home& home, HttpClient& client, bool offline) {
  remote::Access access{machine.fs, machine.processes, client, machine.clock, machine.cancel, {}};
  access.settings.cache = home.cache();
  access.settings.offline = offline;
  access.settings.env = machine.env;
  return access;
}

Result<remote::Access> git_access_of(const remote::Access& access, const KnownRegistry& known) {
  remote::Access out = access;
  const std::string scheme = split_url(known.location.address).scheme;
  if (scheme != "https" && scheme != "http") return out;
  TRY(const auto headers, credentials_of(known, access.settings.env));
  if (!headers.empty()) out.settings.git_login = headers.front().second;
  out.settings.login_hint = login_hint(known, !headers.empty());
  return out;
}

Result<remote::Site> site_of(const Machine& machine, const Home& home, const KnownRegistry& known) {
  remote::Site out{known.name, known.location.address, {}, "", nullptr};
  TRY(out.headers, credentials_of(known, machine.env));
  out.login_hint = login_hint(known, !out.headers.empty());
  out.guard = guard_of(known, KnownRegistries(machine.fs, home), Keys(machine.fs, machine.clock, home));
  return out;
}

Result<remote::OciSite> oci_site_of(const Machine& machine, const Home& home, const KnownRegistry& known) {
  TRY(oci::Reference place, oci::Reference::parse_registry(known.location.address));
  const Keys keys(machine.fs, machine.clock, home);
  // Without any key that is good nothing could be believed: that is told once, not of each package.
  TRY_STATUS(PinnedKeys(known, keys).acceptable().map([](const auto&) {}));
  return remote::OciSite{known.name, std::move(place), entry_guard_of(known, keys)};
}

std::string prefix_of(std::string_view name, const std::vector<KnownRegistry>& known) {
  std::string out;
  for (const KnownRegistry& each : known)
    for (const std::string& prefix : each.prefixes)
      if (name.starts_with(prefix) && prefix.size() > out.size()) out = prefix;
  return out;
}

Result<Opened> open_known(const Machine& machine, const Home& home, const remote::Access& access,
                          const KnownRegistry& known) {
  return Opener(machine, home, access, known).open();
}

Result<std::unique_ptr<Registry>> open_for_user(const Machine& machine, const Home& home,
                                                const remote::Access& access, const RegistryRoots& roots,
                                                const std::vector<KnownRegistry>& known, RegistryNote note) {
  TRY(auto local, open_local(machine, home, roots, known));
  if (known.empty()) return local;
  std::vector<RegistryLayer> layers;
  layers.push_back({"", std::move(local)});
  for (const KnownRegistry& each : known) {
    std::unique_ptr<Registry> registry = deferred(machine, home, access, each, note);
    if (!each.prefixes.empty())
      registry = within_its_prefixes(std::move(registry), each, known);
    else if (any_prefix(known))
      registry = without_claimed(std::move(registry), known);
    layers.push_back({each.name, std::move(registry)});
  }
  return layer_registries(std::move(layers),
                          [known](std::string_view name) { return claim_of(name, known); });
}

}  // namespace reef::ops
