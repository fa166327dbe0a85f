#include "core/host/candidates.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/host/elf.h"

namespace reef::host {
namespace {

std::string multiarch() { return std::string(own_arch()) + "-linux-gnu"; }

std::string without_trailing_slashes(std::string text) {
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

void add_once(std::vector<std::string>& list, std::string text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
}

class Search {
 public:
  Search(const DetectSpec& spec, const SearchPlaces& places, Observer& observer, Trace& trace)
      : spec_(spec), places_(places), observer_(observer), trace_(trace), names_(place_names(places)) {}

  std::vector<Candidate> run() {
    if (spec_.is_library()) {
      const std::vector<Folder> folders = folders_with_libraries();
      for (const std::string& pattern : spec_.libraries) libraries(pattern, folders);
    } else {
      const std::vector<std::string> folders = folders_of_path();
      for (const std::string& pattern : spec_.programs)
        for (const std::string& folder : folders) names_in(folder, pattern, "", "");
      for (const std::string& pattern : spec_.files) files(pattern, "");
    }
    return std::move(found_);
  }

 private:
  struct Folder {
    std::string path;
    std::string prefix;
  };

  // /bin and /usr/bin are often one folder.
  bool is_new_folder(const std::string& path, std::vector<Stamp>& seen) {
    const Stamp stamp = observer_.stamp(path, trace_);
    if (!stamp.folder || std::find(seen.begin(), seen.end(), stamp) != seen.end()) return false;
    seen.push_back(stamp);
    return true;
  }

  std::vector<std::string> folders_of_path() {
    std::vector<std::string> folders;
    std::vector<Stamp> seen;
    for (const std::string& folder : places_.folders)
      if (is_new_folder(folder, seen)) folders.push_back(folder);
    return folders;
  }

  std::vector<Folder> folders_with_libraries() {
    std::vector<std::string> prefixes;
    for (const std::string& pattern : spec_.prefixes)
      if (const auto glob = expand_names(pattern, names_))
        for (std::string& prefix : expand_glob(observer_, *glob, trace_))
          add_once(prefixes, std::move(prefix));
    for (const std::string& prefix : places_.prefixes) add_once(prefixes, prefix);
    std::vector<Folder> folders;
    std::vector<Stamp> seen;
    for (const std::string& prefix : prefixes) {
      if (!observer_.stamp(prefix, trace_).folder) continue;
      for (const std::string& folder : library_folders(prefix))
        if (is_new_folder(folder, seen)) folders.push_back({folder, prefix});
    }
    return folders;
  }

  void add(std::string path, const std::string& prefix, const std::string& library_folder) {
    const auto same = [&](const Candidate& candidate) { return candidate.path == path; };
    if (std::none_of(found_.begin(), found_.end(), same))
      found_.push_back({std::move(path), prefix, library_folder});
  }

  // Names in one folder that match: looked up in its listing, so that only the folder must be watched.
  void names_in(const std::string& folder, const std::string& pattern, const std::string& prefix,
                const std::string& library_folder) {
    const std::vector<std::string>& names = observer_.list(folder, trace_);
    const std::string start = pattern.substr(0, std::min(pattern.find_first_of("*?["), pattern.size()));
    std::vector<std::string> matches;
    for (auto at = std::lower_bound(names.begin(), names.end(), start);
         at != names.end() && at->starts_with(start); ++at)
      if (*at == pattern || glob_matches(pattern, *at)) matches.push_back(*at);
    std::sort(matches.begin(), matches.end(), naturally_higher);
    for (const std::string& name : matches) add(folder + "/" + name, prefix, library_folder);
  }

  void files(const std::string& pattern, const std::string& prefix) {
    const auto glob = expand_names(pattern, names_);
    if (!glob) return;
    for (std::string& path : expand_glob(observer_, *glob, trace_)) add(std::move(path), prefix, "");
  }

  void libraries(const std::string& pattern, const std::vector<Folder>& folders) {
    if (pattern.starts_with('/') || pattern.starts_with("${home}")) return files(pattern, "");
    const std::string name = expand_names(pattern, names_).value_or(pattern);
    for (const Folder& folder : folders) {
      if (name.find('/') == std::string::npos) {
        names_in(folder.path, name, folder.prefix, folder.path);
      } else {
        for (std::string& path : expand_glob(observer_, folder.path + "/" + name, trace_))
          add(std::move(path), folder.prefix, folder.path);
      }
    }
  }

  const DetectSpec& spec_;
  const SearchPlaces& places_;
  Observer& observer_;
  Trace& trace_;
  DetectNames names_;
  std::vector<Candidate> found_;
};

}  // namespace

SearchPlaces make_places(const std::string& path, const std::string& home) {
  SearchPlaces places;
  places.path = path;
  places.home = home.starts_with('/') ? without_trailing_slashes(home) : "";
  for (const std::string& entry : split(path, ':'))
    if (entry.starts_with('/')) add_once(places.folders, without_trailing_slashes(entry));
  for (const std::string& folder : places.folders)
    if (folder.ends_with("/bin") && folder != "/bin")
      add_once(places.prefixes, folder.substr(0, folder.size() - 4));
  for (const char* prefix : {"/usr/local", "/usr", "/opt/homebrew"}) add_once(places.prefixes, prefix);
  if (!places.home.empty()) add_once(places.prefixes, places.home + "/.local");
  return places;
}

std::vector<std::string> library_folders(const std::string& prefix) {
  return {prefix + "/lib/" + multiarch(), prefix + "/lib64", prefix + "/lib"};
}

std::vector<std::string> include_folders(const std::string& prefix) {
  return {prefix + "/include/" + multiarch(), prefix + "/include"};
}

std::vector<Candidate> find_candidates(const DetectSpec& spec, const SearchPlaces& places, Observer& observer,
                                       Trace& trace) {
  return Search(spec, places, observer, trace).run();
}

DetectNames place_names(const SearchPlaces& places) {
  DetectNames names;
  names["arch"] = {std::string(own_arch())};
  names["multiarch"] = {multiarch()};
  if (!places.home.empty()) names["home"] = {places.home};
  return names;
}

}  // namespace reef::host
