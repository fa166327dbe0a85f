#include "core/store/prefix_info.h"

#include "core/base/json_reader.h"

namespace reef::store {
namespace {

constexpr std::int64_t kFormat = 1;

void read_ingredients(json::Reader& reader, Ingredients& out) {
  reader.each_member("ingredients", [&](const json::Node& item) { item.read(out.items[item.key()]); });
}

void read_counts(json::Reader& reader, PrefixInfo& info) {
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  double seconds = 0;
  reader.require("files", files);
  reader.require("bytes", bytes);
  reader.require("build_seconds", seconds);
  info.files = static_cast<std::uint64_t>(files);
  info.bytes = static_cast<std::uint64_t>(bytes);
  info.build_time = std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

}  // namespace

std::string write_prefix_info(const PrefixInfo& info) {
  json::Value root;
  root["format"] = kFormat;
  root["key"] = info.id.key.hex();
  root["name"] = info.id.name;
  root["version"] = info.id.version;
  root["ingredients"] = json::Value::object();
  for (const auto& [name, value] : info.ingredients.items) root["ingredients"][name] = value;
  root["built_at"] = format_time(info.built_at);
  root["build_seconds"] = std::chrono::duration<double>(info.build_time).count();
  root["log"] = info.log;
  if (info.log_digest) root["log_sha256"] = info.log_digest->hex();
  root["mapped"] = info.mapped;
  if (info.package_list) root["package_list_sha256"] = info.package_list->hex();
  root["content"] = info.content.hex();
  if (!info.published_in.empty()) root["published_in"] = info.published_in.string();
  root["files"] = info.files;
  root["bytes"] = info.bytes;
  return json::write_sorted(root);
}

Result<PrefixInfo> read_prefix_info(const std::string& file, std::string text) {
  TRY(const json::Document document, json::parse(file, std::move(text)));
  json::Problems problems;
  const json::Node node(document, problems);
  json::Reader reader(node);
  PrefixInfo info;
  std::int64_t format = 0;
  reader.require("format", format);
  reader.require("key", info.id.key, &Digest::parse);
  reader.require("name", info.id.name);
  reader.require("version", info.id.version);
  read_ingredients(reader, info.ingredients);
  reader.require("built_at", info.built_at, &parse_time);
  read_counts(reader, info);
  reader.require("log", info.log);
  Digest log_digest;
  if (reader.optional("log_sha256", log_digest, &Digest::parse)) info.log_digest = log_digest;
  reader.require("mapped", info.mapped);
  Digest package_list;
  if (reader.optional("package_list_sha256", package_list, &Digest::parse)) info.package_list = package_list;
  reader.require("content", info.content, &Digest::parse);
  std::string published_in;
  reader.optional("published_in", published_in);
  info.published_in = published_in;
  reader.done();
  if (!problems.empty()) return tl::make_unexpected(problems.first());
  if (format != kFormat)
    return make_error(ErrorCode::invalid_input, "`{}` has format {}, this program reads {}", file, format,
                      kFormat);
  return info;
}

}  // namespace reef::store
