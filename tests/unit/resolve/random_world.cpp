#include "tests/unit/resolve/random_world.h"

namespace reef::test {
namespace {

using resolve::Requirement;
using resolve::When;

class Maker {
 public:
  Maker(std::uint32_t seed, Has has)
      : random_(seed),
        unique_(has == Has::conditions),
        negates_(has == Has::conditions || has == Has::everything),
        builds_(has != Has::alternatives),
        symbols_(seed % 2 == 1) {}

  RandomProblem make() {
    packages_ = 3 + below(3);
    for (std::size_t i = 0; i < packages_; ++i) add_package(i);
    RandomProblem out;
    out.world = std::move(world_);
    Requirement root = need(name(0));
    if (chance(10)) root = with(root, "g", option(below(3)));
    out.request = request({root});
    for (std::size_t i = 0; i < packages_; ++i)
      if (chance(15)) {
        resolve::Locked locked{name(i), Version::parse(version(below(3))).value(), {}};
        if (chance(50)) locked.options["g"] = option(below(2));
        out.request.lock.push_back(locked);
      }
    out.request.prefer_oldest = chance(10);
    out.request.prefer_host = !chance(10);
    if (chance(10))
      out.request.overrides[name(1 + below(packages_ - 1))] = VersionRange::parse(range()).value();
    if (chance(10))
      out.request.constraints.push_back(
          {name(below(packages_)), VersionRange::parse(range()).value(), "a constraint"});
    if (chance(5)) out.request.upgrade_all = true;
    for (std::size_t i = 0; i < 2; ++i)
      if (chance(20)) out.request.upgrade.push_back(name(below(packages_)));
    return out;
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  bool chance(std::size_t percent) { return below(100) < percent; }
  static std::string name(std::size_t i) { return std::string(1, static_cast<char>('a' + i)); }
  static std::string version(std::size_t i) { return fmt::format("{}.0.0", i + 1); }
  static std::string option(std::size_t i) { return fmt::format("o{}", i); }
  // Neighbouring versions that say the same share a line, as they share a clause.
  std::size_t line(const std::string& statement) {
    return lines_.emplace(asker_ + statement, lines_.size() + 1).first->second;
  }
  static std::string text_of(const Requirement& requirement) {
    std::string out = requirement.purpose == Purpose::run ? "run" : "build";
    for (const resolve::Target& target : requirement.targets) {
      out += fmt::format("|{} {}", target.name, target.range.text());
      for (const auto& [group, option] : target.with) out += fmt::format(" {}={}", group, option);
    }
    return out + resolve::describe(requirement.when);
  }
  // Equal targets have equal numbers in every second universe, as registries may give them.
  void number_targets(Requirement& requirement) {
    for (resolve::Target& target : requirement.targets) {
      std::string key =
          fmt::format("{} {} {}", static_cast<int>(target.kind), target.name, target.range.text());
      for (const auto& [group, option] : target.with) key += fmt::format(" {}={}", group, option);
      const auto next = static_cast<std::uint32_t>(numbers_.size()) + 1;
      if (symbols_) target.symbol = numbers_.emplace(std::move(key), next).first->second;
    }
  }
  std::string some_package() { return name(below(packages_ + (chance(5) ? 1 : 0))); }

  std::string range() {
    static constexpr const char* kRanges[] = {"*",      "*",       ">=2.0.0", "<2.0.0", "=1.0.0",
                                              "=2.0.0", "!=2.0.0", ">=3.0.0", "<3.0.0"};
    return kRanges[below(std::size(kRanges))];
  }

  When leaf(bool options) {
    When when;
    switch (below(options ? 3 : 2)) {
      case 0:
        when.kind = When::Kind::fact;
        when.name = "os";
        when.values = {chance(70) ? "linux" : "macos"};
        break;
      case 1:
        when.kind = When::Kind::package;
        when.name = some_package();
        when.range = VersionRange::parse(range()).value();
        break;
      default:
        when.kind = When::Kind::option;
        when.name = chance(70) ? "g" : "h";
        when.values = {option(below(3))};
        break;
    }
    return when;
  }

  When condition(bool options) {
    if (chance(60)) return leaf(options);
    When when;
    when.kind = chance(50) ? When::Kind::all : negates_ && chance(60) ? When::Kind::none : When::Kind::any;
    for (std::size_t i = 0, n = 1 + below(2); i < n; ++i) when.parts.push_back(leaf(options));
    return when;
  }

  Requirement requirement(bool options) {
    const Purpose purpose = chance(20) && builds_ ? Purpose::build : Purpose::run;
    Requirement out = need(some_package() + " " + range());
    if (!unique_ && chance(20))
      out = any_of({some_package() + " " + range(), some_package() + " " + range()});
    if (!unique_ && chance(20)) out = need_capability(chance(50) ? "cap *" : "cap >=2.0.0");
    if (out.targets.size() == 1 && out.targets.front().kind == resolve::Target::Kind::package && chance(12))
      out = with(out, chance(80) ? "g" : "h", option(below(3)));
    out.purpose = purpose;
    if (chance(25)) out.when = condition(options);
    number_targets(out);
    return at(out, line(text_of(out)));
  }

  resolve::Exclusion excluded() {
    resolve::Exclusion out = exclusion(some_package() + " " + range());
    out.place = {"reef.json", line("excludes " + out.name + out.range.text()), 5, ""};
    return out;
  }

  void add_group(resolve::Requirements& out, std::size_t index, const std::string& group_name) {
    resolve::Group& group = out.groups.emplace_back();
    group.name = group_name;
    for (std::size_t i = 0, n = 1 + below(3); i < n; ++i) {
      resolve::GroupOption& entry = group.options.emplace_back();
      entry.name = option(i);
      asker_ = fmt::format("{}{}.{}:{}", name(index), version_, group_name, entry.name);
      entry.place = {"reef.json", line("exists"), 5, ""};
      asker_ = fmt::format("{}.{}:{}", name(index), group_name, entry.name);
      if (chance(40)) entry.needs.push_back(requirement(true));
      if (chance(15)) entry.excludes.push_back(excluded());
      if (chance(15)) entry.conflicts["g"] = {option(below(2))};
      if (negates_ && chance(20)) entry.when = condition(true);
    }
    if (chance(70)) group.defaults = {option(below(group.options.size()))};
  }

  void add_package(std::size_t index) {
    const bool tool = chance(15);
    for (std::size_t i = 0, n = 1 + below(3); i < n; ++i) {
      const bool host = tool || chance(5);
      asker_ = name(index);
      version_ = i;
      resolve::Requirements& out =
          world_.add(name(index), version(i), host ? resolve::Origin::host : resolve::Origin::registry);
      if (chance(6)) world_.packages[name(index)].back().yanked = true;
      if (!unique_ && chance(35))
        out.provides.push_back(
            {"cap", chance(80) ? std::optional(Version::parse(version(below(3))).value()) : std::nullopt});
      if (tool) continue;
      for (std::size_t k = 0, needs = below(3); k < needs; ++k) out.needs.push_back(requirement(true));
      if (chance(15)) out.excludes.push_back(excluded());
      if (chance(30)) add_group(out, index, "g");
      if (chance(10)) add_group(out, index, "h");
    }
  }

  std::mt19937 random_;
  bool unique_;   // needs name one package
  bool negates_;  // conditions may ask that a package is absent, and govern options
  bool builds_;
  bool symbols_;  // targets are numbered
  std::map<std::string, std::uint32_t> numbers_;
  std::size_t packages_ = 0;
  std::map<std::string, std::size_t> lines_;
  std::string asker_;
  std::size_t version_ = 0;
  World world_;
};

}  // namespace

RandomProblem random_problem(std::uint32_t seed, Has has) { return Maker(seed, has).make(); }

}  // namespace reef::test
