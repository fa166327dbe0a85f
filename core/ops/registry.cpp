#include "core/ops/registry.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/ops/open_registries.h"
#include "core/ops/pinned_roots.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/published_registry.h"
#include "core/remote/git_folder.h"
#include "core/remote/http_place.h"

namespace reef::ops {
namespace {

constexpr const char* kCatalogue = "catalogue";

// The signature that is there stays when it is one of this root by this key: the same bytes for the same
// root.
Result<Path> sign_root(const Machine& machine, const Home& home, const Path& root, const SecretKey& key) {
  const Keys keys(machine.fs, machine.clock, home);
  const Path signature = signature_place(root);
  if (const Result<std::string> text = machine.fs.read_file(signature, kLargestSignature)) {
    const Result<Signature> old = read_signature(*text);
    if (old && verify_file(key.public_key(), *old, root)) return signature;
  }
  return sign(keys, machine.fs, machine.clock, root, key, "", "");
}

Result<std::vector<PublicKey>> keys_called(const Keys& keys, const std::vector<std::string>& texts) {
  TRY(const std::vector<KnownKey> known, keys.list());
  std::vector<PublicKey> out;
  for (const std::string& text : texts) {
    TRY(const PublicKey key, keys.find(text));
    for (const KnownKey& each : known)
      if (each.key.id == key.id && each.revoked) return tl::make_unexpected(revoked_error(each));
    if (std::find(out.begin(), out.end(), key) == out.end()) out.push_back(key);
  }
  return out;
}

std::string_view kind_in_words(LocationKind kind) {
  switch (kind) {
    case LocationKind::folder:
      return "a folder";
    case LocationKind::http:
      return "a web site";
    case LocationKind::oci:
      return "an OCI registry";
    case LocationKind::git:
      break;
  }
  return "a git repository";
}

Result<KnownRegistry> registry_of(const Machine& machine, const Home& home, const AddRegistry& request) {
  KnownRegistry out;
  TRY(out.name, parse_registry_name(request.name));
  TRY(out.location, parse_location(request.location));
  if (out.name == kCatalogue)
    return make_error(ErrorCode::usage, "`{}` is the one that came with reef: choose another name",
                      kCatalogue);
  if (!request.ref.empty() && out.location.kind != LocationKind::git)
    return make_error(ErrorCode::usage, "`--ref` is for git repositories, and `{}` is {}",
                      out.location.text(), kind_in_words(out.location.kind))
        .hint("a git repository is written `git+https://...` or `git+file:///...`");
  out.ref = request.ref;
  out.priority = request.priority;
  for (const std::string& text : request.prefixes) {
    TRY(std::string prefix, parse_prefix(text));
    if (std::find(out.prefixes.begin(), out.prefixes.end(), prefix) == out.prefixes.end())
      out.prefixes.push_back(std::move(prefix));
  }
  TRY(out.keys, keys_called(Keys(machine.fs, machine.clock, home), request.keys));
  return out;
}

Result<std::string> commit_of(const remote::Access& access, const KnownRegistry& registry) {
  TRY(const remote::Access own, git_access_of(access, registry));
  return fetch::find_commit(registry.location.address, registry.ref, own.settings, own.fs, own.processes,
                            own.client, own.clock, own.cancel);
}

// Packages that nobody gets, since the catalogue, which is asked first, has tools of their names. `where`:
// what the registry is called.
std::vector<Error> hidden_by_tools(const Machine& machine, const Path& cache, Registry& registry,
                                   const std::vector<KnownRegistry>& known, const std::string& where) {
  std::vector<Error> out;
  const Result<RegistryRoots> roots = registry_roots(machine.fs, machine.env);
  if (!roots || !roots->catalogue) return out;
  const auto catalogue = open_registries(machine.fs, {*roots->catalogue}, cache);
  if (!catalogue) return out;
  std::vector<std::string> hidden;
  for (const std::string& tool : (*catalogue)->tools())
    if (prefix_of(tool, known).empty() && registry.has(tool) && !registry.is_tool(tool))
      hidden.push_back(tool);
  if (hidden.empty()) return out;
  const bool one = hidden.size() == 1;
  out.push_back(
      Error(ErrorCode::invalid_input,
            fmt::format("{} {} hidden in {}: the catalogue has {} of the host of {}, and is asked first",
                        quoted_list(hidden, "and"), one ? "is" : "are", where, one ? "a tool" : "tools",
                        one ? "that name" : "these names"))
          .hint(one ? "publish it under another name" : "publish them under other names"));
  return out;
}

std::vector<Error> warnings_of(const std::vector<std::string>& notes) {
  std::vector<Error> out;
  for (const std::string& note : notes) out.emplace_back(ErrorCode::invalid_input, note);
  return out;
}

// How many names there are; a place without any is a mistake more often than a registry, but where a registry
// is made by the first who publishes to it.
Status probe(const Machine& machine, const Home& home, const remote::Access& access,
             std::vector<KnownRegistry> known, AddedRegistry& out) {
  const KnownRegistry& registry = out.registry;
  Result<Opened> opened = open_known(machine, home, access, registry);
  if (!opened) {
    Error error = std::move(opened).error();
    if (registry.location.kind == LocationKind::http && error.code() == ErrorCode::not_found)
      error = std::move(error).hint(
          "`reef registry build FOLDER` writes that file; a git repository is written `git+https://...`");
    return tl::make_unexpected(
        std::move(error).context(fmt::format("looking at the registry `{}`", registry.name)));
  }
  const std::size_t count = opened->registry->names().size();
  const bool may_be_empty = registry.location.kind == LocationKind::http ||
                            registry.location.kind == LocationKind::oci ||
                            exists(machine.fs, Path(registry.location.address) / kRegistryRoot);
  if (count == 0 && !may_be_empty)
    return make_error(ErrorCode::not_found, "there is no package in `{}`", registry.location.text())
        .hint(registry.location.kind == LocationKind::folder
                  ? fmt::format("`reef registry build {}` makes an empty registry of it",
                                shell_quoted(registry.location.address))
                  : "packages are folders with a `reef.json`, at most three folders deep");
  out.packages = count;
  known.push_back(registry);
  out.warnings = hidden_by_tools(machine, registry_cache(home), *opened->registry, known,
                                 fmt::format("the registry `{}`", registry.name));
  for (Error& warning : warnings_of(opened->notes)) out.warnings.push_back(std::move(warning));
  return {};
}

class Updater {
 public:
  Updater(const Machine& machine, Home home)
      : machine_(machine),
        home_(std::move(home)),
        registries_(machine.fs, home_),
        client_(make_http_client(machine.env)),
        access_(access_of(machine, home_, *client_, false)) {}

  UpdatedRegistry update(const KnownRegistry& registry) {
    UpdatedRegistry out;
    out.name = registry.name;
    if (const Status status = update(registry, out); !status)
      out.error = Error(status.error()).context(fmt::format("updating the registry `{}`", registry.name));
    return out;
  }

 private:
  Status update(const KnownRegistry& registry, UpdatedRegistry& out) {
    switch (registry.location.kind) {
      case LocationKind::http:
        return update_site(registry, out);
      case LocationKind::git:
        return update_git(registry, out);
      case LocationKind::oci:
        return update_oci(registry, out);
      case LocationKind::folder:
        return look_at_folder(registry);
    }
    return {};
  }

  // Nothing of it is kept here: it is looked at as the next command would.
  Status look_at_folder(const KnownRegistry& registry) {
    TRY(const Opened opened, open_known(machine_, home_, access_, registry));
    (void)opened.registry->names();
    return {};
  }

  Status update_oci(const KnownRegistry& registry, UpdatedRegistry& out) {
    TRY(remote::OciSite site, oci_site_of(machine_, home_, registry));
    remote::OciPackages packages(access_, std::move(site), registry_cache(home_));
    TRY(const bool has_other_names, packages.refresh());
    out.changed = has_other_names ? std::optional(true) : std::nullopt;
    return {};
  }

  Status update_site(const KnownRegistry& registry, UpdatedRegistry& out) {
    TRY(remote::Site site, site_of(machine_, home_, registry));
    remote::HttpPlace place(access_, std::move(site), registry_cache(home_));
    TRY(out.changed, place.refresh());
    return {};
  }

  // The new commit is here before it is used.
  Status update_git(const KnownRegistry& registry, UpdatedRegistry& out) {
    KnownRegistry now = registry;
    TRY(now.commit, commit_of(access_, registry));
    out.from = registry.commit;
    out.to = now.commit;
    out.changed = now.commit != registry.commit;
    if (now.commit == registry.commit) return {};
    TRY(const Opened opened, open_known(machine_, home_, access_, now));
    out.warnings = warnings_of(opened.notes);
    return registries_.set_commit(registry, now.commit);
  }

  const Machine& machine_;
  Home home_;
  KnownRegistries registries_;
  std::unique_ptr<HttpClient> client_;
  remote::Access access_;
};

}  // namespace

std::vector<Error> warnings_of_gone(const RegistryBuilt& built) {
  if (built.gone.empty()) return {};
  const bool one = built.gone.size() == 1;
  const std::string folder = built.file.parent_path().string();
  return {Error(ErrorCode::not_found,
                fmt::format("{} {} published, and {} not in `{}` any more: locks that name {} fail",
                            quoted_list(built.gone, "and"), one ? "was" : "were", one ? "is" : "are",
                            printable(folder), one ? "it" : "them"))
              .hint(fmt::format("bring {} back, then take the offer back: `reef publish --yank {} --to {}`",
                                one ? "it" : "them", built.gone.front(), shell_quoted(folder)))};
}

Status check_not_cached(const Machine& machine, const Path& folder) {
  const Result<Home> home = find_home(machine.env);
  if (!home) return {};
  const Path cache = machine.fs.real_path(home->cache()).value_or(home->cache());
  const Path inside = folder.lexically_relative(cache);
  if (inside.empty() || *inside.begin() == "..") return {};
  return make_error(ErrorCode::usage, "`{}` is in reef's own cache, a copy of what is published elsewhere",
                    folder.string())
      .hint("publish where it came from: of a git repository, in a clone of it");
}

Result<RegistryPublished> publish_folder(const Machine& machine, const Path& folder,
                                         const PublishFolder& request) {
  TRY(const Path path, absolute_path(folder));
  // The same folder under another name is the same registry.
  const Path real = machine.fs.real_path(path).value_or(path);
  if (real == real.root_path())
    return make_error(ErrorCode::usage, "`{}` is the whole machine, no folder of packages", real.string());
  TRY_STATUS(check_not_cached(machine, real));
  const bool is_signed = exists(machine.fs, real / kRootSignature);
  if (is_signed && !request.sign)
    return make_error(ErrorCode::usage, "the registry in `{}` is signed, and would not be any more",
                      real.string())
        .hint(fmt::format("name the key: `--sign KEY`; or remove `{}`", kRootSignature));
  const Result<Home> home = find_home(machine.env);
  std::optional<SecretKey> key;
  if (request.sign) {
    if (!home) return tl::make_unexpected(home.error());
    TRY(key, request.sign());  // before anything is changed
  }
  RegistryPublished out;
  BuildOptions options{home ? registry_cache(*home) : Path(), request.wait, &machine.cancel, request.yank,
                       request.replace};
  TRY(out.built, request.lock ? build_registry(machine.fs, real, options, *request.lock)
                              : build_registry(machine.fs, real, options));
  if (const auto built = open_registries(machine.fs, {real}, options.cache))
    out.warnings = hidden_by_tools(machine, options.cache, **built, {}, fmt::format("`{}`", real.string()));
  for (Error& warning : warnings_of_gone(out.built)) out.warnings.push_back(std::move(warning));
  if (key) {
    TRY(out.signature, sign_root(machine, *home, out.built.file, *key));
  }
  return out;
}

Result<AddedRegistry> add_registry(const Machine& machine, const AddRegistry& request, bool offline) {
  TRY(const Home home, find_home(machine.env));
  AddedRegistry out;
  TRY(out.registry, registry_of(machine, home, request));
  const KnownRegistries registries(machine.fs, home);
  TRY(const std::vector<KnownRegistry> known, registries.list());
  for (const KnownRegistry& each : known)
    if (each.name == out.registry.name)
      return make_error(ErrorCode::usage, "there is a registry `{}` already: {}", each.name,
                        printable(each.location.text()))
          .hint(fmt::format("`reef registry remove {}` removes it", each.name));
  const auto client = make_http_client(machine.env);
  const remote::Access access = access_of(machine, home, *client, offline);
  if (out.registry.location.kind == LocationKind::git) {
    TRY(out.registry.commit, with_context(commit_of(access, out.registry),
                                          fmt::format("looking at the registry `{}`", out.registry.name)));
  }
  if (!offline || out.registry.location.kind == LocationKind::folder) {
    TRY_STATUS(probe(machine, home, access, known, out));
  }
  TRY_STATUS(make_folders(machine.fs, home.root));
  TRY_STATUS(registries.add(out.registry));
  return out;
}

Result<std::vector<ListedRegistry>> list_registries(const Machine& machine) {
  TRY(const Home home, find_home(machine.env));
  TRY(const std::vector<KnownRegistry> known, KnownRegistries(machine.fs, home).list());
  TRY(const std::vector<KnownKey> keys, Keys(machine.fs, machine.clock, home).list());
  std::vector<ListedRegistry> out;
  const auto add_folder = [&](const Path& folder, bool is_catalogue) {
    ListedRegistry listed;
    listed.name = is_catalogue ? kCatalogue : "";
    listed.is_catalogue = is_catalogue;
    listed.known.location = {LocationKind::folder, folder.string()};
    out.push_back(std::move(listed));
  };
  if (const Result<RegistryRoots> roots = registry_roots(machine.fs, machine.env)) {
    for (const Path& folder : roots->own) add_folder(folder, false);
    if (roots->catalogue) add_folder(*roots->catalogue, true);
  }
  for (const KnownRegistry& each : known) {
    ListedRegistry listed;
    listed.name = each.name;
    listed.was_added = true;
    listed.known = each;
    for (const PublicKey& key : each.keys) {
      const auto named =
          std::find_if(keys.begin(), keys.end(), [&](const KnownKey& one) { return one.key == key; });
      if (named == keys.end())
        listed.keys.push_back({text_of(key.id), false, ""});
      else
        listed.keys.push_back({named->name, named->revoked.has_value(), named->replaced_by});
    }
    out.push_back(std::move(listed));
  }
  return out;
}

Result<KnownRegistry> remove_registry(const Machine& machine, const std::string& name) {
  TRY(const Home home, find_home(machine.env));
  return KnownRegistries(machine.fs, home).remove(name);
}

Result<std::vector<UpdatedRegistry>> update_registries(const Machine& machine,
                                                       const std::vector<std::string>& names) {
  TRY(const Home home, find_home(machine.env));
  const KnownRegistries registries(machine.fs, home);
  std::vector<KnownRegistry> wanted;
  for (const std::string& name : names) {
    TRY(KnownRegistry found, registries.find(name));
    wanted.push_back(std::move(found));
  }
  if (names.empty()) {
    TRY(wanted, registries.list());
  }
  Updater updater(machine, home);
  std::vector<UpdatedRegistry> out;
  for (const KnownRegistry& each : wanted) {
    TRY_STATUS(machine.cancel.check());
    out.push_back(updater.update(each));
  }
  return out;
}

}  // namespace reef::ops
