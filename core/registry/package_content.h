#pragma once

#include "core/os/filesystem.h"

namespace reef {

// What in a package's folder is no part of the package, one rule for everybody who digests, packs, copies or
// publishes it:
//
//   .git, .reef and reef.lock at the top
//   archives of reef, by their first bytes and the ending `.reef`: `reef pack` and `reef pull` leave them
//   there; with their `.minisig`, and what `pull` has brought so far (`.reef.part`, `.reef.part.log`) what
//   some reef is just writing there (is_unfinished)
//   what the manifest's `exclude` names
//
// An archive, or a folder with archives, that `sources` of the manifest names is a part all the same. `fs`
// must outlive the result.
LeftOut not_content(Filesystem& fs, const Path& folder);

// What of that is known without reading a file: enough to see that nothing has changed.
LeftOut not_content_by_name();

// What editors, interpreters and people leave in a folder, and nobody means to publish; `.env` holds secrets.
struct SeldomMeant {
  std::string name;
  std::string path;  // of the first one of the name
};
// `leave it out: "exclude": [".venv"]`
std::string exclude_hint(const SeldomMeant& one);

// What of a package's folder people are told, by one look at all that is in it.
struct Noticed {
  std::vector<std::string> archives;      // paths of those that are no part of the package, sorted
  std::vector<SeldomMeant> seldom_meant;  // that are part of it, each name once
};
Result<Noticed> notice_content(Filesystem& fs, const Path& folder);

}  // namespace reef
