#include "core/registry/content_digest.h"

#include <algorithm>
#include <utility>

#include "core/registry/catalogue_index.h"
#include "core/registry/package_content.h"

namespace reef {
namespace {

using json::Value;

constexpr int kDigestsFormat = 1;

struct Stamps {
  Digest digest;
  bool too_fresh = false;  // something was written in the same moment as the file that remembers
};

Result<Stamps> stamps_of(Filesystem& fs, const Path& folder, std::int64_t remembered_at_ns) {
  Result<std::vector<TreeEntry>> seen = walk(fs, folder, not_content_by_name());
  if (!seen) seen = walk(fs, folder, not_content(fs, folder));  // what cannot be read may be no part of it
  TRY(const std::vector<TreeEntry> entries, std::move(seen));
  Sha256 hash;
  Stamps out;
  for (const TreeEntry& entry : entries) {
    const Stamp stamp = stamp_of(entry.stat);
    hash.update(fmt::format("{}\n{} {} {} {} {}\n", entry.path, static_cast<int>(entry.stat.type),
                            entry.stat.mode, stamp.mtime_ns, stamp.size, stamp.inode));
    out.too_fresh = out.too_fresh || is_too_fresh(stamp, remembered_at_ns);
  }
  out.digest = hash.finish();
  return out;
}

}  // namespace

ContentDigests::ContentDigests(Filesystem& fs, Path file) : fs_(fs), file_(std::move(file)) {}

void ContentDigests::load() {
  if (std::exchange(loaded_, true) || file_.empty()) return;
  const Result<FileStat> stat = fs_.stat(file_);
  const Result<std::string> text = fs_.read_file(file_);
  if (!stat || !text) return;
  read_at_ns_ = stat->mtime_ns;
  const Result<json::Document> document = json::parse(file_.string(), *text);
  if (!document) return;
  const Value& root = document->root;
  if (!root.is_object() || root.value("format", 0) != kDigestsFormat || !root.contains("folders")) return;
  if (!root["folders"].is_object()) return;
  for (const auto& [folder, value] : root["folders"].get_ref<const Value::object_t&>()) {
    if (!value.is_array() || value.size() != 2 || !value[0].is_string() || !value[1].is_string()) continue;
    const Result<Digest> stamps = Digest::parse(value[0].get_ref<const std::string&>());
    const Result<Digest> content = Digest::parse(value[1].get_ref<const std::string&>());
    if (stamps && content) known_[folder] = {*stamps, *content};
  }
}

ContentDigests::~ContentDigests() {
  if (file_.empty() || fresh_.empty()) return;
  for (auto& [folder, known] : fresh_) known_[folder] = known;
  Value out = {{"format", kDigestsFormat}, {"folders", Value::object()}};
  for (const auto& [folder, known] : known_) {
    const Value pair = Value::array({known.stamps.hex(), known.content.hex()});
    out["folders"].get_ref<Value::object_t&>().emplace_back(folder, pair);
  }
  write_cache_file(fs_, file_, json::write_line(out));
}

Result<Digest> ContentDigests::of(const Path& folder) {
  load();
  TRY(const Stamps stamps, stamps_of(fs_, folder, read_at_ns_));
  const auto known = known_.find(folder.string());
  const bool proven = known != known_.end() && known->second.stamps == stamps.digest && !stamps.too_fresh;
  if (proven) return known->second.content;
  TRY(const Digest content, digest_tree(fs_, folder, not_content(fs_, folder)));
  fresh_[folder.string()] = {stamps.digest, content};
  return content;
}

}  // namespace reef
