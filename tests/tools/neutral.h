#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/resolve/resolver.h"

// Resolution scenarios in the neutral JSON form of tests/data/resolver/README.md, as universes and requests.
namespace reef::test {

class NeutralUniverse : public resolve::Universe {
 public:
  // A file's or a case's `packages`, `externals` and `env`.
  static Result<NeutralUniverse> read(const json::Value& value);

  const std::vector<resolve::Candidate>& candidates(std::string_view name) override;
  std::vector<std::string> providers(std::string_view capability) override;
  std::vector<std::string> facts(std::string_view name) override;
  std::vector<std::string> names() override;

  const std::vector<std::string>& externals() const { return externals_; }

 private:
  Status add_package(const json::Value& value);
  void number(resolve::Target& target);
  void number(std::vector<resolve::Requirement>& needs);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <class T>
  using ByName = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
  ByName<std::vector<resolve::Candidate>> packages_;
  ByName<std::vector<std::string>> providers_;
  ByName<std::uint32_t> symbols_;
  std::map<std::string, std::string, std::less<>> facts_;
  std::vector<std::string> externals_;
};

// A dependency of the form: `name`, `range`, `variations`, `features`, `when`, or `any_of`.
Result<resolve::Requirement> read_requirement(const json::Value& value);

// A case's `root`, `locked`, `update` and the rest. Externals are roots of their own, after the others, for
// they are part of every closure.
Result<resolve::Request> read_request(const json::Value& value, const NeutralUniverse& universe);

}  // namespace reef::test
