#pragma once

#include <string>

#include "core/base/json.h"
#include "core/model/manifest.h"

namespace reef::cli {

// A text, or null for an empty one.
inline json::Value nullable(const std::string& text) {
  return text.empty() ? json::Value() : json::Value(text);
}

// What a parameter is when nobody gives it.
inline std::string default_of(const Parameter& parameter) {
  if (!parameter.fallback) return "(required)";
  const std::string text = json::text_of(*parameter.fallback);
  return text.empty() ? "\"\"" : text;
}

}  // namespace reef::cli
