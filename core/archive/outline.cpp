#include "core/archive/outline.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef::archive {
namespace {

// Stands for sizes that are not known yet: as many digits.
constexpr std::uint64_t kLargestSize = 999'999'999'999;

std::uint64_t member_size(std::uint64_t bytes) { return header_size(bytes) + bytes + padding_of(bytes); }

std::uint64_t rounded_up(std::uint64_t size) {
  return (size + kHeadAlignment - 1) / kHeadAlignment * kHeadAlignment;
}

// Builds an outline from its beginning to its end.
class Drawing {
 public:
  Status text(const std::string& name, const std::string& bytes) {
    TRY(std::string part, header(name, bytes.size()));
    out_.parts.push_back({at_, std::move(part) + bytes});
    at_ += member_size(bytes.size());
    return {};
  }
  Status layer(const Layer& layer) {
    TRY(std::string part, header(blob_path(layer.blob.digest), layer.blob.size));
    const std::uint64_t size = part.size();
    out_.parts.push_back({at_, std::move(part)});
    out_.layers.push_back({layer, at_ + size});
    at_ += member_size(layer.blob.size);
    return {};
  }
  Status pad(std::uint64_t gap) {
    if (gap == 0) return {};
    TRY(std::string part, header(pad_path(at_), gap - kBlock));
    out_.parts.push_back({at_, std::move(part)});
    at_ += gap;
    return {};
  }
  std::uint64_t at() const { return at_; }
  Outline finish() {
    out_.bytes = at_ + 2 * kBlock;
    return std::move(out_);
  }

 private:
  static Result<std::string> header(const std::string& name, std::uint64_t size) {
    Member member;
    member.path = name;
    member.size = size;
    return write_header(member);
  }
  Outline out_;
  std::uint64_t at_ = 0;
};

Status check_part(InputStream& stream, const Outline::Part& part) {
  std::string found(part.bytes.size(), '\0');
  TRY_STATUS(stream.seek(part.offset));
  TRY(const std::size_t got, stream.read(found));
  found.resize(got);
  if (found == part.bytes) return {};
  const auto [a, b] = std::mismatch(found.begin(), found.end(), part.bytes.begin(), part.bytes.end());
  return make_error(ErrorCode::integrity, "something is not as it must be from byte {} on",
                    part.offset + static_cast<std::uint64_t>(a - found.begin()));
}

Status check_zeros(InputStream& stream, std::uint64_t from, std::uint64_t to) {
  std::string zeros(std::min<std::uint64_t>(to - from, kHeadAlignment), '\0');
  if (from < to) TRY_STATUS(stream.seek(from));
  for (std::uint64_t at = from; at < to;) {
    TRY(const std::size_t got,
        stream.read(std::span(zeros).first(std::min<std::uint64_t>(to - at, zeros.size()))));
    const std::size_t wrong = std::min(zeros.find_first_not_of('\0'), got);
    if (wrong < got || got == 0)
      return make_error(ErrorCode::integrity, "the padding is not zero at byte {}", at + wrong);
    at += got;
  }
  return {};
}

}  // namespace

std::uint64_t head_size_of(const Contents& contents) {
  Contents largest = contents;
  largest.change_trees([](const std::string& place, Tree& tree) {
    if (tree.layer) tree.layer = CodeLayer{{sha256("layer of " + place), kLargestSize}, kLargestSize};
  });
  const std::string config = write_config(largest);
  const std::string manifest = manifest_text(largest, {Digest(), config.size()});
  std::uint64_t sum = member_size(layout_text().size()) + member_size(manifest.size()) +
                      member_size(config.size()) +
                      member_size(index_text(largest, {Digest(), manifest.size()}).size());
  for (const Layer& layer : layers_of(largest)) {
    if (layer.kind != BlobKind::text) break;
    sum += member_size(layer.blob.size);
  }
  return rounded_up(sum + kBlock);
}

Result<Outline> outline_of(const Contents& contents, const std::string& config) {
  const Blob config_blob{sha256(config), config.size()};
  const std::string manifest = manifest_text(contents, config_blob);
  const Blob manifest_blob{sha256(manifest), manifest.size()};
  const std::uint64_t head = head_size_of(contents);
  Drawing drawing;
  TRY_STATUS(drawing.text(std::string(kLayoutFile), layout_text()));
  TRY_STATUS(drawing.text(std::string(kIndexFile), index_text(contents, manifest_blob)));
  TRY_STATUS(drawing.text(blob_path(manifest_blob.digest), manifest));
  TRY_STATUS(drawing.text(blob_path(config_blob.digest), config));
  bool in_head = true;
  const auto end_head = [&]() -> Status {
    in_head = false;
    if (drawing.at() + kBlock > head)
      return make_error(ErrorCode::bug, "the head of the archive has {} bytes, more than {}", drawing.at(),
                        head - kBlock);
    return drawing.pad(head - drawing.at());
  };
  for (const Layer& layer : layers_of(contents)) {
    if (in_head && layer.kind != BlobKind::text) TRY_STATUS(end_head());
    const std::uint64_t header = header_size(layer.blob.size);
    if (layer.kind == BlobKind::raw)
      TRY_STATUS(drawing.pad(gap_to(drawing.at(), kRawAlignment - header % kRawAlignment, kRawAlignment)));
    TRY_STATUS(drawing.layer(layer));
  }
  if (in_head) TRY_STATUS(end_head());
  Outline out = drawing.finish();
  out.manifest = manifest_blob;
  out.config = config_blob;
  out.manifest_bytes = manifest;
  return out;
}

Status check_outline(const Outline& outline, const Path& file) {
  TRY(InputStream stream, InputStream::open(file));
  TRY(const std::uint64_t size, stream.size());
  if (size != outline.bytes)
    return make_error(ErrorCode::integrity, "it has {} bytes, expected {}", size, outline.bytes);
  std::uint64_t at = 0;
  auto layer = outline.layers.begin();
  for (const Outline::Part& part : outline.parts) {
    TRY_STATUS(check_zeros(stream, at, part.offset));
    TRY_STATUS(check_part(stream, part));
    at = part.offset + part.bytes.size();
    if (layer != outline.layers.end() && layer->offset == at) at += (layer++)->layer.blob.size;
  }
  return check_zeros(stream, at, outline.bytes);
}

}  // namespace reef::archive
