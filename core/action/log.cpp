#include "core/action/log.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::action {
namespace {

constexpr std::size_t kRecent = std::size_t{32} << 10U;  // bytes in which the last lines are looked for
constexpr std::size_t kLongestLine = 1000;

// Keeps the last `keep` bytes, moving them only now and then.
void keep_last(std::string& text, std::size_t keep) {
  if (text.size() > 2 * keep) text.erase(0, text.size() - keep);
}

}  // namespace

Result<Log> Log::create(Filesystem& fs, const Path& path, std::uint64_t head, std::uint64_t tail) {
  if (!path.empty()) {
    TRY_STATUS(make_folders(fs, path.parent_path()));
    TRY_STATUS(with_context(fs.write_file(path, "", false), "starting the log"));
  }
  return Log(fs, path, head, tail);
}

void Log::write(std::string_view bytes) {
  if (path_.empty() || !status_ || bytes.empty()) return;
  status_ = with_context(fs_->append_file(path_, bytes), "writing the log");
}

void Log::append(std::string_view bytes) {
  total_ += bytes.size();
  recent_ += bytes;
  keep_last(recent_, kRecent);
  const std::string_view head = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), head_ - written_));
  write(head);
  written_ += head.size();
  if (path_.empty()) return;
  rest_ += bytes.substr(head.size());
  keep_last(rest_, tail_);
}

std::uint64_t Log::cut() const {
  const std::uint64_t beyond = total_ - written_;
  return beyond > tail_ ? beyond - tail_ : 0;
}

Status Log::finish() {
  if (cut() > 0) {
    rest_.erase(0, rest_.size() - tail_);
    write(fmt::format("\n[reef: {} ({} bytes) cut here]\n", format_bytes(cut()), cut()));
  }
  write(rest_);
  rest_.clear();
  return status_;
}

std::vector<std::string> Log::last_lines(std::size_t count) const {
  const bool whole = recent_.size() == total_;
  std::vector<std::string> lines = lines_of(recent_);
  if (!whole && lines.size() > 1) lines.erase(lines.begin());
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  for (std::string& line : lines) line = printable(line.substr(0, kLongestLine));
  return lines;
}

std::string log_hint(const Path& log) { return fmt::format("the whole log: {}", shell_quoted(log.string())); }

}  // namespace reef::action
