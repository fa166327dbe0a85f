#include "core/base/text.h"
#include "core/ops/open_registries.h"
#include "core/ops/publish.h"
#include "core/registry/index_json.h"
#include "core/remote/oci_publish.h"

namespace reef::ops {
namespace {

// The registry that a package is given to, for one command.
class OciDestination {
 public:
  static Result<std::unique_ptr<OciDestination>> open(Session& session, const Destination& destination,
                                                      fetch::Progress& progress) {
    if (session.offline())
      return make_error(ErrorCode::network, "offline: nothing is sent to `{}`", destination.location.text())
          .hint("run it without `--offline`");
    TRY(oci::Reference place, oci::Reference::parse_registry(destination.location.address));
    return std::unique_ptr<OciDestination>(
        new OciDestination(session, {destination.name, std::move(place), nullptr}, progress));
  }

  Result<bool> put(const remote::OciPackage& package) {
    TRY(const bool was_there, remote::put_in_oci(access_, site_, package));
    look_again();
    return was_there;
  }
  Result<bool> yank(const YankChange& change) {
    TRY(const bool changed, remote::yank_in_oci(access_, site_, change.name, change.version, change.yanked));
    look_again();
    return changed;
  }

 private:
  OciDestination(Session& session, remote::OciSite site, fetch::Progress& progress)
      : home_(session.home()),
        client_(make_http_client(session.machine().env)),
        access_(access_of(session.machine(), home_, *client_, false)),
        site_(std::move(site)) {
    access_.progress = &progress;
  }

  // So that this user's next command sees what was done.
  void look_again() { (void)remote::OciPackages(access_, site_, registry_cache(home_)).refresh(); }

  Home home_;
  std::unique_ptr<HttpClient> client_;
  remote::Access access_;
  remote::OciSite site_;
};

Result<remote::OciPackage> packed_for_oci(Session& session, const Publishable& package, const Path& blobs) {
  const Machine& machine = session.machine();
  const Manifest& manifest = *package.project.manifest;
  remote::OciPackage out;
  TRY(out.tree, archive::write_tree_blobs({package.project.folder, package.left_out}, blobs,
                                          {0, &machine.cancel}, machine.fs));
  if (out.tree.digest != package.digest)
    return make_error(ErrorCode::busy, "`{}` was changed while it was published",
                      package.project.folder.string())
        .hint("run the same again");
  const std::string file = package.project.manifest_path.filename().string();
  out.version =
      indexed_version(manifest, {fmt::format("{}-{}/{}", manifest.name, manifest.version.text(), file), {}});
  out.version.digest = out.tree.digest;
  out.version.tree = tree_text(out.tree);
  out.files = [blobs](const archive::Blob& blob) -> Result<Path> {
    return archive::blob_file(blobs, blob.digest);
  };
  return out;
}

// The signature that is there stays when it is good, and this key's.
Result<std::string> sign_entry(const Machine& machine, const Keys& keys, const SecretKey& key,
                               const std::string& label, std::string_view entry,
                               const std::optional<std::string>& there) {
  const Result<Signature> old = read_signature(there.value_or(""));
  if (old && verify_text(key.public_key(), *old, entry, label)) return *there;
  return sign_text(keys, machine.clock, entry, label, key);
}

}  // namespace

Result<Published> publish_to_oci(Session& session, const Publishable& package, const Destination& destination,
                                 const PublishRequest& request) {
  const Machine& machine = session.machine();
  const Manifest& manifest = *package.project.manifest;
  if (destination.is_pinned && !request.sign)
    return make_error(ErrorCode::usage,
                      "the registry `{}` is pinned to keys: nobody would believe what is not signed",
                      destination.name)
        .hint("name the key: `--sign KEY`");
  TRY(const auto registry, OciDestination::open(session, destination, *request.progress));
  std::optional<SecretKey> key;
  if (request.sign) {
    TRY(key, request.sign());  // before anything is sent
  }
  TRY(const LiveFolder blobs, session.scratch_folder("publish-"));
  TRY(remote::OciPackage packed, packed_for_oci(session, package, blobs.path()));
  const Keys keys(machine.fs, machine.clock, session.home());
  Published out;
  if (key) {
    packed.key_id = text_of(key->id);
    packed.sign = [&](std::string_view entry,
                      const std::optional<std::string>& there) -> Result<std::string> {
      TRY(std::string text,
          sign_entry(machine, keys, *key, manifest.name + "-" + manifest.version.text(), entry, there));
      out.signed_now = !there || text != *there;
      return text;
    };
  }
  out.name = manifest.name;
  out.version = manifest.version.text();
  out.digest = package.digest;
  out.registry = destination.name.empty() ? destination.location.text() : destination.name;
  TRY(out.was_there, registry->put(packed));
  return out;
}

Result<bool> yank_in_oci(Session& session, const Destination& destination, const YankChange& change) {
  TRY(const auto registry, OciDestination::open(session, destination, fetch::silent_progress()));
  return registry->yank(change);
}

}  // namespace reef::ops
