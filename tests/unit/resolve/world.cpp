#include "tests/unit/resolve/world.h"

#include <algorithm>

namespace reef::test {

using resolve::Requirement;
using resolve::Target;

resolve::Requirements& World::add(const std::string& name, const std::string& version,
                                  resolve::Origin origin) {
  auto requirements = std::make_shared<resolve::Requirements>();
  resolve::Requirements& out = *requirements;
  resolve::Candidate candidate;
  candidate.version = Version::parse_loose(version).value();
  candidate.origin = origin;
  candidate.requirements = std::move(requirements);
  packages[name].push_back(std::move(candidate));
  return out;
}

const std::vector<resolve::Candidate>& World::candidates(std::string_view name) {
  static const std::vector<resolve::Candidate> none;
  const auto found = packages.find(name);
  return found == packages.end() ? none : found->second;
}

std::vector<std::string> World::providers(std::string_view capability) {
  if (const auto order = capability_order.find(capability); order != capability_order.end())
    return order->second;
  std::vector<std::string> out;
  for (const auto& [name, candidates] : packages) {
    const bool provides =
        std::any_of(candidates.begin(), candidates.end(), [&](const resolve::Candidate& one) {
          return std::any_of(
              one.requirements->provides.begin(), one.requirements->provides.end(),
              [&](const resolve::Provided& provided) { return provided.capability == capability; });
        });
    if (provides) out.push_back(name);
  }
  return out;
}

std::vector<std::string> World::facts(std::string_view name) {
  const auto found = known_facts.find(name);
  return found == known_facts.end() ? std::vector<std::string>() : found->second;
}

std::vector<std::string> World::names() {
  std::vector<std::string> out;
  for (const auto& [name, candidates] : packages) out.push_back(name);
  return out;
}

std::optional<std::string> World::install_hint(std::string_view name, const VersionRange& /*range*/) {
  const auto found = install_hints.find(name);
  return found == install_hints.end() ? std::nullopt : std::optional<std::string>(found->second);
}

namespace {

Target target(const std::string& text, Target::Kind kind) {
  const std::size_t blank = text.find(' ');
  Target out;
  out.kind = kind;
  out.name = text.substr(0, blank);
  if (blank != std::string::npos) out.range = VersionRange::parse(text.substr(blank + 1)).value();
  return out;
}

}  // namespace

Requirement need(const std::string& text, Purpose purpose) {
  return {.targets = {target(text, Target::Kind::package)}, .purpose = purpose};
}

Requirement need_capability(const std::string& text, Purpose purpose) {
  return {.targets = {target(text, Target::Kind::capability)}, .purpose = purpose};
}

Requirement any_of(const std::vector<std::string>& texts) {
  Requirement out{.purpose = Purpose::run};
  for (const std::string& text : texts) out.targets.push_back(target(text, Target::Kind::package));
  return out;
}

Requirement with(Requirement requirement, const std::string& group, const std::string& option) {
  requirement.targets.front().with[group] = option;
  return requirement;
}

Requirement at(Requirement requirement, std::size_t line) {
  requirement.place = {"reef.json", line, 5, ""};
  return requirement;
}

resolve::Exclusion exclusion(const std::string& text) {
  const Target parsed = target(text, Target::Kind::package);
  return {parsed.name, parsed.kind, parsed.range, {}};
}

resolve::Group group(const std::string& name, const std::vector<std::string>& defaults,
                     const std::vector<std::string>& options) {
  resolve::Group out{name, defaults, {}, {}};
  for (const std::string& option : options) out.options.emplace_back().name = option;
  return out;
}

resolve::Request request(const std::vector<Requirement>& roots) {
  resolve::Request out;
  out.roots = roots;
  return out;
}

std::string outcome_text(const resolve::Outcome& outcome) {
  if (const auto* conflict = std::get_if<resolve::Conflict>(&outcome)) return conflict->text;
  if (std::holds_alternative<resolve::GaveUp>(outcome)) return "gave up";
  std::vector<std::string> parts;
  for (const resolve::Selected& package : std::get<resolve::Solution>(outcome).packages) {
    std::string options;
    for (const auto& [name, option] : package.options)
      options += fmt::format("{}{}={}", options.empty() ? "[" : ",", name, option);
    parts.push_back(
        fmt::format("{}={}{}{}", package.name, package.version.text(), options, options.empty() ? "" : "]"));
  }
  std::sort(parts.begin(), parts.end());
  return fmt::format("{}", fmt::join(parts, " "));
}

std::string solve(World& world, const resolve::Request& request) {
  const auto outcome = resolve::resolve(world, request);
  return outcome ? outcome_text(*outcome) : render(outcome.error());
}

}  // namespace reef::test
