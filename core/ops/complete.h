#pragma once

#include "core/ops/session.h"

namespace reef::ops {

// One word that could stand where the user is typing, and what it means (may be empty).
struct Suggestion {
  std::string word;
  std::string meaning;
};

// What a word of a command line names.
enum class Noun {
  package,      // packages of the catalogue that are no tools
  name,         // packages and tools
  requirement,  // packages, tools and capabilities
  tool,         // tools and capabilities of tools
  role,         // dependencies of the surrounding project
  action,       // actions of `package`, or of all packages
  parameter,    // `--name` of an action
  choice,       // values of `parameter`
  step,         // of `action`, a workflow
  binding,      // `group=option`; after a comma the next one
  record,       // ids of records, newest first
  registry      // that were added
};

struct CompletionContext {
  std::string package;  // named on the command line; empty: the surrounding project, if there is one
  std::string action;
  std::string typed;      // so far
  std::string parameter;  // "--name"
};

// Never fails: what cannot be read gives no suggestions. Not filtered by what was typed, except that
// `binding` repeats the options that are typed already.
std::vector<Suggestion> suggest(Session& session, Noun noun, const CompletionContext& context);

}  // namespace reef::ops
