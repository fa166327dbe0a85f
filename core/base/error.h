#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace reef {

// What the caller can do about it; the number is the exit status of the program (cli maps nothing else).
enum class ErrorCode {
  usage = 2,
  invalid_input = 3,
  not_found = 4,
  no_solution = 5,
  integrity = 6,
  io = 7,
  network = 8,
  busy = 9,
  bug = 70,
  interrupted = 130,
};

// A position in a text that a user wrote. line and column count from 1; 0 means unknown.
// column counts bytes. excerpt is the line itself, without its newline, empty when unknown.
struct Place {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string excerpt;
};

// Why something could not be done, in words for the user.
//
// message: one lower-case sentence without a full stop; backticks around what the user can type.
// context: what was being done, innermost first ("reading the manifest").
// hints: each is something the user can do.
class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}
  Error(const Error&) = default;
  Error(Error&&) noexcept = default;
  Error& operator=(const Error&) = default;
  // Keeps the error when it is assigned to itself: `error = std::move(error).hint(...)`.
  Error& operator=(Error&& other) noexcept {
    if (this == &other) return *this;
    code_ = other.code_;
    message_ = std::move(other.message_);
    place_ = std::move(other.place_);
    context_ = std::move(other.context_);
    hints_ = std::move(other.hints_);
    details_ = std::move(other.details_);
    return *this;
  }
  ~Error() = default;

  Error&& at(Place place) && {
    place_ = std::move(place);
    return std::move(*this);
  }
  Error&& hint(std::string text) && {
    hints_.push_back(std::move(text));
    return std::move(*this);
  }
  Error&& context(std::string text) && {
    context_.push_back(std::move(text));
    return std::move(*this);
  }

  // Facts for programs, as the text of a JSON object: its members stand beside the message in what `--json`
  // prints.
  Error&& details(std::string json) && {
    details_ = std::move(json);
    return std::move(*this);
  }

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::optional<Place>& place() const { return place_; }
  const std::vector<std::string>& contexts() const { return context_; }
  const std::vector<std::string>& hints() const { return hints_; }
  const std::string& details() const { return details_; }

 private:
  ErrorCode code_;
  std::string message_;
  std::optional<Place> place_;
  std::vector<std::string> context_;
  std::vector<std::string> hints_;
  std::string details_;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

// Converts to every Result<T>, so that `return make_error(...).hint(...)` reads well.
class Failure {
 public:
  explicit Failure(Error error) : error_(std::move(error)) {}
  Failure&& at(Place place) && {
    std::move(error_).at(std::move(place));
    return std::move(*this);
  }
  Failure&& hint(std::string text) && {
    std::move(error_).hint(std::move(text));
    return std::move(*this);
  }
  Failure&& context(std::string text) && {
    std::move(error_).context(std::move(text));
    return std::move(*this);
  }
  template <class T>
  operator tl::expected<T, Error>() && {  // NOLINT(google-explicit-constructor)
    return tl::make_unexpected(std::move(error_));
  }
  Error take() && { return std::move(error_); }

 private:
  Error error_;
};

template <class... Args>
Failure make_error(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  return Failure(Error(code, fmt::format(format, std::forward<Args>(args)...)));
}

// Adds what was being done to a failed result; the text is built only on failure when it is a callable.
template <class T, class Text>
Result<T> with_context(Result<T> result, Text&& text) {
  if (result) return result;
  Error error = std::move(result).error();
  if constexpr (std::is_invocable_v<Text>)
    std::move(error).context(text());
  else
    std::move(error).context(std::string(std::forward<Text>(text)));
  return tl::make_unexpected(std::move(error));
}

// The whole error as people read it on stderr, several lines, each ended by a newline:
//
//   reef.json:4:3: error: unknown key `licence`
//     4 |   "licence": "MIT"
//       |   ^
//     while reading the manifest
//   hint: did you mean `license`?
std::string render(const Error& error);

// The lines of a place alone (excerpt and caret); empty when the place has no excerpt.
std::string render_excerpt(const Place& place);

}  // namespace reef

#define REEF_CONCAT_INNER(a, b) a##b
#define REEF_CONCAT(a, b) REEF_CONCAT_INNER(a, b)
#define REEF_TRY_IMPL(result, declaration, ...)                       \
  auto result = (__VA_ARGS__);                                        \
  if (!result) return tl::make_unexpected(std::move(result).error()); \
  declaration = *std::move(result)

// TRY(const Manifest manifest, read_manifest(...)): declares, or returns the error to the caller.
#define TRY(declaration, ...) REEF_TRY_IMPL(REEF_CONCAT(try_result_, __LINE__), declaration, __VA_ARGS__)

// TRY_STATUS(fs.rename(a, b)): goes on when it succeeded, or returns the error to the caller.
#define TRY_STATUS(...)                                          \
  do {                                                           \
    if (auto try_status = (__VA_ARGS__); !try_status)            \
      return tl::make_unexpected(std::move(try_status).error()); \
  } while (false)
