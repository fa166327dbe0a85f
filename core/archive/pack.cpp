#include "core/archive/pack.h"

#include <algorithm>
#include <set>

#include "core/archive/outline.h"
#include "core/archive/pack_layer.h"
#include "core/archive/portable.h"
#include "core/base/text.h"
#include "core/os/environment.h"
#include "core/os/parallel.h"

namespace reef::archive {
namespace {

struct ScannedTree {
  Path folder;
  std::vector<ScannedEntry> entries;
};

bool is_text(const ScannedEntry& entry) {
  return entry.apart && entry.member.size < kLargeFile;  // the package's manifest
}

// One archive on its way to the disk. The head says the digests of everything behind it, so it is written
// last, into a room that is left for it (head_size_of).
class Packer {
 public:
  Packer(const PackInput& input, const PackOptions& options, Filesystem& fs, Workers& workers,
         unsigned threads)
      : input_(input),
        fs_(fs),
        writer_{nullptr, workers, threads, options.cancel, fs},
        contents_(input.contents) {}

  // The file is made when the folders have been looked at: it may lie in one of them.
  Result<Packed> pack_into(const Path& output) {
    TRY_STATUS(scan());
    TRY_STATUS(find_equal_files());
    contents_.lock = {sha256(input_.lock), input_.lock.size()};
    head_size_ = room_for_head();
    TRY(OutputFile file, OutputFile::create_beside(output));
    writer_.file = &file;
    TRY_STATUS(write_code());
    TRY_STATUS(write_raw());
    digest_trees();
    TRY(Packed packed, write_head());
    TRY_STATUS(file.finish(output));
    return packed;
  }

 private:
  Status scan() {
    Status status;
    contents_.change_trees([&](const std::string& place, Tree& tree) {
      if (status) status = scan_one(place, tree);
    });
    if (!status) return status;
    if (contents_.entries() > TreeCheck::kMostEntries)
      return make_error(ErrorCode::invalid_input, "the archive would have {} entries, and {} are the most",
                        contents_.entries(), TreeCheck::kMostEntries)
          .hint("pack very many small files as one file: a tar that the package unpacks");
    return {};
  }

  Status scan_one(const std::string& place, Tree& tree) {
    TRY_STATUS(writer_.check());
    const auto input = input_.trees.find(place);
    if (input == input_.trees.end()) return make_error(ErrorCode::bug, "nothing was given for `{}`", place);
    ScannedTree scanned{input->second.folder, {}};
    TRY(scanned.entries, scan_tree(input->second, fs_));
    tree = {};
    tree.entries = scanned.entries.size();
    bool inside = false;
    for (ScannedEntry& entry : scanned.entries) {
      if (entry.member.kind == MemberKind::file) tree.bytes += entry.member.size;
      inside = inside || !entry.apart;
      if (!entry.apart) continue;
      entry.digest = sha256("not known yet: " + place + "/" + entry.member.path);
      if (is_text(entry)) {
        TRY(std::string bytes, fs_.read_file(scanned.folder / entry.member.path, kLargeFile));
        entry.digest = sha256(bytes);
        texts_[entry.digest] = std::move(bytes);
      } else {
        from_[entry.digest] = scanned.folder / entry.member.path;
      }
      tree.apart.push_back({entry.member.path, {entry.digest, entry.member.size}, entry.member.executable});
    }
    if (inside) tree.layer = CodeLayer{{sha256("layer of " + place), 0}, 0};
    trees_.emplace(place, std::move(scanned));
    return {};
  }

  // Two files of one size may be equal, and are then one blob: their digests decide, before anything has a
  // place.
  Status find_equal_files() {
    std::map<std::uint64_t, std::vector<Digest>> by_size;
    for (const ArchivedSource& source : contents_.sources)
      if (source.blob) {
        by_size[source.blob->size].push_back(source.blob->digest);
        from_[source.blob->digest] = input_.files.at(source.place());
        known_.insert(source.blob->digest);
      }
    contents_.each_tree([&](const std::string&, const Tree& tree) {
      for (const ApartFile& file : tree.apart)
        if (!texts_.contains(file.blob.digest)) by_size[file.blob.size].push_back(file.blob.digest);
    });
    std::vector<Digest> open;
    for (const auto& [size, digests] : by_size)
      if (digests.size() > 1)
        std::copy_if(digests.begin(), digests.end(), std::back_inserter(open),
                     [&](const Digest& digest) { return !known_.contains(digest); });
    std::vector<Result<Digest>> found(open.size(), Digest());
    in_parallel(open.size(), writer_.threads,
                [&](std::size_t i) { found[i] = digest_file(from_.at(open[i])); });
    std::map<Digest, Digest> real;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (!found[i]) return tl::make_unexpected(found[i].error());
      real[open[i]] = *found[i];
      from_[*found[i]] = from_.at(open[i]);
      known_.insert(*found[i]);
    }
    replace_digests(real);
    return {};
  }

  // Puts real digests in the place of those that stood for them.
  void replace_digests(const std::map<Digest, Digest>& real) {
    contents_.change_trees([&](const std::string& place, Tree& tree) {
      for (ApartFile& file : tree.apart)
        if (const auto found = real.find(file.blob.digest); found != real.end())
          file.blob.digest = found->second;
      for (ScannedEntry& entry : trees_.at(place).entries)
        if (const auto found = real.find(entry.digest); entry.apart && found != real.end())
          entry.digest = found->second;
    });
  }

  struct HeadTexts {
    std::vector<std::pair<std::string, std::string>> members;  // name, bytes
    Digest manifest;

    std::uint64_t size() const {
      std::uint64_t sum = 0;
      for (const auto& [name, bytes] : members) sum += kBlock + bytes.size() + padding_of(bytes.size());
      return sum;
    }
  };

  HeadTexts head_texts() {
    HeadTexts out;
    const std::string provenance = input_.provenance(contents_);
    contents_.provenance = {sha256(provenance), provenance.size()};
    const std::string config = write_config(contents_);
    const Blob config_blob{sha256(config), config.size()};
    const std::string manifest = manifest_text(contents_, config_blob);
    out.manifest = sha256(manifest);
    out.members.emplace_back(kLayoutFile, layout_text());
    out.members.emplace_back(kIndexFile, index_text(contents_, {out.manifest, manifest.size()}));
    out.members.emplace_back(blob_path(out.manifest), manifest);
    out.members.emplace_back(blob_path(config_blob.digest), config);
    for (const Layer& layer : layers_of(contents_)) {
      if (layer.kind != BlobKind::text) break;
      const std::string* bytes = layer.blob == contents_.lock         ? &input_.lock
                                 : layer.blob == contents_.provenance ? &provenance
                                                                      : &texts_.at(layer.blob.digest);
      out.members.emplace_back(blob_path(layer.blob.digest), *bytes);
    }
    return out;
  }

  std::uint64_t room_for_head() {
    contents_.provenance.size = input_.provenance(contents_).size();
    return head_size_of(contents_);
  }

  Status put_member(const std::string& name, std::uint64_t size, std::uint64_t offset) {
    Member member;
    member.path = name;
    member.size = size;
    TRY(const std::string header, write_header(member));
    return writer_.file->write_at(offset, header);
  }

  Status write_code() {
    offset_ = head_size_;
    std::map<Digest, Blob> written;
    Status status;
    contents_.change_trees([&](const std::string& place, Tree& tree) {
      if (status && tree.layer) status = write_code_of(trees_.at(place), tree);
      if (!status || !tree.layer) return;
      if (!written.emplace(tree.layer->blob.digest, tree.layer->blob).second) {
        status = writer_.file->cut(offset_);  // what was written again is not needed
        return;
      }
      const std::uint64_t size = tree.layer->blob.size;
      status = put_member(blob_path(tree.layer->blob.digest), size, offset_);
      offset_ += header_size(size) + size + padding_of(size);
    });
    return status;
  }

  Status write_code_of(ScannedTree& scanned, Tree& tree) {
    // The header before it has one block.
    TRY(tree.layer, write_code_layer(scanned.entries, scanned.folder, offset_ + kBlock, writer_));
    if (tree.layer->blob.size <= kLargestPlain) return {};
    return make_error(ErrorCode::invalid_input, "`{}` has more than 8 GiB of files that compress",
                      printable(scanned.folder.string()))
        .hint("pack them as one file: an archive that the package unpacks");
  }

  Status write_raw() {
    std::map<Digest, Digest> real;
    for (const Layer& layer : layers_of(contents_)) {
      if (layer.kind != BlobKind::raw) continue;
      const std::uint64_t header = header_size(layer.blob.size);
      TRY_STATUS(put_pad(gap_to(offset_, kRawAlignment - header % kRawAlignment, kRawAlignment)));
      const Path& from = from_.at(layer.blob.digest);
      TRY(const Digest digest, write_raw_layer(from, layer.blob.size, offset_ + header, writer_));
      if (known_.contains(layer.blob.digest) && digest != layer.blob.digest)
        return wrong_digest(fmt::format("`{}`", printable(from.string())), layer.blob.digest, digest);
      real[layer.blob.digest] = digest;
      TRY_STATUS(put_member(blob_path(digest), layer.blob.size, offset_));
      offset_ += header + layer.blob.size + padding_of(layer.blob.size);
    }
    replace_digests(real);
    return {};
  }

  Status put_pad(std::uint64_t gap) {
    if (gap == 0) return {};
    TRY_STATUS(put_member(pad_path(offset_), gap - kBlock, offset_));
    offset_ += gap;
    return {};
  }

  void digest_trees() {
    contents_.change_trees([&](const std::string& place, Tree& tree) {
      Sha256 hash;
      for (const ScannedEntry& entry : trees_.at(place).entries) {
        const Member& member = entry.member;
        if (member.kind == MemberKind::folder) hash.update(folder_line(member.path));
        if (member.kind == MemberKind::symlink) hash.update(symlink_line(member.path, member.target));
        if (member.kind == MemberKind::file)
          hash.update(file_line(member.path, member.executable, entry.digest));
      }
      tree.digest = hash.finish();
    });
  }

  Result<Packed> write_head() {
    const HeadTexts head = head_texts();
    if (head.size() + kBlock > head_size_)
      return make_error(ErrorCode::bug, "the head of the archive has {} bytes, more than {}", head.size(),
                        head_size_ - kBlock);
    const std::uint64_t end = offset_;
    offset_ = 0;
    for (const auto& [name, bytes] : head.members) {
      TRY_STATUS(put_member(name, bytes.size(), offset_));
      TRY_STATUS(writer_.file->write_at(offset_ + kBlock, bytes));
      offset_ += kBlock + bytes.size() + padding_of(bytes.size());
    }
    TRY_STATUS(put_pad(head_size_ - offset_));
    TRY_STATUS(writer_.file->write_at(end, std::string(2 * kBlock, '\0')));
    return Packed{std::move(contents_), head.manifest, end + 2 * kBlock};
  }

  const PackInput& input_;
  Filesystem& fs_;
  LayerWriter writer_;
  Contents contents_;
  std::map<std::string, ScannedTree> trees_;
  std::map<Digest, std::string> texts_;  // manifests of packages
  std::map<Digest, Path> from_;          // where blobs are read, by their digest or by what stands for it
  std::set<Digest> known_;               // real digests among them
  std::uint64_t head_size_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace

Result<Packed> write_archive(const PackInput& input, const Path& output, const PackOptions& options,
                             Filesystem& fs) {
  const unsigned threads = std::min(kMostThreads, options.threads > 0 ? options.threads : processor_count());
  Workers workers(threads);
  return Packer(input, options, fs, workers, threads).pack_into(output);
}

}  // namespace reef::archive
