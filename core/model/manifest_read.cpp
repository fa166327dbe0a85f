#include "core/base/text.h"
#include "core/base/units.h"
#include "core/base/url.h"
#include "core/model/manifest_parts.h"
#include "core/model/names.h"

namespace reef {
namespace {

using json::Node;
using json::Reader;

constexpr std::int64_t kManifestFormat = 1;

constexpr std::pair<std::string_view, PackageKind> kPackageKinds[] = {
    {"model", PackageKind::model},     {"dataset", PackageKind::dataset}, {"engine", PackageKind::engine},
    {"library", PackageKind::library}, {"program", PackageKind::program}, {"tool", PackageKind::tool}};

const std::vector<std::string> kManagers = {"apt", "dnf",   "brew",  "apk", "pacman",
                                            "nix", "conda", "cargo", "npm", "pip"};

void read_format(Reader& reader) {
  reader.with("reef", true, [&](const Node& item) {
    std::int64_t format = 0;
    if (!item.read(format)) return false;
    if (format == kManifestFormat) return true;
    item.problem(fmt::format("expected manifests of format {}, got {}", kManifestFormat, format),
                 format > kManifestFormat ? std::vector<std::string>{"a newer version of `reef` may read it"}
                                          : std::vector<std::string>{});
    return false;
  });
}

// A text in which addresses may stand: it is packed, published and shown.
bool read_shown(const Node& item, std::string& out) {
  if (!item.read(out)) return false;
  if (!names_a_login(out)) return true;
  item.problem("the address holds a user name or password, which all would see who get the package",
               {"leave it out"});
  return false;
}

void read_about(Reader& reader, Manifest& manifest) {
  const bool tool = manifest.kind == PackageKind::tool;
  reader.require("name", manifest.name, &parse_package_name);
  reader.with("version", !tool, [&](const Node& item) {
    return item.read(manifest.version, tool ? &Version::parse_loose : &Version::parse);
  });
  reader.optional("summary", manifest.summary);
  reader.optional("license", manifest.license);
  reader.each_item("authors", [&](const Node& item) { read_shown(item, manifest.authors.emplace_back()); });
  reader.optional("tags", manifest.tags);
  reader.with("homepage", false, [&](const Node& item) { return read_shown(item, manifest.homepage); });
  reader.optional("yanked", manifest.yanked);
  reader.with("cite", false, [&](const Node& node) {
    Reader cite(node);
    for (const std::string_view key : {"doi", "arxiv", "url", "bibtex"}) {
      std::string text;
      if (cite.with(key, false, [&](const Node& item) { return read_shown(item, text); }))
        manifest.cite[std::string(key)] = text;
    }
    cite.done();
    return true;
  });
}

void read_provides(const Node& item, Manifest& manifest) {
  std::string name;
  if (!read_key(item, name, &parse_package_name)) return;
  item.read(manifest.provides[name], &Version::parse_loose);
}

void read_variable(const Context& context, const Node& node, Exports& exports) {
  std::string name;
  if (!read_key(node, name, &parse_variable_name)) return;
  Exports::Variable variable;
  if (node.value().is_string()) {
    read_template(context, node, kPackageScope, variable.value);
  } else if (node.expect(node.value().is_object(), "a string or an object")) {
    Reader reader(node);
    if (node.value().size() != 1) node.problem("expected exactly one of `set`, `prepend` and `append`");
    const auto way = [&](std::string_view key, Exports::Variable::Kind kind) {
      reader.with(key, false, [&](const Node& item) {
        variable.kind = kind;
        return read_template(context, item, kPackageScope, variable.value);
      });
    };
    way("set", Exports::Variable::Kind::set);
    way("prepend", Exports::Variable::Kind::prepend);
    way("append", Exports::Variable::Kind::append);
    reader.done();
  }
  exports.env[name] = std::move(variable);
}

bool read_exports(const Context& context, const Node& node, Exports& exports) {
  Reader reader(node);
  reader.each_member("env", [&](const Node& item) { read_variable(context, item, exports); });
  reader.with("values", false, [&](const Node& item) {
    read_values(context, item, kPackageScope, exports.values, nullptr);
    item.members([&](const Node& value) {
      for (const std::string_view taken : {"prefix", "version", "name", "path", "env"})
        if (value.key() == taken)
          value.key_problem(fmt::format("`{}` cannot be a value, every package has it by itself", taken));
    });
    return true;
  });
  reader.done();
  return true;
}

Exclude read_exclude(Reader& reader) {
  std::vector<std::string> patterns;
  reader.with("exclude", false, [&](const Node& item) {
    return item.expect(item.value().size() <= Exclude::kMost,
                       fmt::format("at most {} patterns", Exclude::kMost)) &&
           item.items([&](const Node& each) { each.read(patterns.emplace_back(), &Exclude::parse); });
  });
  return Exclude(std::move(patterns));
}

// What only tools have, and what they do not.
void read_kind_specific(const Context& context, Reader& reader, Manifest& manifest) {
  const bool tool = manifest.kind == PackageKind::tool;
  const auto refuse = [&](std::string_view key, std::string message) {
    reader.with(key, false, [&](const Node& item) { return item.key_problem(message), false; });
  };
  if (tool) {
    refuse("sources", "a tool is found on the host and has no `sources`");
    refuse("exclude", "a tool is found on the host and has no files to `exclude`");
    refuse("provides", "what a tool provides stands in its `detect`");
    refuse("exports", "what a tool exports stands in its `detect`");
    reader.with("detect", true, [&](const Node& item) {
      if (item.expect(item.value().is_object(), "an object")) manifest.detect = read_detect(item);
      return true;
    });
    reader.with("install", false, [&](const Node& node) {
      Reader install(node);
      for (const std::string& manager : kManagers) {
        std::string package;
        if (install.optional(manager, package)) manifest.install[manager] = package;
      }
      install.done();
      return true;
    });
    return;
  }
  refuse("detect", "only packages of kind `tool` have `detect`");
  refuse("install", "only packages of kind `tool` have `install`");
  manifest.exclude = read_exclude(reader);
  reader.each_item("sources", [&](const Node& item) {
    manifest.sources.push_back(read_source(context, item, manifest.exclude));
  });
  reader.each_member("provides", [&](const Node& item) { read_provides(item, manifest); });
  reader.with("exports", false,
              [&](const Node& item) { return read_exports(context, item, manifest.exports); });
}

bool is_yaml(std::string_view file) { return file.ends_with(".yaml") || file.ends_with(".yml"); }

}  // namespace

Manifest read_manifest(const json::Document& document, json::Problems& problems) {
  Manifest manifest;
  const Context context(document, problems);
  const Node root(document, problems);
  Reader reader(root);
  manifest.place = context.places.at(0);
  reader.has("$schema");
  read_format(reader);
  reader.with("kind", true,
              [&](const Node& item) { return read_choice(item, "kind", manifest.kind, kPackageKinds); });
  read_about(reader, manifest);
  reader.each_member("dependencies", [&](const Node& item) {
    manifest.dependencies.push_back(read_dependency(context, item));
  });
  reader.each_member("variations",
                     [&](const Node& item) { manifest.variations.push_back(read_variation(context, item)); });
  reader.each_member("actions",
                     [&](const Node& item) { manifest.actions.push_back(read_action(context, item)); });
  read_kind_specific(context, reader, manifest);
  reader.done();
  check_roles(context, manifest);
  check_workflows(context, manifest);
  return manifest;
}

Manifest parse_manifest(std::string file, std::string text, json::Problems& problems) {
  if (text.size() > kLargestManifest) {
    problems.add(Error(ErrorCode::invalid_input,
                       fmt::format("the manifest has {}, at most {} are read", format_bytes(text.size()),
                                   format_bytes(kLargestManifest)))
                     .at(Place{file, 0, 0, ""}));
    return {};
  }
  const bool yaml = is_yaml(file);
  std::vector<Error> duplicates;
  const Result<json::Document> document =
      yaml ? json::parse_yaml(std::move(file), std::move(text), &duplicates)
           : json::parse(std::move(file), std::move(text), &duplicates);
  for (Error& duplicate : duplicates) problems.add(std::move(duplicate));
  if (document) return read_manifest(*document, problems);
  problems.add(document.error());
  return {};
}

}  // namespace reef
