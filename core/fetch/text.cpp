// Small texts whose digest nobody knows: asked again only when they changed.
#include "core/base/text.h"

#include <algorithm>

#include "core/base/url.h"
#include "core/fetch/answers.h"
#include "core/fetch/job.h"

namespace reef::fetch {
namespace {

// One answer; what kind of failure it was decides whether it is asked again.
struct Answer {
  Text text;
  std::optional<Error> error;
  bool is_passing = false;
  bool is_doubtful = false;  // trying again helps seldom: once is enough
  std::chrono::milliseconds wait{0};
};

HttpRequest request_for(const TextRequest& request, Session& session) {
  HttpRequest out;
  out.url = request.url;
  out.headers = request.headers;
  if (!request.etag.empty()) out.headers.emplace_back("If-None-Match", request.etag);
  if (request.etag.empty() && !request.last_modified.empty())
    out.headers.emplace_back("If-Modified-Since", request.last_modified);
  out.connect_timeout = session.settings.connect_timeout;
  out.stall_timeout = session.settings.stall_timeout;
  out.lowest_speed = session.settings.lowest_speed;
  out.cancel = &session.cancel;
  return out;
}

Answer refused(const TextRequest& request, Session& session, const HttpResponse& response) {
  Answer out;
  if (response.problem != TransferProblem::none) {
    out.error = transfer_error(request.url, response);
    out.is_passing = is_passing_problem(response.problem);
    out.is_doubtful = is_doubtful_problem(response);
    return out;
  }
  out.error = status_error(request.url, response.head, session.settings.login_hint);
  out.wait = retry_after(response.head, session.clock.now());
  const bool too_long = session.settings.is_too_long(out.wait);
  out.is_passing = is_passing_status(response.head.status) && !too_long;
  if (too_long) out.error = std::move(*out.error).hint(wait_hint(out.wait));
  return out;
}

Result<Answer> ask(const TextRequest& request, Session& session) {
  TRY(HttpDocument document,
      get_document(session.client, request_for(request, session), static_cast<std::size_t>(request.limit)));
  const HttpHead& head = document.response.head;
  const bool asked = !request.etag.empty() || !request.last_modified.empty();
  const bool unchanged = head.status == 304 && asked;
  if (document.response.problem != TransferProblem::none || (head.status != 200 && !unchanged))
    return refused(request, session, document.response);
  Answer out;
  // Data that is called a web page by mistake is no web page.
  const auto title = web_page_title(head, document.body);
  if (!unchanged && title && trim(document.body).starts_with('<')) {
    out.error = web_page_error(request.url, head, *title);
    return out;
  }
  out.text.unchanged = unchanged;
  out.text.text = std::move(document.body);
  // Web servers make their ETags of the time of change in seconds, and the size: no better than that time.
  const std::string last_modified = head.header("last-modified");
  if (last_modified.empty() || has_strong_date(head)) {
    out.text.etag = head.header("etag");
    out.text.last_modified = last_modified;
  }
  return out;
}

}  // namespace

Result<Text> fetch_text(const TextRequest& request, const Settings& settings, Filesystem& fs,
                        ProcessRunner& runner, HttpClient& client, Clock& clock, Progress& progress,
                        const Cancellation& cancel) {
  if (settings.offline)
    return make_error(ErrorCode::network, "offline: cannot ask for `{}`", without_credentials(request.url));
  Cache cache(fs, settings.cache, {});  // unused
  Session session{settings, fs, runner, client, clock, cancel, cache, progress};
  for (int round = 0;; ++round) {
    TRY(Answer answer, ask(request, session));
    if (!answer.error) return std::move(answer.text);
    const int most = answer.is_doubtful ? std::min(1, settings.retries) : settings.retries;
    if (!answer.is_passing || round >= most) return tl::make_unexpected(*std::move(answer.error));
    TRY_STATUS(
        pause(session, std::max(std::min(answer.wait, settings.longest_delay), back_off(session, round))));
  }
}

}  // namespace reef::fetch
