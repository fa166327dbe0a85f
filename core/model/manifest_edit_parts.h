#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/manifest.h"

// The two syntaxes of a manifest as text; for manifest_edit*.cpp only. Each gives the new text, or nothing
// when the text is not written in a way it understands. The caller checks the result by parsing it.
namespace reef {

// `name` already stands in quotes; `value` is what stands after the colon, on one line.
std::optional<std::string> add_to_json(std::string_view text, std::string_view role,
                                       const json::Value& value);
std::optional<std::string> remove_from_json(std::string_view text, std::string_view role);

std::optional<std::string> add_to_yaml(std::string_view text, std::string_view role,
                                       const json::Value& value);
std::optional<std::string> remove_from_yaml(std::string_view text, std::string_view role);

// `{"package": "digits", "version": "^1"}`, without blanks when `compact`.
std::string inline_json(const json::Value& object, bool compact = false);
// `{package: digits, version: "^1"}`
std::string inline_yaml(const json::Value& object);

}  // namespace reef
