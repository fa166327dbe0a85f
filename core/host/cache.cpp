#include "core/host/cache.h"

#include <algorithm>
#include <charconv>

namespace reef::host {
namespace {

constexpr std::string_view kFormat = "reef tools 4\n";
// Timestamps advance in steps of up to 10 ms (a tick of the slowest usual kernel): a file changed twice
// within one step looks unchanged.
constexpr std::int64_t kTimestampStep = 10'000'000;

// A number and a blank; a text with its length and a colon before it; a list with its length before it; the
// end of a line.
class Writer {
 public:
  template <class Number>
  void number(Number value) {
    out_ += std::to_string(value);
    out_ += ' ';
  }
  void text(std::string_view value) {
    out_ += std::to_string(value.size());
    out_ += ':';
    out_ += value;
  }
  template <class List, class Each>
  void list(const List& list, const Each& each) {
    number(list.size());
    for (const auto& item : list) each(item);
  }
  void line() { out_ += '\n'; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// What Writer wrote. After something else has come every answer is empty, and `is_at_end` is false.
class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  template <class Number>
  void number(Number& value) {
    value = number_until<Number>(' ');
  }
  void text(std::string& value) {
    const auto size = number_until<std::size_t>(':');
    if (size > rest_.size()) fail();
    value = rest_.substr(0, is_good_ ? size : 0);
    rest_.remove_prefix(value.size());
  }
  template <class Each>
  void list(const Each& each) {
    for (auto left = number_until<std::size_t>(' '); left > 0 && is_good_; --left) each();
  }
  void line() {
    if (!rest_.starts_with('\n')) return fail();
    rest_.remove_prefix(1);
  }
  void fail() {
    is_good_ = false;
    rest_ = {};
  }
  bool is_at_end() const { return is_good_ && rest_.empty(); }

 private:
  template <class Number>
  Number number_until(char end) {
    Number value{};
    const auto [at, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const auto length = static_cast<std::size_t>(at - rest_.data());
    if (error != std::errc() || length == rest_.size() || *at != end) {
      fail();
      return {};
    }
    rest_.remove_prefix(length + 1);
    return value;
  }

  std::string_view rest_;
  bool is_good_ = true;
};

void write(Writer& out, const Exports& exports) {
  out.list(exports.env, [&](const auto& item) {
    out.text(item.first);
    out.number(static_cast<int>(item.second.kind));
    out.text(item.second.value);
  });
  out.list(exports.values, [&](const auto& item) {
    out.text(item.first);
    out.list(item.second, [&](const std::string& value) { out.text(value); });
  });
}

Exports read_exports(Reader& in) {
  using Kind = Exports::Variable::Kind;
  Exports exports;
  std::string name;
  in.list([&] {
    in.text(name);
    Exports::Variable& variable = exports.env[name];
    int kind = 0;
    in.number(kind);
    if (kind < 0 || kind > static_cast<int>(Kind::append)) in.fail();
    variable.kind = static_cast<Kind>(kind);
    in.text(variable.value);
  });
  in.list([&] {
    in.text(name);
    std::vector<std::string>& values = exports.values[name];
    in.list([&] { in.text(values.emplace_back()); });
  });
  return exports;
}

void write(Writer& out, const FoundTool& tool) {
  for (const std::string* text : {&tool.version.text(), &tool.path, &tool.real_path, &tool.digest})
    out.text(*text);
  out.list(tool.files, [&](const auto& item) {
    out.text(item.first);
    out.text(item.second.real_path);
    out.text(item.second.digest);
  });
  out.list(tool.provides, [&](const auto& item) {
    out.text(item.first);
    out.text(item.second.text());
  });
  write(out, tool.exports);
}

Version read_version(Reader& in) {
  std::string text;
  in.text(text);
  return Version::parse_loose(text).value_or(Version());
}

FoundTool read_found(Reader& in, const std::string& name) {
  FoundTool tool;
  tool.name = name;
  tool.version = read_version(in);
  for (std::string* text : {&tool.path, &tool.real_path, &tool.digest}) in.text(*text);
  std::string key;
  in.list([&] {
    in.text(key);
    ToolFile& file = tool.files[key];
    in.text(file.real_path);
    in.text(file.digest);
  });
  in.list([&] {
    in.text(key);
    tool.provides[key] = read_version(in);
  });
  tool.exports = read_exports(in);
  return tool;
}

void write(Writer& out, const Stamp& stamp) {
  out.number(stamp.exists ? 1 : 0);
  if (!stamp.exists) return;
  out.number(stamp.folder ? 1 : 0);
  out.number(stamp.device);
  out.number(stamp.inode);
  out.number(stamp.size);
  out.number(stamp.mtime_ns);
  out.number(stamp.ctime_ns);
  out.number(stamp.mode);
}

bool read_flag(Reader& in) {
  unsigned value = 0;
  in.number(value);
  if (value > 1) in.fail();
  return value == 1;
}

Stamp read_stamp(Reader& in) {
  Stamp stamp;
  stamp.exists = read_flag(in);
  if (!stamp.exists) return stamp;
  stamp.folder = read_flag(in);
  in.number(stamp.device);
  in.number(stamp.inode);
  in.number(stamp.size);
  in.number(stamp.mtime_ns);
  in.number(stamp.ctime_ns);
  in.number(stamp.mode);
  return stamp;
}

Cache::Uses read_uses(Reader& in) {
  Cache::Uses uses;
  in.list([&] { in.number(uses.emplace_back()); });
  return uses;
}

Cache::Tool read_tool(Reader& in, const std::string& name) {
  Cache::Tool tool;
  in.text(tool.spec);
  in.text(tool.search);
  in.number(tool.looked);
  tool.folders = read_uses(in);
  in.list([&] {
    Cache::Candidate& candidate = tool.candidates.emplace_back();
    in.text(candidate.path);
    if (read_flag(in))
      candidate.found = read_found(in, name);
    else
      in.text(candidate.reason);
    candidate.unanswered = read_flag(in);
    candidate.of_script = read_flag(in);
    candidate.uses = read_uses(in);
  });
  return tool;
}

// Gives the stamps that are still used new, dense numbers.
class Renumber {
 public:
  void write(Writer& out, const Cache::Uses& old) {
    out.list(old,
             [&](std::size_t index) { out.number(numbers_.emplace(index, numbers_.size()).first->second); });
  }
  std::vector<std::size_t> order() const {
    std::vector<std::size_t> old(numbers_.size());
    for (const auto& [index, number] : numbers_) old[number] = index;
    return old;
  }

 private:
  std::map<std::size_t, std::size_t> numbers_;
};

}  // namespace

Cache Cache::load(Filesystem& fs, const Path& file) {
  const auto text = fs.read_file(file);
  if (!text || !text->starts_with(kFormat)) return {};
  Reader in(std::string_view(*text).substr(kFormat.size()));
  Cache cache;
  in.list([&] {
    std::string name;
    in.text(name);
    cache.tools_.emplace(name, read_tool(in, name));
  });
  in.line();
  in.list([&] {
    Entry& entry = cache.stamps_.emplace_back();
    in.text(entry.path);
    entry.stamp = read_stamp(in);
  });
  const auto are_known = [&](const Uses& uses) {
    return std::all_of(uses.begin(), uses.end(),
                       [&](std::size_t index) { return index < cache.stamps_.size(); });
  };
  const bool is_whole =
      in.is_at_end() && std::all_of(cache.tools_.begin(), cache.tools_.end(), [&](const auto& item) {
        const std::vector<Candidate>& candidates = item.second.candidates;
        return are_known(item.second.folders) &&
               std::all_of(candidates.begin(), candidates.end(),
                           [&](const Candidate& candidate) { return are_known(candidate.uses); });
      });
  return is_whole ? std::move(cache) : Cache();
}

std::string Cache::text() const {
  Renumber renumber;
  Writer out;
  out.list(tools_, [&](const auto& item) {
    const Tool& tool = item.second;
    out.text(item.first);
    out.text(tool.spec);
    out.text(tool.search);
    out.number(tool.looked);
    renumber.write(out, tool.folders);
    out.list(tool.candidates, [&](const Candidate& candidate) {
      out.text(candidate.path);
      out.number(candidate.found ? 1 : 0);
      if (candidate.found)
        write(out, *candidate.found);
      else
        out.text(candidate.reason);
      out.number(candidate.unanswered ? 1 : 0);
      out.number(candidate.of_script ? 1 : 0);
      renumber.write(out, candidate.uses);
    });
  });
  out.line();
  out.list(renumber.order(), [&](std::size_t index) {
    out.text(stamps_[index].path);
    write(out, stamps_[index].stamp);
  });
  return std::string(kFormat) + out.take();
}

const Cache::Tool* Cache::find(const std::string& name) const {
  const auto at = tools_.find(name);
  return at == tools_.end() ? nullptr : &at->second;
}

Cache::Uses Cache::add(const Trace& trace, Observer& observer) {
  if (newest_.empty())
    for (std::size_t i = 0; i < stamps_.size(); ++i) newest_[stamps_[i].path] = i;
  Uses uses;
  for (const std::string& path : trace) {
    const Stamp stamp = observer.stamp(path);
    const auto at = newest_.find(path);
    if (at == newest_.end() || stamps_[at->second].stamp != stamp) {
      newest_[path] = stamps_.size();
      stamps_.push_back({path, stamp});
    }
    uses.push_back(newest_[path]);
  }
  return uses;
}

bool Cache::holds(const Uses& uses, std::int64_t looked, Observer& observer) const {
  return std::all_of(uses.begin(), uses.end(), [&](std::size_t index) {
    const Entry& entry = stamps_[index];
    if (entry.stamp.mtime_ns + kTimestampStep > looked) return false;
    return observer.stamp(entry.path) == entry.stamp;
  });
}

void Cache::remember(Digests& digests) const {
  for (const auto& [name, tool] : tools_)
    for (const Candidate& candidate : tool.candidates) {
      if (!candidate.found) continue;
      std::map<std::string_view, std::string_view> known = {
          {candidate.found->real_path, candidate.found->digest}};
      for (const auto& [path, file] : candidate.found->files) known.emplace(file.real_path, file.digest);
      for (const std::size_t index : candidate.uses) {
        const auto& [path, stamp] = stamps_[index];
        const auto at = known.find(path);
        if (at != known.end() && stamp.mtime_ns + kTimestampStep <= tool.looked)
          digests.remember(path, stamp, std::string(at->second));
      }
    }
}

}  // namespace reef::host
