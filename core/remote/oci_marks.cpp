#include "core/remote/oci_marks.h"

#include "core/base/text.h"
#include "core/registry/registry_place.h"

namespace reef::remote {

std::string shown_tag(const oci::Repository& repository, const std::string& tag) {
  return fmt::format("{}:{}", repository.text(), tag);
}

Result<std::optional<oci::Manifest>> find_oci_manifest(oci::Repository& repository, const std::string& tag) {
  TRY(const auto found, repository.find_manifest(tag));
  if (!found || found->type != oci::kManifestType) return std::optional<oci::Manifest>();
  Result<oci::Manifest> manifest = oci::read_manifest(shown_tag(repository, tag), found->text);
  return manifest ? std::optional(*std::move(manifest)) : std::nullopt;
}

oci::Descriptor descriptor_of(std::string_view type, std::string_view bytes) {
  return {std::string(type), sha256(bytes), bytes.size(), {}};
}

oci::Manifest mark(std::string_view type) {
  oci::Manifest out;
  out.artifact_type = type;
  out.config = descriptor_of(oci::kEmptyType, oci::kEmptyBlob);
  out.layers = {out.config};
  return out;
}

Status put_text(oci::Repository& repository, std::string_view text, const std::string& what) {
  return repository.upload(descriptor_of("", text), what, {text, {}, 0, 0}, nullptr).map([](bool) {});
}

Status put_mark(oci::Repository& repository, const std::string& tag, const oci::Manifest& manifest) {
  TRY_STATUS(put_text(repository, oci::kEmptyBlob, "an empty blob"));
  return repository.put_manifest(tag, oci::write_manifest(manifest));
}

Result<std::optional<std::string>> find_signature(oci::Repository& repository, const std::string& tag) {
  TRY(const auto manifest, find_oci_manifest(repository, tag));
  if (!manifest || manifest->layers.size() != 1) return std::optional<std::string>();
  return repository
      .read_blob(manifest->layers.front(), fmt::format("the signature `{}`", shown_tag(repository, tag)),
                 kLargestSignature)
      .map([](std::string text) { return std::optional<std::string>(std::move(text)); });
}

Status put_signature(oci::Repository& repository, const std::string& tag, const std::string& signature) {
  oci::Manifest manifest = mark(kSignatureType);
  manifest.layers = {descriptor_of("text/plain", signature)};
  TRY_STATUS(put_text(repository, signature, "its signature"));
  return put_mark(repository, tag, manifest);
}

}  // namespace reef::remote
