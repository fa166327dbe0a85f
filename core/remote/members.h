#pragma once

#include <cstdint>
#include <string>

#include "core/base/json.h"

// Members of files that this program wrote for itself: what is not there, or of another type, is empty.
namespace reef::remote {

inline std::string text_member(const json::Value& value, const char* key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_string() ? found->get<std::string>() : "";
}

inline std::int64_t number_member(const json::Value& value, const char* key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

}  // namespace reef::remote
