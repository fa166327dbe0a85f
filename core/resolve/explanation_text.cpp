#include "core/resolve/explanation_text.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/resolve/phrases.h"

namespace reef::resolve {
namespace {

// So few facts speak for themselves.
constexpr std::size_t kFewFacts = 6;
// A longer derivation only hides its facts; of more facts than this the ends are shown.
constexpr std::size_t kMostConclusions = 40;
constexpr std::size_t kMostLines = 40;
// With more numbers than this nobody follows.
constexpr std::size_t kMostNumbers = 6;

std::string place_text(const Place& place) {
  return fmt::format("({}:{}:{})", place.file, place.line, place.column);
}

std::string fact_line(const Reason& reason) {
  return reason.place.file.empty() ? reason.text : reason.text + " " + place_text(reason.place);
}

class Text {
 public:
  Text(const std::vector<Reason>& reasons, const std::vector<std::size_t>& order, const std::string& asked_by)
      : reasons_(reasons), order_(order), asked_by_(asked_by) {
    std::set<std::string_view> spoken_of;
    for (const Reason& reason : reasons) {
      if (reason.kind == Reason::Kind::cycle) cycles_ += reason.text;
      spoken_of.insert(reason.package);
    }
    wishes_are_plain_ = std::all_of(reasons.begin(), reasons.end(), [&](const Reason& reason) {
      return !is_wish(reason) || spoken_of.contains(reason.target);
    });
  }

  // "you asked for a", of any version.
  bool is_wish(const Reason& fact) const {
    return fact.kind == Reason::Kind::need && fact.package.empty() &&
           fact.text == fmt::format("{} asked for {}", asked_by_, fact.target);
  }

  // Whether a fact goes without saying: that something was asked for at all, and the needs that make up a
  // cycle, which are told with the cycle.
  bool is_plain(const Reason& fact) const {
    if (fact.kind != Reason::Kind::need) return false;
    if (fact.package.empty()) return wishes_are_plain_ && is_wish(fact);
    return !fact.place.file.empty() && cycles_.find(place_text(fact.place)) != std::string::npos;
  }

  std::string write() const {
    std::vector<std::size_t> facts;
    std::vector<std::size_t> plain;
    for (const std::size_t i : order_)
      if (reasons_[i].from.empty()) (is_plain(reasons_[i]) ? plain : facts).push_back(i);
    const std::size_t conclusions = reasons_.size() - plain.size() - facts.size() - 1;
    if (facts.empty()) facts = std::move(plain);
    const std::vector<std::string> list = united(facts);
    std::vector<std::string> lines;
    if (list.size() > kFewFacts && conclusions > 0 && conclusions <= kMostConclusions) lines = derivation();
    std::string out = "there is no solution:";
    for (const std::string& line : shortened(lines.empty() ? list : lines)) out += "\n" + line;
    return out;
  }

  // Versions of one package that say the same are one line: "b 2.0.0 or 1.0.0 needs c".
  std::vector<std::string> united(const std::vector<std::size_t>& facts) const {
    struct Line {
      std::vector<std::string> versions;
      const Reason* first;
      std::string rest;
    };
    std::vector<Line> lines;
    std::map<std::pair<std::string, std::string>, std::size_t> known;  // package, what it says
    for (const std::size_t index : facts) {
      const Reason& reason = reasons_[index];
      const std::string start = reason.package + " ";
      const std::size_t end = reason.package.empty() || !reason.text.starts_with(start)
                                  ? std::string::npos
                                  : reason.text.find(' ', start.size());
      if (end == std::string::npos) {
        lines.push_back({{}, &reason, {}});
        continue;
      }
      const std::string rest = reason.text.substr(end);
      const auto [at, fresh] = known.emplace(std::pair(reason.package, rest), lines.size());
      if (fresh) lines.push_back({{}, &reason, rest});
      lines[at->second].versions.push_back(reason.text.substr(start.size(), end - start.size()));
    }
    std::vector<std::string> out;
    constexpr std::size_t kMostVersions = 4;
    for (Line& line : lines) {
      Reason reason = *line.first;
      if (line.versions.size() > kMostVersions) {
        const std::size_t more = line.versions.size() - kMostVersions + 1;
        line.versions.resize(kMostVersions - 1);
        line.versions.push_back(fmt::format("{} others", more));
      }
      if (line.versions.size() > 1)
        reason.text = reason.package + " " + listed(line.versions, "or") + line.rest;
      out.push_back("  " + fact_line(reason));
    }
    return out;
  }

  // What follows from what stands directly above it needs no number; what is used again later has one. Empty
  // when so much is that the list of facts is easier to read.
  std::vector<std::string> derivation() const {
    std::vector<std::vector<std::size_t>> distant(reasons_.size());
    std::map<std::size_t, std::size_t> numbers;
    std::size_t block = 0;  // the last conclusion and the facts since then
    for (std::size_t i = 0; i < reasons_.size(); ++i) {
      if (reasons_[i].from.empty()) continue;
      for (const std::size_t from : reasons_[i].from)
        if (from < block) {
          distant[i].push_back(from);
          numbers.emplace(from, 0);
        }
      block = i;
    }
    if (numbers.size() > kMostNumbers) return {};
    std::size_t last = 0;
    for (auto& [index, number] : numbers) number = ++last;
    std::vector<std::string> lines;
    for (std::size_t i = 0; i + 1 < reasons_.size(); ++i) {
      const auto number = numbers.find(i);
      if (reasons_[i].from.empty() && number == numbers.end() && is_plain(reasons_[i])) continue;
      std::string line =
          reasons_[i].from.empty() ? "  " + fact_line(reasons_[i]) : "  so " + reasons_[i].text;
      if (!distant[i].empty()) line += ", by " + numbered(distant[i], numbers);
      if (number != numbers.end()) line += fmt::format(" [{}]", number->second);
      lines.push_back(std::move(line));
    }
    lines.push_back("  and these exclude one another");
    if (!distant.back().empty()) lines.back() += ": " + numbered(distant.back(), numbers);
    return lines;
  }

  static std::string numbered(const std::vector<std::size_t>& reasons,
                              const std::map<std::size_t, std::size_t>& numbers) {
    std::vector<std::string> out;
    for (const std::size_t reason : reasons) out.push_back(fmt::format("[{}]", numbers.at(reason)));
    return listed(out, "and");
  }

  static std::vector<std::string> shortened(std::vector<std::string> lines) {
    if (lines.size() <= kMostLines) return lines;
    const auto middle = lines.begin() + kMostLines / 2;
    const auto skipped = static_cast<std::ptrdiff_t>(lines.size() - kMostLines);
    *middle = fmt::format("  ... {} more", skipped);
    lines.erase(middle + 1, middle + skipped);
    return lines;
  }

  const std::vector<Reason>& reasons_;
  const std::vector<std::size_t>& order_;
  const std::string& asked_by_;
  std::string cycles_;  // what was said of cycles
  // That packages were asked for goes without saying when each of them is spoken of all the same.
  bool wishes_are_plain_ = false;
};

}  // namespace

std::string explanation_text(const std::vector<Reason>& reasons, const std::vector<std::size_t>& order,
                             const std::string& asked_by) {
  return Text(reasons, order, asked_by).write();
}

}  // namespace reef::resolve
