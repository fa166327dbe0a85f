#include "core/ops/sbom.h"

#include <algorithm>
#include <set>

#include "core/base/base64.h"
#include "core/base/text.h"
#include "core/model/license.h"

namespace reef::ops {
namespace {

using json::Value;

std::string ref_of(const Planned& package) { return package.name() + "@" + package.chosen.version.text(); }

// bom-1.6.schema.json, definitions/component/properties/type.
std::string_view type_of(const Planned& package) {
  if (package.is_tool())
    return package.tool->path.find("/bin/") != std::string::npos ? "application" : "library";
  switch (package.manifest->kind) {
    case PackageKind::model:
      return "machine-learning-model";
    case PackageKind::dataset:
      return "data";
    case PackageKind::engine:
      return "framework";
    case PackageKind::library:
      return "library";
    default:
      return "application";
  }
}

// bom-1.6.schema.json, definitions/licenseChoice: an identifier, one expression, or a name of any form.
Value licenses_of(const std::string& license) {
  const std::optional<SpdxLicense> spdx = parse_spdx(license);
  if (spdx && !spdx->is_listed) return Value::array({{{"expression", spdx->text}}});
  return Value::array({{{"license", {{spdx ? "id" : "name", spdx ? spdx->text : license}}}}});
}

Value property(const std::string& name, const std::string& value) {
  return {{"name", "reef:" + name}, {"value", value}};
}

Value sha256_hash(const std::string& hex) { return Value::array({{{"alg", "SHA-256"}, {"content", hex}}}); }

// The digest of npm's `sha512-<base64>` as hexadecimal digits; nothing when it is no base64.
std::optional<std::string> hex_of_integrity(std::string_view integrity) {
  if (!integrity.starts_with("sha512-")) return std::nullopt;
  const std::optional<std::string> digest = from_base64(integrity.substr(7));
  if (!digest) return std::nullopt;
  std::string out;
  for (const char byte : *digest) out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// Where the bytes of a source come from; files of the package itself are covered by its digest.
std::optional<Value> reference_of(const Source& source) {
  Value out;
  switch (source.kind) {
    case SourceKind::url:
      out = {{"type", "distribution"}, {"url", source.location}};
      if (source.sha256) out["hashes"] = sha256_hash(source.sha256->hex());
      return out;
    case SourceKind::git:
      return Value{{"type", "vcs"}, {"url", source.location}, {"comment", "commit " + source.commit}};
    case SourceKind::npm:
      out = {{"type", "distribution"},
             {"url", fmt::format("pkg:npm/{}@{}", percent_encoded(source.location), source.version)}};
      if (const auto hex = hex_of_integrity(source.integrity))
        out["hashes"] = Value::array({{{"alg", "SHA-512"}, {"content", *hex}}});
      return out;
    default:
      return std::nullopt;
  }
}

Value references_of(const Plan& plan, const Planned& package) {
  Value out = Value::array();
  const Manifest& manifest = *package.manifest;
  if (!manifest.homepage.empty()) out.push_back({{"type", "website"}, {"url", manifest.homepage}});
  if (const auto doi = manifest.cite.find("doi"); doi != manifest.cite.end())
    out.push_back({{"type", "documentation"},
                   {"url", "https://doi.org/" + percent_encoded(doi->second)},
                   {"comment", "to be cited"}});
  if (package.is_tool()) return out;
  const Circumstances facts = circumstances_of(plan, package);
  for (const Source& source : manifest.sources)
    if (holds(source.when, facts))
      if (auto reference = reference_of(source)) out.push_back(*std::move(reference));
  return out;
}

// What CycloneDX calls a model card: what the model does, and what it was made from.
Value model_card(const Plan& plan, const Planned& model) {
  Value parameters = Value::object();
  const std::vector<std::string>& tags = model.manifest->tags;
  const auto task = std::find_if(tags.begin(), tags.end(), [](const std::string& tag) {
    return tag.ends_with("-classification") || tag.ends_with("-detection") || tag.ends_with("-generation") ||
           tag.ends_with("-segmentation") || tag == "regression" || tag == "translation" ||
           tag == "clustering";
  });
  if (task != tags.end()) parameters["task"] = *task;
  Value datasets = Value::array();
  for (const resolve::Edge& edge : model.edges) {
    const Planned* other = plan.find(edge.target);
    if (other != nullptr && !other->is_tool() && other->manifest->kind == PackageKind::dataset)
      datasets.push_back({{"ref", ref_of(*other)}});
  }
  if (!datasets.empty()) parameters["datasets"] = std::move(datasets);
  Value properties = Value::array();
  for (const auto& [group, option] : model.chosen.options)
    properties.push_back(property("option:" + group, option));
  Value out = {{"modelParameters", std::move(parameters)}};
  if (!properties.empty()) out["properties"] = std::move(properties);
  return out;
}

void describe_tool(const FoundTool& tool, Value& component, Value& properties) {
  if (!tool.digest.empty()) component["hashes"] = sha256_hash(tool.digest);
  properties.push_back(property("found-at", tool.real_path.empty() ? tool.path : tool.real_path));
  properties.push_back(property("origin", "host"));
  for (const auto& [capability, version] : tool.provides)
    properties.push_back(property("provides:" + capability, version.text()));
}

Value component_of(const Plan& plan, const Planned& package) {
  const Manifest& manifest = *package.manifest;
  Value out = {{"type", type_of(package)},
               {"bom-ref", ref_of(package)},
               {"name", package.name()},
               {"version", package.chosen.version.text()}};
  if (!manifest.summary.empty()) out["description"] = manifest.summary;
  if (!manifest.authors.empty()) {
    out["authors"] = Value::array();
    for (const std::string& author : manifest.authors) out["authors"].push_back({{"name", author}});
  }
  // Of a tool the manifest describes our search for it, not its licence.
  if (!manifest.license.empty() && !package.is_tool()) out["licenses"] = licenses_of(manifest.license);
  out["purl"] = fmt::format("pkg:generic/{}@{}", percent_encoded(package.name()),
                            percent_encoded(package.chosen.version.text()));
  Value properties = Value::array();
  if (package.tool) {
    describe_tool(*package.tool, out, properties);
  } else {
    // SHA-256 over the folder's names and bytes, as build keys and locks have it; no hash of one file.
    if (package.digest) properties.push_back(property("package-digest", package.digest->hex()));
    properties.push_back(property("build-key", package.prefix_id.key.hex()));
    for (const auto& [group, option] : package.chosen.options)
      properties.push_back(property("option:" + group, option));
  }
  if (!manifest.tags.empty()) out["tags"] = manifest.tags;
  if (Value references = references_of(plan, package); !references.empty())
    out["externalReferences"] = std::move(references);
  if (type_of(package) == "machine-learning-model") out["modelCard"] = model_card(plan, package);
  if (type_of(package) == "data")
    out["data"] = Value::array({{{"type", "dataset"}, {"name", package.name()}}});
  if (!properties.empty()) out["properties"] = std::move(properties);
  return out;
}

Value dependencies_of(const Plan& plan) {
  Value out = Value::array();
  for (const Planned& package : plan.packages) {
    std::set<std::string> refs;
    for (const resolve::Edge& edge : package.edges)
      if (const Planned* target = plan.find(edge.target)) refs.insert(ref_of(*target));
    out.push_back({{"ref", ref_of(package)}, {"dependsOn", refs}});
  }
  std::sort(out.begin(), out.end(), [](const Value& a, const Value& b) { return a["ref"] < b["ref"]; });
  return out;
}

// A UUID of version 8 (RFC 9562): its bits are those of a digest.
std::string serial_number(const Value& bom) {
  std::string hex = sha256(json::write_sorted(bom)).hex();
  hex[12] = '8';
  hex[16] = "89ab"[static_cast<unsigned>(hex[16]) % 4];
  return fmt::format("urn:uuid:{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20, 12));
}

}  // namespace

json::Value sbom_of(const Plan& plan) {
  Value components = Value::array();
  for (const Planned& package : plan.packages)
    if (&package != &plan.target_package()) components.push_back(component_of(plan, package));
  std::sort(components.begin(), components.end(),
            [](const Value& a, const Value& b) { return a["bom-ref"] < b["bom-ref"]; });
  Value reef = {{"type", "application"}, {"name", "reef"}, {"version", REEF_VERSION}};
  Value metadata = {{"tools", {{"components", Value::array({std::move(reef)})}}},
                    {"component", component_of(plan, plan.target_package())},
                    {"properties", Value::array({property("platform", plan.platform.id())})}};
  Value out = {{"bomFormat", "CycloneDX"},
               {"specVersion", "1.6"},
               {"version", 1},
               {"metadata", std::move(metadata)},
               {"components", std::move(components)},
               {"dependencies", dependencies_of(plan)}};
  out["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json";
  out["serialNumber"] = serial_number(out);
  return out;
}

}  // namespace reef::ops
