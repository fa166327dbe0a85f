#include "core/resolve/mixed.h"

#include <set>

#include "core/base/text.h"
#include "core/resolve/phrases.h"

namespace reef::resolve {
namespace {

using Tools = std::vector<std::uint32_t>;  // indices of Solution::packages, ascending

class Mixture {
 public:
  Mixture(const Solution& solution, const std::string& asked_by)
      : solution_(solution), users_(solution.packages.size()) {
    read_links(asked_by, solution.links_of_request());
    for (const Selected& package : solution.packages) read_links(package.name, solution.links_of(package));
  }

  std::vector<std::string> notes() {
    for (const auto& [capability, providers] : serving_)
      if (providers.size() > 1) tell_unshared(capability, providers);
    std::map<Tools, std::vector<std::string>> mixed;  // -> the capabilities that all of them have
    for (const auto& [capability, tools] : tools_by_capability())
      if (tools.size() > 1) mixed[tools].emplace_back(capability);
    for (const auto& [tools, capabilities] : mixed)
      if (!told_.contains(tools)) tell_mixed(tools, capabilities);
    return std::move(notes_);
  }

 private:
  void read_links(std::string_view user, std::span<const Link> links) {
    for (const Link& link : links) {
      std::vector<std::string_view>& users = users_[link.package];
      if (std::find(users.begin(), users.end(), user) == users.end()) users.push_back(user);
      const Target& asked = link.requirement->targets[link.target];
      if (asked.kind == Target::Kind::capability || asked.name != solution_.packages[link.package].name)
        serving_[asked.name].emplace(link.package, user);
      else
        by_name_.insert(link.package);
    }
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
    const std::vector<std::string_view>& users = users_[index];
    if (users.empty()) return labelled(index);
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
  std::vector<std::vector<std::string_view>> users_;  // of each package, in the order of the closure
  std::set<std::uint32_t> by_name_;                   // that some package asks for by name
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
