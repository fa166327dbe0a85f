// Sources with a URL: transfers that go on where they stopped, mirrors, patience.
#include <algorithm>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/base/url.h"
#include "core/fetch/answers.h"
#include "core/fetch/job.h"
#include "core/fetch/part_file.h"

namespace reef::fetch {
namespace {

constexpr std::size_t kBeginning = std::size_t{16} << 10U;  // enough for the title of a web page
constexpr std::uint64_t kWorthARetry = std::uint64_t{1} << 20U;

// How one try at one mirror ended, when it did not simply work.
struct Refusal {
  Error error;
  bool is_final = true;               // trying again would give the same
  bool is_doubtful = false;           // trying again helps seldom: once is enough
  std::chrono::milliseconds wait{0};  // what the server asked for
};
using Attempt = std::optional<Refusal>;  // nothing: the part is whole and has the right digest

struct Mirror {
  std::string url;
  std::optional<Error> error;
  bool is_gone = false;
  int doubtful_tries = 0;
};

// Takes one answer in. Its callbacks stop the transfer when the answer cannot be the file.
class Receiver {
 public:
  Receiver(const Request& request, PartFile& part, Session& session, Meter& meter, std::string url)
      : source_(*request.source),
        limit_(request.source->size ? UINT64_MAX : request.limit),
        part_(part),
        session_(session),
        meter_(meter),
        url_(std::move(url)) {}

  Status take_head(const HttpHead& head) {
    head_ = head;
    if (head.status == 206) return take_rest();
    if (head.status != 200) return {};
    if (part_.size() > 0) TRY_STATUS(part_.start_over());
    const auto length = parse_number(head.header("content-length"));
    if (source_.size && length && *length != *source_.size) {
      wrong_size_ = *length;
      return {};  // the beginning may show that it is a web page
    }
    keeps_ = true;
    return part_.remember(without_credentials(url_), validator());
  }

  Status take_body(std::string_view bytes) {
    TRY_STATUS(session_.check());
    beginning_.append(bytes.substr(0, kBeginning - std::min(kBeginning, beginning_.size())));
    if (!keeps_) return beginning_.size() < kBeginning ? Status() : stop();
    if (source_.size && part_.size() + bytes.size() > *source_.size) {
      wrong_size_ = part_.size() + bytes.size();
      return stop();
    }
    if (part_.size() + bytes.size() > limit_) {
      too_large_ = true;
      return stop();
    }
    meter_.advance(bytes.size());
    return part_.append(bytes);
  }

  bool was_stopped() const { return stopped_; }
  bool is_wrong_range() const { return wrong_range_; }
  bool is_too_large() const { return too_large_; }
  std::optional<std::uint64_t> wrong_size() const { return wrong_size_; }
  const HttpHead& head() const { return head_; }
  std::optional<std::string> page_title() const { return web_page_title(head_, beginning_); }

 private:
  Status take_rest() {
    const auto range = parse_content_range(head_.header("content-range"));
    const bool fits = range && part_.size() > 0 && range->first == part_.size() &&
                      (!source_.size || !range->total || *range->total == *source_.size);
    if (!fits) {
      wrong_range_ = true;
      return stop();
    }
    keeps_ = true;
    return part_.remember(without_credentials(url_), validator());
  }

  // RFC 9110, 13.1.5: weak ETags may not be used.
  std::string validator() const {
    const std::string etag = head_.header("etag");
    return !etag.empty() && !etag.starts_with("W/") ? etag : head_.header("last-modified");
  }

  Status stop() {
    stopped_ = true;
    return make_error(ErrorCode::network, "the transfer was stopped");
  }

  const Source& source_;
  const std::uint64_t limit_;
  PartFile& part_;
  Session& session_;
  Meter& meter_;
  std::string url_;
  HttpHead head_;
  std::string beginning_;
  std::optional<std::uint64_t> wrong_size_;
  bool keeps_ = false;
  bool wrong_range_ = false;
  bool too_large_ = false;
  bool stopped_ = false;
};

class Download {
 public:
  Download(const Request& request, Session& session, Meter& meter, Path part)
      : request_(request),
        source_(*request.source),
        session_(session),
        meter_(meter),
        part_(session.fs, std::move(part)) {
    std::vector<std::string> urls = {source_.location};
    urls.insert(urls.end(), source_.mirrors.begin(), source_.mirrors.end());
    // Offline only files of this machine are left; the caller has seen to it that there is one.
    for (std::string& url : urls)
      if (!session.settings.offline || split_url(url).scheme == "file")
        mirrors_.push_back({std::move(url), std::nullopt});
  }

  // Every mirror in order, then a pause, then those that may still answer again.
  Result<Fetched> run() {
    TRY_STATUS(part_.open());
    if (source_.size && part_.size() > *source_.size) TRY_STATUS(part_.start_over());
    if (part_.size() > 0) meter_.advance(part_.size());
    for (int round = 0;; ++round) {
      const std::uint64_t before = part_.size();
      std::chrono::milliseconds wait{0};
      for (Mirror& mirror : mirrors_) {
        if (mirror.is_gone) continue;
        TRY_STATUS(session_.check());
        TRY(Attempt attempt, try_mirror(mirror.url));
        if (!attempt) return finish();
        mirror.is_gone = attempt->is_final || (attempt->is_doubtful && mirror.doubtful_tries++ > 0);
        mirror.error = std::move(attempt->error);
        wait = std::max(wait, attempt->wait);
      }
      // A long transfer over a bad line gets on, a bit each time: that is not failing.
      if (part_.size() >= before + kWorthARetry) round = 0;
      const bool all_gone =
          std::all_of(mirrors_.begin(), mirrors_.end(), [](const Mirror& m) { return m.is_gone; });
      if (all_gone || round >= session_.settings.retries) return failure();
      wait = std::max(std::min(wait, session_.settings.longest_delay), back_off(session_, round));
      TRY_STATUS(pause(session_, wait));
    }
  }

 private:
  Result<Fetched> finish() {
    TRY(const Cache::Entry entry, session_.cache.put(part_.path(), *source_.sha256));
    part_.forget();
    Fetched out;
    out.path = entry.path;
    out.digest = *source_.sha256;
    out.bytes = entry.bytes;
    return out;
  }

  // The first mirror's error; the others' stand below it.
  Result<Fetched> failure() {
    if (part_.size() == 0) discard();
    Error error = *std::move(mirrors_.front().error);
    for (std::size_t i = 1; i < mirrors_.size(); ++i)
      error =
          std::move(error).context(fmt::format("trying the mirrors, too: {}", mirrors_[i].error->message()));
    return tl::make_unexpected(std::move(error));
  }

  void discard() {
    part_.forget();
    (void)session_.fs.remove_file(part_.path());
  }

  Result<Attempt> try_mirror(const std::string& url) {
    const std::string scheme = split_url(url).scheme;
    if (scheme == "file") return try_file(url);
    if (scheme == "http" || scheme == "https") return try_http(url);
    return refuse(make_error(ErrorCode::invalid_input, "`{}` is not an http, https or file URL",
                             without_credentials(url))
                      .take());
  }

  static Attempt refuse(Error error) { return Refusal{std::move(error)}; }

  Result<Attempt> try_file(const std::string& url) {
    const UrlParts parts = split_url(url);
    if (!parts.host.empty() && parts.host != "localhost")
      return refuse(make_error(ErrorCode::invalid_input, "`{}` names a file of another machine", url).take());
    const Path path = percent_decoded(parts.path);
    const auto stat = session_.fs.stat(path);
    if (!stat) return refuse(stat.error());
    if (source_.size && stat->size != *source_.size)
      return refuse(wrong_size_error(url, *source_.size, stat->size));
    TRY_STATUS(part_.start_over());
    const Status copied = read_in_pieces(path, [&](std::string_view bytes) -> Status {
      TRY_STATUS(session_.check());
      meter_.advance(bytes.size());
      return part_.append(bytes);
    });
    if (!copied) return tl::make_unexpected(copied.error());
    return check_whole(url, nullptr);
  }

  Result<Attempt> try_http(const std::string& url) {
    const std::uint64_t offset = part_.size();
    if (source_.size && *source_.size == offset && offset > 0) {
      TRY(Attempt attempt, check_whole(url, nullptr));
      if (!attempt) return attempt;
      return try_http(url);  // the part was spoilt and is gone now
    }
    Receiver receiver(request_, part_, session_, meter_, url);
    const Result<HttpResponse> response = session_.client.send(request_for(url, receiver));
    TRY_STATUS(part_.flush());
    if (!response && !receiver.was_stopped()) {
      if (response.error().code() == ErrorCode::invalid_input) return refuse(response.error());
      return tl::make_unexpected(response.error());
    }
    if (receiver.is_wrong_range()) return refuse_range(url, offset);
    if (receiver.wrong_size()) return refuse_size(url, receiver);
    if (receiver.is_too_large()) return refuse_length(url);
    if (response && response->problem != TransferProblem::none) return refuse_transfer(url, *response);
    // No response, but a head: of a body that is not the file, the beginning was enough.
    const HttpHead& head = response ? response->head : receiver.head();
    if (head.status == 416 && offset > 0) {
      TRY_STATUS(part_.start_over());
      return try_http(url);
    }
    if (head.status != 200 && head.status != 206) return refuse_status(url, head);
    TRY(Attempt attempt, check_whole(url, &receiver));
    if (attempt && head.status == 206) return try_http(url);  // the kept beginning was of another file
    return attempt;
  }

  HttpRequest request_for(const std::string& url, Receiver& receiver) {
    const Settings& settings = session_.settings;
    HttpRequest request;
    request.url = url;
    request.connect_timeout = settings.connect_timeout;
    request.stall_timeout = settings.stall_timeout;
    request.lowest_speed = settings.lowest_speed;
    request.cancel = &session_.cancel;
    request.on_head = [&](const HttpHead& head) { return receiver.take_head(head); };
    request.on_body = [&](std::string_view bytes) { return receiver.take_body(bytes); };
    if (url == source_.location) request.headers = request_.headers;
    if (part_.size() == 0) return request;
    // Without a validator the digest alone will tell whether the two halves belong together.
    request.headers.emplace_back("Range", fmt::format("bytes={}-", part_.size()));
    const std::string validator = part_.validator(without_credentials(url));
    if (!validator.empty()) request.headers.emplace_back("If-Range", validator);
    return request;
  }

  // Size and digest of the whole part. A wrong one is discarded at once.
  Result<Attempt> check_whole(const std::string& url, const Receiver* receiver) {
    TRY_STATUS(part_.flush());
    const std::uint64_t size = part_.size();
    const Digest digest = part_.digest();
    const bool right_size = !source_.size || *source_.size == size;
    if (right_size && digest == *source_.sha256) return Attempt();
    TRY_STATUS(part_.start_over());
    if (receiver != nullptr)
      if (const auto title = receiver->page_title())
        return refuse(web_page_error(url, receiver->head(), *title));
    const std::string shown = without_credentials(url);
    if (!right_size) return refuse(wrong_size_error(shown, *source_.size, size));
    Error error = wrong_digest_error(shown, source_.sha256->hex(), digest.hex());
    const std::string encoding = receiver == nullptr ? "" : receiver->head().header("content-encoding");
    if (!encoding.empty() && encoding != "identity")
      error = std::move(error).hint(
          fmt::format("the server sent it encoded (`Content-Encoding: {}`)", printable(encoding)));
    return refuse(std::move(error));
  }

  Result<Attempt> refuse_range(const std::string& url, std::uint64_t offset) {
    TRY_STATUS(part_.start_over());
    Refusal refusal{make_error(ErrorCode::network,
                               "cannot fetch `{}`: the server answered with the wrong range",
                               without_credentials(url))
                        .take()};
    if (offset > 0) return try_http(url);
    return Attempt(std::move(refusal));
  }

  Result<Attempt> refuse_size(const std::string& url, const Receiver& receiver) {
    TRY_STATUS(part_.start_over());
    if (const auto title = receiver.page_title()) return refuse(web_page_error(url, receiver.head(), *title));
    return refuse(wrong_size_error(without_credentials(url), *source_.size, *receiver.wrong_size()));
  }

  Result<Attempt> refuse_length(const std::string& url) {
    TRY_STATUS(part_.start_over());
    return refuse(make_error(ErrorCode::integrity, "`{}` is larger than {}, the most that is read",
                             without_credentials(url), format_bytes(request_.limit))
                      .take());
  }

  Result<Attempt> refuse_transfer(const std::string& url, const HttpResponse& response) {
    HttpResponse told = response;
    if (response.problem == TransferProblem::truncated) {
      const auto total = source_.size ? source_.size : parse_number(response.head.header("content-length"));
      told.explanation = total && *total >= part_.size()
                             ? fmt::format("it ended after {} of {} bytes", part_.size(), *total)
                             : fmt::format("it ended after {} bytes", part_.size());
    }
    if (response.problem == TransferProblem::too_slow && response.head.status != 0)
      told.explanation += fmt::format(", {} bytes so far", part_.size());
    Refusal refusal{transfer_error(url, told)};
    refusal.is_final = !is_passing_problem(response.problem);
    refusal.is_doubtful = is_doubtful_problem(response);
    return Attempt(std::move(refusal));
  }

  Result<Attempt> refuse_status(const std::string& url, const HttpHead& head) {
    Refusal refusal{status_error(url, head, session_.settings.login_hint)};
    refusal.wait = retry_after(head, session_.clock.now());
    const bool too_long = session_.settings.is_too_long(refusal.wait);
    refusal.is_final = !is_passing_status(head.status) || too_long;
    if (too_long) refusal.error = std::move(refusal.error).hint(wait_hint(refusal.wait));
    return Attempt(std::move(refusal));
  }

  const Request& request_;
  const Source& source_;
  Session& session_;
  Meter& meter_;
  PartFile part_;
  std::vector<Mirror> mirrors_;
};

}  // namespace

Result<std::optional<Fetched>> find_url(const Source& source, Session& session) {
  if (!source.sha256)
    return make_error(ErrorCode::invalid_input, "the source `{}` has no `sha256`", label_of(source))
        .at(source.place);
  TRY(const std::optional<Cache::Entry> entry, session.cache.find(*source.sha256));
  if (!entry) return std::optional<Fetched>();
  if (source.size && *source.size != entry->bytes)
    return tl::make_unexpected(
        wrong_size_error(without_credentials(source.location), *source.size, entry->bytes).at(source.place));
  Fetched out;
  out.path = entry->path;
  out.digest = *source.sha256;
  out.bytes = entry->bytes;
  out.from_cache = true;
  return out;
}

Result<Fetched> get_url(const Request& request, Session& session, Meter& meter) {
  const Source& source = *request.source;
  TRY(const FileLock lock, session.cache.lock(source.sha256->hex(), session.cancel));
  TRY(const std::optional<Fetched> found, find_url(source, session));
  if (found) return *found;
  TRY(Path part, session.cache.part_path(*source.sha256));
  return Download(request, session, meter, std::move(part)).run();
}

}  // namespace reef::fetch
