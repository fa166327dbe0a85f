#include "core/archive/scan.h"

#include <algorithm>

#include "core/archive/portable.h"
#include "core/archive/zstd_frames.h"
#include "core/base/text.h"
#include "core/os/byte_stream.h"

namespace reef::archive {
namespace {

constexpr std::size_t kSample = std::size_t{64} << 10U;
constexpr double kWorthwhile = 0.9;

Result<ScannedEntry> scanned(const TreeEntry& entry, const Path& path, Filesystem& fs) {
  ScannedEntry out;
  out.member.path = entry.path;
  out.stat = entry.stat;
  switch (entry.stat.type) {
    case FileType::folder:
      out.member.kind = MemberKind::folder;
      return out;
    case FileType::symlink: {
      out.member.kind = MemberKind::symlink;
      TRY(out.member.target, fs.read_symlink(path));
      return out;
    }
    case FileType::file: {
      out.member.size = entry.stat.size;
      out.member.executable = (entry.stat.mode & 0111U) != 0;
      out.apart = entry.path == "reef.json" || entry.path == "reef.yaml" || entry.stat.size > kLargestPlain;
      if (!out.apart && entry.stat.size >= kLargeFile) {
        TRY(const bool smaller, compresses(path, entry.stat.size));
        out.apart = !smaller;
      }
      return out;
    }
    case FileType::other:
      break;
  }
  return make_error(ErrorCode::invalid_input, "it is neither a file, a folder nor a link");
}

TreePlan::Kind kind_of(MemberKind kind) {
  if (kind == MemberKind::folder) return TreePlan::Kind::folder;
  return kind == MemberKind::file ? TreePlan::Kind::file : TreePlan::Kind::symlink;
}

}  // namespace

Failure changed_while_packing(const Path& file) {
  return make_error(ErrorCode::busy, "`{}` was changed while it was packed", printable(file.string()))
      .hint("run the same again");
}

Result<bool> compresses(const Path& file, std::uint64_t size) {
  TRY(InputStream stream, InputStream::open(file));
  std::string sample(kSample, '\0');
  std::size_t before = 0;
  std::size_t after = 0;
  for (const std::uint64_t at : {std::uint64_t{0}, size / 2, size - std::min<std::uint64_t>(size, kSample)}) {
    TRY_STATUS(stream.seek(at));
    TRY(const std::size_t got, stream.read(sample));
    TRY(const std::string frame, compress_frame(std::string_view(sample).substr(0, got)));
    before += got;
    after += frame.size();
  }
  return static_cast<double>(after) < kWorthwhile * static_cast<double>(before);
}

Result<std::vector<ScannedEntry>> scan_tree(const TreeInput& input, Filesystem& fs) {
  TRY(const std::vector<TreeEntry> entries, walk(fs, input.folder, input.left_out));
  std::vector<ScannedEntry> out;
  TreeCheck check;
  const auto packing = [&](const TreeEntry& entry) {
    return fmt::format("packing `{}`", printable((input.folder / entry.path).string()));
  };
  for (const TreeEntry& entry : entries) {
    TRY(ScannedEntry found,
        with_context(scanned(entry, input.folder / entry.path, fs), [&] { return packing(entry); }));
    TRY_STATUS(with_context(check.add(entry.path, kind_of(found.member.kind), found.member.target),
                            [&] { return packing(entry); }));
    if (!found.apart)
      TRY_STATUS(
          with_context(write_header(found.member), [&] { return packing(entry); }).map([](const auto&) {}));
    out.push_back(std::move(found));
  }
  TRY_STATUS(
      with_context(check.finish(), [&] { return fmt::format("packing `{}`", input.folder.string()); }));
  return out;
}

}  // namespace reef::archive
