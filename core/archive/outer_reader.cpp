#include "core/archive/outer_reader.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "core/base/text.h"

namespace reef::archive {
namespace {

constexpr std::size_t kAhead = std::size_t{64} << 10U;
constexpr std::size_t kShownName = 100;

// What other programs make of the same registry (`skopeo copy ... oci-archive:FILE`): a tar with the parts of
// an image layout, in another order and with times.
bool is_other_layout(std::string_view block) {
  constexpr std::size_t kNameSize = 100;
  constexpr std::size_t kMagicAt = 257;
  std::string_view name = block.substr(0, std::min(block.find('\0'), kNameSize));
  if (name.starts_with("./")) name.remove_prefix(2);
  const bool is_part =
      name == kLayoutFile || name == kIndexFile || name == "blobs" || name.starts_with("blobs/");
  return is_part && block.substr(kMagicAt).starts_with("ustar");
}

std::string shown(std::string_view name) { return printable(name.substr(0, kShownName)); }

bool is_zero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\0'; });
}

// Where two texts first differ: a line of each, for messages.
std::string first_difference(const std::string& expected, const std::string& got) {
  const std::vector<std::string> a = lines_of(expected);
  const std::vector<std::string> b = lines_of(got);
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const std::string left = i < a.size() ? std::string(trim(a[i])) : "nothing";
    const std::string right = i < b.size() ? std::string(trim(b[i])) : "nothing";
    if (left != right)
      return fmt::format("line {}: expected `{}`, found `{}`", i + 1, shown(left), shown(right));
  }
  return "its blanks differ";
}

Status check_same(const std::string& what, const std::string& expected, const std::string& got) {
  if (expected == got) return {};
  return make_error(ErrorCode::integrity, "{} is not the one that belongs to this config: {}", what,
                    first_difference(expected, got));
}

// One digest, one thing: a blob has one size, and is either a file or a tree.
Status check_blobs(const Contents& contents) {
  std::map<Digest, std::pair<std::uint64_t, bool>> known;
  Status status;
  const auto add = [&](const Blob& blob, bool is_tree) {
    const auto [found, is_new] = known.try_emplace(blob.digest, blob.size, is_tree);
    if (is_new || found->second == std::pair(blob.size, is_tree) || !status) return;
    status =
        make_error(ErrorCode::integrity, "the config says two things of the blob `{}`", blob.digest.brief());
  };
  contents.each_tree([&](const std::string&, const Tree& tree) {
    if (tree.layer) add(tree.layer->blob, true);
    for (const ApartFile& file : tree.apart) add(file.blob, false);
  });
  for (const ArchivedSource& source : contents.sources)
    if (source.blob) add(*source.blob, false);
  add(contents.lock, false);
  add(contents.provenance, false);
  for (const Blob& text : {contents.lock, contents.provenance})
    if (text.size > kLargestText)
      return make_error(ErrorCode::integrity, "the lock or the provenance has {} bytes, more than {}",
                        text.size, kLargestText);
  return status;
}

}  // namespace

Error as_integrity(Error error) {
  if (error.code() != ErrorCode::invalid_input && error.code() != ErrorCode::usage) return error;
  Error out(ErrorCode::integrity, error.message());
  if (error.place()) out = std::move(out).at(*error.place());
  for (const std::string& context : error.contexts()) out = std::move(out).context(context);
  for (const std::string& hint : error.hints()) out = std::move(out).hint(hint);
  return out;
}

std::string blob_path(const Digest& digest) { return std::string(kBlobFolder) + digest.hex(); }
std::string pad_path(std::uint64_t offset) { return fmt::format("{}{:012x}", kPadFolder, offset); }

Failure wrong_digest(const std::string& what, const Digest& expected, const Digest& got) {
  return make_error(ErrorCode::integrity, "{} was changed: its SHA-256 is {}, expected {}", what, got.hex(),
                    expected.hex());
}

Result<std::size_t> OuterReader::read_bytes(std::span<char> buffer) {
  std::size_t size = 0;
  while (size < buffer.size()) {
    if (ahead_at_ == ahead_size_) {
      // Large reads need no second copy.
      if (buffer.size() - size >= kAhead) {
        TRY(const std::size_t got, stream_.read(buffer.subspan(size)));
        size += got;
        break;
      }
      if (ahead_.empty()) ahead_.resize(kAhead);
      TRY(ahead_size_, stream_.read(ahead_));
      ahead_at_ = 0;
      if (ahead_size_ == 0) break;
    }
    const std::size_t take = std::min(buffer.size() - size, ahead_size_ - ahead_at_);
    std::memcpy(buffer.data() + size, ahead_.data() + ahead_at_, take);
    ahead_at_ += take;
    size += take;
  }
  offset_ += size;
  return size;
}

Status OuterReader::read_whole(std::span<char> buffer) {
  TRY(const std::size_t got, read_bytes(buffer));
  if (got == buffer.size()) return {};
  return make_error(ErrorCode::integrity, "the archive is truncated after {} bytes", offset_);
}

Status OuterReader::expect(const std::string& name, const std::string& what,
                           std::optional<std::uint64_t> size) {
  what_ = what;
  std::string block(kBlock, '\0');
  const auto header = [&]() -> Result<std::optional<Member>> {
    TRY_STATUS(read_whole(block));
    if (!is_pax_header(block)) return read_header(block);
    std::string data(kBlock, '\0');
    std::string next(kBlock, '\0');
    TRY_STATUS(read_whole(data));
    TRY_STATUS(read_whole(next));
    TRY(const std::uint64_t announced, read_pax_size(block, data));
    return read_header(next, announced);
  };
  const std::uint64_t at = offset_;
  Result<std::optional<Member>> read = header();
  const bool is_first = at == 0 && read && *read && (*read)->path == name;
  if (at == 0 && !is_first && is_other_layout(block))
    return make_error(ErrorCode::integrity,
                      "it is an OCI archive (a tar with `{}` and `{}`), and not in the one form that a "
                      "`.reef` file has",
                      kLayoutFile, kIndexFile)
        .hint("`reef pull oci://HOST/REPOSITORY` brings a `.reef` file from the registry");
  if (!read && at == 0 && read.error().code() == ErrorCode::integrity)
    return make_error(ErrorCode::integrity, "it is no `.reef` archive, nor the beginning of one");
  TRY(std::optional<Member> member, with_context(std::move(read), [&] {
        return fmt::format("reading the header of {} at byte {}", what, at);
      }));
  if (!member)
    return make_error(ErrorCode::integrity, "the archive ends where {} should be (byte {})", what, at);
  if (member->path != name)
    return make_error(ErrorCode::integrity, "expected {}, `{}`, at byte {}, found `{}`", what, name, at,
                      shown(member->path))
        .hint("a part is missing, was added, or stands in another place");
  if (member->kind != MemberKind::file || member->executable)
    return make_error(ErrorCode::integrity, "{} is no plain file of mode 0644", what);
  if (size && member->size != *size)
    return make_error(ErrorCode::integrity, "{} has {} bytes, expected {}", what, member->size, *size);
  member_ = *std::move(member);
  left_ = member_.size;
  return {};
}

Result<std::size_t> OuterReader::read(std::span<char> buffer) {
  const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(left_, buffer.size()));
  TRY_STATUS(with_context(read_whole(buffer.first(take)), [&] { return "reading " + what_; }));
  left_ -= take;
  return take;
}

Status OuterReader::finish_member() {
  std::string rest(padding_of(member_.size), '\0');
  TRY_STATUS(with_context(read_whole(rest), [&] { return "reading " + what_; }));
  if (is_zero(rest)) return {};
  return make_error(ErrorCode::integrity, "what fills the last block of {} is not zero", what_);
}

Result<std::string> OuterReader::text(const std::string& name, const std::string& what,
                                      std::optional<std::uint64_t> size) {
  TRY_STATUS(expect(name, what, size));
  if (member_.size > kLargestText)
    return make_error(ErrorCode::integrity, "{} has {} bytes, more than {}", what, member_.size,
                      kLargestText);
  std::string out(member_.size, '\0');
  TRY(const std::size_t got, read(out));
  out.resize(got);
  TRY_STATUS(finish_member());
  return out;
}

Result<std::string> OuterReader::text(const Blob& blob, const std::string& what) {
  TRY(std::string out, text(blob_path(blob.digest), what, blob.size));
  const Digest digest = sha256(out);
  if (digest != blob.digest) return wrong_digest(what, blob.digest, digest);
  return out;
}

Status OuterReader::pad(std::uint64_t remainder, std::uint64_t alignment) {
  const std::uint64_t gap = gap_to(offset_, remainder, alignment);
  if (gap == 0) return {};
  TRY(const std::string zeros, text(pad_path(offset_), "padding", gap - kBlock));
  if (is_zero(zeros)) return {};
  return make_error(ErrorCode::integrity, "the padding before byte {} is not zero", offset_);
}

Status OuterReader::end() {
  std::string blocks(2 * kBlock, '\0');
  TRY_STATUS(with_context(read_whole(blocks), "reading the end mark"));
  if (!is_zero(blocks))
    return make_error(ErrorCode::integrity, "something stands where the archive should end (byte {})",
                      offset_ - blocks.size());
  std::string more(1, '\0');
  TRY(const std::size_t got, read_bytes(more));
  if (got == 0) return {};
  return make_error(ErrorCode::integrity, "something follows the end of the archive (byte {})",
                    offset_ - got);
}

Result<Head> head_of(const std::string& manifest, std::string config) {
  Head head;
  const auto read = [&]() -> Status {
    TRY(const Blob blob, with_context(read_manifest_config(manifest), "reading the manifest"));
    if (sha256(config) != blob.digest || config.size() != blob.size)
      return wrong_digest("the config", blob.digest, sha256(config));
    head.config = std::move(config);
    TRY(head.contents, with_context(read_config(head.config), "reading the config"));
    TRY_STATUS(check_blobs(head.contents));
    TRY_STATUS(check_same("the manifest", manifest_text(head.contents, blob), manifest));
    head.manifest = sha256(manifest);
    head.layers = layers_of(head.contents);
    return {};
  };
  if (Status status = read(); !status) return tl::make_unexpected(as_integrity(std::move(status).error()));
  return head;
}

Result<Head> read_head(OuterReader& reader) {
  Head head;
  const auto read = [&]() -> Status {
    TRY(const std::string layout, reader.text(std::string(kLayoutFile), "the layout file"));
    TRY_STATUS(check_same("`oci-layout`", layout_text(), layout));
    TRY(const std::string index, reader.text(std::string(kIndexFile), "the index"));
    TRY(const Blob manifest, with_context(read_index(index), "reading `index.json`"));
    TRY(const std::string manifest_bytes, reader.text(manifest, "the manifest"));
    TRY(const Blob config, with_context(read_manifest_config(manifest_bytes), "reading the manifest"));
    TRY(std::string config_bytes, reader.text(config, "the config"));
    TRY(head, head_of(manifest_bytes, std::move(config_bytes)));
    return check_same("`index.json`", index_text(head.contents, manifest), index);
  };
  if (Status status = read(); !status) return tl::make_unexpected(as_integrity(std::move(status).error()));
  return head;
}

}  // namespace reef::archive
