#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/resolve/world.h"

// The specification of resolver.h by brute force: every assignment of a small universe is tried, and the
// preferred one is found by asking, choice by choice, whether some solution agrees. It knows nothing of
// clauses, and the pre-release and fairness rules are left out: one root, stable versions.
namespace reef::test {

class Oracle {
 public:
  Oracle(World& world, const resolve::Request& request);

  bool solvable() const { return !solutions_.empty(); }
  // As outcome_text() writes it. There are several where an upgrade may be read in two ways
  // (assume_upgrades).
  std::set<std::string> preferred() const;
  std::set<std::string> all() const;  // solutions, in the same form

 private:
  struct When {
    resolve::When::Kind kind = resolve::When::Kind::always;
    bool holds = false;  // facts
    int package = -1;    // package; option: the owner
    int group = -1;      // option
    unsigned mask = 0;   // values or options
    std::vector<When> parts;
  };
  struct Alternative {
    int package = -1;
    unsigned mask = 0;
    std::vector<std::pair<int, unsigned>> options;  // group of the package, mask
    bool impossible = false;
  };
  struct Need {
    std::vector<Alternative> alternatives;
    When when;
    int group = -1;  // option that asks
    int option = -1;
    std::string capability;
    bool build = false;
  };
  struct Version {
    std::vector<Need> needs;
    struct Exclusion {
      int group = -1;
      int option = -1;
      int package = -1;
      unsigned mask = 0;
    };
    std::vector<Exclusion> excludes;
    struct OptionRule {
      int group = -1;
      int option = -1;
      When when;
    };
    std::vector<OptionRule> rules;
    std::vector<std::vector<int>> groups;  // group -> its options in order of preference; empty: has it not
  };
  struct Package {
    std::string name;
    std::vector<const resolve::Candidate*> values;  // most preferred first
    std::vector<Version> versions;
    std::vector<std::string> groups;
    std::vector<std::vector<std::string>> options;
  };
  struct Assignment {
    std::vector<int> value;                 // -1: absent
    std::vector<std::vector<int>> options;  // package, group -> option or -1
  };

  int index_of(const std::string& name) const;
  unsigned mask_of(int package, const VersionRange& range) const;
  int group_of(int package, const std::string& name) const;
  unsigned option_mask(int package, int group, const std::vector<std::string>& options) const;
  When compile(const resolve::When& when, int owner) const;
  Need compile(const resolve::Requirement& need, int owner, int group, int option) const;
  Version compile(int package, const resolve::Candidate& candidate) const;

  bool holds(const When& when, const Assignment& a) const;
  bool active(const Need& need, int owner, const Assignment& a) const;
  bool meets(const Alternative& alternative, const Assignment& a) const;
  bool met(const Need& need, const Assignment& a) const;
  bool valid(const Assignment& a) const;
  bool founded(const When& when, const Assignment& a, const std::vector<char>& seen, bool negated) const;
  bool reached(const Assignment& a) const;
  bool has_build_cycle(const Assignment& a) const;
  void enumerate(std::size_t package, Assignment& a);

  // Preference.
  std::string preferred_with(unsigned strictly);
  std::string text_of(const Assignment& a, const std::vector<int>& packages) const;
  template <class Keep>
  bool narrow(Keep keep);
  void assume_upgrades(unsigned strictly);
  void assume_lock();
  bool advance();
  std::optional<bool> decided(const Need& need, int owner) const;
  std::optional<bool> known(const When& when) const;
  static std::optional<bool> constant(const When& when);
  static void collect(const When& when, std::vector<int>& out);
  bool select(const Need& need);
  bool select_capability(const Need& need);
  bool take(const Alternative& alternative);
  bool choose_option();

  World& world_;
  const resolve::Request& request_;
  std::vector<Package> packages_;
  std::vector<Need> roots_;
  std::vector<Assignment> solutions_;
  std::vector<int> order_;                // selected so far
  std::set<std::pair<int, int>> passed_;  // groups whose turn is over
  std::set<int> closed_;                  // packages taken for absent
  std::map<std::string, int> providers_;  // -1: mixed
};

}  // namespace reef::test
