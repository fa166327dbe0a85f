#include "core/action/graph.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "core/base/text.h"

namespace reef::action {
namespace {

// For each job the indices of what it needs.
using Needs = std::vector<std::vector<std::size_t>>;

Failure with_place(Failure error, const Place& place) {
  return place.line > 0 ? std::move(error).at(place) : error;
}

Result<Needs> needs_of(const std::vector<Job>& jobs, std::string_view noun) {
  std::map<std::string, std::size_t> index;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    names.push_back(jobs[i].name);
    if (!index.emplace(jobs[i].name, i).second)
      return with_place(make_error(ErrorCode::invalid_input, "two {}s are called `{}`", noun, jobs[i].name),
                        jobs[i].place);
  }
  Needs needs(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i)
    for (const std::string& need : jobs[i].needs) {
      const auto found = index.find(need);
      if (found != index.end()) {
        needs[i].push_back(found->second);
        continue;
      }
      Failure error = make_error(ErrorCode::invalid_input, "the {} `{}` needs `{}`, which is not there", noun,
                                 jobs[i].name, need);
      if (const auto hint = did_you_mean(need, names)) error = std::move(error).hint(*hint);
      return with_place(std::move(error), jobs[i].place);
    }
  return needs;
}

// Depth first, without recursion: chains may be as long as they like.
class Sorter {
 public:
  Sorter(const std::vector<Job>& jobs, const Needs& needs)
      : jobs_(jobs), needs_(needs), state_(jobs.size()) {}

  Result<std::vector<std::size_t>> sort(std::string_view noun) {
    for (std::size_t root = 0; root < jobs_.size(); ++root) {
      if (state_[root] == State::unseen) enter(root);
      while (!open_.empty()) {
        auto& [job, next] = open_.back();
        if (next == needs_[job].size()) {
          leave();
          continue;
        }
        const std::size_t need = needs_[job][next++];
        if (state_[need] == State::open) return cycle(need, noun);
        if (state_[need] == State::unseen) enter(need);
      }
    }
    return std::move(order_);
  }

 private:
  enum class State { unseen, open, done };

  void enter(std::size_t job) {
    state_[job] = State::open;
    open_.emplace_back(job, 0);
  }
  void leave() {
    state_[open_.back().first] = State::done;
    order_.push_back(open_.back().first);
    open_.pop_back();
  }
  Failure cycle(std::size_t first, std::string_view noun) const {
    const auto begin =
        std::find_if(open_.begin(), open_.end(), [&](const auto& each) { return each.first == first; });
    std::string way = fmt::format("`{}`", jobs_[first].name);
    for (auto each = begin + 1; each != open_.end(); ++each)
      way += fmt::format(" needs `{}`, which", jobs_[each->first].name);
    way += fmt::format(" needs `{}`", jobs_[first].name);
    return with_place(make_error(ErrorCode::invalid_input, "the {}s need one another: {}", noun, way),
                      jobs_[first].place);
  }

  const std::vector<Job>& jobs_;
  const Needs& needs_;
  std::vector<State> state_;
  std::vector<std::pair<std::size_t, std::size_t>> open_;  // job, the next of its needs
  std::vector<std::size_t> order_;
};

// What the threads share; every member under the mutex.
class Crew {
 public:
  Crew(Needs needs, const JobsOptions& options, const std::function<Status(std::size_t)>& body)
      : needs_(std::move(needs)), options_(options), body_(body), state_(needs_.size(), State::waiting) {}

  JobsOutcome work() {
    const std::size_t threads = std::min<std::size_t>(std::max(1U, options_.parallel), needs_.size());
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back([this] { serve(); });
    serve();
    for (std::thread& thread : others) thread.join();
    return outcome();
  }

 private:
  enum class State { waiting, running, done, failed };

  void serve() {
    std::unique_lock guard(mutex_);
    for (;;) {
      const std::optional<std::size_t> job = next();
      if (!job && running_ == 0) return changed_.notify_all();
      if (!job) {
        changed_.wait(guard);
        continue;
      }
      run(*job, guard);
    }
  }

  std::optional<std::size_t> next() {
    if (options_.cancel != nullptr && options_.cancel->requested()) return std::nullopt;
    if (error_ && !options_.keep_going) return std::nullopt;
    for (std::size_t job = 0; job < state_.size(); ++job) {
      const bool ready = std::all_of(needs_[job].begin(), needs_[job].end(),
                                     [&](std::size_t need) { return state_[need] == State::done; });
      if (state_[job] == State::waiting && ready) return job;
    }
    return std::nullopt;
  }

  void run(std::size_t job, std::unique_lock<std::mutex>& guard) {
    state_[job] = State::running;
    ++running_;
    guard.unlock();
    Status status = body_(job);
    guard.lock();
    --running_;
    state_[job] = status ? State::done : State::failed;
    if (!status && !error_) error_ = std::move(status).error();
    changed_.notify_all();
  }

  JobsOutcome outcome() {
    JobsOutcome out;
    for (const State state : state_)
      out.ends.push_back(state == State::done     ? JobEnd::done
                         : state == State::failed ? JobEnd::failed
                                                  : JobEnd::not_started);
    const bool whole =
        std::all_of(out.ends.begin(), out.ends.end(), [](JobEnd end) { return end == JobEnd::done; });
    if (!whole && !error_ && options_.cancel != nullptr)
      if (Status status = options_.cancel->check(); !status) error_ = std::move(status).error();
    out.error = std::move(error_);
    return out;
  }

  const Needs needs_;
  const JobsOptions& options_;
  const std::function<Status(std::size_t)>& body_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<State> state_;
  std::size_t running_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<std::vector<std::size_t>> order_of(const std::vector<Job>& jobs, std::string_view noun) {
  TRY(const Needs needs, needs_of(jobs, noun));
  return Sorter(jobs, needs).sort(noun);
}

Result<JobsOutcome> run_jobs(const std::vector<Job>& jobs, const JobsOptions& options,
                             const std::function<Status(std::size_t)>& body) {
  TRY(Needs needs, needs_of(jobs, options.noun));
  TRY_STATUS(Sorter(jobs, needs).sort(options.noun).map([](const auto&) {}));
  if (jobs.empty()) return JobsOutcome();
  return Crew(std::move(needs), options, body).work();
}

}  // namespace reef::action
