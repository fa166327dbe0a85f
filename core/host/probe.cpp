#include "core/host/probe.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/host/elf.h"
#include "core/host/shell_script.h"

namespace reef::host {
namespace {

using Reason = std::optional<std::string>;  // why a candidate is refused

constexpr std::size_t kAnswerBytes = std::size_t{1} << 16U;
constexpr std::size_t kShownBytes = 120;
constexpr std::uint32_t kAnyExecute = 0111;

std::string parent_of(const std::string& path) { return Path(path).parent_path().string(); }

std::string first_line(std::string_view text) {
  for (const std::string& line : lines_of(text))
    if (!trim(line).empty()) return printable(trim(line).substr(0, kShownBytes));
  return "";
}

std::string printed(std::string_view text) {
  const std::string line = first_line(text);
  return line.empty() ? "it printed nothing" : fmt::format("it printed `{}`", line);
}

class Probe {
 public:
  Probe(const std::string& name, const DetectSpec& spec, const Candidate& candidate, ProbeTools& tools,
        Answers& answers)
      : name_(name),
        spec_(spec),
        candidate_(candidate),
        tools_(tools),
        answers_(answers),
        names_(place_names(tools.places)) {}

  Outcome run() {
    using Step = Reason (Probe::*)();
    for (const Step step : {&Probe::look_at_file, &Probe::look_for_headers, &Probe::resolve_shim,
                            &Probe::check, &Probe::find_version, &Probe::find_companions})
      if (Reason reason = (this->*step)()) {
        watch();
        return {std::nullopt, *std::move(reason), std::move(trace_), unanswered_, of_script_};
      }
    watch();
    finish();
    return {std::move(found_), "", std::move(trace_), false, of_script_};
  }

 private:
  void name_is(const std::string& name, std::string value) { names_[name] = {std::move(value)}; }

  void set_path(const std::string& path) {
    const std::string dir = parent_of(path);
    const std::string real = tools_.observer.real_path(path);
    name_is("path", path);
    name_is("dir", dir);
    name_is("name", Path(path).filename().string());
    name_is("prefix", candidate_.prefix.empty() ? parent_of(dir) : candidate_.prefix);
    name_is("real", real);
    name_is("real_dir", parent_of(real));
    name_is("real_prefix", parent_of(parent_of(real)));
    found_.path = path;
    found_.real_path = real;
  }

  Reason look_at_file() {
    const Stamp stamp = tools_.observer.stamp(candidate_.path, trace_);
    if (!stamp.exists) return "a symlink to nothing";
    if (stamp.folder) return "a folder";
    set_path(candidate_.path);
    if (spec_.is_library()) {
      name_is("libdir", parent_of(candidate_.path));
      if (const std::string folder = folder_below(); !folder.empty()) name_is("folder", folder);
      return refusal_of_library(candidate_.path);
    }
    if ((stamp.mode & kAnyExecute) == 0) return "not executable";
    name_is("suffix", suffix());
    return std::nullopt;
  }

  std::string folder_below() const {
    const std::string dir = parent_of(candidate_.path);
    if (candidate_.library_folder.empty() || dir == candidate_.library_folder) return "";
    return dir.substr(candidate_.library_folder.size() + 1);
  }

  std::string suffix() const {
    const std::string file = Path(candidate_.path).filename().string();
    const std::string first = spec_.programs.empty() ? file : spec_.programs.front();
    return file.starts_with(first) ? file.substr(first.size()) : "";
  }

  Reason look_for_headers() {
    if (!spec_.headers) return std::nullopt;
    const std::string& prefix = names_["prefix"].front();
    for (const std::string& in : spec_.headers->in) {
      const auto folder = expand_names(in, names_);
      if (!folder) continue;
      std::vector<std::string> places;
      if (folder->starts_with('/'))
        places = expand_glob(tools_.observer, *folder, trace_);
      else
        for (const std::string& include : include_folders(prefix))
          places.push_back((Path(include) / *folder).lexically_normal().string());
      for (std::string& place : places) {
        if (place.ends_with('/')) place.pop_back();
        if (!has_headers(place)) continue;
        name_is("include", place);
        return std::nullopt;
      }
    }
    return fmt::format("headers missing: {} in none of the include folders of {}",
                       quoted_list(spec_.headers->files, "and"), prefix);
  }

  bool has_headers(const std::string& folder) {
    if (!tools_.observer.stamp(folder, trace_).folder) return false;
    return std::all_of(spec_.headers->files.begin(), spec_.headers->files.end(),
                       [&](const std::string& file) {
                         return tools_.observer.stamp(folder + "/" + file, trace_).is_file();
                       });
  }

  // --- sources ---

  static std::vector<std::string> values_in(const DetectSpec::Source& source, std::string_view text) {
    if (source.patterns.size() == 1) return source.patterns.front().all(text);
    std::vector<std::string> parts;
    for (const Pattern& pattern : source.patterns) {
      auto part = pattern.first(text);
      if (!part) break;
      parts.push_back(*std::move(part));
    }
    if (parts.empty()) return {};
    return {join(parts, ".")};
  }

  // Of a source that needs no answer.
  std::vector<std::string> values_of(const DetectSpec::Source& source) {
    if (!source.text.empty()) {
      const auto text = expand_names(source.text, names_);
      return text ? values_in(source, *text) : std::vector<std::string>();
    }
    const auto glob = expand_names(source.file, names_);
    if (!glob) return {};
    for (const std::string& file : expand_glob(tools_.observer, *glob, trace_)) {
      const auto text = tools_.observer.read(file, trace_);
      if (!text) continue;
      std::vector<std::string> values = values_in(source, *text);
      if (!values.empty()) return values;
    }
    return {};
  }

  void capture(bool of_answer) {
    for (const auto& [name, source] : spec_.capture) {
      if (source.of_answer() != of_answer) continue;
      std::vector<std::string> values = of_answer ? values_in(source, answer_) : values_of(source);
      if (!values.empty()) names_[name] = std::move(values);
    }
  }

  // True when one of `runs` is there; the path is then what really runs.
  bool resolve_runs() {
    for (const std::string& text : spec_.runs) {
      const auto path = expand_names(text, names_);
      if (!path || !path->starts_with('/')) continue;
      const std::string plain = Path(*path).lexically_normal().string();
      const Stamp stamp = tools_.observer.stamp(plain, trace_);
      if (!stamp.is_file() || (stamp.mode & kAnyExecute) == 0) continue;
      if (plain != found_.path) set_path(plain);
      return true;
    }
    return false;
  }

  Reason resolve_shim() {
    capture(false);
    shim_resolved_ = resolve_runs();
    return std::nullopt;
  }

  // --- the program's own words ---

  Answer ask_program() {
    Answer answer;
    answer.of_script = is_shell_script(found_.path);
    for (const std::vector<std::string>& arguments : spec_.ask->arguments) {
      ProcessSpec process;
      process.argv = {found_.path};
      process.argv.insert(process.argv.end(), arguments.begin(), arguments.end());
      process.env = {{"LC_ALL", "C"}};
      if (!tools_.places.path.empty()) process.env["PATH"] = tools_.places.path;
      if (!tools_.places.home.empty()) process.env["HOME"] = tools_.places.home;
      process.cwd = "/";
      process.timeout = spec_.ask->timeout;
      process.cancel = tools_.cancel;
      process.keep = kAnswerBytes;
      ++tools_.started;
      const auto result = tools_.processes.run(process);
      if (!result) {
        answer.failure = "cannot be started: " + result.error().message();
        answer.unanswered = result.error().code() == ErrorCode::busy;
        return answer;
      }
      const bool fails = result->kind != ExitKind::exited || (result->status != 0 && !spec_.ask->any_status);
      if (fails) {
        answer.unanswered = result->kind == ExitKind::timed_out;
        const std::string how = answer.unanswered ? "no answer within " + format_duration(spec_.ask->timeout)
                                                  : describe_exit(*result);
        answer.failure = fmt::format("`{}`: {}; {}", shell_quoted(shown(arguments)), how,
                                     printed(result->err.empty() ? result->out : result->err));
        return answer;
      }
      using Stream = DetectSpec::Ask::Stream;
      if (spec_.ask->stream != Stream::err) answer.text += result->out + "\n";
      if (spec_.ask->stream != Stream::out) answer.text += result->err + "\n";
    }
    return answer;
  }

  // Long scripts are not shown.
  std::vector<std::string> shown(const std::vector<std::string>& arguments) const {
    std::vector<std::string> words = {names_.at("name").front()};
    for (const std::string& argument : arguments) {
      if (argument.size() > 40 || argument.find('\n') != std::string::npos) break;
      words.push_back(argument);
    }
    return words;
  }

  // The answer, asked for when it is first needed.
  Reason ask() {
    if (asked_) return std::nullopt;
    asked_ = true;
    const std::string key = multi_call() ? found_.path : found_.real_path;
    if (multi_call()) watch_namesakes();
    auto at = answers_.find(key);
    if (at == answers_.end()) at = answers_.emplace(key, ask_program()).first;
    answer_ = at->second.text;
    unanswered_ = at->second.unanswered;
    of_script_ = at->second.of_script;
    if (!at->second.failure.empty()) return at->second.failure;
    return std::nullopt;
  }

  // ccache starts the next program of its name on PATH, and answers with that one's words.
  void watch_namesakes() {
    const std::string& name = names_.at("name").front();
    for (const std::string& folder : tools_.places.folders)
      tools_.observer.stamp(folder + "/" + name, trace_);
  }

  // ccache, busybox and rustup are many programs in one file: what they answer depends on the name.
  bool multi_call() const {
    const std::string real = Path(found_.real_path).filename().string();
    return spec_.programs.empty() || real.find(spec_.programs.front()) == std::string::npos;
  }

  bool needs_answer() const {
    const auto checks = [](const DetectSpec::Check& check) { return check.text.empty(); };
    return std::any_of(spec_.is.begin(), spec_.is.end(), checks) ||
           std::any_of(spec_.is_not.begin(), spec_.is_not.end(), checks) ||
           std::any_of(spec_.capture.begin(), spec_.capture.end(),
                       [](const auto& item) { return item.second.of_answer(); });
  }

  Reason check() {
    if (needs_answer()) {
      if (Reason reason = ask()) return reason;
      capture(true);
    }
    for (const DetectSpec::Check& check : spec_.is_not)
      if (check.pattern.matches(checked_text(check))) return reason_of(check);
    for (const DetectSpec::Check& check : spec_.is)
      if (!check.pattern.matches(checked_text(check)))
        return reason_of(check) + (check.text.empty() ? "; " + printed(answer_) : "");
    if (!shim_resolved_) resolve_runs();
    return std::nullopt;
  }

  std::string checked_text(const DetectSpec::Check& check) const {
    return check.text.empty() ? answer_ : expand_names(check.text, names_).value_or("");
  }

  std::string reason_of(const DetectSpec::Check& check) const {
    return expand_names(check.reason, names_).value_or(check.reason);
  }

  Reason find_version() {
    for (const DetectSpec::Source& source : spec_.version) {
      std::vector<std::string> values;
      if (source.of_answer()) {
        if (Reason reason = ask()) return reason;
        values = values_in(source, answer_);
      } else {
        values = values_of(source);
      }
      for (const std::string& value : values) {
        auto version = Version::parse_loose(trim(value));
        if (!version) continue;
        found_.version = *std::move(version);
        name_is("version", found_.version.text());
        return std::nullopt;
      }
    }
    if (asked_) return "no version in its answer; " + printed(answer_);
    return "none of its files says which version it is";
  }

  // --- what else belongs to it ---

  std::optional<std::string> find_file(const std::string& text) {
    const auto name = expand_names(text, names_);
    if (!name) return std::nullopt;
    std::vector<std::string> paths;
    if (name->find('/') != std::string::npos)
      paths = expand_glob(tools_.observer, *name, trace_);
    else
      for (const std::string& folder : tools_.places.folders) paths.push_back(folder + "/" + *name);
    for (const std::string& path : paths)
      if (tools_.observer.stamp(path, trace_).is_file()) return path;
    return std::nullopt;
  }

  Reason find_companions() {
    for (const auto& [name, templates] : spec_.companions)
      for (const std::string& text : templates)
        if (auto file = find_file(text)) {
          name_is(name, *std::move(file));
          break;
        }
    for (const std::string& name : spec_.requirements)
      if (!names_.contains(name)) return missing_companion(name);
    return std::nullopt;
  }

  std::string missing_companion(const std::string& name) const {
    std::vector<std::string> places;
    for (const std::string& text : spec_.companions.at(name))
      if (auto place = expand_names(text, names_)) places.push_back(*std::move(place));
    return fmt::format("{} missing: looked for {}", name, quoted_list(places));
  }

  void provide() {
    for (const DetectSpec::Capability& capability : spec_.provides) {
      const bool complete = std::all_of(capability.needs.begin(), capability.needs.end(),
                                        [&](const std::string& need) { return names_.contains(need); });
      const auto text = expand_names(capability.version, names_);
      if (!complete || !text) continue;
      if (auto version = Version::parse_loose(*text)) found_.provides[capability.name] = *std::move(version);
    }
  }

  void export_all() {
    for (const auto& [name, variable] : spec_.exports.env)
      if (auto value = expand_names(variable.value, names_))
        found_.exports.env[name] = {variable.kind, *std::move(value)};
    for (const auto& [name, templates] : spec_.exports.values) {
      std::vector<std::string> values;
      for (const std::string& text : templates)
        if (auto list = expand_list(text, names_)) values.insert(values.end(), list->begin(), list->end());
      if (!values.empty() || templates.empty()) found_.exports.values[name] = std::move(values);
    }
  }

  void watch() {
    for (const std::string& text : spec_.watch)
      for (const std::string& path : expand_list(text, names_).value_or(std::vector<std::string>()))
        if (path.starts_with('/')) tools_.observer.stamp(path, trace_);
  }

  std::string digest_of(const std::string& real_path) {
    return tools_.digests.of(real_path, tools_.observer.stamp(real_path, trace_));
  }

  // One that is not there, a folder, an option, or the tool itself under another name is none.
  void belongs(const std::string& path) {
    if (!path.starts_with('/') || path == found_.path || found_.files.contains(path)) return;
    if (!tools_.observer.stamp(path, trace_).is_file()) return;
    const std::string real = tools_.observer.real_path(path);
    if (real != found_.real_path) found_.files[path] = {real, digest_of(real)};
  }

  void find_files() {
    for (const auto& [name, templates] : spec_.companions)
      if (const auto at = names_.find(name); at != names_.end()) belongs(at->second.front());
    for (const auto& [name, variable] : found_.exports.env) belongs(variable.value);
    for (const auto& [name, values] : found_.exports.values)
      for (const std::string& value : values) belongs(value);
  }

  void finish() {
    found_.name = name_;
    found_.digest = digest_of(found_.real_path);
    provide();
    export_all();
    find_files();
  }

  const std::string& name_;
  const DetectSpec& spec_;
  const Candidate& candidate_;
  ProbeTools& tools_;
  Answers& answers_;
  DetectNames names_;
  Trace trace_;
  FoundTool found_;
  std::string answer_;
  bool asked_ = false;
  bool unanswered_ = false;
  bool of_script_ = false;
  bool shim_resolved_ = false;
};

}  // namespace

void Digests::remember(const std::string& file, const Stamp& stamp, std::string digest) {
  const std::lock_guard lock(mutex_);
  known_[file] = {stamp, std::move(digest)};
}

std::string Digests::of(const std::string& file, const Stamp& stamp) {
  {
    const std::lock_guard lock(mutex_);
    const auto at = known_.find(file);
    if (at != known_.end() && at->second.first == stamp) return at->second.second;
  }
  const auto digest = digest_file(file);
  ++computed_;
  std::string hex = digest ? digest->hex() : "";
  remember(file, stamp, hex);
  return hex;
}

Outcome probe(const std::string& name, const DetectSpec& spec, const Candidate& candidate, ProbeTools& tools,
              Answers& answers) {
  return Probe(name, spec, candidate, tools, answers).run();
}

}  // namespace reef::host
