#include "core/remote/oci_publish.h"

#include <algorithm>

#include "core/archive/oci.h"
#include "core/base/text.h"
#include "core/os/parallel.h"
#include "core/remote/oci_access.h"
#include "core/remote/oci_entries.h"
#include "core/remote/oci_marks.h"
#include "core/remote/oci_names.h"

namespace reef::remote {
namespace {

constexpr std::size_t kBlobsAtOnce = 4;

// The tags that announce a package.
Result<std::vector<std::string>> name_tags(const CatalogueEntry& entry) {
  std::vector<NameTag> tags = {{NameTag::Kind::name, entry.name, ""}};
  if (entry.kind == PackageKind::tool) tags.push_back({NameTag::Kind::tool, entry.name, ""});
  for (const std::string& capability : entry.provides)
    tags.push_back({NameTag::Kind::capability, entry.name, capability});
  std::vector<std::string> out;
  for (const NameTag& tag : tags) {
    TRY(out.emplace_back(), tag_of(tag));
  }
  return out;
}

oci::Descriptor layer_of(const archive::Tree& tree, const archive::Blob& blob) {
  oci::Descriptor out{std::string(archive::kTreeType), blob.digest, blob.size, {}};
  const auto file = std::find_if(tree.apart.begin(), tree.apart.end(),
                                 [&](const archive::ApartFile& each) { return each.blob == blob; });
  if (file == tree.apart.end()) return out;
  out.type = archive::kFileType;
  out.annotations = {{"org.opencontainers.image.title", file->path}};
  return out;
}

oci::Manifest manifest_of(const OciPackage& package, std::string_view entry) {
  const CatalogueEntry& about = package.version.entry;
  oci::Manifest out;
  out.artifact_type = kPackageType;
  out.config = descriptor_of(kEntryType, entry);
  for (const archive::Blob& blob : archive::blobs_of(package.tree))
    out.layers.push_back(layer_of(package.tree, blob));
  out.annotations = {{"org.opencontainers.image.title", about.name},
                     {"org.opencontainers.image.version", about.version.text()}};
  if (!about.license.empty()) out.annotations["org.opencontainers.image.licenses"] = about.license;
  if (!about.summary.empty()) out.annotations["org.opencontainers.image.description"] = about.summary;
  return out;
}

// What is said to one registry.
class Publishing {
 public:
  Publishing(const Access& access, const OciSite& site)
      : access_(access),
        site_(site),
        remote_(oci_access(access_), site_.place, site_.name, patience_of(access_.settings)) {}

  Result<bool> publish(const OciPackage& package) {
    const CatalogueEntry& about = package.version.entry;
    TRY(oci::Repository repository, repository_for(about.name));
    const std::string tag = version_tag(about.version.text());
    TRY_STATUS(oci::check_tag(signature_tag(tag, std::string(kKeyIdDigits, '0'))));
    TRY(const std::vector<std::string> names, name_tags(about));
    TRY(std::optional<std::string> there, find_version(repository, tag, package));
    if (!there) {
      TRY(there, put_version(repository, tag, package));
    }
    const bool was_there = there.has_value();
    const std::string entry = was_there ? *there : entry_of(package.version);
    if (package.sign) TRY_STATUS(sign(repository, tag, package, entry));
    TRY_STATUS(put_names(names));
    return was_there;
  }

  Result<bool> yank(const std::string& package, const Version& version, bool yanked) {
    TRY(oci::Repository repository, repository_for(package));
    const std::string tag = version_tag(version.text());
    TRY(const std::optional<std::string> entry, find_entry(repository, tag));
    if (!entry) return no_version(repository, package, version);
    TRY(const bool is_so, is_yanked(repository, tag));
    if (is_so == yanked) return false;
    oci::Manifest manifest = mark(kYankType);
    manifest.annotations[std::string(kYankedAnnotation)] = yanked ? "true" : "false";
    TRY_STATUS(put_mark(repository, std::string(kYankedTag) + tag, manifest));
    return true;
  }

 private:
  Result<oci::Repository> repository_for(const std::string& package) {
    TRY(std::string path, repository_of(site_.place.repository, package));
    return oci::Repository(remote_, std::move(path), true);
  }

  // Of all packages, for hints.
  std::vector<std::string> names() {
    std::vector<std::string> out;
    if (const auto tags = oci::Repository(remote_, below(site_.place.repository, kNamesRepository)).tags())
      for (const std::string& tag : *tags)
        if (const auto read = read_name_tag(tag); read && read->kind == NameTag::Kind::name)
          out.push_back(read->name);
    return out;
  }

  Failure no_version(oci::Repository& repository, const std::string& package, const Version& version) {
    std::vector<Version> known;
    if (const auto tags = repository.tags())
      for (const std::string& tag : *tags)
        if (const auto read = Version::parse_loose(version_of_tag(tag)); read && is_version_tag(tag))
          known.push_back(*read);
    std::sort(known.rbegin(), known.rend());
    const std::string where = fmt::format("`{}`", site_.place.place());
    if (known.empty())
      return make_error(ErrorCode::not_found, "there is no package `{}` in {}", package, where)
          .hint(did_you_mean(package, names()).value_or("`reef search` lists them"));
    return Failure(no_such_version(where, package, version, known));
  }

  // The entry of the version, if it is there with this content. Another entry with the same content is the
  // same package: another reef wrote it.
  Result<std::optional<std::string>> find_version(oci::Repository& repository, const std::string& tag,
                                                  const OciPackage& package) {
    const CatalogueEntry& about = package.version.entry;
    const auto is_another = [&](std::string_view what) {
      return make_error(ErrorCode::integrity, "`{}` {} is in `{}` already, {}", about.name,
                        about.version.text(), site_.place.place(), what)
          .hint("what was published never changes: give the package another version");
    };
    TRY(std::optional<std::string> entry, find_entry(repository, tag));
    if (!entry) {
      TRY(const auto something, repository.find_manifest(tag));
      if (something) return is_another("as something that is no package of reef");
      return entry;
    }
    TRY(const auto read, read_entry(shown_tag(repository, tag), *entry, about.name, tag));
    if (!read || read->digest != package.version.digest) return is_another("with different content");
    return entry;
  }

  // The entry that somebody else put there meanwhile, with the same content; else nothing.
  Result<std::optional<std::string>> put_version(oci::Repository& repository, const std::string& tag,
                                                 const OciPackage& package) {
    const std::string entry = entry_of(package.version);
    const oci::Manifest manifest = manifest_of(package, entry);
    TRY_STATUS(put_blobs(repository, manifest.layers, package));
    TRY_STATUS(put_text(repository, entry, "its entry"));
    // Registries have no "only if it is not there", and what was sent may have taken an hour: the tag is
    // looked at again just before it is written, and after that whoever was second must notice.
    TRY(std::optional<std::string> there, find_version(repository, tag, package));
    if (there) return there;
    const std::string text = oci::write_manifest(manifest);
    TRY_STATUS(repository.put_manifest(tag, text));
    TRY(const oci::Repository::Found now, repository.manifest(tag));
    if (now.text == text) return there;
    return make_error(ErrorCode::integrity,
                      "`{}` was published by somebody else at the same moment, with different content",
                      shown_tag(repository, tag))
        .hint("agree on one: `reef info` tells which one is there");
  }

  Status put_blobs(oci::Repository& repository, const std::vector<oci::Descriptor>& layers,
                   const OciPackage& package) {
    std::vector<Status> statuses(layers.size());
    in_parallel(layers.size(), kBlobsAtOnce,
                [&](std::size_t i) { statuses[i] = put_blob(repository, layers[i], package); });
    for (Status& status : statuses) TRY_STATUS(std::move(status));
    return {};
  }

  Status put_blob(oci::Repository& repository, const oci::Descriptor& layer, const OciPackage& package) {
    TRY_STATUS(access_.cancel.check());
    TRY(const Path file, package.files({layer.digest, layer.size}));
    const CatalogueEntry& about = package.version.entry;
    const std::string label = fmt::format("{} {}", about.name, about.version.text());
    BlobTransfer transfer(*access_.progress, label, layer.size);
    TRY_STATUS(repository
                   .upload(layer, label, {{}, file, 0, layer.size},
                           [&](std::uint64_t more) { transfer.advance(more); })
                   .map([](bool) {}));
    transfer.done();
    return {};
  }

  static Status sign(oci::Repository& repository, const std::string& tag, const OciPackage& package,
                     const std::string& entry) {
    const std::string own_tag = signature_tag(tag, package.key_id);
    TRY(std::optional<std::string> there, find_signature(repository, own_tag));
    if (!there) {
      TRY(there, find_signature(repository, old_signature_tag(tag)));
    }
    TRY(const std::string signature, package.sign(entry, there));
    if (there && *there == signature) return {};
    return put_signature(repository, own_tag, signature);
  }

  Status put_names(const std::vector<std::string>& wanted) {
    oci::Repository names(remote_, below(site_.place.repository, kNamesRepository), true);
    TRY(const std::vector<std::string> there, names.tags());
    for (const std::string& tag : wanted) {
      if (std::binary_search(there.begin(), there.end(), tag)) continue;
      oci::Manifest manifest = mark(kNameType);
      manifest.annotations = {{"org.opencontainers.image.title", tag}};
      TRY_STATUS(put_mark(names, tag, manifest));
    }
    return {};
  }

  const Access& access_;
  const OciSite& site_;
  oci::Remote remote_;
};

}  // namespace

Result<bool> put_in_oci(const Access& access, const OciSite& site, const OciPackage& package) {
  return Publishing(access, site).publish(package);
}

Result<bool> yank_in_oci(const Access& access, const OciSite& site, const std::string& package,
                         const Version& version, bool yanked) {
  return Publishing(access, site).yank(package, version, yanked);
}

}  // namespace reef::remote
