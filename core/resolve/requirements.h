#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/model/manifest.h"
#include "core/model/version.h"

// What one version of a package asks of the world, as the solver reads it: a manifest without its actions.
// Lists keep the declared order, which is an order of preference.
namespace reef::resolve {

// When something applies.
struct When {
  enum class Kind { always, fact, option, package, all, any, none };
  Kind kind = Kind::always;
  std::string name{};                 // fact: "os", "arch", "libc", "accelerator"; option: own group; package
  std::vector<std::string> values{};  // fact, option: one of these
  VersionRange range{};               // package: in the closure, with a version in the range
  std::map<std::string, std::string> with{};  // package: and with these options
  std::vector<When> parts{};                  // all, any, none of these

  bool is_always() const { return kind == Kind::always; }
};

// One way to meet a requirement.
struct Target {
  // either: a package of that name, or one that provides it, as Debian's dependencies are read.
  enum class Kind { package, capability, either };
  std::string name;
  Kind kind = Kind::package;
  // Targets of one universe with the same number say the same; 0: unknown. It spares the solver a look at
  // names and ranges.
  std::uint32_t symbol = 0;
  VersionRange range;                       // of the package's version, or of the version it provides
  std::map<std::string, std::string> with;  // options asked of the package
};

// Something that must be in the closure. What the solver looks at lies together: a large closure has ten
// thousand of these, and to fetch them from memory is most of the work.
struct Requirement {
  std::vector<Target> targets{};  // one of these, best first
  Purpose purpose = Purpose::both;
  When when{};
  std::string role{};  // the local name; empty when nobody refers to it
  Place place{};
};

// Something that must not be in the closure. A package never excludes itself.
struct Exclusion {
  std::string name;
  Target::Kind kind = Target::Kind::package;
  VersionRange range;
  Place place;
};

struct GroupOption {
  std::string name;
  std::vector<Requirement> needs;
  std::vector<Exclusion> excludes;
  std::map<std::string, std::vector<std::string>> conflicts;  // own group -> options that exclude this one
  When when;                                                  // the option exists only then
  Place place;
};

// A variation: exactly one of its options is chosen.
struct Group {
  std::string name;
  std::vector<std::string> defaults;  // best first; then the others in declared order
  std::vector<GroupOption> options;
  Place place;
  // Names of the options, best first.
  std::vector<std::string> preferred() const;
};

struct Provided {
  std::string capability;
  std::optional<Version> version;  // without one only the range `*` is met
};

struct Requirements {
  std::vector<Requirement> needs;
  std::vector<Exclusion> excludes;
  std::vector<Group> groups;
  std::vector<Provided> provides;
  Place place;
};

// What a manifest asks. `requirement_of` is the same for one dependency.
std::shared_ptr<const Requirements> requirements_of(const Manifest& manifest);
Requirement requirement_of(const Dependency& dependency);
When when_of(const Condition& condition);

// "os is linux and `engine` is native": a condition in words, for messages.
std::string describe(const When& when);

}  // namespace reef::resolve
