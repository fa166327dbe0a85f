#include "core/action/files.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef::action {
namespace {

constexpr std::string_view kGlobs = "*?[";
constexpr std::string_view kEscaped = "*?[\\";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (kEscaped.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

bool is_escape(std::string_view pattern, std::size_t at) {
  return pattern[at] == '\\' && at + 1 < pattern.size() &&
         kEscaped.find(pattern[at + 1]) != std::string_view::npos;
}

bool is_glob(std::string_view pattern) {
  for (std::size_t at = 0; at < pattern.size(); ++at)
    if (is_escape(pattern, at))
      ++at;
    else if (kGlobs.find(pattern[at]) != std::string_view::npos)
      return true;
  return false;
}

std::string without_escapes(std::string_view pattern) {
  std::string out;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (is_escape(pattern, at)) ++at;
    out += pattern[at];
  }
  return out;
}

// Goes down one component in every folder found so far.
Result<std::vector<Path>> descend(Filesystem& fs, const std::vector<Path>& folders, const std::string& name) {
  std::vector<Path> out;
  for (const Path& folder : folders) {
    if (!is_glob(name)) {
      const Path path = folder / without_escapes(name);
      if (fs.stat(path)) out.push_back(path);
      continue;
    }
    if (!is_folder(fs, folder)) continue;
    TRY(const std::vector<std::string> entries, fs.list(folder));
    for (const std::string& entry : entries)
      if (glob_matches(name, entry) && (!entry.starts_with('.') || name.starts_with('.')))
        out.push_back(folder / entry);
  }
  return out;
}

Result<std::vector<Path>> matches_of(Filesystem& fs, const Path& folder, const std::string& pattern) {
  std::vector<Path> found = {Path(pattern).is_absolute() ? Path("/") : folder};
  for (const std::string& name : split(pattern, '/')) {
    if (name.empty() || name == ".") continue;
    TRY(found, descend(fs, found, name));
  }
  if (found.empty())
    return make_error(ErrorCode::not_found, "{} `{}` in `{}`",
                      is_glob(pattern) ? "nothing matches" : "there is no", without_escapes(pattern),
                      folder.string());
  return found;
}

}  // namespace

Result<std::vector<std::string>> expand_patterns(const std::vector<std::string>& texts,
                                                 const TemplateLookup& lookup) {
  return expand_arguments(texts, [&](const TemplateName& name) -> Result<TemplateValue> {
    TRY(TemplateValue value, lookup(name));
    if (!value.holds_templates)
      for (std::string& text : value.texts) text = escaped(text);
    return value;
  });
}

Error missing_input(const std::string& name, const Place& place, const Error& found, std::string hint) {
  Error error = Error(ErrorCode::not_found, fmt::format("`{}` needs a file that is not there: {}",
                                                        printable(name), found.message()))
                    .hint(std::move(hint));
  if (place.line > 0) error = std::move(error).at(place);
  return error;
}

Result<Digest> digest_of(Filesystem& fs, const Path& path) {
  TRY(const FileStat stat, fs.stat(path));
  if (stat.type == FileType::folder) return digest_tree(fs, path);
  if (stat.type == FileType::file) return digest_file(path);
  return make_error(ErrorCode::invalid_input, "`{}` is neither a file nor a folder", path.string());
}

Result<std::vector<Path>> matching_files(Filesystem& fs, const Path& folder,
                                         const std::vector<std::string>& patterns) {
  std::vector<Path> out;
  for (const std::string& pattern : patterns) {
    TRY(const std::vector<Path> found, matches_of(fs, folder, pattern));
    out.insert(out.end(), found.begin(), found.end());
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Result<std::map<std::string, std::string>> matching_digests(Filesystem& fs, const Path& folder,
                                                            const std::vector<std::string>& patterns) {
  std::map<std::string, std::string> out;
  TRY(const std::vector<Path> files, matching_files(fs, folder, patterns));
  for (const Path& file : files) {
    TRY(const Digest digest, digest_of(fs, file));
    const Path relative = file.lexically_relative(folder);
    out[(relative.empty() || relative.string().starts_with("..") ? file : relative).string()] = digest.hex();
  }
  return out;
}

}  // namespace reef::action
