#pragma once

#include "core/base/json.h"
#include "core/store/store.h"

namespace reef::store {

// The folder inside every prefix that belongs to the store, and what is in it.
constexpr const char* kOwnFolder = ".reef";
constexpr const char* kInfoFile = "prefix.json";
constexpr const char* kContentsFile = "contents";
constexpr const char* kPackageFile = "package";  // as `contents`, of the package's folder

std::string write_prefix_info(const PrefixInfo& info);
// invalid_input for anything that write_prefix_info does not write.
Result<PrefixInfo> read_prefix_info(const std::string& file, std::string text);

}  // namespace reef::store
