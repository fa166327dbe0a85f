#include "core/bench/library_host.h"

#include <reef/system.h>

#include <mutex>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/bench/engine.h"
#include "core/os/host_streams.h"
#include "core/os/line_pipe.h"
#include "core/os/precise_wait.h"
#include "core/os/shared_library.h"

namespace reef {
namespace {

// A library behind the C interface, in this process. Queries go in by a call; answers come by a call, too,
// from any thread.
class LibrarySystem : public System {
 public:
  LibrarySystem(Filesystem& fs, Clock& clock, Ledger& ledger, const Cancellation& cancel, bool accuracy)
      : fs_(fs), clock_(clock), ledger_(ledger), cancel_(cancel) {
    host_.abi = REEF_SYSTEM_ABI;
    host_.reef = this;
    host_.accuracy = accuracy ? 1 : 0;
    host_.complete = [](const reef_host* host, std::uint64_t query, std::size_t first, std::size_t count,
                        const reef_answer* answers) { of(host).complete(query, first, count, answers); };
    host_.fail = [](const reef_host* host, std::uint64_t query, const char* why) {
      of(host).give_up(fmt::format("the library could not answer query {}: {}", query,
                                   printable(why == nullptr ? "" : why)));
    };
    host_.metric = [](const reef_host* host, const char* name, double value) {
      if (name == nullptr) return of(host).give_up("the library reported a metric without a name (NULL)");
      const std::lock_guard guard(of(host).mutex_);
      of(host).metrics_.emplace_back(printable(name), value);
    };
  }

  Status open(const std::vector<std::string>& argv) {
    before_ = peak_memory_of(fs_, own_pid()).value_or(0);
    LibraryNames names{argv.front(), {argv.front()}, "the package that builds it"};
    const auto library = SharedLibrary::load(names);
    if (!library) return make_error(ErrorCode::not_found, "{}", library.error().message());
    const char* (*entry)(const reef_host*, int, const char* const*, reef_system*) = nullptr;
    if (const Status found = library->find("reef_system_open", entry); !found)
      return make_error(ErrorCode::invalid_input,
                        "the library `{}` does not export `reef_system_open` (include/reef/system.h)",
                        argv.front());
    std::vector<const char*> arguments;
    for (const std::string& each : argv) arguments.push_back(each.c_str());
    arguments.push_back(nullptr);
    if (const char* problem = entry(&host_, static_cast<int>(argv.size()), arguments.data(), &system_))
      return make_error(ErrorCode::io, "the library cannot be used: {}", printable(problem));
    if (system_.abi != REEF_SYSTEM_ABI)
      return make_error(ErrorCode::invalid_input,
                        "the library speaks version {} of the interface, this reef speaks version {}",
                        system_.abi, REEF_SYSTEM_ABI);
    if (system_.issue == nullptr)
      return make_error(ErrorCode::invalid_input, "the library has no function `issue`");
    return {};
  }

  std::uint64_t samples() const { return system_.samples; }

  Status issue(std::uint64_t id, std::span<const std::uint32_t> samples) override {
    query_ = samples;
    several_ = samples.size() > 1 ? id : 0;
    missing_.store(samples.size(), std::memory_order_relaxed);
    seen_ = bell_.count();
    system_.issue(system_.state, id, samples.data(), samples.size());
    return failed_.load(std::memory_order_relaxed) ? problem() : Status();
  }

  Status wait(MonotonicTime now, MonotonicTime until, bool for_answer) override {
    if (until <= now)
      relax_processor();
    else if (for_answer)
      bell_.wait(seen_, until);
    else
      sleep_until(until);
    seen_ = bell_.count();
    if (failed_.load(std::memory_order_acquire)) return problem();
    return cancel_.check();
  }

  // The largest resident set so far less what the load generator held by now is a lower bound of the
  // library's, for what the load generator holds only grows. It is no more below it than the load generator
  // grew between two looks: the first one after the library's peak sees it.
  void look(std::uint64_t held) override {
    if (const auto peak = peak_memory_of(fs_, own_pid()))
      peak_memory_ = std::max(peak_memory_.value_or(0), *peak - std::min(*peak, before_ + held));
  }

  // Of the library, or of a process that it started.
  std::optional<std::uint64_t> peak_memory() const {
    std::optional<std::uint64_t> out = peak_memory_;
    for (const int each : read_descendants(fs_, own_pid())) out = std::max(out, peak_memory_of(fs_, each));
    return out;
  }

  void keep_answers(std::vector<std::string>& answers) override { answers_ = &answers; }
  bool works_while_issued() const override { return true; }
  std::string_view noun() const override { return "library"; }

  Status end() {
    const char* problem = system_.end == nullptr ? nullptr : system_.end(system_.state);
    if (problem != nullptr)
      return make_error(ErrorCode::io, "the library ended badly after its last answer: {}",
                        printable(problem));
    return failed_.load(std::memory_order_acquire) ? this->problem() : Status();
  }
  std::vector<std::pair<std::string, double>> metrics() {
    const std::lock_guard guard(mutex_);
    return metrics_;
  }

 private:
  static LibrarySystem& of(const reef_host* host) { return *static_cast<LibrarySystem*>(host->reef); }

  void complete(std::uint64_t id, std::size_t first, std::size_t count, const reef_answer* answers) {
    const bool part = several_ == id;
    if (answers_ != nullptr && answers != nullptr) keep(first, count, answers);
    if (part ? take_part(first, count) : take_one(id, first, count)) finish(id);
  }

  // The last sample of a query was answered.
  void finish(std::uint64_t id) {
    if (const auto answer = ledger_.answer(id, clock_.monotonic()); answer != Ledger::Answer::taken)
      give_up(answer == Ledger::Answer::twice
                  ? fmt::format("the library answered query {} twice", id)
                  : fmt::format("the library answered query {}, which was not asked", id));
    bell_.ring();
  }

  bool take_one(std::uint64_t id, std::size_t first, std::size_t count) {
    if ((first == 0 && count == 1) || !ledger_.is_known(id)) return true;
    give_up(first == 0 ? fmt::format("the library answered {} samples of query {}, which has 1", count, id)
                       : fmt::format("the library answered samples {} to {} of query {}, which has 1", first,
                                     first + count, id));
    return false;
  }

  // Whether that was the last part.
  bool take_part(std::size_t first, std::size_t count) {
    const std::uint64_t missing = missing_.load(std::memory_order_acquire);
    if (first + count <= query_.size() && missing >= count)
      return missing_.fetch_sub(count, std::memory_order_acq_rel) == count;
    if (missing == 0)
      give_up(fmt::format("the library answered query {} twice", several_));
    else
      give_up(fmt::format("the library answered samples {} to {} of query {}, which has {} and misses {}",
                          first, first + count, several_, query_.size(), missing));
    return false;
  }

  void keep(std::size_t first, std::size_t count, const reef_answer* answers) {
    for (std::size_t i = 0; i < count && first + i < query_.size(); ++i)
      (*answers_)[query_[first + i]] =
          printable(std::string_view(static_cast<const char*>(answers[i].data), answers[i].size));
  }

  void give_up(std::string why) {
    const std::lock_guard guard(mutex_);
    if (why_.empty()) why_ = std::move(why);
    failed_.store(true, std::memory_order_release);
    bell_.ring();
  }
  Status problem() {
    const std::lock_guard guard(mutex_);
    return make_error(ErrorCode::invalid_input, "{}", why_);
  }

  Filesystem& fs_;
  Clock& clock_;
  Ledger& ledger_;
  const Cancellation& cancel_;
  std::uint64_t before_ = 0;                  // bytes: the largest resident set without the library
  std::optional<std::uint64_t> peak_memory_;  // of the library
  reef_host host_{};
  reef_system system_{};
  std::span<const std::uint32_t> query_;
  std::uint64_t several_ = 0;  // the query that has several samples; 0: none
  std::atomic<std::uint64_t> missing_{0};
  NewsBell bell_;
  std::uint32_t seen_ = 0;
  std::vector<std::string>* answers_ = nullptr;
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::string why_;
  std::vector<std::pair<std::string, double>> metrics_;
};

struct Orders {
  std::vector<std::string> argv;
  int region = -1;
  LoadSettings settings;
};

Result<Orders> read_orders(const Cancellation& cancel, Clock& clock) {
  constexpr int kNoOutput = -1;  // `tell` writes, and waits for whoever reads
  LinePipe input(kNoOutput, 0, std::size_t{1} << 20U, &cancel);
  std::string_view line;
  if (input.receive(line, clock.monotonic(), std::chrono::seconds(60)) != PipeEvent::done)
    return make_error(ErrorCode::usage, "this is a part of reef that only reef starts");
  TRY(const json::Document document, json::parse("orders", std::string(line)));
  Orders out;
  out.argv = document.root.at("argv").get<std::vector<std::string>>();
  out.region = document.root.at("region").get<int>();
  TRY(out.settings, load_settings_from(document.root.at("settings")));
  return out;
}

Status tell(int fd, json::Value message) { return write_all(fd, message.dump() + "\n"); }

Result<LoadResult> measure(const Orders& orders, int out, Filesystem& fs, Clock& clock,
                           const Cancellation& cancel) {
  TRY(Ledger ledger, Ledger::open(orders.region));
  LibrarySystem library(fs, clock, ledger, cancel, orders.settings.mode == LoadMode::accuracy);
  TRY_STATUS(library.open(orders.argv));
  TRY_STATUS(tell(out, {{"ready", library.samples()}}));
  LoadResult result;
  // In a closed loop what a query costs us is little and known. While an open loop waits, asleep or spinning,
  // the system counts that as the library's, and nobody could tell the two apart.
  const bool open_loop = orders.settings.scenario == Scenario::server;
  const auto usage = [&] { return open_loop ? ProcessUsage() : read_usage(fs, own_pid()); };
  LoadEngine engine(library, clock, ledger, orders.settings, &cancel, usage, result);
  engine.leave_in_ledger();
  Status status = engine.run(library.samples());
  result.peak_memory = library.peak_memory();
  ledger.front().phase = LoadPhase::ending;
  if (status) status = library.end();
  result.metrics = library.metrics();
  if (!status && result.outcome == Outcome::valid) {
    const bool interrupted = status.error().code() == ErrorCode::interrupted;
    result.outcome = interrupted ? Outcome::interrupted : Outcome::invalid;
    result.reason = status.error().message();
  }
  return result;
}

}  // namespace

int host_library(Filesystem& fs, Clock& clock, const Cancellation& cancel) {
  const auto orders = read_orders(cancel, clock);
  if (!orders) return static_cast<int>(orders.error().code());
  const auto out = take_standard_output();
  if (!out) return static_cast<int>(ErrorCode::io);
  const auto result = measure(*orders, *out, fs, clock, cancel);
  const Status told = result ? tell(*out, {{"result", to_json(*result)}})
                             : tell(*out, {{"problem", result.error().message()}});
  // The library may have threads that still run: nothing of it is torn down.
  end_process(told ? 0 : static_cast<int>(ErrorCode::io));
}

}  // namespace reef
