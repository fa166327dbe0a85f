#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/json_reader.h"

namespace reef {

// Places of many values of one document, each at the cost of a look-up: the text is walked once, not once for
// every place. The document must outlive this object.
class Places {
 public:
  explicit Places(const json::Document& document);

  // Where the key of an object or array stands (the value itself for items and the root). The excerpt is left
  // out when the line is longer than 500 bytes, so that a file on one line is not copied for every member.
  Place of(const json::Node& node) const;
  // The place of a byte offset in the text.
  Place at(std::size_t offset) const;
  // Byte offset of a value; for messages only, since it walks the text.
  std::size_t value_offset(const json::Node& node) const;

 private:
  const json::Document& document_;
  std::vector<std::size_t> lines_;                                   // offset of each line's first byte
  std::unordered_map<const json::Value*, std::size_t> key_offsets_;  // JSON: of every object and array
};

}  // namespace reef
