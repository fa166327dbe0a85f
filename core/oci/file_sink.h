#pragma once

#include <deque>
#include <memory>

#include "core/oci/repository.h"
#include "core/os/byte_stream.h"
#include "core/os/workers.h"

namespace reef::oci {

// A blob that becomes a part of a file: hashed and written by threads of its own while the next bytes arrive.
// Small ones need no threads.
class FileSink : public BlobSink {
 public:
  // Told how many bytes of the blob are in the file by now; by any thread, one at a time.
  using Written = std::function<void(std::uint64_t)>;

  // file: outlives this. offset: where in it the blob begins.
  FileSink(OutputFile& file, std::uint64_t offset, Written written = nullptr);
  ~FileSink() override;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  // Takes over what an earlier transfer wrote: at most `bytes`, which are read, since the digest is of all.
  Status take_over(std::uint64_t bytes);

  std::uint64_t size() const override { return size_; }
  Status start_over() override;
  Status append(std::string_view bytes) override;
  Result<Digest> finish() override;

 private:
  using Piece = std::shared_ptr<const std::string>;
  Status hand_over();
  Status write(std::uint64_t at, const Piece& piece);
  Status wait_for(std::size_t most);

  OutputFile& file_;
  std::uint64_t offset_;
  Written written_;
  Sha256 hash_;
  std::uint64_t size_ = 0;         // of all bytes that came
  std::uint64_t handed_over_ = 0;  // to be hashed and written
  std::string buffer_;             // the rest
  std::deque<std::future<void>> hashing_;
  std::deque<std::future<Status>> writing_;
  // Last, so that they end first: what they do uses everything above.
  std::unique_ptr<Workers> hasher_;
  std::unique_ptr<Workers> writer_;
};

}  // namespace reef::oci
