#include "tests/unit/oci/bench.h"

#include "core/os/environment.h"

namespace reef::test {

OciBench::OciBench(Environment environment) : env(std::move(environment)) {
  // Nobody's real logins.
  env.try_emplace("HOME", (scratch / "home").string());
  http = make_http_client(env);
  patience.first_delay = std::chrono::milliseconds(1);
  patience.longest_delay = std::chrono::milliseconds(5);
  patience.stall_timeout = std::chrono::milliseconds(20'000);
}

oci::Repository OciBench::repository(const std::string& reference) {
  const oci::Reference place = value(oci::Reference::parse(reference));
  remotes_.push_back(std::make_unique<oci::Remote>(access(), place, "", patience));
  return {*remotes_.back(), place.repository};
}

std::string OciBench::login_variable(const OciServer& server, const std::string& what) const {
  return reef::login_variable(server.host(), what);
}

oci::Descriptor blob_of(const std::string& bytes) {
  return {"application/octet-stream", sha256(bytes), bytes.size(), {}};
}

HttpBody body_of(const std::string& bytes) { return {bytes, {}, 0, 0}; }

std::string noise(std::size_t size) {
  std::string out(size, '\0');
  std::uint64_t seed = 1;
  for (char& c : out) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    c = static_cast<char>(seed >> 56U);
  }
  return out;
}

Status MemorySink::start_over() {
  ++started_over;
  bytes.clear();
  return {};
}

Status MemorySink::append(std::string_view more) {
  bytes.append(more);
  return {};
}

}  // namespace reef::test
