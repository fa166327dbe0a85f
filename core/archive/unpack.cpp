#include "core/archive/unpack.h"

#include <locale.h>  // NOLINT(modernize-deprecated-headers): newlocale is POSIX

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <utility>

#include "core/archive/libarchive.h"
#include "core/archive/tree_plan.h"
#include "core/base/text.h"
#include "core/base/units.h"
#include "core/os/byte_stream.h"
#include "core/os/live_folder.h"

namespace reef {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;
constexpr std::size_t kBlock = std::size_t{1} << 18U;
constexpr std::int64_t kLatestTime = std::int64_t{1} << 33U;  // seconds: the year 2242

constexpr std::array<std::string_view, 5> kCompressed = {".gz", ".xz", ".zst", ".bz2", ".lzma"};
constexpr std::array<std::string_view, 6> kTars = {".tar", ".tgz", ".txz", ".tzst", ".tbz2", ".tbz"};

// Names in archives are UTF-8 to libarchive only while the thread's locale is.
class Utf8Names {
 public:
  Utf8Names() : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ != nullptr) before_ = uselocale(locale_);
  }
  ~Utf8Names() {
    if (locale_ == nullptr) return;
    uselocale(before_);
    freelocale(locale_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  locale_t locale_;
  locale_t before_ = nullptr;
};

bool ends_with_any(std::string_view name, std::span<const std::string_view> suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(),
                     [&](std::string_view suffix) { return name.ends_with(suffix); });
}

// The name without its compression suffix; the same when it has none.
std::string_view bare_name(std::string_view name) {
  for (const std::string_view suffix : kCompressed)
    if (name.ends_with(suffix) && name.size() > suffix.size())
      return name.substr(0, name.size() - suffix.size());
  return name;
}

bool is_tar_name(std::string_view name) { return ends_with_any(bare_name(name), kTars); }

class Unpacker {
 public:
  Unpacker(const Path& archive, const UnpackOptions& options, Filesystem& fs)
      : archive_(archive),
        options_(options),
        fs_(fs),
        reader_(libarchive().read_new(), libarchive().read_free) {
    shown_ = options.name.empty() ? archive.filename().string() : printable(options.name);
  }

  Result<Unpacked> into(const Path& tree) {
    tree_ = tree;
    TRY_STATUS(open());
    for (;;) {
      if (options_.cancel != nullptr) TRY_STATUS(options_.cancel->check());
      TRY(archive_entry * entry, next());
      if (entry == nullptr) break;
      const char* name = libarchive().entry_pathname(entry);
      const std::string text = name == nullptr ? "" : name;
      TRY_STATUS(with_context(unpack_entry(entry, text),
                              [&] { return fmt::format("unpacking `{}`", printable(text)); }));
    }
    if (result_.entries == 0) return damaged("it is empty");
    TRY_STATUS(plan_.check_links(
        [&](const std::string& link) { return options_.allows_link && options_.allows_link(tree_, link); }));
    for (const std::string& link : plan_.symlinks())
      TRY_STATUS(fs_.make_symlink(plan_.target(link), tree_ / link));
    result_.case_collisions = plan_.case_collisions();
    return result_;
  }

 private:
  // Only what libarchive does itself: other filters start programs of the host.
  Status open() {
    TRY(const FileStat stat, fs_.stat(archive_));
    packed_bytes_ = stat.size;
    ::archive* reader = reader_.get();
    libarchive().read_support_filter_gzip(reader);
    libarchive().read_support_filter_xz(reader);
    libarchive().read_support_filter_lzma(reader);
    libarchive().read_support_filter_bzip2(reader);
    libarchive().read_support_filter_zstd(reader);
    const bool is_tar = is_tar_name(options_.name);
    const bool is_zip = options_.name.ends_with(".zip");
    const bool is_bare = !is_tar && bare_name(options_.name) != options_.name;
    if (!is_zip && !is_bare) libarchive().read_support_format_tar(reader);
    if (!is_tar && !is_bare) libarchive().read_support_format_zip_seekable(reader);
    if (!is_tar && !is_zip) libarchive().read_support_format_raw(reader);
    if (libarchive().read_open_filename(reader, archive_.c_str(), kBlock) != ARCHIVE_OK)
      return damaged(reason());
    return {};
  }

  // The next entry, or null at the end.
  Result<archive_entry*> next() {
    const std::int64_t before = end_of_last_entry();
    archive_entry* entry = nullptr;
    const int status = libarchive().read_next_header(reader_.get(), &entry);
    if (status == ARCHIVE_EOF) {
      // libarchive takes the end of a file for the end of a tar; a whole one has an end mark.
      const bool is_tar =
          (libarchive().format(reader_.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
      if (is_tar && libarchive().filter_bytes(reader_.get(), 0) == before) return damaged("it is truncated");
      return static_cast<archive_entry*>(nullptr);
    }
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return damaged(reason());
    return entry;
  }

  std::int64_t end_of_last_entry() {
    if (result_.entries == 0) return -1;
    libarchive().read_data_skip(reader_.get());
    return libarchive().filter_bytes(reader_.get(), 0);
  }

  Status unpack_entry(archive_entry* entry, const std::string& name) {
    if (++result_.entries > options_.limits.entries)
      return make_error(ErrorCode::invalid_input, "`{}` holds more than {} entries", shown_,
                        options_.limits.entries);
    if ((libarchive().format(reader_.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAW)
      return unpack_bare(entry);
    TRY(const std::string path, entry_path(name, options_.strip));
    if (path.empty()) return {};
    if (libarchive().entry_hardlink(entry) != nullptr)
      return add_hard_link(path, libarchive().entry_hardlink(entry));
    switch (libarchive().entry_filetype(entry)) {
      case AE_IFREG:
        return add_file(entry, path);
      case AE_IFDIR:
        return add_folder(path);
      case AE_IFLNK:
        return add_symlink(entry, path);
      default:
        return make_error(ErrorCode::invalid_input, "it is a device, a pipe or a socket");
    }
  }

  Status unpack_bare(archive_entry* entry) {
    if (libarchive().filter_code(reader_.get(), 0) == ARCHIVE_FILTER_NONE)
      return make_error(ErrorCode::integrity, "`{}` is neither a tar or zip archive nor a compressed file",
                        shown_);
    const std::string name(bare_name(options_.name.empty() ? archive_.filename().string() : options_.name));
    TRY(const std::string path, entry_path(name, 0));
    libarchive().entry_set_perm(entry, 0644);
    return add_file(entry, path);
  }

  Status make_missing(const std::vector<std::string>& folders) {
    for (const std::string& folder : folders) {
      TRY_STATUS(fs_.make_folder(tree_ / folder));
      TRY_STATUS(fs_.set_mode(tree_ / folder, 0755));
    }
    return {};
  }

  Status add_folder(const std::string& path) {
    TRY(const std::vector<std::string> missing, plan_.add(path, TreePlan::Kind::folder));
    return make_missing(missing);
  }

  Status add_symlink(archive_entry* entry, const std::string& path) {
    const char* target = libarchive().entry_symlink(entry);
    TRY(const std::vector<std::string> missing,
        plan_.add(path, TreePlan::Kind::symlink, target == nullptr ? "" : target));
    return make_missing(missing);
  }

  Status add_hard_link(const std::string& path, std::string_view target) {
    TRY(const std::string existing,
        with_context(entry_path(target, options_.strip), "reading the link's target"));
    if (!plan_.has_file(existing))
      return make_error(ErrorCode::invalid_input,
                        "it is a hard link to `{}`, which is no earlier file of the archive",
                        printable(target));
    TRY(const std::vector<std::string> missing, plan_.add(path, TreePlan::Kind::file));
    TRY_STATUS(make_missing(missing));
    return fs_.make_hard_link(tree_ / existing, tree_ / path);
  }

  Status add_file(archive_entry* entry, const std::string& path) {
    if ((libarchive().entry_perm(entry) & 06000U) != 0)
      return make_error(ErrorCode::invalid_input, "it is a setuid or setgid program");
    if (libarchive().entry_is_data_encrypted(entry) != 0)
      return make_error(ErrorCode::invalid_input, "it is encrypted");
    TRY(const std::vector<std::string> missing, plan_.add(path, TreePlan::Kind::file));
    TRY_STATUS(make_missing(missing));
    const Path file = tree_ / path;
    TRY_STATUS(write_contents(file));
    TRY_STATUS(fs_.set_mode(file, (libarchive().entry_perm(entry) & 0111U) != 0 ? 0755 : 0644));
    if (libarchive().entry_mtime_is_set(entry) == 0) return {};
    const std::int64_t seconds = std::clamp<std::int64_t>(libarchive().entry_mtime(entry), 0, kLatestTime);
    return fs_.set_mtime(file, seconds * 1'000'000'000);
  }

  Status write_contents(const Path& file) {
    for (bool is_first = true;; is_first = false) {
      const la_ssize_t got = libarchive().read_data(reader_.get(), buffer_.data(), buffer_.size());
      if (got < 0) return damaged(reason());
      if (got == 0 && !is_first) return {};
      if (options_.cancel != nullptr) TRY_STATUS(options_.cancel->check());
      const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
      TRY_STATUS(count(bytes.size()));
      TRY_STATUS(is_first ? fs_.write_file(file, bytes, false) : fs_.append_file(file, bytes));
    }
  }

  Status count(std::uint64_t bytes) {
    result_.bytes += bytes;
    const UnpackLimits& limits = options_.limits;
    if (result_.bytes > limits.bytes)
      return make_error(ErrorCode::invalid_input, "`{}` unpacks to more than {}", shown_,
                        format_bytes(limits.bytes));
    if (result_.bytes > limits.free_bytes && result_.bytes / limits.ratio > packed_bytes_)
      return make_error(ErrorCode::invalid_input, "`{}` unpacks to more than {} times its {}", shown_,
                        limits.ratio, format_bytes(packed_bytes_));
    return {};
  }

  Failure damaged(const std::string& why) const {
    return make_error(ErrorCode::integrity, "cannot unpack `{}`: {}", shown_, why);
  }
  std::string reason() const {
    const char* text = libarchive().error_string(reader_.get());
    return text == nullptr ? "it is damaged" : printable(text);
  }

  const Path& archive_;
  const UnpackOptions& options_;
  Filesystem& fs_;
  std::unique_ptr<::archive, int (*)(::archive*)> reader_;
  std::string shown_;
  Path tree_;
  TreePlan plan_;
  Unpacked result_;
  std::uint64_t packed_bytes_ = 0;
  std::vector<char> buffer_ = std::vector<char>(kPiece);
};

}  // namespace

Result<Unpacked> unpack_archive(const Path& archive, const Path& target, const UnpackOptions& options,
                                Filesystem& fs) {
  TRY_STATUS(load_libarchive());
  const Utf8Names names;
  TRY_STATUS(make_folders(fs, target.parent_path()));
  sweep_abandoned(fs, target.parent_path(), kUnpacking);
  TRY(const LiveFolder staging, LiveFolder::create(fs, target.parent_path(), kUnpacking));
  TRY_STATUS(fs.set_mode(staging.path(), 0700));
  const Path tree = staging.path() / "tree";
  TRY_STATUS(fs.make_folder(tree));
  TRY_STATUS(fs.set_mode(tree, 0755));
  TRY(Unpacked unpacked, Unpacker(archive, options, fs).into(tree));
  TRY_STATUS(fs.rename(tree, target));
  return unpacked;
}

}  // namespace reef
