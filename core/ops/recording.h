#pragma once

#include "core/model/record.h"
#include "core/ops/plan.h"

namespace reef::ops {

// What is known of a run before it starts: package, options, closure, tools, host.
Result<Record> begin_record(Session& session, const Plan& plan, const std::string& action,
                            const action::Parameters& parameters);

// Removes from a folder that a program filled what a record cannot keep: links (which may point anywhere),
// FIFOs, sockets, devices. A phrase each: "`pipe` is a FIFO or a device", in the order of their paths.
// Folders that cannot be read are made readable. A folder that is not there has none.
Result<std::vector<std::string>> drop_special_files(Filesystem& fs, const Path& folder);

// The same, told; and what `pack` cannot take, which later cannot be changed any more.
Status keep_plain_files(Filesystem& fs, const Path& folder, Reporter& reporter);

// The files below `folder`, with size and digest, paths relative to `base`. A folder that is not there has
// none.
Result<std::vector<RecordedFile>> recorded_files(Filesystem& fs, const Path& folder, const Path& base);

// Files of the system by their absolute paths; those that cannot be read keep an unknown digest.
std::vector<RecordedFile> recorded_system_files(Filesystem& fs, const std::vector<std::string>& paths);

}  // namespace reef::ops
