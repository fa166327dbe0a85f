#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/resolve/requirements.h"

namespace reef::resolve {

// Where a version of a package comes from, most preferred first: the user's own folder, a tool that this host
// has, a registry.
enum class Origin { workspace, host, registry };

// One version of a package that could be chosen.
struct Candidate {
  Version version;
  Origin origin = Origin::registry;
  bool yanked = false;  // only if the lock holds it, or a root asks for exactly this version
  bool stored = false;  // already in the store: preferred between providers of a capability
  // A tool of another host, of which only the ranges asked of it are known: this stands for every version
  // from here up to the next one. Messages speak of ranges then, and never of this version.
  bool assumed = false;
  std::shared_ptr<const Requirements> requirements;  // null: asks nothing
};

// Everything the solver knows of the world. It asks lazily, each question at most once in a run, and the same
// question must always get the same answer. References stay valid while the universe lives.
class Universe {
 public:
  virtual ~Universe() = default;

  // Every version of a package, in any order, at most one of each version and origin; empty when there is
  // none. A name that is found on hosts only (a tool) has only host candidates.
  virtual const std::vector<Candidate>& candidates(std::string_view name) = 0;
  // Names of packages of which some version provides the capability, in the registry's order of preference.
  virtual std::vector<std::string> providers(std::string_view capability) = 0;
  // A fact of this host for conditions: "os", "arch", "libc" have one value, "accelerator" any number.
  virtual std::vector<std::string> facts(std::string_view name) = 0;
  // Of what these are facts, in messages: "linux-aarch64" where a closure for another platform is sought.
  virtual std::string subject_of_facts() { return "this host"; }

  // Asked only when there is no solution.
  //
  // Every known name of a package, tool or capability, for "did you mean".
  virtual std::vector<std::string> names() { return {}; }
  // "names that begin with `x-` come from the registry `x` only"; empty: of a name that anybody may have.
  virtual std::string claim(std::string_view /*name*/) { return ""; }
  // Programs of this host that might have been a tool, or a tool that provides the capability, and why they
  // are not: "`/opt/bin/gpu-smi` is refused: it has no version". Empty when there are none; when there
  // are good ones too, only those that gave no answer this time.
  virtual std::vector<std::string> refused(std::string_view /*name*/) { return {}; }
  // "`two` has num 2.0.0, but ...": versions in the range that another place has, which is not asked.
  virtual std::vector<std::string> elsewhere(std::string_view /*name*/, const VersionRange& /*range*/) {
    return {};
  }
  // Set for a known tool or capability of tools: what would install it ("apt install g++"), empty when
  // nobody knows, or when what would be installed is there already or is known not to be in the range.
  virtual std::optional<std::string> install_hint(std::string_view /*name*/, const VersionRange& /*range*/) {
    return std::nullopt;
  }
  std::optional<std::string> install_hint(std::string_view name) {
    return install_hint(name, VersionRange());
  }
};

}  // namespace reef::resolve
