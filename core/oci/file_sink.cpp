#include "core/oci/file_sink.h"

#include <algorithm>

namespace reef::oci {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;
constexpr std::size_t kMostWaiting = 6;  // pieces

}  // namespace

FileSink::FileSink(OutputFile& file, std::uint64_t offset, Written written)
    : file_(file), offset_(offset), written_(std::move(written)) {}

FileSink::~FileSink() = default;

Status FileSink::take_over(std::uint64_t bytes) {
  std::string piece(std::min<std::uint64_t>(bytes, kPiece), '\0');
  while (size_ < bytes) {
    const std::uint64_t wanted = std::min<std::uint64_t>(bytes - size_, piece.size());
    TRY(const std::size_t got, file_.read_at(offset_ + size_, std::span(piece).first(wanted)));
    hash_.update(std::string_view(piece).substr(0, got));
    size_ += got;
    if (got < wanted) break;
  }
  handed_over_ = size_;
  return {};
}

Status FileSink::start_over() {
  (void)wait_for(0);
  hash_ = Sha256();
  buffer_.clear();
  size_ = 0;
  handed_over_ = 0;
  return {};
}

Status FileSink::append(std::string_view bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    if (buffer_.empty()) buffer_.reserve(kPiece);
    const std::size_t take = std::min(bytes.size(), kPiece - buffer_.size());
    buffer_.append(bytes.substr(0, take));
    bytes.remove_prefix(take);
    if (buffer_.size() == kPiece) TRY_STATUS(hand_over());
  }
  return {};
}

Status FileSink::hand_over() {
  const auto piece = std::make_shared<const std::string>(std::exchange(buffer_, {}));
  const std::uint64_t at = handed_over_;
  handed_over_ += piece->size();
  if (!hasher_ && handed_over_ <= kPiece) {
    hash_.update(*piece);
    return write(at, piece);
  }
  if (!hasher_) {
    hasher_ = std::make_unique<Workers>(1);
    writer_ = std::make_unique<Workers>(1);
  }
  hashing_.push_back(hasher_->submit([piece, this] { hash_.update(*piece); }));
  writing_.push_back(writer_->submit([at, piece, this] { return write(at, piece); }));
  return wait_for(kMostWaiting);
}

Status FileSink::write(std::uint64_t at, const Piece& piece) {
  TRY_STATUS(file_.write_at(offset_ + at, *piece));
  if (written_) written_(at + piece->size());
  return {};
}

// Until at most so many pieces are still to be hashed, and to be written.
Status FileSink::wait_for(std::size_t most) {
  for (; hashing_.size() > most; hashing_.pop_front()) hashing_.front().get();
  Status status;
  for (; writing_.size() > most; writing_.pop_front()) {
    Status one = writing_.front().get();
    if (status) status = std::move(one);
  }
  return status;
}

Result<Digest> FileSink::finish() {
  if (!buffer_.empty()) TRY_STATUS(hand_over());
  TRY_STATUS(wait_for(0));
  return hash_.finish();
}

}  // namespace reef::oci
