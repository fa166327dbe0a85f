#include "core/oci/file_sink.h"

#include <algorithm>
#include <array>

namespace reef::oci {
namespace {

constexpr std::uint64_t kSmall = std::uint64_t{1} << 20U;  // hashed where it is written
constexpr std::uint64_t kStep = std::uint64_t{1} << 20U;   // how often the thread is told
constexpr std::size_t kPiece = std::size_t{128} << 10U;    // stays in the processor's own cache

}  // namespace

FileSink::FileSink(OutputFile& file, std::uint64_t offset, Written written)
    : file_(file), offset_(offset), written_(std::move(written)) {}

FileSink::~FileSink() { stop_following(false); }

Status FileSink::take_over(std::uint64_t bytes) {
  if (bytes == 0) return {};
  std::array<char, 1> last{};
  TRY(const std::size_t got, file_.read_at(offset_ + bytes - 1, last));
  if (got == 0) return {};
  size_ = bytes;
  start_following();
  return {};
}

Status FileSink::start_over() {
  stop_following(false);
  hash_ = Sha256();
  size_ = 0;
  hashed_ = 0;
  return {};
}

Status FileSink::append(std::string_view bytes) {
  TRY_STATUS(file_.write_at(offset_ + size_, bytes));
  size_ += bytes.size();
  if (written_) written_(size_);
  if (follower_) {
    if (size_ < told_ + kStep) return {};
    const std::scoped_lock lock(mutex_);
    told_ = size_;
    changed_.notify_one();
    return failure_ ? Status(tl::make_unexpected(*failure_)) : Status();
  }
  hash_.update(bytes);
  hashed_ = size_;
  if (size_ > kSmall) start_following();
  return {};
}

Result<Digest> FileSink::finish() {
  stop_following(true);
  if (failure_) return tl::make_unexpected(*failure_);
  return hash_.finish();
}

void FileSink::start_following() {
  told_ = size_;
  is_whole_ = false;
  stopped_ = false;
  failure_.reset();
  follower_.emplace([this] { follow(); });
}

void FileSink::stop_following(bool is_whole) {
  if (!follower_) return;
  {
    const std::scoped_lock lock(mutex_);
    told_ = size_;
    is_whole_ = is_whole;
    stopped_ = !is_whole;
    changed_.notify_one();
  }
  follower_.reset();  // joins
}

void FileSink::follow() {
  std::string piece(kPiece, '\0');
  for (;;) {
    std::uint64_t until = 0;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopped_ || is_whole_ || told_ > hashed_; });
      if (stopped_ || (is_whole_ && told_ == hashed_)) return;
      until = told_;
    }
    while (hashed_ < until && !stopped_) {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, until - hashed_));
      Result<std::size_t> got = file_.read_at(offset_ + hashed_, std::span(piece).first(wanted));
      if (got && *got < wanted)
        got = make_error(ErrorCode::busy, "the file became shorter while it was written");
      if (!got) {
        const std::scoped_lock lock(mutex_);
        failure_ = std::move(got).error();
        return;
      }
      hash_.update(std::string_view(piece).substr(0, *got));
      hashed_ += *got;
    }
  }
}

}  // namespace reef::oci
