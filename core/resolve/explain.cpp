#include "core/resolve/explain.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/resolve/explanation_text.h"
#include "core/resolve/phrases.h"

namespace reef::resolve {
namespace {

// More facts than this are not minimised: each takes a search of its own.
constexpr std::size_t kMostMinimised = 300;
constexpr std::uint64_t kConflictsPerProof = 2000;
// Of a proof that takes more conflicts than this no one follows the derivation; its facts are told.
constexpr std::uint64_t kConflictsToTell = 100;

// Some facts as a problem of their own.
class Proof {
 public:
  Proof(const Encoder& encoder, const std::vector<ClauseId>& facts) {
    const Engine& world = const_cast<Encoder&>(encoder).engine();
    for (const ClauseId fact : facts) {
      std::vector<Literal> literals;
      for (const Literal& literal : world.literals(fact)) {
        const Var var = variable(world, literal.var);
        const SetId set = engine_.empty_set(var);
        for (std::uint32_t value = 0; value < world.value_count(literal.var); ++value)
          if (world.has(literal.set, value)) engine_.insert(set, value);
        literals.push_back({var, set});
      }
      const ClauseId id = engine_.add(literals);
      if (id != kNoClause) facts_.push_back(fact);
    }
  }

  // True when there is no solution; false also when that takes more conflicts to tell.
  bool refute(std::uint64_t most_conflicts) {
    for (Var next = 0;;) {
      const ClauseId conflict = engine_.propagate();
      if (conflict != kNoClause) {
        if (engine_.conflicts() > most_conflicts) return false;
        if (!engine_.learn(conflict)) return true;
        next = 0;
        continue;
      }
      while (next < engine_.variable_count() && engine_.single(next) >= 0) ++next;
      if (next == engine_.variable_count()) return false;
      std::uint32_t value = 0;
      while (!engine_.possible(next, value)) ++value;
      engine_.decide(next, engine_.set_of(next, value));
    }
  }

  std::vector<ClauseId> used() const {
    std::vector<ClauseId> out;
    for (const ClauseId id : facts_behind(engine_, engine_.refutation())) out.push_back(original(id));
    return out;
  }

  const Engine& engine() const { return engine_; }
  ClauseId original(ClauseId id) const { return facts_[static_cast<std::size_t>(id)]; }
  Var original(Var var) const { return vars_[var]; }

 private:
  Var variable(const Engine& world, Var var) {
    const auto [at, fresh] = known_.emplace(var, static_cast<Var>(vars_.size()));
    if (fresh) {
      engine_.new_variable(world.value_count(var));
      vars_.push_back(var);
    }
    return at->second;
  }

  Engine engine_;
  std::map<Var, Var> known_;
  std::vector<Var> vars_;
  std::vector<ClauseId> facts_;
};

// The packages a fact speaks of: who asks, and what is asked for.
std::set<Var> vars_of(const Engine& engine, ClauseId fact) {
  std::set<Var> out;
  for (const Literal& literal : engine.literals(fact)) out.insert(literal.var);
  return out;
}

// From the request outwards: facts of the request first, then those about packages already mentioned, the
// earliest first: the order in which the search met them is breadth first.
std::vector<ClauseId> in_reading_order(Encoder& encoder, const std::vector<ClauseId>& facts) {
  constexpr Var kRequest = ~Var{0};
  std::map<Var, std::vector<ClauseId>> about;  // package -> facts not told yet
  std::set<ClauseId> ready;
  std::set<ClauseId> waiting(facts.begin(), facts.end());
  for (const ClauseId id : facts) {
    const Fact& fact = encoder.fact(id);
    about[fact.package == kNone ? kRequest : encoder.info(fact.package).var].push_back(id);
  }
  const auto mention = [&](Var var) {
    const auto found = about.find(var);
    if (found == about.end()) return;
    for (const ClauseId id : found->second)
      if (waiting.erase(id)) ready.insert(id);
    about.erase(found);
  };
  std::vector<ClauseId> out;
  const auto tell = [&](std::set<ClauseId>& from) {
    const ClauseId id = *from.begin();
    from.erase(from.begin());
    out.push_back(id);
    return id;
  };
  mention(kRequest);
  while (!ready.empty()) tell(ready);
  for (std::size_t i = 0; i < out.size(); ++i)
    for (const Var var : vars_of(encoder.engine(), out[i])) mention(var);
  while (!ready.empty() || !waiting.empty())
    for (const Var var : vars_of(encoder.engine(), tell(ready.empty() ? waiting : ready))) mention(var);
  return out;
}

class Writer {
 public:
  Writer(Encoder& encoder, const Proof& proof, const std::vector<ClauseId>& order)
      : encoder_(encoder), phrases_(encoder), proof_(proof) {
    for (std::size_t i = 0; i < order.size(); ++i) place_[order[i]] = i;
    phrases_.set_scene(order);
  }

  Conflict write() {
    std::vector<ClauseId> learnt = order_of_learnt();
    for (const ClauseId id : learnt) {
      std::vector<std::size_t> from = state(proof_.engine().antecedents(id));
      number_[id] = conclude(words(id), std::move(from));
    }
    conclude("there is no solution", state(proof_.engine().refutation()));
    conflict_.text = explanation_text(conflict_.reasons, facts_to_read(), encoder_.request().asked_by);
    return std::move(conflict_);
  }

 private:
  // Learnt clauses that the refutation rests on, each after those it rests on itself.
  std::vector<ClauseId> order_of_learnt() const {
    std::vector<ClauseId> out;
    std::set<ClauseId> seen;
    std::vector<ClauseId> open(proof_.engine().refutation());
    while (!open.empty()) {
      const ClauseId id = open.back();
      open.pop_back();
      if (!proof_.engine().is_learnt(id) || !seen.insert(id).second) continue;
      out.push_back(id);
      for (const ClauseId more : proof_.engine().antecedents(id)) open.push_back(more);
    }
    std::sort(out.begin(), out.end());  // learnt clauses follow from earlier ones only
    return out;
  }

  // Numbers of the reasons behind a conclusion; facts that were not said before are said now.
  std::vector<std::size_t> state(std::span<const ClauseId> antecedents) {
    std::vector<ClauseId> facts;
    std::vector<std::size_t> from;
    for (const ClauseId id : antecedents) {
      if (proof_.engine().is_learnt(id))
        from.push_back(number_.at(id));
      else
        facts.push_back(proof_.original(id));
    }
    std::sort(facts.begin(), facts.end(),
              [&](ClauseId a, ClauseId b) { return place_.at(a) < place_.at(b); });
    for (const ClauseId fact : facts)
      if (!phrases_.is_silent(fact)) from.push_back(say(fact));
    std::sort(from.begin(), from.end());
    from.erase(std::unique(from.begin(), from.end()), from.end());
    return from;
  }

  std::size_t say(ClauseId fact) {
    const auto before = said_.find(fact);
    if (before != said_.end()) return before->second;
    for (std::string& hint : phrases_.hints(fact, look_ups_))
      if (std::find(conflict_.hints.begin(), conflict_.hints.end(), hint) == conflict_.hints.end())
        conflict_.hints.push_back(std::move(hint));
    Reason reason = phrases_.reason(fact);
    if (const auto same = by_text_.find(reason.text); same != by_text_.end())
      return said_[fact] = same->second;
    const std::size_t index = conflict_.reasons.size();
    const auto [first, fresh] = by_requirement_.emplace(reason.requirement, index);
    if (!fresh && unite(conflict_.reasons[first->second], reason)) return said_[fact] = first->second;
    by_text_.emplace(reason.text, index);
    conflict_.reasons.push_back(std::move(reason));
    return said_[fact] = index;
  }

  // "a needs b", "a needs b with `c = d`" and "a needs b with `e = f`" are one sentence.
  static bool unite(Reason& said, const Reason& more) {
    if (said.requirement == nullptr || said.requirement != more.requirement || said.package != more.package ||
        more.text.find(", but ") != std::string::npos)
      return false;
    constexpr std::string_view kWith = " with `";
    if (said.text.starts_with(more.text + std::string(kWith))) return true;
    if (more.text.starts_with(said.text + std::string(kWith))) {
      said.text = more.text;
      return true;
    }
    const std::size_t at = more.text.rfind(kWith);
    if (at == std::string::npos || said.text.rfind(kWith) != at ||
        said.text.compare(0, at, more.text, 0, at) != 0)
      return false;
    said.text += " and " + more.text.substr(at + kWith.size() - 1);
    return true;
  }

  std::size_t conclude(std::string text, std::vector<std::size_t> from) {
    conflict_.reasons.push_back({.text = std::move(text), .from = std::move(from)});
    return conflict_.reasons.size() - 1;
  }

  std::string words(ClauseId learnt) const {
    std::vector<Phrases::Part> parts;
    for (const Literal& literal : proof_.engine().literals(learnt)) {
      Phrases::Part& part = parts.emplace_back(Phrases::Part{proof_.original(literal.var), {}});
      for (std::uint32_t value = 0; value < proof_.engine().value_count(literal.var); ++value)
        part.allowed.push_back(proof_.engine().has(literal.set, value));
    }
    return phrases_.derived(parts);
  }

  // Facts in the order in which they are read, not in that in which the proof uses them.
  std::vector<std::size_t> facts_to_read() const {
    std::map<std::size_t, std::size_t> first;  // reason -> place in the reading order
    for (const auto& [fact, index] : said_) {
      const auto [at, fresh] = first.emplace(index, place_.at(fact));
      if (!fresh) at->second = std::min(at->second, place_.at(fact));
    }
    std::vector<std::pair<std::size_t, std::size_t>> order;
    for (const auto& [index, place] : first) order.emplace_back(place, index);
    std::sort(order.begin(), order.end());
    std::vector<std::size_t> out;
    for (const auto& [place, index] : order) out.push_back(index);
    return out;
  }

  Encoder& encoder_;
  Phrases phrases_;
  const Proof& proof_;
  std::map<ClauseId, std::size_t> place_;   // of a fact in the reading order
  std::map<ClauseId, std::size_t> number_;  // of a learnt clause among the reasons
  std::map<ClauseId, std::size_t> said_;
  std::map<std::string, std::size_t> by_text_;
  std::map<const Requirement*, std::size_t> by_requirement_;  // the first that says something of it
  Conflict conflict_;
  std::size_t look_ups_ = 40;  // as many facts as a long explanation shows
};

}  // namespace

std::vector<ClauseId> facts_behind(const Engine& engine, std::span<const ClauseId> derivation) {
  std::vector<ClauseId> open(derivation.begin(), derivation.end());
  std::vector<char> seen(engine.clause_count());
  std::vector<ClauseId> out;
  while (!open.empty()) {
    const ClauseId id = open.back();
    open.pop_back();
    if (seen[static_cast<std::size_t>(id)]) continue;
    seen[static_cast<std::size_t>(id)] = 1;
    if (engine.is_learnt(id))
      open.insert(open.end(), engine.antecedents(id).begin(), engine.antecedents(id).end());
    else
      out.push_back(id);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<ClauseId> minimised(const Encoder& encoder, std::vector<ClauseId> facts) {
  if (facts.size() > kMostMinimised) return facts;
  // How things are encoded goes first, then what was met last: the reasons nearest to the request stay.
  std::vector<ClauseId> candidates(facts.rbegin(), facts.rend());
  std::stable_partition(candidates.begin(), candidates.end(), [&](ClauseId id) {
    const Fact::Kind kind = encoder.fact(id).kind;
    return kind == Fact::Kind::serve || kind == Fact::Kind::structure;
  });
  for (const ClauseId candidate : candidates) {
    const auto at = std::find(facts.begin(), facts.end(), candidate);
    if (at == facts.end()) continue;
    std::vector<ClauseId> fewer = facts;
    fewer.erase(fewer.begin() + (at - facts.begin()));
    Proof proof(encoder, fewer);
    if (proof.refute(kConflictsPerProof)) facts = proof.used();
  }
  std::sort(facts.begin(), facts.end());
  return facts;
}

Conflict explain(Encoder& encoder, const std::vector<ClauseId>& facts) {
  const std::vector<ClauseId> order = in_reading_order(encoder, facts);
  Proof proof(encoder, order);
  if (!proof.refute(kConflictsToTell)) {
    // The facts are true all the same.
    Phrases phrases(encoder);
    phrases.set_scene(order);
    Conflict conflict;
    std::vector<std::size_t> told;
    for (const ClauseId fact : order) {
      if (phrases.is_silent(fact)) continue;
      told.push_back(conflict.reasons.size());
      conflict.reasons.push_back(phrases.reason(fact));
    }
    conflict.reasons.push_back({.text = "there is no solution"});
    conflict.text = explanation_text(conflict.reasons, told, encoder.request().asked_by);
    return conflict;
  }
  return Writer(encoder, proof, order).write();
}

}  // namespace reef::resolve
