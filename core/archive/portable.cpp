#include "core/archive/portable.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace reef::archive {
namespace {

// Names of Windows' devices, with any ending.
bool is_reserved(std::string_view name) {
  const std::string stem = lower_case(name.substr(0, name.find('.')));
  constexpr std::array<std::string_view, 4> kDevices = {"con", "prn", "aux", "nul"};
  if (std::find(kDevices.begin(), kDevices.end(), stem) != kDevices.end()) return true;
  const bool numbered = stem.size() == 4 && stem[3] >= '1' && stem[3] <= '9';
  return numbered && (stem.starts_with("com") || stem.starts_with("lpt"));
}

// A combining mark of Latin, Greek or Cyrillic (U+0300..U+036F), or a Hangul letter that is part of a
// syllable (U+1160..U+11FF): written composed, the name would have other bytes.
bool is_decomposed(std::string_view name) {
  for (std::size_t i = 0; i + 1 < name.size(); ++i) {
    const auto first = static_cast<unsigned char>(name[i]);
    const auto second = static_cast<unsigned char>(name[i + 1]);
    if (first == 0xCC || (first == 0xCD && second < 0xB0)) return true;
    if (first == 0xE1 &&
        ((second == 0x85 && i + 2 < name.size() && static_cast<unsigned char>(name[i + 2]) >= 0xA0) ||
         second == 0x86 || second == 0x87))
      return true;
  }
  return false;
}

Failure wrong(std::string_view what) { return make_error(ErrorCode::invalid_input, "{}", what); }

std::string entry_text(const std::string& path) { return fmt::format("at the entry `{}`", printable(path)); }

}  // namespace

Status check_portable(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return wrong("the name holds a NUL byte");
  TRY(const std::string plain, entry_path(path, 0));
  if (plain != path) return wrong("the name is not written plainly: it holds `.`, `//` or a `/` at its end");
  if (path.find('\\') != std::string_view::npos) return wrong("the name holds a backslash");
  if (is_decomposed(path))
    return wrong("the name holds a decomposed character, and a twin in composed form could stand beside it");
  for (const std::string& part : split(path, '/')) {
    if (is_reserved(part))
      return make_error(ErrorCode::invalid_input, "the name `{}` is reserved on Windows", printable(part));
    if (part.ends_with('.') || part.ends_with(' '))
      return make_error(ErrorCode::invalid_input, "the name `{}` ends with a dot or a blank",
                        printable(part));
  }
  return {};
}

std::string folder_line(const std::string& path) { return fmt::format("d - {}{}{}", path, '\0', '\0'); }
std::string symlink_line(const std::string& path, const std::string& target) {
  return fmt::format("l - {}{}{}{}", path, '\0', target, '\0');
}
std::string file_line(const std::string& path, bool executable, const Digest& digest) {
  return fmt::format("f {} {}{}{}{}", executable ? 'x' : '-', path, '\0', digest.hex(), '\0');
}

Status TreeCheck::add(const std::string& path, TreePlan::Kind kind, const std::string& target) {
  const auto check = [&]() -> Status {
    if (++entries_ > kMostEntries)
      return make_error(ErrorCode::invalid_input, "it is entry {} of its tree, and {} are the most", entries_,
                        kMostEntries)
          .hint("pack very many small files as one file: a tar that the package unpacks");
    TRY_STATUS(check_portable(path));
    TRY_STATUS(check_part_of_package(path));
    if (kind == TreePlan::Kind::symlink) {
      if (target.find('\\') != std::string::npos || target.empty())
        return wrong("the link's target is empty or holds a backslash");
    }
    if (path == last_) return wrong("the archive holds this name twice");
    if (path < last_)
      return make_error(ErrorCode::invalid_input, "it comes after `{}`: entries must be sorted",
                        printable(last_));
    TRY(const std::vector<std::string> missing, plan_.add(path, kind, target));
    const std::size_t own = kind == TreePlan::Kind::folder ? 1 : 0;
    if (missing.size() > own)
      return make_error(ErrorCode::invalid_input, "the folder `{}` above it is missing",
                        printable(missing.front()));
    if (!plan_.case_collisions().empty())
      return make_error(ErrorCode::invalid_input, "two names differ only in case: {}",
                        printable(plan_.case_collisions().front()));
    last_ = path;
    return {};
  };
  return with_context(check(), [&] { return entry_text(path); });
}

Status TreeCheck::check_part_of_package(const std::string& path) const {
  if (rule_ == nullptr) return {};
  if (const auto reason = rule_->against(path)) return wrong(*reason);
  const auto signed_file = rule_->signed_archive(path);
  if (signed_file && !plan_.has(*signed_file))
    return wrong("it is a signature without its archive, which is no part of a package");
  return {};
}

Status TreeCheck::add_head(const std::string& path, std::string_view head) const {
  const auto reason = rule_ == nullptr ? std::nullopt : rule_->against(path, head);
  return reason ? with_context(Status(wrong(*reason)), entry_text(path)) : Status();
}

}  // namespace reef::archive
