#pragma once

#include <map>
#include <memory>

#include "core/ops/session.h"
#include "core/resolve/universe.h"

namespace reef::ops {

// The catalogue, this host's tools and the user's own folder as the solver sees them. A package is looked up
// in the registry's index when the solver first asks for it, and no manifest is read.
//
// The solver's interface has no errors: the first one (a manifest of the catalogue that cannot be read, an
// interruption) is kept, the package concerned then has no candidates, and `error` must be looked at before
// the solver's outcome is believed.
class SessionUniverse : public resolve::Universe {
 public:
  // project: a package that hides those of the same name in the catalogue; may be null.
  SessionUniverse(Session& session, const Project* project);

  const std::vector<resolve::Candidate>& candidates(std::string_view name) override;
  std::vector<std::string> providers(std::string_view capability) override;
  std::vector<std::string> facts(std::string_view name) override;
  std::vector<std::string> names() override;
  std::string claim(std::string_view name) override { return session_.registry().claim(name); }
  std::vector<std::string> refused(std::string_view name) override;
  std::vector<std::string> elsewhere(std::string_view name, const VersionRange& range) override {
    return hints_about_hidden(session_.registry(), name, range);
  }
  using Universe::install_hint;
  std::optional<std::string> install_hint(std::string_view name, const VersionRange& range) override;

  const std::optional<Error>& error() const { return error_; }

 private:
  std::vector<resolve::Candidate> look_up(const std::string& name);
  std::vector<resolve::Candidate> found_tools(const std::string& name);
  std::vector<resolve::Candidate> packages(const std::string& name);
  bool is_from_system(const std::string& tool, const std::string& as);
  void remember(Error error);

  Session& session_;
  const Project* project_;
  std::map<std::string, std::vector<resolve::Candidate>, std::less<>> answers_;
  std::optional<std::vector<std::string>> names_;
  std::optional<Error> error_;
};

// "`/opt/bin/gpu-smi` is refused: it has no version"; "... is left out this time: ... no answer within 5 s".
std::string refusal(const host::Attempt& attempt);
// Of the first few, and where the rest is told.
std::vector<std::string> refusals(const std::string& tool, const std::vector<host::Attempt>& attempts);

// The command that would install a tool on this distribution, from its manifest's `install`: "apt install
// g++".
std::optional<std::string> install_command(const Manifest& tool, const Platform& platform, bool is_root);

}  // namespace reef::ops
