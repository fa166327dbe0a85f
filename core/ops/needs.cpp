#include "core/ops/needs.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/resolve/requirements.h"

namespace reef::ops {
namespace {

struct Offer {
  std::string name;
  Version version;  // of the package or tool
  Version counted;  // what the range is about: that version, or the one of the capability
  bool is_tool = false;
};

std::vector<Offer> offers_of(SessionUniverse& universe, const std::string& name,
                             const std::string& capability) {
  std::vector<Offer> out;
  for (const resolve::Candidate& candidate : universe.candidates(name)) {
    Offer offer{name, candidate.version, candidate.version, candidate.origin == resolve::Origin::host};
    bool offers = capability.empty();
    if (!offers && candidate.requirements)
      for (const resolve::Provided& provided : candidate.requirements->provides) {
        if (provided.capability != capability) continue;
        offers = true;
        offer.counted = provided.version.value_or(candidate.version);
      }
    if (offers && !candidate.yanked) out.push_back(std::move(offer));
  }
  return out;
}

std::string path_of(Session& session, const Offer& offer) {
  const auto tools = session.tools(offer.name);
  if (tools)
    for (const FoundTool& tool : *tools)
      if (tool.version == offer.version) return tool.path;
  return "";
}

bool is_better(const Offer& a, const Offer& b) {
  if (a.is_tool != b.is_tool) return a.is_tool;
  return a.name == b.name && a.version > b.version;
}

bool is_above(const Version& version, const VersionRange& range) {
  const auto& intervals = range.intervals();
  return !intervals.empty() && intervals.back().upper && version >= intervals.back().upper->version;
}

std::string versions_text(const std::vector<Offer>& offers) {
  std::vector<std::string> texts;
  for (const Offer& offer : offers) texts.push_back(offer.counted.text());
  return join(texts, ", ");
}

}  // namespace

Met look_up(Session& session, SessionUniverse& universe, const Dependency& dependency,
            const std::string& chosen) {
  std::vector<std::string> names = {dependency.package};
  if (!chosen.empty())
    names = {chosen};
  else if (dependency.package.empty())
    names = universe.providers(dependency.capability);
  Met met;
  std::vector<Offer> all;
  const Offer* best = nullptr;
  for (const std::string& name : names)
    for (Offer& offer : offers_of(universe, name, dependency.capability)) all.push_back(std::move(offer));
  for (const Offer& offer : all)
    if (dependency.version.contains(offer.counted) && (best == nullptr || is_better(offer, *best)))
      best = &offer;
  if (best != nullptr) {
    met.by = best->name + " " + best->version.text();
    if (best->is_tool) met.path = path_of(session, *best);
    return met;
  }
  const std::optional<std::string> install = universe.install_hint(dependency.target(), dependency.version);
  met.install = install.value_or("");
  const std::string holder = install ? "this host" : "the catalogue";
  met.problem = fmt::format("{} has {}", holder, all.empty() ? "none" : versions_text(all));
  const auto is_too_new = [&](const Offer& offer) { return is_above(offer.counted, dependency.version); };
  // The same again would help nobody.
  if (!all.empty() && std::all_of(all.begin(), all.end(), is_too_new)) met.install.clear();
  if (!all.empty()) return met;
  const std::vector<std::string> refused = universe.refused(dependency.target());
  if (!refused.empty()) met.problem += " that works: " + join(refused, "; ");
  return met;
}

std::string requirement_text(const Dependency& dependency) {
  return dependency.version.is_any() ? dependency.target()
                                     : fmt::format("{} {}", dependency.target(), dependency.version.text());
}

}  // namespace reef::ops
