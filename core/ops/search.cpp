#include "core/ops/search.h"

#include "core/base/text.h"

namespace reef::ops {
namespace {

// Names, tags and capabilities: what a word may have been meant to be.
Result<std::vector<std::string>> known_words(Registry& registry) {
  std::vector<std::string> known = registry.names();
  for (std::string& capability : registry.capabilities()) known.push_back(std::move(capability));
  TRY(const std::vector<CatalogueEntry> all, registry.search({}));
  for (const CatalogueEntry& entry : all) known.insert(known.end(), entry.tags.begin(), entry.tags.end());
  return known;
}

}  // namespace

Result<std::vector<CatalogueEntry>> search(Session& session, const std::vector<std::string>& words) {
  std::vector<std::string> wanted;
  for (const std::string& text : words)
    for (std::string& word : split(text, ' '))
      if (!word.empty()) wanted.push_back(std::move(word));
  TRY(std::vector<CatalogueEntry> found, session.registry().search(wanted));
  if (!found.empty()) return found;
  TRY(const std::vector<std::string> known, known_words(session.registry()));
  Error error(ErrorCode::not_found,
              fmt::format("nothing in the catalogue matches `{}`", printable(join(wanted, " "))));
  for (const std::string& word : wanted) {
    TRY(const std::vector<CatalogueEntry> alone, session.registry().search({word}));
    if (alone.empty())
      if (auto hint = did_you_mean(word, known)) error = std::move(error).hint(*hint);
  }
  return tl::make_unexpected(std::move(error).hint("`reef search` without words lists everything"));
}

}  // namespace reef::ops
