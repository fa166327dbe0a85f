#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/template.h"
#include "core/os/filesystem.h"

namespace reef::action {

// The `inputs` or `outputs` of an action as patterns. Globs are those of the manifest's own text, of the
// values of options too; what else a name stands for is escaped, for a folder or a parameter may hold any
// character.
Result<std::vector<std::string>> expand_patterns(const std::vector<std::string>& texts,
                                                 const TemplateLookup& lookup);

// The files and folders that the patterns mean, sorted, each once. A pattern is a path or a glob (`*`, `?`,
// `[...]`, none of them for `/`), relative to `folder` or absolute; `\` before one of `*?[\` takes that as it
// is. not_found for one that matches nothing.
Result<std::vector<Path>> matching_files(Filesystem& fs, const Path& folder,
                                         const std::vector<std::string>& patterns);

// Of an action or a step that is not begun because `found`, of matching_files, is an error.
Error missing_input(const std::string& name, const Place& place, const Error& found, std::string hint);

// Of a file, or of a folder: digest_tree. invalid_input for a FIFO, a socket or a device: reading it may
// never end.
Result<Digest> digest_of(Filesystem& fs, const Path& path);

// The same with the digest of each, in hexadecimal digits. Keys are relative to
// `folder` where they lie below it.
Result<std::map<std::string, std::string>> matching_digests(Filesystem& fs, const Path& folder,
                                                            const std::vector<std::string>& patterns);

}  // namespace reef::action
