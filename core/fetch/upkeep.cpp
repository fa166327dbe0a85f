#include "core/fetch/upkeep.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/base/text.h"
#include "core/os/environment.h"
#include "core/os/parallel.h"

namespace reef::fetch {
namespace {

constexpr std::uint64_t kDefaultLimit = std::uint64_t{20} << 30U;
constexpr std::size_t kHexDigits = 64;

Path lock_of(const Path& cache) { return cache / "downloads/locks/use"; }

// An entry with the small files beside it: `.part`, `.part.json`, `.seen.json`.
struct Entry {
  std::vector<Path> files;
  std::uint64_t bytes = 0;
  std::int64_t used_ns = 0;  // the latest reading or writing that the system knows of
};

// Digest -> entry. What is not there has none.
std::map<std::string, Entry> entries_of(const Path& cache) {
  std::map<std::string, Entry> out;
  const auto disk = make_disk();
  const Path top = cache / "downloads/sha256";
  for (const std::string& shard : disk->list(top).value_or(std::vector<std::string>()))
    for (const std::string& name : disk->list(top / shard).value_or(std::vector<std::string>())) {
      struct stat info {};
      const Path path = top / shard / name;
      if (name.size() < kHexDigits || lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
      Entry& entry = out[name.substr(0, kHexDigits)];
      entry.files.push_back(path);
      entry.bytes += static_cast<std::uint64_t>(info.st_size);
      for (const timespec& time : {info.st_atim, info.st_mtim})
        entry.used_ns =
            std::max<std::int64_t>(entry.used_ns, time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec);
    }
  return out;
}

CacheUse use_of(const std::map<std::string, Entry>& entries) {
  CacheUse out;
  for (const auto& [name, entry] : entries) {
    ++out.files;
    out.bytes += entry.bytes;
  }
  return out;
}

}  // namespace

Result<FileLock> use_cache(Filesystem& fs, const Path& cache, const Cancellation* cancel) {
  TRY_STATUS(make_folders(fs, lock_of(cache).parent_path()));
  return FileLock::acquire(lock_of(cache), std::nullopt, cancel, FileLock::Mode::shared);
}

Result<std::optional<FileLock>> cache_alone(Filesystem& fs, const Path& cache) {
  TRY_STATUS(make_folders(fs, lock_of(cache).parent_path()));
  return FileLock::try_acquire(lock_of(cache));
}

CacheUse cache_use(const Path& cache) { return use_of(entries_of(cache)); }

Result<Trimmed> trim_cache(Filesystem& fs, const Path& cache, std::uint64_t limit, bool dry) {
  const std::map<std::string, Entry> entries = entries_of(cache);
  Trimmed out;
  out.left = use_of(entries);
  if (out.left.bytes <= limit) return out;
  TRY(const std::optional<FileLock> lock, FileLock::try_acquire(lock_of(cache)));
  out.in_use = !lock;
  if (!lock) return out;
  std::vector<const Entry*> oldest;
  for (const auto& [name, entry] : entries) oldest.push_back(&entry);
  std::sort(oldest.begin(), oldest.end(),
            [](const Entry* a, const Entry* b) { return a->used_ns < b->used_ns; });
  for (const Entry* entry : oldest) {
    if (out.left.bytes <= limit) break;
    for (const Path& file : entry->files)
      if (!dry) TRY_STATUS(fs.remove_file(file));
    ++out.files;
    out.bytes += entry->bytes;
    --out.left.files;
    out.left.bytes -= entry->bytes;
  }
  return out;
}

Result<std::vector<Path>> damaged_entries(Filesystem& fs, const Path& cache, bool repair) {
  std::vector<std::pair<std::string, Path>> whole;
  for (const auto& [name, entry] : entries_of(cache))
    for (const Path& file : entry.files)
      if (file.filename() == name) whole.emplace_back(name, file);
  std::vector<char> damaged(whole.size(), 0);
  in_parallel(whole.size(), processor_count(), [&](std::size_t i) {
    const Result<Digest> digest = digest_file(whole[i].second);
    const bool gone = !digest && digest.error().code() == ErrorCode::not_found;
    damaged[i] = !gone && (!digest || digest->hex() != whole[i].first);
  });
  std::vector<Path> out;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (damaged[i] == 0) continue;
    if (repair) TRY_STATUS(fs.remove_file(whole[i].second));
    out.push_back(whole[i].second);
  }
  return out;
}

Result<std::uint64_t> parse_limit(const std::string& text) {
  if (text.empty()) return kDefaultLimit;
  static const std::array<std::pair<std::string_view, double>, 9> kUnits = {{{"kib", 0x1p10},
                                                                             {"mib", 0x1p20},
                                                                             {"gib", 0x1p30},
                                                                             {"tib", 0x1p40},
                                                                             {"kb", 1e3},
                                                                             {"mb", 1e6},
                                                                             {"gb", 1e9},
                                                                             {"tb", 1e12},
                                                                             {"b", 1}}};
  const std::size_t digits = text.find_first_not_of("0123456789.");
  const std::string number = text.substr(0, digits);
  const std::string unit =
      digits == std::string::npos ? "b" : lower_case(trim(std::string_view(text).substr(digits)));
  const auto* found =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const auto& each) { return each.first == unit; });
  const bool is_number =
      !number.empty() && number != "." && std::count(number.begin(), number.end(), '.') <= 1;
  if (!is_number || found == kUnits.end() || number.size() > 15)
    return make_error(ErrorCode::invalid_input, "expected a size such as `20 GiB`, got `{}`",
                      printable(text));
  const double bytes = std::stod(number) * found->second;
  if (bytes > 9e18)
    return make_error(ErrorCode::invalid_input, "`{}` is more than any disk holds", printable(text));
  return static_cast<std::uint64_t>(std::llround(bytes));
}

}  // namespace reef::fetch
