#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>
#include <vector>

#include "core/base/json.h"
#include "core/base/text.h"

namespace reef::json {
namespace {

// Without aliases a text has no more values than bytes; with them a few lines have millions.
constexpr std::size_t kMostOfShort = 100'000;
constexpr std::size_t kMostNodes = 1'000'000;

// Thrown and caught in this file only: yaml-cpp's own errors are exceptions as well.
struct Refused {
  Error error;
};

constexpr std::string_view kDecimal = "0123456789";

bool consists_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

template <class T>
std::optional<T> number_of(std::string_view text, auto... format) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, format...);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Value whole_number(std::string_view digits, bool negative, int base) {
  const std::string text = (negative ? "-" : "") + std::string(digits);
  if (const auto value = number_of<std::uint64_t>(text, base)) return *value;
  if (const auto value = number_of<std::int64_t>(text, base)) return *value;
  return Value();
}

// Whether a text is a number of the core schema: `value` is null when it is one that we cannot hold.
bool is_number(std::string_view text, Value& value) {
  if (text.starts_with("0x") && consists_of(text.substr(2), "0123456789abcdefABCDEF")) {
    value = whole_number(text.substr(2), false, 16);
    return true;
  }
  if (text.starts_with("0o") && consists_of(text.substr(2), "01234567")) {
    value = whole_number(text.substr(2), false, 8);
    return true;
  }
  const bool negative = text.starts_with("-");
  const std::string_view digits = negative || text.starts_with("+") ? text.substr(1) : text;
  if (consists_of(digits, kDecimal)) {
    value = whole_number(digits, negative, 10);
    return true;
  }
  if (digits == ".inf" || digits == ".Inf" || digits == ".INF") return true;
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
  if (!consists_of(digits, "0123456789+-.eE") || digits.starts_with("-") || digits.starts_with("+"))
    return false;
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc::invalid_argument || end != digits.data() + digits.size()) return false;
  if (error == std::errc()) value = negative ? -number : number;
  return true;
}

// yaml-cpp counts bytes of the text behind the byte order mark.
std::size_t byte_offset(std::string_view text, const YAML::Mark& mark) {
  const std::size_t skipped = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  return skipped + (mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos));
}

class Converter {
 public:
  Converter(Document& document, std::vector<Error>* duplicates)
      : document_(document),
        duplicates_(duplicates),
        most_(std::clamp(document.text.size(), kMostOfShort, kMostNodes)) {}

  Value convert(const YAML::Node& node, const std::string& pointer, std::size_t key_offset,
                std::size_t depth) {
    const std::size_t offset = offset_of(node.Mark());
    if (++nodes_ > most_) refuse(offset, fmt::format("more than {} values", most_));
    if (depth > kDeepest) refuse(offset, fmt::format("values are nested deeper than {} levels", kDeepest));
    document_.offsets[pointer] = {key_offset == std::string::npos ? offset : key_offset, offset};
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        return scalar_of(node, offset);
      case YAML::NodeType::Sequence:
        return convert_sequence(node, pointer, depth);
      case YAML::NodeType::Map:
        return convert_map(node, pointer, depth);
      default:
        return nullptr;
    }
  }

 private:
  // Core schema of YAML 1.2, section 10.3.2.
  Value scalar_of(const YAML::Node& node, std::size_t offset) const {
    const std::string& text = node.Scalar();
    if (node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str")
      return text;  // quoted, or said to be text
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    Value number;
    if (!is_number(text, number)) return text;
    if (number.is_null()) {
      const bool whole = text.find('.') == std::string::npos && text.find_first_of("eE") == std::string::npos;
      refuse(offset, whole ? text + " is too large for a whole number"
                           : fmt::format("the number {} is out of range", text));
    }
    return number;
  }

  Value convert_sequence(const YAML::Node& node, const std::string& pointer, std::size_t depth) {
    Value out = Value::array();
    for (std::size_t i = 0; i < node.size(); ++i)
      out.push_back(convert(node[i], fmt::format("{}/{}", pointer, i), std::string::npos, depth + 1));
    return out;
  }

  Value convert_map(const YAML::Node& node, const std::string& pointer, std::size_t depth) {
    Value out = Value::object();
    std::set<std::string> seen;
    for (const auto& member : node) {
      const std::size_t key_offset = offset_of(member.first.Mark());
      if (!member.first.IsScalar()) refuse(key_offset, "expected a plain key");
      const std::string key = member.first.Scalar();
      if (!seen.insert(key).second) {
        Error duplicate = refusal(key_offset, fmt::format("duplicate key `{}`", printable(key)));
        duplicate = std::move(duplicate).hint("keep one of the two");
        if (duplicates_ == nullptr || duplicates_->size() == kMostDuplicates)
          throw Refused{std::move(duplicate)};
        duplicates_->push_back(std::move(duplicate));
        continue;
      }
      out[key] = convert(member.second, pointer + "/" + escaped_token(key), key_offset, depth + 1);
    }
    return out;
  }

  std::size_t offset_of(const YAML::Mark& mark) const { return byte_offset(document_.text, mark); }

  Error refusal(std::size_t offset, std::string message) const {
    return Error(ErrorCode::invalid_input, std::move(message))
        .at(place_at(document_.file, document_.text, offset));
  }

  [[noreturn]] void refuse(std::size_t offset, std::string message) const {
    throw Refused{refusal(offset, std::move(message))};
  }

  Document& document_;
  std::vector<Error>* duplicates_;
  std::size_t most_;
  std::size_t nodes_ = 0;
};

// Of a `*` that its author took for a glob: no anchor has such a name, or it is no name.
bool is_about_alias(std::string_view message) {
  return message.starts_with(YAML::ErrorMsg::UNKNOWN_ANCHOR) ||
         message.starts_with(YAML::ErrorMsg::ALIAS_NOT_FOUND) ||
         message.starts_with(YAML::ErrorMsg::CHAR_IN_ALIAS);
}

// Notes where documents begin and lets everything else pass.
class DocumentStarts : public YAML::EventHandler {
 public:
  std::vector<YAML::Mark> marks;

  void OnDocumentStart(const YAML::Mark& mark) override { marks.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}
};

std::optional<std::size_t> second_document(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStarts starts;
  parser.HandleNextDocument(starts);
  parser.HandleNextDocument(starts);
  if (starts.marks.size() < 2) return std::nullopt;
  return byte_offset(text, starts.marks[1]);
}

}  // namespace

Result<Document> parse_yaml(std::string file, std::string text, std::vector<Error>* duplicates) {
  Document document{std::move(file), std::move(text), {}, {}};
  const auto fail = [&](std::string message, std::size_t offset) {
    return tl::make_unexpected(Error(ErrorCode::invalid_input, std::move(message))
                                   .at(place_at(document.file, document.text, offset)));
  };
  TRY_STATUS(check_encoding(document));
  try {
    // YAML::LoadAll would read some wrong texts as documents without end.
    if (const auto second = second_document(document.text))
      return fail("expected one YAML document, and here another begins", *second);
    const YAML::Node root = YAML::Load(document.text);
    if (!root.IsDefined() || root.IsNull()) return fail("the file has no YAML document", 0);
    document.root = Converter(document, duplicates).convert(root, "", 0, 1);
    return document;
  } catch (const Refused& refused) {
    return tl::make_unexpected(refused.error);
  } catch (const YAML::DeepRecursion& problem) {
    return fail(fmt::format("values are nested deeper than {} levels", kDeepest),
                byte_offset(document.text, problem.mark));
  } catch (const YAML::Exception& problem) {
    auto failure =
        fail("this is not YAML: " + printable(problem.msg), byte_offset(document.text, problem.mark));
    if (!is_about_alias(problem.msg)) return failure;
    return tl::make_unexpected(
        std::move(failure.value())
            .hint("in YAML a `*` begins an alias: quote a text that begins with it, as \"*.log\""));
  }
}

}  // namespace reef::json
