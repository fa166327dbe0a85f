#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/condition.h"
#include "core/model/manifest.h"
#include "core/model/template.h"
#include "core/os/process.h"

namespace reef::action {

// What a package sees of the package or tool that fills one of its roles.
struct RoleView {
  std::string name;
  Version version;
  Path prefix;       // of a package; empty for a tool
  std::string path;  // of a tool: what was found; for a package its prefix
  Exports exports;   // resolved
};

// One package of a closure, as its actions see it. The manifest must outlive the view.
struct PackageView {
  const Manifest* manifest = nullptr;
  Circumstances circumstances;  // options chosen, platform and closure: what conditions are asked about
  Path prefix;                  // where it is installed, or is being installed
  Path source;                  // its sources, laid out: script files are looked for here
  std::map<std::string, RoleView> roles;
  std::vector<Exports> closure;  // resolved exports of all it depends on, dependencies before dependents

  const std::map<std::string, std::string>& options() const { return circumstances.options; }
};

// Values of an action's parameters, each of its declared type.
struct Parameters {
  std::map<std::string, json::Value> values;
  // As they stand in command lines: strings byte for byte, numbers in their shortest form (`1`, not `1.0`).
  std::map<std::string, std::string> texts() const;
};

// Checks what was given, in order (a later value of the same name wins), and adds the defaults.
// usage: an unknown name (with its neighbour), a missing parameter. invalid_input: a value of another type,
// out of range, not one of the choices, or with a NUL byte. The parameter is named.
Result<Parameters> bind_parameters(const Action& action,
                                   const std::vector<std::pair<std::string, std::string>>& given);

// Where an action works. Absolute paths.
struct Folders {
  Path work;     // its current folder
  Path output;   // $REEF_OUTPUT: files left here are kept in the record
  Path metrics;  // $REEF_METRICS: the file it writes its numbers to
  Path home;     // HOME: private, empty
  Path temporary;
};

// What `${...}` means in the templates of this package. Errors: not_found for a name that means nothing
// here, with its neighbour.
TemplateLookup make_lookup(const PackageView& view, const Parameters& parameters, const Folders& folders,
                           unsigned jobs);

// The package's own exports with their templates resolved, for those who depend on it.
Result<Exports> resolve_exports(const PackageView& view);

// Adds `exports.env` to `env`: set, or put before or after what is there, with `:` between.
void apply(const Exports& exports, Environment& env);

// The whole environment of an action; nothing comes from the caller's.
//
//   PATH=/usr/local/bin:/usr/bin:/bin  LANG=LC_ALL=C.UTF-8  TZ=UTC  HOME  TMPDIR
//   SOURCE_DATE_EPOCH=315532800 (1980-01-01, the oldest that zip can say)  PYTHONDONTWRITEBYTECODE=1 (a store
//   is never written)  REEF_PREFIX  REEF_OUTPUT  REEF_METRICS  REEF_JOBS
//
// then the exports of the closure, dependencies first, then the package's own (not for `build`, which makes
// what they name), then `action.env`, which wins.
Result<Environment> action_environment(const PackageView& view, const Action& action,
                                       const Parameters& parameters, const Folders& folders, unsigned jobs);

}  // namespace reef::action
