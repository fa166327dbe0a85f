#include "tests/bench/resolve/problem.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>

namespace reef::bench {

std::uint32_t Problem::id(const std::string& name) {
  const auto [at, fresh] = ids.emplace(name, static_cast<std::uint32_t>(names.size()));
  if (fresh) names.push_back(name);
  return at->second;
}

void Problem::add(const std::string& name, std::uint32_t version, std::vector<AnyOf> needs) {
  releases.push_back({id(name), version, std::move(needs), {}, {}});
}

ProblemUniverse::ProblemUniverse(const Problem& problem)
    : problem_(problem), candidates_(problem.names.size()), providers_(problem.names.size()) {
  for (const std::string& name : problem.names) ids_.add(name);
  for (const Release& release : problem.releases) {
    auto requirements = std::make_shared<resolve::Requirements>();
    for (const AnyOf& need : release.needs) requirements->needs.push_back(requirement(need));
    for (const Atom& conflict : release.conflicts) {
      resolve::Target other = target(conflict);
      requirements->excludes.push_back({std::move(other.name), other.kind, std::move(other.range), {}});
    }
    for (const Atom& provided : release.provides) {
      resolve::Provided& entry = requirements->provides.emplace_back();
      entry.capability = problem.names[provided.name];
      if (!provided.any()) entry.version = Version::of({provided.from, 0, 0});
      auto& known = providers_[provided.name];
      const std::string& name = problem.names[release.name];
      if (std::find(known.begin(), known.end(), name) == known.end()) known.push_back(name);
    }
    resolve::Candidate candidate;
    candidate.version = Version::of({release.version, 0, 0});
    candidate.requirements = std::move(requirements);
    candidates_[release.name].push_back(std::move(candidate));
  }
  for (auto& names : providers_) std::sort(names.begin(), names.end());
}

// A name is often asked about twice in a row.
std::uint32_t ProblemUniverse::id_of(std::string_view name) {
  if (!last_name_.empty() && name == last_name_) return last_id_;
  last_id_ = ids_.find(name);
  last_name_ = last_id_ == NameTable::kNone ? std::string_view() : ids_.text(last_id_);
  return last_id_;
}

const std::vector<resolve::Candidate>& ProblemUniverse::candidates(std::string_view name) {
  static const std::vector<resolve::Candidate> none;
  const std::uint32_t id = id_of(name);
  return id == NameTable::kNone ? none : candidates_[id];
}

std::vector<std::string> ProblemUniverse::providers(std::string_view capability) {
  const std::uint32_t id = id_of(capability);
  return id == NameTable::kNone ? std::vector<std::string>() : providers_[id];
}

resolve::Target ProblemUniverse::target(const Atom& atom) {
  resolve::Target out;
  out.name = problem_.names[atom.name];
  out.kind = resolve::Target::Kind::either;
  const std::uint64_t key = std::uint64_t{atom.from} << 32 | atom.to;
  auto range = ranges_.find(key);
  if (range == ranges_.end()) {
    std::string text = atom.from ? fmt::format(">={}.0.0", atom.from) : "";
    if (atom.to != Atom::kEnd) text += fmt::format("{}<{}.0.0", text.empty() ? "" : ",", atom.to);
    range = ranges_.emplace(key, VersionRange::parse(text.empty() ? "*" : text).value()).first;
  }
  out.range = range->second;
  const auto next = static_cast<std::uint32_t>(symbols_.size()) + 1;
  out.symbol = symbols_.emplace(fmt::format("{} {}", atom.name, key), next).first->second;
  return out;
}

resolve::Requirement ProblemUniverse::requirement(const AnyOf& any_of) {
  resolve::Requirement out;
  out.purpose = Purpose::run;
  for (const Atom& atom : any_of) out.targets.push_back(target(atom));
  return out;
}

resolve::Request ProblemUniverse::request(const std::vector<AnyOf>& roots) {
  resolve::Request out;
  for (const AnyOf& root : roots) out.roots.push_back(requirement(root));
  out.prereleases = resolve::Prereleases::allow;
  return out;
}

double cpu_milliseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

}  // namespace reef::bench
