// What registries and login files say, of any kind: references, challenges, links, manifests, logins.
// Whatever is read is written and read again as the same, and stays within its bounds.
#include <cstdint>

#include "core/oci/challenge.h"
#include "core/oci/credentials.h"
#include "core/oci/manifest.h"
#include "core/oci/reference.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reef;
  using namespace reef::oci;
  const std::string text(reinterpret_cast<const char*>(data), size);

  if (const auto reference = Reference::parse(text)) {
    const auto again = Reference::parse(reference->text());
    require(again && again->text() == reference->text() && again->wanted() == reference->wanted());
    // What stands in a URL has no say in where it leads.
    for (const std::string& part : {reference->host, reference->repository, reference->tag})
      require(part.find_first_of("@?#%\\ \r\n") == std::string::npos);
  } else {
    // Nothing that stands before an `@` of the host is shown.
    (void)render(reference.error());
  }
  (void)Reference::parse_registry(text);

  const auto challenges = parse_challenges({text, text});
  require(challenges.size() <= kMostChallenges);
  for (const Challenge& challenge : challenges)
    require(!challenge.scheme.empty() && challenge.parameters.size() <= kMostParameters);
  (void)parse_link({text}, "next");

  if (const auto manifest = read_manifest("m", text)) {
    const auto again = read_manifest("m", write_manifest(*manifest));
    require(again && *again == *manifest);
  }
  const auto entry = read_auth_file("auth.json", text, {"h:5000", "team/a", ""});
  if (entry && !entry->helper.empty()) require(entry->helper.find('/') == std::string::npos);
  return 0;
}
