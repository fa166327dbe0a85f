#include "core/archive/tree_reader.h"

#include <algorithm>

#include "core/archive/zstd_frames.h"
#include "core/base/text.h"
#include "core/base/units.h"
#include "core/os/byte_stream.h"

namespace reef::archive {
namespace {

constexpr std::uint64_t kFreeBytes = std::uint64_t{256} << 20U;
constexpr std::size_t kMostWaiting = 4;  // batches that workers have, each with a frame of at most 4 MiB

Status write_whole(const Target& target, const std::string& path, std::string_view bytes, bool executable) {
  if (target.fs == nullptr) return {};
  const Path file = target.folder / path;
  TRY_STATUS(target.fs->write_file(file, bytes, false));
  if (!executable && target.plain_mode) return {};
  return target.fs->set_mode(file, executable ? 0755 : 0644);
}

}  // namespace

Result<Staging> Staging::beside(const Path& target, Filesystem& fs) {
  if (fs.stat(target, false))
    return make_error(ErrorCode::usage, "`{}` is there already", printable(target.string()))
        .hint("name a folder that is not there yet");
  TRY_STATUS(make_folders(fs, target.parent_path()));
  sweep_abandoned(fs, target.parent_path(), kUnpacking);
  TRY(LiveFolder staging, LiveFolder::create(fs, target.parent_path(), kUnpacking));
  TRY_STATUS(fs.set_mode(staging.path(), 0700));
  Target into{&fs, staging.path() / "tree", false};
  TRY_STATUS(fs.make_folder(into.folder));
  TRY_STATUS(fs.set_mode(into.folder, 0755));
  // Whether the user's umask gives files the mode that they must have saves a call for each of them.
  const Path probe = staging.path() / "probe";
  TRY_STATUS(fs.write_file(probe, "", false));
  TRY(const FileStat stat, fs.stat(probe));
  into.plain_mode = stat.mode == 0644;
  return Staging(std::move(staging), std::move(into));
}

Status check_ratio(std::uint64_t unpacked, std::uint64_t packed) {
  if (unpacked <= kFreeBytes || unpacked / kMostRatio <= packed) return {};
  return make_error(ErrorCode::integrity, "the archive unpacks to {}, more than {} times its {}",
                    format_bytes(unpacked), kMostRatio, format_bytes(packed));
}

Status check_ratio(const Tree& tree) {
  return tree.layer ? check_ratio(tree.layer->tar_bytes, tree.layer->blob.size) : Status();
}

Status check_ratio(const Contents& contents) {
  std::uint64_t unpacked = 0;
  std::uint64_t packed = 0;
  contents.each_tree([&](const std::string&, const Tree& tree) {
    if (!tree.layer) return;
    unpacked += tree.layer->tar_bytes;
    packed += tree.layer->blob.size;
  });
  return check_ratio(unpacked, packed);
}

TreeReader::TreeReader(const Tree& tree, const ContentRule* rule, Target target, Workers& workers)
    : tree_(tree), target_(std::move(target)), workers_(workers), check_(rule) {}

TreeReader::~TreeReader() {
  for (const auto& each : waiting_) each.wait();
}

Status TreeReader::begin() {
  if (target_.fs == nullptr) return {};
  TRY_STATUS(make_folders(*target_.fs, target_.folder.parent_path()));
  TRY_STATUS(target_.fs->make_folder(target_.folder));
  return target_.fs->set_mode(target_.folder, 0755);
}

Status TreeReader::add(std::shared_ptr<const std::string> bytes) {
  std::string_view rest = *bytes;
  tar_bytes_ += rest.size();
  if (tar_bytes_ > tree_.layer->tar_bytes)
    return make_error(ErrorCode::integrity, "it unpacks to more than the {} bytes it says",
                      tree_.layer->tar_bytes);
  while (!rest.empty()) {
    if (await_ == Await::contents) {
      const std::string_view piece = rest.substr(0, std::min<std::uint64_t>(left_, rest.size()));
      rest.remove_prefix(piece.size());
      TRY_STATUS(add_contents(piece));
      continue;
    }
    const std::size_t wanted = (await_ == Await::padding ? left_ : kBlock) - block_.size();
    const std::string_view piece = rest.substr(0, std::min(wanted, rest.size()));
    rest.remove_prefix(piece.size());
    block_.append(piece);
    if (piece.size() < wanted) break;
    std::string block;
    block.swap(block_);
    if (await_ == Await::padding) {
      if (block.find_first_not_of('\0') != std::string::npos)
        return make_error(ErrorCode::integrity, "what fills the last block of `{}` is not zero",
                          printable(file_.path));
      await_ = Await::header;
    } else {
      TRY_STATUS(read_block(block));
    }
  }
  return flush(std::move(bytes));
}

Status TreeReader::read_block(std::string_view block) {
  TRY(const std::optional<Member> member, with_context(read_header(block), [&] {
        return fmt::format("reading the entry {}", check_.entries() + 1);
      }));
  if (!member) {
    ++zero_blocks_;
    if (zero_blocks_ <= 2) return {};
  }
  if (zero_blocks_ > 0) return make_error(ErrorCode::integrity, "something follows the end of its tar");
  TRY_STATUS(add_apart_before(&member->path));
  switch (member->kind) {
    case MemberKind::folder:
      TRY_STATUS(check_.add(member->path, TreePlan::Kind::folder));
      batch_.lines.push_back(folder_line(member->path));
      return make_folder(member->path);
    case MemberKind::symlink:
      TRY_STATUS(check_.add(member->path, TreePlan::Kind::symlink, member->target));
      batch_.lines.push_back(symlink_line(member->path, member->target));
      links_.emplace_back(member->path, member->target);
      return {};
    case MemberKind::file:
      break;
  }
  return begin_file(*member);
}

Status TreeReader::begin_file(const Member& member) {
  TRY_STATUS(check_.add(member.path, TreePlan::Kind::file));
  bytes_ += member.size;
  if (bytes_ > tree_.bytes)
    return make_error(ErrorCode::integrity, "at `{}` its files are larger than the {} bytes it says",
                      printable(member.path), tree_.bytes);
  file_ = member;
  left_ = member.size;
  file_hash_.reset();
  await_ = Await::contents;
  return member.size == 0 ? add_contents("") : Status();
}

// A file that is whole in one piece goes to the workers, others are written here as they come.
Status TreeReader::add_contents(std::string_view bytes) {
  if (file_hash_ == nullptr) TRY_STATUS(check_.add_head(file_.path, bytes));
  if (file_hash_ == nullptr && bytes.size() == file_.size) {
    batch_.lines.emplace_back();
    batch_.files.push_back({file_.path, file_.executable, bytes});
    left_ = 0;
    return end_file();
  }
  if (file_hash_ == nullptr) {
    file_hash_ = std::make_unique<Sha256>();
    TRY_STATUS(write_whole(target_, file_.path, bytes, file_.executable));
  } else if (target_.fs != nullptr) {
    TRY_STATUS(target_.fs->append_file(target_.folder / file_.path, bytes));
  }
  file_hash_->update(bytes);
  left_ -= bytes.size();
  if (left_ > 0) return {};
  batch_.lines.push_back(file_line(file_.path, file_.executable, file_hash_->finish()));
  return end_file();
}

Status TreeReader::end_file() {
  left_ = padding_of(file_.size);
  await_ = left_ > 0 ? Await::padding : Await::header;
  return {};
}

// Files that stand apart have their place among the others.
Status TreeReader::add_apart_before(const std::string* path) {
  while (next_apart_ < tree_.apart.size()) {
    const ApartFile& file = tree_.apart[next_apart_];
    if (path != nullptr && *path < file.path) return {};
    TRY_STATUS(check_.add(file.path, TreePlan::Kind::file));
    batch_.lines.push_back(file_line(file.path, file.executable, file.blob.digest));
    bytes_ += file.blob.size;
    ++next_apart_;
  }
  return {};
}

Status TreeReader::make_folder(const std::string& path) {
  if (target_.fs == nullptr) return {};
  TRY_STATUS(target_.fs->make_folder(target_.folder / path));
  return target_.fs->set_mode(target_.folder / path, 0755);
}

Status TreeReader::flush(std::shared_ptr<const std::string> bytes) {
  Batch batch;
  std::swap(batch, batch_);
  batch.bytes = std::move(bytes);
  waiting_.push_back(workers_.submit([batch = std::move(batch), this]() -> Result<std::string> {
    std::string out;
    auto file = batch.files.begin();
    for (const std::string& line : batch.lines) {
      if (!line.empty()) {
        out += line;
        continue;
      }
      out += file_line(file->path, file->executable, sha256(file->bytes));
      TRY_STATUS(write_whole(target_, file->path, file->bytes, file->executable));
      ++file;
    }
    return out;
  }));
  return take_lines(kMostWaiting);
}

Status TreeReader::take_lines(std::size_t most_waiting) {
  while (waiting_.size() > most_waiting) {
    auto first = std::move(waiting_.front());
    waiting_.pop_front();
    TRY(const std::string lines, first.get());
    hash_.update(lines);
  }
  return {};
}

Status TreeReader::finish() {
  TRY_STATUS(add_apart_before(nullptr));
  TRY_STATUS(flush(nullptr));
  TRY_STATUS(take_lines(0));
  if (tree_.layer) {
    if (zero_blocks_ != 2 || !block_.empty()) return make_error(ErrorCode::integrity, "its tar is truncated");
    if (tar_bytes_ != tree_.layer->tar_bytes)
      return make_error(ErrorCode::integrity, "its tar has {} bytes, and it says {}", tar_bytes_,
                        tree_.layer->tar_bytes);
  }
  if (check_.entries() != tree_.entries)
    return make_error(ErrorCode::integrity, "it has {} entries, and it says {}", check_.entries(),
                      tree_.entries);
  if (bytes_ != tree_.bytes)
    return make_error(ErrorCode::integrity, "its files have {} bytes, and it says {}", bytes_, tree_.bytes);
  TRY_STATUS(check_.finish());
  if (const Digest digest = hash_.finish(); digest != tree_.digest)
    return make_error(ErrorCode::integrity, "its tree has the digest {}, expected {}", digest.hex(),
                      tree_.digest.hex());
  if (target_.fs == nullptr) return {};
  for (const auto& [path, target] : links_)
    TRY_STATUS(target_.fs->make_symlink(target, target_.folder / path));
  return {};
}

}  // namespace reef::archive
