#pragma once

#include <string>
#include <string_view>

// Texts of anybody inside documents of others. Control characters and bytes that are no UTF-8 become `\xNN`
// first, as on a terminal, and newlines a blank.
namespace reef {

// In XML text and in attributes within double quotes: & < > " ' become entities.
std::string escaped_xml(std::string_view text);

// In GitHub's Markdown, also within a cell of a table: every character that could begin markup, a mention or
// an HTML tag is shown as itself.
std::string escaped_markdown(std::string_view text);

// In LaTeX text.
std::string escaped_latex(std::string_view text);

// A field of CSV (RFC 4180): quoted when it must be. A text that a spreadsheet would run as a formula (it
// begins with = + - @ or a tab) gets an apostrophe in front; numbers stay.
std::string csv_field(std::string_view text);

}  // namespace reef
