#include "core/registry/yanked.h"

#include "core/base/json_reader.h"
#include "core/model/manifest.h"

namespace reef {
namespace {

constexpr std::int64_t kYankedFormat = 1;
constexpr std::uint64_t kLargestYanked = std::uint64_t{64} << 20U;

void read_versions(const json::Node& member, Yanked& out) {
  if (const Result<std::string> name = parse_package_name(member.key()); !name)
    member.key_problem(name.error().message());
  bool any = false;
  const bool is_list = member.items([&](const json::Node& item) {
    any = true;
    Version version;
    if (item.read(version, &Version::parse) && !out[member.key()].insert(version).second)
      item.problem("this version stands here twice");
  });
  if (is_list && !any) member.problem("there is no version in this list");
}

}  // namespace

Result<Yanked> read_yanked(Filesystem& fs, const Path& root) {
  const Path file = root / kYankedFile;
  Yanked out;
  Result<std::string> text = fs.read_file(file, kLargestYanked);
  if (!text && text.error().code() == ErrorCode::not_found) return out;
  if (!text) return tl::make_unexpected(text.error());
  TRY(const json::Document document, json::parse(file.string(), *std::move(text)));
  json::Problems problems;
  const json::Node node(document, problems);
  json::Reader reader(node);
  std::int64_t format = 0;
  if (reader.require("format", format) && format != kYankedFormat)
    return make_error(ErrorCode::invalid_input, "`{}` has format {}, this program reads {}", file.string(),
                      format, kYankedFormat)
        .hint("a newer reef may read it");
  reader.each_member("yanked", [&](const json::Node& member) { read_versions(member, out); });
  reader.done();
  // Never half of it: what is not read would be offered again.
  if (!problems.empty()) return tl::make_unexpected(problems.first());
  return out;
}

Status write_yanked(Filesystem& fs, const Path& root, const Yanked& yanked) {
  json::Value out = {{"format", kYankedFormat}, {"yanked", json::Value::object()}};
  for (const auto& [name, versions] : yanked)
    for (const Version& version : versions) out["yanked"][name].push_back(version.text());
  return write_atomic(fs, root / kYankedFile, json::write_sorted(out));
}

}  // namespace reef
