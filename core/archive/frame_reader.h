#pragma once

#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <string>

#include "core/archive/workers.h"
#include "core/archive/zstd_frames.h"

namespace reef::archive {

// Decompresses a stream of frames by several threads, and gives the contents of each in their order.
class FrameReader {
 public:
  using Take = std::function<Status(std::shared_ptr<const std::string> contents)>;
  // most_waiting: frames that are on their way at once, before the first of them is waited for.
  FrameReader(Workers& workers, std::size_t most_waiting, Take take)
      : workers_(workers), most_waiting_(most_waiting), take_(std::move(take)) {}

  Status add(std::string_view bytes) {
    return splitter_.add(bytes, [this](std::string frame, std::size_t) -> Status {
      waiting_.push_back(workers_.submit([frame = std::move(frame)] { return decompress_frame(frame); }));
      return waiting_.size() > most_waiting_ ? take_first() : Status();
    });
  }
  // At the end of the stream: integrity when a frame is not complete.
  Status finish() {
    TRY_STATUS(splitter_.finish());
    while (!waiting_.empty()) TRY_STATUS(take_first());
    return {};
  }

 private:
  Status take_first() {
    auto first = std::move(waiting_.front());
    waiting_.pop_front();
    TRY(std::string contents, first.get());
    return take_(std::make_shared<const std::string>(std::move(contents)));
  }

  Workers& workers_;
  std::size_t most_waiting_;
  Take take_;
  FrameSplitter splitter_;
  std::deque<std::future<Result<std::string>>> waiting_;
};

}  // namespace reef::archive
