#pragma once

#include <map>
#include <set>

#include "core/model/lockfile.h"
#include "core/ops/universe.h"

namespace reef::ops {

// Whatever ranges are asked of a tool, and whatever of them overlap: one of these versions is in all of them.
// The lower end of an intersection is the lower end of one of its ranges.
class Samples {
 public:
  // False when it was known.
  bool add(const std::string& tool, const VersionRange& range);
  std::vector<Version> of(const std::string& tool) const;

 private:
  std::map<std::string, std::set<Version>> versions_;
};

// What the other host found when it locked its part, as far as it is known from here.
struct ToolThere {
  Version version;
  std::map<std::string, Version> provides;
};
using ToolsThere = std::map<std::string, ToolThere>;

// The catalogue as another platform would see it, with tools of which only the names are known, but for those
// that its host has found. A capability that tools provide is a tool of its own.
//
// `as_found`: that host has what it found, no other versions of these tools, and none that provides the same;
// else it may have any.
class ForeignUniverse : public resolve::Universe {
 public:
  ForeignUniverse(Session& session, const Project* project, const Platform& platform, Samples& samples,
                  const ToolsThere& there, bool as_found);

  const std::vector<resolve::Candidate>& candidates(std::string_view name) override;
  std::vector<std::string> providers(std::string_view capability) override;
  std::vector<std::string> facts(std::string_view name) override;
  std::string subject_of_facts() override { return platform_.id(); }
  std::vector<std::string> names() override { return packages_.names(); }

  bool is_tool(const std::string& name);
  // A tool, or a capability of tools that no package bears the name of.
  bool is_of_host(const std::string& name);
  // Null where the other host has not found a tool in this version.
  const ToolThere* find_there(const std::string& tool, const Version& version) const;
  bool knows_all_ranges() const { return !fresh_; }
  const std::optional<Error>& error() const { return packages_.error(); }

 private:
  bool is_capability_of_tools(const std::string& name);
  void note(const resolve::Requirements& requirements);
  void note(const resolve::When& when);
  void note_both_sides(const std::string& name, const VersionRange& range);

  Session& session_;
  SessionUniverse packages_;
  const Project* project_;
  const Platform& platform_;
  Samples& samples_;
  const ToolsThere& there_;
  bool as_found_;
  std::map<std::string, std::vector<resolve::Candidate>> tools_;
  bool fresh_ = false;
};

}  // namespace reef::ops
