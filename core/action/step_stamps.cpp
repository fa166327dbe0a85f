#include "core/action/step_stamps.h"

#include <algorithm>

#include "core/action/files.h"
#include "core/action/metrics.h"
#include "core/base/text.h"

namespace reef::action {
namespace {

// But for the command, which is one of the action's.
std::string text_of(const BenchmarkSpec& spec) {
  json::Value out = {{"scenario", spec.scenario}, {"samples_per_query", spec.samples_per_query}};
  if (spec.queries) out["queries"] = *spec.queries;
  if (spec.warmup) out["warmup"] = *spec.warmup;
  if (spec.min_duration_seconds) out["min_duration"] = *spec.min_duration_seconds;
  if (spec.rate) out["rate"] = *spec.rate;
  if (spec.bound) out["bound"] = spec.bound->text();
  for (const auto& [kind, argv] :
       {std::pair("system", &spec.system), {"library", &spec.library}, {"command", &spec.command}})
    if (!argv->empty()) out["measures"] = kind;
  return out.dump();
}

}  // namespace

StepStamps::StepStamps(const PackageView& view, const WorkflowPlan& plan, const WorkflowContext& context,
                       Filesystem& fs, std::string run)
    : view_(view),
      plan_(plan),
      context_(context),
      fs_(fs),
      run_(std::move(run)),
      stamps_(plan.steps.size()) {}

Path StepStamps::folder_of(std::size_t i) const { return context_.state / "steps" / plan_.jobs[i].name; }
Path StepStamps::file_of(std::size_t i) const { return folder_of(i) / "stamp.json"; }

Folders StepStamps::folders_of(std::size_t i) const {
  Folders folders = context_.run.folders;
  folders.output = folder_of(i) / "output";
  folders.metrics = folder_of(i) / "metrics.json";
  return folders;
}

TemplateLookup StepStamps::lookup_of(std::size_t i) const {
  return make_lookup(view_, plan_.steps[i].parameters, folders_of(i), context_.run.jobs);
}

Result<StepItems> StepStamps::own_items(std::size_t i) const {
  const PlannedStep& step = plan_.steps[i];
  StepItems items;
  if (!context_.identity.empty()) items["package"] = context_.identity;
  for (const auto& [name, text] : step.parameters.texts()) items["parameter " + name] = text;
  if (step.action.benchmark) items["benchmark"] = text_of(*step.action.benchmark);
  if (step.action.benchmark && !context_.settings.empty()) items["settings"] = context_.settings;
  TRY(const Symbolic symbolic, symbolic_commands(view_, with_measured(step.action), step.parameters, {}));
  for (std::size_t n = 0; n < symbolic.commands.size(); ++n)
    items[fmt::format("command {}", n + 1)] = shell_quoted(symbolic.commands[n]);
  for (const auto& [name, value] : symbolic.environment) items["environment " + name] = value;
  return items;
}

Result<StepItems> StepStamps::items_of(std::size_t i) const {
  const PlannedStep& step = plan_.steps[i];
  TRY(StepItems items, own_items(i));
  TRY(const auto patterns, expand_patterns(step.action.inputs, lookup_of(i)));
  const Path& work = context_.run.folders.work;
  const auto found = matching_files(fs_, work, patterns);
  if (!found && found.error().code() == ErrorCode::not_found)
    return tl::make_unexpected(missing_input(step.step->name, step.step->place, found.error(),
                                             "the `inputs` of a step are written by steps that it `needs`, "
                                             "or lie in packages, as `${prefix}/FILE`"));
  TRY(const auto inputs, with_context(matching_digests(fs_, work, patterns), "reading its inputs"));
  for (const auto& [path, digest] : inputs) items["input " + path] = digest;
  for (std::size_t other = 0; other < plan_.jobs.size(); ++other) {
    const std::vector<std::string>& needs = plan_.jobs[i].needs;
    if (std::find(needs.begin(), needs.end(), plan_.jobs[other].name) != needs.end())
      items["step " + plan_.jobs[other].name] = stamps_[other].result().hex();
  }
  return items;
}

std::vector<std::string> StepStamps::reasons(std::size_t i, const std::optional<Stamp>& stamp) const {
  const PlannedStep& step = plan_.steps[i];
  std::vector<std::string> why;
  if (!stamp)
    why.emplace_back(kNotDoneBefore);
  else if (!step.declares() && stamp->run != run_ && context_.from_step.empty())
    why.emplace_back("it declares neither inputs nor outputs");
  if (stamp && context_.measure && step.action.benchmark) why.emplace_back("it is measured anew");
  if (step.forced) why.push_back(fmt::format("everything from `{}` on is repeated", context_.from_step));
  return why;
}

std::vector<std::string> StepStamps::certain_reasons(std::size_t i) const {
  std::optional<Stamp> stamp = read_stamp(fs_, file_of(i));
  std::vector<std::string> why = reasons(i, stamp);
  const Result<StepItems> items = own_items(i);
  if (!stamp || !items) return why;
  std::erase_if(stamp->items, [&](const auto& item) {
    const bool unknown = item.first == "package" && context_.identity.empty();
    return unknown || item.first.starts_with("input ") || item.first.starts_with("step ");
  });
  for (std::string& change : item_changes(*stamp, *items)) why.push_back(std::move(change));
  return why;
}

std::vector<std::string> StepStamps::is_done(std::size_t i, const StepItems& items) {
  std::optional<Stamp> stamp = read_stamp(fs_, file_of(i));
  std::vector<std::string> why = reasons(i, stamp);
  if (stamp) {
    if (context_.identity.empty()) stamp->items.erase("package");
    for (std::string& change : item_changes(*stamp, items)) why.push_back(std::move(change));
    for (const auto& [path, digest] : stamp->outputs)
      if (!has_digest(path, digest))
        why.push_back(fmt::format("output `{}` is not as it was", printable(path)));
    // They are no part of the stamp: whether they are those that are declared is asked of the declarations of
    // today. Of a benchmark the harness makes most.
    const Action& action = plan_.steps[i].action;
    const auto declared = action.benchmark ? std::vector<Metric>{} : action.metrics;
    if (const auto metrics = read_metrics(fs_, folders_of(i).metrics, declared); !metrics)
      why.push_back("its metrics are refused: " + metrics.error().message());
  }
  if (why.empty()) stamps_[i] = *std::move(stamp);
  return why;
}

// The path of a file that was found: no pattern.
bool StepStamps::has_digest(const std::string& path, const std::string& digest) const {
  const Result<Digest> now = digest_of(fs_, context_.run.folders.work / path);
  return now && now->hex() == digest;
}

Status StepStamps::write(std::size_t i, StepItems items) {
  const PlannedStep& step = plan_.steps[i];
  Stamp stamp{run_, std::move(items), {}, step.declares()};
  TRY(const auto patterns, expand_patterns(step.action.outputs, lookup_of(i)));
  TRY(stamp.outputs,
      with_context(matching_digests(fs_, context_.run.folders.work, patterns), "reading its outputs"));
  TRY_STATUS(make_folders(fs_, folder_of(i)));
  TRY_STATUS(write_stamp(fs_, file_of(i), stamp));
  stamps_[i] = std::move(stamp);
  return {};
}

std::string unfinished_run(Filesystem& fs, const Path& state) {
  return fs.read_file(state / kUnfinishedName, 1000).value_or("");
}

}  // namespace reef::action
