#pragma once

#include "cli/host.h"
#include "core/model/record.h"
#include "core/record/record_store.h"

namespace reef::cli {

// A value in the unit that reads best: "4.62 us", "12.3 MiB", "0.98", "1234.5 1/s", "123456 1/s"; "-",
// perhaps with the reason, when it is not known.
std::string render_metric(const RecordedMetric& metric);
std::string render_value(double value, const std::string& unit);

// One metric of a row of a table; "-" when the run has none of that name.
std::string metric_cell(const RecordRow& row, const std::string& name);

// All metrics of a run as a table; nothing when it has none.
std::string render_metrics(const Record& record, const Terminal& terminal);

// What `reef run` ends with: package, options, metrics, the record's id.
std::string render_record_brief(const Record& record, const std::vector<std::string>& steps,
                                const Terminal& terminal);

// Everything that is known of a run.
std::string render_record(const Record& record, const Terminal& terminal);

}  // namespace reef::cli
