#pragma once

#include <string>

#include "core/base/json.h"
#include "core/model/manifest.h"

namespace reef::cli {

// A value as people read it: a string without quotes, everything else as JSON.
inline std::string text_of(const json::Value& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// A text, or null for an empty one.
inline json::Value nullable(const std::string& text) {
  return text.empty() ? json::Value() : json::Value(text);
}

// What a parameter is when nobody gives it.
inline std::string default_of(const Parameter& parameter) {
  if (!parameter.fallback) return "(required)";
  const std::string text = text_of(*parameter.fallback);
  return text.empty() ? "\"\"" : text;
}

}  // namespace reef::cli
