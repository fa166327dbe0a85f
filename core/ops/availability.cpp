#include "core/ops/availability.h"

#include <limits>

#include "core/base/text.h"
#include "core/ops/advice.h"

namespace reef::ops {
namespace {

resolve::Requirement asked_for(const std::string& name, const VersionRange& range,
                               const std::map<std::string, std::string>& with) {
  resolve::Target target;
  target.name = name;
  target.range = range;
  target.with = with;
  resolve::Requirement requirement;
  requirement.targets.push_back(std::move(target));
  return requirement;
}

class Question {
 public:
  Question(Session& session, SessionUniverse& universe, const Target& target, const Manifest& manifest)
      : session_(session), universe_(universe), target_(target), manifest_(manifest) {}

  Result<resolve::Outcome> ask(const std::map<std::string, std::string>& with) {
    request_ = resolve::Request();
    request_.roots.push_back(asked_for(target_.name, VersionRange::exactly(manifest_.version), with));
    for (const auto& [package, options] : target_.deep)
      request_.roots.push_back(asked_for(package, {}, options));
    if (session_.resolve_timeout()) request_.limits.conflicts = std::numeric_limits<std::uint64_t>::max();
    TRY(resolve::Outcome outcome, search_closure(session_, universe_, request_));
    if (universe_.error()) return tl::make_unexpected(*universe_.error());
    TRY_STATUS(session_.machine().cancel.check());
    return outcome;
  }

  NoPlan explain(const resolve::Outcome& outcome) {
    if (const auto* gave_up = std::get_if<resolve::GaveUp>(&outcome))
      return {gave_up->text, {way_to_search_longer(session_, target_, *gave_up)}, to_json(*gave_up)};
    const auto& conflict = std::get<resolve::Conflict>(outcome);
    return {conflict.text, conflict.hints, to_json(conflict)};
  }

 private:
  Session& session_;
  SessionUniverse& universe_;
  const Target& target_;
  const Manifest& manifest_;
  resolve::Request request_;
};

// What the proof rests on, without what was asked for here: "node needs ...; this host has no ...".
std::string facts_of(const resolve::Outcome& outcome) {
  const auto* conflict = std::get_if<resolve::Conflict>(&outcome);
  if (conflict == nullptr) return "no answer in time";
  std::vector<std::string> facts;
  for (const resolve::Reason& reason : conflict->reasons)
    if (reason.from.empty() && !reason.text.starts_with("you ")) facts.push_back(reason.text);
  return facts.empty() ? "excluded" : join(facts, "; ");
}

// The option's own dependencies that nothing meets say it shortest; else the proof does.
void explain_refusal(OptionState& state, const Manifest& manifest, Session& session,
                     SessionUniverse& universe, const resolve::Outcome& outcome) {
  for (const Dependency& dependency : state.option->dependencies) {
    const Met met = look_up(session, universe, dependency);
    if (!met.by.empty()) continue;
    state.reason = fmt::format("needs {}, {}", requirement_text(dependency), met.problem);
    state.install = met.install;
    return;
  }
  state.reason = facts_of(outcome);
  // "letter 1.1.0 with `style = gilded` ..." stands beside the option already.
  const std::string subject = fmt::format("{} {} with `{} = {}` ", manifest.name, manifest.version.text(),
                                          state.group->group, state.option->name);
  if (state.reason.starts_with(subject)) state.reason.erase(0, subject.size());
}

}  // namespace

Result<Availability> availability(Session& session, SessionUniverse& universe, const Target& target,
                                  const Manifest& manifest) {
  Availability out;
  Question question(session, universe, target, manifest);
  std::map<std::string, std::string> chosen;
  TRY(const resolve::Outcome defaults, question.ask(target.with));
  if (const auto* solution = std::get_if<resolve::Solution>(&defaults)) {
    if (const resolve::Selected* root = solution->find(target.name)) {
      chosen = root->options;
      out.edges = solution->edges_of(*root);
    }
  } else {
    out.no_plan = question.explain(defaults);
  }
  for (const Variation& group : manifest.variations) {
    for (const Option& option : group.options) {
      OptionState state{&group, &option, chosen[group.group] == option.name, true, {}, {}};
      if (!state.chosen) {
        std::map<std::string, std::string> with = target.with;
        with[group.group] = option.name;
        TRY(const resolve::Outcome outcome, question.ask(with));
        state.available = std::holds_alternative<resolve::Solution>(outcome);
        if (!state.available) explain_refusal(state, manifest, session, universe, outcome);
      }
      out.options.push_back(std::move(state));
    }
  }
  return out;
}

}  // namespace reef::ops
