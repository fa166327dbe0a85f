#include "core/oci/challenge.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "core/base/text.h"

namespace reef::oci {
namespace {

// RFC 9110, 5.6.2.
bool is_token_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// A header's value, read from its beginning.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  std::size_t position() const { return at_; }
  void go_back_to(std::size_t position) { at_ = position; }
  void skip(std::string_view characters) {
    at_ = std::min(text_.find_first_not_of(characters, at_), text_.size());
  }
  void skip_blanks() { skip(" \t"); }
  void skip_word() { at_ = std::min(text_.find_first_of(", \t", at_), text_.size()); }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }

  std::string_view token() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_token_character(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  // Between quotes, `\x` is x. Nothing when there is no second quote.
  std::optional<std::string> quoted() {
    if (!take('"')) return std::nullopt;
    std::string out;
    while (!at_end()) {
      char c = text_[at_++];
      if (c == '"') return out;
      if (c == '\\') {
        if (at_end()) break;
        c = text_[at_++];
      }
      out.push_back(c);
    }
    return std::nullopt;
  }

  // A token or a quoted text.
  std::optional<std::string> value() {
    if (next_is('"')) return quoted();
    const std::string_view word = token();
    if (word.empty()) return std::nullopt;
    return std::string(word);
  }

  // `name = value`; nothing, and where it was, when something else stands here.
  std::optional<std::pair<std::string, std::string>> parameter() {
    const std::size_t begin = at_;
    const std::string name = lower_case(token());
    skip_blanks();
    if (!name.empty() && take('=')) {
      skip_blanks();
      if (auto read = value()) return std::pair(name, *std::move(read));
    }
    at_ = begin;
    return std::nullopt;
  }

  void to_after(char c) { at_ = std::min(text_.find(c, at_), text_.size() - 1) + 1; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

// What follows a scheme: parameters up to the next scheme, or one word (RFC 9110, token68), which is passed
// over. False when what stands there is neither.
bool read_parameters(Scanner& scanner, Challenge& out) {
  for (bool first = true;; first = false) {
    const std::size_t begin = scanner.position();
    auto parameter = scanner.parameter();
    if (!parameter && !first) {
      scanner.go_back_to(begin);  // the next scheme, or an end
      return true;
    }
    if (!parameter) {
      scanner.skip_word();
    } else if (out.parameters.size() < kMostParameters) {
      out.parameters.insert(*std::move(parameter));
    }
    scanner.skip_blanks();
    if (scanner.at_end()) return true;
    if (!scanner.next_is(',')) return false;
    scanner.skip(", \t");
  }
}

void read_header(const std::string& header, std::vector<Challenge>& out) {
  Scanner scanner(header);
  while (out.size() < kMostChallenges) {
    scanner.skip(", \t");
    Challenge challenge;
    challenge.scheme = lower_case(scanner.token());
    if (challenge.scheme.empty()) return;
    scanner.skip_blanks();
    const bool goes_on = scanner.at_end() || scanner.next_is(',') || read_parameters(scanner, challenge);
    out.push_back(std::move(challenge));
    if (!goes_on) return;
  }
}

}  // namespace

std::string Challenge::parameter(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? "" : found->second;
}

std::vector<Challenge> parse_challenges(const std::vector<std::string>& headers) {
  std::vector<Challenge> out;
  for (const std::string& header : headers) read_header(header, out);
  return out;
}

std::string parse_link(const std::vector<std::string>& headers, std::string_view relation) {
  for (const std::string& header : headers) {
    Scanner scanner(header);
    for (scanner.skip(", \t"); scanner.take('<'); scanner.skip(", \t")) {
      const std::size_t begin = scanner.position();
      scanner.to_after('>');
      const std::string address = header.substr(begin, scanner.position() - begin - 1);
      bool found = false;
      for (scanner.skip("; \t"); !scanner.at_end() && !scanner.next_is(','); scanner.skip("; \t")) {
        const auto parameter = scanner.parameter();
        if (!parameter) break;
        found = found || (parameter->first == "rel" && lower_case(parameter->second) == relation);
      }
      if (found) return address;
    }
  }
  return "";
}

}  // namespace reef::oci
