#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reef {

// RFC 4648, section 4: with padding, without line breaks.
std::string base64_of(std::string_view bytes);
// Nothing when the text is not exactly that.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace reef
