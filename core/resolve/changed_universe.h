#pragma once

#include <string>
#include <vector>

#include "core/resolve/universe.h"

namespace reef::resolve {

// What is different in a changed universe: one requirement or exclusion of a package.
struct Change {
  enum class To { any_range, no_options, gone };
  std::string package;
  const Requirement* requirement = nullptr;
  const Exclusion* exclusion = nullptr;
  To to = To::gone;
};

// A universe, but for one change; lasts no longer than that universe.
class ChangedUniverse : public Universe {
 public:
  ChangedUniverse(Universe& universe, const Change& change);

  const std::vector<Candidate>& candidates(std::string_view name) override {
    return name == package_ ? candidates_ : universe_.candidates(name);
  }
  std::vector<std::string> providers(std::string_view capability) override {
    return universe_.providers(capability);
  }
  std::vector<std::string> facts(std::string_view name) override { return universe_.facts(name); }
  std::string subject_of_facts() override { return universe_.subject_of_facts(); }
  std::vector<std::string> names() override { return universe_.names(); }
  std::string claim(std::string_view name) override { return universe_.claim(name); }
  std::vector<std::string> refused(std::string_view name) override { return universe_.refused(name); }
  std::vector<std::string> elsewhere(std::string_view name, const VersionRange& range) override {
    return universe_.elsewhere(name, range);
  }
  using Universe::install_hint;
  std::optional<std::string> install_hint(std::string_view name, const VersionRange& range) override {
    return universe_.install_hint(name, range);
  }

 private:
  Universe& universe_;
  std::string package_;
  std::vector<Candidate> candidates_;
};

}  // namespace reef::resolve
