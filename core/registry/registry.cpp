#include "core/registry/registry.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef {
namespace {

constexpr std::size_t kMostListed = 20;

// How well a word fits, 0 is best; none when it occurs nowhere.
std::optional<int> rank_of(const CatalogueEntry& entry, const std::string& word) {
  const auto has = [&](std::string_view text) { return lower_case(text).find(word) != std::string::npos; };
  if (entry.name == word) return 0;
  if (has(entry.name)) return 1;
  for (const auto* texts : {&entry.tags, &entry.provides})
    if (std::any_of(texts->begin(), texts->end(), has)) return 2;
  if (has(entry.summary)) return 3;
  return std::nullopt;
}

std::optional<int> rank_of(const CatalogueEntry& entry, const std::vector<std::string>& words) {
  int sum = 0;
  for (const std::string& word : words) {
    const std::optional<int> rank = rank_of(entry, word);
    if (!rank) return std::nullopt;
    sum += *rank;
  }
  return sum;
}

}  // namespace

std::optional<Error> problem_of(Registry& registry, std::string_view name) {
  if (!registry.has(name) || !registry.versions(name).empty()) return std::nullopt;
  auto manifest = registry.manifest(name, Version());
  return manifest ? std::nullopt : std::optional(std::move(manifest).error());
}

Error unknown_package(Registry& registry, std::string_view name) {
  // A package whose manifest cannot be read is known, and its problem is the better answer.
  if (auto problem = problem_of(registry, name)) return *std::move(problem);
  Error error(ErrorCode::not_found,
              fmt::format("there is no package `{}` in {}", printable(name), registry.name()));
  if (std::string claim = registry.claim(name); !claim.empty())
    error = std::move(error).hint(std::move(claim));
  const std::vector<std::string> providers = registry.providers(name);
  if (!providers.empty())
    return std::move(error).hint(fmt::format("`{}` is a capability of {}", name, quoted_list(providers)));
  if (auto hint = did_you_mean(name, registry.names())) return std::move(error).hint(*std::move(hint));
  return std::move(error).hint("`reef search` lists every package");
}

std::vector<std::string> hints_about_hidden(Registry& registry, std::string_view name,
                                            const VersionRange& range) {
  std::vector<std::string> out;
  for (const Registry::Hidden& place : registry.hidden(name)) {
    const auto found = std::find_if(place.versions.begin(), place.versions.end(),
                                    [&](const Version& version) { return range.contains(version); });
    if (found == place.versions.end()) continue;
    if (!place.reasons.empty()) {
      const auto which = static_cast<std::size_t>(found - place.versions.begin());
      out.push_back(fmt::format("one that is there is not believed: {}", place.reasons[which]));
      continue;
    }
    const std::string origin = registry.origin(name);
    const bool is_tool = registry.is_tool(name);
    const std::string owner = is_tool          ? "is a tool of the host in the catalogue"
                              : origin.empty() ? "comes from the catalogue or `$REEF_PACKAGES`"
                                               : fmt::format("comes from `{}`", origin);
    const std::string remedy = is_tool          ? "a package needs another name"
                               : origin.empty() ? "`--prefix` of `reef registry add` decides"
                                                : "`--priority` or `--prefix` of `reef registry add` decides";
    out.push_back(fmt::format("`{}` has {} {}, but `{}` {}, which is asked first: {}", place.registry, name,
                              found->text(), name, owner, remedy));
  }
  return out;
}

namespace {

// Of versions, newest first.
std::string what_there_is(const std::vector<Version>& known) {
  std::vector<std::string> texts;
  for (const Version& each : known)
    if (texts.size() < kMostListed) texts.push_back(each.text());
  std::string out = "there is " + quoted_list(texts, "and");
  if (texts.size() < known.size()) out += fmt::format(" and {} older ones", known.size() - texts.size());
  return out;
}

}  // namespace

Error no_version_in(Registry& registry, std::string_view name, const VersionRange& range) {
  if (range.is_empty())
    return Error(ErrorCode::usage, fmt::format("no version can be in `{}`", printable(range.text())))
        .hint("ranges look like `^1.2`, `>=1, <3` or `1.2 || >=3`");
  const std::vector<Version> versions = registry.versions(name);
  Error error =
      Error(ErrorCode::not_found, fmt::format("no version of `{}` is in `{}`", name, printable(range.text())))
          .hint(what_there_is(versions));
  const bool all_are_early =
      !versions.empty() && std::all_of(versions.begin(), versions.end(),
                                       [](const Version& version) { return version.is_prerelease(); });
  if (all_are_early)
    error = std::move(error).hint(
        fmt::format("a pre-release comes before its release, and is asked for by its name: `{}@{}`", name,
                    versions.front().text()));
  for (std::string& hint : hints_about_hidden(registry, name, range))
    error = std::move(error).hint(std::move(hint));
  return error;
}

Error no_such_version(std::string_view registry, std::string_view name, const Version& version,
                      const std::vector<Version>& known) {
  return Error(ErrorCode::not_found, fmt::format("`{}` {} is not in {}", name, version.text(), registry))
      .hint(what_there_is(known));
}

Error two_contents(const CatalogueEntry& entry, std::string_view first, std::string_view second) {
  return Error(ErrorCode::integrity, fmt::format("`{}` {} is in `{}` and in `{}`, with different content",
                                                 entry.name, entry.version.text(), first, second))
      .hint("give one of them another version, or remove it");
}

bool is_shown_before(const CatalogueEntry& a, const CatalogueEntry& b) {
  if (a.yanked != b.yanked) return b.yanked;
  if (a.version.is_prerelease() != b.version.is_prerelease()) return b.version.is_prerelease();
  return a.version > b.version;
}

std::vector<CatalogueEntry> matching(std::vector<CatalogueEntry> entries,
                                     const std::vector<std::string>& words) {
  std::vector<std::string> wanted;
  for (const std::string& word : words) wanted.push_back(lower_case(word));
  std::vector<std::pair<int, std::size_t>> found;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (const auto rank = rank_of(entries[i], wanted)) found.emplace_back(*rank, i);
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<CatalogueEntry> out;
  for (const auto& [rank, index] : found) out.push_back(std::move(entries[index]));
  return out;
}

}  // namespace reef
