#include <algorithm>

#include "core/base/text.h"
#include "core/resolve/resolver.h"

namespace reef::resolve {
namespace {

// Suggestions are worth a little work, not as much as the answer itself.
constexpr std::uint64_t kConflictsPerAttempt = 2000;

bool mentions(const Conflict& conflict, const std::string& name) {
  return std::any_of(conflict.reasons.begin(), conflict.reasons.end(), [&](const Reason& reason) {
    return reason.from.empty() && reason.text.find(name) != std::string::npos;
  });
}

class Adviser {
 public:
  Adviser(Universe& universe, const Request& request, const Conflict& conflict, std::size_t attempts)
      : universe_(universe), request_(request), conflict_(conflict), attempts_(attempts) {}

  std::vector<std::string> advise() {
    release_lock();
    for (std::size_t i = 0; i < request_.roots.size(); ++i) relax_root(i);
    for (const Constraint& constraint : request_.constraints) drop_constraint(constraint);
    return std::move(out_);
  }

 private:
  // What the request with a change leads to, while attempts are left.
  std::optional<Solution> attempt(Request changed) {
    if (attempts_ == 0) return std::nullopt;
    --attempts_;
    changed.limits.conflicts = std::min(changed.limits.conflicts, kConflictsPerAttempt);
    auto outcome = resolve(universe_, changed);
    if (!outcome) return std::nullopt;
    auto* solution = std::get_if<Solution>(&*outcome);
    return solution ? std::optional<Solution>(std::move(*solution)) : std::nullopt;
  }

  void release_lock() {
    if (!request_.frozen) return;
    Request changed = request_;
    changed.frozen = false;
    if (const auto solution = attempt(std::move(changed)))
      out_.push_back("it works if the lock may change: `reef lock`");
  }

  void relax_root(std::size_t index) {
    const Requirement& root = request_.roots[index];
    if (root.targets.size() != 1 || !mentions(conflict_, root.targets.front().name)) return;
    const Target& target = root.targets.front();
    for (const auto& [group, option] : target.with) {
      Request changed = request_;
      changed.roots[index].targets.front().with.erase(group);
      if (const auto solution = attempt(std::move(changed))) {
        const Selected* package = solution->find(target.name);
        const auto now = package ? package->options.find(group) : decltype(package->options.end()){};
        if (package && now != package->options.end())
          out_.push_back(
              fmt::format("it works with `--with {}={}` instead of {}", group, now->second, option));
      }
    }
    if (!target.range.is_any()) {
      Request changed = request_;
      changed.roots[index].targets.front().range = VersionRange();
      if (const auto solution = attempt(std::move(changed)); solution && solution->find(target.name)) {
        const std::string version = solution->find(target.name)->version.text();
        out_.push_back(fmt::format("it works with {} {}: `reef add {}`", target.name, version,
                                   shell_quoted(fmt::format("{}@{}", target.name, version))));
        return;
      }
    }
    if (request_.roots.size() < 2) return;
    Request changed = request_;
    changed.roots.erase(changed.roots.begin() + static_cast<std::ptrdiff_t>(index));
    if (attempt(std::move(changed))) out_.push_back(fmt::format("it works without {}", target.name));
  }

  void drop_constraint(const Constraint& constraint) {
    if (!mentions(conflict_, constraint.name)) return;
    Request changed = request_;
    changed.constraints.erase(
        std::remove_if(changed.constraints.begin(), changed.constraints.end(),
                       [&](const Constraint& other) { return other.name == constraint.name; }),
        changed.constraints.end());
    if (attempt(std::move(changed)))
      out_.push_back(fmt::format("it works without {} on {}", constraint.reason, constraint.name));
  }

  Universe& universe_;
  const Request& request_;
  const Conflict& conflict_;
  std::size_t attempts_;
  std::vector<std::string> out_;
};

}  // namespace

std::vector<std::string> suggest(Universe& universe, const Request& request, const Conflict& conflict,
                                 std::size_t attempts) {
  return Adviser(universe, request, conflict, attempts).advise();
}

}  // namespace reef::resolve
