#include "core/model/names.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "core/base/text.h"
#include "core/model/manifest.h"
#include "core/model/template.h"

namespace reef {
namespace {

constexpr std::size_t kLongestName = 100;
// The manifest's schema lists them, too.
constexpr std::string_view kRunFlags[] = {"dry-run", "from",    "help",  "jobs",       "json",
                                          "locked",  "offline", "quiet", "time-limit", "with"};

bool is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_letter_or_digit(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <class First>
bool has_form(std::string_view text, First first, bool upper, std::string_view others) {
  if (text.empty() || text.size() > kLongestName || !first(text.front())) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (upper ? is_letter_or_digit(c) : is_lower(c)) || others.find(c) != std::string_view::npos;
  });
}

Failure bad_name(std::string_view what, std::string_view text, std::string_view form) {
  return make_error(ErrorCode::invalid_input, "`{}` cannot be {}, expected {}",
                    printable(text.substr(0, kLongestName)), what, form);
}

// The same name in lower case with `-` for what is not allowed, when that is a name.
std::optional<std::string> repaired(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    out.push_back(is_lower(lower) || lower == '-' || lower == '_' ? lower : '-');
  }
  if (out == text || !has_form(out, is_lower, false, "-_")) return std::nullopt;
  return out;
}

Failure with_repair(Failure failure, std::string_view text) {
  if (auto better = repaired(text)) return std::move(failure).hint(fmt::format("write `{}`", *better));
  return failure;
}

}  // namespace

Result<std::string> parse_package_name(std::string_view text) {
  if (has_form(text, is_lower, false, "-_.+")) return std::string(text);
  return with_repair(bad_name("the name of a package", text,
                              "lower-case letters, digits, `-`, `_`, `.` and `+`, starting with a letter or "
                              "digit, at most 100 of them"),
                     text);
}

Result<std::string> parse_identifier(std::string_view text) {
  if (has_form(text, is_lower, false, "-_")) return std::string(text);
  return with_repair(
      bad_name(
          "a name", text,
          "lower-case letters, digits, `-` and `_`, starting with a letter or digit, at most 100 of them"),
      text);
}

std::span<const std::string_view> run_flags() { return kRunFlags; }

Result<std::string> parse_parameter_name(std::string_view text) {
  if (std::find(std::begin(kRunFlags), std::end(kRunFlags), text) != std::end(kRunFlags))
    return make_error(ErrorCode::invalid_input, "`{}` is a flag of `reef run`: choose another name", text);
  return parse_identifier(text);
}

Result<std::string> parse_role(std::string_view text) {
  if (is_reserved_word(text))
    return make_error(ErrorCode::invalid_input, "`{}` cannot be a role, templates use that word", text)
        .hint("a role says what the dependency is for: `compiler`, `dataset`, `engine`");
  return parse_identifier(text);
}

Result<std::string> parse_group(std::string_view text) {
  if (text == "package") return make_error(ErrorCode::invalid_input, "a variation cannot be named `package`");
  return parse_identifier(text);
}

Result<std::string> parse_option_name(std::string_view text) {
  if (has_form(text, is_letter_or_digit, true, "-_.+")) return std::string(text);
  return bad_name("an option", text,
                  "letters, digits, `-`, `_`, `.` and `+`, starting with a letter or digit");
}

Result<std::string> parse_value_name(std::string_view text) {
  const auto first = [](char c) { return (is_letter_or_digit(c) && !is_digit(c)) || c == '_'; };
  if (has_form(text, first, true, "-_")) return std::string(text);
  return bad_name("the name of a value", text, "letters, digits, `-` and `_`, starting with a letter or `_`");
}

Result<std::string> parse_variable_name(std::string_view text) {
  const auto first = [](char c) { return (is_letter_or_digit(c) && !is_digit(c)) || c == '_'; };
  if (has_form(text, first, true, "_")) return std::string(text);
  return bad_name("an environment variable", text, "letters, digits and `_`, not starting with a digit");
}

Result<std::string> parse_inner_path(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return make_error(ErrorCode::invalid_input, "the path `{}` {}", printable(text), why)
        .hint("expected a path inside the package, such as `src/main.cpp`");
  };
  if (text.empty()) return refuse("is empty");
  if (text.front() == '/') return refuse("is absolute");
  if (text.find('\\') != std::string_view::npos) return refuse("has a backslash");
  if (text.find('\0') != std::string_view::npos) return refuse("has a NUL character");
  const std::vector<std::string> names = split(text, '/');
  if (std::find(names.begin(), names.end(), "..") != names.end()) return refuse("leaves the package");
  return std::string(text);
}

std::string normal_inner_path(std::string_view path) {
  std::filesystem::path out = std::filesystem::path(path).lexically_normal();
  if (!out.has_filename()) out = out.parent_path();
  return out == "." ? std::string() : out.string();
}

}  // namespace reef
