#include "core/resolve/resolver.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/resolve/explain.h"
#include "core/resolve/phrases.h"
#include "core/resolve/search.h"
#include "core/resolve/solution.h"

namespace reef::resolve {
namespace {

Statistics statistics_of(const Engine& engine, const Encoder& encoder) {
  return {engine.decisions(), engine.conflicts(), engine.propagations(), engine.clause_count(),
          encoder.package_count()};
}

// What the versions read so far ask of a package, the first few.
std::vector<std::string> demands_on(Encoder& encoder, std::uint32_t package) {
  constexpr std::size_t kMost = 3;
  const Phrases phrases(encoder);
  const Engine& engine = encoder.engine();
  const Var var = encoder.info(package).var;
  std::vector<std::string> out;
  std::size_t more = 0;
  for (ClauseId id = 0; static_cast<std::size_t>(id) < engine.clause_count(); ++id) {
    const Fact& fact = encoder.fact(id);
    if (fact.kind != Fact::Kind::need && fact.kind != Fact::Kind::exclusion) continue;
    const auto literals = engine.literals(id);
    if (fact.package == package || std::none_of(literals.begin(), literals.end(),
                                                [&](const Literal& literal) { return literal.var == var; }))
      continue;
    if (out.size() == kMost) {
      ++more;
      continue;
    }
    std::string text = phrases.sentence(id);
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
  }
  if (more) out.push_back(fmt::format("{} more", more));
  return out;
}

GaveUp gave_up(const Engine& engine, Encoder& encoder, const Search& search, bool out_of_time) {
  std::vector<std::pair<double, std::string>> ranked;
  for (std::uint32_t package = 0; package < encoder.package_count(); ++package)
    ranked.emplace_back(-engine.activity(encoder.info(package).var), std::string(encoder.info(package).name));
  std::sort(ranked.begin(), ranked.end());
  GaveUp out;
  for (std::size_t i = 0; i < std::min<std::size_t>(ranked.size(), 5) && ranked[i].first < 0; ++i)
    out.hardest.push_back(ranked[i].second);
  out.out_of_time = out_of_time;
  out.solvable = search.known_solvable();
  out.text =
      fmt::format("gave up after {} conflicts{}: {}", engine.conflicts(), out_of_time ? ", out of time" : "",
                  out.solvable ? "a solution exists, but the preferred one was not found"
                               : "whether a solution exists is not known");
  if (!out.hardest.empty()) out.text += "\nthe hardest to agree on:";
  for (const std::string& name : out.hardest) {
    const std::vector<std::string> rivals = demands_on(encoder, encoder.package(name));
    out.text += fmt::format("\n  {}{}{}", name, rivals.empty() ? "" : ": ", join(rivals, "; "));
  }
  return out;
}

}  // namespace

Result<Outcome> resolve(Universe& universe, const Request& request) {
  Engine engine;
  engine.minimise_learnt();
  Encoder encoder(universe, request, engine);
  Search search(encoder);
  const Search::End end = search.run();
  if (encoder.error()) return tl::make_unexpected(*encoder.error());
  switch (end) {
    case Search::End::solved: {
      Solution solution = solution_of(encoder, search);
      solution.statistics = statistics_of(engine, encoder);
      return solution;
    }
    case Search::End::refuted: {
      const Statistics statistics = statistics_of(engine, encoder);
      Conflict conflict = explain(encoder, minimised(encoder, facts_behind(engine, engine.refutation())));
      conflict.statistics = statistics;
      return conflict;
    }
    case Search::End::out_of_conflicts:
    case Search::End::out_of_time:
      break;
  }
  GaveUp out = gave_up(engine, encoder, search, end == Search::End::out_of_time);
  out.statistics = statistics_of(engine, encoder);
  return out;
}

}  // namespace reef::resolve
