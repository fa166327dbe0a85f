#include "core/model/detect.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/base/units.h"

namespace reef {
namespace {

using json::Node;
using json::Reader;
using Names = std::vector<std::string>;

// Calls `literal` and `name` with the pieces of a template, in order; false when a `${` is never closed.
template <class Literal, class Name>
bool each_piece(std::string_view text, const Literal& literal, const Name& name) {
  while (!text.empty()) {
    const std::size_t at = text.find("${");
    if (at == std::string_view::npos) {
      literal(text);
      return true;
    }
    if (at > 0 && text[at - 1] == '$') {
      literal(text.substr(0, at - 1));
      literal("${");
      text.remove_prefix(at + 2);
      continue;
    }
    literal(text.substr(0, at));
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) return false;
    name(text.substr(at + 2, end - at - 2));
    text.remove_prefix(end + 1);
  }
  return true;
}

const Names kPlaces = {"home", "multiarch", "arch"};
const Names kOfCandidate = {"path", "dir", "name", "prefix", "real", "real_dir", "real_prefix", "suffix"};

class DetectReader {
 public:
  explicit DetectReader(const Node& node) : node_(node), spec_(std::make_shared<DetectSpec>()) {}

  std::shared_ptr<const DetectSpec> read() {
    Reader reader(node_);
    names_ = kPlaces;
    candidates(reader);
    add(kOfCandidate);
    if (spec_->is_library()) add({"libdir", "folder"});
    headers(reader);
    if (spec_->is_library()) add({"include"});
    ask(reader);
    captures(reader);
    templates(reader, "runs", spec_->runs);
    checks(reader, "is", spec_->is);
    checks(reader, "is_not", spec_->is_not);
    reader.with("version", true, [&](const Node& list) {
      return list.items([&](const Node& item) { spec_->version.push_back(source(item)); });
    });
    add({"version"});
    companions(reader);
    templates(reader, "watch", spec_->watch);
    provides(reader);
    exports(reader);
    reader.done();
    needs_ask();
    return spec_;
  }

 private:
  void add(const Names& names) { names_.insert(names_.end(), names.begin(), names.end()); }

  void check_template(const Node& node, const std::string& text) const {
    const bool closed = each_piece(
        text, [](std::string_view) {},
        [&](std::string_view name) {
          if (std::find(names_.begin(), names_.end(), name) != names_.end()) return;
          Names hints;
          if (auto hint = did_you_mean(name, names_))
            hints.push_back(*hint);
          else
            hints.push_back("known here: " + quoted_list(names_, "and"));
          node.problem(fmt::format("unknown name `${{{}}}`", printable(name)), std::move(hints));
        });
    if (!closed) node.problem("`${` without its `}`");
  }

  bool read_template(const Node& node, std::string& out) const {
    if (!node.read(out)) return false;
    check_template(node, out);
    return true;
  }

  void read_templates(const Node& node, Names& out) const {
    node.items([&](const Node& item) { read_template(item, out.emplace_back()); });
  }

  void templates(Reader& reader, std::string_view key, Names& out) const {
    reader.with(key, false, [&](const Node& node) {
      read_templates(node, out);
      return true;
    });
  }

  void candidates(Reader& reader) {
    reader.optional("programs", spec_->programs);
    templates(reader, "files", spec_->files);
    templates(reader, "libraries", spec_->libraries);
    templates(reader, "prefixes", spec_->prefixes);
    const bool programs = !spec_->programs.empty() || !spec_->files.empty();
    if (programs == !spec_->libraries.empty())
      node_.problem(programs ? "`programs` and `libraries` cannot stand together: they are two tools"
                             : "nothing to look for: `programs`, `files` or `libraries` is missing");
    for (const std::string& name : spec_->programs)
      if (name.find('/') != std::string::npos)
        node_.problem(fmt::format("`{}` in `programs` is a path", name), {"paths stand in `files`"});
    for (const std::string& file : spec_->files)
      if (!file.starts_with('/') && !file.starts_with("${home}/"))
        node_.problem(fmt::format("`{}` in `files` must begin with `/` or `${{home}}/`", file));
  }

  void headers(Reader& reader) {
    reader.with("headers", false, [&](const Node& node) {
      DetectSpec::Headers headers;
      Reader inner(node);
      inner.require("files", headers.files);
      inner.with("in", false, [&](const Node& in) {
        headers.in.clear();
        read_templates(in, headers.in);
        return true;
      });
      inner.done();
      if (!spec_->is_library()) node.key_problem("`headers` belong to `libraries`");
      spec_->headers = std::move(headers);
      return true;
    });
  }

  void ask(Reader& reader) {
    reader.with("ask", false, [&](const Node& node) {
      DetectSpec::Ask ask;
      Reader inner(node);
      inner.with("arguments", true, [&](const Node& runs) {
        return runs.items([&](const Node& run) { run.read(ask.arguments.emplace_back()); });
      });
      inner.with("stream", false, [&](const Node& stream) { return read_stream(stream, ask.stream); });
      inner.with("status", false, [&](const Node& status) { return read_status(status, ask.any_status); });
      std::chrono::nanoseconds timeout = ask.timeout;
      if (inner.optional("timeout", timeout, &parse_duration))
        ask.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(timeout);
      inner.done();
      if (spec_->is_library()) node.key_problem("a library cannot be asked");
      spec_->ask = std::move(ask);
      return true;
    });
  }

  static bool read_stream(const Node& node, DetectSpec::Ask::Stream& out) {
    using Stream = DetectSpec::Ask::Stream;
    std::string word;
    if (!node.read(word)) return false;
    if (word != "out" && word != "err" && word != "both")
      node.problem(fmt::format("`{}` is not a stream", printable(word)), {"it is `out`, `err` or `both`"});
    out = word == "out" ? Stream::out : word == "err" ? Stream::err : Stream::both;
    return true;
  }

  static bool read_status(const Node& node, bool& any) {
    std::string word;
    if (!node.read(word)) return false;
    if (word != "zero" && word != "any")
      node.problem(fmt::format("`{}` is not a status", printable(word)), {"it is `zero` or `any`"});
    any = word == "any";
    return true;
  }

  void checks(Reader& reader, std::string_view key, std::vector<DetectSpec::Check>& out) const {
    reader.each_item(key, [&](const Node& item) {
      DetectSpec::Check& check = out.emplace_back();
      Reader inner(item);
      inner.require("pattern", check.pattern, &Pattern::parse);
      inner.with("text", false, [&](const Node& text) { return read_template(text, check.text); });
      inner.with("reason", true, [&](const Node& reason) { return read_template(reason, check.reason); });
      inner.done();
    });
  }

  DetectSpec::Source source(const Node& node) const {
    DetectSpec::Source source;
    Reader reader(node);
    reader.with("pattern", true, [&](const Node& pattern) {
      if (!pattern.value().is_array()) return pattern.read(source.patterns.emplace_back(), &Pattern::parse);
      return pattern.items(
          [&](const Node& part) { part.read(source.patterns.emplace_back(), &Pattern::parse); });
    });
    reader.with("file", false, [&](const Node& file) { return read_template(file, source.file); });
    reader.with("text", false, [&](const Node& text) { return read_template(text, source.text); });
    reader.done();
    if (source.patterns.empty() && reader.has("pattern")) node.problem("`pattern` is an empty list");
    if (!source.file.empty() && !source.text.empty()) node.problem("`file` and `text` cannot stand together");
    return source;
  }

  void captures(Reader& reader) {
    Names captured;
    reader.each_member("capture", [&](const Node& member) {
      spec_->capture.emplace(member.key(), source(member));
      captured.push_back(new_name(member));
    });
    add(captured);
  }

  void companions(Reader& reader) {
    Names known;
    reader.each_member("companions", [&](const Node& member) {
      read_templates(member, spec_->companions[member.key()]);
      known.push_back(new_name(member));
    });
    add(known);
    reader.with("requires", false, [&](const Node& node) { return needs(node, spec_->requirements); });
  }

  std::string new_name(const Node& member) const {
    if (std::find(names_.begin(), names_.end(), member.key()) != names_.end())
      member.key_problem(fmt::format("`{}` already has a meaning", member.key()));
    return member.key();
  }

  bool needs(const Node& node, Names& out) const {
    Names known;
    for (const auto& [name, files] : spec_->companions) known.push_back(name);
    return node.items([&](const Node& item) {
      std::string name;
      if (!item.read(name)) return;
      if (!spec_->companions.contains(name)) {
        auto hint = did_you_mean(name, known);
        item.problem(fmt::format("`{}` is not among the `companions`", printable(name)),
                     hint ? Names{*hint} : Names{});
      }
      out.push_back(std::move(name));
    });
  }

  void provides(Reader& reader) {
    reader.each_member("provides", [&](const Node& member) {
      DetectSpec::Capability capability{member.key(), "", {}};
      if (member.value().is_object()) {
        Reader inner(member);
        inner.with("version", true,
                   [&](const Node& version) { return read_template(version, capability.version); });
        inner.with("needs", false, [&](const Node& node) { return needs(node, capability.needs); });
        inner.done();
      } else {
        read_template(member, capability.version);
      }
      spec_->provides.push_back(std::move(capability));
    });
  }

  void exports(Reader& reader) {
    reader.with("exports", false, [&](const Node& node) {
      Reader inner(node);
      inner.each_member("env",
                        [&](const Node& member) { spec_->exports.env[member.key()] = variable(member); });
      inner.each_member("values", [&](const Node& member) {
        Names& out = spec_->exports.values[member.key()];
        if (member.value().is_array())
          read_templates(member, out);
        else
          read_template(member, out.emplace_back());
      });
      inner.done();
      return true;
    });
  }

  Exports::Variable variable(const Node& member) const {
    using Kind = Exports::Variable::Kind;
    Exports::Variable out;
    if (!member.value().is_object()) {
      read_template(member, out.value);
      return out;
    }
    Reader reader(member);
    int given = 0;
    for (const auto& [word, kind] : {std::pair{"prepend", Kind::prepend}, std::pair{"append", Kind::append}})
      if (reader.with(word, false, [&](const Node& text) { return read_template(text, out.value); })) {
        out.kind = kind;
        ++given;
      }
    reader.done();
    if (given != 1) member.problem("expected one of `prepend` and `append`");
    return out;
  }

  // What reads the answer is useless without `ask`.
  void needs_ask() const {
    const auto reads = [](const DetectSpec::Source& source) { return source.of_answer(); };
    const auto checks = [](const DetectSpec::Check& check) { return check.text.empty(); };
    const bool needed =
        std::any_of(spec_->is.begin(), spec_->is.end(), checks) ||
        std::any_of(spec_->is_not.begin(), spec_->is_not.end(), checks) ||
        std::any_of(spec_->version.begin(), spec_->version.end(), reads) ||
        std::any_of(spec_->capture.begin(), spec_->capture.end(), [&](auto& c) { return reads(c.second); });
    if (needed && !spec_->ask && !node_.value().contains("ask"))
      node_.problem("a pattern reads the program's answer, but there is no `ask`");
  }

  const Node& node_;
  std::shared_ptr<DetectSpec> spec_;
  Names names_;
};

}  // namespace

std::shared_ptr<const DetectSpec> read_detect(const json::Node& node) { return DetectReader(node).read(); }

std::optional<std::string> expand_names(std::string_view text, const DetectNames& names) {
  std::string out;
  bool known = true;
  const bool closed = each_piece(
      text, [&](std::string_view literal) { out += literal; },
      [&](std::string_view name) {
        const auto found = names.find(name);
        if (found == names.end() || found->second.empty())
          known = false;
        else
          out += found->second.front();
      });
  return known && closed ? std::optional(out) : std::nullopt;
}

std::optional<std::vector<std::string>> expand_list(std::string_view text, const DetectNames& names) {
  if (text.starts_with("${") && text.find('}') == text.size() - 1) {
    const auto found = names.find(text.substr(2, text.size() - 3));
    if (found == names.end() || found->second.empty()) return std::nullopt;
    return found->second;
  }
  const auto one = expand_names(text, names);
  if (!one) return std::nullopt;
  return std::vector<std::string>{*one};
}

}  // namespace reef
