#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/resolve/resolver.h"

// A universe in memory, and short words to fill it.
namespace reef::test {

class World : public resolve::Universe {
 public:
  std::map<std::string, std::vector<resolve::Candidate>, std::less<>> packages;
  std::map<std::string, std::vector<std::string>, std::less<>> capability_order;  // else by name
  std::map<std::string, std::vector<std::string>, std::less<>> known_facts = {{"os", {"linux"}}};
  std::map<std::string, std::string, std::less<>> install_hints;

  // Adds a version; the returned requirements may be filled until resolve() is called.
  resolve::Requirements& add(const std::string& name, const std::string& version,
                             resolve::Origin origin = resolve::Origin::registry);

  const std::vector<resolve::Candidate>& candidates(std::string_view name) override;
  std::vector<std::string> providers(std::string_view capability) override;
  std::vector<std::string> facts(std::string_view name) override;
  std::vector<std::string> names() override;
  using Universe::install_hint;
  std::optional<std::string> install_hint(std::string_view name, const VersionRange& range) override;
};

// "gcc >=13", "gcc": a package and a range.
resolve::Requirement need(const std::string& text, Purpose purpose = Purpose::run);
resolve::Requirement need_capability(const std::string& text, Purpose purpose = Purpose::run);
resolve::Requirement any_of(const std::vector<std::string>& texts);
resolve::Requirement with(resolve::Requirement requirement, const std::string& group,
                          const std::string& option);
resolve::Requirement at(resolve::Requirement requirement, std::size_t line);
resolve::Exclusion exclusion(const std::string& text);
resolve::Group group(const std::string& name, const std::vector<std::string>& defaults,
                     const std::vector<std::string>& options);
resolve::Request request(const std::vector<resolve::Requirement>& roots);

// "a=1.0.0 b=2.0.0[engine=torch]", sorted by name; the text of a conflict; "gave up".
std::string outcome_text(const resolve::Outcome& outcome);
std::string solve(World& world, const resolve::Request& request);

}  // namespace reef::test
