#include "core/os/cancel.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <thread>

namespace reef {
namespace {

bool readable(int fd) {
  pollfd watched{fd, POLLIN, 0};
  return poll(&watched, 1, 0) == 1;
}

TEST_CASE("a cancellation is seen by the one who asks and by the one who sleeps, for ever") {
  Cancellation cancel;
  CHECK_FALSE(cancel.requested());
  CHECK(cancel.check().has_value());
  CHECK_FALSE(readable(cancel.fd()));
  for (int round = 0; round < 2; ++round) {
    cancel.request();
    CHECK(cancel.requested());
    CHECK(readable(cancel.fd()));
    CHECK(cancel.check().error().code() == ErrorCode::interrupted);
  }
}

// Runs the body in a process of its own and returns how that ended, as waitpid tells it.
template <class Body>
int status_of(const Body& body) {
  const pid_t child = fork();
  if (child == 0) {
    Cancellation cancel;
    install_signal_handlers(cancel);
    _exit(body(cancel));
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

TEST_CASE("the signals that end programs request cancellation instead") {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    const int status = status_of([&](Cancellation& cancel) {
      raise(number);
      return cancel.requested() && readable(cancel.fd()) ? 0 : 1;
    });
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  }
}

TEST_CASE("a program that ended because of a signal dies of it, of the first one") {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    const int status = status_of([&](Cancellation& cancel) -> int {
      raise(number);
      raise(SIGTERM);
      die_of(cancel.signal());
    });
    CHECK((WIFSIGNALED(status) && WTERMSIG(status) == number));
  }
}

TEST_CASE("a second Ctrl-C ends the process at once") {
  const int status = status_of([](Cancellation&) {
    raise(SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(350));
    raise(SIGINT);
    return 0;
  });
  CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGINT));
}

TEST_CASE("two SIGINTs of one moment are one request") {
  const int status = status_of([](Cancellation& cancel) {
    raise(SIGINT);
    raise(SIGINT);
    return cancel.requested() ? 5 : 0;
  });
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 5));
}

TEST_CASE("a second SIGTERM is patient") {
  const int status = status_of([](Cancellation&) {
    raise(SIGTERM);
    raise(SIGTERM);
    return 5;
  });
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 5));
}

TEST_CASE("writing to a broken pipe does not end the process") {
  const int status = status_of([](Cancellation&) {
    int ends[2];
    if (pipe(ends) != 0) return 1;
    close(ends[0]);
    return write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 2;
  });
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

TEST_CASE("a signal that whoever started us made us ignore stays ignored") {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGHUP, SIG_IGN);
    Cancellation cancel;
    install_signal_handlers(cancel);
    raise(SIGHUP);
    const bool quiet = !cancel.requested();
    raise(SIGTERM);
    _exit(quiet && is_ignored(SIGHUP) && cancel.requested() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

}  // namespace
}  // namespace reef
