#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/host.h"
#include "core/base/json.h"

namespace reef::cli {

// The only places where the program writes: results to stdout, everything else to stderr.
void print(std::string_view text);
void print_json(const json::Value& value);
// Whether all of it was written, to be asked once at the end. A reader who had enough (`reef runs | head`) is
// no error.
Status finish_output();
void print_for_people(std::string_view text);

// An error as the JSON record that `--json` prints: {"error": {"code", "message", "place", "context",
// "hints"}}.
json::Value to_json(const Error& error);
// Several, without the `error` around each, for a member of another record.
json::Value to_json(const std::vector<Error>& errors);
// All of `errors` as people read them, with colours where the terminal has them.
std::string render_errors(const std::vector<Error>& errors, const Terminal& terminal);

// The same, called warnings.
std::string render_warnings(const std::vector<Error>& errors, const Terminal& terminal);

// What begins the last line of stderr anew; empty where lines are not redrawn.
std::string_view line_eraser(const Terminal& terminal);

enum class Style { plain, bold, dim, green, yellow, red, cyan };
std::string styled(std::string_view text, Style style, const Terminal& terminal);

// Columns of a terminal that a text takes: code points, wide East Asian ones twice, combining ones not at
// all.
std::size_t display_width(std::string_view text);

// Rows in aligned columns, two blanks between them, no trailing blanks. Cells are made printable.
class Table {
 public:
  enum class Align { left, right };
  explicit Table(std::vector<std::string> headers, std::vector<Align> alignment = {});
  void add(std::vector<std::string> cells, Style style = Style::plain);
  bool empty() const { return rows_.empty(); }
  std::string render(const Terminal& terminal) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    Style style = Style::plain;
  };
  std::string line(const Row& row, const std::vector<std::size_t>& widths) const;
  std::vector<Align> alignment_;
  Row headers_;
  std::vector<Row> rows_;
};

// Text wrapped at blanks to a width, each line after the first behind `indent` blanks.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace reef::cli
