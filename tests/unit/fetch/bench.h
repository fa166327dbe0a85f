#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "core/fetch/fetch.h"
#include "tests/support/http_server.h"

namespace reef::test {

// Remembers what it was told.
struct Recorder : fetch::Progress {
  void started(std::size_t id, const std::string& label, std::optional<std::uint64_t> total) override;
  void advanced(std::size_t id, std::uint64_t bytes) override;
  void finished(std::size_t id, bool ok) override;

  std::mutex mutex;
  std::vector<std::string> events;  // "0 started a.bin 5", "0 finished"
  std::atomic<std::uint64_t> bytes{0};
};

// Everything fetch_all wants, real but for its patience, in a folder of its own.
class Bench {
 public:
  Bench();
  ~Bench();
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  Result<std::vector<fetch::Fetched>> fetch_all(const std::vector<Source>& sources);
  Result<fetch::Fetched> fetch(const Source& source);
  // The rendered error; "fetched" when there was none.
  std::string error_of(const Source& source);
  std::string read(const Path& path) { return fs->read_file(path).value_or("<nothing>"); }
  void write(const Path& path, const std::string& bytes, std::uint32_t mode = 0644);
  // What lies in the download cache: names of files other than locks and memories, relative to it.
  std::vector<std::string> cached();
  Path package() const { return root / "package"; }

  std::unique_ptr<Filesystem> fs = make_disk();
  std::unique_ptr<ProcessRunner> runner = make_process_runner();
  std::unique_ptr<HttpClient> client = make_http_client({});
  std::unique_ptr<Clock> clock = make_system_clock();
  Cancellation cancel;
  Recorder progress;
  fetch::Settings settings;
  Path root;
};

Source url_source(const std::string& url, const std::string& body, bool with_size = false);
Source path_source(const std::string& path);

}  // namespace reef::test
