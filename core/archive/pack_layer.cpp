#include "core/archive/pack_layer.h"

#include <algorithm>
#include <deque>
#include <memory>

#include "core/archive/zstd_frames.h"

namespace reef::archive {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;
constexpr std::size_t kSyncStep = std::size_t{8} << 20U;
constexpr std::size_t kMostAhead = 8;  // pieces of a raw file that are read and not yet hashed

std::uint64_t member_bytes(const ScannedEntry& entry) {
  return kBlock + entry.member.size + padding_of(entry.member.size);
}

// The frame of a group of entries, and the digests of its files in their order.
struct Group {
  std::string frame;
  std::vector<Digest> digests;
};

Result<Group> pack_group(const std::vector<const ScannedEntry*>& entries, const Path& folder, Filesystem& fs,
                         bool is_last) {
  // Each thread keeps its own: a fresh one is a thousand pages to be found and cleared.
  thread_local std::string tar;
  tar.clear();
  Group group;
  for (const ScannedEntry* entry : entries) {
    TRY(const std::string header, write_header(entry->member));
    tar += header;
    if (entry->member.kind != MemberKind::file) continue;
    const Path path = folder / entry->member.path;
    const auto bytes = fs.read_file(path, entry->member.size);
    if (!bytes && bytes.error().code() != ErrorCode::invalid_input) return tl::make_unexpected(bytes.error());
    if (!bytes || bytes->size() != entry->member.size) return changed_while_packing(path);
    group.digests.push_back(sha256(*bytes));
    tar += *bytes;
    tar.append(padding_of(bytes->size()), '\0');
  }
  if (is_last) tar.append(2 * kBlock, '\0');
  TRY(group.frame, compress_bounded(tar));
  return group;
}

// Writes frames in their order while the next ones are made.
class CodeWriter {
 public:
  CodeWriter(const Path& folder, std::uint64_t offset, const LayerWriter& writer)
      : folder_(folder), offset_(offset), writer_(writer) {}
  CodeWriter(const CodeWriter&) = delete;
  CodeWriter& operator=(const CodeWriter&) = delete;
  // Tasks look at this object and at its entries.
  ~CodeWriter() {
    for (const Pending& each : pending_) each.future.wait();
  }

  Result<std::optional<CodeLayer>> write(std::vector<ScannedEntry>& entries) {
    std::vector<ScannedEntry*> inside;
    for (ScannedEntry& entry : entries)
      if (!entry.apart) inside.push_back(&entry);
    if (inside.empty()) return std::optional<CodeLayer>();
    std::vector<ScannedEntry*> group;
    std::uint64_t size = 0;
    for (ScannedEntry* entry : inside) {
      const std::uint64_t bytes = member_bytes(*entry);
      if (!group.empty() && size + bytes > kFrame) {
        TRY_STATUS(add_group(std::move(group), false));
        group.clear();
        size = 0;
      }
      tar_bytes_ += bytes;
      if (bytes > kFrame) {
        TRY_STATUS(add_large(*entry));
        continue;
      }
      group.push_back(entry);
      size += bytes;
    }
    tar_bytes_ += 2 * kBlock;
    if (size + 2 * kBlock > kFrame) {
      TRY_STATUS(add_group(std::move(group), false));
      group.clear();
    }
    TRY_STATUS(add_group(std::move(group), true));
    while (!pending_.empty()) TRY_STATUS(take_first());
    return std::optional(CodeLayer{{hash_.finish(), bytes_}, tar_bytes_});
  }

 private:
  struct Pending {
    std::future<Result<Group>> future;
    std::vector<ScannedEntry*> entries;
  };

  Status add(Pending pending) {
    pending_.push_back(std::move(pending));
    if (pending_.size() > writer_.threads + 1) return take_first();
    return {};
  }

  Status add_group(std::vector<ScannedEntry*> entries, bool is_last) {
    TRY_STATUS(writer_.check());
    std::vector<const ScannedEntry*> list(entries.begin(), entries.end());
    auto task = [this, list = std::move(list), is_last] {
      return pack_group(list, folder_, writer_.fs, is_last);
    };
    return add({writer_.workers.submit(std::move(task)), std::move(entries)});
  }

  // A file that is larger than a frame: its frames hold nothing else.
  Status add_large(ScannedEntry& entry) {
    const Path path = folder_ / entry.member.path;
    TRY(InputStream stream, InputStream::open(path));
    TRY(std::string piece, write_header(entry.member));
    Sha256 hash;
    std::uint64_t left = entry.member.size;
    while (left > 0) {
      TRY_STATUS(writer_.check());
      const std::size_t before = piece.size();
      const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(kFrame - before, left));
      piece.resize(before + take);
      TRY(const std::size_t got, stream.read(std::span(piece).subspan(before)));
      if (got != take) return changed_while_packing(path);
      hash.update(std::string_view(piece).substr(before));
      left -= take;
      if (left == 0) piece.append(padding_of(entry.member.size), '\0');
      TRY_STATUS(add_piece(std::move(piece)));
      piece.clear();
    }
    TRY_STATUS(check_end(stream, path));
    entry.digest = hash.finish();
    return {};
  }

  static Status check_end(InputStream& stream, const Path& path) {
    std::string more(1, '\0');
    TRY(const std::size_t got, stream.read(more));
    if (got != 0) return changed_while_packing(path);
    return {};
  }

  Status add_piece(std::string piece) {
    auto task = [piece = std::move(piece)]() -> Result<Group> {
      Group group;
      TRY(group.frame, compress_bounded(piece));
      return group;
    };
    return add({writer_.workers.submit(std::move(task)), {}});
  }

  Status take_first() {
    Pending first = std::move(pending_.front());
    pending_.pop_front();
    TRY(const Group group, first.future.get());
    auto digest = group.digests.begin();
    for (ScannedEntry* entry : first.entries)
      if (entry->member.kind == MemberKind::file) entry->digest = *digest++;
    TRY_STATUS(writer_.file->write_at(offset_ + bytes_, group.frame));
    hash_.update(group.frame);
    bytes_ += group.frame.size();
    return {};
  }

  const Path& folder_;
  std::uint64_t offset_;
  const LayerWriter& writer_;
  std::deque<Pending> pending_;
  Sha256 hash_;
  std::uint64_t bytes_ = 0;
  std::uint64_t tar_bytes_ = 0;
};

}  // namespace

Result<std::optional<CodeLayer>> write_code_layer(std::vector<ScannedEntry>& entries, const Path& folder,
                                                  std::uint64_t offset, const LayerWriter& writer) {
  return CodeWriter(folder, offset, writer).write(entries);
}

Result<Digest> write_raw_layer(const Path& from, std::uint64_t size, std::uint64_t offset,
                               const LayerWriter& writer) {
  TRY(InputStream stream, InputStream::open(from));
  // One thread reads and writes, another one hashes, in order.
  Sha256 hash;
  std::vector<std::unique_ptr<char[]>> buffers(kMostAhead + 1);  // used in turn
  Workers hasher(size > kPiece ? 1 : 0);
  std::deque<std::future<void>> hashing;
  std::uint64_t done = 0;
  while (done < size) {
    TRY_STATUS(writer.check());
    const std::size_t wanted = std::min<std::uint64_t>(kPiece, size - done);
    std::unique_ptr<char[]>& buffer = buffers[done / kPiece % buffers.size()];
    if (!buffer) buffer = std::make_unique_for_overwrite<char[]>(wanted);
    const std::string_view piece(buffer.get(), wanted);
    TRY(const std::size_t got, stream.read(std::span(buffer.get(), wanted)));
    if (got != wanted) return changed_while_packing(from);
    if (size > kPiece)
      hashing.push_back(hasher.submit([piece, &hash] { hash.update(piece); }));
    else
      hash.update(piece);
    TRY_STATUS(writer.file->write_at(offset + done, piece));
    done += wanted;
    if (done % kSyncStep == 0) writer.file->begin_sync(offset + done - kSyncStep, kSyncStep);
    if (hashing.size() <= kMostAhead) continue;
    hashing.front().get();
    hashing.pop_front();
  }
  for (auto& each : hashing) each.get();
  std::string more(1, '\0');
  TRY(const std::size_t extra, stream.read(more));
  if (extra != 0) return changed_while_packing(from);
  return hash.finish();
}

}  // namespace reef::archive
