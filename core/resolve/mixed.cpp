#include "core/resolve/mixed.h"

#include <set>

#include "core/base/text.h"
#include "core/resolve/phrases.h"

namespace reef::resolve {
namespace {

using Tools = std::vector<std::uint32_t>;  // indices of Solution::packages, ascending

class Mixture {
 public:
  Mixture(const Solution& solution, const std::string& asked_by) : solution_(solution), asked_by_(asked_by) {}

  std::vector<std::string> notes() {
    each_link([&](std::string_view user, const Link& link) {
      if (link.by_capability)
        serving_[link.requirement->targets[link.target].name].emplace(link.package, user);
    });
    for (const auto& [capability, providers] : serving_)
      if (providers.size() > 1) tell_unshared(capability, providers);
    std::map<Tools, std::vector<std::string>> mixed;  // -> the capabilities that all of them have
    for (const auto& [capability, tools] : tools_by_capability())
      if (tools.size() > 1 && !told_.contains(tools)) mixed[tools].emplace_back(capability);
    if (!mixed.empty()) find_users();
    for (const auto& [tools, capabilities] : mixed) tell_mixed(tools, capabilities);
    return std::move(notes_);
  }

 private:
  template <class Visit>
  void each_link(const Visit& visit) const {
    for (const Link& link : solution_.links_of_request()) visit(asked_by_, link);
    for (const Selected& package : solution_.packages)
      for (const Link& link : solution_.links_of(package)) visit(package.name, link);
  }

  void find_users() {
    each_link([&](std::string_view user, const Link& link) {
      std::vector<std::string_view>& users = users_[link.package];
      if (users.empty() || users.back() != user) users.push_back(user);  // the links of one come together
      if (!link.by_capability) by_name_.insert(link.package);
    });
  }

  std::map<std::string_view, Tools> tools_by_capability() const {
    std::map<std::string_view, Tools> out;
    for (std::uint32_t i = 0; i < solution_.packages.size(); ++i) {
      const Candidate& tool = *solution_.packages[i].candidate;
      if (tool.origin != Origin::host || !tool.requirements) continue;
      for (const Provided& provided : tool.requirements->provides) out[provided.capability].push_back(i);
    }
    return out;
  }

  std::string labelled(std::uint32_t index) const {
    return solution_.packages[index].name + " " + solution_.packages[index].version.text();
  }

  // "gcc 12.2.0 for a and 2 others".
  std::string with_users(std::uint32_t index) const {
    const auto found = users_.find(index);
    if (found == users_.end()) return labelled(index);
    const std::vector<std::string_view>& users = found->second;
    const std::size_t others = users.size() - 1;
    return fmt::format("{} for {}{}", labelled(index), users.front(),
                       others == 0 ? "" : " and " + counted(others, "other"));
  }

  void tell_unshared(std::string_view capability,
                     const std::map<std::uint32_t, std::string_view>& providers) {
    Tools all;
    std::vector<std::string> parts;
    for (const auto& [provider, user] : providers) {
      all.push_back(provider);
      parts.push_back(fmt::format("{} for {}", labelled(provider), user));
    }
    std::sort(parts.begin(), parts.end());
    notes_.push_back(
        fmt::format("no one provider of {} serves all who need it: {}", capability, join(parts, ", ")));
    told_.insert(std::move(all));
  }

  void tell_mixed(const Tools& tools, const std::vector<std::string>& capabilities) {
    std::vector<std::string> parts;
    bool named = false;
    for (const std::uint32_t tool : tools) {
      parts.push_back(with_users(tool));
      named = named || by_name_.contains(tool);
    }
    notes_.push_back(fmt::format(
        "{} tools serve as {} in this closure: {}{}",
        tools.size() == 2 ? "two" : std::to_string(tools.size()), listed(capabilities, "and"),
        join(parts, ", "),
        named ? "; packages that ask for a capability, not for a tool by its name, share one" : ""));
  }

  const Solution& solution_;
  std::string_view asked_by_;
  // Of each package, in the order of the closure; found when there is something to tell of them.
  std::map<std::uint32_t, std::vector<std::string_view>> users_;
  std::set<std::uint32_t> by_name_;  // that some package asks for by name
  // capability -> who serves as it -> the first user
  std::map<std::string_view, std::map<std::uint32_t, std::string_view>> serving_;
  std::set<Tools> told_;
  std::vector<std::string> notes_;
};

}  // namespace

std::vector<std::string> mixed_providers(const Solution& solution, const std::string& asked_by) {
  return Mixture(solution, asked_by).notes();
}

}  // namespace reef::resolve
