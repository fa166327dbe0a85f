#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/digest.h"
#include "core/base/error.h"

namespace reef::oci {

// Where something lies: `oci://HOST[:PORT]/REPOSITORY[:TAG][@sha256:HEX]`. `oci+http://` speaks plain HTTP,
// `oci+https://` never does; `oci://` is HTTPS, but on this machine (127.*, [::1], localhost) what answers.
struct Reference {
  std::string scheme;      // "http", "https", or empty: to be found out
  std::string host;        // with its port, if one was written; lower case
  std::string repository;  // empty only when `parse_registry` allows it
  std::string tag;         // empty: none was written
  std::optional<Digest> digest;

  // invalid_input says which part is wrong. Credentials in a reference are refused, and not shown.
  static Result<Reference> parse(std::string_view text);
  // The same without tag and digest; the repository, a prefix for others, may be missing.
  static Result<Reference> parse_registry(std::string_view text);

  // As it is typed.
  std::string text() const;
  // Host and repository as they are typed, without tag and digest.
  std::string place() const;
  // What a registry is asked for: the digest when there is one, else the tag.
  std::string wanted() const;
};

// Whether a text is meant as a reference: it begins with one of the three schemes.
bool is_reference(std::string_view text);

// invalid_input: `what` is the name that messages give it.
Status check_repository(std::string_view name);
Status check_tag(std::string_view tag);
inline constexpr std::size_t kLongestTag = 128;

}  // namespace reef::oci
