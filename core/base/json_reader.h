#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace reef::json {

// Every problem found in one file, in the order of discovery; `sorted` gives the order of the text.
// Only the first kMostKept are kept, the others are counted: a file in which everything is wrong costs no
// more.
class Problems {
 public:
  static constexpr std::size_t kMostKept = 100;

  void add(Error error) {
    if (count_++ < kMostKept) errors_.push_back(std::move(error));
  }
  // Counts a problem that need not be worded; only when `full`.
  void add_unnamed() { ++count_; }
  bool full() const { return count_ >= kMostKept; }
  bool empty() const { return count_ == 0; }
  std::size_t count() const { return count_; }
  const std::vector<Error>& all() const { return errors_; }
  std::vector<Error> sorted() const;
  // The first problem in the order of the text, for callers that want one error; its hint counts the others,
  // and names the command that lists all of such a file, if there is one.
  Error first(std::string_view lister = "") const;

 private:
  std::vector<Error> errors_;
  std::size_t count_ = 0;
};

class Reader;

// A value inside a document that can say where it stands. Parents must outlive their children.
class Node {
 public:
  Node(const Document& document, Problems& problems)
      : document_(&document), problems_(&problems), value_(&document.root) {}
  Node(const Node& parent, std::string key, const Value& value)
      : document_(parent.document_),
        problems_(parent.problems_),
        parent_(&parent),
        key_(std::move(key)),
        value_(&value) {}

  const Value& value() const { return *value_; }
  const std::string& key() const { return key_; }
  std::string pointer() const;
  Place place() const { return place_of_value(*document_, pointer()); }
  Place key_place() const { return place_of_key(*document_, pointer()); }

  // Reports a problem at the value (or at its key).
  void problem(std::string message, std::vector<std::string> hints = {}) const;
  void key_problem(std::string message, std::vector<std::string> hints = {}) const;
  // Reports an error of a value parser, moved to this place.
  void problem(Error error) const;

  // Each reports "expected ..., got ..." and returns false when the value is of another type.
  bool read(std::string& out) const;
  bool read(bool& out) const;
  bool read(std::int64_t& out) const;
  bool read(double& out) const;
  bool read(std::vector<std::string>& out) const;
  template <class T>
  bool read(T& out, Result<T> (*parse)(std::string_view)) const;

  // Members of an object in declared order; items of an array.
  bool members(const std::function<void(const Node&)>& visit) const;
  bool items(const std::function<void(const Node&)>& visit) const;
  bool expect(bool matches, std::string_view expected) const;

 private:
  // A number as its author wrote it: `1.10`, `0644`.
  std::string written() const;
  // Reports a number where a text belongs; `refused`: why the same in quotes would not do either.
  bool refuse_number(const Error* refused) const;

  const Document* document_;
  Problems* problems_;
  const Node* parent_ = nullptr;
  std::string key_;
  const Value* value_;
};

// Reads the members of one object. The keys asked for are the schema; done() reports the rest with the
// nearest known key. Every read returns whether it set `out`; problems go to the list and reading goes on.
class Reader {
 public:
  // Reports a problem when the node is not an object; every key is then absent.
  explicit Reader(const Node& node);

  const Node& node() const { return node_; }
  bool has(std::string_view key);

  template <class T>
  bool require(std::string_view key, T& out) {
    return with(key, true, [&](const Node& child) { return child.read(out); });
  }
  template <class T>
  bool require(std::string_view key, T& out, Result<T> (*parse)(std::string_view)) {
    return with(key, true, [&](const Node& child) { return child.read(out, parse); });
  }
  template <class T>
  bool optional(std::string_view key, T& out) {
    return with(key, false, [&](const Node& child) { return child.read(out); });
  }
  template <class T>
  bool optional(std::string_view key, T& out, Result<T> (*parse)(std::string_view)) {
    return with(key, false, [&](const Node& child) { return child.read(out, parse); });
  }
  // Calls `visit` with the member when it is there; `required` reports its absence.
  bool with(std::string_view key, bool required, const std::function<bool(const Node&)>& visit);
  void each_member(std::string_view key, const std::function<void(const Node&)>& visit);
  void each_item(std::string_view key, const std::function<void(const Node&)>& visit);

  // Reports every member that nobody asked for.
  void done();

 private:
  const Value* find(std::string_view key);

  const Node& node_;
  bool valid_;
  std::vector<std::string> known_;
};

template <class T>
bool Node::read(T& out, Result<T> (*parse)(std::string_view)) const {
  if (value_->is_number()) {
    const Result<T> quoted = parse(written());
    return refuse_number(quoted ? nullptr : &quoted.error());
  }
  std::string text;
  if (!read(text)) return false;
  Result<T> parsed = parse(text);
  if (!parsed) {
    problem(std::move(parsed).error());
    return false;
  }
  out = *std::move(parsed);
  return true;
}

}  // namespace reef::json
