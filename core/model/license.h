#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reef {

// What a `license` says in the words of SPDX.
struct SpdxLicense {
  std::string text;        // as the list spells the identifiers: "MIT OR Apache-2.0" for "mit or apache-2.0"
  bool is_listed = false;  // one identifier of the list; else an expression
};

// A licence expression of SPDX 2.3 (annex D): identifiers of the list in any case, `LicenseRef-...`, `+`,
// `WITH`, `AND`, `OR` and parentheses. Nothing for any other text.
std::optional<SpdxLicense> parse_spdx(std::string_view text);

// "did you mean `Apache-2.0`?" of one that is near an identifier.
std::optional<std::string> nearest_spdx(std::string_view text);

}  // namespace reef
