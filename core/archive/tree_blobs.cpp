#include "core/archive/tree_blobs.h"

#include <algorithm>
#include <set>

#include "core/archive/frame_reader.h"
#include "core/archive/outer_reader.h"
#include "core/archive/pack_layer.h"
#include "core/archive/portable.h"
#include "core/archive/tree_reader.h"
#include "core/base/text.h"
#include "core/os/environment.h"

namespace reef::archive {
namespace {

constexpr std::size_t kBlobPiece = std::size_t{1} << 20U;

unsigned threads_of(unsigned wanted) {
  return std::min(kMostThreads, wanted > 0 ? wanted : processor_count());
}

class TreeWriter {
 public:
  TreeWriter(const TreeInput& input, const Path& blobs, const PackOptions& options, Filesystem& fs,
             Workers& workers, std::size_t* repaired)
      : input_(input),
        blobs_(blobs),
        fs_(fs),
        writer_{nullptr, workers, threads_of(options.threads), options.cancel, fs},
        repaired_(repaired) {}

  Result<Tree> write() {
    TRY(entries_, scan_tree(input_, fs_));
    tree_.entries = entries_.size();
    bool inside = false;
    for (ScannedEntry& entry : entries_) {
      if (entry.member.kind == MemberKind::file) tree_.bytes += entry.member.size;
      inside = inside || !entry.apart;
      if (entry.apart) TRY_STATUS(write_apart(entry));
    }
    if (inside) TRY_STATUS(write_layer());
    Sha256 hash;
    for (const ScannedEntry& entry : entries_) hash.update(line_of(entry));
    tree_.digest = hash.finish();
    return std::move(tree_);
  }

 private:
  // A file of that size may be another: a disk that lies, somebody's editor.
  bool is_there(const Path& file, const Blob& blob) {
    const Result<FileStat> stat = fs_.stat(file, false);
    if (!stat) return false;
    const bool has_size = stat->type == FileType::file && stat->size == blob.size;
    if (has_size && digest_file(file).value_or(Digest()) == blob.digest) return true;
    if (repaired_ != nullptr) ++*repaired_;
    return false;
  }

  // Large files that are there already are read once, those that are not twice: they seldom change.
  Status write_apart(ScannedEntry& entry) {
    TRY_STATUS(writer_.check());
    const Path from = input_.folder / entry.member.path;
    TRY(entry.digest, digest_file(from));
    const Blob blob{entry.digest, entry.member.size};
    tree_.apart.push_back({entry.member.path, blob, entry.member.executable});
    const Path to = blob_file(blobs_, blob.digest);
    if (is_there(to, blob)) return {};
    TRY_STATUS(make_folders(fs_, to.parent_path()));
    TRY(OutputFile file, OutputFile::create_beside(to));
    writer_.file = &file;
    TRY(const Digest copied, write_raw_layer(from, blob.size, 0, writer_));
    if (copied != blob.digest) return changed_while_packing(from);
    return file.finish(to, false);
  }

  // Its name is known when it has been written.
  Status write_layer() {
    TRY_STATUS(make_folders(fs_, blobs_));
    TRY(OutputFile file, OutputFile::create_beside(blobs_ / "layer"));
    writer_.file = &file;
    TRY(tree_.layer, write_code_layer(entries_, input_.folder, 0, writer_));
    const Path to = blob_file(blobs_, tree_.layer->blob.digest);
    if (is_there(to, tree_.layer->blob)) return {};
    TRY_STATUS(make_folders(fs_, to.parent_path()));
    return file.finish(to, false);
  }

  static std::string line_of(const ScannedEntry& entry) {
    const Member& member = entry.member;
    if (member.kind == MemberKind::folder) return folder_line(member.path);
    if (member.kind == MemberKind::symlink) return symlink_line(member.path, member.target);
    return file_line(member.path, member.executable, entry.digest);
  }

  const TreeInput& input_;
  const Path& blobs_;
  Filesystem& fs_;
  LayerWriter writer_;
  std::size_t* repaired_;
  std::vector<ScannedEntry> entries_;
  Tree tree_;
};

// Reads a file to its end; every byte that is used is one that was hashed.
template <class Use>
Status read_blob(const Path& path, const Blob& blob, const std::string& what, const Cancellation* cancel,
                 const Use& use) {
  TRY(InputStream stream, InputStream::open(path));
  Sha256 hash;
  std::uint64_t done = 0;
  std::string piece(kBlobPiece, '\0');
  for (;;) {
    if (cancel != nullptr) TRY_STATUS(cancel->check());
    TRY(const std::size_t got, stream.read(piece));
    if (got == 0) break;
    done += got;
    if (done > blob.size) break;
    const std::string_view bytes = std::string_view(piece).substr(0, got);
    hash.update(bytes);
    TRY_STATUS(use(bytes));
  }
  if (done != blob.size)
    return make_error(ErrorCode::integrity, "{} has another size than the {} bytes it must have", what,
                      blob.size);
  if (const Digest digest = hash.finish(); digest != blob.digest)
    return wrong_digest(what, blob.digest, digest);
  return {};
}

class TreeUnpacker {
 public:
  TreeUnpacker(const Tree& tree, const BlobFiles& files, Target target, const ReadOptions& options)
      : tree_(tree),
        files_(files),
        target_(std::move(target)),
        cancel_(options.cancel),
        threads_(threads_of(options.threads)),
        workers_(threads_),
        reader_(tree, &rule_, target_, workers_) {}

  Status run() {
    TRY_STATUS(check_ratio(tree_));
    for (const ApartFile& file : tree_.apart)
      if (file.path == "reef.json" || file.path == "reef.yaml") TRY_STATUS(read_rule(file));
    TRY_STATUS(reader_.begin());
    if (tree_.layer) TRY_STATUS(read_layer(*tree_.layer));
    TRY_STATUS(reader_.finish());
    for (const ApartFile& file : tree_.apart) TRY_STATUS(copy_apart(file));
    return {};
  }

 private:
  Status read_rule(const ApartFile& manifest) {
    if (manifest.blob.size > kLargestText) return {};
    TRY(const Path path, files_(manifest.blob));
    std::string text;
    TRY_STATUS(
        read_blob(path, manifest.blob, "`" + manifest.path + "`", cancel_, [&](std::string_view bytes) {
          text += bytes;
          return Status();
        }));
    rule_ = ContentRule::of_text(manifest.path, std::move(text));
    return {};
  }

  Status read_layer(const CodeLayer& layer) {
    TRY(const Path path, files_(layer.blob));
    FrameReader frames(workers_, threads_ + 1, [this](auto contents) { return reader_.add(contents); });
    TRY_STATUS(read_blob(path, layer.blob, "its layer", cancel_,
                         [&](std::string_view bytes) { return frames.add(bytes); }));
    TRY_STATUS(frames.finish());
    return {};
  }

  Status copy_apart(const ApartFile& file) {
    TRY(const Path from, files_(file.blob));
    const Path to = target_.folder / file.path;
    TRY_STATUS(target_.fs->write_file(to, "", false));
    TRY_STATUS(read_blob(from, file.blob, "`" + printable(file.path) + "`", cancel_,
                         [&](std::string_view bytes) { return target_.fs->append_file(to, bytes); }));
    if (!file.executable && target_.plain_mode) return {};
    return target_.fs->set_mode(to, file.executable ? 0755 : 0644);
  }

  const Tree& tree_;
  const BlobFiles& files_;
  Target target_;
  const Cancellation* cancel_;
  unsigned threads_;
  Workers workers_;
  ContentRule rule_;
  TreeReader reader_;  // its tasks are the workers'
};

}  // namespace

Path blob_file(const Path& blobs, const Digest& digest) {
  const std::string hex = digest.hex();
  return blobs / hex.substr(0, 2) / hex;
}

Result<Tree> write_tree_blobs(const TreeInput& input, const Path& blobs, const PackOptions& options,
                              Filesystem& fs, std::size_t* repaired) {
  Workers workers(threads_of(options.threads));
  return TreeWriter(input, blobs, options, fs, workers, repaired).write();
}

std::vector<Blob> blobs_of(const Tree& tree) {
  std::vector<Blob> out;
  std::set<Digest> seen;
  if (tree.layer && seen.insert(tree.layer->blob.digest).second) out.push_back(tree.layer->blob);
  for (const ApartFile& file : tree.apart)
    if (seen.insert(file.blob.digest).second) out.push_back(file.blob);
  return out;
}

Status unpack_tree_blobs(const Tree& tree, const BlobFiles& files, const Path& target,
                         const ReadOptions& options, Filesystem& fs) {
  TRY(const Staging staging, Staging::beside(target, fs));
  if (Status status = TreeUnpacker(tree, files, staging.target(), options).run(); !status)
    return tl::make_unexpected(as_integrity(std::move(status).error()));
  return fs.rename(staging.target().folder, target);
}

}  // namespace reef::archive
