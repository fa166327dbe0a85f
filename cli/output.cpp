#include "cli/output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <cwchar>

#include "core/base/text.h"

namespace reef::cli {
namespace {

std::string_view code_of(Style style) {
  switch (style) {
    case Style::bold:
      return "1";
    case Style::dim:
      return "2";
    case Style::green:
      return "32";
    case Style::yellow:
      return "33";
    case Style::red:
      return "1;31";
    case Style::cyan:
      return "36";
    default:
      return "";
  }
}

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::invalid_input:
      return "invalid_input";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::no_solution:
      return "no_solution";
    case ErrorCode::integrity:
      return "integrity";
    case ErrorCode::io:
      return "io";
    case ErrorCode::network:
      return "network";
    case ErrorCode::busy:
      return "busy";
    case ErrorCode::interrupted:
      return "interrupted";
    default:
      return "bug";
  }
}

json::Value to_json(const Place& place) {
  json::Value out = {{"file", place.file}};
  out["line"] = place.line == 0 ? json::Value() : json::Value(place.line);
  out["column"] = place.column == 0 ? json::Value() : json::Value(place.column);
  return out;
}

// The ranges of Unicode that terminals draw two columns wide (East Asian Width W and F, emoji).
bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

bool is_combining(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F);
}

int first_write_error = 0;  // of standard output

std::string render_as(std::string_view label, Style style, const std::vector<Error>& errors,
                      const Terminal& terminal) {
  constexpr std::string_view kLabel = "error: ";
  std::string out;
  for (const Error& error : errors) {
    std::string text = render(error);
    if (const std::size_t at = text.find(kLabel); at != std::string::npos)
      text.replace(at, kLabel.size() - 1, styled(label, style, terminal));
    out += text;
  }
  return out;
}

}  // namespace

void print(std::string_view text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() && first_write_error == 0)
    first_write_error = errno;
}
Status finish_output() {
  if (std::fflush(stdout) != 0 && first_write_error == 0) first_write_error = errno;
  if (first_write_error == 0 || first_write_error == EPIPE) return {};
  return make_error(ErrorCode::io, "cannot write to standard output: {}", std::strerror(first_write_error));
}
void print_json(const json::Value& value) { print(json::write_sorted(value)); }
void print_for_people(std::string_view text) {
  if (std::fflush(stdout) != 0 && first_write_error == 0) first_write_error = errno;
  std::fwrite(text.data(), 1, text.size(), stderr);
}

json::Value to_json(const Error& error) {
  json::Value inner = {{"code", name_of(error.code())}, {"message", error.message()}};
  inner["place"] = error.place() ? to_json(*error.place()) : json::Value();
  inner["context"] = error.contexts();
  inner["hints"] = error.hints();
  if (!error.details().empty()) inner.update(json::Value::parse(error.details()));
  return {{"error", std::move(inner)}};
}

json::Value to_json(const std::vector<Error>& errors) {
  json::Value out = json::Value::array();
  for (const Error& error : errors) out.push_back(to_json(error)["error"]);
  return out;
}

std::string render_errors(const std::vector<Error>& errors, const Terminal& terminal) {
  return render_as("error:", Style::red, errors, terminal);
}

std::string render_warnings(const std::vector<Error>& errors, const Terminal& terminal) {
  return render_as("warning:", Style::yellow, errors, terminal);
}

std::string_view line_eraser(const Terminal& terminal) {
  return terminal.err && !terminal.dumb ? "\r\x1b[K" : "";
}

std::string styled(std::string_view text, Style style, const Terminal& terminal) {
  const std::string_view code = code_of(style);
  if (!terminal.colour || code.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    char32_t point = length == 1 ? byte : static_cast<char32_t>(byte & (0x7FU >> length));
    for (std::size_t i = 1; i < length && at + i < text.size(); ++i)
      point = (point << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    if (!is_combining(point)) width += is_wide(point) ? 2U : 1U;
    at += length;
  }
  return width;
}

Table::Table(std::vector<std::string> headers, std::vector<Align> alignment)
    : alignment_(std::move(alignment)), headers_{std::move(headers), Style::bold} {
  alignment_.resize(headers_.cells.size(), Align::left);
}

void Table::add(std::vector<std::string> cells, Style style) {
  for (std::string& cell : cells) cell = printable(cell);
  cells.resize(headers_.cells.size());
  rows_.push_back({std::move(cells), style});
}

std::string Table::line(const Row& row, const std::vector<std::size_t>& widths) const {
  std::string out;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const std::string blanks(widths[i] - display_width(row.cells[i]), ' ');
    if (i > 0) out += "  ";
    out += alignment_[i] == Align::right ? blanks + row.cells[i] : row.cells[i] + blanks;
  }
  return out.substr(0, out.find_last_not_of(' ') + 1);
}

std::string Table::render(const Terminal& terminal) const {
  std::vector<std::size_t> widths;
  for (const std::string& header : headers_.cells) widths.push_back(display_width(header));
  for (const Row& row : rows_)
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row.cells[i]));
  std::string out = styled(line(headers_, widths), headers_.style, terminal) + "\n";
  for (const Row& row : rows_) out += styled(line(row, widths), row.style, terminal) + "\n";
  return out;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  for (const std::string& word : split(text, ' ')) {
    if (column > 0 && column + 1 + display_width(word) > width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!out.empty()) {
      out += " ";
      ++column;
    }
    out += word;
    column += display_width(word);
  }
  return out;
}

}  // namespace reef::cli
