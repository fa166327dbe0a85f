#include "cli/render_archive.h"

#include <algorithm>
#include <map>

#include "cli/output.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::cli {
namespace {

std::size_t packages_of(const archive::Contents& contents, bool tools) {
  std::size_t count = 0;
  for (const archive::ArchivedPackage& package : contents.packages)
    count += (package.role == archive::Role::tool) == tools ? 1 : 0;
  return count;
}

std::string license_of(const archive::ArchivedPackage& package) {
  return package.license.empty() ? "unknown" : package.license;
}

void add_packages(std::string& out, const archive::Contents& contents, const Terminal& terminal) {
  Table table(
      {"PACKAGE", "KIND", "LICENCE", "ENTRIES", "SIZE"},
      {Table::Align::left, Table::Align::left, Table::Align::left, Table::Align::right, Table::Align::right});
  for (const archive::ArchivedPackage& package : contents.packages)
    if (package.role != archive::Role::tool)
      table.add({package.name + " " + package.version, package.kind, license_of(package),
                 std::to_string(package.tree.entries), format_bytes(package.tree.bytes)});
  out += "\n" + table.render(terminal);
}

void add_sources(std::string& out, const archive::Contents& contents, const Terminal& terminal) {
  if (contents.sources.empty()) return;
  Table table({"SOURCE", "KIND", "OF", "SIZE", "DIGEST"},
              {Table::Align::left, Table::Align::left, Table::Align::left, Table::Align::right});
  for (const archive::ArchivedSource& source : contents.sources)
    table.add({source.name, source.kind, join(source.packages, ", "),
               format_bytes(source.blob ? source.blob->size : source.tree->bytes),
               source.blob ? source.blob->digest.brief() : source.commit.substr(0, 12)});
  out += "\n" + table.render(terminal);
}

void add_records(std::string& out, const archive::Contents& contents, const Terminal& terminal) {
  if (contents.records.empty()) {
    out += "\nno records: a replay can run, and has nothing to compare with\n";
    return;
  }
  // The last column is there when some run was no success.
  const bool all_good = std::all_of(contents.records.begin(), contents.records.end(),
                                    [](const auto& record) { return record.status.empty(); });
  Table table({"RECORD", "ACTION", "STARTED", "SIZE", all_good ? "" : "STATUS"},
              {Table::Align::left, Table::Align::left, Table::Align::left, Table::Align::right});
  for (const archive::ArchivedRecord& record : contents.records)
    table.add({record.id, record.action, record.started, format_bytes(record.tree.bytes),
               all_good                ? ""
               : record.status.empty() ? "ok"
                                       : record.status});
  out += "\n" + table.render(terminal);
}

void add_builds(std::string& out, const archive::Contents& contents, const Terminal& terminal) {
  if (contents.builds.empty()) return;
  Table table({"BUILD", "PLATFORM", "KEY", "SIZE"},
              {Table::Align::left, Table::Align::left, Table::Align::left, Table::Align::right});
  for (const archive::ArchivedBuild& build : contents.builds)
    table.add({build.name + " " + build.version, build.platform, build.key.brief(),
               format_bytes(build.tree.bytes)});
  out += "\n" + table.render(terminal);
}

void add_licenses(std::string& out, const archive::Contents& contents) {
  std::map<std::string, std::vector<std::string>> by_license;
  for (const archive::ArchivedPackage& package : contents.packages)
    if (package.role != archive::Role::tool) by_license[license_of(package)].push_back(package.name);
  out += "\nlicences:\n";
  for (const auto& [license, names] : by_license)
    out += fmt::format("  {}: {}\n", printable(license), printable(join(names, ", ")));
}

}  // namespace

json::Value to_json(const archive::ArchiveRead& read) {
  json::Value out = json::Value::parse(read.config);
  out["manifest"] = read.manifest.hex();
  out["bytes_read"] = read.bytes;
  return out;
}

std::string render_archive_brief(const archive::ArchiveRead& read) {
  const archive::Contents& contents = read.contents;
  std::string out = fmt::format(
      "{} {}: {}, {}, {}, {}", contents.name, contents.version,
      counted(packages_of(contents, false), "package"), counted(packages_of(contents, true), "tool"),
      counted(contents.sources.size(), "source"), counted(contents.records.size(), "record"));
  if (!contents.builds.empty()) out += ", " + counted(contents.builds.size(), "build");
  return printable(out + fmt::format("; {} unpacked", format_bytes(contents.bytes())));
}

std::string render_archive(const archive::ArchiveRead& read, const Terminal& terminal) {
  const archive::Contents& contents = read.contents;
  const archive::ArchivedPackage& root = contents.root();
  std::string out =
      fmt::format("{}\n", styled(printable(root.name + " " + root.version), Style::bold, terminal));
  if (!root.summary.empty()) out += printable(root.summary) + "\n";
  out += fmt::format("\nmanifest   sha256:{}\nplatforms  {}\n", read.manifest.hex(),
                     printable(join(contents.platforms, ", ")));
  if (!contents.options.empty()) {
    std::vector<std::string> options;
    for (const auto& [group, option] : contents.options) options.push_back(group + "=" + option);
    out += fmt::format("options    {}\n", printable(join(options, " ")));
  }
  out += fmt::format("unpacked   {} in {}\n", format_bytes(contents.bytes()),
                     counted(contents.entries(), "file"));
  add_packages(out, contents, terminal);
  add_sources(out, contents, terminal);
  add_records(out, contents, terminal);
  add_builds(out, contents, terminal);
  std::vector<std::string> tools;
  for (const archive::ArchivedPackage& package : contents.packages)
    if (package.role == archive::Role::tool) tools.push_back(package.name);
  if (!tools.empty()) out += fmt::format("\ntools it can look for: {}\n", printable(join(tools, ", ")));
  add_licenses(out, contents);
  return out;
}

}  // namespace reef::cli
