#include "core/ops/complete.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "core/ops/init.h"

namespace reef::cli {
namespace complete_verb {
namespace {

using ops::Noun;
using ops::Suggestion;

// What the words after a verb name, in order; the last one repeats when `repeats`.
struct Grammar {
  std::string_view verb;
  std::vector<Noun> words;
  bool repeats = false;
};

const std::vector<Grammar>& grammars() {
  static const std::vector<Grammar> all = {
      {"run", {Noun::action, Noun::package}},
      {"install", {Noun::package}},
      {"lock", {Noun::package}},
      {"info", {Noun::name}},
      {"doctor", {Noun::package}},
      {"tree", {Noun::package}},
      {"shell", {Noun::package}},
      {"exec", {Noun::package}},
      {"why", {Noun::requirement}},
      {"why-rebuild", {Noun::package}},
      {"sbom", {Noun::package}},
      {"verify", {Noun::package}},
      {"store path", {Noun::package}},
      {"store verify", {Noun::package}, true},
      {"store pin", {Noun::package}},
      {"store unpin", {Noun::package}},
      {"add", {Noun::requirement}},
      {"remove", {Noun::role}},
      {"detect", {Noun::tool}, true},
      {"compare", {Noun::record, Noun::record}},
      {"dashboard", {Noun::package}},
      {"pareto", {Noun::package}},
      {"report", {Noun::record}, true},
      {"sweep", {Noun::action, Noun::package}},
      {"runs show", {Noun::record}},
      {"runs verify", {Noun::record}},
      {"runs remove", {Noun::record}, true},
      {"registry remove", {Noun::registry}},
      {"registry update", {Noun::registry}, true},
  };
  return all;
}

// A command line up to the cursor.
struct Line {
  Verb at;                         // the verb (or the one below it), or the program itself
  std::string verb;                // "runs show"; empty when none was typed
  std::vector<std::string> words;  // that are neither flags nor their values
  std::optional<Flag> open;        // the flag whose value is being typed
  std::string parameter;           // or the parameter of the action: "--threads"
  std::string package;             // the value of --package
  std::string typed;               // the unfinished word, or the unfinished value
  std::string before;              // "--with=" when the value is part of the word
};

std::optional<Verb> verb_called(Verb above, const std::string& name) {
  for (const Verb& verb : above.verbs())
    if (verb.name() == name) return verb;
  return std::nullopt;
}

void read_finished(Line& line, const std::string& word) {
  if (line.open) {
    if (line.open->is_called("--package")) line.package = word;
    line.open.reset();
    return;
  }
  const bool is_value = !line.parameter.empty() && !word.starts_with("--");
  line.parameter.clear();
  if (is_value) return;
  if (word.starts_with("-") && word != "-") {
    if (word.find('=') != std::string::npos) return;
    const std::optional<Flag> flag = line.at.flag_called(word);
    if (flag && flag->takes_value) line.open = flag;
    if (!flag && line.verb == "run" && word.starts_with("--")) line.parameter = word;
    return;
  }
  const std::optional<Verb> below = line.words.empty() ? verb_called(line.at, word) : std::nullopt;
  if (!below) return line.words.push_back(word);
  line.at = *below;
  line.verb += (line.verb.empty() ? "" : " ") + word;
}

Line read_line(Verb program, const std::vector<std::string>& words) {
  Line line{program, "", {}, std::nullopt, "", "", "", ""};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) read_finished(line, words[i]);
  line.typed = words.empty() ? "" : words.back();
  const std::size_t equals = line.typed.find('=');
  if (!line.open && line.typed.starts_with("--") && equals != std::string::npos) {
    const std::string name = line.typed.substr(0, equals);
    line.open = line.at.flag_called(name);
    line.parameter = !line.open && line.verb == "run" ? name : "";
    line.before = line.typed.substr(0, equals + 1);
    line.typed = line.typed.substr(equals + 1);
  }
  return line;
}

const Grammar* grammar_of(const Line& line) {
  const auto found = std::find_if(grammars().begin(), grammars().end(),
                                  [&](const Grammar& each) { return each.verb == line.verb; });
  return found == grammars().end() ? nullptr : &*found;
}

ops::CompletionContext context_of(const Line& line) {
  ops::CompletionContext context{line.package, "", line.typed, line.parameter};
  const Grammar* grammar = grammar_of(line);
  for (std::size_t i = 0; grammar != nullptr && i < std::min(line.words.size(), grammar->words.size()); ++i) {
    if (grammar->words[i] == Noun::package || grammar->words[i] == Noun::name)
      context.package = line.words[i];
    if (grammar->words[i] == Noun::action) context.action = line.words[i];
  }
  if (line.verb == "add" && !line.words.empty()) context.package = line.words.front();
  return context;
}

std::vector<Suggestion> plain(const std::vector<std::string>& words) {
  std::vector<Suggestion> out;
  for (const std::string& word : words) out.push_back({word, ""});
  return out;
}

std::vector<Suggestion> verbs(Verb above) {
  std::vector<Suggestion> out;
  for (const Verb& verb : above.verbs())
    if (!verb.hidden()) out.push_back({verb.name(), verb.meaning()});
  return out;
}

std::vector<Suggestion> flags(Verb verb) {
  std::vector<Suggestion> out;
  for (const Flag& flag : verb.flags())
    for (const std::string& name : flag.names)
      if (name.starts_with("--")) out.push_back({name, flag.meaning});
  return out;
}

// Flags whose values are of a closed set; `verb` is empty where it is the same for all.
struct Choices {
  std::string_view verb;
  std::string_view flag;
  std::vector<std::string> words;
};

const std::vector<Choices>& closed_sets() {
  static const std::vector<Choices> all = {
      {"", "--for", {"build", "run", "both"}},
      {"", "--template", ops::template_names()},
      {"", "--scenario", {"single-stream", "multi-stream", "server", "offline"}},
      {"", "--pacing", {"sleep", "spin", "auto"}},
      {"", "--order", {"rounds", "loadgen"}},
      {"", "--status", {"ok", "failed", "invalid", "interrupted"}},
      {"", "--fail-on", {"slower", "cannot-tell"}},
      {"", "--records", {"latest", "all", "none"}},
      {"report", "--better", {"lower", "higher"}},
      {"report",
       "--format",
       {"md", "junit", "csv", "latex", "gbench", "hyperfine", "mlperf", "github-benchmark"}},
      {"replay", "--format", {"text", "md", "json"}},
  };
  return all;
}

// Flags whose values are known to the packages, records and registries.
const std::vector<std::pair<std::string_view, Noun>>& named_values() {
  static const std::vector<std::pair<std::string_view, Noun>> all = {
      {"--with", Noun::binding},   {"--package", Noun::package}, {"--yank", Noun::package},
      {"--to", Noun::registry},    {"--from", Noun::step},       {"--action", Noun::action},
      {"--against", Noun::record}, {"--record", Noun::record},   {"--param", Noun::parameter},
  };
  return all;
}

std::vector<Suggestion> values(ops::Session* session, const Line& line) {
  for (const Choices& each : closed_sets())
    if (line.open->is_called(std::string(each.flag)) && (each.verb.empty() || each.verb == line.verb))
      return plain(each.words);
  if (session == nullptr) return {};
  for (const auto& [flag, noun] : named_values()) {
    if (!line.open->is_called(std::string(flag))) continue;
    std::vector<Suggestion> out = suggest(*session, noun, context_of(line));
    if (noun == Noun::parameter)  // "--threads" is written `threads=1,2` there
      for (Suggestion& each : out) each.word = each.word.substr(2) + "=";
    return out;
  }
  return {};
}

std::vector<Suggestion> all_candidates(ops::Session* session, const Line& line) {
  if (line.open) return values(session, line);
  if (session != nullptr && !line.parameter.empty() && !line.typed.starts_with("--"))
    return suggest(*session, Noun::choice, context_of(line));
  if (line.typed.starts_with("-")) {
    std::vector<Suggestion> out = flags(line.at);
    if (session == nullptr || line.verb != "run") return out;
    for (Suggestion& parameter : suggest(*session, Noun::parameter, context_of(line)))
      out.push_back(std::move(parameter));
    return out;
  }
  std::vector<Suggestion> out;
  if (line.words.empty()) out = verbs(line.at);
  if (line.verb == "completion") return plain({"bash", "zsh", "fish"});
  const Grammar* grammar = grammar_of(line);
  if (session == nullptr || grammar == nullptr ||
      (line.words.size() >= grammar->words.size() && !grammar->repeats))
    return out;
  const Noun noun = grammar->words[std::min(line.words.size(), grammar->words.size() - 1)];
  for (Suggestion& each : suggest(*session, noun, context_of(line))) out.push_back(std::move(each));
  return out;
}

Result<int> run(Host& host, Verb program, const std::vector<std::string>& words) {
  const Line line = read_line(program, words);
  host.offline = true;  // nobody waits for a network while typing
  host.quiet = true;
  const auto session = open_session(host);
  json::Value out = {{"candidates", json::Value::array()}};
  for (const Suggestion& each : all_candidates(session ? session->get() : nullptr, line)) {
    if (!each.word.starts_with(line.typed)) continue;
    if (host.json)
      out["candidates"].push_back({{"word", line.before + each.word}, {"meaning", each.meaning}});
    else
      print(line.before + each.word + (each.meaning.empty() ? "" : "\t" + each.meaning) + "\n");
  }
  if (host.json) print_json(out);
  return 0;
}

}  // namespace
}  // namespace complete_verb

Run register_complete(Verb command) {
  using namespace complete_verb;
  auto words = std::make_shared<std::vector<std::string>>();
  command.add_option("words", *words, "The words after `reef`, the last one unfinished");
  return [=](Host& host) { return run(host, command.parent(), *words); };
}

}  // namespace reef::cli
