#include "core/registry/verified_blobs.h"

#include <utility>

#include "core/archive/tree_blobs.h"
#include "core/registry/catalogue_index.h"

namespace reef {
namespace {

using json::Value;

constexpr int kBlobsFormat = 1;

}  // namespace

VerifiedBlobs::VerifiedBlobs(Filesystem& fs, Path blobs, Path file)
    : fs_(fs), blobs_(std::move(blobs)), file_(std::move(file)) {}

void VerifiedBlobs::load() {
  if (std::exchange(loaded_, true) || file_.empty()) return;
  const Result<FileStat> stat = fs_.stat(file_);
  const Result<std::string> text = fs_.read_file(file_);
  if (!stat || !text) return;
  read_at_ns_ = stat->mtime_ns;
  const Value root = Value::parse(*text, nullptr, false);
  if (!root.is_object() || root.value("format", 0) != kBlobsFormat || !root.contains("blobs")) return;
  if (!root["blobs"].is_object()) return;
  for (const auto& [hex, value] : root["blobs"].get_ref<const Value::object_t&>()) {
    if (!value.is_array() || value.size() != 3) continue;
    if (!value[0].is_number_integer() || !value[1].is_number_unsigned() || !value[2].is_number_unsigned())
      continue;
    Stamp& stamp = known_[hex];
    stamp.mtime_ns = value[0].get<std::int64_t>();
    stamp.size = value[1].get<std::uint64_t>();
    stamp.inode = value[2].get<std::uint64_t>();
  }
}

VerifiedBlobs::~VerifiedBlobs() {
  if (file_.empty() || !changed_) return;
  Value out = {{"format", kBlobsFormat}, {"blobs", Value::object()}};
  for (const auto& [hex, stamp] : whole_)
    out["blobs"][hex] = Value::array({stamp.mtime_ns, stamp.size, stamp.inode});
  write_cache_file(fs_, file_, json::write_line(out));
}

bool VerifiedBlobs::is_whole(const archive::Blob& blob) {
  load();
  const Path path = archive::blob_file(blobs_, blob.digest);
  const Result<FileStat> stat = fs_.stat(path, false);
  if (!stat || stat->type != FileType::file || stat->size != blob.size) return false;
  const std::string hex = blob.digest.hex();
  const Stamp stamp = stamp_of(*stat);
  if (const auto seen = whole_.find(hex); seen != whole_.end() && seen->second == stamp) return true;
  const auto known = known_.find(hex);
  const bool proven = known != known_.end() && known->second == stamp && !is_too_fresh(stamp, read_at_ns_);
  if (!proven) {
    const Result<Digest> digest = digest_file(path);
    if (!digest || *digest != blob.digest) return false;
    changed_ = true;
  }
  whole_[hex] = stamp;
  return true;
}

}  // namespace reef
