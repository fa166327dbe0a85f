#pragma once

#include "core/base/expression.h"
#include "core/record/record_store.h"

namespace reef::ops {

// Which recorded runs a verb is about.
struct RunSelection {
  RecordFilter filter;
  std::string where;  // an expression over options, parameters, metrics, status, package, ...; empty: any
};

// Lists them, as RecordStore::list does. Where nothing matches because of a name that no record has (a
// package, an action, a sweep, the metric of sort_by, a name of the expression): not_found with its
// neighbour. invalid_input: an expression that does not follow the grammar.
Result<RecordList> select_runs(RecordStore& records, const RunSelection& selection);

// The same of points, each of which may be several runs: in `of_points` is what the expression asks of a
// metric, which is that of the point, and not of one of its runs. A run that is not ok is a point of its own.
Result<RecordList> select_runs(RecordStore& records, const RunSelection& selection,
                               std::vector<Expression>& of_points);
bool meets(const RecordRow& row, const Expression& clause);
bool meets(const RecordRow& row, const std::vector<Expression>& clauses);  // all of them

// What an expression sees of a run: `id`, `status`, `package`, `version`, `action`, `scenario`, `started`,
// `sweep`, `processor`, and its metrics, options and parameters; in this order when two have one name.
std::optional<Expression::Value> value_in(const RecordRow& row, std::string_view name);
// Whether its loads are those of several steps, `step.rate`: it has no scenario of its own then.
bool has_loads_of_steps(const RecordRow& row);
// What a list shows of a record.
RecordRow row_of(const Record& record);

// All names that value_in knows in some of the rows, sorted.
std::vector<std::string> names_in(const std::vector<RecordRow>& rows);

}  // namespace reef::ops
