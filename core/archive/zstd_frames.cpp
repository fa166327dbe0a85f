#include "core/archive/zstd_frames.h"

#include <zstd.h>

#include <memory>

namespace reef::archive {
namespace {

// RFC 8878, 3.1.1.
constexpr std::uint32_t kFrameMagic = 0xFD2FB528;
constexpr std::size_t kMagicBytes = 4;
constexpr std::size_t kBlockHeader = 3;
constexpr std::size_t kCheckSum = 4;
constexpr std::size_t kLongestHeader = 14;
constexpr std::size_t kLargestBlock = std::size_t{128} << 10U;
constexpr int kWindowLog = 22;  // 4 MiB: a frame finds matches in all of itself
constexpr int kHashLog = 18;    // twice the level's: its table forgets the beginning of such a frame

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

Failure bad_frame(std::string_view what) { return make_error(ErrorCode::integrity, "{}", what); }

struct Header {
  std::size_t bytes = 0;
  std::uint64_t contents = 0;
};

// Bytes that the header takes, told by its descriptor.
std::size_t size_of_header(unsigned char descriptor) {
  const bool single_segment = (descriptor & 0x20U) != 0;
  const unsigned size_code = descriptor >> 6U;
  const std::size_t size_bytes = size_code == 0 ? (single_segment ? 1 : 0) : std::size_t{1} << size_code;
  return kMagicBytes + 1 + (single_segment ? 0 : 1) + size_bytes;
}

Result<Header> parse_header(std::string_view bytes) {
  const auto descriptor = static_cast<unsigned char>(bytes[kMagicBytes]);
  const bool single_segment = (descriptor & 0x20U) != 0;
  if ((descriptor & 0x08U) != 0) return bad_frame("a frame sets a bit that is reserved");
  if ((descriptor & 0x10U) != 0) return bad_frame("a frame sets a bit that is unused");
  if ((descriptor & 0x03U) != 0) return bad_frame("a frame asks for a dictionary");
  if ((descriptor & 0x04U) == 0) return bad_frame("a frame has no check sum");
  Header header;
  header.bytes = size_of_header(descriptor);
  const std::size_t before = kMagicBytes + 1 + (single_segment ? 0 : 1);
  const std::string_view field = bytes.substr(before, header.bytes - before);
  if (field.empty()) return bad_frame("a frame does not say how large its contents are");
  header.contents = little_endian(field) + (field.size() == 2 ? 256 : 0);
  if (header.contents == 0) return bad_frame("a frame is empty");
  if (header.contents > kFrame)
    return make_error(ErrorCode::integrity, "a frame holds {} bytes, more than {}", header.contents, kFrame);
  if (!single_segment) {
    const auto window = static_cast<unsigned char>(bytes[kMagicBytes + 1]);
    const std::uint64_t base = std::uint64_t{1} << (10U + (window >> 3U));
    if (base + base / 8 * (window & 7U) > kFrame)
      return bad_frame("a frame asks for a window of more than 4 MiB");
  }
  return header;
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// The contents of at most one block, as they are, between the header and the check sum that they have anyway.
Result<std::string> stored_frame(std::string_view contents) {
  TRY(const std::string frame, compress_frame(contents));
  TRY(const Header header, parse_header(frame));
  std::string out = frame.substr(0, header.bytes);
  const std::size_t block = contents.size() << 3U | 1U;  // raw, and the last one
  for (const unsigned shift : {0U, 8U, 16U}) out += static_cast<char>(block >> shift & 0xFFU);
  return out.append(contents).append(frame, frame.size() - kCheckSum, kCheckSum);
}

}  // namespace

Result<std::string> compress_frame(std::string_view contents) {
  // A context has megabytes of tables, and what it writes to as many: each thread keeps its own.
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (!context) return make_error(ErrorCode::io, "cannot compress: there is not enough memory");
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kZstdLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, kWindowLog);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_hashLog, kHashLog);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  thread_local std::string out;
  if (const std::size_t room = ZSTD_compressBound(contents.size()); out.size() < room) out.resize(room);
  const std::size_t size =
      ZSTD_compress2(context.get(), out.data(), out.size(), contents.data(), contents.size());
  if (ZSTD_isError(size) != 0)
    return make_error(ErrorCode::io, "cannot compress: {}", ZSTD_getErrorName(size));
  return out.substr(0, size);
}

Result<std::string> compress_bounded(std::string_view contents) {
  static_assert(kFrame / kMostRatio + 1 <= kLargestBlock);
  TRY(std::string frame, compress_frame(contents));
  if (contents.size() <= kMostRatio * frame.size()) return frame;
  const std::size_t stored = contents.size() / kMostRatio + 1;
  TRY(std::string out, stored_frame(contents.substr(0, stored)));
  TRY(frame, compress_frame(contents.substr(stored)));
  return out + frame;
}

Result<std::string> decompress_frame(std::string_view frame) {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  if (!context) return make_error(ErrorCode::io, "cannot decompress: there is not enough memory");
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kWindowLog);
  TRY(const Header header, parse_header(frame));
  std::string out(header.contents, '\0');
  const std::size_t size =
      ZSTD_decompressDCtx(context.get(), out.data(), out.size(), frame.data(), frame.size());
  if (ZSTD_isError(size) != 0)
    return make_error(ErrorCode::integrity, "a frame is damaged: {}", ZSTD_getErrorName(size));
  if (size != out.size())
    return make_error(ErrorCode::integrity, "a frame holds {} bytes and says {}", size, out.size());
  return out;
}

Result<std::size_t> FrameSplitter::needed() {
  if (parsed_ == 0) {
    if (frame_.size() < kMagicBytes + 1) return kMagicBytes + 1;
    const std::uint64_t magic = little_endian(std::string_view(frame_).substr(0, kMagicBytes));
    if (magic >> 4U == 0x184D2A5U) return bad_frame("a frame is one to be skipped");
    if (magic != kFrameMagic) return bad_frame("what follows is no frame of zstd");
    const std::size_t header = size_of_header(static_cast<unsigned char>(frame_[kMagicBytes]));
    if (frame_.size() < header) return header;
    TRY(const Header parsed, parse_header(frame_));
    parsed_ = parsed.bytes;
    contents_ = parsed.contents;
  }
  while (!last_block_) {
    if (frame_.size() < parsed_ + kBlockHeader) return parsed_ + kBlockHeader;
    const std::uint64_t block = little_endian(std::string_view(frame_).substr(parsed_, kBlockHeader));
    const std::uint64_t type = block >> 1U & 3U;
    const std::uint64_t size = block >> 3U;
    if (type == 3) return bad_frame("a block is of a reserved type");
    if (size > kLargestBlock) return bad_frame("a block is larger than 128 KiB");
    last_block_ = (block & 1U) != 0;
    parsed_ += kBlockHeader + (type == 1 ? 1 : size);
    // A block holds something: this also bounds what one frame takes.
    if (parsed_ > kLongestHeader + kFrame + kFrame / 32)
      return bad_frame("a frame is larger than its contents can be");
  }
  return parsed_ + kCheckSum;
}

Status FrameSplitter::add(std::string_view bytes, const Visit& visit) {
  while (!bytes.empty()) {
    TRY(std::size_t wanted, needed());
    const std::size_t take = std::min(bytes.size(), wanted - std::min(wanted, frame_.size()));
    frame_.append(bytes.substr(0, take));
    bytes.remove_prefix(take);
    if (frame_.size() < wanted) return {};
    TRY(wanted, needed());
    if (!last_block_ || frame_.size() < wanted) continue;
    std::string frame;
    frame.swap(frame_);
    parsed_ = 0;
    last_block_ = false;
    TRY_STATUS(visit(std::move(frame), contents_));
  }
  return {};
}

Status FrameSplitter::finish() const {
  if (frame_.empty()) return {};
  return bad_frame("it is truncated inside a frame");
}

}  // namespace reef::archive
