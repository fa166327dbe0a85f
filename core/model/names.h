#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace reef {

// The names that people give to things in a manifest. Each accepts exactly one form, and its error says
// which.

// Roles, groups, actions and steps: lower-case letters, digits, `-` and `_`, starting with a
// letter or digit, at most 100 bytes; no dots, since templates are cut at them.
Result<std::string> parse_identifier(std::string_view text);
// An identifier that is no flag of `reef run`, where parameters are flags as well.
Result<std::string> parse_parameter_name(std::string_view text);
// The flags of `reef run`, without their dashes.
std::span<const std::string_view> run_flags();
// An identifier that no template begins with otherwise (see reserved_words).
Result<std::string> parse_role(std::string_view text);
// An identifier other than `package`, which means packages where groups are named.
Result<std::string> parse_group(std::string_view text);
// Letters, digits, `.`, `-`, `_` and `+`, starting with a letter or digit: `O3-native`, `fp16`, `2.1`.
Result<std::string> parse_option_name(std::string_view text);
// Letters, digits, `-` and `_`, starting with a letter or `_`: the VALUE of `${with.GROUP.VALUE}`.
Result<std::string> parse_value_name(std::string_view text);
// Letters, digits and `_`, not starting with a digit.
Result<std::string> parse_variable_name(std::string_view text);
// A relative path that stays where it is: not absolute, no `..`, no backslash, `/` between names.
Result<std::string> parse_inner_path(std::string_view text);
// One spelling for each: `./src//a/` is `src/a`, and `.` is empty.
std::string normal_inner_path(std::string_view path);

}  // namespace reef
