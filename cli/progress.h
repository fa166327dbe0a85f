#pragma once

#include <map>
#include <mutex>

#include "cli/host.h"
#include "core/ops/reporter.h"

namespace reef::cli {

// What goes on, on stderr: one status line that is rewritten in place on a terminal; elsewhere only notes,
// and the output of programs. Silent when `quiet`. Safe for use by several threads.
class Progress : public ops::Reporter {
 public:
  // show_output: what an action's program prints is passed on as it comes, to the stream it was meant for;
  // with
  // `--json` all of it goes to stderr.
  Progress(const Host& host, bool show_output);
  ~Progress() override;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void stage(std::string_view text) override;
  void note(std::string_view text) override;
  void progress(std::string_view text) override;
  void last_lines(std::string_view of, const std::vector<std::string>& lines) override;
  void output(std::string_view bytes, bool is_error) override;
  void transfer_started(std::size_t id, const std::string& label,
                        std::optional<std::uint64_t> total) override;
  void transfer_advanced(std::size_t id, std::uint64_t bytes) override;
  void transfer_finished(std::size_t id, bool ok) override;

  // Takes the status line away, before something else is printed.
  void clear();

 private:
  struct Transfer {
    std::string label;
    std::uint64_t done = 0;
    std::optional<std::uint64_t> total;
  };
  void clear_line();
  void draw();
  void draw_now_and_then();
  std::string status() const;

  Clock& clock_;
  const Terminal terminal_;
  const bool quiet_;
  const bool json_;
  const bool show_output_;
  std::mutex mutex_;
  std::string stage_;
  std::map<std::size_t, Transfer> transfers_;
  MonotonicTime drawn_at_{};
  bool drawn_ = false;
};

}  // namespace reef::cli
