#include "core/archive/contents.h"

#include <algorithm>

namespace reef::archive {

using json::Value;

namespace {

Value to_json(const Blob& blob) { return {{"sha256", blob.digest.hex()}, {"size", blob.size}}; }

}  // namespace

Value to_json(const Tree& tree) {
  Value out = {{"sha256", tree.digest.hex()}, {"entries", tree.entries}, {"bytes", tree.bytes}};
  if (tree.layer) {
    out["layer"] = to_json(tree.layer->blob);
    out["layer"]["tar_bytes"] = tree.layer->tar_bytes;
  }
  out["apart"] = Value::array();
  for (const ApartFile& file : tree.apart) {
    Value one = to_json(file.blob);
    one["path"] = file.path;
    one["executable"] = file.executable;
    out["apart"].push_back(std::move(one));
  }
  return out;
}

namespace {

Value to_json(const ArchivedPackage& package) {
  return {{"name", package.name},         {"version", package.version}, {"kind", package.kind},
          {"license", package.license},   {"summary", package.summary}, {"role", name_of(package.role)},
          {"tree", to_json(package.tree)}};
}

Value to_json(const ArchivedSource& source) {
  Value out = {{"kind", source.kind}, {"name", source.name}, {"packages", source.packages}};
  if (!source.commit.empty()) out["commit"] = source.commit;
  if (!source.integrity.empty()) out["integrity"] = source.integrity;
  if (source.blob) out["blob"] = to_json(*source.blob);
  if (source.tree) out["tree"] = to_json(*source.tree);
  return out;
}

Value to_json(const ArchivedRecord& record) {
  Value out = {{"id", record.id},
               {"action", record.action},
               {"started", record.started},
               {"tree", to_json(record.tree)}};
  if (!record.status.empty()) out["status"] = record.status;
  return out;
}

Value to_json(const ArchivedBuild& build) {
  Value out = {{"name", build.name},
               {"version", build.version},
               {"key", build.key.hex()},
               {"platform", build.platform},
               {"tree", to_json(build.tree)}};
  out["ingredients"] = Value::object();
  for (const auto& [name, value] : build.ingredients) out["ingredients"][name] = value;
  out["marks"] = Value::object();
  for (const auto& [path, offsets] : build.marks) out["marks"][path] = offsets;
  return out;
}

template <class Items>
Value list_of(const Items& items) {
  Value out = Value::array();
  for (const auto& item : items) out.push_back(to_json(item));
  return out;
}

}  // namespace

std::string_view name_of(Role role) {
  switch (role) {
    case Role::root:
      return "root";
    case Role::package:
      return "package";
    case Role::tool:
      break;
  }
  return "tool";
}

std::string ArchivedPackage::place() const { return fmt::format("packages/{}-{}", name, version); }
std::string ArchivedSource::place() const { return "sources/" + (blob ? blob->digest.hex() : commit); }
std::string ArchivedBuild::place() const { return "builds/" + key.hex(); }

void Contents::change_trees(const std::function<void(const std::string&, Tree&)>& visit) {
  for (ArchivedPackage& package : packages) visit(package.place(), package.tree);
  for (ArchivedSource& source : sources)
    if (source.tree) visit(source.place(), *source.tree);
  for (ArchivedRecord& record : records) visit(record.place(), record.tree);
  for (ArchivedBuild& build : builds) visit(build.place(), build.tree);
}

void Contents::each_tree(const std::function<void(const std::string&, const Tree&)>& visit) const {
  for (const ArchivedPackage& package : packages) visit(package.place(), package.tree);
  for (const ArchivedSource& source : sources)
    if (source.tree) visit(source.place(), *source.tree);
  for (const ArchivedRecord& record : records) visit(record.place(), record.tree);
  for (const ArchivedBuild& build : builds) visit(build.place(), build.tree);
}

std::uint64_t Contents::entries() const {
  std::uint64_t sum = 0;
  each_tree([&](const std::string&, const Tree& tree) { sum += tree.entries; });
  return sum + sources.size();
}

std::uint64_t Contents::bytes() const {
  std::uint64_t sum = 0;
  each_tree([&](const std::string&, const Tree& tree) { sum += tree.bytes; });
  for (const ArchivedSource& source : sources)
    if (source.blob) sum += source.blob->size;
  return sum;
}

std::string write_config(const Contents& contents) {
  Value root = {{"format", Contents::kFormat}, {"name", contents.name}, {"version", contents.version}};
  root["options"] = Value::object();
  for (const auto& [group, option] : contents.options) root["options"][group] = option;
  root["platforms"] = contents.platforms;
  root["lock"] = to_json(contents.lock);
  root["provenance"] = to_json(contents.provenance);
  root["packages"] = list_of(contents.packages);
  root["sources"] = list_of(contents.sources);
  root["records"] = list_of(contents.records);
  root["builds"] = list_of(contents.builds);
  return json::write_sorted(root);
}

}  // namespace reef::archive
