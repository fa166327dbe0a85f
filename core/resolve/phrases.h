#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/resolve/encoder.h"

namespace reef::resolve {

// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& items, std::string_view conjunction);

// Clauses in the words of the manifests.
class Phrases {
 public:
  explicit Phrases(Encoder& encoder) : encoder_(encoder) {}

  // The facts that are told together: what one says may need a word because of another.
  void set_scene(const std::vector<ClauseId>& facts);

  // "digits-classifier 1.0.0 needs gcc >=13, this host has gcc 12.2.0". Without its subject: "needs ...".
  std::string sentence(ClauseId fact, bool with_subject = true) const;
  // Where a manifest says so.
  Place place(ClauseId fact) const;
  // All of it: the sentence, its place, and who speaks of whom.
  Reason reason(ClauseId fact) const;
  // What follows from others: "torch >=2.0.0 needs cuda >=12.1.0", "a 1.0.0 cannot be used". The sets of the
  // literals are given by `has`.
  struct Part {
    Var var;
    std::vector<char> allowed;  // by value
  };
  std::string derived(const std::vector<Part>& parts) const;
  // Facts of how things are encoded, which need not be said.
  bool is_silent(ClauseId fact) const;
  // What would help with a fact by itself: an install command, the nearest name. `look_ups`: how many needs
  // may still be looked up for that, among everything there is.
  std::vector<std::string> hints(ClauseId fact, std::size_t& look_ups) const;

 private:
  bool is_here(const Target& target) const;
  bool only_yanked(const Target& target) const;
  bool is_known(const Target& target) const;
  std::optional<std::string> other_kind_hint(const Target& target) const;
  std::optional<std::string> prerelease_hint(const Target& target) const;
  std::vector<std::string> lock_hints(const Target& target) const;
  std::optional<std::string> option_hint(const Fact& fact) const;
  std::string versions(std::uint32_t package, const std::vector<char>& chosen) const;
  std::string subject(const Fact& fact, ClauseId id) const;
  std::string yanked_in(const Need& need) const;
  std::string need_sentence(ClauseId id, bool with_subject) const;
  std::string option_sentence(ClauseId id, bool with_subject) const;
  std::string target_text(const Target& target) const;
  std::string availability(const Need& need) const;
  std::string availability(const Need& need, const Target& target) const;
  std::string provided_by(const Need& need) const;
  bool misses_prerelease(const Need& need) const;
  std::string structure_sentence(const Fact& fact) const;
  std::string this_host_has(const When& when) const;
  std::vector<char> values_of(const Literal& literal) const;

  Encoder& encoder_;
  // Package -> its pre-releases that some fact of the scene names and takes.
  std::map<std::uint32_t, std::vector<const Version*>> named_prereleases_;
};

}  // namespace reef::resolve
