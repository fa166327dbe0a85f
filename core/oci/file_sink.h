#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "core/oci/repository.h"
#include "core/os/byte_stream.h"

namespace reef::oci {

// A blob that becomes a part of a file. What was written is hashed by a thread that reads the file behind the
// writer, from the page cache: so the transfer waits for no hash, and memory does not depend on how far
// behind it is. Small blobs need no thread. What an earlier transfer left and hashed is hashed again by a
// thread of its own, beside the other, which goes on from there.
class FileSink : public BlobSink {
 public:
  // How far a transfer is: what another one can go on from.
  struct Mark {
    std::uint64_t bytes = 0;  // of the blob, in the file
    Sha256Midstate hashed;    // of the first of them
  };
  using Written = std::function<void(const Mark&)>;

  // file: outlives this. offset: where in it the blob begins.
  FileSink(OutputFile& file, std::uint64_t offset, Written written = nullptr);
  ~FileSink() override;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  // Takes over the bytes that an earlier transfer wrote, if the file has as many. The mark is a hint: what it
  // says of a hash is compared with the bytes before `finish`.
  Status take_over(const Mark& mark);

  std::uint64_t size() const override { return in_file_ + pending_.size(); }
  Status start_over() override;
  Status append(std::string_view bytes) override;
  Result<Digest> finish() override;

 private:
  Status write_pending();
  void follow();
  // Hashes the file's bytes from `at` to `until`, and counts `at` up to there; stops when told so.
  Status hash(Sha256& hash, std::uint64_t& at, std::uint64_t until,
              const std::function<void()>& on_piece = nullptr);
  void check(const Sha256Midstate& mark);
  void start_following();
  void stop_following(bool is_whole);

  OutputFile& file_;
  std::uint64_t offset_;
  Written written_;
  std::string pending_;  // not in the file yet
  std::uint64_t in_file_ = 0;
  Sha256 hash_;  // of the thread, when there is one
  std::uint64_t hashed_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t told_ = 0;  // how far the thread may read
  Sha256Midstate midstate_;
  bool is_whole_ = false;  // it ends there
  std::atomic<bool> stopped_{false};
  std::optional<Error> failure_;
  bool is_of_others_ = false;             // the mark that was taken over: not of the bytes that are there
  std::optional<std::jthread> follower_;  // last, with the checker: they use everything above
  std::optional<std::jthread> checker_;
};

}  // namespace reef::oci
