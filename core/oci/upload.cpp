// Blobs that go out: whole when they are small, else in chunks of one session.
#include <algorithm>

#include "core/base/text.h"
#include "core/oci/answers.h"
#include "core/oci/repository.h"
#include "core/os/http_answers.h"

namespace reef::oci {
namespace {

constexpr std::uint64_t kLargestChunk = std::uint64_t{1} << 30U;

HttpBody part_of(const HttpBody& source, std::uint64_t offset, std::uint64_t size) {
  HttpBody out = source;
  if (source.file.empty())
    out.bytes = source.bytes.substr(offset, size);
  else
    out.offset += offset, out.size = size;
  return out;
}

// How many bytes a session has: `Range: 0-N`. Nothing when it does not say.
std::optional<std::uint64_t> received_by(const HttpHead& head) {
  std::string range = head.header("range");
  if (range.starts_with("bytes=")) range.erase(0, 6);
  const std::size_t dash = range.find('-');
  if (dash == std::string::npos || parse_number(range.substr(0, dash)) != 0) return std::nullopt;
  const auto last = parse_number(range.substr(dash + 1));
  // Nothing and one byte are both `0-0`: nothing is the safe reading.
  return last && *last > 0 ? std::optional(*last + 1) : std::optional<std::uint64_t>(0);
}

class Upload {
 public:
  Upload(Remote& remote, Scope scope, std::string uploads, const Descriptor& blob, std::string doing,
         const HttpBody& source, const Meter& meter)
      : remote_(remote),
        scope_(std::move(scope)),
        uploads_(std::move(uploads)),
        blob_(blob),
        doing_(std::move(doing)),
        source_(source),
        meter_(meter) {}

  // has: asks whether the blob is there by now. mount: the end of the first request, when another repository
  // may have the blob.
  template <class Has>
  Result<bool> run(const Has& has, const std::string& mount) {
    TRY(bool done, begin(mount));
    if (done) return false;
    for (int n = 0;;) {
      const std::uint64_t before = furthest_;
      TRY(const HttpDocument answer, is_sent() ? commit() : send_chunk());
      if (answer.response.problem == TransferProblem::none && take(answer)) {
        if (is_done_) return true;
        continue;
      }
      if (furthest_ > before) n = 0;
      // The blob may be complete although its last answer was lost.
      if (is_sent()) {
        TRY(const bool there, has());
        if (there) return true;
      }
      TRY_STATUS(wait(answer, n++));
      TRY_STATUS(find_place());
    }
  }

 private:
  bool is_sent() const { return at_ == blob_.size || blob_.size <= chunk_; }

  // Opens a session; true: the registry had the blob elsewhere.
  Result<bool> begin(const std::string& mount) {
    Call call{scope_, uploads_ + mount, HttpMethod::post};
    TRY(const HttpDocument answer, remote_.ask(call, doing_, kLargestAnswer));
    const HttpHead& head = answer.response.head;
    if (head.status == 201 && !mount.empty()) return true;
    if (head.status != 202) return tl::make_unexpected(remote_.error_of(scope_, doing_, answer));
    if (head.header("location").empty()) return tl::make_unexpected(not_an_answer(doing_, answer));
    TRY(location_, remote_.absolute(head.header("location")));
    at_ = 0;
    const auto least = parse_number(head.header("oci-chunk-min-length"));
    chunk_ = std::clamp(least.value_or(0), kChunk, kLargestChunk);
    return false;
  }

  Result<HttpDocument> send(HttpMethod method, const std::string& address, const HttpBody& body,
                            const std::string& range) {
    HttpDocument answer;
    Call call{scope_, address, method};
    call.headers = {{"Content-Type", "application/octet-stream"}};
    if (!range.empty()) call.headers.emplace_back("Content-Range", range);
    call.body = body;
    call.on_head = [&](const HttpHead&) {
      answer.body.clear();
      return Status();
    };
    call.on_body = [&](std::string_view bytes) {
      answer.body.append(bytes.substr(0, kLargestAnswer - answer.body.size()));
      return Status();
    };
    call.on_sent = meter_;
    if (method == HttpMethod::put) call.stall_timeout = remote_.patience().commit_timeout;
    TRY(answer.response, remote_.send(call));
    return answer;
  }

  Result<HttpDocument> send_chunk() {
    sending_ = std::min(chunk_, blob_.size - at_);
    return send(HttpMethod::patch, location_, part_of(source_, at_, sending_),
                fmt::format("{}-{}", at_, at_ + sending_ - 1));
  }

  // Ends the session, with all of a small blob.
  Result<HttpDocument> commit() {
    const std::string address =
        fmt::format("{}{}digest=sha256:{}", location_, location_.find('?') == std::string::npos ? "?" : "&",
                    blob_.digest.hex());
    sending_ = blob_.size - at_;
    return send(HttpMethod::put, address, part_of(source_, at_, sending_), "");
  }

  // False: what was sent did not arrive.
  bool take(const HttpDocument& answer) {
    const HttpHead& head = answer.response.head;
    if (head.status == 201) {
      is_done_ = true;
      return true;
    }
    const bool accepted = head.status == 202 || head.status == 204;
    if (!accepted || is_sent()) return false;
    if (const std::string next = head.header("location"); !next.empty()) {
      const Result<std::string> absolute = remote_.absolute(next);
      if (!absolute) return false;
      location_ = *absolute;
    }
    const std::uint64_t received = received_by(head).value_or(at_ + sending_);
    const bool is_more = received > at_ && received <= at_ + sending_;
    at_ = is_more ? received : at_;
    furthest_ = std::max(furthest_, at_);
    return is_more;
  }

  // Until the next try; the error when there is none.
  Status wait(const HttpDocument& answer, int n) {
    const HttpResponse& response = answer.response;
    // A session that the registry gave up, or that is at another place than we thought.
    const bool is_lost =
        response.problem == TransferProblem::none &&
        (response.head.status == 404 || response.head.status == 416 || response.head.status == 202);
    auto delay = wait_before_retry(remote_.access(), remote_.patience(), response, n);
    if (is_lost && n < remote_.patience().retries)
      delay = back_off(remote_.access().clock, remote_.patience().first_delay,
                       remote_.patience().longest_delay, n);
    if (delay) return pause(remote_.access(), *delay);
    if (response.problem != TransferProblem::none)
      return tl::make_unexpected(unreachable_error(doing_, response));
    if (reason_code(answer) == "DIGEST_INVALID" || reason_code(answer) == "SIZE_INVALID")
      return make_error(ErrorCode::integrity,
                        "cannot {}: the registry got other bytes than its digest {} promises", doing_,
                        blob_.digest.brief())
          .hint("the file is damaged, or was changed while it was sent");
    return tl::make_unexpected(remote_.error_of(scope_, doing_, answer));
  }

  // Where the session is after something went wrong; a new one when it is gone. Many registries give a
  // session up when a chunk breaks.
  Status find_place() {
    const auto answer = remote_.ask({scope_, location_}, doing_, kLargestAnswer);
    const bool known = answer && (answer->response.head.status == 204 || answer->response.head.status == 202);
    const auto received = known ? received_by(answer->response.head) : std::nullopt;
    if (received && *received <= blob_.size && blob_.size > chunk_) {
      at_ = *received;
      if (const std::string next = answer->response.head.header("location"); !next.empty()) {
        TRY(location_, remote_.absolute(next));
      }
      return {};
    }
    TRY(const bool done, begin(""));
    return done ? make_error(ErrorCode::bug, "a new session is no blob") : Status();
  }

  Remote& remote_;
  Scope scope_;
  std::string uploads_;
  const Descriptor& blob_;
  std::string doing_;
  const HttpBody& source_;
  const Meter& meter_;
  std::string location_;
  std::uint64_t chunk_ = kChunk;
  std::uint64_t at_ = 0;        // the session has so many bytes
  std::uint64_t sending_ = 0;   // by the last request
  std::uint64_t furthest_ = 0;  // of all sessions
  bool is_done_ = false;
};

}  // namespace

Result<bool> Repository::upload(const Descriptor& blob, const std::string& what, const HttpBody& source,
                                const Meter& meter, const std::string& other) {
  const auto has = [&] { return has_blob(blob.digest, writing()); };
  TRY(const bool there, has());
  if (there) return false;
  Scope scope = writing();
  std::string mount;
  if (!other.empty() && other != name_) {
    mount = fmt::format("?mount=sha256:{}&from={}", blob.digest.hex(), other);
    scope.also_from = other;
  }
  Upload upload(*remote_, std::move(scope), path("blobs", "uploads/"), blob,
                fmt::format("push {} to `{}`", what, text()), source, meter);
  return upload.run(has, mount);
}

}  // namespace reef::oci
