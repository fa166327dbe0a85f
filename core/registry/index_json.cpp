#include "core/registry/index_json.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/model/names.h"
#include "core/registry/catalogue_index.h"

namespace reef {
namespace {

using json::Node;
using json::Reader;
using json::Value;

constexpr std::int64_t kPackageFormat = 1;
constexpr std::int64_t kManifestFormat = 1;

constexpr PackageKind kKinds[] = {PackageKind::model,   PackageKind::dataset, PackageKind::engine,
                                  PackageKind::library, PackageKind::program, PackageKind::tool};

// --- Writing. Empty members are left out. ---

void put(Value& out, const char* key, Value value) {
  if (!value.empty()) out[key] = std::move(value);
}
void put(Value& out, const char* key, const std::string& text) {
  if (!text.empty()) out[key] = text;
}
void put(Value& out, const char* key, const std::vector<std::string>& texts) {
  if (!texts.empty()) out[key] = texts;
}
void put(Value& out, const char* key, const VersionRange& range) {
  if (!range.is_any()) out[key] = range.text();
}
template <class T>
void put_members(Value& out, const char* key, const std::map<std::string, T>& members) {
  Value values = Value::object();
  for (const auto& [name, value] : members) {
    if constexpr (std::is_same_v<T, VersionRange> || std::is_same_v<T, Version>)
      values[name] = value.text().empty() ? "*" : value.text();
    else
      values[name] = value;
  }
  put(out, key, std::move(values));
}
void put(Value& out, const Place& place) {
  if (place.line == 0) return;
  out["line"] = place.line;
  out["column"] = place.column;
}

template <class T>
Value list_of(const std::vector<T>& items, Value (*write)(const T&)) {
  Value out = Value::array();
  for (const T& item : items) out.push_back(write(item));
  return out;
}

Value written(const Condition& condition) {
  Value out = Value::object();
  put_members(out, "with", condition.with);
  put(out, "os", condition.os);
  put(out, "arch", condition.arch);
  put(out, "libc", condition.libc);
  put(out, "accelerator", condition.accelerator);
  put_members(out, "package", condition.packages);
  put(out, "all", list_of<Condition>(condition.all, &written));
  put(out, "any", list_of<Condition>(condition.any, &written));
  put(out, "none", list_of<Condition>(condition.negated, &written));
  return out;
}

Value written(const Dependency& dependency) {
  Value out = {{"role", dependency.role}};
  put(out, "package", dependency.package);
  put(out, "capability", dependency.capability);
  put(out, "version", dependency.version);
  if (dependency.purpose != Purpose::both) out["for"] = name_of(dependency.purpose);
  put_members(out, "with", dependency.with);
  put(out, "when", written(dependency.when));
  put(out, dependency.place);
  return out;
}

Value written(const Option& option) {
  Value out = {{"name", option.name}};
  put(out, "dependencies", list_of<Dependency>(option.dependencies, &written));
  put_members(out, "conflicts", option.conflicts);
  put_members(out, "package_conflicts", option.package_conflicts);
  put(out, "when", written(option.when));
  put(out, option.place);
  return out;
}

Value written(const Variation& variation) {
  Value out = {{"group", variation.group}, {"default", variation.defaults}};
  out["options"] = list_of<Option>(variation.options, &written);
  put(out, variation.place);
  return out;
}

void put(Value& out, const CatalogueEntry& entry) {
  out["version"] = entry.version.text();
  out["kind"] = name_of(entry.kind);
  put(out, "summary", entry.summary);
  put(out, "license", entry.license);
  put(out, "tags", entry.tags);
  if (entry.yanked) out["yanked"] = true;
}

Value written(const IndexedVersion& version) {
  Value out = {{"reef", kManifestFormat}};
  put(out, version.entry);
  out["manifest"] = version.manifests.front().path;
  out["digest"] = version.digest.value_or(Digest()).hex();
  const Manifest& needs = *version.needs;
  put_members(out, "provides", needs.provides);
  std::vector<std::string> found;
  for (const std::string& capability : version.entry.provides)
    if (!needs.provides.contains(capability)) found.push_back(capability);
  put(out, "finds", found);
  put(out, "dependencies", list_of<Dependency>(needs.dependencies, &written));
  put(out, "variations", list_of<Variation>(needs.variations, &written));
  if (!version.tree.empty()) out["tree"] = Value::parse(version.tree);
  return out;
}

// --- Reading. ---

void read_format(Reader& reader) {
  reader.with("format", true, [&](const Node& node) {
    std::int64_t format = 0;
    if (node.read(format) && format != kPackageFormat)
      node.problem(fmt::format("this index has format {}, this reef reads format {}", format, kPackageFormat),
                   {"a newer version of `reef` may read it"});
    return true;
  });
}

Result<std::string> parse_manifest_path(std::string_view text) {
  if (auto path = parse_inner_path(text)) return path;
  return make_error(ErrorCode::invalid_input, "`{}` is not a path inside the registry", printable(text));
}

Place place_of(Reader& reader) {
  Place out;
  std::int64_t line = 0;
  std::int64_t column = 0;
  if (reader.optional("line", line)) out.line = static_cast<std::size_t>(std::max<std::int64_t>(line, 0));
  if (reader.optional("column", column))
    out.column = static_cast<std::size_t>(std::max<std::int64_t>(column, 0));
  return out;
}

template <class T>
void read_value(const Node& node, T& out) {
  node.read(out);
}
void read_value(const Node& node, VersionRange& out) { node.read(out, &VersionRange::parse); }
void read_value(const Node& node, Version& out) { node.read(out, &Version::parse_loose); }

template <class T>
void read_members(Reader& reader, std::string_view key, std::map<std::string, T>& out) {
  reader.each_member(key, [&](const Node& item) { read_value(item, out[item.key()]); });
}

template <class T>
void read_list(Reader& reader, std::string_view key, std::vector<T>& out, T (*read)(const Node&)) {
  reader.each_item(key, [&](const Node& item) { out.push_back(read(item)); });
}

Condition condition_of(const Node& node) {
  Condition out;
  Reader reader(node);
  read_members(reader, "with", out.with);
  reader.optional("os", out.os);
  reader.optional("arch", out.arch);
  reader.optional("libc", out.libc);
  reader.optional("accelerator", out.accelerator);
  read_members(reader, "package", out.packages);
  read_list(reader, "all", out.all, &condition_of);
  read_list(reader, "any", out.any, &condition_of);
  read_list(reader, "none", out.negated, &condition_of);
  return out;
}

void read_when(Reader& reader, Condition& out) {
  reader.with("when", false, [&](const Node& item) {
    out = condition_of(item);
    return true;
  });
}

bool read_purpose(const Node& node, Purpose& out) {
  std::string text;
  if (!node.read(text)) return false;
  for (const Purpose purpose : {Purpose::build, Purpose::run, Purpose::both})
    if (name_of(purpose) == text) return out = purpose, true;
  node.problem("expected `build`, `run` or `both`");
  return false;
}

Dependency dependency_of(const Node& node) {
  Dependency out;
  Reader reader(node);
  reader.require("role", out.role, &parse_identifier);
  reader.optional("package", out.package, &parse_package_name);
  reader.optional("capability", out.capability, &parse_package_name);
  if (out.package.empty() == out.capability.empty())
    node.problem("expected exactly one of `package` and `capability`");
  reader.optional("version", out.version, &VersionRange::parse);
  reader.with("for", false, [&](const Node& item) { return read_purpose(item, out.purpose); });
  read_members(reader, "with", out.with);
  read_when(reader, out.when);
  out.place = place_of(reader);
  return out;
}

Option option_of(const Node& node) {
  Option out;
  Reader reader(node);
  reader.require("name", out.name, &parse_option_name);
  read_list(reader, "dependencies", out.dependencies, &dependency_of);
  read_members(reader, "conflicts", out.conflicts);
  read_members(reader, "package_conflicts", out.package_conflicts);
  read_when(reader, out.when);
  out.place = place_of(reader);
  return out;
}

Variation variation_of(const Node& node) {
  Variation out;
  Reader reader(node);
  reader.require("group", out.group, &parse_group);
  reader.require("default", out.defaults);
  read_list(reader, "options", out.options, &option_of);
  for (const std::string& name : out.defaults)
    if (out.find(name) == nullptr) node.problem(fmt::format("the default `{}` is none of the options", name));
  out.place = place_of(reader);
  return out;
}

void read_entry(Reader& reader, CatalogueEntry& entry) {
  reader.with("kind", true, [&](const Node& node) {
    std::string text;
    if (!node.read(text)) return false;
    for (const PackageKind kind : kKinds)
      if (name_of(kind) == text) return entry.kind = kind, true;
    node.problem(fmt::format("unknown kind `{}`", text));
    return false;
  });
  reader.require("version", entry.version,
                 entry.kind == PackageKind::tool ? &Version::parse_loose : &Version::parse);
  reader.optional("summary", entry.summary);
  reader.optional("license", entry.license);
  reader.optional("tags", entry.tags);
  reader.optional("yanked", entry.yanked);
}

// Strict in all it says: the form of a tree is the archive's.
bool read_tree_of(const Node& node, IndexedVersion& version) {
  archive::Tree tree;
  archive::read_tree(node, tree);
  if (tree.digest != version.digest) node.problem("the tree has another digest than the version");
  const std::string manifest = Path(version.manifests.front().path).filename().string();
  const bool is_apart = std::any_of(tree.apart.begin(), tree.apart.end(),
                                    [&](const archive::ApartFile& file) { return file.path == manifest; });
  if (!is_apart) node.problem(fmt::format("`{}` does not stand apart in the tree", manifest));
  version.tree = tree_text(tree);
  return true;
}

IndexedVersion version_of(const Node& node, Reader& reader, const std::string& name) {
  IndexedVersion out;
  out.entry.name = name;
  read_entry(reader, out.entry);
  auto needs = std::make_shared<Manifest>();
  needs->name = name;
  reader.require("manifest", out.manifests.emplace_back().path, &parse_manifest_path);
  reader.require("digest", out.digest.emplace(), &Digest::parse);
  read_members(reader, "provides", needs->provides);
  for (const auto& [capability, version] : needs->provides) out.entry.provides.push_back(capability);
  std::vector<std::string> found;
  reader.optional("finds", found);
  out.entry.provides.insert(out.entry.provides.end(), found.begin(), found.end());
  std::sort(out.entry.provides.begin(), out.entry.provides.end());
  read_list(reader, "dependencies", needs->dependencies, &dependency_of);
  read_list(reader, "variations", needs->variations, &variation_of);
  reader.with("tree", false, [&](const Node& item) { return read_tree_of(item, out); });
  for (const Dependency& dependency : needs->dependencies)
    if (dependency.package == name) node.problem(fmt::format("`{}` depends on itself", name));
  needs->place = {out.manifests.front().path, 1, 1, {}};
  out.needs = std::move(needs);
  return out;
}

// Newest first; false when one stands there twice.
bool put_versions_in_order(std::vector<IndexedVersion>& versions) {
  std::stable_sort(versions.begin(), versions.end(), [](const IndexedVersion& a, const IndexedVersion& b) {
    return a.entry.version > b.entry.version;
  });
  return std::adjacent_find(versions.begin(), versions.end(), [](const auto& a, const auto& b) {
           return a.entry.version == b.entry.version;
         }) == versions.end();
}

template <class T, class Read>
Result<T> read_file_of(std::string file, std::string text, Read read) {
  TRY(const json::Document document, json::parse(std::move(file), std::move(text)));
  json::Problems problems;
  const Node root(document, problems);
  Reader reader(root);
  read_format(reader);
  T out;
  if (problems.empty()) read(root, reader, out);
  if (!problems.empty()) return tl::make_unexpected(problems.first());
  return out;
}

}  // namespace

std::string package_file(const std::string& name, const Digest& digest) {
  const std::string hex = digest.brief(16);
  return fmt::format("index/{}/{}.{}.json", hex.substr(0, 2), name, hex);
}

std::string search_file(const Digest& digest) {
  return fmt::format("index/search.{}.json", digest.brief(16));
}

std::string content_file(const Digest& digest) {
  return fmt::format("{}/{}/{}", kContentFolder, digest.brief(2), digest.hex());
}

std::string tree_text(const archive::Tree& tree) {
  std::string out = json::write_line(archive::to_json(tree));
  out.pop_back();
  return out;
}

Result<archive::Tree> tree_of(const IndexedVersion& version) {
  if (version.tree.empty())
    return make_error(ErrorCode::not_found, "the index does not say how the content of `{}` {} is served",
                      version.entry.name, version.entry.version.text());
  TRY(const json::Document document, json::parse("tree", version.tree));
  json::Problems problems;
  archive::Tree out;
  archive::read_tree(Node(document, problems), out);
  if (!problems.empty()) return tl::make_unexpected(problems.first());
  return out;
}

std::string write_package(const IndexedPackage& package) {
  std::string out =
      fmt::format("{{\"format\":{},\"name\":{},\"versions\":[", kPackageFormat, Value(package.name).dump());
  for (const IndexedVersion& version : package.versions) {
    std::string line = json::write_line(written(version));
    line.pop_back();
    out += (&version == &package.versions.front() ? "\n" : ",\n") + line;
  }
  return out + "\n]}\n";
}

Result<IndexedPackage> read_package(std::string file, std::string text, const std::string& name) {
  return read_file_of<IndexedPackage>(
      std::move(file), std::move(text), [&](const Node& root, Reader& reader, IndexedPackage& out) {
        if (reader.require("name", out.name, &parse_package_name) && out.name != name)
          root.problem(fmt::format("this file is about `{}`, expected one about `{}`", out.name, name));
        reader.with("versions", true, [&](const Node& list) {
          return list.items([&](const Node& item) {
            Reader version(item);
            std::int64_t format = 0;
            // A version that a newer program published is none for us; its other keys may mean anything.
            if (!version.require("reef", format) || format != kManifestFormat) return;
            out.versions.push_back(version_of(item, version, name));
          });
        });
        if (!put_versions_in_order(out.versions)) root.problem("one version stands here twice");
        for (const IndexedVersion& version : out.versions)
          out.is_tool = out.is_tool || version.entry.kind == PackageKind::tool;
      });
}

std::string write_search(const std::vector<CatalogueEntry>& entries) {
  std::string out = fmt::format("{{\"format\":{},\"packages\":[", kPackageFormat);
  for (const CatalogueEntry& entry : entries) {
    Value value = {{"name", entry.name}};
    put(value, entry);
    put(value, "provides", entry.provides);
    std::string line = json::write_line(value);
    line.pop_back();
    out += (&entry == &entries.front() ? "\n" : ",\n") + line;
  }
  return out + "\n]}\n";
}

Result<std::vector<CatalogueEntry>> read_search(std::string file, std::string text) {
  using Entries = std::vector<CatalogueEntry>;
  return read_file_of<Entries>(std::move(file), std::move(text),
                               [](const Node&, Reader& reader, Entries& out) {
                                 reader.with("packages", true, [&](const Node& list) {
                                   return list.items([&](const Node& item) {
                                     Reader entry(item);
                                     CatalogueEntry& read = out.emplace_back();
                                     entry.require("name", read.name, &parse_package_name);
                                     read_entry(entry, read);
                                     entry.optional("provides", read.provides);
                                   });
                                 });
                               });
}

}  // namespace reef
