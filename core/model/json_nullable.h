#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/json_reader.h"

// Values that may be unknown: null, or no member at all, in JSON.
namespace reef::json {

inline Value nullable(double value) { return std::isfinite(value) ? Value(value) : Value(); }
inline Value nullable(const std::string& text) { return text.empty() ? Value() : Value(text); }
inline Value nullable(const std::optional<double>& value) { return value ? nullable(*value) : Value(); }
template <class T>
Value nullable(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

// Calls `visit` with the member when it is there and not null.
template <class Visit>
void with_known(Reader& reader, std::string_view key, Visit visit) {
  reader.with(key, false, [&](const Node& node) {
    if (!node.value().is_null()) visit(node);
    return true;
  });
}

// Leave `out` alone when the member is unknown, report what is of another type.
inline void read_nullable(Reader& reader, std::string_view key, std::string& out) {
  with_known(reader, key, [&](const Node& node) { node.read(out); });
}
template <class T>
void read_nullable(Reader& reader, std::string_view key, std::optional<T>& out) {
  with_known(reader, key, [&](const Node& node) {
    T value{};
    if (node.read(value)) out = value;
  });
}
inline void read_nullable(Reader& reader, std::string_view key, std::uint64_t& out) {
  with_known(reader, key, [&](const Node& node) {
    std::int64_t value = 0;
    if (node.value().is_number_unsigned())  // all 64 bits, as seeds have them
      out = node.value().get<std::uint64_t>();
    else if (node.read(value) && node.expect(value >= 0, "a number that is not negative"))
      out = static_cast<std::uint64_t>(value);
  });
}
inline void read_nullable(Reader& reader, std::string_view key, std::optional<std::uint64_t>& out) {
  with_known(reader, key, [&](const Node&) {
    std::uint64_t value = 0;
    read_nullable(reader, key, value);
    out = value;
  });
}
inline void read_nullable(Reader& reader, std::string_view key, double& out) {
  with_known(reader, key, [&](const Node& node) { node.read(out); });
}

}  // namespace reef::json
