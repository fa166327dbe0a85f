#include "core/resolve/resolver.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/resolve/explain.h"
#include "core/resolve/search.h"
#include "core/resolve/solution.h"

namespace reef::resolve {
namespace {

Statistics statistics_of(const Engine& engine, const Encoder& encoder) {
  return {engine.decisions(), engine.conflicts(), engine.propagations(), engine.clause_count(),
          encoder.package_count()};
}

GaveUp gave_up(const Engine& engine, const Encoder& encoder, const Search& search, bool out_of_time) {
  std::vector<std::pair<double, std::string>> ranked;
  for (std::uint32_t package = 0; package < encoder.package_count(); ++package)
    ranked.emplace_back(-engine.activity(encoder.info(package).var), encoder.info(package).name);
  std::sort(ranked.begin(), ranked.end());
  GaveUp out;
  for (std::size_t i = 0; i < std::min<std::size_t>(ranked.size(), 5) && ranked[i].first < 0; ++i)
    out.hardest.push_back(ranked[i].second);
  out.out_of_time = out_of_time;
  out.solvable = search.known_solvable();
  out.text = fmt::format("gave up after {} conflicts{}; {}; the hardest packages: {}", engine.conflicts(),
                         out_of_time ? ", out of time" : "",
                         out.solvable ? "a solution exists, but not the preferred one was found"
                                      : "whether a solution exists is not known",
                         quoted_list(out.hardest, "and"));
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
