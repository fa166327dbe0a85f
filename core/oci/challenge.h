#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace reef::oci {

// One way to authenticate that a server offers.
struct Challenge {
  std::string scheme;                             // lower case: "basic", "bearer"
  std::map<std::string, std::string> parameters;  // lower-case names
  std::string parameter(const std::string& name) const;
  bool operator==(const Challenge&) const = default;
};

// The values of all WWW-Authenticate headers of an answer (RFC 9110, 11.6.1): several challenges in one
// header or in several. What is malformed ends the header it stands in; what was read before it counts. At
// most kMostChallenges, each with at most kMostParameters.
std::vector<Challenge> parse_challenges(const std::vector<std::string>& headers);
inline constexpr std::size_t kMostChallenges = 16;
inline constexpr std::size_t kMostParameters = 32;

// The address that a Link header (RFC 8288) gives for a relation, "next"; empty without one.
std::string parse_link(const std::vector<std::string>& headers, std::string_view relation);

}  // namespace reef::oci
