#include "core/oci/file_sink.h"

#include <algorithm>
#include <array>

namespace reef::oci {
namespace {

constexpr std::uint64_t kSmall = std::uint64_t{1} << 20U;  // hashed where it is written
// Read and written at once: short writes cost more than the copy. Stays in the processor's own cache.
constexpr std::size_t kPiece = std::size_t{256} << 10U;
constexpr std::uint64_t kBlock = 64;  // of SHA-256

}  // namespace

FileSink::FileSink(OutputFile& file, std::uint64_t offset, Written written)
    : file_(file), offset_(offset), written_(std::move(written)) {}

FileSink::~FileSink() {
  (void)write_pending();  // a later transfer goes on from there
  stop_following(false);
}

Status FileSink::take_over(const Mark& mark) {
  if (mark.bytes == 0) return {};
  std::array<char, 1> last{};
  TRY(const std::size_t got, file_.read_at(offset_ + mark.bytes - 1, last));
  if (got == 0) return {};
  in_file_ = mark.bytes;
  if (mark.hashed.bytes > 0 && mark.hashed.bytes <= mark.bytes) {
    hash_ = Sha256(mark.hashed);
    hashed_ = mark.hashed.bytes;
    midstate_ = mark.hashed;
  }
  const bool goes_on = hashed_ > 0;  // the thread counts it from here
  start_following();
  if (goes_on) checker_.emplace([this, known = mark.hashed] { check(known); });
  return {};
}

Status FileSink::start_over() {
  stop_following(false);
  pending_.clear();
  hash_ = Sha256();
  in_file_ = 0;
  hashed_ = 0;
  midstate_ = {};
  is_of_others_ = false;
  return {};
}

Status FileSink::append(std::string_view bytes) {
  pending_.append(bytes);
  return pending_.size() < kPiece ? Status() : write_pending();
}

Status FileSink::write_pending() {
  if (pending_.empty()) return {};
  TRY_STATUS(file_.write_at(offset_ + in_file_, pending_));
  in_file_ += pending_.size();
  if (!follower_) {
    hash_.update(pending_);
    hashed_ = in_file_;
  }
  pending_.clear();
  if (!follower_ && in_file_ > kSmall) start_following();
  Mark mark{in_file_, {}};
  {
    const std::scoped_lock lock(mutex_);
    told_ = in_file_;
    changed_.notify_one();
    if (failure_) return tl::make_unexpected(*failure_);
    mark.hashed = midstate_;
  }
  if (written_) written_(mark);
  return {};
}

Result<Digest> FileSink::finish() {
  TRY_STATUS(write_pending());
  stop_following(true);
  if (failure_) return tl::make_unexpected(*failure_);
  if (is_of_others_) {
    hash_ = Sha256();
    hashed_ = 0;
    TRY_STATUS(hash(hash_, hashed_, in_file_));
  }
  return hash_.finish();
}

void FileSink::start_following() {
  told_ = in_file_;
  is_whole_ = false;
  stopped_ = false;
  is_of_others_ = false;
  failure_.reset();
  follower_.emplace([this] { follow(); });
}

void FileSink::stop_following(bool is_whole) {
  if (!follower_) return;
  {
    const std::scoped_lock lock(mutex_);
    told_ = in_file_;
    is_whole_ = is_whole;
    stopped_ = !is_whole;
    changed_.notify_one();
  }
  follower_.reset();  // joins
  checker_.reset();
}

Status FileSink::hash(Sha256& hash, std::uint64_t& at, std::uint64_t until,
                      const std::function<void()>& on_piece) {
  std::string piece(kPiece, '\0');
  while (at < until && !stopped_) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, until - at));
    TRY(const std::size_t got, file_.read_at(offset_ + at, std::span(piece).first(wanted)));
    if (got < wanted) return make_error(ErrorCode::busy, "the file became shorter while it was written");
    hash.update(std::string_view(piece).substr(0, got));
    at += got;
    if (on_piece) on_piece();
  }
  return {};
}

void FileSink::check(const Sha256Midstate& mark) {
  Sha256 anew;
  std::uint64_t at = 0;
  const Status done = hash(anew, at, mark.bytes);
  const std::scoped_lock lock(mutex_);
  if (!done)
    failure_ = done.error();
  else
    is_of_others_ = anew.midstate() != mark;
}

void FileSink::follow() {
  const auto remember = [this] {
    const auto midstate = hash_.midstate();
    if (!midstate) return;
    const std::scoped_lock lock(mutex_);
    midstate_ = *midstate;
  };
  for (;;) {
    std::uint64_t until = 0;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopped_ || is_whole_ || told_ >= hashed_ + kBlock; });
      if (stopped_ || (is_whole_ && told_ == hashed_)) return;
      until = told_;
      // Of a blob that still grows whole blocks, so that there is a midstate to go on from.
      if (!is_whole_) until -= std::min(until - hashed_, until % kBlock);
    }
    if (Status done = hash(hash_, hashed_, until, remember); !done) {
      const std::scoped_lock lock(mutex_);
      failure_ = std::move(done).error();
      return;
    }
  }
}

}  // namespace reef::oci
