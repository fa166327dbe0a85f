#include <algorithm>
#include <memory>
#include <set>

#include "core/base/text.h"
#include "core/resolve/changed_universe.h"
#include "core/resolve/resolver.h"

namespace reef::resolve {
namespace {

// Suggestions are worth a little work, not as much as the answer itself.
constexpr std::uint64_t kConflictsPerAttempt = 2000;
constexpr std::size_t kMostSuggestions = 3;

std::string at(const Place& place) {
  return place.file.empty() ? "" : fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

std::string in_brackets(const std::string& text) { return text.empty() ? "" : fmt::format(" ({})", text); }

class Adviser {
 public:
  Adviser(Universe& universe, const Request& request, const Conflict& conflict, std::size_t attempts)
      : universe_(universe), request_(request), conflict_(conflict), attempts_(attempts) {}

  std::vector<std::string> advise() {
    release_lock();
    for (std::size_t i = 0; i < request_.roots.size(); ++i) relax_root(i);
    name_prerelease();
    each_fact(true, [&](const Reason& fact) { relax_own(fact); });
    for (const Constraint& constraint : request_.constraints) drop_constraint(constraint);
    const auto is_drastic = [](const Found& found) { return found.drastic; };
    if (std::all_of(out_.begin(), out_.end(), is_drastic))
      each_fact(false, [&](const Reason& fact) { relax_other(fact); });
    if (out_.empty()) return other_conflicts();
    // Leaving something out is the last resort.
    std::stable_partition(out_.begin(), out_.end(), [](const Found& found) { return !found.drastic; });
    std::vector<std::string> texts;
    std::set<std::string> told;  // what several versions of one package would have to change is told once
    for (Found& found : out_)
      if (told.insert(found.text.substr(0, found.text.find(" ("))).second)
        texts.push_back(std::move(found.text));
    if (texts.size() > kMostSuggestions) texts.resize(kMostSuggestions);
    return texts;
  }

 private:
  struct Found {
    std::string text;
    bool drastic = false;
  };

  // What packages ask for in a conflict; what the user asked for is in all of them.
  static std::set<std::string> targets_of(const Conflict& conflict) {
    std::set<std::string> out;
    for (const Reason& reason : conflict.reasons)
      if (!reason.package.empty() && !reason.target.empty()) out.insert(reason.target);
    return out;
  }

  // No single change helps, as several things are in the way, each by itself: without what one's own manifest
  // asks for in each conflict, the next one is seen.
  std::vector<std::string> other_conflicts() {
    std::vector<std::string> out;
    Universe* universe = &universe_;
    Conflict conflict = conflict_;
    std::set<std::string> spoken_of = targets_of(conflict);
    while (out.size() < kMostSuggestions) {
      const auto own =
          std::find_if(conflict.reasons.begin(), conflict.reasons.end(), [&](const Reason& reason) {
            return reason.kind == Reason::Kind::need && reason.requirement != nullptr &&
                   is_own(reason.package);
          });
      if (own == conflict.reasons.end() || attempts_ == 0) return out;
      --attempts_;
      const Change without{own->package, own->requirement, nullptr, Change::To::gone};
      changed_.push_back(std::make_unique<ChangedUniverse>(*universe, without));
      universe = changed_.back().get();
      Request request = request_;
      request.limits.conflicts = std::min(request.limits.conflicts, kConflictsPerAttempt);
      auto outcome = resolve(*universe, request);
      auto* next = outcome ? std::get_if<Conflict>(&*outcome) : nullptr;
      if (next == nullptr) return out;
      conflict = std::move(*next);
      // One compiler that is missing is missing for all who need it.
      const std::set<std::string> targets = targets_of(conflict);
      if (std::any_of(targets.begin(), targets.end(),
                      [&](const std::string& each) { return spoken_of.contains(each); }))
        return out;
      spoken_of.insert(targets.begin(), targets.end());
      std::vector<std::string> facts;
      for (const Reason& reason : conflict.reasons)
        if (reason.from.empty() && !reason.package.empty())
          facts.push_back(reason.text + in_brackets(at(reason.place)));
      constexpr std::size_t kMostFacts = 4;
      if (facts.size() > kMostFacts) {
        const std::size_t more = facts.size() - kMostFacts;
        facts.resize(kMostFacts);
        facts.push_back(fmt::format("{} more", more));
      }
      out.push_back("that is not all: " + join(facts, "; "));
      if (!conflict.hints.empty()) out.push_back(conflict.hints.front());
    }
    return out;
  }

  // What a changed request leads to, while attempts are left.
  std::optional<Solution> attempt(Universe& universe, Request changed) {
    const bool out_of_time = request_.limits.out_of_time && request_.limits.out_of_time();
    if (attempts_ == 0 || out_of_time) return std::nullopt;
    --attempts_;
    changed.limits.conflicts = std::min(changed.limits.conflicts, kConflictsPerAttempt);
    auto outcome = resolve(universe, changed);
    if (!outcome) return std::nullopt;
    auto* solution = std::get_if<Solution>(&*outcome);
    return solution ? std::optional<Solution>(std::move(*solution)) : std::nullopt;
  }

  std::optional<Solution> attempt(const Change& change) {
    changed_.push_back(std::make_unique<ChangedUniverse>(universe_, change));
    return attempt(*changed_.back(), request_);
  }

  bool is_fact(const Requirement& requirement) const {
    return std::any_of(conflict_.reasons.begin(), conflict_.reasons.end(),
                       [&](const Reason& reason) { return reason.requirement == &requirement; });
  }

  bool is_own(const std::string& package) {
    const auto& candidates = universe_.candidates(package);
    return std::any_of(candidates.begin(), candidates.end(),
                       [](const Candidate& candidate) { return candidate.origin == Origin::workspace; });
  }

  bool is_of_host(const std::string& name) {
    if (universe_.install_hint(name)) return true;
    const auto& candidates = universe_.candidates(name);
    return !candidates.empty() &&
           std::all_of(candidates.begin(), candidates.end(), [](const auto& candidate) {
             return candidate.origin == Origin::host || candidate.assumed;
           });
  }

  template <class Visit>
  void each_fact(bool own, Visit visit) {
    for (const Reason& reason : conflict_.reasons)
      if (reason.from.empty() && !reason.package.empty() && is_own(reason.package) == own) visit(reason);
  }

  // The explanation itself says so: a pre-release that must be named.
  bool is_told(const std::string& version) const {
    return std::any_of(conflict_.hints.begin(), conflict_.hints.end(),
                       [&](const std::string& hint) { return hint.starts_with(version + " "); });
  }

  // Besides what the lock holds and is not there any more.
  bool is_remedy_told() const {
    return std::any_of(conflict_.hints.begin(), conflict_.hints.end(),
                       [](const std::string& hint) { return !hint.starts_with("the lock holds "); });
  }

  bool is_prerelease_told(const std::string& name) const {
    return std::any_of(conflict_.hints.begin(), conflict_.hints.end(), [&](const std::string& hint) {
      return hint.starts_with(name + " ") && hint.find(" is a pre-release, ") != std::string::npos;
    });
  }

  void suggest(std::string text, bool drastic = false) { out_.push_back({std::move(text), drastic}); }

  void release_lock() {
    if (!request_.frozen) return;
    Request changed = request_;
    changed.frozen = false;
    if (attempt(universe_, std::move(changed))) suggest("it works if the lock may change: `reef lock`");
  }

  bool has_prereleases(const std::string& name) {
    const auto& candidates = universe_.candidates(name);
    return std::any_of(candidates.begin(), candidates.end(), [](const Candidate& candidate) {
      return candidate.origin == Origin::registry && !candidate.yanked && candidate.version.is_prerelease();
    });
  }

  // A pre-release would serve all who need it: a project that names it gets it.
  void name_prerelease() {
    if (request_.prereleases != Prereleases::when_named || request_.frozen || request_.roots.empty() ||
        request_.roots.front().targets.empty() || !is_own(request_.roots.front().targets.front().name))
      return;
    std::set<std::string> names;
    for (const Reason& reason : conflict_.reasons) {
      if (reason.kind != Reason::Kind::need || reason.requirement == nullptr) continue;
      names.insert(reason.target);
      for (std::string& provider : universe_.providers(reason.target)) names.insert(std::move(provider));
    }
    for (const std::string& name : names) {
      if (!has_prereleases(name) || is_prerelease_told(name)) continue;
      Request changed = request_;
      changed.prereleases = Prereleases::prefer_stable;
      changed.prefer_oldest = true;  // the release next to what was asked for
      const auto solution = attempt(universe_, changed);
      const Selected* oldest = solution ? solution->find(name) : nullptr;
      if (oldest == nullptr || !oldest->version.is_prerelease()) continue;
      const std::string range = "^" + oldest->version.text();
      changed = request_;
      Target named;
      named.name = name;
      named.range = VersionRange::parse(range).value();
      changed.roots.emplace_back().targets.push_back(std::move(named));
      const auto then = attempt(universe_, std::move(changed));
      if (!then || !then->find(name)) continue;
      const std::string& project = request_.roots.front().targets.front().name;
      suggest(fmt::format(
          "it works with {} {}, a pre-release, which a project must name: {}", name,
          then->find(name)->version.text(),
          times_asked(project, name) < 2
              ? fmt::format("`reef add {}`", shell_quoted(name + "@" + range))
              : fmt::format("write `{}` as the range of one of {}'s dependencies on it", range, project)));
    }
  }

  // `--with engine=onnxruntime` of the first root, `--with kernel.device=cpu` of those below it.
  std::string flag_of(std::size_t root, const std::string& group, const std::string& option) const {
    const std::string& name = request_.roots[root].targets.front().name;
    return fmt::format("`--with {}{}={}`", root == 0 ? "" : name + ".", group, option);
  }

  void relax_root(std::size_t index) {
    const Requirement& root = request_.roots[index];
    if (root.targets.size() != 1 || !is_fact(root)) return;
    const Target& target = root.targets.front();
    for (const auto& [group, option] : target.with) {
      Request changed = request_;
      changed.roots[index].targets.front().with.erase(group);
      const auto solution = attempt(universe_, std::move(changed));
      const Selected* package = solution ? solution->find(target.name) : nullptr;
      const auto now = package ? package->options.find(group) : decltype(package->options.end()){};
      if (package && now != package->options.end())
        suggest(fmt::format("it works with {} instead of `{}`", flag_of(index, group, now->second), option));
    }
    if (!target.range.is_any()) {
      Request changed = request_;
      changed.roots[index].targets.front().range = VersionRange();
      const auto solution = attempt(universe_, std::move(changed));
      if (solution && solution->find(target.name)) {
        const std::string version = solution->find(target.name)->version.text();
        suggest(fmt::format("it works with {0} {1}: ask for {2}", target.name, version,
                            fmt::format("`{}@{}`", target.name, version)));
        return;
      }
    }
    // The others may only be options of what this one needs: without it nothing is left of what was asked.
    const auto is_wish = [&](const Requirement& other) {
      return &other == &root || (other.targets.size() == 1 && !other.targets.front().with.empty());
    };
    const bool is_all = std::all_of(request_.roots.begin(), request_.roots.end(), is_wish);
    if (is_all || !target.with.empty()) return;
    Request changed = request_;
    changed.roots.erase(changed.roots.begin() + static_cast<std::ptrdiff_t>(index));
    if (attempt(universe_, std::move(changed)))
      suggest(fmt::format("it works without {}", target.name), true);
  }

  // The package that meets a requirement of another one.
  static const Selected* meeting(const Solution& solution, const Reason& fact) {
    const Selected* owner = solution.find(fact.package);
    if (owner == nullptr) return nullptr;
    for (const Link& link : solution.links_of(*owner))
      if (link.requirement->role == fact.requirement->role &&
          link.requirement->targets[link.target].name == fact.target)
        return &solution.packages[link.package];
    return nullptr;
  }

  // The range that all the others ask of a package; if they ask none, versions like the one chosen.
  static std::string range_for(const Solution& solution, const Selected& package, const Target& target,
                               bool of_host) {
    const bool assumed = package.candidate->assumed;
    if (target.kind == Target::Kind::capability && !assumed) {
      if (package.candidate->requirements)
        for (const Provided& provided : package.candidate->requirements->provides)
          if (provided.capability == target.name && provided.version) return ">=" + provided.version->text();
      return "*";
    }
    VersionRange range;
    std::string text;
    std::size_t asked = 0;
    for (const Selected& other : solution.packages)
      for (const Link& link : solution.links_of(other)) {
        const Target& asks = link.requirement->targets[link.target];
        if (asks.name != package.name || (asks.kind == Target::Kind::capability && !assumed) ||
            asks.range.is_any())
          continue;
        range = range.intersected(asks.range);
        text = asked++ == 0 ? asks.range.text() : range.text();
      }
    if (asked > 0 && !range.is_empty()) return text;
    if (assumed) return "*";
    return fmt::format("{}{}", of_host || package.version.is_prerelease() ? ">=" : "^",
                       package.version.text());
  }

  void relax_own(const Reason& fact) {
    if (fact.requirement == nullptr || fact.requirement->targets.size() != 1) {
      relax_other(fact);
      return;
    }
    const Target& target = fact.requirement->targets.front();
    const std::string place = at(fact.place);
    if (!target.range.is_any()) {
      const auto solution = attempt({fact.package, fact.requirement, nullptr, Change::To::any_range});
      const Selected* found = solution ? meeting(*solution, fact) : nullptr;
      if (found) {
        const std::string range = range_for(*solution, *found, target, is_of_host(target.name));
        const std::string shown = target.kind == Target::Kind::capability
                                      ? fmt::format("{} {}", found->name, found->version.text())
                                      : found->version.text();
        suggest(fmt::format("it works with {} {}{}{}", target.name, range,
                            found->candidate->assumed ? "" : fmt::format(" ({})", shown),
                            how_to_change(fact, target, range, place)));
        return;
      }
    }
    if (!target.with.empty()) {
      const auto solution = attempt({fact.package, fact.requirement, nullptr, Change::To::no_options});
      if (const Selected* found = solution ? meeting(*solution, fact) : nullptr) {
        suggest(fmt::format("it works {} of {}{}", options_instead(*found, target), found->name,
                            place.empty() ? "" : ": change it at " + place));
        return;
      }
    }
    // A tool that can be installed is better installed than done without.
    if (is_of_host(target.name) && is_remedy_told()) return;
    if (attempt({fact.package, fact.requirement, nullptr, Change::To::gone}))
      suggest(fmt::format("it works without {}{}", target.name, in_brackets(place)), true);
  }

  // What is only proposed stands nowhere: it is asked for otherwise, not changed.
  std::string how_to_change(const Reason& fact, const Target& target, const std::string& range,
                            const std::string& place) {
    const std::string asked = target.range.text();
    const std::string command = fmt::format("`reef add {}`", shell_quoted(target.name + "@" + range));
    if (place.empty()) return can_be_added(fact) ? ": " + command : fmt::format(" instead of `{}`", asked);
    if (can_be_added(fact)) return fmt::format(": {} changes `{}` at {}", command, asked, place);
    return fmt::format(": change `{}` at {}", asked, place);
  }

  // How many dependencies a package of the user's own has on a target, besides those of its options.
  std::size_t times_asked(const std::string& package, const std::string& target) {
    for (const Candidate& candidate : universe_.candidates(package)) {
      if (candidate.origin != Origin::workspace || !candidate.requirements) continue;
      const std::vector<Requirement>& needs = candidate.requirements->needs;
      return static_cast<std::size_t>(std::count_if(needs.begin(), needs.end(), [&](const auto& need) {
        return need.targets.size() == 1 && need.targets.front().name == target;
      }));
    }
    return 0;
  }

  // Whether `reef add` changes the range: the only dependency on its target, not one of an option.
  bool can_be_added(const Reason& fact) {
    for (const Candidate& candidate : universe_.candidates(fact.package)) {
      if (!candidate.requirements) continue;
      std::size_t count = 0;
      bool here = false;
      for (const Requirement& need : candidate.requirements->needs) {
        here = here || &need == fact.requirement;
        if (need.targets.size() == 1 && need.targets.front().name == fact.target) ++count;
      }
      if (here) return count == 1;
    }
    return false;
  }

  // "with `device = cpu` instead of `warp`", "without `bits = 4`".
  static std::string options_instead(const Selected& found, const Target& target) {
    std::vector<std::string> parts;
    for (const auto& [group, option] : target.with) {
      const auto now = found.options.find(group);
      if (now == found.options.end())
        parts.push_back(fmt::format("without `{} = {}`", group, option));
      else if (now->second != option)
        parts.push_back(fmt::format("with `{} = {}` instead of `{}`", group, now->second, option));
    }
    return parts.empty() ? "with other options" : join(parts, " and ");
  }

  // What others would have to change. That a tool of the host should be another one is told elsewhere.
  void relax_other(const Reason& fact) {
    const std::string place = at(fact.place);
    if (fact.exclusion != nullptr) {
      if (attempt({fact.package, nullptr, fact.exclusion, Change::To::gone}))
        suggest(fmt::format("it would work if {} did not exclude {}{}", fact.package, fact.target,
                            in_brackets(place)),
                true);
      return;
    }
    if (fact.requirement == nullptr || is_of_host(fact.target)) return;
    const auto& targets = fact.requirement->targets;
    if (targets.size() == 1 && !targets.front().range.is_any()) {
      const auto solution = attempt({fact.package, fact.requirement, nullptr, Change::To::any_range});
      if (const Selected* found = solution ? meeting(*solution, fact) : nullptr) {
        const std::string version = fmt::format("{} {}", found->name, found->version.text());
        if (!is_told(version))
          suggest(fmt::format("it would work if {} took {}{}", fact.package, version, in_brackets(place)));
        return;
      }
    }
    if (targets.size() == 1 && !targets.front().with.empty()) {
      const auto solution = attempt({fact.package, fact.requirement, nullptr, Change::To::no_options});
      if (const Selected* found = solution ? meeting(*solution, fact) : nullptr)
        suggest(fmt::format("it would work if {} took {} {}{}", fact.package, found->name,
                            options_instead(*found, targets.front()), in_brackets(place)));
    }
  }

  void drop_constraint(const Constraint& constraint) {
    const bool named =
        std::any_of(conflict_.reasons.begin(), conflict_.reasons.end(), [&](const Reason& reason) {
          return reason.kind == Reason::Kind::constraint && reason.target == constraint.name;
        });
    if (!named) return;
    Request changed = request_;
    std::erase_if(changed.constraints,
                  [&](const Constraint& other) { return other.name == constraint.name; });
    if (attempt(universe_, std::move(changed)))
      suggest(fmt::format("it works without {} on {}", constraint.reason, constraint.name));
  }

  Universe& universe_;
  const Request& request_;
  const Conflict& conflict_;
  std::size_t attempts_;
  std::vector<Found> out_;
  std::vector<std::unique_ptr<ChangedUniverse>> changed_;  // solutions refer to them
};

}  // namespace

std::vector<std::string> suggest(Universe& universe, const Request& request, const Conflict& conflict,
                                 std::size_t attempts) {
  return Adviser(universe, request, conflict, attempts).advise();
}

}  // namespace reef::resolve
