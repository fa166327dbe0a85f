#include "core/ops/why_not.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/ops/advice.h"
#include "core/ops/lock.h"
#include "core/ops/universe.h"

namespace reef::ops {
namespace {

using resolve::Candidate;

// The best version in the range, yanked ones only when there is nothing else.
const Candidate* best_in(const std::vector<Candidate>& candidates, const VersionRange& range) {
  const Candidate* best = nullptr;
  for (const Candidate& candidate : candidates) {
    if (!range.contains(candidate.version)) continue;
    const auto rank = [](const Candidate& one) {
      return std::pair(!one.yanked, one.version.is_prerelease() ? 0 : 1);
    };
    if (best == nullptr || rank(candidate) > rank(*best) ||
        (rank(candidate) == rank(*best) && candidate.version > best->version))
      best = &candidate;
  }
  return best;
}

Error no_such_version(const std::string& name, const VersionRange& range,
                      const std::vector<Candidate>& candidates) {
  std::vector<Version> versions;
  for (const Candidate& candidate : candidates) versions.push_back(candidate.version);
  std::sort(versions.begin(), versions.end());
  std::vector<std::string> texts;
  for (const Version& version : versions) texts.push_back(version.text());
  const bool of_host = !candidates.empty() && candidates.front().origin == resolve::Origin::host;
  Error error(ErrorCode::not_found,
              of_host ? fmt::format("this host has no {} {}", name, range.text())
                      : fmt::format("there is no version of `{}` in `{}`", name, range.text()));
  constexpr std::size_t kMost = 8;
  const std::size_t more = texts.size() > kMost ? texts.size() - kMost : 0;
  texts.erase(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(more));
  return std::move(error).hint(fmt::format("{} {}{}", of_host ? "it has" : "there is",
                                           quoted_list(texts, "and"),
                                           more ? fmt::format(", and {} older ones", more) : ""));
}

std::vector<std::string> changes_between(const resolve::Solution& now, const resolve::Solution& with) {
  std::vector<std::string> out;
  for (const resolve::Selected& package : with.packages) {
    const resolve::Selected* before = now.find(package.name);
    if (before == nullptr) {
      out.push_back(fmt::format("{} {} added", package.name, package.version.text()));
      continue;
    }
    if (before->version != package.version)
      out.push_back(fmt::format("{} {} -> {}", package.name, before->version.text(), package.version.text()));
    for (const auto& [group, option] : package.options) {
      const auto was = before->options.find(group);
      if (was != before->options.end() && was->second != option)
        out.push_back(fmt::format("{}: {} {} -> {}", package.name, group, was->second, option));
    }
  }
  for (const resolve::Selected& package : now.packages)
    if (with.find(package.name) == nullptr)
      out.push_back(fmt::format("{} {} no longer needed", package.name, package.version.text()));
  return out;
}

class Inquiry {
 public:
  Inquiry(Session& session, const Target& target, std::string name, const VersionRange& range)
      : session_(session), target_(target), universe_(session, target.project ? &*target.project : nullptr) {
    out_.name = std::move(name);
    out_.range = range;
  }

  Result<WhyNot> answer() {
    const std::vector<Candidate>& candidates = universe_.candidates(out_.name);
    if (universe_.error()) return tl::make_unexpected(*universe_.error());
    if (candidates.empty()) return nothing_at_all();
    const Candidate* wanted = best_in(candidates, out_.range);
    TRY(const auto lock, read_lock(session_, target_));
    if (lock) locked_ = locked_choices(*lock, session_.platform());
    if (wanted == nullptr) {
      Error error = no_such_version(out_.name, out_.range, candidates);
      for (const resolve::Locked& locked : locked_)
        if (locked.name == out_.name && !locked.open && out_.range.contains(locked.version))
          error = std::move(error).hint(
              fmt::format("the lock holds {}, which is no longer there", locked.version.text()));
      for (std::string& hint : universe_.elsewhere(out_.name, out_.range))
        error = std::move(error).hint(std::move(hint));
      return tl::make_unexpected(std::move(error));
    }
    out_.version = wanted->version.text();
    TRY(const resolve::Outcome now, ask(false, false));
    const auto* solution = std::get_if<resolve::Solution>(&now);
    const resolve::Selected* chosen = solution ? solution->find(out_.name) : nullptr;
    if (chosen != nullptr) {
      out_.chosen = chosen->version.text();
      out_.is_chosen = out_.range.contains(chosen->version);
      if (out_.is_chosen) {
        out_.possible = true;
        out_.reasons.emplace_back(chosen->chosen);
        return std::move(out_);
      }
    }
    TRY(const resolve::Outcome with, ask(true, true));
    const auto* other = std::get_if<resolve::Solution>(&with);
    if (wanted->yanked && !is_locked(wanted->version)) return withdrawn(with);
    if (other == nullptr) return refused(with);
    out_.possible = true;
    if (solution == nullptr) {
      out_.reasons.push_back(
          fmt::format("there is no solution as it is, as `{}reef lock` tells", way_to(session_, target_)));
      hint_to_ask();
      return std::move(out_);
    }
    out_.changes = changes_between(*solution, *other);
    std::erase_if(out_.changes,
                  [&](const std::string& change) { return change.starts_with(out_.name + " "); });
    if (chosen == nullptr)
      tell_not_needed(*wanted, *solution);
    else
      TRY_STATUS(tell_why(*wanted, *chosen));
    return std::move(out_);
  }

 private:
  // `bound`: with the version asked for. `free`: the lock does not hold the package.
  Result<resolve::Outcome> ask(bool bound, bool free) {
    request_ = solver_request(session_, target_, {}, locked_);
    request_.explain = true;
    if (free) request_.upgrade.push_back(out_.name);
    if (bound) {
      resolve::Requirement asked;
      resolve::Target wanted;
      wanted.name = out_.name;
      wanted.range = out_.range;
      asked.targets.push_back(std::move(wanted));
      request_.roots.push_back(std::move(asked));
    }
    TRY(resolve::Outcome outcome, search_closure(session_, universe_, request_));
    if (universe_.error()) return tl::make_unexpected(*universe_.error());
    TRY_STATUS(session_.machine().cancel.check());
    if (const auto* gave_up = std::get_if<resolve::GaveUp>(&outcome))
      return tl::make_unexpected(
          error_of(
              NoPlan{gave_up->text, {way_to_search_longer(session_, target_, *gave_up)}, to_json(*gave_up)})
              .context(fmt::format("asking whether {} {} can be chosen, which is not "
                                   "known now",
                                   out_.name, out_.version)));
    return outcome;
  }

  Result<WhyNot> nothing_at_all() {
    Registry& registry = session_.registry();
    if (registry.versions(out_.name).empty())
      return tl::make_unexpected(unknown_package(registry, out_.name));
    Error error(ErrorCode::not_found, fmt::format("this host has no {}", out_.name));
    for (std::string& hint : universe_.refused(out_.name)) error = std::move(error).hint(std::move(hint));
    if (const auto install = universe_.install_hint(out_.name); install && !install->empty())
      return tl::make_unexpected(std::move(error).hint(fmt::format("`{}` would install it", *install)));
    return tl::make_unexpected(std::move(error));
  }

  Result<WhyNot> refused(const resolve::Outcome& outcome) {
    const auto& conflict = std::get<resolve::Conflict>(outcome);
    out_.text = shown_from(session_, conflict.text);
    // The wish is the question itself.
    const std::string wish = fmt::format("\n  you asked for {} {}", out_.name, out_.range.text());
    if (const std::size_t at = out_.text.find(wish);
        at != std::string::npos && conflict.reasons.size() > 2 &&
        (at + wish.size() == out_.text.size() || out_.text[at + wish.size()] == '\n'))
      out_.text.erase(at, wish.size());
    out_.conflict = to_json(conflict);
    out_.hints = conflict.hints;
    const std::string then = fmt::format(", then `{}`", command_to_add());
    request_.limits.out_of_time = time_limit(session_, kAdviceTime);
    for (const std::string& hint : resolve::suggest(universe_, request_, conflict)) {
      const bool is_edit = hint.find("`reef add ") != std::string::npos;
      // That it works without the version asked about is known.
      const bool idle = hint == fmt::format("it works without {}", out_.name) ||
                        hint == fmt::format("it works without {}", target_.name) ||
                        (hint.starts_with(fmt::format("it works with {} ", out_.name)) && !is_edit);
      if (idle) continue;
      // What was changed leaves room for it, and for others that are preferred.
      const bool is_step = is_edit && !hint.starts_with(fmt::format("it works with {} ", out_.name));
      out_.hints.push_back(is_step ? hint + then : hint);
    }
    out_.hints = told_from(session_, target_, std::move(out_.hints));
    out_.conflict["hints"] = out_.hints;
    return std::move(out_);
  }

  // The question named it exactly, which the solver takes for leave to choose it; a dependency gives none.
  Result<WhyNot> withdrawn(const resolve::Outcome& outcome) {
    const std::string why =
        "withdrawn by its author: only a lock that holds it already, or a command about exactly that "
        "version, "
        "takes it";
    const std::string sentence = fmt::format("{} {} was {}", out_.name, out_.version, why);
    if (std::holds_alternative<resolve::Conflict>(outcome)) {
      TRY(out_, refused(outcome));
      out_.text += "\n  " + sentence;
    } else {
      out_.text = "it was " + why;
    }
    out_.reasons.push_back(sentence);
    // What would lift the rest of the reasons does not lift this one.
    out_.hints.clear();
    if (out_.conflict.is_object()) out_.conflict["hints"] = out_.hints;
    return std::move(out_);
  }

  bool is_locked(const Version& version) const {
    return std::any_of(locked_.begin(), locked_.end(), [&](const resolve::Locked& locked) {
      return locked.name == out_.name && locked.version == version;
    });
  }

  // Where it stands under several roles, one is named: `add` asks which.
  std::string command_to_add() const {
    const std::string out = "reef add " + shell_quoted(fmt::format("{}@={}", out_.name, out_.version));
    std::vector<std::string> roles;
    if (target_.project)
      for (const Dependency& each : target_.project->manifest->dependencies)
        if (each.target() == out_.name) roles.push_back(each.role);
    return roles.size() < 2 ? out : out + " --role " + roles.front();
  }

  void hint_to_ask() {
    out_.hints.push_back(fmt::format(
        "{}`{}{}`",
        target_.project ? "to have it, ask for exactly it: " : "a project that asks for exactly it gets it: ",
        way_to(session_, target_), command_to_add()));
  }

  // It is no part of the closure: nobody needs it, or others serve as what it provides.
  void tell_not_needed(const Candidate& wanted, const resolve::Solution& solution) {
    std::map<std::string, std::vector<std::string>> users;  // what is said of them -> they
    for (const resolve::Selected& user : solution.packages)
      for (const resolve::Edge& edge : solution.edges_of(user))
        if (const std::string said = instead_of(wanted, edge, solution); !said.empty()) {
          std::vector<std::string>& names = users[said];
          if (std::find(names.begin(), names.end(), user.name) == names.end()) names.push_back(user.name);
        }
    for (const auto& [said, names] : users)
      out_.reasons.push_back(fmt::format(
          "{}{} {} {}", names.front(), names.size() > 1 ? fmt::format(" and {} more", names.size() - 1) : "",
          names.size() > 1 ? "need" : "needs", said));
    if (out_.reasons.empty()) tell_conditions(wanted, solution);
    if (out_.reasons.empty()) out_.reasons.push_back(fmt::format("nothing needs {}", out_.name));
    out_.hints.push_back(
        fmt::format("`{}{}` makes it a dependency", way_to(session_, target_), command_to_add()));
  }

  // "speech needs it only if os is macos", "speech needs it only with `engine = cuda`".
  void tell_conditions(const Candidate& wanted, const resolve::Solution& solution) {
    const auto tell = [&](const resolve::Selected& user, const resolve::Requirement& need,
                          const std::string& with) {
      if (std::none_of(need.targets.begin(), need.targets.end(),
                       [&](const resolve::Target& target) { return serves_as(wanted, target); }))
        return;
      std::string reason = fmt::format("{} needs it only{}", user.name, with);
      if (!need.when.is_always()) reason += (with.empty() ? " if " : " and if ") + describe(need.when);
      out_.reasons.push_back(std::move(reason));
    };
    for (const resolve::Selected& user : solution.packages) {
      const auto& requirements = user.candidate->requirements;
      if (requirements == nullptr) continue;
      for (const resolve::Requirement& need : requirements->needs)
        if (!need.when.is_always()) tell(user, need, "");
      for (const resolve::Group& group : requirements->groups)
        for (const resolve::GroupOption& option : group.options)
          for (const resolve::Requirement& need : option.needs)
            tell(user, need, fmt::format(" with `{} = {}`", group.name, option.name));
    }
  }

  bool serves_as(const Candidate& wanted, const resolve::Target& target) const {
    if (target.kind != resolve::Target::Kind::capability && target.name == out_.name)
      return target.range.contains(wanted.version);
    if (target.kind == resolve::Target::Kind::package || !wanted.requirements) return false;
    return std::any_of(
        wanted.requirements->provides.begin(), wanted.requirements->provides.end(),
        [&](const resolve::Provided& each) {
          return each.capability == target.name &&
                 (target.range.is_any() || (each.version && target.range.contains(*each.version)));
        });
  }

  // "c++-compiler >=11, and gcc 12.2.0 serves as it (locked)"; empty when the edge asks for nothing of the
  // kind.
  std::string instead_of(const Candidate& wanted, const resolve::Edge& edge,
                         const resolve::Solution& solution) const {
    if (edge.capability.empty() || !wanted.requirements) return {};
    for (const resolve::Provided& each : wanted.requirements->provides) {
      if (each.capability != edge.capability) continue;
      const std::string asked =
          edge.range.is_any() ? edge.capability : fmt::format("{} {}", edge.capability, edge.range.text());
      const bool fits = edge.range.is_any() || (each.version && edge.range.contains(*each.version));
      if (!fits && each.version)
        return fmt::format("{}, and {} {} provides {}", asked, out_.name, out_.version, each.version->text());
      return fmt::format("{}, and {} serves as it{}", asked, labelled(solution, edge.target),
                         edge.preferred.empty() ? "" : fmt::format(" ({})", edge.preferred));
    }
    return {};
  }

  static std::string labelled(const resolve::Solution& solution, const std::string& name) {
    const resolve::Selected* package = solution.find(name);
    return package == nullptr ? name : fmt::format("{} {}", name, package->version.text());
  }

  // It could be; so something is preferred to it.
  Status tell_why(const Candidate& wanted, const resolve::Selected& chosen) {
    TRY(const resolve::Outcome free, ask(false, true));
    const auto* upgraded = std::get_if<resolve::Solution>(&free);
    const resolve::Selected* then = upgraded ? upgraded->find(out_.name) : nullptr;
    const bool held = is_locked(chosen.version);
    if (held) out_.reasons.push_back(fmt::format("the lock holds {} {}", out_.name, out_.chosen));
    if (held && then != nullptr && out_.range.contains(then->version)) {
      out_.hints.push_back(
          fmt::format("`{}reef lock --upgrade {}` takes it", way_to(session_, target_), out_.name));
      return {};
    }
    const Version& best = then != nullptr ? then->version : chosen.version;
    if (wanted.version.is_prerelease())
      out_.reasons.emplace_back("it is a pre-release, and nobody asks for one");
    else if (best > wanted.version)
      out_.reasons.push_back(fmt::format("{} is newer", best.text()));
    else if (!out_.changes.empty())
      out_.reasons.emplace_back("what it would change is preferred as it is");
    hint_to_ask();
    return {};
  }

  Session& session_;
  const Target& target_;
  SessionUniverse universe_;
  std::vector<resolve::Locked> locked_;
  resolve::Request request_;
  WhyNot out_;
};

}  // namespace

Result<WhyNot> why_not(Session& session, const Target& target, const std::string& name,
                       const VersionRange& range) {
  if (name == target.name)
    return make_error(ErrorCode::usage, "`{}` is the package itself", name)
        .hint("ask about a package that it needs: `reef tree` shows them");
  return Inquiry(session, target, name, range).answer();
}

}  // namespace reef::ops
