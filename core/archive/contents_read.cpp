// Reading the config of an archive that anybody may have written.
#include <algorithm>
#include <set>

#include "core/archive/contents.h"
#include "core/archive/portable.h"
#include "core/base/json_reader.h"
#include "core/base/text.h"
#include "core/model/manifest.h"

namespace reef::archive {
namespace {

using json::Node;
using json::Reader;

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 50U;  // so that sums do not overflow

Failure wrong(std::string_view expected, std::string_view text) {
  return make_error(ErrorCode::invalid_input, "expected {}, got `{}`", expected, printable(text));
}

// A name of one folder, in which nothing is special.
Result<std::string> parse_plain(std::string_view text) {
  const Status portable = check_portable(text);
  if (!portable || text.find('/') != std::string_view::npos || text.size() > 200)
    return wrong("a plain name", text);
  return std::string(text);
}
Result<std::string> parse_path(std::string_view text) {
  TRY_STATUS(check_portable(text));
  return std::string(text);
}
Result<std::string> parse_commit(std::string_view text) {
  const bool hex = std::all_of(text.begin(), text.end(),
                               [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!hex || text.size() != 40) return wrong("40 hexadecimal digits", text);
  return std::string(text);
}
Result<std::string> parse_source_kind(std::string_view text) {
  if (text != "url" && text != "npm" && text != "git") return wrong("`url`, `npm` or `git`", text);
  return std::string(text);
}
Result<std::string> parse_bad_status(std::string_view text) {
  if (text != "failed" && text != "invalid" && text != "interrupted")
    return wrong("`failed`, `invalid` or `interrupted`", text);
  return std::string(text);
}
Result<Role> parse_role_name(std::string_view text) {
  for (const Role role : {Role::root, Role::package, Role::tool})
    if (name_of(role) == text) return role;
  return wrong("`root`, `package` or `tool`", text);
}
Result<Digest> parse_digest(std::string_view text) {
  TRY(const Digest digest, Digest::parse(text));
  if (digest.hex() != text) return wrong("64 lower-case hexadecimal digits", text);
  return digest;
}

bool read_count(const Node& node, std::uint64_t& out) {
  std::int64_t value = 0;
  if (!node.read(value)) return false;
  out = static_cast<std::uint64_t>(value);
  return node.expect(value >= 0 && out <= kMostBytes, "a number of bytes or files");
}

void require_count(Reader& reader, std::string_view key, std::uint64_t& out) {
  reader.with(key, true, [&](const Node& node) { return read_count(node, out); });
}

void read_members(Reader& reader, Blob& blob) {
  reader.require("sha256", blob.digest, &parse_digest);
  require_count(reader, "size", blob.size);
}

bool read(const Node& node, Blob& blob) {
  Reader reader(node);
  read_members(reader, blob);
  reader.done();
  return true;
}

bool read(const Node& node, CodeLayer& layer) {
  Reader reader(node);
  read_members(reader, layer.blob);
  require_count(reader, "tar_bytes", layer.tar_bytes);
  reader.done();
  return true;
}

bool read(const Node& node, ApartFile& file) {
  Reader reader(node);
  read_members(reader, file.blob);
  reader.require("path", file.path, &parse_path);
  reader.require("executable", file.executable);
  reader.done();
  return true;
}

}  // namespace

bool read_tree(const Node& node, Tree& tree) {
  Reader reader(node);
  reader.require("sha256", tree.digest, &parse_digest);
  require_count(reader, "entries", tree.entries);
  require_count(reader, "bytes", tree.bytes);
  reader.with("layer", false, [&](const Node& child) { return read(child, tree.layer.emplace()); });
  std::uint64_t apart = 0;
  reader.each_item("apart", [&](const Node& item) {
    ApartFile file;
    read(item, file);
    if (!tree.apart.empty() && tree.apart.back().path >= file.path)
      item.problem("files that stand apart must be sorted by path, each once");
    apart += file.blob.size;
    tree.apart.push_back(std::move(file));
  });
  if (apart > tree.bytes) node.problem("the files that stand apart are larger than the tree");
  if (tree.entries > TreeCheck::kMostEntries)
    node.problem(
        fmt::format("the tree has {} entries, and {} are the most", tree.entries, TreeCheck::kMostEntries));
  reader.done();
  return true;
}

namespace {

void require_tree(Reader& reader, Tree& tree) {
  reader.with("tree", true, [&](const Node& child) { return read_tree(child, tree); });
}

void read(const Node& node, ArchivedPackage& package) {
  Reader reader(node);
  reader.require("name", package.name, &parse_package_name);
  reader.require("version", package.version, &parse_plain);
  reader.require("kind", package.kind);
  reader.require("license", package.license);
  reader.require("summary", package.summary);
  reader.require("role", package.role, &parse_role_name);
  require_tree(reader, package.tree);
  reader.done();
}

void read(const Node& node, ArchivedSource& source) {
  Reader reader(node);
  reader.require("kind", source.kind, &parse_source_kind);
  reader.require("name", source.name);
  reader.require("packages", source.packages);
  if (source.kind == "npm") reader.require("integrity", source.integrity);
  if (source.kind == "git") {
    reader.require("commit", source.commit, &parse_commit);
    require_tree(reader, source.tree.emplace());
  } else {
    reader.with("blob", true, [&](const Node& child) { return read(child, source.blob.emplace()); });
  }
  reader.done();
}

void read(const Node& node, ArchivedRecord& record) {
  Reader reader(node);
  reader.require("id", record.id, &parse_plain);
  reader.require("action", record.action);
  reader.require("started", record.started);
  reader.optional("status", record.status, &parse_bad_status);
  require_tree(reader, record.tree);
  reader.done();
}

void read(const Node& node, ArchivedBuild& build) {
  Reader reader(node);
  reader.require("name", build.name, &parse_package_name);
  reader.require("version", build.version, &parse_plain);
  reader.require("key", build.key, &parse_digest);
  reader.require("platform", build.platform, &parse_plain);
  reader.each_member("ingredients", [&](const Node& item) { item.read(build.ingredients[item.key()]); });
  reader.each_member("marks", [&](const Node& item) {
    if (const Status status = check_portable(item.key()); !status)
      return item.key_problem(status.error().message());
    std::vector<std::uint64_t>& offsets = build.marks[item.key()];
    item.items([&](const Node& offset) {
      std::uint64_t value = 0;
      read_count(offset, value);
      if (!offsets.empty() && value < offsets.back() + kStoreMark.size())
        offset.problem("marks must not overlap");
      offsets.push_back(value);
    });
  });
  require_tree(reader, build.tree);
  reader.done();
}

template <class T>
void read_list(Reader& reader, std::string_view key, std::vector<T>& out) {
  reader.each_item(key, [&](const Node& item) { read(item, out.emplace_back()); });
}

void check_whole(const Node& node, const Contents& contents) {
  if (contents.packages.empty() || contents.root().role != Role::root)
    return node.problem("the first package must be the root");
  const ArchivedPackage& root = contents.root();
  if (root.name != contents.name || root.version != contents.version)
    node.problem("the root is another package than the archive's");
  std::set<std::string> places;
  bool unique = true;
  for (std::size_t i = 1; i < contents.packages.size(); ++i)
    if (contents.packages[i].role == Role::root) node.problem("two packages are the root");
  contents.each_tree(
      [&](const std::string& place, const Tree&) { unique = places.insert(place).second && unique; });
  for (const ArchivedSource& source : contents.sources)
    if (source.blob) unique = places.insert(source.place()).second && unique;
  if (!unique) node.problem("two parts of the archive have the same place");
  if (contents.entries() > TreeCheck::kMostEntries)
    node.problem(fmt::format("the archive has {} entries, and {} are the most", contents.entries(),
                             TreeCheck::kMostEntries));
}

}  // namespace

Result<Contents> read_config(std::string text) {
  TRY(const json::Document document, json::parse("config", std::move(text)));
  json::Problems problems;
  const Node node(document, problems);
  Reader reader(node);
  Contents out;
  std::int64_t format = 0;
  if (reader.require("format", format) && format != Contents::kFormat)
    return make_error(ErrorCode::invalid_input, "the archive has format {}, this program reads {}", format,
                      Contents::kFormat)
        .hint("a newer reef may read it");
  reader.require("name", out.name, &parse_package_name);
  reader.require("version", out.version, &parse_plain);
  reader.each_member("options", [&](const Node& item) { item.read(out.options[item.key()]); });
  reader.require("platforms", out.platforms);
  reader.with("lock", true, [&](const Node& child) { return read(child, out.lock); });
  reader.with("provenance", true, [&](const Node& child) { return read(child, out.provenance); });
  read_list(reader, "packages", out.packages);
  read_list(reader, "sources", out.sources);
  read_list(reader, "records", out.records);
  read_list(reader, "builds", out.builds);
  reader.done();
  if (problems.empty()) check_whole(node, out);
  if (!problems.empty()) return tl::make_unexpected(problems.first());
  if (write_config(out) != document.text)
    return make_error(ErrorCode::integrity,
                      "the config is not written as reef writes it: sorted, indented by two");
  return out;
}

}  // namespace reef::archive
