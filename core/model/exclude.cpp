#include "core/model/exclude.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

// `*`: anything, `?`: one character. Only the last `*` is ever tried again, so that no pattern takes longer
// than the product of both lengths.
bool name_matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t tried = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      tried = n;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      do ++n;
      while (n < name.size() && is_continuation(name[n]));
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++tried;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool matches(std::string_view pattern, std::string_view path) {
  if (pattern.find('/') == std::string_view::npos)
    return name_matches(pattern, path.substr(path.rfind('/') + 1));
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  const std::vector<std::string> patterns = split(pattern, '/');
  const std::vector<std::string> names = split(path, '/');
  return std::equal(patterns.begin(), patterns.end(), names.begin(), names.end(), &name_matches);
}

bool has_odd_part(std::string_view pattern) {
  const std::vector<std::string> parts = split(pattern, '/');
  return std::any_of(parts.begin(), parts.end(),
                     [](const std::string& part) { return part.empty() || part == "." || part == ".."; });
}

}  // namespace

Result<std::string> Exclude::parse(std::string_view pattern) {
  const auto refuse = [&](std::string_view why, std::string hint) {
    return make_error(ErrorCode::invalid_input, "`{}` {}", printable(pattern), why).hint(std::move(hint));
  };
  if (pattern.starts_with('!'))
    return refuse("takes nothing back: `exclude` has no `!`", "name what is to be left out more closely");
  if (pattern.find("**") != std::string_view::npos)
    return refuse(
        "has `**`, which `exclude` does not know",
        "a name without `/` is looked for in every folder, and a folder goes with all that is in it");
  if (pattern.find('[') != std::string_view::npos)
    return refuse("has a `[`, which `exclude` does not know", "`?` is any one character");
  const auto is_odd = [](char c) { return c == '\\' || static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (std::any_of(pattern.begin(), pattern.end(), is_odd))
    return refuse("has a backslash or a control character",
                  "write `/` between folders, `?` for an odd character");
  std::string_view inner = pattern;
  if (inner.starts_with('/')) inner.remove_prefix(1);
  if (inner.ends_with('/')) inner.remove_suffix(1);
  if (has_odd_part(inner))
    return refuse("is no pattern for names in the package's folder",
                  "for example `.venv`, `*.log`, `data/raw`, `/build`");
  return std::string(pattern.substr(0, pattern.size() - (pattern.ends_with('/') ? 1 : 0)));
}

const std::string* Exclude::reason_for(std::string_view path) const {
  if (empty() || path.empty() || path == "reef.json" || path == "reef.yaml") return nullptr;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = path.find('/', end + 1);
    const std::string_view above = path.substr(0, end);
    for (const std::string& pattern : patterns_)
      if (matches(pattern, above)) return &pattern;
  }
  return nullptr;
}

}  // namespace reef
