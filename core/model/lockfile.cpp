#include "core/model/lockfile.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/model/manifest_parts.h"
#include "core/model/names.h"

namespace reef {
namespace {

using json::Node;
using json::Reader;
using json::Value;

constexpr std::int64_t kFormat = 1;

constexpr std::pair<std::string_view, Purpose> kPurposes[] = {
    {"build", Purpose::build}, {"run", Purpose::run}, {"both", Purpose::both}};
constexpr std::pair<std::string_view, Origin> kOrigins[] = {{"registry", Origin::registry},
                                                            {"path", Origin::path}};
constexpr std::pair<std::string_view, SourceKind> kSources[] = {
    {"url", SourceKind::url}, {"git", SourceKind::git}, {"npm", SourceKind::npm}};
constexpr std::pair<std::string_view, PackageKind> kKinds[] = {{"model", PackageKind::model},
                                                               {"dataset", PackageKind::dataset},
                                                               {"engine", PackageKind::engine},
                                                               {"library", PackageKind::library},
                                                               {"program", PackageKind::program}};

template <class T>
const T* find_name(const std::vector<T>& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const T& item) { return item.name == name; });
  return found == list.end() ? nullptr : &*found;
}

// --- Reading ---

using Dependencies = std::map<std::string, LockedDependency>;

// `names`: of every package and tool of the platform, sorted.
void read_dependencies(Reader& reader, const std::vector<std::string>& names, Dependencies& out) {
  reader.each_member("dependencies", [&](const Node& node) {
    std::string role;
    if (!read_key(node, role, &parse_identifier)) return;
    Reader item(node);
    item.with("package", true, [&](const Node& package) {
      if (!package.read(out[role].package)) return false;
      const std::string& name = out[role].package;
      return std::binary_search(names.begin(), names.end(), name) ||
             check_known(package, "package", name, names);
    });
    item.with("for", true, [&](const Node& purpose) {
      return read_choice(purpose, "purpose", out[role].purpose, kPurposes);
    });
    item.done();
  });
}

void read_source_digest(Reader& reader, LockedSource& source) {
  if (source.kind == SourceKind::git) {
    reader.require("commit", source.commit);
  } else if (source.kind == SourceKind::npm) {
    reader.require("version", source.version);
    reader.require("integrity", source.integrity);
  } else {
    Digest digest;
    if (reader.require("sha256", digest, &Digest::parse)) source.sha256 = digest;
  }
}

LockedSource read_locked_source(const Node& node) {
  LockedSource source;
  Reader reader(node);
  const bool known = reader.with("kind", true, [&](const Node& item) {
    return read_choice(item, "kind of source", source.kind, kSources);
  });
  reader.require("location", source.location);
  if (!known) return source;
  read_source_digest(reader, source);
  reader.done();
  return source;
}

LockedPackage read_package(const Node& node, const std::vector<std::string>& names) {
  LockedPackage package;
  read_key(node, package.name, &parse_package_name);
  Reader reader(node);
  reader.require("version", package.version, &Version::parse);
  reader.with("kind", true,
              [&](const Node& item) { return read_choice(item, "kind", package.kind, kKinds); });
  reader.with("origin", true,
              [&](const Node& item) { return read_choice(item, "origin", package.origin, kOrigins); });
  reader.optional("path", package.path);
  reader.with("digest", package.origin == Origin::registry, [&](const Node& item) {
    Digest digest;
    if (!item.read(digest, &Digest::parse)) return false;
    package.digest = digest;
    return true;
  });
  reader.each_member("options", [&](const Node& item) { item.read(package.options[item.key()]); });
  read_dependencies(reader, names, package.dependencies);
  reader.each_item("sources", [&](const Node& item) { package.sources.push_back(read_locked_source(item)); });
  reader.done();
  return package;
}

LockedTool read_tool(const Node& node, const std::vector<std::string>& names) {
  LockedTool tool;
  read_key(node, tool.name, &parse_package_name);
  Reader reader(node);
  tool.found = reader.has("version") && reader.optional("version", tool.version, &Version::parse_loose);
  reader.optional("capability", tool.capability);
  reader.with("required", true, [&](const Node& item) { return read_range(item, tool.required); });
  read_dependencies(reader, names, tool.dependencies);
  reader.done();
  return tool;
}

void add_keys(const Value& section, std::string_view part, std::vector<std::string>& out) {
  if (!section.is_object() || !section.contains(part) || !section[part].is_object()) return;
  for (const auto& [name, body] : section[part].get_ref<const Value::object_t&>()) out.push_back(name);
}

LockedPlatform read_platform(const Node& node) {
  LockedPlatform platform;
  std::vector<std::string> names;
  add_keys(node.value(), "packages", names);
  add_keys(node.value(), "host", names);
  std::sort(names.begin(), names.end());
  Reader reader(node);
  reader.each_member("packages",
                     [&](const Node& item) { platform.packages.push_back(read_package(item, names)); });
  reader.each_member("host", [&](const Node& item) { platform.host.push_back(read_tool(item, names)); });
  reader.done();
  return platform;
}

// --- Writing ---

Value to_json(const Dependencies& dependencies) {
  Value out = Value::object();
  for (const auto& [role, dependency] : dependencies)
    out[role] = {{"package", dependency.package}, {"for", name_of(dependency.purpose)}};
  return out;
}

Value to_json(const LockedSource& source) {
  Value out = {{"kind", name_of(source.kind)}, {"location", source.location}};
  if (source.sha256) out["sha256"] = source.sha256->hex();
  if (!source.commit.empty()) out["commit"] = source.commit;
  if (!source.version.empty()) out["version"] = source.version;
  if (!source.integrity.empty()) out["integrity"] = source.integrity;
  return out;
}

Value to_json(const LockedPackage& package) {
  Value out = {{"version", package.version.text()},
               {"kind", name_of(package.kind)},
               {"origin", name_of(package.origin)}};
  if (!package.path.empty()) out["path"] = package.path;
  if (package.digest) out["digest"] = package.digest->hex();
  if (!package.options.empty()) out["options"] = package.options;
  if (!package.dependencies.empty()) out["dependencies"] = to_json(package.dependencies);
  for (const LockedSource& source : package.sources) out["sources"].push_back(to_json(source));
  return out;
}

Value to_json(const LockedTool& tool) {
  Value out = {{"required", tool.required.text()}};
  if (tool.found) out["version"] = tool.version.text();
  if (tool.capability) out["capability"] = true;
  if (!tool.dependencies.empty()) out["dependencies"] = to_json(tool.dependencies);
  return out;
}

Value to_json(const LockedPlatform& platform) {
  Value out = {{"packages", Value::object()}, {"host", Value::object()}};
  for (const LockedPackage& package : platform.packages) out["packages"][package.name] = to_json(package);
  for (const LockedTool& tool : platform.host) out["host"][tool.name] = to_json(tool);
  return out;
}

// --- Differences ---

using Phrases = std::vector<std::string>;

void compare_options(const LockedPackage& was, const LockedPackage& is, Phrases& out) {
  for (const auto& [group, option] : was.options) {
    const auto now = is.options.find(group);
    if (now == is.options.end())
      out.push_back(fmt::format("{}: {} is no longer a variation", was.name, group));
    else if (now->second != option)
      out.push_back(fmt::format("{}: {} {} -> {}", was.name, group, option, now->second));
  }
  for (const auto& [group, option] : is.options)
    if (!was.options.contains(group)) out.push_back(fmt::format("{}: {} {} is new", is.name, group, option));
}

void compare_dependencies(std::string_view name, const Dependencies& was, const Dependencies& is,
                          Phrases& out) {
  for (const auto& [role, dependency] : was) {
    const auto now = is.find(role);
    if (now == is.end())
      out.push_back(fmt::format("{}: no longer needs {}", name, role));
    else if (now->second.package != dependency.package)
      out.push_back(fmt::format("{}: {} {} -> {}", name, role, dependency.package, now->second.package));
    else if (now->second.purpose != dependency.purpose)
      out.push_back(fmt::format("{}: {} is for {} -> {}", name, role, name_of(dependency.purpose),
                                name_of(now->second.purpose)));
  }
  for (const auto& [role, dependency] : is)
    if (!was.contains(role))
      out.push_back(fmt::format("{}: now needs {} as {}", name, dependency.package, role));
}

void compare_content(const LockedPackage& was, const LockedPackage& is, Phrases& out) {
  if (was.kind != is.kind)
    out.push_back(fmt::format("{}: {} -> {}", was.name, name_of(was.kind), name_of(is.kind)));
  if (was.origin != is.origin || was.path != is.path)
    out.push_back(fmt::format("{}: comes from {}, locked from {}", was.name,
                              is.path.empty() ? name_of(is.origin) : is.path,
                              was.path.empty() ? name_of(was.origin) : was.path));
  if (was.version == is.version && was.digest != is.digest)
    out.push_back(fmt::format("{} {}: locked content {}, now {}", was.name, was.version.text(),
                              was.digest ? was.digest->brief() : "none",
                              is.digest ? is.digest->brief() : "none"));
  if (was.version == is.version && was.digest == is.digest && was.sources != is.sources)
    out.push_back(fmt::format("{}: its sources are not those locked", was.name));
}

void compare(const LockedPackage& was, const LockedPackage& is, Phrases& out) {
  if (was.version.text() != is.version.text())
    out.push_back(fmt::format("{} {} -> {}", was.name, was.version.text(), is.version.text()));
  compare_content(was, is, out);
  compare_options(was, is, out);
  compare_dependencies(was.name, was.dependencies, is.dependencies, out);
}

// Ranges that are one set of versions are one, however they are written.
void compare(const LockedTool& was, const LockedTool& is, bool in_range_agrees, Phrases& out) {
  const bool agrees = in_range_agrees && was.required.contains(is.version);
  if (was.found && is.found && was.version.text() != is.version.text() && !agrees)
    out.push_back(
        fmt::format("{}: locked {}, this host has {}", was.name, was.version.text(), is.version.text()));
  // What was written elsewhere says no more than what it assumed of a tool.
  const bool settles = !was.found && is.found;
  const bool is_narrower = settles && agrees && was.required.intersected(is.required) == was.required;
  if (settles && !was.required.contains(is.version))
    out.push_back(fmt::format("{}: left open as {}, this host has {}", was.name, was.required.text(),
                              is.version.text()));
  else if (!(was.required == is.required) && !is_narrower)
    out.push_back(fmt::format("{}: locked as {}, now {}", was.name, was.required.text(), is.required.text()));
  compare_dependencies(was.name, was.dependencies, is.dependencies, out);
}

template <class T, class Label, class Compare>
void compare_lists(const std::vector<T>& was, const std::vector<T>& is, Label label, Compare compare_both,
                   Phrases& out) {
  std::map<std::string_view, std::pair<const T*, const T*>> pairs;
  for (const T& item : was) pairs[item.name].first = &item;
  for (const T& item : is) pairs[item.name].second = &item;
  for (const auto& [name, both] : pairs) {
    const auto& [before, now] = both;
    if (before == nullptr)
      out.push_back(fmt::format("{}: added", label(*now)));
    else if (now == nullptr)
      out.push_back(fmt::format("{}: no longer needed", label(*before)));
    else
      compare_both(*before, *now);
  }
}

// What a part that was written elsewhere leaves open, as it was settled now: a capability becomes the tool
// that provides it, which is asked for in the range of the capability, too. That one says nothing of a tool
// that gives the capability another version than its own: such a tool's range does not lie in it.
LockedPlatform settled(LockedPlatform was, const LockedPlatform& is) {
  std::vector<LockedTool> host;
  const auto add = [&](const LockedTool& tool) -> LockedTool& {
    const auto same =
        std::find_if(host.begin(), host.end(), [&](const LockedTool& one) { return one.name == tool.name; });
    return same != host.end() ? *same : host.emplace_back(tool);
  };
  const auto is_left_open = [&](const LockedTool& tool) {
    return tool.capability && is.find_tool(tool.name) == nullptr;
  };
  for (const LockedTool& tool : was.host)
    if (!is_left_open(tool)) add(tool);
  for (const LockedTool& tool : was.host) {
    if (!is_left_open(tool)) continue;
    bool provided = false;
    for (LockedPackage& package : was.packages) {
      const LockedPackage* now = is.find(package.name);
      for (auto& [role, dependency] : package.dependencies) {
        if (dependency.package != tool.name || now == nullptr) continue;
        const auto same = now->dependencies.find(role);
        if (same == now->dependencies.end()) continue;
        const LockedTool* provider = is.find_tool(same->second.package);
        if (provider == nullptr) continue;
        provided = true;
        dependency.package = provider->name;
        LockedTool open = *provider;
        open.required = VersionRange();
        VersionRange& required = add(open).required;
        if (provider->required.intersected(tool.required) == provider->required)
          required = required.intersected(tool.required);
      }
    }
    if (!provided) host.push_back(tool);
  }
  was.host = std::move(host);
  return was;
}

// What differs on every platform is said once, what differs on some with their names.
void add_parts(const std::vector<std::pair<std::string, Phrases>>& parts, Phrases& out) {
  for (const auto& [name, phrases] : parts)
    for (const std::string& phrase : phrases) {
      Phrases where;
      for (const auto& [other, others] : parts)
        if (std::find(others.begin(), others.end(), phrase) != others.end()) where.push_back(other);
      const std::string text =
          where.size() == parts.size() ? phrase : fmt::format("{} ({})", phrase, join(where, ", "));
      if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(text);
    }
}

}  // namespace

std::string_view name_of(Origin origin) { return origin == Origin::path ? "path" : "registry"; }

const LockedPackage* LockedPlatform::find(std::string_view name) const { return find_name(packages, name); }
const LockedTool* LockedPlatform::find_tool(std::string_view name) const { return find_name(host, name); }

Lockfile read_lockfile(const json::Document& document, json::Problems& problems) {
  Lockfile lock;
  const Node root(document, problems);
  Reader reader(root);
  reader.with("format", true, [&](const Node& item) {
    std::int64_t format = 0;
    if (item.read(format) && format != kFormat)
      item.problem(fmt::format("this lock has format {}, this reef reads format {}", format, kFormat),
                   format > kFormat ? std::vector<std::string>{"a newer version of `reef` wrote it: use that"}
                                    : std::vector<std::string>{});
    return true;
  });
  // What another format means by its keys is not for us to say.
  if (!problems.empty()) return lock;
  reader.has("$schema");
  if (root.value().is_object() && reader.has("root") == reader.has("requirements"))
    root.problem("expected exactly one of `root` and `requirements`");
  reader.optional("root", lock.root, &parse_package_name);
  reader.optional("requirements", lock.requirements);
  reader.with("platforms", true, [&](const Node& platforms) {
    return platforms.members([&](const Node& item) { lock.platforms[item.key()] = read_platform(item); });
  });
  reader.done();
  normalize(lock);
  return lock;
}

std::string write_lockfile(const Lockfile& unsorted) {
  Lockfile lock = unsorted;
  normalize(lock);
  Value out = {{"format", kFormat}, {"platforms", Value::object()}};
  if (lock.root.empty())
    out["requirements"] = lock.requirements;
  else
    out["root"] = lock.root;
  for (const auto& [name, platform] : lock.platforms) out["platforms"][name] = to_json(platform);
  return json::write_sorted(out);
}

void normalize(Lockfile& lock) {
  const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  std::sort(lock.requirements.begin(), lock.requirements.end());
  for (auto& [name, platform] : lock.platforms) {
    std::stable_sort(platform.packages.begin(), platform.packages.end(), by_name);
    std::stable_sort(platform.host.begin(), platform.host.end(), by_name);
  }
}

std::vector<std::string> differences(const Lockfile& locked, const Lockfile& now, bool tools_in_range_agree) {
  Phrases out;
  if (locked.root != now.root)
    out.push_back(fmt::format("locked for `{}`, now for `{}`", locked.root, now.root));
  if (locked.requirements != now.requirements)
    out.push_back(fmt::format("locked for `{}`, now for `{}`", join(locked.requirements, ", "),
                              join(now.requirements, ", ")));
  std::vector<std::pair<std::string, Phrases>> parts;
  for (const auto& [name, is] : now.platforms) {
    const auto found = locked.platforms.find(name);
    if (found == locked.platforms.end()) {
      out.push_back(fmt::format("{} is not locked", name));
      continue;
    }
    Phrases& part = parts.emplace_back(name, Phrases{}).second;
    const LockedPlatform was = settled(found->second, is);
    compare_lists(
        was.packages, is.packages,
        [](const LockedPackage& package) { return package.name + " " + package.version.text(); },
        [&](const LockedPackage& a, const LockedPackage& b) { compare(a, b, part); }, part);
    compare_lists(
        was.host, is.host,
        [](const LockedTool& tool) { return tool.name + (tool.found ? " " + tool.version.text() : ""); },
        [&](const LockedTool& a, const LockedTool& b) { compare(a, b, tools_in_range_agree, part); }, part);
  }
  add_parts(parts, out);
  return out;
}

}  // namespace reef
