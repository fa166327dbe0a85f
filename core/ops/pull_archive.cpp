#include <algorithm>
#include <atomic>

#include "core/archive/outline.h"
#include "core/archive/tree_reader.h"
#include "core/base/text.h"
#include "core/base/units.h"
#include "core/model/version.h"
#include "core/oci/file_sink.h"
#include "core/ops/archive_files.h"
#include "core/ops/archive_registry.h"
#include "core/ops/oci_client.h"
#include "core/ops/output.h"
#include "core/os/disk_space.h"
#include "core/os/environment.h"
#include "core/os/http_answers.h"
#include "core/os/lock.h"
#include "core/registry/registry_place.h"
#include "core/remote/oci_marks.h"
#include "core/remote/oci_names.h"

namespace reef::ops {
namespace {

constexpr std::uint64_t kLargestLog = std::uint64_t{16} << 20U;
constexpr std::uint64_t kLogged = std::uint64_t{4} << 20U;  // bytes of a blob between two lines of the log

Path with_suffix(const Path& path, const char* suffix) {
  Path out = path;
  return out += suffix;
}

// A file on its way: `OUTPUT.part`, as long as the whole, and `OUTPUT.part.log`, a line for each step: which
// archive it is, then which blob has how many bytes, how many of them are hashed and to what. The log is a
// hint: what it says is there is read and hashed before it is believed.
class PartialFile {
 public:
  // Takes over what there is of this archive, and clears away what is of another.
  static Result<std::unique_ptr<PartialFile>> open(const Machine& machine, const Path& output,
                                                   const Digest& manifest) {
    std::unique_ptr<PartialFile> out(new PartialFile(machine, output));
    TRY(out->lock_, FileLock::try_acquire(out->part_));
    if (!out->lock_)
      return make_error(ErrorCode::busy, "another process pulls to `{}`", printable(output.string()));
    TRY(OutputFile file, OutputFile::open_kept(out->part_));
    if (!out->read_log(manifest)) TRY_STATUS(file.cut(0));
    // Anew, so that nothing stays in it that was not believed.
    std::string log = manifest.hex() + "\n";
    for (const auto& [blob, mark] : out->known_) log += line_of(blob, mark);
    TRY_STATUS(machine.fs.write_file(out->log_, log, false));
    out->file_ = std::make_unique<OutputFile>(std::move(file));
    return out;
  }

  OutputFile& file() { return *file_; }
  // What an earlier transfer wrote of a blob.
  oci::FileSink::Mark known(const Digest& blob) const {
    const auto found = known_.find(blob);
    return found == known_.end() ? oci::FileSink::Mark{} : found->second;
  }
  // Safe for several threads.
  void remember(const Digest& blob, const oci::FileSink::Mark& mark) {
    (void)machine_.fs.append_file(log_, line_of(blob, mark));
  }
  // What is between the blobs is compared, too: other programs write files. Not synced: whoever uses an
  // archive compares its bytes, and it can be pulled again.
  // accept: the last to look at the file before it gets its name.
  Status finish(const Path& output, const archive::Outline& outline,
                const std::function<Status(const Path& file)>& accept) {
    TRY_STATUS(file_->cut(outline.bytes));
    TRY_STATUS(archive::check_outline(outline, part_));
    TRY_STATUS(accept(part_));
    TRY_STATUS(file_->finish(output, false));
    (void)machine_.fs.remove_file(log_);
    return {};
  }

 private:
  PartialFile(const Machine& machine, const Path& output)
      : machine_(machine), part_(with_suffix(output, ".part")), log_(with_suffix(output, ".part.log")) {}

  static std::string line_of(const Digest& blob, const oci::FileSink::Mark& mark) {
    return fmt::format("{} {} {} {}\n", blob.hex(), mark.bytes, mark.hashed.bytes, mark.hashed.chain.hex());
  }

  // False: it is of another archive, or there is none.
  bool read_log(const Digest& manifest) {
    const Result<std::string> text = machine_.fs.read_file(log_, kLargestLog);
    if (!text || !text->starts_with(manifest.hex())) return false;
    for (const std::string& line : lines_of(*text)) {
      const std::vector<std::string> words = split(line, ' ');
      const Result<Digest> digest = Digest::parse(words.front());
      if (!digest || words.size() < 2) continue;
      const auto bytes = parse_number(words[1]);
      if (!bytes) continue;
      oci::FileSink::Mark& mark = known_[*digest] = {*bytes, {}};
      if (words.size() != 4) continue;
      const auto hashed = parse_number(words[2]);
      const Result<Digest> chain = Digest::parse(words[3]);
      if (hashed && chain) mark.hashed = {*hashed, *chain};
    }
    return true;
  }

  const Machine& machine_;
  Path part_;
  Path log_;
  std::optional<FileLock> lock_;
  std::unique_ptr<OutputFile> file_;
  std::map<Digest, oci::FileSink::Mark> known_;
};

// The newest version among tags: a release, else a pre-release; `latest` when no tag is a version.
std::string newest_of(const std::vector<std::string>& tags) {
  std::string best;
  Version newest;
  for (const std::string& tag : tags) {
    std::string text = tag;
    std::replace(text.begin(), text.end(), '_', '+');
    const Result<Version> version = Version::parse(text);
    if (!version) continue;
    const bool is_better = best.empty() || std::pair(!version->is_prerelease(), *version) >
                                               std::pair(!newest.is_prerelease(), newest);
    if (!is_better) continue;
    best = tag;
    newest = *version;
  }
  if (best.empty() && std::find(tags.begin(), tags.end(), "latest") != tags.end()) return "latest";
  return best;
}

class Pulling {
 public:
  Pulling(const Machine& machine, std::string key, Reporter& reporter, oci::Repository repository)
      : machine_(machine),
        key_(std::move(key)),
        reporter_(reporter),
        transfers_(reporter, machine.clock),
        repository_(std::move(repository)) {}

  Result<PulledArchive> run(oci::Reference from, const Path& output) {
    TRY_STATUS(choose_tag(from));
    out_.reference = from.text();
    TRY(const oci::Repository::Found found, repository_.manifest(from.wanted()));
    TRY(const archive::Head head,
        with_context(read_head(found), [&] { return fmt::format("reading `{}`", from.text()); }));
    out_.manifest = found.digest;
    out_.contents = head.contents;
    TRY(const archive::Outline outline, archive::outline_of(head.contents, head.config));
    out_.bytes = outline.bytes;
    TRY(const Path named, output_place(machine_.fs, output,
                                       fmt::format("{}-{}.reef", head.contents.name, head.contents.version)));
    TRY(out_.file, absolute_path(named));
    TRY_STATUS(check_archive_place(machine_.fs, out_.file));
    TRY(const bool there, is_there());
    if (there) {
      out_.was_there = true;
      TRY_STATUS(accept(out_.file));
      TRY_STATUS(keep_signature());
      return std::move(out_);
    }
    reporter_.stage(fmt::format("pulling {} {}", head.contents.name, head.contents.version));
    TRY_STATUS(check_room(outline.bytes));
    TRY(const auto partial, PartialFile::open(machine_, out_.file, out_.manifest));
    for (const archive::Outline::Part& part : outline.parts)
      TRY_STATUS(partial->file().write_at(part.offset, part.bytes));
    TRY_STATUS(pull_blobs(outline, *partial));
    TRY_STATUS(partial->finish(out_.file, outline, [&](const Path& file) { return accept(file); }));
    TRY_STATUS(write_signature());
    const Path signature = signature_place(out_.file);
    if (!signature_ && exists(machine_.fs, signature))
      reporter_.note(fmt::format("`{}` is of another archive: this one is not signed",
                                 printable(signature.filename().string())));
    return std::move(out_);
  }

 private:
  Status choose_tag(oci::Reference& from) {
    if (from.digest || !from.tag.empty()) return {};
    TRY(const std::vector<std::string> tags, repository_.tags());
    from.tag = newest_of(tags);
    if (!from.tag.empty()) return {};
    // Says which tags there are.
    return repository_.manifest("latest").and_then([&](const auto&) -> Status {
      return make_error(ErrorCode::not_found, "no tag of `{}` is a version", from.text());
    });
  }

  // What the registry has as the archive's signature, compared with the file when a key was asked for.
  Status accept(const Path& file) {
    const std::string tag = remote::archive_signature_tag(out_.manifest);
    TRY(signature_, remote::find_signature(repository_, tag));
    if (!signature_ && key_.empty()) return {};
    if (!signature_)
      return make_error(ErrorCode::not_found, "`{}` is not signed", out_.reference)
          .hint("who signs it: `reef sign FILE`, and `reef push` of the same file once more");
    TRY(const Signature signature, with_context(read_signature(*signature_), [&] {
          return fmt::format("reading the signature `{}`", remote::shown_tag(repository_, tag));
        }));
    TRY(const Home home, find_home(machine_.env));
    const Keys keys(machine_.fs, machine_.clock, home);
    TRY(out_.signed_by,
        key_.empty() ? signer_of(keys, signature) : verify_signature(keys, file, key_, signature));
    return {};
  }

  // A signature that lies there is replaced by one that was compared with the file, and by no other.
  Status keep_signature() {
    const Result<std::string> there = machine_.fs.read_file(signature_place(out_.file), kLargestSignature);
    const bool is_another = there && signature_ && *there != *signature_;
    if (!is_another || !key_.empty()) return write_signature();
    out_.signed_by.reset();
    return {};
  }

  Status write_signature() {
    return signature_ ? write_atomic(machine_.fs, signature_place(out_.file), *signature_) : Status();
  }

  // Manifest and config, which must be an archive's.
  Result<archive::Head> read_head(const oci::Repository::Found& found) {
    const Result<archive::Blob> config = archive::read_manifest_config(found.text);
    const std::string type = found.type.empty() ? "" : fmt::format(" (`{}`)", printable(found.type));
    if (!config)
      return make_error(ErrorCode::invalid_input, "it is no archive of reef{}: {}", type,
                        config.error().message())
          .hint("`reef push FILE.reef` sends one there");
    const oci::Descriptor blob{std::string(archive::kConfigType), config->digest, config->size, {}};
    TRY(std::string text, repository_.read_blob(blob, "the config", archive::kLargestText));
    TRY(archive::Head head, archive::head_of(found.text, std::move(text)));
    TRY_STATUS(archive::check_ratio(head.contents));
    return head;
  }

  // Whether the file that is there is this archive, and whole. usage when it is another one, which may hold
  // records that nobody else has.
  Result<bool> is_there() {
    const Result<FileStat> stat = machine_.fs.stat(out_.file);
    if (!stat || stat->size == 0) return false;
    const auto head = inspect_file(out_.file.string());
    if (!head || head->manifest != out_.manifest)
      return make_error(ErrorCode::usage,
                        "`{}` is there and is another archive than `{}`: it is not replaced",
                        printable(out_.file.string()), out_.reference)
          .hint("name another file: `-o OTHER.reef`; or move that one away first");
    reporter_.stage("verifying what is there");
    return verify_file(machine_, out_.file.string()).has_value();
  }

  // A disk that will be full is told before, not after an hour.
  Status check_room(std::uint64_t bytes) {
    const Result<std::uint64_t> free = free_bytes(out_.file.parent_path());
    if (!free) return {};
    const Result<FileStat> part = machine_.fs.stat(with_suffix(out_.file, ".part"));
    if (*free + (part ? part->size : 0) >= bytes) return {};
    return make_error(ErrorCode::io, "the archive has {}, and the disk of `{}` has room for {}",
                      format_bytes(bytes), printable(out_.file.string()), format_bytes(*free))
        .hint("free some space, or name a file on another disk with `-o`");
  }

  Status pull_blobs(const archive::Outline& outline, PartialFile& partial) {
    std::atomic<std::uint64_t> kept{0};
    TRY_STATUS(transfer_all(machine_.cancel, outline.layers.size(),
                            [&](std::size_t i) { return pull_blob(outline.layers[i], partial, kept); }));
    out_.kept = kept;
    return {};
  }

  Status pull_blob(const archive::Outline::PlacedLayer& placed, PartialFile& partial,
                   std::atomic<std::uint64_t>& kept) {
    const archive::Blob& blob = placed.layer.blob;
    const std::string what = fmt::format("`{}`", printable(placed.layer.title));
    const oci::FileSink::Mark known = partial.known(blob.digest);
    std::uint64_t logged = known.bytes;
    oci::FileSink sink(partial.file(), placed.offset, [&](const oci::FileSink::Mark& mark) {
      if (mark.bytes < logged + kLogged && mark.bytes != blob.size) return;
      partial.remember(blob.digest, mark);
      logged = mark.bytes;
    });
    if (known.bytes <= blob.size) TRY_STATUS(sink.take_over(known));
    kept += sink.size();
    remote::BlobTransfer transfer(transfers_, what, blob.size);
    const oci::Descriptor descriptor{placed.layer.type, blob.digest, blob.size, {}};
    TRY_STATUS(
        repository_.download(descriptor, what, sink, [&](std::uint64_t more) { transfer.advance(more); }));
    transfer.done();
    return {};
  }

  const Machine& machine_;
  std::string key_;
  Reporter& reporter_;
  TransferReports transfers_;
  oci::Repository repository_;
  std::optional<std::string> signature_;
  PulledArchive out_;
};

}  // namespace

Result<PulledArchive> pull_archive(const Machine& machine, bool offline, const std::string& from,
                                   const Path& output, const std::string& key, Reporter& reporter) {
  TRY(const oci::Reference reference, oci::Reference::parse(from));
  if (offline)
    return make_error(ErrorCode::network, "offline: nothing is pulled from `{}`", reference.text())
        .hint("run it once without `--offline`; the file needs no network later");
  OciClient client(machine, reference, reporter);
  Pulling pulling(machine, key, reporter, client.repository(reference.repository, false));
  return pulling.run(reference, output);
}

}  // namespace reef::ops
