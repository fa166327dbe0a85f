#include "core/ops/interleave.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/bench/random.h"
#include "core/ops/compare.h"
#include "core/ops/pooled.h"

namespace reef::ops {
namespace {

constexpr auto kOneRun = std::chrono::milliseconds(200);
constexpr std::uint64_t kOneRunQueries = 100;
constexpr std::uint64_t kFewestPairs = 8;  // for a verdict on what varies

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (const std::string& word : split(text, ' '))
    if (!word.empty()) words.push_back(word);
  return words;
}

using Groups = std::map<std::string, std::vector<std::string>>;

Failure unknown_word(const std::string& name, const std::string& package, const Groups& groups,
                     const Action& action) {
  std::vector<std::string> known;
  for (const auto& [group, options] : groups) known.push_back(group);
  for (const Parameter& parameter : action.parameters) known.push_back(parameter.name);
  Failure error =
      make_error(ErrorCode::not_found, "`{}` has no variation, and its action `{}` no parameter `{}`",
                 package, action.name, printable(name));
  if (const auto hint = did_you_mean(name, known)) return std::move(error).hint(*hint);
  if (known.empty()) return error;
  return std::move(error).hint(fmt::format("there is {}", quoted_list(known, "and")));
}

// One of the two, ready to be run.
struct Ready {
  Plan plan;
  RunRequest run;
  std::vector<Record> records;  // measured ones, in the order of pairs
};

class Comparing {
 public:
  Comparing(Session& session, const InterleaveRequest& request, Reporter& reporter)
      : session_(session), request_(request), reporter_(reporter), random_(request.seed) {}

  Result<Interleaved> compare() {
    TRY(out_.a, parse_side(session_, request_.a, request_.action));
    TRY(out_.b, parse_side(session_, request_.b, request_.action));
    out_.id = std::string(kComparisonPrefix) +
              sha256(fmt::format("{}\n{}\n{}", request_.a, request_.b,
                                 session_.machine().clock.now().time_since_epoch().count()))
                  .brief();
    TRY(Ready a, prepare(out_.a));
    TRY(Ready b, prepare(out_.b));
    TRY_STATUS(check_same_load(a, b));
    for (const Ready* side : {&a, &b})
      TRY_STATUS(install(session_, side->plan, {request_.parallel}, reporter_).map([](const Installed&) {}));
    if (request_.pairs < kFewestPairs)
      reporter_.note(fmt::format("{} are too few to tell what varies from run to run: it takes {}",
                                 counted(request_.pairs, "pair"), kFewestPairs));
    TRY_STATUS(warm_up(a, b));
    Status done = measure(a, b);
    if (done && out_.pairs == 0)
      return make_error(ErrorCode::interrupted, "interrupted before the first pair was measured");
    if (done) done = judge(a, b);
    if (!done)
      return tl::make_unexpected(out_.pairs == 0 ? std::move(done).error()
                                                 : std::move(done).error().hint(where_pairs_are(out_.id)));
    out_.first_a = a.records.front();
    out_.first_b = b.records.front();
    return std::move(out_);
  }

 private:
  Result<Ready> prepare(const Side& side) {
    reporter_.stage(fmt::format("preparing {}", side.text));
    TRY(Plan plan, require_plan(session_, side.target, {}, reporter_));
    TRY(const Action* action, find_action(*plan.target_package().manifest, request_.action));
    RunRequest run;
    run.action = request_.action;
    run.parameters = side.parameters;
    run.benchmark = request_.benchmark;
    run.parallel = request_.parallel;
    run.time_limit = request_.time_limit;
    run.update_lock = false;
    const std::vector<const Action*> measured = measured_in(*plan.target_package().manifest, *action);
    const auto has_system = [](const Action* each) { return !each->benchmark->system.empty(); };
    if (!measured.empty()) {
      if (!run.benchmark.duration) run.benchmark.duration = kOneRun;
      // A bound says itself how many it takes to be sure of it.
      if (!run.benchmark.queries && !run.benchmark.bound &&
          std::all_of(measured.begin(), measured.end(), has_system))
        run.benchmark.queries = kOneRunQueries;
    }
    TRY_STATUS(check_benchmark(*plan.target_package().manifest, *action, run.benchmark));
    return Ready{std::move(plan), std::move(run), {}};
  }

  // "server (rate 500)"; empty for what is no benchmark.
  Result<std::string> load_text(const Ready& side) const {
    TRY(const Action* action, find_action(*side.plan.target_package().manifest, request_.action));
    if (!action->benchmark) return std::string();
    if (!action->benchmark->command.empty()) return std::string("command");
    TRY(const LoadSettings load, load_settings(*action->benchmark, side.run.benchmark));
    std::string out(name_of(load.scenario));
    if (load.scenario == Scenario::server && !load.find_peak) out += fmt::format(" (rate {})", load.rate);
    if (load.scenario == Scenario::multi_stream)
      out += fmt::format(" (samples_per_query {})", load.samples_per_query);
    return out;
  }

  // A latency under one load is no rival to one under another.
  Status check_same_load(const Ready& a, const Ready& b) const {
    TRY(const std::string load_a, load_text(a));
    TRY(const std::string load_b, load_text(b));
    if (load_a == load_b || load_a.empty() || load_b.empty()) return {};
    const bool settable = load_a != "command" && load_b != "command";
    Failure error =
        make_error(ErrorCode::invalid_input, "`{}` is measured as `{}`, `{}` as `{}`: these are two things",
                   printable(out_.a.text), load_a, printable(out_.b.text), load_b);
    if (!settable) return error;
    return std::move(error).hint("`--scenario`, and `--rate` with it, measures both in the same way");
  }

  Result<Record> run(Ready& side, std::uint64_t point, std::uint64_t round) {
    side.run.sweep = RecordedSweep{out_.id, point, round};
    TRY(RunReport report, ops::run(session_, side.plan, side.run, reporter_));
    if (report.failure)
      return tl::make_unexpected(
          std::move(*report.failure)
              .context(fmt::format("measuring {} (run `{}`)", point == 0 ? "A" : "B", report.record.id)));
    return std::move(report.record);
  }

  Status warm_up(Ready& a, Ready& b) {
    reporter_.stage("warming up both sides");
    TRY(const Record of_a, run(a, 0, 0));
    TRY(const Record of_b, run(b, 1, 0));
    return check_metrics(of_a, of_b);
  }

  // Who names a metric that is not there learns so now, and not after all pairs.
  Status check_metrics(const Record& a, const Record& b) const {
    std::vector<MetricComparison> metrics;
    for (const auto& [name, metric] : a.metrics) {
      const auto other = b.metrics.find(name);
      if (other == b.metrics.end()) continue;
      metrics.emplace_back();
      metrics.back().name = name;
      metrics.back().a = metric;
      metrics.back().b = other->second;
    }
    TRY_STATUS(keep_metrics(metrics, request_.metrics));
    return check_gate(request_.gate, metrics);
  }

  void report_progress(std::uint64_t pairs, MonotonicTime start) {
    const auto spent = session_.machine().clock.monotonic() - start;
    std::string left;
    if (out_.pairs > 0)
      left = fmt::format(", about {} left",
                         format_duration(spent * static_cast<std::int64_t>(pairs - out_.pairs) /
                                         static_cast<std::int64_t>(out_.pairs)));
    reporter_.stage(fmt::format("pair {} of {}{}", out_.pairs + 1, pairs, left));
  }

  Status measure(Ready& a, Ready& b) {
    const std::uint64_t pairs = (std::max<std::uint64_t>(request_.pairs, 1) + 1) / 2 * 2;
    const MonotonicTime start = session_.machine().clock.monotonic();
    while (out_.pairs < pairs) {
      if (request_.budget && out_.pairs > 0 &&
          session_.machine().clock.monotonic() - start > *request_.budget)
        break;
      const bool a_first = random_.below(2) == 0;  // ABBA, else BAAB
      for (const bool turned : {false, true}) {
        report_progress(pairs, start);
        const bool a_now = a_first != turned;
        auto first = a_now ? run(a, 0, out_.pairs + 1) : run(b, 1, out_.pairs + 1);
        auto second = !first  ? Result<Record>(tl::make_unexpected(first.error()))
                      : a_now ? run(b, 1, out_.pairs + 1)
                              : run(a, 0, out_.pairs + 1);
        if (!second) {
          if (second.error().code() != ErrorCode::interrupted || out_.pairs == 0)
            return tl::make_unexpected(second.error());
          out_.interrupted = true;
          return {};
        }
        a.records.push_back(a_now ? std::move(*first) : std::move(*second));
        b.records.push_back(a_now ? std::move(*second) : std::move(*first));
        ++out_.pairs;
      }
    }
    return {};
  }

  // Values of a metric in every run of a side; none when a run lacks it.
  static std::vector<double> values_of(const Ready& side, const std::string& name, RecordedMetric& last) {
    std::vector<double> values;
    for (const Record& record : side.records) {
      const auto found = record.metrics.find(name);
      if (found == record.metrics.end()) return {};
      last = found->second;
      if (!found->second.value) return {};
      values.push_back(*found->second.value);
    }
    return values;
  }

  Status judge(const Ready& a, const Ready& b) {
    std::set<std::string> names;
    for (const Ready* side : {&a, &b})
      for (const auto& [name, metric] : side->records.front().metrics) names.insert(name);
    for (const std::string& name : names) {
      if (!a.records.front().metrics.contains(name) || !b.records.front().metrics.contains(name)) {
        out_.left_out.push_back(name);
        continue;
      }
      MetricComparison metric;
      metric.name = name;
      const std::vector<double> of_a = values_of(a, name, metric.a);
      const std::vector<double> of_b = values_of(b, name, metric.b);
      compare_values(metric, of_a, of_b, true, request_.seed);
      for (std::size_t pair = 0; pair < a.records.size(); ++pair) {
        if (!is_incomparable(metric, a.records[pair], b.records[pair])) continue;
        metric.compared.reset();
        metric.verdict = MetricComparison{}.verdict;
        break;
      }
      if ((of_a.empty() || of_b.empty()) && !metric.b.problem.empty()) metric.note = metric.b.problem;
      out_.metrics.push_back(std::move(metric));
    }
    TRY_STATUS(keep_metrics(out_.metrics, request_.metrics));
    settle_verdicts(out_.metrics);
    return {};
  }

  Session& session_;
  const InterleaveRequest& request_;
  Reporter& reporter_;
  Random random_;
  Interleaved out_;
};

}  // namespace

Result<Side> parse_side(Session& session, const std::string& text, const std::string& action_name) {
  std::vector<std::string> words = words_of(text);
  std::string package;
  if (!words.empty() && words.front().find('=') == std::string::npos) {
    package = words.front();
    words.erase(words.begin());
  }
  TRY(const Target named, find_target(session, package, {}));
  TRY(const auto manifest, target_manifest(session, named));
  TRY(const Action* action, find_action(*manifest, action_name));
  TRY(const Groups groups, offered_options(session, named, false));
  Side side;
  side.text = text;
  std::vector<std::string> with;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (equals == std::string::npos || equals == 0)
      return make_error(ErrorCode::usage, "expected `name=value` after the package, got `{}`",
                        printable(word));
    const bool variation = groups.contains(name);
    const bool parameter = std::any_of(action->parameters.begin(), action->parameters.end(),
                                       [&](const Parameter& each) { return each.name == name; });
    if (variation || name.find('.') != std::string::npos)
      with.push_back(word);
    else if (parameter)
      side.parameters.emplace_back(name, word.substr(equals + 1));
    else
      return unknown_word(name, named.name, groups, *action);
  }
  TRY(side.target, find_target(session, package, with));
  return side;
}

std::string where_pairs_are(const std::string& id) {
  return fmt::format("the pairs that were measured are there: `reef runs --sweep {}`", id);
}

Result<Interleaved> compare_interleaved(Session& session, const InterleaveRequest& request,
                                        Reporter& reporter) {
  return Comparing(session, request, reporter).compare();
}

}  // namespace reef::ops
