#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/arena.h"
#include "core/base/name_table.h"
#include "core/resolve/engine.h"
#include "core/resolve/resolver.h"

// Requirements as clauses.
//
// A package is a variable: its candidates, most preferred first, and one value more, absent. A variation
// group of a package is a variable: its options over all versions, and none. A capability is a variable:
// which provider serves everyone, or "mixed". Variables are made when something names them, and the clauses
// of a version only when it is about to be chosen, so that a registry is read no further than necessary.
// Neighbouring versions that ask the same thing share one clause. A closure may have a thousand packages with
// ten thousand requirements, so what is kept of each is small, and its arrays lie in an arena.
namespace reef::resolve {

constexpr std::uint32_t kNone = ~std::uint32_t{0};

struct PackageInfo {
  std::string_view name;
  Var var = 0;
  std::span<const Candidate* const> values;    // most preferred first
  std::span<const Candidate* const> left_out;  // yanked ones that nobody pinned, oldest first
  std::span<const std::uint32_t> by_version;   // values, oldest first; empty when there is only one
  std::span<const std::uint32_t> rank;         // value -> its place in by_version
  std::optional<SetId> hidden;                 // pre-releases that only a range that names one may choose
  SetId only_absent = 0;                       // the set of that one value
  std::vector<std::uint32_t> groups;
  bool groups_known = false;
  bool in_condition = false;  // some condition asks whether it is in the closure
  struct Value {
    bool loaded = false;
    std::span<std::uint32_t> needs;  // ids, or kNone for conditions that never hold; declared order
  };
  std::span<Value> loads;

  std::uint32_t absent() const { return static_cast<std::uint32_t>(values.size()); }
  bool is_of_host() const { return !values.empty() && values.front()->origin == Origin::host; }
};

struct GroupInfo {
  std::uint32_t package = 0;
  Var var = 0;
  std::string name;
  std::vector<std::string> options;  // over all versions; one value more: none
  std::uint32_t none() const { return static_cast<std::uint32_t>(options.size()); }
};

struct CapabilityInfo {
  std::string name;
  Var var = 0;
  std::vector<std::uint32_t> providers;  // packages in the registry's order; one value more: mixed
  std::uint32_t mixed() const { return static_cast<std::uint32_t>(providers.size()); }
};

// A package in one of these versions; `with` holds one literal for each option asked of it.
struct TargetInfo {
  std::uint32_t package = 0;
  SetId set = 0;
  std::uint32_t target = 0;    // index in Requirement::targets
  std::uint32_t provider = 0;  // capabilities: value of the capability's variable
  bool asks_options = false;
  bool by_capability = false;  // it serves as what it provides, not by its name
};

// What few needs have.
struct SpecialNeed {
  std::uint32_t group = kNone;  // asked by this option only
  std::uint32_t option = 0;
  std::uint32_t capability = kNone;  // when its only target is one
  std::uint32_t choice = kNone;      // variable: which target, when they carry different options
  std::uint32_t first_term = 0;      // it applies when all literals of some term hold
  std::uint32_t term_count = 0;      // 0: always
  bool operator==(const SpecialNeed&) const = default;
};
inline constexpr SpecialNeed kNothingSpecial{};

// A requirement of some versions of a package (or of the request), in clauses.
struct Need {
  static constexpr std::uint32_t kMostTargets = ~std::uint32_t{0} >> 1;
  const Requirement* requirement = nullptr;
  const SpecialNeed* special = &kNothingSpecial;
  std::uint32_t owner = kNone;  // package; kNone: the request
  SetId outside = 0;            // the owner's values that do not ask this
  std::uint32_t first_target = 0;
  std::uint32_t target_count : 31 = 0;
  std::uint32_t builds : 1 = 0;  // asked at build time, too
  bool conditional() const { return special->term_count != 0; }
  // Always one package in some versions, and no more to it than that.
  bool is_plain() const { return special == &kNothingSpecial && target_count == 1; }
};

// What a clause says, for explanations.
struct Fact {
  enum class Kind {
    learnt,       // follows from others
    need,         // `need`
    option_need,  // options asked of a target of `need`
    serve,        // a capability's provider serves `need`: part of how sharing is encoded
    exclusion,    // `exclusion` of `package`
    option_when,  // an option of `package` exists under a condition only
    option_conflict,
    structure,  // which versions have which groups and options
    constraint,
    locked,     // frozen: only as locked
    unlisted,   // frozen: not in the lock
    cycle,      // text
    unfounded,  // text
    preference  // holds only while the search prefers it
  };
  Kind kind = Kind::learnt;
  std::uint32_t package = kNone;
  std::uint32_t need = kNone;
  std::uint32_t group = kNone;
  std::uint32_t option = kNone;
  const Exclusion* exclusion = nullptr;
  const GroupOption* group_option = nullptr;
  std::uint32_t text = kNone;  // index in Encoder::texts
};

class Encoder {
 public:
  Encoder(Universe& universe, const Request& request, Engine& engine);

  void add_roots();
  // Adds the clauses of a version, once. False when it was loaded already.
  bool load(std::uint32_t package, std::uint32_t value);

  std::uint32_t package(std::string_view name) { return package_of(name_of(name)); }
  // The package's groups; an index into groups(), or kNone.
  std::uint32_t group(std::uint32_t package, std::string_view name);
  // The values of a package in a range; for requirements pre-releases must be asked for.
  SetId values_in(std::uint32_t package, const VersionRange& range, bool required);
  // The set plus "absent".
  SetId or_absent(std::uint32_t package, SetId set);

  PackageInfo& info(std::uint32_t package) { return packages_[package]; }
  const PackageInfo& info(std::uint32_t package) const { return packages_[package]; }
  std::size_t package_count() const { return packages_.size(); }
  GroupInfo& group_info(std::uint32_t index) { return groups_[index]; }
  const GroupInfo& group_info(std::uint32_t index) const { return groups_[index]; }
  bool has_groups() const { return !groups_.empty(); }
  bool has_build_needs() const { return has_build_needs_; }
  // The lock's entry of a package; null when it has none.
  const Locked* locked(std::string_view package) const;
  // A tool, or a capability of tools, that the lock leaves open.
  bool is_locked_open(std::string_view name) const { return open_.contains(name); }
  const CapabilityInfo& capability_info(std::uint32_t index) const { return capabilities_[index]; }
  const Need& need(std::uint32_t index) const { return needs_[index]; }
  std::size_t need_count() const { return needs_.size(); }
  std::span<const TargetInfo> targets(const Need& need) const {
    return {targets_.data() + need.first_target, need.target_count};
  }
  std::span<const std::vector<Literal>> terms(const Need& need) const {
    return {terms_.data() + need.special->first_term, need.special->term_count};
  }
  // Declared order; kNone for those whose condition does not hold.
  const std::vector<std::uint32_t>& root_needs() const { return root_needs_; }
  // The order in which they are decided.
  const std::vector<std::uint32_t>& root_order() const { return root_order_; }
  // A variable of the search's own.
  Var new_switch() { return new_variable(2, {}); }
  const std::vector<std::uint32_t>& conditional_packages() const { return conditional_; }
  const Fact& fact(ClauseId id) const;
  const std::string& text(std::uint32_t index) const { return texts_[index]; }
  void add_fact(std::span<const Literal> literals, const Fact& fact);
  std::uint32_t add_text(std::string text);
  const std::optional<Error>& error() const { return error_; }
  const Request& request() const { return request_; }
  Universe& universe() { return universe_; }
  Engine& engine() { return engine_; }

  // Who a variable belongs to; exactly one is not kNone, or none of them for a choice.
  struct Owner {
    std::uint32_t package = kNone;
    std::uint32_t group = kNone;
    std::uint32_t capability = kNone;
    std::uint32_t choice_of = kNone;  // need
  };
  const Owner& owner(Var var) const { return owners_[var]; }

 private:
  using Terms = std::vector<std::vector<Literal>>;
  struct Position {  // of a requirement within a version
    std::size_t flat = 0;
    const Requirement* requirement = nullptr;
    const Group* group = nullptr;
    const GroupOption* option = nullptr;
  };
  // A package in some versions, perhaps with an option, does not go with others.
  struct Excluded {
    std::uint32_t by = 0;
    std::uint32_t group = kNone;  // of the option that says so
    std::uint32_t option = 0;
    Literal base[2] = {};  // one of these holds, or the exclusion does
    std::uint32_t base_count = 0;
    bool as_provider = false;
    const Exclusion* exclusion = nullptr;
    std::uint32_t next = kNone;  // of the same name, in excluded_
  };

  Var new_variable(std::uint32_t values, Owner owner);
  std::uint32_t name_of(std::string_view text);
  std::uint32_t package_of(std::uint32_t name);
  std::span<const std::uint32_t> providers_of(std::uint32_t name);
  void pin_named_by(const Requirement& root);
  void read_candidates(PackageInfo& info);
  void sort_values(PackageInfo& info);
  void hide_prereleases(PackageInfo& info);
  void add_package_clauses(std::uint32_t package);
  void create_groups(std::uint32_t package);
  void add_group_clauses(std::uint32_t group);
  std::uint32_t capability(const std::string& name);

  void load_needs(std::uint32_t package, std::uint32_t value);
  void load_need(std::uint32_t package, std::uint32_t value, const Position& position);
  std::uint32_t load_only_version(std::uint32_t package, const Requirement& requirement);
  void note_purpose(Need& need);
  std::span<std::uint32_t> need_ids(std::uint32_t package, std::uint32_t value, std::size_t count);
  static std::size_t find_same(const Requirements& requirements, const Position& position,
                               std::size_t& count);
  void load_option(std::uint32_t package, std::uint32_t value, std::uint32_t group,
                   const GroupOption& option);
  // Calls `visit` for the value and its neighbours for which it returns true.
  template <class Visit>
  void each_neighbour(std::uint32_t package, std::uint32_t value, Visit visit);

  // exclusions.cpp
  void load_exclusions(std::uint32_t package, std::uint32_t value);
  void exclude(Excluded excluded);
  void forbid(std::uint32_t package, const Excluded& excluded);

  std::uint32_t add_need(Need need, SpecialNeed special, std::uint32_t package);
  void set_special(Need& need, const SpecialNeed& special);
  void add_need_clauses(std::uint32_t index, std::span<const Literal> base);
  void add_serving_clauses(std::uint32_t index, std::span<const Literal> base, bool options);
  void add_option_clauses(std::uint32_t index, std::span<const Literal> base, const TargetInfo& target);
  struct Expanded {  // a slice of targets_
    std::uint32_t symbol = 0;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    bool settled = false;  // one of them holds in every solution
  };
  Expanded& expanded(std::uint32_t symbol);
  void add_targets(Need& need);
  const Expanded* settled(const Requirement& requirement);
  void expand(const Target& target, std::uint32_t target_index, const Need& need);
  SetId providing(std::uint32_t package, const std::string& name, const VersionRange& range);
  Literal option_literal(std::uint32_t package, const std::string& group,
                         const std::vector<std::string>& options);

  // The condition, or its negation, as alternatives of literals that must all hold.
  Terms terms_of(std::uint32_t package, const When& when, bool negated);
  Terms leaf_terms(std::uint32_t package, const When& when, bool negated);
  bool fact_holds(const When& when);

  Universe& universe_;
  const Request& request_;
  Engine& engine_;
  std::vector<PackageInfo> packages_;
  std::vector<GroupInfo> groups_;
  std::vector<CapabilityInfo> capabilities_;
  std::vector<Owner> owners_;
  std::vector<Need> needs_;
  std::vector<TargetInfo> targets_;
  Terms terms_;
  std::vector<std::uint32_t> root_needs_;
  std::vector<std::uint32_t> root_order_;
  std::vector<std::uint32_t> conditional_;
  std::vector<Fact> facts_;  // by ClauseId
  std::vector<std::string> texts_;
  std::optional<Error> error_;
  bool has_build_needs_ = false;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <class T>
  using ByName = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
  struct Name {
    std::uint32_t package = kNone;
    // In excluded_: by packages that were read before there was a variable for this one.
    std::uint32_t first_excluded = kNone;
    std::uint32_t last_excluded = kNone;
    bool providers_known = false;
    std::span<const std::uint32_t> providers;  // names of packages, in the registry's order
  };
  Arena arena_;
  NameTable name_table_;
  std::vector<Name> names_;  // by number
  std::vector<Excluded> excluded_;
  std::vector<Expanded> expanded_;  // by Target::symbol: open addressing; a power of two, at most half full
  std::size_t expanded_count_ = 0;
  std::vector<const Candidate*> read_;
  std::vector<const Candidate*> unread_;
  std::vector<Position> positions_;
  std::vector<std::uint32_t*> members_;  // the ids of one need, in the versions that share it
  std::vector<Literal> clause_;
  ByName<std::uint32_t> capability_ids_;
  ByName<std::vector<std::string>> known_facts_;
  ByName<const Locked*> locked_;
  std::set<std::string_view> open_;
  struct Pin {
    bool prerelease = false;     // a range of the user's own names one
    std::vector<Version> exact;  // asked for by exactly this version
  };
  ByName<Pin> pins_;
};

template <class Visit>
void Encoder::each_neighbour(std::uint32_t package, std::uint32_t value, Visit visit) {
  visit(value);
  if (packages_[package].values.size() < 2) return;
  const auto at = [&](std::size_t rank) { return packages_[package].by_version[rank]; };
  const std::size_t rank = packages_[package].rank[value];
  for (std::size_t i = rank + 1; i < packages_[package].values.size() && visit(at(i)); ++i) continue;
  for (std::size_t i = rank; i > 0 && visit(at(i - 1)); --i) continue;
}

// What the two ask is the same (who asks aside).
bool same(const Requirement& a, const Requirement& b);
bool same(const Exclusion& a, const Exclusion& b);

}  // namespace reef::resolve
