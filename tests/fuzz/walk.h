#pragma once

#include <cstdlib>

#include "core/base/json_reader.h"

namespace reef::fuzz {

// Asks for the place of a node and of all below it; ends the program when one does not lie in the text.
inline void visit(const json::Node& node, const json::Document& document, int& budget) {
  if (--budget < 0) return;
  for (const Place& place : {node.place(), node.key_place()})
    if (place.line == 0 || place.column == 0 || place.column > document.text.size() + 1) std::abort();
  node.problem("a problem", {"a hint"});
  if (node.value().is_object())
    node.members([&](const json::Node& member) { visit(member, document, budget); });
  else if (node.value().is_array())
    node.items([&](const json::Node& item) { visit(item, document, budget); });
}

inline void visit_everything(const json::Document& document) {
  json::Problems problems;
  const json::Node root(document, problems);
  int budget = 100;  // asking for a place walks the text
  visit(root, document, budget);
  for (const Error& error : problems.sorted()) (void)render(error);
  json::Reader reader(root);
  std::string text;
  reader.optional("name", text);
  reader.done();
}

}  // namespace reef::fuzz
