#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/model/manifest.h"

namespace reef {

// Changes in the text of a manifest that leave every other byte as it was: indentation, order of keys, line
// ends, comments of YAML, the trailing newline or its absence. `file` decides the syntax (`.yaml` and `.yml`
// are YAML) and stands in messages. The new text is parsed again before it is returned.
//
// Adding and then removing a dependency gives the same bytes when the manifest had a `dependencies` object
// with at least one member, or an empty one on one line.
//
// YAML is edited where the mapping is written in block style, one key a line. invalid_input otherwise: the
// message says what to write by hand.

// What `reef add` writes: role, exactly one of package and capability, and what differs from the defaults
// (version `*`, purpose both, no options asked). `when` and `place` are not written.
// invalid_input when the role is there already; its hint says how to change it.
Result<std::string> add_dependency(std::string_view file, std::string text, const Dependency& dependency);

// Another range for a dependency that is there. not_found as below; invalid_input when the text cannot be
// edited safely.
Result<std::string> change_range(std::string_view file, std::string text, std::string_view role,
                                 const VersionRange& range);

// not_found when there is no such role; the message names the nearest one. Only `dependencies` at the top is
// looked at: those of options are not touched.
Result<std::string> remove_dependency(std::string_view file, std::string text, std::string_view role);

}  // namespace reef
