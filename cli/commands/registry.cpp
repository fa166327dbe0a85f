#include "core/ops/registry.h"

#include <charconv>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/passphrase.h"
#include "core/base/text.h"

namespace reef::cli {
namespace registry_verb {
namespace {

struct Options {
  std::string folder = ".";
  std::string sign;
  bool replace = false;
  std::string name;
  std::string location;
  std::string ref;
  std::optional<std::string> priority;
  std::vector<std::string> prefixes;
  std::vector<std::string> keys;
  std::vector<std::string> names;
};

Result<int> build(Host& host, const Options& options) {
  TRY(const ops::RegistryPublished published,
      ops::publish_folder(machine_of(host), options.folder,
                          {false, signing_key(host, options.sign), {}, options.replace, nullptr}));
  const RegistryBuilt& built = published.built;
  if (!host.json && !host.quiet) print_for_people(render_warnings(published.warnings, host.terminal));
  if (host.json) {
    print_json(
        {{"file", built.file.string()},
         {"digest", built.digest.hex()},
         {"changed", built.changed},
         {"packages", built.packages},
         {"versions", built.versions},
         {"written", built.written},
         {"packed", built.packed},
         {"repaired", built.repaired},
         {"removed", built.removed},
         {"gone", built.gone},
         {"warnings", cli::to_json(published.warnings)},
         {"signature", published.signature ? json::Value(published.signature->string()) : json::Value()}});
    return 0;
  }
  std::string out =
      fmt::format("{} {}: {}, {}\n", built.changed ? "wrote" : "up to date:", built.file.string(),
                  counted(built.packages, "package"), counted(built.versions, "version"));
  if (built.written + built.packed + built.removed > 0)
    out += fmt::format("  {} of the index written, {} packed, {} removed\n", counted(built.written, "file"),
                       counted(built.packed, "version"), counted(built.removed, "file"));
  if (built.repaired > 0)
    out += fmt::format("  {} of `blobs` {} damaged, and written again\n", counted(built.repaired, "file"),
                       built.repaired == 1 ? "was" : "were");
  if (published.signature) out += fmt::format("  signed: {}\n", published.signature->string());
  print(out);
  return 0;
}

Result<std::int64_t> priority_of(const std::optional<std::string>& text) {
  std::int64_t number = 0;
  if (!text) return number;
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, number);
  if (read.ec == std::errc() && read.ptr == end && number >= -1'000'000 && number <= 1'000'000) return number;
  return make_error(ErrorCode::usage, "`--priority` needs a whole number, got `{}`", printable(*text))
      .hint("registries with a higher one are asked first; without it it is 0");
}

json::Value to_json(const ops::KnownRegistry& registry) {
  json::Value out = {{"name", registry.name},
                     {"kind", name_of(registry.location.kind)},
                     {"location", registry.location.text()},
                     {"priority", registry.priority},
                     {"prefixes", registry.prefixes}};
  out["ref"] = registry.ref.empty() ? json::Value() : json::Value(registry.ref);
  out["commit"] = registry.commit.empty() ? json::Value() : json::Value(registry.commit);
  out["keys"] = json::Value::array();
  for (const ops::PublicKey& key : registry.keys) out["keys"].push_back(ops::text_of(key.id));
  return out;
}

Result<int> add(Host& host, const Options& options) {
  TRY(const std::int64_t priority, priority_of(options.priority));
  TRY(const ops::AddedRegistry added, ops::add_registry(machine_of(host),
                                                        {options.name, options.location, options.ref,
                                                         priority, options.prefixes, options.keys},
                                                        host.offline));
  const ops::KnownRegistry& registry = added.registry;
  if (!host.json && !host.quiet) print_for_people(render_warnings(added.warnings, host.terminal));
  if (host.json) {
    json::Value out = to_json(registry);
    out["warnings"] = cli::to_json(added.warnings);
    out["packages"] = added.packages ? json::Value(*added.packages) : json::Value();
    print_json(out);
    return 0;
  }
  std::string out = fmt::format("added {}: {}", registry.name, printable(registry.location.text()));
  if (!registry.commit.empty()) out += " at " + registry.commit.substr(0, 12);
  out +=
      added.packages ? fmt::format(", {}\n", counted(*added.packages, "package")) : ", not looked at yet\n";
  if (added.packages == std::size_t{0} && registry.location.kind == ops::LocationKind::oci)
    out += fmt::format("  nothing was published there yet: `reef publish PACKAGE --to {}`\n", registry.name);
  if (!registry.prefixes.empty())
    out += fmt::format("  only {}* {} from here, and from nowhere else\n", join(registry.prefixes, "*, "),
                       registry.prefixes.size() == 1 ? "comes" : "come");
  if (!registry.keys.empty()) out += fmt::format("  pinned to {}\n", counted(registry.keys.size(), "key"));
  print(out);
  return 0;
}

std::string text_of(const ops::ListedRegistry::Key& key) {
  if (!key.revoked) return key.name;
  return key.replaced_by.empty() ? key.name + " (revoked)"
                                 : fmt::format("{} (revoked; now {})", key.name, key.replaced_by);
}

std::string state_of(const ops::ListedRegistry& listed) {
  std::vector<std::string> parts;
  if (!listed.known.commit.empty()) {
    std::string at = "at " + listed.known.commit.substr(0, 12);
    if (!listed.known.ref.empty()) at += " of " + listed.known.ref;
    parts.push_back(std::move(at));
  }
  if (!listed.known.prefixes.empty()) parts.push_back("only " + join(listed.known.prefixes, "*, ") + "*");
  std::vector<std::string> keys;
  for (const ops::ListedRegistry::Key& key : listed.keys) keys.push_back(text_of(key));
  if (!keys.empty()) parts.push_back("signed by " + join(keys, " or "));
  if (listed.known.accepted) parts.push_back("on " + format_time(listed.known.accepted->signed_at));
  return join(parts, "; ");
}

Result<int> list(Host& host) {
  TRY(const std::vector<ops::ListedRegistry> all, ops::list_registries(machine_of(host)));
  if (host.json) {
    json::Value out = {{"registries", json::Value::array()}};
    for (const ops::ListedRegistry& listed : all) {
      json::Value one = to_json(listed.known);
      one["name"] = listed.name.empty() ? json::Value() : json::Value(listed.name);
      one["added"] = listed.was_added;
      if (!listed.was_added) one["priority"] = nullptr;
      one["revoked_keys"] = json::Value::array();
      for (const ops::ListedRegistry::Key& key : listed.keys)
        if (key.revoked) one["revoked_keys"].push_back(key.name);
      one["signed"] =
          listed.known.accepted ? json::Value(format_time(listed.known.accepted->signed_at)) : json::Value();
      out["registries"].push_back(std::move(one));
    }
    print_json(out);
    return 0;
  }
  Table table({"NAME", "KIND", "PRIORITY", "LOCATION", ""});
  for (const ops::ListedRegistry& listed : all)
    table.add({listed.name.empty() ? "(REEF_PACKAGES)" : listed.name,
               std::string(name_of(listed.known.location.kind)),
               listed.was_added ? std::to_string(listed.known.priority) : "first",
               listed.known.location.text(), state_of(listed)});
  print(table.render(host.terminal));
  return 0;
}

Result<int> remove(Host& host, const Options& options) {
  TRY(const ops::KnownRegistry removed, ops::remove_registry(machine_of(host), options.name));
  if (host.json)
    print_json(to_json(removed));
  else
    print(fmt::format("removed {}: {}\n", removed.name, printable(removed.location.text())));
  return 0;
}

std::string changes_of(const ops::UpdatedRegistry& updated) {
  if (!updated.changed) return "asked anew";
  if (!*updated.changed) return "up to date";
  if (updated.to.empty()) return "published anew";
  return fmt::format("{} -> {}", updated.from.substr(0, 12), updated.to.substr(0, 12));
}

Result<int> update(Host& host, const Options& options) {
  if (host.offline) return make_error(ErrorCode::usage, "`reef registry update` is for asking the network");
  TRY(const std::vector<ops::UpdatedRegistry> all, ops::update_registries(machine_of(host), options.names));
  json::Value out = {{"registries", json::Value::array()}};
  int status = 0;
  for (const ops::UpdatedRegistry& updated : all) {
    json::Value one = {{"name", updated.name}};
    one["changed"] = updated.changed ? json::Value(*updated.changed) : json::Value();
    one["from"] = updated.from.empty() ? json::Value() : json::Value(updated.from);
    one["to"] = updated.to.empty() ? json::Value() : json::Value(updated.to);
    one["warnings"] = cli::to_json(updated.warnings);
    one["error"] = updated.error ? cli::to_json(*updated.error)["error"] : json::Value();
    out["registries"].push_back(std::move(one));
    if (!host.json && !host.quiet) print_for_people(render_warnings(updated.warnings, host.terminal));
    if (updated.error) {
      print_for_people(render_errors({*updated.error}, host.terminal));
      if (status == 0) status = static_cast<int>(updated.error->code());
    } else if (!host.json) {
      print(fmt::format("{}: {}\n", updated.name, changes_of(updated)));
    }
  }
  if (host.json) print_json(out);
  if (all.empty() && !host.json) print("no registries were added: `reef registry add NAME LOCATION`\n");
  return status;
}

}  // namespace
}  // namespace registry_verb

Run register_registry(Verb command) {
  using namespace registry_verb;
  command.allow_verb_below();
  auto options = std::make_shared<Options>();
  command.add_verb("list", "Where packages come from, in the order in which it is asked");
  const Verb more = command.add_verb("add", "Take packages from one more registry");
  more.add_option("name", options->name, "What to call it: lower-case letters, digits and `-`").required();
  more.add_option(
          "location", options->location,
          "A folder, https://..., oci://HOST/PREFIX, git+https://..., git+ssh://... or git+file:///...")
      .required();
  more.add_option("--ref", options->ref, "Of git: the branch or tag; default: what HEAD means");
  more.add_option("--priority", options->priority,
                  "Registries with a higher one are asked first; default: 0");
  more.add_option("--prefix", options->prefixes,
                  "Names that begin so come from here only, and no others do; may be repeated");
  more.add_option("--key", options->keys,
                  "Accept only what this key signed: its name, file or base64; may be repeated");
  more.footer(
      "A login is taken from the environment: REEF_REGISTRY_NAME_TOKEN, or REEF_REGISTRY_NAME_USER and\n"
      "REEF_REGISTRY_NAME_PASSWORD, with the registry's name in capitals and `_` for `-`; of an OCI "
      "registry\n"
      "also from where `docker login` and `podman login` keep it (`reef pull --help`). git over ssh takes a\n"
      "key of your agent.");
  const Verb less = command.add_verb("remove", "Forget a registry that was added");
  less.add_option("name", options->name, "Its name").required();
  const Verb fresh =
      command.add_verb("update", "Ask registries anew; of git: move to what the ref means now");
  fresh.add_option("names", options->names, "Which; default: all");
  const Verb build_one =
      command.add_verb("build", "Publish a folder of packages, to be served as static files");
  build_one.add_option("folder", options->folder, "The folder that holds the packages").show_default();
  build_one.add_option("--sign", options->sign, "Name or file of the secret key that signs it");
  build_one.add_flag("--replace", options->replace,
                     "Versions that were published with another content are published anew; locks that name "
                     "them fail");
  return [=](Host& host) -> Result<int> {
    if (more.parsed()) return add(host, *options);
    if (less.parsed()) return remove(host, *options);
    if (fresh.parsed()) return update(host, *options);
    if (build_one.parsed()) return build(host, *options);
    return list(host);
  };
}

}  // namespace reef::cli
