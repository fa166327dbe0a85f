// One limit for all the searches of a command.
#include <catch2/catch.hpp>

#include "core/ops/plan.h"
#include "core/ops/universe.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef::ops {
namespace {

using test::ScratchFolder;
using test::value;

// A second later each time somebody looks.
class HastyClock : public Clock {
 public:
  SystemTime now() override { return {}; }
  MonotonicTime monotonic() override { return time_ += std::chrono::seconds(1); }
  void sleep_for(std::chrono::nanoseconds /*duration*/) override {}

 private:
  MonotonicTime time_;
};

void write(ScratchFolder& scratch, const std::string& name, const std::string& version,
           const json::Value& needs) {
  const json::Value manifest = {
      {"reef", 1}, {"name", name}, {"version", version}, {"kind", "library"}, {"dependencies", needs}};
  scratch.write("packages/" + name + "-" + version + "/reef.json", manifest.dump());
}

// Guests for one room less, one guest a room: no closure, and long to prove.
void write_hotel(ScratchFolder& scratch, int guests) {
  json::Value all = json::Value::object();
  for (int guest = 0; guest < guests; ++guest) {
    const std::string name = fmt::format("guest-{}", guest);
    all[name] = {{"package", name}};
    for (int room = 1; room < guests; ++room) {
      const std::string where = fmt::format("room-{}", room);
      write(scratch, name, fmt::format("{}.0.0", room),
            {{where, {{"package", where}, {"version", fmt::format("={}.0.0", guest)}}}});
      write(scratch, where, fmt::format("{}.0.0", guest), json::Value::object());
    }
  }
  write(scratch, "hotel", "1.0.0", all);
}

}  // namespace

TEST_CASE("all the searches of a command share one limit") {
  ScratchFolder scratch;
  write_hotel(scratch, 10);
  HastyClock clock;
  const std::unique_ptr<ProcessRunner> processes = make_process_runner();
  const Environment env = {{"PATH", "/nowhere"}};
  const Cancellation cancel;
  const Machine machine{scratch.disk(), *processes, clock, env, cancel};
  const auto session = value(Session::open_in(machine, {scratch / "home"}, {scratch / "packages"}, true));
  Target target;
  target.name = "hotel";
  const auto conflicts_of_search = [&] {
    SessionUniverse universe(*session, nullptr);
    resolve::Request request = solver_request(*session, target, {}, {});
    const resolve::Outcome outcome = value(search_closure(*session, universe, request));
    const auto& gave_up = std::get<resolve::GaveUp>(outcome);
    CHECK(gave_up.out_of_time);
    return gave_up.statistics.conflicts;
  };
  const std::uint64_t first = conflicts_of_search();
  CHECK(first > 256);
  CHECK(conflicts_of_search() == 256);
  // Another question has a limit of its own.
  session->begin_searches();
  CHECK(conflicts_of_search() == first);
}

}  // namespace reef::ops
