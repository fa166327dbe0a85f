#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/name_table.h"
#include "core/resolve/resolver.h"

// Universes that both this solver and libsolv can read: versions are whole numbers.
namespace reef::bench {

// A name in the versions [from, to).
struct Atom {
  static constexpr std::uint32_t kEnd = ~std::uint32_t{0};
  std::uint32_t name = 0;
  std::uint32_t from = 0;
  std::uint32_t to = kEnd;
  bool any() const { return from == 0 && to == kEnd; }
};
using AnyOf = std::vector<Atom>;

struct Release {
  std::uint32_t name = 0;
  std::uint32_t version = 0;
  std::vector<AnyOf> needs;
  std::vector<Atom> conflicts;
  std::vector<Atom> provides;  // any(): no version, else exactly one
};

struct Problem {
  std::string title;
  std::vector<std::string> names;
  std::unordered_map<std::string, std::uint32_t> ids;
  std::vector<Release> releases;
  std::vector<AnyOf> roots;

  std::uint32_t id(const std::string& name);
  void add(const std::string& name, std::uint32_t version, std::vector<AnyOf> needs = {});
};

// The 22 hard universes of the study: known families at sizes at which some solver fails.
std::vector<Problem> hard_problems();

// A project as there are many: about 60 packages of a catalogue of 1,000. `solvable`: else two of its
// packages disagree.
Problem usual_project(bool solvable);

// A distribution's index: the texts of Debian's Packages files.
Problem debian(const std::vector<std::string>& texts);

// A problem as this solver reads it.
class ProblemUniverse : public resolve::Universe {
 public:
  explicit ProblemUniverse(const Problem& problem);
  const std::vector<resolve::Candidate>& candidates(std::string_view name) override;
  std::vector<std::string> providers(std::string_view capability) override;
  std::vector<std::string> facts(std::string_view) override { return {}; }

  resolve::Requirement requirement(const AnyOf& any_of);
  resolve::Request request(const std::vector<AnyOf>& roots);

 private:
  resolve::Target target(const Atom& atom);
  std::uint32_t id_of(std::string_view name);

  const Problem& problem_;
  std::vector<std::vector<resolve::Candidate>> candidates_;  // by name
  std::vector<std::vector<std::string>> providers_;          // by name
  NameTable ids_;                                            // each name by its number
  std::unordered_map<std::uint64_t, VersionRange> ranges_;
  std::unordered_map<std::string, std::uint32_t> symbols_;
  std::string_view last_name_;
  std::uint32_t last_id_ = NameTable::kNone;
};

// What the peer took: milliseconds of CPU in its solver, or nothing when it was cut off after `limit`
// seconds.
struct PeerResult {
  std::optional<double> milliseconds;
  double preparing = 0;  // before the first solve: its table of who provides what
  bool solved = false;
};
// Nothing at all when this program was built without libsolv.
std::optional<std::vector<PeerResult>> libsolv(const Problem& problem,
                                               const std::vector<std::vector<AnyOf>>& requests, int runs,
                                               unsigned limit);

double cpu_milliseconds();

}  // namespace reef::bench
