#include <algorithm>
#include <map>
#include <set>

#include "tests/bench/resolve/problem.h"

// Packages files as a problem. A version becomes its rank among all versions of its name that occur anywhere:
// released, provided or asked for.
namespace reef::bench {
namespace {

// The order of Debian policy, section 5.6.12: stretches of text and of digits in turn; `~` before the end,
// letters before all else.
int text_order(char c) {
  if (c == '~') return -1;
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return c;
  return c == 0 ? 0 : c + 256;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int compare_part(std::string_view a, std::string_view b) {
  const auto at = [](std::string_view text, std::size_t i) { return i < text.size() ? text[i] : '\0'; };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    while ((i < a.size() && !is_digit(a[i])) || (j < b.size() && !is_digit(b[j]))) {
      const int left = is_digit(at(a, i)) ? 0 : text_order(at(a, i));
      const int right = is_digit(at(b, j)) ? 0 : text_order(at(b, j));
      if (left != right) return left < right ? -1 : 1;
      ++i;
      ++j;
    }
    while (at(a, i) == '0') ++i;
    while (at(b, j) == '0') ++j;
    std::size_t m = i;
    std::size_t n = j;
    while (is_digit(at(a, m))) ++m;
    while (is_digit(at(b, n))) ++n;
    if (m - i != n - j) return m - i < n - j ? -1 : 1;
    if (const int order = a.substr(i, m - i).compare(b.substr(j, n - j))) return order;
    i = m;
    j = n;
  }
  return 0;
}

struct Older {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const {
    const auto cut = [](std::string_view& text) {
      const std::size_t colon = text.find(':');
      const std::string_view epoch = colon == std::string_view::npos ? "0" : text.substr(0, colon);
      if (colon != std::string_view::npos) text.remove_prefix(colon + 1);
      return epoch;
    };
    if (const int order = compare_part(cut(a), cut(b))) return order < 0;
    const auto revision = [](std::string_view& text) {
      const std::size_t dash = text.rfind('-');
      const std::string_view after = dash == std::string_view::npos ? "0" : text.substr(dash + 1);
      text = text.substr(0, dash);
      return after;
    };
    const std::string_view ra = revision(a);
    const std::string_view rb = revision(b);
    const int order = compare_part(a, b);
    return order ? order < 0 : compare_part(ra, rb) < 0;
  }
};

struct Relation {
  std::string_view name;
  std::string_view op;  // empty: any version
  std::string_view version;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class Visit>
void each_part(std::string_view text, char separator, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (const std::string_view part = trimmed(text.substr(0, end)); !part.empty()) visit(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// "libc6:any (>= 2.36)"
Relation relation(std::string_view text) {
  Relation out;
  out.name = text.substr(0, text.find_first_of(" :(["));
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) return out;
  std::string_view inside = trimmed(text.substr(open + 1, text.find(')', open) - open - 1));
  const std::size_t digits = inside.find_first_not_of("<>=");
  out.op = inside.substr(0, digits);
  out.version = trimmed(inside.substr(digits));
  return out;
}

struct Stanza {
  std::string_view name;
  std::string_view version;
  std::vector<std::vector<Relation>> needs;
  std::vector<Relation> conflicts;
  std::vector<Relation> provides;
};

void read_field(Stanza& stanza, std::string_view key, std::string_view value) {
  const auto list = [&](std::vector<Relation>& out) {
    each_part(value, ',', [&](std::string_view part) { out.push_back(relation(part)); });
  };
  if (key == "Package") stanza.name = value;
  if (key == "Version") stanza.version = value;
  if (key == "Conflicts" || key == "Breaks") list(stanza.conflicts);
  if (key == "Provides") list(stanza.provides);
  if (key == "Depends" || key == "Pre-Depends")
    each_part(value, ',', [&](std::string_view part) {
      auto& any_of = stanza.needs.emplace_back();
      each_part(part, '|', [&](std::string_view one) { any_of.push_back(relation(one)); });
    });
}

std::vector<Stanza> read_stanzas(const std::vector<std::string>& texts) {
  std::vector<Stanza> out;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const std::string& text : texts) {
    Stanza stanza;
    const auto finish = [&] {
      if (!stanza.name.empty() && seen.emplace(stanza.name, stanza.version).second)
        out.push_back(std::move(stanza));
      stanza = {};
    };
    std::string_view left = text;
    while (!left.empty()) {
      const std::size_t end = std::min(left.find('\n'), left.size());
      const std::string_view line = left.substr(0, end);
      left.remove_prefix(std::min(end + 1, left.size()));
      const std::size_t colon = line.find(':');
      if (line.empty())
        finish();
      else if (line.front() != ' ' && colon != std::string_view::npos)
        read_field(stanza, line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
    finish();
  }
  return out;
}

class Ranks {
 public:
  void note(std::string_view name, std::string_view version) {
    if (!version.empty()) versions_[name].emplace(version, 0);
  }
  void settle() {
    for (auto& [name, versions] : versions_) {
      std::uint32_t rank = 0;
      for (auto& [version, place] : versions) place = ++rank;
    }
  }
  std::uint32_t of(std::string_view name, std::string_view version) const {
    return versions_.at(name).at(version);
  }

 private:
  struct ByVersion : std::map<std::string_view, std::uint32_t, Older> {
    std::uint32_t at(std::string_view version) const { return find(version)->second; }
  };
  std::map<std::string_view, ByVersion> versions_;
};

Atom atom(Problem& problem, const Ranks& ranks, const Relation& relation) {
  Atom out;
  out.name = problem.id(std::string(relation.name));
  if (relation.op.empty()) return out;
  const std::uint32_t rank = ranks.of(relation.name, relation.version);
  if (relation.op == "=" || relation.op == ">=" || relation.op == ">") out.from = rank;
  if (relation.op == ">>") out.from = rank + 1;
  if (relation.op == "=" || relation.op == "<=" || relation.op == "<") out.to = rank + 1;
  if (relation.op == "<<") out.to = rank;
  return out;
}

}  // namespace

Problem debian(const std::vector<std::string>& texts) {
  const std::vector<Stanza> stanzas = read_stanzas(texts);
  Ranks ranks;
  const auto note = [&](const std::vector<Relation>& list) {
    for (const Relation& relation : list) ranks.note(relation.name, relation.version);
  };
  for (const Stanza& stanza : stanzas) {
    ranks.note(stanza.name, stanza.version);
    for (const auto& any_of : stanza.needs) note(any_of);
    note(stanza.conflicts);
    note(stanza.provides);
  }
  ranks.settle();
  Problem out;
  for (const Stanza& stanza : stanzas) {
    Release& release = out.releases.emplace_back();
    release.name = out.id(std::string(stanza.name));
    release.version = ranks.of(stanza.name, stanza.version);
    for (const auto& any_of : stanza.needs) {
      auto& need = release.needs.emplace_back();
      for (const Relation& relation : any_of) need.push_back(atom(out, ranks, relation));
    }
    for (const Relation& relation : stanza.conflicts) release.conflicts.push_back(atom(out, ranks, relation));
    for (const Relation& relation : stanza.provides) release.provides.push_back(atom(out, ranks, relation));
  }
  return out;
}

}  // namespace reef::bench
