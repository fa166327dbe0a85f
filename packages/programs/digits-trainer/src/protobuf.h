// Enough of the protocol buffers wire format to write a message: varints and length-delimited fields.
// Format: "Encoding", the protocol buffers documentation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace digits {

class Message {
 public:
  // Fields are written in the order of the calls; a repeated field is one call for each of its elements.
  Message& number(std::uint32_t field, std::uint64_t value);
  Message& text(std::uint32_t field, std::string_view bytes);  // string, bytes
  Message& real(std::uint32_t field, float value);
  Message& message(std::uint32_t field, const Message& value) { return text(field, value.bytes_); }

  const std::string& bytes() const { return bytes_; }

 private:
  void varint(std::uint64_t value);

  std::string bytes_;
};

}  // namespace digits
