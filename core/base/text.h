#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reef {

// The candidate a person most likely meant, by edit distance (insert, delete, replace, swap of neighbours);
// none when nothing is near enough to be a slip of the fingers (a third of the length, at least 1).
// Ties go to the earlier candidate. Case is ignored.
std::optional<std::string> nearest(std::string_view name, std::span<const std::string> candidates);

// "did you mean `x`?", printable, or nothing.
std::optional<std::string> did_you_mean(std::string_view name, std::span<const std::string> candidates);

std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);

// `A` to `Z` in lower case, all other bytes as they are, whatever the locale.
std::string lower_case(std::string_view text);

// The lines of a text without their newlines; "\r\n" counts as one newline.
std::vector<std::string> lines_of(std::string_view text);

bool is_valid_utf8(std::string_view text);
// The first byte that does not belong to valid UTF-8.
std::optional<std::size_t> invalid_utf8_at(std::string_view text);

// Text that is safe on a terminal: control characters, invalid bytes, marks of writing direction and what has
// no width become \xNN; tab and all other valid UTF-8 stay.
std::string printable(std::string_view text);

// One word of a POSIX shell that means exactly this text. For showing commands, never for running them.
std::string shell_quoted(std::string_view word);
// A command of a POSIX shell that runs exactly these words.
std::string shell_quoted(std::span<const std::string> words);

// "`a`, `b` or `c`" for messages, printable; of more than 24 the first 12, and how many more.
std::string quoted_list(std::span<const std::string> names, std::string_view conjunction = "or");

// "1 file", "3 files": a noun whose plural has an s.
std::string counted(std::size_t count, std::string_view noun);

// True when the whole text matches a glob of `*`, `?` and `[...]`; `*` does not match `/`.
bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace reef
