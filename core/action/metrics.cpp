#include "core/action/metrics.h"

#include <algorithm>
#include <cmath>

#include "core/base/json_reader.h"
#include "core/base/text.h"

namespace reef::action {
namespace {

constexpr std::uint64_t kLargestFile = std::uint64_t{16} << 20U;

Failure nothing_reported(const std::vector<Metric>& declared) {
  std::vector<std::string> names;
  for (const Metric& metric : declared) names.push_back(metric.name);
  return make_error(ErrorCode::invalid_input, "the program reported no metrics, but the action declares {}",
                    quoted_list(names, "and"))
      .hint("it must write JSON to the file named in $REEF_METRICS");
}

// By the name that the program knows: where the file lies is no concern of a record.
Failure cannot_read(const Error& error, const Path& file) {
  std::string message = error.message();
  if (const std::size_t at = message.find(file.string()); at != std::string::npos)
    message.replace(at, file.string().size(), "$REEF_METRICS");
  return Failure(Error(error.code(), std::move(message)));
}

void read_metric(const json::Node& item, std::map<std::string, double>& out) {
  if (item.key().empty()) {
    item.problem("a metric needs a name");
    return;
  }
  if (!item.value().is_number()) {
    item.problem(fmt::format("the metric `{}` must be a number, got {}", printable(item.key()),
                             json::type_name(item.value())));
    return;
  }
  const double value = item.value().get<double>();
  if (std::isfinite(value))
    out[item.key()] = value;
  else
    item.problem(fmt::format("the metric `{}` is not finite", printable(item.key())));
}

// "the metric `x`" when its name stands before the column in the same line.
std::string metric_at(const Place& place) {
  const std::string before = place.excerpt.substr(0, place.column - 1);
  const std::size_t end = before.rfind('"');
  if (end == std::string::npos || end == 0) return "a metric";
  const std::size_t begin = before.rfind('"', end - 1);
  if (begin == std::string::npos) return "a metric";
  return fmt::format("the metric `{}`", printable(before.substr(begin + 1, end - begin - 1)));
}

// JSON has no word for them; Python's json module writes them all the same.
std::optional<std::string> beyond_json(const Error& error) {
  if (!error.place() || error.place()->column == 0) return std::nullopt;
  const Place& place = *error.place();
  if (error.message().find("number overflow") != std::string::npos)
    return metric_at(place) + " is larger than any number that can be compared";
  for (const char* word : {"NaN", "nan", "-Infinity", "Infinity", "-inf", "inf"})
    if (place.excerpt.find(word) != std::string::npos)
      return fmt::format("{} is `{}`, which is not a number that can be compared", metric_at(place), word);
  return std::nullopt;
}

Result<json::Document> parse(const Path& file, std::string text) {
  Result<json::Document> document = json::parse(file.string(), std::move(text));
  if (document) return document;
  if (auto message = beyond_json(document.error()))
    return make_error(ErrorCode::invalid_input, "{}", *message).at(*document.error().place());
  return document;
}

// What was reported under a name like that of a declared metric, and is declared by none.
std::vector<std::string> misspelt(const Metric& metric, const std::vector<Metric>& declared,
                                  const std::map<std::string, double>& reported) {
  std::vector<std::string> others;
  for (const auto& each : reported) others.push_back(each.first);
  std::erase_if(others, [&](const std::string& name) {
    return std::any_of(declared.begin(), declared.end(), [&](const Metric& one) { return one.name == name; });
  });
  const auto found = nearest(metric.name, others);
  if (!found) return {};
  return {fmt::format("the program reported `{}`: one of the two is misspelt", printable(*found))};
}

}  // namespace

Result<std::map<std::string, double>> read_metrics(Filesystem& fs, const Path& file,
                                                   const std::vector<Metric>& declared) {
  std::map<std::string, double> out;
  Result<std::string> text = fs.read_file(file, kLargestFile);
  const bool missing = !text && text.error().code() == ErrorCode::not_found;
  if (missing || (text && trim(*text).empty())) {
    if (declared.empty()) return out;
    return nothing_reported(declared);
  }
  const char* reading = "reading the metrics that the program reported";
  if (!text)
    return with_context(Result<std::map<std::string, double>>(cannot_read(text.error(), file)), reading);
  TRY(const json::Document document, with_context(parse(file, *std::move(text)), reading));
  json::Problems problems;
  const json::Node root(document, problems);
  root.members([&](const json::Node& item) { read_metric(item, out); });
  if (problems.empty())
    for (const Metric& metric : declared)
      if (!out.contains(metric.name))
        root.problem(fmt::format("the metric `{}` is missing", metric.name), misspelt(metric, declared, out));
  if (problems.empty()) return out;
  return with_context(Result<std::map<std::string, double>>(tl::make_unexpected(problems.first())), reading);
}

}  // namespace reef::action
