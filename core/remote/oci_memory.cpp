#include "core/remote/oci_memory.h"

#include "core/registry/catalogue_index.h"
#include "core/registry/published_registry.h"
#include "core/remote/members.h"
#include "core/remote/oci_names.h"

namespace reef::remote {
namespace {

constexpr int kMemoryFormat = 1;
constexpr std::uint64_t kLargestMemory = std::uint64_t{256} << 20U;

KnownVersion read_version(const json::Value& value) {
  KnownVersion out{text_member(value, "entry"), std::nullopt, value.contains("yanked")};
  if (value.contains("signature")) out.signature = text_member(value, "signature");
  return out;
}

}  // namespace

OciMemory::OciMemory(Filesystem& fs, const Path& cache, const std::string& place)
    : fs_(fs), folder_(cache_file_of(cache, {place}, "oci")), place_(place) {}

Path OciMemory::file_of(const std::string& package) const {
  return package.empty() ? folder_ / "names.json" : folder_ / "packages" / (component_of(package) + ".json");
}

std::optional<KnownTags> OciMemory::read(const std::string& package) const {
  const Result<std::string> text = fs_.read_file(file_of(package), kLargestMemory);
  if (!text) return std::nullopt;
  const json::Value state = json::Value::parse(*text, nullptr, false);
  const bool is_ours = state.is_object() && number_member(state, "format") == kMemoryFormat &&
                       text_member(state, "place") == place_ && text_member(state, "package") == package;
  if (!is_ours) return std::nullopt;
  KnownTags out;
  out.asked_ns = number_member(state, "asked");
  out.failed_ns = number_member(state, "failed");
  if (const auto tags = state.find("tags"); tags != state.end() && tags->is_array())
    for (const json::Value& tag : *tags)
      if (tag.is_string()) out.tags.push_back(tag.get<std::string>());
  if (const auto versions = state.find("versions"); versions != state.end() && versions->is_object())
    for (const auto& [tag, value] : versions->items())
      if (value.is_object()) out.versions.emplace(tag, read_version(value));
  return out;
}

void OciMemory::write(const std::string& package, const KnownTags& known) const {
  json::Value state = {{"format", kMemoryFormat},          {"place", place_},           {"package", package},
                       {"asked", known.asked_ns},          {"failed", known.failed_ns}, {"tags", known.tags},
                       {"versions", json::Value::object()}};
  for (const auto& [tag, version] : known.versions) {
    json::Value& value = state["versions"][tag];
    value = {{"entry", version.entry}};
    if (version.signature) value["signature"] = *version.signature;
    if (version.yanked) value["yanked"] = true;
  }
  write_cache_file(fs_, file_of(package), json::write_sorted(state));
}

}  // namespace reef::remote
