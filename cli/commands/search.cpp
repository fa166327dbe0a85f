#include "core/ops/search.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"

namespace reef::cli {
namespace search_verb {
namespace {

json::Value to_json(const CatalogueEntry& entry) {
  json::Value out = {{"name", entry.name}, {"kind", name_of(entry.kind)}, {"summary", entry.summary}};
  out["version"] = entry.kind == PackageKind::tool ? json::Value() : json::Value(entry.version.text());
  if (entry.yanked) out["yanked"] = true;
  out["tags"] = entry.tags;
  out["provides"] = entry.provides;
  return out;
}

Result<int> run(Host& host, const std::vector<std::string>& words) {
  TRY(const auto session, open_session(host));
  TRY(const auto entries, ops::search(*session, words));
  if (host.json) {
    json::Value out = {{"packages", json::Value::array()}};
    for (const CatalogueEntry& entry : entries) out["packages"].push_back(to_json(entry));
    print_json(out);
    return 0;
  }
  Table table({"NAME", "VERSION", "KIND", "SUMMARY"});
  for (const CatalogueEntry& entry : entries) {
    const bool is_tool = entry.kind == PackageKind::tool;
    const std::string version = entry.version.text() + (entry.yanked ? " (yanked)" : "");
    table.add({entry.name, is_tool ? "-" : version, std::string(name_of(entry.kind)), entry.summary});
  }
  print(table.render(host.terminal));
  return 0;
}

}  // namespace
}  // namespace search_verb

Run register_search(Verb command) {
  using namespace search_verb;
  auto words = std::make_shared<std::vector<std::string>>();
  command.add_option("words", *words, "Every word must occur; none: list everything");
  return [words](Host& host) { return run(host, *words); };
}

}  // namespace reef::cli
