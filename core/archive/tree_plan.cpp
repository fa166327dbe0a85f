#include "core/archive/tree_plan.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/base/text.h"

namespace reef {
namespace {

constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestPath = 4096;
constexpr std::size_t kDeepest = 256;
constexpr int kMostHops = 40;
constexpr std::size_t kMostCollisions = 20;

// Characters that make a name look like another on a screen: controls, and marks of writing direction.
bool deceives(std::string_view text) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  if (std::any_of(text.begin(), text.end(), is_control)) return true;
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    if (text[i] == '\xC2' && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;  // U+0080..U+009F
  constexpr std::array<std::string_view, 11> kMarks = {"\u200E", "\u200F", "\u202A", "\u202B",
                                                       "\u202C", "\u202D", "\u202E", "\u2066",
                                                       "\u2067", "\u2068", "\u2069"};
  return std::any_of(kMarks.begin(), kMarks.end(),
                     [&](std::string_view mark) { return text.find(mark) != std::string_view::npos; });
}

bool has_drive(std::string_view name) {
  return name.size() >= 2 && std::isalpha(static_cast<unsigned char>(name[0])) != 0 && name[1] == ':' &&
         (name.size() == 2 || name[2] == '\\' || name[2] == '/');
}

Status check_name(std::string_view name) {
  if (name.empty()) return make_error(ErrorCode::invalid_input, "the name is empty");
  if (!is_valid_utf8(name)) return make_error(ErrorCode::invalid_input, "the name is not valid UTF-8");
  if (deceives(name))
    return make_error(ErrorCode::invalid_input, "the name holds control or direction-changing characters");
  if (name.front() == '/' || has_drive(name))
    return make_error(ErrorCode::invalid_input, "the name is absolute");
  if (name.size() > kLongestPath)
    return make_error(ErrorCode::invalid_input, "the name has {} bytes, more than {}", name.size(),
                      kLongestPath);
  return {};
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string_view name_of(TreePlan::Kind kind) {
  switch (kind) {
    case TreePlan::Kind::folder:
      return "folder";
    case TreePlan::Kind::file:
      return "file";
    case TreePlan::Kind::symlink:
      return "link";
  }
  return "";
}

}  // namespace

Result<std::string> entry_path(std::string_view name, std::size_t strip) {
  TRY_STATUS(check_name(name));
  std::vector<std::string> parts;
  for (std::string& part : split(name, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return make_error(ErrorCode::invalid_input, "the name leads upwards (`..`)");
    if (part.size() > kLongestName)
      return make_error(ErrorCode::invalid_input, "the name has a part of {} bytes, more than {}",
                        part.size(), kLongestName);
    parts.push_back(std::move(part));
  }
  if (parts.size() > kDeepest)
    return make_error(ErrorCode::invalid_input, "the name is {} folders deep, more than {}", parts.size(),
                      kDeepest);
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(std::min(strip, parts.size())));
  return join(parts, "/");
}

void TreePlan::insert(const std::string& path, Node node) {
  if (node.kind == Kind::symlink) symlinks_.push_back(path);
  nodes_.emplace(path, std::move(node));
  const auto [first, is_new] = folded_.emplace(lower_case(path), path);
  if (is_new || case_collisions_.size() >= kMostCollisions) return;
  if (first->second != path && parent_of(first->second) == parent_of(path))
    case_collisions_.push_back(first->second + " and " + path);
}

Result<std::vector<std::string>> TreePlan::add(const std::string& path, Kind kind, std::string target) {
  if (const auto found = nodes_.find(path); found != nodes_.end()) {
    if (found->second.kind == Kind::folder && kind == Kind::folder) return std::vector<std::string>();
    return make_error(ErrorCode::invalid_input, "the archive holds this name twice, before as a {}",
                      name_of(found->second.kind));
  }
  std::vector<std::string> missing;
  for (std::string above = parent_of(path); !above.empty(); above = parent_of(above)) {
    const auto found = nodes_.find(above);
    if (found == nodes_.end()) {
      missing.push_back(above);
      continue;
    }
    if (found->second.kind == Kind::folder) break;
    return make_error(ErrorCode::invalid_input, "it is below `{}`, which is a {}", above,
                      name_of(found->second.kind));
  }
  std::reverse(missing.begin(), missing.end());
  for (const std::string& folder : missing) insert(folder, {Kind::folder, ""});
  insert(path, {kind, std::move(target)});
  if (kind == Kind::folder) missing.push_back(path);
  return missing;
}

bool TreePlan::has_file(const std::string& path) const {
  const auto found = nodes_.find(path);
  return found != nodes_.end() && found->second.kind == Kind::file;
}

Status TreePlan::check_links(const std::function<bool(const std::string& link)>& allows) const {
  for (const std::string& path : symlinks_) {
    Status status = follow(path);
    if (status || (allows && allows(path))) continue;
    return with_context(std::move(status), [&] { return fmt::format("unpacking `{}`", printable(path)); });
  }
  return {};
}

Status TreePlan::follow(const std::string& symlink) const {
  std::vector<std::string> here = split(symlink, '/');
  here.pop_back();
  std::vector<std::string> ahead;  // last first
  const auto go_to = [&](const std::string& target) {
    const std::vector<std::string> parts = split(target, '/');
    ahead.insert(ahead.end(), parts.rbegin(), parts.rend());
  };
  const std::string& first = target(symlink);
  const auto shown = [&] { return printable(first); };
  if (first.empty() || first.front() == '/' || has_drive(first))
    return make_error(ErrorCode::invalid_input, "the link leads to the absolute `{}`", shown());
  go_to(first);
  for (int hops = 0; !ahead.empty();) {
    const std::string part = std::move(ahead.back());
    ahead.pop_back();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (here.empty())
        return make_error(ErrorCode::invalid_input, "the link to `{}` leads out of the archive's tree",
                          shown());
      here.pop_back();
      continue;
    }
    here.push_back(part);
    const auto found = nodes_.find(join(here, "/"));
    if (found == nodes_.end() || found->second.kind != Kind::symlink) continue;
    if (++hops > kMostHops)
      return make_error(ErrorCode::invalid_input, "the link to `{}` leads in a circle", shown());
    here.pop_back();
    if (found->second.target.starts_with('/'))
      return make_error(ErrorCode::invalid_input, "the link to `{}` leads to an absolute one", shown());
    go_to(found->second.target);
  }
  return {};
}

}  // namespace reef
