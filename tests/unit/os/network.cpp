#include "core/os/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <optional>

namespace reef {
namespace {

constexpr int kNotAllowed = 77;
constexpr uid_t kNobody = 65534;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

// A socket that listens on a free port of the loopback; its port.
std::optional<std::uint16_t> listening_port(int server) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(server, reinterpret_cast<const sockaddr*>(&address), size) != 0 || listen(server, 16) != 0)
    return std::nullopt;
  getsockname(server, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

bool reaches(std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  const bool out = connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(client);
  return out;
}

// What is wrong with a process that left the network; 0: nothing.
int seen_by_child(std::uint16_t outer, bool as_nobody) {
  // Who changed its user is not dumpable until exec, and its files in /proc are root's.
  if (as_nobody && (setresuid(kNobody, kNobody, kNobody) != 0 || prctl(PR_SET_DUMPABLE, 1) != 0))
    return kNotAllowed;
  const uid_t user = getuid();
  if (!reaches(outer)) return 1;
  if (!leave_network()) return reaches(outer) ? kNotAllowed : 2;
  if (reaches(outer)) return 3;
  const auto own = listening_port(socket(AF_INET, SOCK_STREAM, 0));
  if (!own || !reaches(*own)) return 4;
  return getuid() == user ? 0 : 5;
}

}  // namespace

TEST_CASE("Who leaves the network has a loopback of its own, and stays the same user", "[network]") {
  const bool as_nobody = GENERATE(false, true);
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  const auto port = listening_port(server);
  REQUIRE(port);
  const pid_t child = fork();
  if (child == 0) _exit(seen_by_child(*port, as_nobody));
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNotAllowed)
    WARN("skipped: this system allows no network namespace");
  else
    CHECK(WEXITSTATUS(status) == 0);
  CHECK(reaches(*port));
  close(server);
}

}  // namespace reef
