#include "cli/progress.h"

#include "cli/output.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::cli {
namespace {

constexpr auto kBetweenDrawings = std::chrono::milliseconds(80);

std::string bar(std::uint64_t done, std::uint64_t total) {
  constexpr std::size_t kWidth = 20;
  const auto filled = total == 0
                          ? kWidth
                          : static_cast<std::size_t>(static_cast<double>(kWidth) * static_cast<double>(done) /
                                                     static_cast<double>(total));
  return "[" + std::string(std::min(filled, kWidth), '#') +
         std::string(kWidth - std::min(filled, kWidth), '.') + "]";
}

}  // namespace

Progress::Progress(const Host& host, bool show_output)
    : clock_(host.clock),
      terminal_(host.terminal),
      quiet_(host.quiet || host.json),
      json_(host.json),
      show_output_(show_output) {}

Progress::~Progress() { clear(); }

void Progress::clear() {
  const std::lock_guard guard(mutex_);
  clear_line();
}

void Progress::clear_line() {
  if (!drawn_) return;
  print_for_people(line_eraser(terminal_));
  drawn_ = false;
}

std::string Progress::status() const {
  if (transfers_.empty()) return stage_;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  bool known = true;
  for (const auto& [id, transfer] : transfers_) {
    done += transfer.done;
    total += transfer.total.value_or(0);
    known = known && transfer.total.has_value();
  }
  const std::string label = transfers_.size() == 1 ? transfers_.begin()->second.label
                                                   : fmt::format("{} transfers", transfers_.size());
  if (!known || total == 0) return fmt::format("fetching {} {}", label, format_bytes(done));
  return fmt::format("fetching {} {} {} of {}", label, bar(done, total), format_bytes(done),
                     format_bytes(total));
}

void Progress::draw() {
  const std::string_view eraser = line_eraser(terminal_);
  if (quiet_ || eraser.empty()) return;
  drawn_at_ = clock_.monotonic();
  std::string text = printable(status());
  if (text.size() + 1 > terminal_.width) text.resize(terminal_.width > 1 ? terminal_.width - 1 : 0);
  print_for_people(fmt::format("{}{}", eraser, styled(text, Style::dim, terminal_)));
  drawn_ = true;
}

void Progress::draw_now_and_then() {
  if (clock_.monotonic() - drawn_at_ >= kBetweenDrawings) draw();
}

void Progress::stage(std::string_view text) {
  const std::lock_guard guard(mutex_);
  stage_ = text;
  draw();
}

void Progress::note(std::string_view text) {
  if (quiet_) return;
  const std::lock_guard guard(mutex_);
  clear_line();
  print_for_people(fmt::format("note: {}\n", printable(text)));
}

void Progress::progress(std::string_view text) {
  if (quiet_) return;
  const std::lock_guard guard(mutex_);
  clear_line();
  print_for_people(printable(text) + "\n");
}

void Progress::last_lines(std::string_view of, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  const std::lock_guard guard(mutex_);
  clear_line();
  std::string text = fmt::format("the last lines of {}:\n", printable(of));
  for (const std::string& line : lines) text += fmt::format("  | {}\n", printable(line));
  print_for_people(text);
}

void Progress::output(std::string_view bytes, bool is_error) {
  if (!show_output_) return;
  const std::lock_guard guard(mutex_);
  clear_line();
  is_error || json_ ? print_for_people(bytes) : print(bytes);
}

void Progress::transfer_started(std::size_t id, const std::string& label,
                                std::optional<std::uint64_t> total) {
  const std::lock_guard guard(mutex_);
  transfers_[id] = {label, 0, total};
  draw();
}

void Progress::transfer_advanced(std::size_t id, std::uint64_t bytes) {
  const std::lock_guard guard(mutex_);
  transfers_[id].done += bytes;
  draw_now_and_then();
}

void Progress::transfer_finished(std::size_t id, bool /*ok*/) {
  const std::lock_guard guard(mutex_);
  transfers_.erase(id);
  draw_now_and_then();
}

}  // namespace reef::cli
