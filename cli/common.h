#pragma once

#include "cli/host.h"
#include "core/ops/plan.h"
#include "core/record/record_store.h"

namespace reef::cli {

ops::Machine machine_of(Host& host);
Result<std::unique_ptr<ops::Session>> open_session(Host& host);

Result<RecordStore> open_records(Host& host);

// `group=option` texts, each perhaps several joined by commas, as given after `--with`; usage when one has no
// `=`, and for two options of one group.
Result<std::map<std::string, std::string>> parse_choices(const std::vector<std::string>& texts);

// For verbs that ask who needs something, which is the project around or what `--package` names: usage when
// there is neither. `question`: what was asked: "reef why gcc".
Status require_user(ops::Session& session, const std::string& package, const std::string& question);

// The number that a flag was given as text, if it was given; usage for anything else.
Result<std::optional<std::uint64_t>> parse_count(const std::string& flag,
                                                 const std::optional<std::string>& text);

}  // namespace reef::cli
