#include "core/ops/rebuild.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

#include "core/base/text.h"
#include "core/ops/build.h"
#include "core/ops/install.h"
#include "core/os/environment.h"

namespace reef::ops {
namespace {

constexpr std::size_t kKeyDigits = 32;  // of a key, in folder names
constexpr auto kAnotherSecond = std::chrono::seconds(2);
constexpr const char* kUser = "reef-again";
constexpr std::uint64_t kLargestCompared = std::uint64_t{1}
                                           << 30U;  // larger files: the offset is not looked for

template <class T>
std::optional<T> read_at(std::string_view file, std::uint64_t offset) {
  T value{};
  if (offset > file.size() || file.size() - offset < sizeof value) return std::nullopt;
  std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

// Where a package is built for the second time: `<home>/again/<other key>-<name>-<version>`, as long as
// `<home>/stage/...` and `<home>/store/...` are.
struct AgainPlace {
  LiveFolder prefix;
  LiveFolder scratch;
};

// Waits for another process that builds the same again.
Result<AgainPlace> claim_place(Session& session, const Planned& package, const Path& home,
                               Reporter& reporter) {
  Filesystem& fs = session.machine().fs;
  const std::string folder_name = package.prefix_id.folder_name();
  std::string key = folder_name.substr(0, kKeyDigits);
  std::reverse(key.begin(), key.end());
  TRY_STATUS(make_folders(fs, home / "again"));
  const std::string token = (home / "again" / key).string();
  const Cancellation* cancel = &session.machine().cancel;
  const auto on_wait = [&] {
    reporter.note(fmt::format("{} is being built again by another process: waiting", label_of(package)));
  };
  TRY(LiveFolder prefix, LiveFolder::claim(fs, token + folder_name.substr(kKeyDigits), cancel, on_wait));
  TRY(LiveFolder scratch, LiveFolder::claim(fs, token + ".scratch", cancel));
  for (const char* name : {"work", "home", "tmp"}) TRY_STATUS(fs.make_folder(scratch.path() / name));
  return AgainPlace{std::move(prefix), std::move(scratch)};
}

std::string kind_of(const std::string& what) {
  const std::string kind = what.substr(0, what.find(' '));
  if (kind == "link") return fmt::format("a link to `{}`", printable(what.substr(5)));
  return kind == "folder" ? "a folder" : kind == "program" ? "a program" : "a file";
}

bool is_file(const std::string& what) { return what.starts_with("file ") || what.starts_with("program "); }

// Of two builds of one package.
struct BuildComparison {
  Filesystem& fs;
  Path before;
  Path again;
  std::string scratch;  // where the second one was built

  std::vector<BuildDifference> of(const store::Contents& first, const store::Contents& second) const {
    std::vector<BuildDifference> out;
    for (const auto& [path, what] : first.entries) {
      const auto other = second.entries.find(path);
      if (other == second.entries.end())
        out.push_back({path, "is missing in the second build", {}, {}, {}, {}});
      else if (other->second != what)
        out.push_back(difference_of(path, what, other->second));
    }
    for (const auto& [path, what] : second.entries)
      if (!first.entries.contains(path)) out.push_back({path, "is in the second build only", {}, {}, {}, {}});
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return out;
  }

  BuildDifference difference_of(const std::string& path, const std::string& first,
                                const std::string& second) const {
    BuildDifference out;
    out.path = path;
    const bool files = is_file(first) && is_file(second);
    out.what = files && kind_of(first) == kind_of(second)
                   ? "differs"
                   : fmt::format("is {}, and {} in the second build", kind_of(first), kind_of(second));
    if (!files) return out;
    const auto a = fs.read_file(before / path, kLargestCompared);
    const auto b = fs.read_file(again / path, kLargestCompared);
    if (!a || !b || *a == *b) return out;
    if (b->find(scratch) != std::string::npos) out.what = "holds the path of the folder it was built in";
    out.size = a->size();
    out.size_again = b->size();
    const auto ends = std::mismatch(a->begin(), a->end(), b->begin(), b->end());
    out.offset = static_cast<std::uint64_t>(ends.first - a->begin());
    out.section = elf_section_at(*a, *out.offset);
    return out;
  }
};

// So that a time of day in whole seconds, written into a file, differs.
void await_another_second(Session& session, SystemTime built_at) {
  const auto left = built_at + kAnotherSecond - session.machine().clock.now();
  if (left.count() <= 0) return;
  session.machine().clock.sleep_for(std::min<std::chrono::nanoseconds>(left, kAnotherSecond));
}

Result<Rebuild> rebuild_one(Session& session, const Plan& plan, const Planned& package,
                            const store::Store& store, Reporter& reporter) {
  const Machine& machine = session.machine();
  Filesystem& fs = machine.fs;
  const std::optional<store::Prefix> before = store.find(package.prefix_id);
  if (!before)
    return make_error(ErrorCode::busy, "{} was removed from the store meanwhile", label_of(package))
        .hint("run the same again");
  TRY(const store::Contents first, store::read_contents(fs, before->path, {".reef"}));
  std::vector<ToBuild> what = {to_build(plan, package)};
  TRY_STATUS(fetch_sources(session, what, reporter));
  await_another_second(session, before->info.built_at);
  TRY(const AgainPlace place, claim_place(session, package, store.home(), reporter));
  reporter.stage(fmt::format("building {} again", label_of(package)));
  const Path& scratch = place.scratch.path();
  const std::string folder_name = package.prefix_id.folder_name();
  const unsigned jobs = processor_count() > 1 ? 1 : 2;
  const MonotonicTime start = machine.clock.monotonic();
  TRY(const std::string log,
      with_context(build_into(session, plan, what.front(),
                              {place.prefix.path(),
                               scratch / "work",
                               scratch / "home",
                               scratch / "tmp",
                               store.home() / "logs" / (folder_name + ".again.log"),
                               jobs,
                               {{"USER", kUser}, {"LOGNAME", kUser}}},
                              reporter),
                   [&] { return fmt::format("building {} again", label_of(package)); }));
  Rebuild out;
  out.build_time = machine.clock.monotonic() - start;
  if (!log.empty()) (void)fs.remove_file(store.home() / "logs" / log);
  // The prefix alone: who wrote down where it was built gives other bytes in another folder.
  TRY_STATUS(store::relocate(fs, place.prefix.path(), place.prefix.path().string(), before->path.string())
                 .map([](std::size_t) {}));
  TRY(const store::Contents second, store::read_contents(fs, place.prefix.path()));
  out.name = package.name();
  out.version = package.chosen.version.text();
  out.prefix = before->path;
  out.files = first.files;
  out.bytes = first.bytes;
  out.content = first.digest();
  out.content_again = second.digest();
  out.differences =
      BuildComparison{fs, before->path, place.prefix.path(), scratch.string()}.of(first, second);
  return out;
}

}  // namespace

std::string elf_section_at(std::string_view file, std::uint64_t offset) {
  const auto header = read_at<Elf64_Ehdr>(file, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return "";
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB) return "";
  const auto section = [&](std::uint64_t index) {
    return read_at<Elf64_Shdr>(file, header->e_shoff + index * sizeof(Elf64_Shdr));
  };
  if (header->e_shentsize != sizeof(Elf64_Shdr)) return "";
  const auto names = section(header->e_shstrndx);
  if (!names) return "";
  for (std::uint64_t i = 0; i < header->e_shnum; ++i) {
    const auto each = section(i);
    if (!each || each->sh_type == SHT_NOBITS || each->sh_type == SHT_NULL) continue;
    if (offset < each->sh_offset || offset - each->sh_offset >= each->sh_size) continue;
    const std::uint64_t at = names->sh_offset + each->sh_name;
    if (at >= file.size()) return "";
    const std::string_view rest = file.substr(at, 100);
    return printable(rest.substr(0, rest.find('\0')));
  }
  return "";
}

Result<std::vector<Rebuild>> rebuild_and_compare(Session& session, const Plan& plan,
                                                 const RebuildRequest& request, Reporter& reporter) {
  TRY_STATUS(require_built(plan));
  TRY_STATUS(install(session, plan, {}, reporter).map([](const Installed&) {}));
  TRY(const store::Store store, store::Store::open(session.machine().fs, session.home().root));
  std::vector<Rebuild> out;
  for (const Planned& package : plan.packages) {
    if (package.is_tool() || (!request.closure && &package != &plan.target_package())) continue;
    TRY(Rebuild one, rebuild_one(session, plan, package, store, reporter));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace reef::ops
