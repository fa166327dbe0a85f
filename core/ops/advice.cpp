#include "core/ops/advice.h"

#include "core/base/text.h"

namespace reef::ops {

std::string shown_from(const Session& session, std::string text) {
  const std::string prefix = session.cwd().string() + "/";
  if (prefix.size() < 3) return text;
  for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at))
    if (at == 0 || text[at - 1] == ' ' || text[at - 1] == '(')
      text.erase(at, prefix.size());
    else
      ++at;
  return text;
}

std::string way_to(const Session& session, const Target& target) {
  return target.project ? way_to(session, *target.project) : "";
}

std::string way_to(const Session& session, const Project& project) {
  if (project.folder == session.cwd()) return "";
  Filesystem& fs = session.machine().fs;
  const auto around = find_project(fs, session.cwd());
  const auto here = fs.real_path(around && *around ? (*around)->folder : session.cwd());
  const auto there = fs.real_path(project.folder);
  if (here && there && *here == *there) return "";
  return fmt::format("cd {} && ", shell_quoted(shown_from(session, project.folder.string())));
}

std::vector<std::string> told_from(const Session& session, const Target& target,
                                   std::vector<std::string> hints) {
  constexpr std::string_view kAdd = "`reef add ";
  const std::string way = way_to(session, target);
  for (std::string& hint : hints) {
    hint = shown_from(session, std::move(hint));
    if (const std::size_t at = hint.find(kAdd); at != std::string::npos) hint.insert(at + 1, way);
  }
  return hints;
}

std::string way_to_search_longer(const Session& session, const Target& target,
                                 const resolve::GaveUp& search) {
  constexpr auto kLong = std::chrono::seconds(300);
  const auto limit = std::chrono::duration_cast<std::chrono::seconds>(session.search_time());
  const std::string longer = fmt::format("`--resolve-timeout {}` lets this command search longer{}",
                                         std::max(kLong, 10 * limit).count(),
                                         search.out_of_time ? fmt::format(" than {} s", limit.count()) : "");
  if (!target.project)
    return fmt::format("{}; a version (`{}@RANGE`) or options (`--with`) leave less to search", longer,
                       target.name);
  // Elsewhere it may be a package of a registry, which is not locked.
  return way_to(session, target).empty() ? longer + "; `reef lock` keeps what it finds for others" : longer;
}

}  // namespace reef::ops
