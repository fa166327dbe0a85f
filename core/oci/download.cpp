// Blobs that come in: transfers that go on where they stopped, and are compared with their digest.
#include <algorithm>

#include "core/base/text.h"
#include "core/oci/answers.h"
#include "core/oci/repository.h"
#include "core/os/http_answers.h"

namespace reef::oci {
namespace {

constexpr std::uint64_t kWorthARetry = std::uint64_t{1} << 20U;
constexpr std::size_t kBeginning = std::size_t{16} << 10U;  // enough for an error, or a web page's title
constexpr std::size_t kMostPassedOver = std::size_t{256} << 10U;

// Takes one answer in. Its callbacks stop the transfer when the answer cannot be the blob.
class Receiver {
 public:
  Receiver(const Descriptor& blob, BlobSink& sink, const Meter& meter)
      : blob_(blob), sink_(sink), meter_(meter) {}

  Status take_head(const HttpHead& head) {
    beginning_.clear();
    passed_over_ = 0;
    keeps_ = false;
    if (head.status == 206) {
      const auto range = parse_content_range(head.header("content-range"));
      const bool fits =
          range && range->first == sink_.size() && (!range->total || *range->total == blob_.size);
      if (!fits) return stop(Stop::wrong_range);
      keeps_ = true;
    }
    if (head.status != 200) return {};
    if (sink_.size() > 0) TRY_STATUS(sink_.start_over());
    const auto length = parse_number(head.header("content-length"));
    if (length && *length != blob_.size) wrong_size_ = *length;  // its beginning may tell what it is
    keeps_ = !wrong_size_;
    return {};
  }

  Status take_body(std::string_view bytes) {
    beginning_.append(bytes.substr(0, kBeginning - std::min(kBeginning, beginning_.size())));
    if (!keeps_) return (passed_over_ += bytes.size()) < kMostPassedOver ? Status() : stop(Stop::enough);
    if (sink_.size() + bytes.size() > blob_.size) {
      wrong_size_ = sink_.size() + bytes.size();
      return stop(Stop::enough);
    }
    TRY_STATUS(sink_.append(bytes));
    if (meter_) meter_(bytes.size());
    return {};
  }

  bool was_stopped() const { return stop_ != Stop::no; }
  bool has_wrong_range() const { return stop_ == Stop::wrong_range; }
  std::optional<std::uint64_t> wrong_size() const { return wrong_size_; }
  const std::string& beginning() const { return beginning_; }

 private:
  enum class Stop { no, wrong_range, enough };
  Status stop(Stop why) {
    stop_ = why;
    return make_error(ErrorCode::network, "the transfer was stopped");
  }

  const Descriptor& blob_;
  BlobSink& sink_;
  const Meter& meter_;
  std::string beginning_;
  std::optional<std::uint64_t> wrong_size_;
  bool keeps_ = false;
  std::size_t passed_over_ = 0;
  Stop stop_ = Stop::no;
};

}  // namespace

Status Repository::download(const Descriptor& blob, const std::string& what, BlobSink& sink,
                            const Meter& meter) {
  const std::string doing = fmt::format("pull {} from `{}`", what, text());
  const Patience& patience = remote_->patience();
  if (sink.size() > blob.size) TRY_STATUS(sink.start_over());
  if (meter && sink.size() > 0) meter(sink.size());
  bool is_one_answer = false;  // all bytes came in one answer: others would not be better
  int wrong = 0;
  for (int n = 0;;) {
    if (sink.size() == blob.size) {
      TRY(const Digest digest, sink.finish());
      if (digest == blob.digest) return {};
      TRY_STATUS(sink.start_over());
      if (is_one_answer || wrong++ > 0) return tl::make_unexpected(wrong_bytes(what, blob, digest));
    }
    const std::uint64_t before = sink.size();
    Receiver receiver(blob, sink, meter);
    HttpDocument answer;
    Call call{reading(), path("blobs", "sha256:" + blob.digest.hex())};
    if (before > 0) call.headers = {{"Range", fmt::format("bytes={}-", before)}};
    call.on_head = [&](const HttpHead& head) {
      answer.response.head = head;
      return receiver.take_head(head);
    };
    call.on_body = [&](std::string_view bytes) { return receiver.take_body(bytes); };
    Result<HttpResponse> response = remote_->send(call);
    if (!response && !receiver.was_stopped()) return tl::make_unexpected(std::move(response).error());
    if (response) answer.response = *std::move(response);
    answer.body = receiver.beginning();
    const int status = answer.response.head.status;
    const bool broken = answer.response.problem != TransferProblem::none;
    is_one_answer = !broken && status == 200;
    if (receiver.wrong_size()) {
      TRY_STATUS(sink.start_over());
      if (web_page_title(answer.response.head, answer.body))
        return tl::make_unexpected(not_an_answer(doing, answer));
      return make_error(ErrorCode::integrity, "{} from `{}` has {} bytes, expected {}", what, text(),
                        *receiver.wrong_size(), blob.size)
          .hint(
              "the registry is damaged, or something between it and here changes answers; nothing of it was "
              "kept");
    }
    if (!broken && (status == 200 || status == 206) && !receiver.was_stopped() && sink.size() == blob.size)
      continue;
    // The bytes that are here cannot be gone on from.
    const bool useless = receiver.has_wrong_range() || (status == 416 && before > 0);
    if (useless) TRY_STATUS(sink.start_over());
    if (sink.size() >= before + kWorthARetry) n = 0;
    if (useless && n++ < patience.retries) continue;
    if (!broken && (status == 200 || status == 206)) {
      // Shorter than it should be, though the server says that this is all.
      answer.response.problem = TransferProblem::truncated;
      answer.response.explanation = fmt::format("it ended after {} of {} bytes", sink.size(), blob.size);
    } else if (answer.response.problem == TransferProblem::truncated) {
      answer.response.explanation = fmt::format("it ended after {} of {} bytes", sink.size(), blob.size);
    }
    const auto wait = wait_before_retry(remote_->access(), patience, answer.response, n++);
    if (!wait && answer.response.problem != TransferProblem::none)
      return tl::make_unexpected(unreachable_error(doing, answer.response));
    if (!wait) return tl::make_unexpected(remote_->error_of(reading(), doing, answer));
    TRY_STATUS(pause(remote_->access(), *wait));
  }
}

}  // namespace reef::oci
