#include "core/model/license.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/model/spdx_identifiers.h"

namespace reef {
namespace {

// What people say, of licences that SPDX tells apart.
constexpr std::pair<std::string_view, std::string_view> kUsual[] = {
    {"bsd", "`BSD-2-Clause` or `BSD-3-Clause`"},
    {"gpl", "`GPL-2.0-only`, `GPL-3.0-only` or one of them with `-or-later`"},
    {"gplv2", "`GPL-2.0-only` or `GPL-2.0-or-later`"},
    {"gplv3", "`GPL-3.0-only` or `GPL-3.0-or-later`"},
    {"lgpl", "`LGPL-2.1-only`, `LGPL-3.0-only` or one of them with `-or-later`"},
    {"lgplv3", "`LGPL-3.0-only` or `LGPL-3.0-or-later`"},
    {"agplv3", "`AGPL-3.0-only` or `AGPL-3.0-or-later`"},
    {"apache", "`Apache-2.0`"},
    {"apache license 2.0", "`Apache-2.0`"},
};

// Lower case -> as listed.
const std::map<std::string, std::string>& listed() {
  static const auto all = [] {
    std::map<std::string, std::string> out;
    for (std::string& name : split(kSpdxIdentifiers, ' ')) out.emplace(lower_case(name), std::move(name));
    return out;
  }();
  return all;
}

bool is_reference(std::string_view word) {
  const std::size_t colon = word.find(':');
  const std::string_view document = colon == std::string_view::npos ? "" : word.substr(0, colon);
  const std::string_view license = colon == std::string_view::npos ? word : word.substr(colon + 1);
  constexpr std::string_view kLicense = "LicenseRef-";
  constexpr std::string_view kDocument = "DocumentRef-";
  const auto names = [](std::string_view text, std::string_view prefix) {
    return text.starts_with(prefix) && text.size() > prefix.size() &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.'; });
  };
  return names(license, kLicense) && (colon == std::string_view::npos || names(document, kDocument));
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) out.push_back(std::exchange(word, {}));
  };
  for (const char c : text) {
    const bool is_parenthesis = c == '(' || c == ')';
    if (c != ' ' && !is_parenthesis) {
      word += c;
      continue;
    }
    end_word();
    if (is_parenthesis) out.emplace_back(1, c);
  }
  end_word();
  return out;
}

// Reads the words from left to right; what may come next depends on whether an operand is complete.
class Expression {
 public:
  std::optional<std::string> read(const std::vector<std::string>& words) {
    for (const std::string& word : words)
      if (!take(word)) return std::nullopt;
    if (!complete_ || open_ != 0) return std::nullopt;
    return std::move(out_);
  }

 private:
  bool take(const std::string& word) {
    if (word == "(") return open();
    if (word == ")") return close();
    const std::string lower = lower_case(word);
    if (lower == "and" || lower == "or") return complete_ && follow(lower == "and" ? "AND" : "OR");
    if (lower == "with") return complete_ && simple_ && follow("WITH");
    return !complete_ && operand(word, lower);
  }

  bool open() {
    ++open_;
    append("(");
    return !complete_ && !exception_;
  }

  bool close() {
    --open_;
    out_ += ')';
    simple_ = false;
    return complete_ && open_ >= 0;
  }

  bool follow(std::string_view operation) {
    complete_ = false;
    simple_ = false;
    exception_ = operation == "WITH";
    append(operation);
    return true;
  }

  bool operand(const std::string& word, const std::string& lower) {
    const bool later = lower.ends_with('+') && !listed().contains(lower);
    const auto found = listed().find(later ? lower.substr(0, lower.size() - 1) : lower);
    if (found == listed().end() && !is_reference(word)) return false;
    complete_ = true;
    simple_ = !std::exchange(exception_, false);
    append(found == listed().end() ? word : found->second + (later ? "+" : ""));
    return true;
  }

  void append(std::string_view word) {
    if (!out_.empty() && !out_.ends_with('(')) out_ += ' ';
    out_ += word;
  }

  std::string out_;
  int open_ = 0;
  bool complete_ = false;   // an operand has just ended
  bool simple_ = false;     // it is one licence, which can have an exception
  bool exception_ = false;  // `WITH` has just been read
};

}  // namespace

std::optional<SpdxLicense> parse_spdx(std::string_view text) {
  std::optional<std::string> read = Expression().read(words_of(text));
  if (!read) return std::nullopt;
  const bool is_listed = listed().contains(lower_case(*read));
  return SpdxLicense{*std::move(read), is_listed};
}

std::optional<std::string> nearest_spdx(std::string_view text) {
  const std::string word = lower_case(text);
  if (word == "unlicensed")
    return std::nullopt;  // of npm: no licence at all, and the nearest gives all rights
  for (const auto& [usual, names] : kUsual)
    if (word == usual) return fmt::format("did you mean {}?", names);
  std::vector<std::string> names;
  for (const auto& [lower, name] : listed()) names.push_back(name);
  return did_you_mean(text, names);
}

}  // namespace reef
