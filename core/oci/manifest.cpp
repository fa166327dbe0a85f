#include "core/oci/manifest.h"

#include "core/base/json_reader.h"
#include "core/base/text.h"

namespace reef::oci {
namespace {

using json::Value;

Value to_json(const std::map<std::string, std::string>& annotations) {
  Value out = Value::object();
  for (const auto& [name, text] : annotations) out[name] = text;
  return out;
}

Value to_json(const Descriptor& descriptor) {
  Value out = {{"mediaType", descriptor.type},
               {"digest", "sha256:" + descriptor.digest.hex()},
               {"size", descriptor.size}};
  if (!descriptor.annotations.empty()) out["annotations"] = to_json(descriptor.annotations);
  return out;
}

void read_annotations(json::Reader& reader, std::map<std::string, std::string>& out) {
  reader.each_member("annotations", [&](const json::Node& node) {
    std::string text;
    if (node.read(text)) out[node.key()] = std::move(text);
  });
}

bool read(const json::Node& node, Descriptor& out) {
  json::Reader reader(node);
  std::string digest;
  std::int64_t size = 0;
  const bool complete = reader.require("mediaType", out.type) && reader.require("digest", digest) &&
                        reader.require("size", size);
  if (!complete) return false;
  const Result<Digest> parsed = Digest::parse(digest);
  if (!digest.starts_with("sha256:") || !parsed) {
    node.problem(fmt::format("expected `sha256:` and 64 digits, got `{}`", printable(digest.substr(0, 100))));
    return false;
  }
  if (size < 0) {
    node.problem(fmt::format("a size of {} is none", size));
    return false;
  }
  out.digest = *parsed;
  out.size = static_cast<std::uint64_t>(size);
  read_annotations(reader, out.annotations);
  return true;
}

}  // namespace

std::string write_manifest(const Manifest& manifest) {
  Value out = {{"schemaVersion", 2}, {"mediaType", kManifestType}, {"config", to_json(manifest.config)}};
  if (!manifest.artifact_type.empty()) out["artifactType"] = manifest.artifact_type;
  out["layers"] = Value::array();
  for (const Descriptor& layer : manifest.layers) out["layers"].push_back(to_json(layer));
  if (!manifest.annotations.empty()) out["annotations"] = to_json(manifest.annotations);
  return json::write_sorted(out);
}

Result<Manifest> read_manifest(const std::string& from, std::string text) {
  TRY(const json::Document document, json::parse(from, std::move(text)));
  json::Problems problems;
  const json::Node root(document, problems);
  json::Reader reader(root);
  Manifest out;
  std::int64_t version = 0;
  std::string type(kManifestType);
  if (reader.require("schemaVersion", version) && version != 2)
    root.problem(fmt::format("expected a manifest of version 2, got {}", version));
  if (reader.optional("mediaType", type) && type != kManifestType)
    root.problem(fmt::format("expected an image manifest, got `{}`", printable(type)));
  reader.optional("artifactType", out.artifact_type);
  reader.with("config", true, [&](const json::Node& node) { return read(node, out.config); });
  reader.each_item("layers", [&](const json::Node& node) {
    Descriptor layer;
    if (read(node, layer)) out.layers.push_back(std::move(layer));
  });
  read_annotations(reader, out.annotations);
  if (!problems.empty()) return tl::make_unexpected(problems.first());
  return out;
}

}  // namespace reef::oci
