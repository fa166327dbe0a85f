#include "core/host/observer.h"

#include <algorithm>
#include <cctype>

#include "core/base/text.h"

namespace reef::host {
namespace {

// Larger files hold no version that a pattern should be tried on.
constexpr std::uint64_t kLargestRead = std::uint64_t{16} << 20U;

Stamp stamp_of(Filesystem& fs, const std::string& path) {
  const auto stat = fs.stat(path);
  if (!stat) return {};
  const bool folder = stat->type == FileType::folder;
  return {true,           folder,         stat->device, stat->inode, folder ? 0 : stat->size,
          stat->mtime_ns, stat->ctime_ns, stat->mode};
}

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// The number at the start of a text, without leading zeros.
std::string_view take_number(std::string_view& text) {
  const std::size_t digits =
      std::min(static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin()),
               text.size());
  std::string_view number = text.substr(0, digits);
  text.remove_prefix(digits);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

}  // namespace

Stamp Observer::stamp(const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = stamps_.find(path); known != stamps_.end()) return known->second;
  }
  const Stamp fresh = stamp_of(fs_, path);
  const std::lock_guard lock(mutex_);
  return stamps_.emplace(path, fresh).first->second;
}

Stamp Observer::stamp(const std::string& path, Trace& trace) {
  trace.insert(path);
  return stamp(path);
}

const std::vector<std::string>& Observer::list(const std::string& folder, Trace& trace) {
  const Stamp seen = stamp(folder, trace);
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = lists_.find(folder); known != lists_.end()) return known->second;
  }
  std::vector<std::string> names;
  if (seen.folder) names = fs_.list(folder).value_or(std::vector<std::string>());
  const std::lock_guard lock(mutex_);
  return lists_.emplace(folder, std::move(names)).first->second;
}

Result<std::string> Observer::read(const std::string& file, Trace& trace) {
  stamp(file, trace);
  return fs_.read_file(file, kLargestRead);
}

std::string Observer::real_path(const std::string& path) {
  const auto real = fs_.real_path(path);
  return real ? real->string() : path;
}

bool is_glob(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

bool naturally_higher(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view left = take_number(a);
      const std::string_view right = take_number(b);
      if (left.size() != right.size()) return left.size() > right.size();
      if (left != right) return left > right;
      continue;
    }
    if (a.front() != b.front()) return a.front() > b.front();
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() > b.size();
}

std::vector<std::string> expand_glob(Observer& observer, const std::string& pattern, Trace& trace) {
  std::vector<std::string> paths = {""};
  std::string literal;  // components since the last glob
  for (const std::string& component : split(pattern, '/')) {
    if (component.empty()) continue;
    if (!is_glob(component)) {
      literal += "/" + component;
      continue;
    }
    std::vector<std::string> matches;
    for (const std::string& path : paths) {
      const std::string folder = path + literal;
      std::vector<std::string> names;
      for (const std::string& name : observer.list(folder.empty() ? "/" : folder, trace))
        if (glob_matches(component, name)) names.push_back(name);
      std::sort(names.begin(), names.end(), naturally_higher);
      for (const std::string& name : names) matches.push_back(folder + "/" + name);
    }
    paths = std::move(matches);
    literal.clear();
  }
  std::vector<std::string> found;
  for (const std::string& path : paths)
    if (literal.empty() || observer.stamp(path + literal, trace).exists) found.push_back(path + literal);
  return found;
}

}  // namespace reef::host
