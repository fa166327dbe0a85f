#include "core/base/json_reader.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef::json {
namespace {

Error with_hints(Error error, std::vector<std::string> hints) {
  for (std::string& hint : hints) error = std::move(error).hint(std::move(hint));
  return error;
}

}  // namespace

std::vector<Error> Problems::sorted() const {
  std::vector<Error> out = errors_;
  const auto position = [](const Error& error) {
    return error.place() ? std::pair(error.place()->line, error.place()->column)
                         : std::pair<std::size_t, std::size_t>();
  };
  std::stable_sort(out.begin(), out.end(),
                   [&](const Error& a, const Error& b) { return position(a) < position(b); });
  return out;
}

Error Problems::first(std::string_view lister) const {
  Error error = sorted().front();
  if (count_ > 1)
    error = std::move(error).hint(
        fmt::format("{} more problem{} in this file{}", count_ - 1, count_ > 2 ? "s" : "",
                    lister.empty() ? "" : fmt::format(": `{}` lists them all", lister)));
  return error;
}

std::string Node::pointer() const {
  if (parent_ == nullptr) return "";
  return parent_->pointer() + "/" + escaped_token(key_);
}

void Node::problem(std::string message, std::vector<std::string> hints) const {
  if (problems_->full()) return problems_->add_unnamed();
  problems_->add(
      with_hints(Error(ErrorCode::invalid_input, std::move(message)).at(place()), std::move(hints)));
}

void Node::key_problem(std::string message, std::vector<std::string> hints) const {
  if (problems_->full()) return problems_->add_unnamed();
  problems_->add(
      with_hints(Error(ErrorCode::invalid_input, std::move(message)).at(key_place()), std::move(hints)));
}

void Node::problem(Error error) const {
  if (problems_->full()) return problems_->add_unnamed();
  problems_->add(std::move(error).at(place()));
}

bool Node::expect(bool matches, std::string_view expected) const {
  if (matches) return true;
  problem(fmt::format("expected {}, got {}", expected, type_name(*value_)));
  return false;
}

std::string Node::written() const {
  const Place here = place();
  const std::string_view rest =
      std::string_view(here.excerpt).substr(std::min(here.column - 1, here.excerpt.size()));
  const std::string_view text = rest.substr(0, rest.find_first_of(",]} \t\r"));
  const bool is_it =
      !text.empty() && text.find_first_not_of("0123456789abcdefABCDEFxo+-.") == std::string_view::npos;
  return is_it ? std::string(text) : value_->dump();
}

bool Node::refuse_number(const Error* refused) const {
  if (problems_->full()) return problems_->add_unnamed(), false;
  std::vector<std::string> hints;
  if (refused == nullptr)
    hints.push_back(fmt::format("write it in quotes: \"{}\"", written()));
  else
    hints.push_back(fmt::format("write it in quotes; {}", refused->message()));
  if (refused != nullptr) hints.insert(hints.end(), refused->hints().begin(), refused->hints().end());
  problem("expected a string, got a number", std::move(hints));
  return false;
}

bool Node::read(std::string& out) const {
  if (value_->is_number()) return refuse_number(nullptr);
  if (!expect(value_->is_string(), "a string")) return false;
  out = value_->get<std::string>();
  return true;
}

bool Node::read(bool& out) const {
  if (!expect(value_->is_boolean(), "true or false")) return false;
  out = value_->get<bool>();
  return true;
}

bool Node::read(std::int64_t& out) const {
  if (!expect(value_->is_number_integer(), "a whole number")) return false;
  if (value_->is_number_unsigned() && value_->get<std::uint64_t>() > INT64_MAX) {
    problem(fmt::format("{} is too large", value_->dump()));
    return false;
  }
  out = value_->get<std::int64_t>();
  return true;
}

bool Node::read(double& out) const {
  if (!expect(value_->is_number(), "a number")) return false;
  out = value_->get<double>();
  return true;
}

bool Node::read(std::vector<std::string>& out) const {
  std::vector<std::string> texts;
  bool complete = true;
  if (!items([&](const Node& item) { complete = item.read(texts.emplace_back()) && complete; })) return false;
  if (complete) out = std::move(texts);
  return complete;
}

bool Node::members(const std::function<void(const Node&)>& visit) const {
  if (!expect(value_->is_object(), "an object")) return false;
  for (const auto& [key, member] : value_->get_ref<const Value::object_t&>()) visit(Node(*this, key, member));
  return true;
}

bool Node::items(const std::function<void(const Node&)>& visit) const {
  if (!expect(value_->is_array(), "an array")) return false;
  for (std::size_t i = 0; i < value_->size(); ++i) visit(Node(*this, std::to_string(i), (*value_)[i]));
  return true;
}

Reader::Reader(const Node& node) : node_(node), valid_(node.expect(node.value().is_object(), "an object")) {}

const Value* Reader::find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  if (!valid_) return nullptr;
  for (const auto& [name, member] : node_.value().get_ref<const Value::object_t&>())
    if (name == key) return &member;
  return nullptr;
}

bool Reader::has(std::string_view key) { return find(key) != nullptr; }

bool Reader::with(std::string_view key, bool required, const std::function<bool(const Node&)>& visit) {
  const Value* member = find(key);
  if (member != nullptr) return visit(Node(node_, std::string(key), *member));
  if (required && valid_) node_.problem(fmt::format("missing key `{}`", key));
  return false;
}

void Reader::each_member(std::string_view key, const std::function<void(const Node&)>& visit) {
  with(key, false, [&](const Node& child) { return child.members(visit); });
}

void Reader::each_item(std::string_view key, const std::function<void(const Node&)>& visit) {
  with(key, false, [&](const Node& child) { return child.items(visit); });
}

void Reader::done() {
  if (!valid_) return;
  for (const auto& [name, member] : node_.value().get_ref<const Value::object_t&>()) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    std::vector<std::string> hints;
    if (auto hint = did_you_mean(name, known_))
      hints.push_back(*hint);
    else if (!known_.empty())
      hints.push_back(fmt::format("known here: {}", quoted_list(known_, "and")));
    Node(node_, name, member).key_problem(fmt::format("unknown key `{}`", printable(name)), std::move(hints));
  }
}

}  // namespace reef::json
