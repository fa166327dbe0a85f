#include "core/action/graph.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>
#include <thread>

namespace reef::action {
namespace {

std::string refusal(const std::vector<Job>& jobs) {
  const auto order = order_of(jobs, "step");
  return order ? "accepted" : render(order.error());
}

TEST_CASE("needed jobs come first, and otherwise the declared order is kept") {
  CHECK(
      order_of({{"d", {"b", "c"}, {}}, {"a", {}, {}}, {"b", {"a"}, {}}, {"c", {"a"}, {}}}, "step").value() ==
      std::vector<std::size_t>{1, 2, 3, 0});
  CHECK(order_of({}, "step")->empty());
}

TEST_CASE("a cycle is refused and shown, however long the way into it") {
  CHECK(refusal({{"a", {"a"}, {}}}) == "error: the steps need one another: `a` needs `a`\n");
  CHECK(refusal({{"x", {"a"}, {}}, {"a", {"b"}, {}}, {"b", {"c"}, {}}, {"c", {"a"}, {}}}) ==
        "error: the steps need one another: `a` needs `b`, which needs `c`, which needs `a`\n");
  std::vector<Job> chain;
  for (int i = 0; i < 100000; ++i) chain.push_back({std::to_string(i), {std::to_string(i + 1)}, {}});
  chain.push_back({"100000", {}, {}});
  CHECK(order_of(chain, "step")->front() == 100000);
}

TEST_CASE("a need that is not there is refused with its neighbour, and so are two jobs of one name") {
  CHECK(refusal({{"train", {}, {}}, {"measure", {"trian"}, {}}}) ==
        "error: the step `measure` needs `trian`, which is not there\nhint: did you mean `train`?\n");
  CHECK(refusal({{"a", {}, {}}, {"a", {}, {}}}) == "error: two steps are called `a`\n");
}

std::vector<Job> ladder() {
  // 0 -> 1 -> 2, and 3 -> 4 beside it.
  return {{"0", {}, {}}, {"1", {"0"}, {}}, {"2", {"1"}, {}}, {"3", {}, {}}, {"4", {"3"}, {}}};
}

TEST_CASE("each job runs once, after all that it needs") {
  for (const unsigned parallel : {1U, 2U, 16U}) {
    std::mutex mutex;
    std::vector<std::size_t> ended;
    const auto body = [&](std::size_t job) -> Status {
      const std::lock_guard guard(mutex);
      ended.push_back(job);
      return {};
    };
    const JobsOutcome outcome = run_jobs(ladder(), {"step", parallel, false, nullptr}, body).value();
    CHECK(outcome.ok());
    REQUIRE(ended.size() == 5);
    const auto place = [&](std::size_t job) { return std::find(ended.begin(), ended.end(), job); };
    CHECK(place(0) < place(1));
    CHECK(place(1) < place(2));
    CHECK(place(3) < place(4));
  }
}

TEST_CASE("jobs that do not need one another run at the same time") {
  std::atomic<int> inside = 0;
  const auto body = [&](std::size_t job) -> Status {
    if (job != 0 && job != 3) return {};
    ++inside;
    while (inside < 2) std::this_thread::yield();  // ends only when the other one is inside too
    return {};
  };
  CHECK(run_jobs(ladder(), {"step", 2, false, nullptr}, body)->ok());
}

TEST_CASE("after a failure nothing new starts, or what does not need it is finished") {
  const auto body = [](std::size_t job) -> Status {
    if (job == 1) return make_error(ErrorCode::io, "broken");
    return {};
  };
  using enum JobEnd;
  const JobsOutcome stopped = run_jobs(ladder(), {"step", 1, false, nullptr}, body).value();
  CHECK(stopped.ends == std::vector<JobEnd>{done, failed, not_started, not_started, not_started});
  CHECK(stopped.error->message() == "broken");
  const JobsOutcome finished = run_jobs(ladder(), {"step", 1, true, nullptr}, body).value();
  CHECK(finished.ends == std::vector<JobEnd>{done, failed, not_started, done, done});
  CHECK(finished.error->message() == "broken");
}

TEST_CASE("a cancelled run starts nothing more and is not a success") {
  Cancellation cancel;
  const auto body = [&](std::size_t job) -> Status {
    if (job == 0) cancel.request();
    return {};
  };
  const JobsOutcome outcome = run_jobs(ladder(), {"step", 1, true, &cancel}, body).value();
  CHECK(outcome.ends[0] == JobEnd::done);
  CHECK(outcome.ends[1] == JobEnd::not_started);
  REQUIRE(outcome.error);
  CHECK(outcome.error->code() == ErrorCode::interrupted);
}

}  // namespace
}  // namespace reef::action
