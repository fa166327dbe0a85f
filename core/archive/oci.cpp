#include "core/archive/oci.h"

#include <algorithm>
#include <set>

#include "core/base/json_reader.h"
#include "core/base/text.h"

namespace reef::archive {
namespace {

using json::Value;

constexpr std::string_view kManifestType = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view kIndexType = "application/vnd.oci.image.index.v1+json";

constexpr std::size_t kEnough = 4096;  // of a file: layout and index

bool is_manifest(std::string_view path) { return path == "reef.json" || path == "reef.yaml"; }

Value descriptor(std::string_view type, const Blob& blob) {
  return {{"mediaType", type}, {"digest", "sha256:" + blob.digest.hex()}, {"size", blob.size}};
}

class LayerList {
 public:
  void add(const Blob& blob, BlobKind kind, std::string_view type, std::string title) {
    if (!seen_.insert(blob.digest).second) return;
    layers_.push_back({blob, kind, std::string(type), std::move(title)});
  }
  void sort_from(std::size_t first) {
    std::stable_sort(layers_.begin() + static_cast<std::ptrdiff_t>(first), layers_.end(),
                     [](const Layer& a, const Layer& b) { return a.blob.size < b.blob.size; });
  }
  std::size_t size() const { return layers_.size(); }
  std::vector<Layer> take() { return std::move(layers_); }

 private:
  std::vector<Layer> layers_;
  std::set<Digest> seen_;
};

Result<Blob> read_descriptor(const json::Node& node, std::string_view type) {
  json::Reader reader(node);
  std::string media_type;
  std::string digest;
  std::int64_t size = 0;
  reader.require("mediaType", media_type);
  reader.require("digest", digest);
  reader.require("size", size);
  if (media_type != type)
    return make_error(ErrorCode::invalid_input, "expected a thing of type `{}`, got `{}`", type,
                      printable(media_type));
  if (!digest.starts_with("sha256:"))
    return make_error(ErrorCode::invalid_input, "expected `sha256:` and 64 digits, got `{}`",
                      printable(digest));
  TRY(const Digest parsed, Digest::parse(digest));
  if (size < 0 || static_cast<std::uint64_t>(size) > kLargestText)
    return make_error(ErrorCode::invalid_input, "a text of {} bytes is no text of an archive", size);
  return Blob{parsed, static_cast<std::uint64_t>(size)};
}

}  // namespace

std::vector<Layer> layers_of(const Contents& contents) {
  LayerList list;
  for (const ArchivedPackage& package : contents.packages)
    for (const ApartFile& file : package.tree.apart)
      if (is_manifest(file.path))
        list.add(file.blob, BlobKind::text, kFileType, package.place() + "/" + file.path);
  list.add(contents.lock, BlobKind::text, kLockType, "reef.lock");
  list.add(contents.provenance, BlobKind::text, kProvenanceType, "provenance.json");
  contents.each_tree([&](const std::string& place, const Tree& tree) {
    if (tree.layer) list.add(tree.layer->blob, BlobKind::code, kTreeType, place);
  });
  const std::size_t first_raw = list.size();
  contents.each_tree([&](const std::string& place, const Tree& tree) {
    for (const ApartFile& file : tree.apart)
      list.add(file.blob, BlobKind::raw, kFileType, place + "/" + file.path);
  });
  for (const ArchivedSource& source : contents.sources)
    if (source.blob) list.add(*source.blob, BlobKind::raw, kFileType, source.place());
  list.sort_from(first_raw);
  return list.take();
}

bool is_archive_head(std::string_view head) {
  head = head.substr(0, kEnough);
  return head.starts_with(std::string(kLayoutFile) + '\0') &&
         head.find(kArtifactType) != std::string_view::npos;
}

bool is_archive_file(const Path& file) {
  const Result<std::string> head = read_head(file, kEnough);
  return head && is_archive_head(*head);
}

std::string layout_text() { return json::write_sorted({{"imageLayoutVersion", "1.0.0"}}); }

std::string manifest_text(const Contents& contents, const Blob& config) {
  Value out = {{"schemaVersion", 2}, {"mediaType", kManifestType}, {"artifactType", kArtifactType}};
  out["config"] = descriptor(kConfigType, config);
  out["layers"] = Value::array();
  for (const Layer& layer : layers_of(contents)) {
    Value one = descriptor(layer.type, layer.blob);
    one["annotations"] = {{"org.opencontainers.image.title", layer.title}};
    out["layers"].push_back(std::move(one));
  }
  out["annotations"] = {{"org.opencontainers.image.title", contents.name},
                        {"org.opencontainers.image.version", contents.version}};
  if (const std::string& license = contents.root().license; !license.empty())
    out["annotations"]["org.opencontainers.image.licenses"] = license;
  return json::write_sorted(out);
}

std::string index_text(const Contents& contents, const Blob& manifest) {
  Value one = descriptor(kManifestType, manifest);
  one["artifactType"] = kArtifactType;
  one["annotations"] = {{"org.opencontainers.image.ref.name", contents.version}};
  Value out = {{"schemaVersion", 2}, {"mediaType", kIndexType}};
  out["manifests"] = Value::array({std::move(one)});
  return json::write_sorted(out);
}

Result<Blob> read_index(std::string text) {
  TRY(const json::Document document, json::parse("index.json", std::move(text)));
  const auto manifests = document.root.find("manifests");
  if (!document.root.is_object() || manifests == document.root.end() || !manifests->is_array())
    return make_error(ErrorCode::invalid_input, "`index.json` is no index of an OCI image layout");
  if (manifests->size() != 1)
    return make_error(ErrorCode::invalid_input, "`index.json` names {} manifests, and an archive has one",
                      manifests->size());
  json::Problems problems;
  const json::Node root(document, problems);
  const json::Node node(root, "manifest", manifests->front());
  Result<Blob> blob = read_descriptor(node, kManifestType);
  if (!problems.empty())
    return tl::make_unexpected(Error(ErrorCode::invalid_input, problems.first().message()));
  return blob;
}

Result<Blob> read_manifest_config(std::string text) {
  TRY(const json::Document document, json::parse("manifest", std::move(text)));
  const auto config = document.root.find("config");
  if (!document.root.is_object() || config == document.root.end())
    return make_error(ErrorCode::invalid_input, "the manifest names no config");
  json::Problems problems;
  const json::Node root(document, problems);
  const json::Node node(root, "config", *config);
  Result<Blob> blob = read_descriptor(node, kConfigType);
  if (!problems.empty())
    return tl::make_unexpected(Error(ErrorCode::invalid_input, problems.first().message()));
  return blob;
}

}  // namespace reef::archive
