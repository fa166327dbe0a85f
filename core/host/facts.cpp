#include "core/host/facts.h"

#include <algorithm>
#include <charconv>

#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

#include "core/base/text.h"
#include "core/host/elf.h"
#include "core/host/fact_sources.h"
#include "core/model/pattern.h"

namespace reef::host {
namespace {

constexpr std::uint64_t kLargestFile = std::uint64_t{16} << 20U;
constexpr unsigned kMostCpus = 65'536;

std::string unquoted(std::string text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    return text.substr(1, text.size() - 2);
  return text;
}

// os-release(5): "debian 12"; the ID alone for distributions without versions.
std::optional<std::string> distribution(const FactSource& source) {
  std::optional<std::string> text = source.text("etc/os-release");
  if (!text) text = source.text("usr/lib/os-release");
  if (!text) return std::nullopt;
  const auto id = field(*text, "ID", '=');
  if (!id) return std::nullopt;
  const auto version = field(*text, "VERSION_ID", '=');
  return unquoted(*id) + (version ? " " + unquoted(*version) : "");
}

void libc_of_files(const FactSource& source, Platform& platform) {
  const std::string arch = platform.arch;
  for (const std::string& name : source.list("lib"))
    if (name.starts_with("ld-musl-")) {
      platform.libc = "musl";  // its version is in no text that can be told from others
      return;
    }
  const auto words = Pattern::parse("GNU C Library .*release version ([0-9]+[.][0-9]+)");
  for (const std::string& folder : {"lib/" + arch + "-linux-gnu", std::string("lib64"), std::string("lib")}) {
    const auto library = source.text(folder + "/libc.so.6");
    if (!library) continue;
    platform.libc = "glibc";
    platform.libc_version = words ? words->first(*library) : std::nullopt;
    return;
  }
}

void read_libc(const FactSource& source, Platform& platform) {
#if defined(__GLIBC__)
  if (source.is_running_machine()) {
    platform.libc = "glibc";
    platform.libc_version = gnu_get_libc_version();
    return;
  }
#endif
  libc_of_files(source, platform);
}

std::string os_name(const FactSource& source) {
#if defined(__APPLE__)
  (void)source;
  return "macos";
#else
  return lower_case(source.word("proc/sys/kernel/ostype").value_or("Linux"));
#endif
}

}  // namespace

std::optional<std::string> FactSource::text(std::string_view relative) const {
  auto text = fs_.read_file(path(relative), kLargestFile);
  return text ? std::optional(*std::move(text)) : std::nullopt;
}

std::optional<std::string> FactSource::word(std::string_view relative) const {
  const auto whole = text(relative);
  if (!whole || trim(*whole).empty()) return std::nullopt;
  return std::string(trim(*whole));
}

std::optional<std::uint64_t> FactSource::number(std::string_view relative) const {
  const auto digits = word(relative);
  return digits ? leading_number(*digits) : std::nullopt;
}

std::vector<std::string> FactSource::list(std::string_view relative) const {
  return fs_.list(path(relative)).value_or(std::vector<std::string>());
}

std::optional<std::uint64_t> leading_number(std::string_view text) {
  text = trim(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::string> field(std::string_view text, std::string_view key, char separator) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const std::size_t middle = line.find(separator);
    if (middle == std::string_view::npos || trim(line.substr(0, middle)) != key) continue;
    return std::string(trim(line.substr(middle + 1)));
  }
  return std::nullopt;
}

std::optional<std::vector<unsigned>> cpu_list(std::string_view text) {
  std::vector<unsigned> numbers;
  for (const std::string& part : split(trim(text), ',')) {
    const auto first = leading_number(part);
    const std::size_t dash = part.find('-');
    const auto last = dash == std::string::npos ? first : leading_number(part.substr(dash + 1));
    if (!first || !last || *last < *first || *last > kMostCpus) return std::nullopt;
    for (std::uint64_t n = *first; n <= *last; ++n) numbers.push_back(static_cast<unsigned>(n));
  }
  return numbers;
}

Platform read_platform_brief(Filesystem& fs, const Path& root) {
  const FactSource source(fs, root);
  Platform platform;
  platform.os = os_name(source);
  platform.arch = std::string(own_arch());
  if (!source.is_running_machine())
    platform.arch = source.word("proc/sys/kernel/arch").value_or(platform.arch);
  read_libc(source, platform);
  platform.distribution = distribution(source);
  platform.accelerators = read_accelerators(source);
  return platform;
}

Result<Platform> read_platform(Filesystem& fs, const Path& root) {
  const FactSource source(fs, root);
  if (!source.has("proc"))
    return make_error(ErrorCode::io, "`{}` cannot be read", source.path("proc").string());
  Platform platform = read_platform_brief(fs, root);
  platform.kernel = source.word("proc/sys/kernel/osrelease");
  read_processors(source, platform);
  if (const auto memory = source.text("proc/meminfo"))
    if (const auto total = field(*memory, "MemTotal"))
      if (const auto kibibytes = leading_number(*total)) platform.memory_bytes = *kibibytes * 1024;
  platform.virtualization = read_virtualization(source);
  return platform;
}

}  // namespace reef::host
