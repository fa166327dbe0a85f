#include <algorithm>
#include <atomic>

#include "core/archive/outline.h"
#include "core/archive/tree_reader.h"
#include "core/base/text.h"
#include "core/ops/archive_files.h"
#include "core/ops/archive_registry.h"
#include "core/ops/oci_client.h"
#include "core/registry/registry_place.h"
#include "core/remote/oci_entries.h"
#include "core/remote/oci_marks.h"
#include "core/remote/oci_names.h"

namespace reef::ops {
namespace {

// A blob of the archive and where it is in the file.
struct Part {
  oci::Descriptor blob;
  std::string what;  // its name in messages
  HttpBody body;
};

std::vector<Part> parts_of(const archive::Outline& outline, const std::string& config,
                           const std::string& file) {
  std::vector<Part> out;
  out.push_back({{std::string(archive::kConfigType), outline.config.digest, outline.config.size, {}},
                 "the config",
                 {config, {}, 0, 0}});
  for (const archive::Outline::PlacedLayer& placed : outline.layers)
    out.push_back({{placed.layer.type, placed.layer.blob.digest, placed.layer.blob.size, {}},
                   fmt::format("`{}`", printable(placed.layer.title)),
                   {{}, file, placed.offset, placed.layer.blob.size}});
  return out;
}

class Pushing {
 public:
  Pushing(const Machine& machine, std::string file, Reporter& reporter, oci::Repository repository)
      : machine_(machine),
        file_(std::move(file)),
        transfers_(reporter, machine.clock),
        repository_(std::move(repository)) {}

  Result<PushedArchive> run(const archive::ArchiveRead& read, const archive::Outline& outline,
                            const oci::Reference& to, bool may_replace) {
    out_.contents = read.contents;
    out_.manifest = outline.manifest.digest;
    out_.reference = to.text();
    out_.bytes = outline.bytes;
    TRY_STATUS(look_at(to, may_replace));
    // All of them also when the tag is there: it may lack one, and asking is cheap.
    TRY_STATUS(push_blobs(parts_of(outline, read.config, file_)));
    // They may have taken an hour, in which others push, too.
    if (!out_.was_there) TRY_STATUS(look_at(to, may_replace));
    if (!out_.was_there) TRY_STATUS(put(to, outline.manifest_bytes));
    if (signature_) TRY_STATUS(put_signature());
    return std::move(out_);
  }

  // Before anything is sent: a signature of another file must not be.
  Status read_own_signature() {
    const Path file = signature_place(file_);
    const Result<std::string> text = machine_.fs.read_file(file, kLargestSignature);
    if (!text)
      return text.error().code() == ErrorCode::not_found ? Status() : tl::make_unexpected(text.error());
    return with_context(check_signature(*text),
                        [&] { return fmt::format("reading `{}`", printable(file.string())); });
  }

 private:
  Status check_signature(const std::string& text) {
    TRY(const Signature signature, read_signature(text));
    TRY(const Home home, find_home(machine_.env));
    const Keys keys(machine_.fs, machine_.clock, home);
    TRY(out_.signed_by, signer_of(keys, signature));
    if (!out_.signed_by->key_name.empty())
      TRY_STATUS(verify_signature(keys, file_, out_.signed_by->key_name, signature).map([](const auto&) {}));
    signature_ = text;
    return {};
  }

  Status put_signature() {
    const std::string tag = remote::archive_signature_tag(out_.manifest);
    TRY(const std::optional<std::string> there, remote::find_signature(repository_, tag));
    if (there == signature_) return {};
    if (const auto old = read_signature(there.value_or("")))
      if (text_of(old->id) != out_.signed_by->key_id) out_.replaced_signer = text_of(old->id);
    return remote::put_signature(repository_, tag, *signature_);
  }

  Status look_at(const oci::Reference& to, bool may_replace) {
    TRY(const auto there, repository_.find_manifest(to.tag));
    out_.was_there = there && there->digest == out_.manifest;
    out_.replaced.reset();
    if (!there || out_.was_there) return {};
    if (!archive::read_manifest_config(there->text)) return is_no_archive(to, there->text);
    if (!may_replace) return is_another(to, there->digest);
    out_.replaced = there->digest;
    return {};
  }

  // Registries have no "only if it is not there": whoever was second must notice.
  Status put(const oci::Reference& to, const std::string& manifest) {
    TRY_STATUS(repository_.put_manifest(to.tag, manifest));
    TRY(const oci::Repository::Found now, repository_.manifest(to.tag));
    if (now.digest == out_.manifest) return {};
    return make_error(ErrorCode::integrity,
                      "somebody else pushed another archive to `{}` at the same moment: sha256:{}", to.text(),
                      now.digest.hex())
        .hint("agree on one: `reef pull` gets the one that is there");
  }

  // Whatever it is, who reads it there would find nothing any more.
  static Failure is_no_archive(const oci::Reference& to, const std::string& text) {
    const auto manifest = oci::read_manifest(to.text(), text);
    const bool is_package = manifest && manifest->artifact_type == remote::kPackageType;
    return make_error(ErrorCode::integrity, "`{}` is {}, and an archive does not replace it", to.text(),
                      is_package ? "a published package" : "no archive of reef")
        .hint("push to another repository: archives and packages have different ones");
  }

  Failure is_another(const oci::Reference& to, const Digest& digest) {
    return make_error(ErrorCode::integrity, "`{}` is another archive already: sha256:{}", to.text(),
                      digest.hex())
        .hint(fmt::format("give the package a new version; or move the tag by writing it, `{}`", to.text()));
  }

  Status push_blobs(const std::vector<Part>& parts) {
    std::atomic<std::uint64_t> sent{0};
    std::atomic<std::size_t> blobs_sent{0};
    TRY_STATUS(transfer_all(machine_.cancel, parts.size(), [&](std::size_t i) -> Status {
      const Part& part = parts[i];
      remote::BlobTransfer transfer(transfers_, part.what, part.blob.size);
      TRY(const bool was_sent, repository_.upload(part.blob, part.what, part.body,
                                                  [&](std::uint64_t more) { transfer.advance(more); }));
      transfer.done();
      if (was_sent) sent += part.blob.size;
      if (was_sent) ++blobs_sent;
      return {};
    }));
    out_.blobs = parts.size();
    out_.sent = sent;
    out_.blobs_sent = blobs_sent;
    return {};
  }

  const Machine& machine_;
  std::string file_;
  TransferReports transfers_;
  oci::Repository repository_;
  std::optional<std::string> signature_;
  PushedArchive out_;
};

}  // namespace

Result<std::string> tag_of_version(const std::string& version) {
  std::string tag = version;
  std::replace(tag.begin(), tag.end(), '+', '_');
  TRY_STATUS(with_context(oci::check_tag(tag),
                          [&] { return fmt::format("making a tag of the version `{}`", version); }));
  return tag;
}

Result<PushedArchive> push_archive(const Machine& machine, bool offline, const std::string& file,
                                   const std::string& to, Reporter& reporter) {
  TRY(oci::Reference reference, oci::Reference::parse(to));
  if (reference.digest)
    return make_error(ErrorCode::usage, "`{}` names a digest: an archive is pushed to a tag",
                      reference.text());
  TRY_STATUS(check_is_file(machine.fs, file));
  TRY(const archive::ArchiveRead read, inspect_file(file));
  TRY(const archive::Outline outline, archive::outline_of(read.contents, read.config));
  TRY_STATUS(with_context(
      archive::check_ratio(read.contents).and_then([&] { return archive::check_outline(outline, file); }),
      [&] { return fmt::format("reading the archive `{}`", printable(file)); }));
  const bool has_tag = !reference.tag.empty();
  if (!has_tag) {
    TRY(reference.tag, tag_of_version(read.contents.version));
  }
  if (offline)
    return make_error(ErrorCode::network, "offline: nothing is sent to `{}`", reference.text())
        .hint("run it without `--offline`");
  reporter.stage(fmt::format("pushing {} {}", read.contents.name, read.contents.version));
  OciClient client(machine, reference, reporter);
  Pushing pushing(machine, file, reporter, client.repository(reference.repository, true));
  TRY_STATUS(pushing.read_own_signature());
  return pushing.run(read, outline, reference, has_tag);
}

}  // namespace reef::ops
