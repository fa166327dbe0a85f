#include "core/host/detector.h"

#include <algorithm>

#include "core/host/cache.h"
#include "core/host/candidates.h"
#include "core/host/probe.h"
#include "core/os/environment.h"
#include "core/os/parallel.h"

namespace reef::host {
namespace {

constexpr std::size_t kMostThreads = 16;

bool provides_more(const FoundTool& tool, const FoundTool& than) {
  return std::any_of(tool.provides.begin(), tool.provides.end(),
                     [&](const auto& item) { return !than.provides.contains(item.first); });
}

// The report of a tool: the same file under several names counts once.
ToolReport report_of(const std::string& name, const Cache::Tool& tool) {
  ToolReport report{name, {}, {}};
  for (const Cache::Candidate& candidate : tool.candidates) {
    Attempt& attempt = report.attempts.emplace_back(
        Attempt{candidate.path, std::nullopt, candidate.reason, candidate.unanswered});
    if (!candidate.found) continue;
    const FoundTool& found = *candidate.found;
    const auto same = std::find_if(report.found.begin(), report.found.end(), [&](const FoundTool& earlier) {
      return earlier.real_path == found.real_path && earlier.version == found.version &&
             !provides_more(found, earlier);
    });
    if (same != report.found.end()) {
      attempt.reason = "the same file as " + same->path;
      continue;
    }
    attempt.found = found;
    report.found.push_back(found);
  }
  return report;
}

// A folder of our own beside the cache: its time is the file system's time now, and the cache is written in
// it.
struct Stage {
  TemporaryFolder folder;
  std::int64_t now = 0;
};

std::optional<Stage> make_stage(Filesystem& fs, const Path& cache) {
  if (cache.empty() || !make_folders(fs, cache.parent_path())) return std::nullopt;
  auto folder = TemporaryFolder::create(fs, cache.parent_path(), ".detect");
  if (!folder) return std::nullopt;
  const auto stat = fs.stat(folder->path());
  if (!stat) return std::nullopt;
  return Stage{*std::move(folder), stat->mtime_ns};
}

void save(Filesystem& fs, const Path& file, const Stage& stage, const Cache& cache) {
  const Path fresh = stage.folder.path() / "cache";
  // Not synced: a cache that a crash damaged is none.
  if (fs.write_file(fresh, cache.text(), false)) (void)fs.rename(fresh, file);
}

// One tool that must be looked at.
struct ToolSearch {
  const DetectRequest* request = nullptr;
  DetectRequest::Spec spec;
  std::vector<Candidate> candidates;
  Trace folders;
  std::vector<Outcome> outcomes;
  std::vector<const Cache::Candidate*> reused;  // by candidate; null: must be probed
};

// Candidates of one tool that are the same file: probed one after the other, sharing answers.
struct Task {
  ToolSearch* search = nullptr;
  std::vector<std::size_t> candidates;
};

class Detection {
 public:
  Detection(Filesystem& fs, const SearchPlaces& places, std::string search_key, const Cache* known,
            bool trust_scripts)
      : observer_(fs),
        places_(places),
        search_key_(std::move(search_key)),
        known_(known),
        trust_scripts_(trust_scripts) {
    if (known_ != nullptr) known_->remember(digests_);
  }

  Status plan(const DetectRequest& request) {
    ToolSearch& search = *searches_.emplace_back(std::make_unique<ToolSearch>());
    search.request = &request;
    TRY(search.spec, request.spec());
    search.candidates = find_candidates(*search.spec, places_, observer_, search.folders);
    search.outcomes.resize(search.candidates.size());
    search.reused.resize(search.candidates.size());
    std::map<std::string, std::vector<std::size_t>> same_file;
    for (std::size_t i = 0; i < search.candidates.size(); ++i) {
      search.reused[i] = reusable(request, search.candidates[i].path);
      if (search.reused[i] == nullptr) same_file[observer_.real_path(search.candidates[i].path)].push_back(i);
    }
    for (auto& [file, candidates] : same_file) tasks_.push_back({&search, std::move(candidates)});
    return {};
  }

  void run(ProcessRunner& processes, const Cancellation* cancel) {
    ProbeTools tools{observer_, processes, places_, digests_, cancel};
    // Probes mostly wait for the programs that they ask.
    const std::size_t threads = std::min(kMostThreads, std::size_t{2} * processor_count() + 2);
    in_parallel(tasks_.size(), threads, [&](std::size_t i) {
      Answers answers;
      ToolSearch& search = *tasks_[i].search;
      for (const std::size_t c : tasks_[i].candidates)
        search.outcomes[c] = probe(search.request->name, *search.spec, search.candidates[c], tools, answers);
    });
    started_ = tools.started;
  }

  void store(Cache& cache, std::int64_t looked) {
    for (const auto& search : searches_) {
      Cache::Tool tool{search->request->spec_digest, search_key_, looked, {}, {}};
      tool.folders = cache.add(search->folders, observer_);
      for (std::size_t i = 0; i < search->candidates.size(); ++i) {
        if (search->reused[i] != nullptr) {
          tool.candidates.push_back(*search->reused[i]);
          continue;
        }
        Outcome& outcome = search->outcomes[i];
        tool.candidates.push_back({search->candidates[i].path, std::move(outcome.found),
                                   std::move(outcome.reason), cache.add(outcome.trace, observer_),
                                   outcome.unanswered, outcome.of_script});
      }
      cache.put(search->request->name, std::move(tool));
    }
  }

  std::size_t started() const { return started_; }
  std::size_t digested() const { return digests_.computed(); }

 private:
  const Cache::Candidate* reusable(const DetectRequest& request, const std::string& path) {
    if (known_ == nullptr) return nullptr;
    const Cache::Tool* tool = known_->find(request.name);
    if (tool == nullptr || tool->spec != request.spec_digest || tool->search != search_key_) return nullptr;
    const auto at = std::find_if(tool->candidates.begin(), tool->candidates.end(),
                                 [&](const Cache::Candidate& candidate) { return candidate.path == path; });
    if (at == tool->candidates.end() || !known_->holds(*at, tool->looked, observer_, trust_scripts_))
      return nullptr;
    return &*at;
  }

  Observer observer_;
  const SearchPlaces& places_;
  std::string search_key_;
  const Cache* known_;
  bool trust_scripts_;
  Digests digests_;
  std::vector<std::unique_ptr<ToolSearch>> searches_;
  std::vector<Task> tasks_;
  std::size_t started_ = 0;
};

bool is_current(const Cache& cache, const DetectRequest& request, const std::string& search_key,
                Observer& observer, bool trust_scripts) {
  const Cache::Tool* tool = cache.find(request.name);
  return tool != nullptr && tool->spec == request.spec_digest && tool->search == search_key &&
         cache.holds(tool->folders, tool->looked, observer) &&
         std::all_of(tool->candidates.begin(), tool->candidates.end(),
                     [&](const Cache::Candidate& candidate) {
                       return cache.holds(candidate, tool->looked, observer, trust_scripts);
                     });
}

}  // namespace

Detector::Detector(Filesystem& fs, ProcessRunner& processes, const Environment& env, DetectorOptions options)
    : fs_(fs),
      processes_(processes),
      search_path_(search_path(env)),
      home_(get_or(env, "HOME", "")),
      options_(std::move(options)) {}

Result<std::vector<ToolReport>> Detector::detect(std::span<const DetectRequest> requests) {
  cost_ = {};
  Cache cache = options_.cache.empty() ? Cache() : Cache::load(fs_, options_.cache);
  const std::string search_key = search_path_ + '\n' + home_;
  std::vector<const DetectRequest*> pending;
  {
    Observer observer(fs_);
    for (const DetectRequest& request : requests)
      if (options_.explain || !is_current(cache, request, search_key, observer, options_.trust_scripts))
        pending.push_back(&request);
  }
  cost_.from_cache = requests.size() - pending.size();
  if (!pending.empty()) {
    const std::optional<Stage> stage = make_stage(fs_, options_.cache);
    const SearchPlaces places = make_places(search_path_, home_);
    Detection detection(fs_, places, search_key, options_.explain ? nullptr : &cache, options_.trust_scripts);
    for (const DetectRequest* request : pending) TRY_STATUS(detection.plan(*request));
    detection.run(processes_, options_.cancel);
    if (options_.cancel != nullptr) TRY_STATUS(options_.cancel->check());
    cost_.processes = detection.started();
    cost_.digests = detection.digested();
    Cache fresh = cache;  // reused candidates still point into the old one
    detection.store(fresh, stage ? stage->now : 0);
    cache = std::move(fresh);
    if (stage) save(fs_, options_.cache, *stage, cache);
  }
  std::vector<ToolReport> reports;
  for (const DetectRequest& request : requests)
    reports.push_back(report_of(request.name, *cache.find(request.name)));
  return reports;
}

}  // namespace reef::host
