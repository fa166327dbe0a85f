#include "core/os/time_limit.h"

#include <catch2/catch.hpp>

using namespace reef;
using namespace std::chrono_literals;

namespace {

bool comes(const Cancellation& cancel) {
  for (int i = 0; i < 1000 && !cancel.requested(); ++i) std::this_thread::sleep_for(10ms);
  return cancel.requested();
}

}  // namespace

TEST_CASE("a time limit stops the work when the time is over, and says that it was the time") {
  const TimeLimit limit(nullptr, 20ms);
  CHECK(comes(*limit.cancellation()));
  CHECK(limit.is_over());
}

TEST_CASE("the user may stop the work before its time is over") {
  Cancellation user;
  const TimeLimit limit(&user, std::chrono::hours(1));
  CHECK(!limit.cancellation()->requested());
  user.request();
  CHECK(comes(*limit.cancellation()));
  CHECK(!limit.is_over());
}

TEST_CASE("work that ends in time was not stopped, and without a limit only the user can") {
  Cancellation user;
  { const TimeLimit limit(&user, std::chrono::hours(1)); }
  const TimeLimit none(&user, std::nullopt);
  CHECK(none.cancellation() == &user);
  CHECK(!none.is_over());
  CHECK(TimeLimit(nullptr, std::nullopt).cancellation() == nullptr);
}
