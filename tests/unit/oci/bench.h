#pragma once

#include "core/oci/file_sink.h"
#include "core/oci/repository.h"
#include "tests/support/oci_server.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef::test {

// A client of registries, real but for its patience.
class OciBench {
 public:
  explicit OciBench(Environment environment = {});

  oci::Access access() { return {scratch.disk(), *processes, *http, *clock, env, cancel}; }
  // The repository of a reference without tag.
  oci::Repository repository(const std::string& reference);
  oci::Repository repository(const OciServer& server, const std::string& name = "a/b") {
    return repository("oci://" + server.host() + "/" + name);
  }
  std::string login_variable(const OciServer& server, const std::string& what) const;

  ScratchFolder scratch;
  Environment env;
  std::unique_ptr<ProcessRunner> processes = make_process_runner();
  std::unique_ptr<HttpClient> http;
  std::unique_ptr<Clock> clock = make_system_clock();
  Cancellation cancel;
  oci::Patience patience;

 private:
  std::vector<std::unique_ptr<oci::Remote>> remotes_;
};

oci::Descriptor blob_of(const std::string& bytes);
HttpBody body_of(const std::string& bytes);
// Bytes that repeat nowhere near.
std::string noise(std::size_t size);

// The rendered error, or "none".
template <class T>
std::string error_of(const Result<T>& result) {
  return result ? "none" : render(result.error());
}

// A blob in memory.
class MemorySink : public oci::BlobSink {
 public:
  explicit MemorySink(std::string kept = "") : bytes(std::move(kept)) {}
  std::uint64_t size() const override { return bytes.size(); }
  Status start_over() override;
  Status append(std::string_view more) override;
  Result<Digest> finish() override { return sha256(bytes); }

  std::string bytes;
  int started_over = 0;
};

}  // namespace reef::test
