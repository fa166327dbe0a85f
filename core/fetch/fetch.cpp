#include "core/fetch/fetch.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/base/url.h"
#include "core/fetch/job.h"
#include "core/os/environment.h"
#include "core/os/http_answers.h"
#include "core/os/parallel.h"

namespace reef::fetch {
namespace {

class Silent : public Progress {
  void started(std::size_t, const std::string&, std::optional<std::uint64_t>) override {}
  void advanced(std::size_t, std::uint64_t) override {}
  void finished(std::size_t, bool) override {}
};

Result<std::optional<Fetched>> find(const Request& request, Session& session) {
  const Source& source = *request.source;
  switch (source.kind) {
    case SourceKind::url:
      return find_url(source, session);
    case SourceKind::git:
      return find_git(source, session);
    case SourceKind::npm:
      return find_npm(source, session);
    case SourceKind::path:
      break;
  }
  TRY(Fetched fetched, find_path(request, session.fs));
  return std::optional<Fetched>(std::move(fetched));
}

Result<Fetched> get(const Request& request, Session& session, Meter& meter) {
  const Source& source = *request.source;
  switch (source.kind) {
    case SourceKind::url:
      return get_url(request, session, meter);
    case SourceKind::git:
      return get_git(request, session);
    case SourceKind::npm:
      return get_npm(source, session, meter);
    case SourceKind::path:
      break;
  }
  return make_error(ErrorCode::bug, "a path source is never transferred");
}

bool needs_network(const Source& source) {
  if (source.kind != SourceKind::url && source.kind != SourceKind::git) return source.kind == SourceKind::npm;
  const auto is_file = [](const std::string& url) { return split_url(url).scheme == "file"; };
  return !is_file(source.location) && std::none_of(source.mirrors.begin(), source.mirrors.end(), is_file);
}

// Where the source is declared, which tells whose it is.
Error with_place(Error error, const Source& source) {
  if (error.place() || source.place.line == 0) return error;
  return std::move(error).at(source.place);
}

// One error for all that `--offline` forbids to fetch, at the first.
Status check_offline(std::span<const Request> requests, const std::vector<std::optional<Fetched>>& found) {
  std::vector<std::string> missing;
  const Source* first = nullptr;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (found[i] || !needs_network(*requests[i].source)) continue;
    if (first == nullptr) first = requests[i].source;
    std::string label = label_of(requests[i]);
    if (std::find(missing.begin(), missing.end(), label) == missing.end())
      missing.push_back(std::move(label));
  }
  if (missing.empty()) return {};
  Error error(ErrorCode::network,
              fmt::format("offline, and not in the download cache: {}", quoted_list(missing, "and")));
  return tl::make_unexpected(with_place(
      std::move(error).hint("run the same once without `--offline`; later it needs no network"), *first));
}

// The error that caused the others to stop, with how many more there were.
Error first_error(std::vector<std::optional<Error>> errors) {
  const auto is_cause = [](const std::optional<Error>& e) {
    return e && e->code() != ErrorCode::interrupted;
  };
  auto first = std::find_if(errors.begin(), errors.end(), is_cause);
  const auto causes = std::count_if(errors.begin(), errors.end(), is_cause);
  if (first == errors.end())
    first = std::find_if(errors.begin(), errors.end(), [](const auto& e) { return e.has_value(); });
  if (causes < 2) return **first;
  return std::move(**first).hint(
      fmt::format("{} more of the sources could not be fetched either", causes - 1));
}

bool has_error(const std::vector<std::optional<Error>>& errors) {
  return std::any_of(errors.begin(), errors.end(), [](const auto& e) { return e.has_value(); });
}

class Batch {
 public:
  Batch(std::span<const Request> requests, Session& session, Progress& progress)
      : requests_(requests),
        session_(session),
        progress_(progress),
        found_(requests.size()),
        errors_(requests.size()) {}

  Result<std::vector<Fetched>> run() {
    const unsigned threads = std::max(1U, session_.settings.parallel);
    in_parallel(requests_.size(), threads, [&](std::size_t i) { look_up(i); });
    if (has_error(errors_)) return tl::make_unexpected(first_error(std::move(errors_)));
    if (session_.settings.offline) TRY_STATUS(check_offline(requests_, found_));
    in_parallel(requests_.size(), threads, [&](std::size_t i) { transfer(i); });
    if (has_error(errors_)) return tl::make_unexpected(first_error(std::move(errors_)));
    std::vector<Fetched> out;
    for (std::optional<Fetched>& fetched : found_) out.push_back(*std::move(fetched));
    return out;
  }

 private:
  void look_up(std::size_t i) {
    auto result = session_.check().and_then([&] { return find(requests_[i], session_); });
    if (result)
      found_[i] = *std::move(result);
    else
      fail(i, std::move(result).error());
  }

  void transfer(std::size_t i) {
    if (found_[i]) return;
    if (const Status status = session_.check(); !status) return fail(i, status.error());
    const std::string label = label_of(requests_[i]);
    Meter meter(progress_, i);
    progress_.started(i, label, requests_[i].source->size);
    auto result = get(requests_[i], session_, meter);
    progress_.finished(i, result.has_value());
    if (result)
      found_[i] = *std::move(result);
    else
      fail(i, with_context(std::move(result), [&] { return "fetching `" + label + "`"; }).error());
  }

  void fail(std::size_t i, Error error) {
    errors_[i] = with_place(std::move(error), *requests_[i].source);
    session_.stopped = true;
  }

  std::span<const Request> requests_;
  Session& session_;
  Progress& progress_;
  std::vector<std::optional<Fetched>> found_;  // each element is written by one thread only
  std::vector<std::optional<Error>> errors_;
};

}  // namespace

Progress& silent_progress() {
  static Silent silent;
  return silent;
}

std::string label_of(const Source& source) {
  switch (source.kind) {
    case SourceKind::path:
      return printable(source.location);
    case SourceKind::npm:
      return printable(source.location + "@" + source.version);
    case SourceKind::git:
      return printable(without_credentials(source.location) + "@" + source.commit.substr(0, 12));
    case SourceKind::url:
      break;
  }
  const std::string path = split_url(source.location).path;
  const std::string name = percent_decoded(path.substr(path.rfind('/') + 1));
  return printable(name.empty() ? without_credentials(source.location) : name);
}

std::string label_of(const Request& request) {
  return request.label.empty() ? label_of(*request.source) : request.label;
}

Environment network_variables(const Environment& env) {
  Environment out;
  for (const char* name : {"PATH", "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy",
                           "ALL_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
                           "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "SSH_AUTH_SOCK"})
    if (const std::string value = get_or(env, name, ""); !value.empty()) out.emplace(name, value);
  out["LC_ALL"] = "C";
  return out;
}

Status pause(Session& session, std::chrono::milliseconds duration) {
  constexpr std::chrono::milliseconds kStep{50};
  session.progress.waits(duration);
  while (duration.count() > 0) {
    TRY_STATUS(session.check());
    session.clock.sleep_for(std::min(duration, kStep));
    duration -= kStep;
  }
  return session.check();
}

std::chrono::milliseconds back_off(Session& session, int n) {
  return reef::back_off(session.clock, session.settings.first_delay, session.settings.longest_delay, n);
}

Result<std::vector<Fetched>> fetch_all(std::span<const Request> requests, const Settings& settings,
                                       Filesystem& fs, ProcessRunner& runner, HttpClient& client,
                                       Clock& clock, Progress& progress, const Cancellation& cancel) {
  Cache cache(fs, settings.cache, {settings.always_verified, settings.verify_all});
  const bool all_local = std::all_of(requests.begin(), requests.end(),
                                     [](const Request& r) { return r.source->kind == SourceKind::path; });
  if (!all_local) TRY_STATUS(with_context(cache.prepare(clock.now()), "preparing the download cache"));
  Session session{settings, fs, runner, client, clock, cancel, cache, progress};
  return Batch(requests, session, progress).run();
}

}  // namespace reef::fetch
