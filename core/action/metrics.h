#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/manifest.h"
#include "core/os/filesystem.h"

namespace reef::action {

// What a program wrote to $REEF_METRICS: one JSON object, metric -> finite number.
//
// `declared`: metrics of the action; each must be there, others may be. Without declared metrics a file that
// is missing or empty means none. Errors, with the place in the file: not_found when metrics were declared
// and nothing was written; invalid_input for text or null where a number belongs, NaN, infinities, numbers
// that no double holds, syntax errors, a declared metric that is missing.
Result<std::map<std::string, double>> read_metrics(Filesystem& fs, const Path& file,
                                                   const std::vector<Metric>& declared);

}  // namespace reef::action
