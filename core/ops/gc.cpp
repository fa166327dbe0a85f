#include "core/ops/gc.h"

#include <algorithm>
#include <set>

#include "core/ops/known_registries.h"
#include "core/record/record_store.h"
#include "core/remote/git_folder.h"

namespace reef::ops {
namespace {

// What everybody refers to at one moment.
struct References {
  store::RootSet roots;
  std::set<std::string> by_root;
  std::set<std::string> by_process;
};

Result<References> references(const Machine& machine, const Home& home, const store::Store& store,
                              const store::StoreLock& lock, const GcRequest& request) {
  References out;
  TRY(std::vector<store::Root> roots, store::Roots(machine.fs, home.root).list());
  out.roots = store::judge(machine.fs, std::move(roots), machine.clock.now(), request.unused);
  for (const store::Root& root : out.roots.live)
    out.by_root.insert(root.prefixes.begin(), root.prefixes.end());
  TRY(const auto in_use, store.in_use(lock));
  for (const auto& [name, processes] : in_use) out.by_process.insert(name);
  return out;
}

Garbage described(const store::Store& store, const std::string& folder_name) {
  const Result<store::Prefix> prefix = store.described(folder_name);
  if (!prefix) return {folder_name, folder_name, 0};
  return {folder_name, prefix->info.id.name + " " + prefix->info.id.version, prefix->info.bytes};
}

class Collecting {
 public:
  Collecting(const Machine& machine, const Home& home, const GcRequest& request, store::Store store)
      : machine_(machine), home_(home), request_(request), store_(std::move(store)) {}

  Result<GcReport> collect() {
    TRY(const std::vector<std::string> gone, remove_prefixes());
    std::sort(report_.prefixes.begin(), report_.prefixes.end(), [](const Garbage& a, const Garbage& b) {
      return std::tie(a.name, a.folder_name) < std::tie(b.name, b.folder_name);
    });
    for (const Garbage& each : report_.prefixes) report_.prefix_bytes += each.bytes;
    if (!request_.dry_run) TRY_STATUS(clean_up(gone.size()));
    TRY_STATUS(remove_contents());
    TRY(report_.replays, ReplayHomes(machine_, home_).remove_old(request_.unused, request_.dry_run));
    TRY(const std::uint64_t limit, this->limit());
    TRY(report_.downloads, fetch::trim_cache(machine_.fs, home_.cache(), limit, request_.dry_run));
    return std::move(report_);
  }

 private:
  Result<std::uint64_t> limit() const {
    if (request_.cache_limit) return *request_.cache_limit;
    return cache_limit(machine_.env);
  }

  // What registries elsewhere brought can be brought again.
  Status remove_contents() {
    if (!is_folder(machine_.fs, home_.cache())) return {};
    TRY(const std::optional<FileLock> alone, fetch::cache_alone(machine_.fs, home_.cache()));
    if (!alone) return {};
    const remote::PackageFolders folders(machine_.fs, machine_.clock, machine_.cancel, home_.cache());
    TRY(report_.contents, folders.remove_old(request_.unused, request_.dry_run));
    if (request_.dry_run) return {};
    TRY(const std::vector<KnownRegistry> known, KnownRegistries(machine_.fs, home_).list());
    std::vector<std::string> commits;
    for (const KnownRegistry& registry : known) commits.push_back(registry.commit);
    return remote::keep_git_folders(machine_.fs, home_.cache(), commits);
  }

  // Those who begin to use something wait for the lock: while it is held, names are moved and nothing else.
  Result<std::vector<std::string>> remove_prefixes() {
    TRY(const store::StoreLock lock, store_.lock(&machine_.cancel));
    TRY(References refers, references(machine_, home_, store_, lock, request_));
    TRY(const std::vector<std::string> names, store_.folder_names());
    std::vector<std::string> garbage;
    for (const std::string& name : names) {
      const bool rooted = refers.by_root.contains(name);
      const bool used = refers.by_process.contains(name);
      if (!rooted && !used) garbage.push_back(name);
      if (rooted || used) ++report_.kept;
      if (used && !rooted) ++report_.in_use;
    }
    report_.roots = std::move(refers.roots.live);
    report_.dead_roots = std::move(refers.roots.dead);
    for (const std::string& name : garbage) report_.prefixes.push_back(described(store_, name));
    TRY(report_.log_bytes, store_.tidy(lock, machine_.clock.now(), true));
    if (request_.dry_run) return garbage;
    TRY(std::vector<std::string> gone, store_.remove_all(garbage, lock));
    const std::set<std::string> removed(gone.begin(), gone.end());
    std::erase_if(report_.prefixes, [&](const Garbage& each) { return !removed.contains(each.folder_name); });
    return gone;
  }

  // The bytes of what has already vanished, and what the killed left.
  Status clean_up(std::size_t graves) {
    TRY(const std::size_t swept, store_.sweep());
    report_.leftovers = swept - std::min(swept, graves);
    report_.leftovers += sweep_folders(machine_.fs, home_.temporary(), machine_.clock.now());
    report_.leftovers += sweep_folders(machine_.fs, home_.root / "again", machine_.clock.now());
    report_.leftovers += RecordStore(machine_.fs, machine_.clock, home_.root).sweep();
    const store::Roots roots(machine_.fs, home_.root);
    for (const store::Root& root : report_.dead_roots) TRY_STATUS(roots.remove(root));
    TRY(const store::StoreLock lock, store_.lock(&machine_.cancel));
    return store_.tidy(lock, machine_.clock.now(), false).map([](std::uint64_t) {});
  }

  const Machine& machine_;
  const Home& home_;
  const GcRequest& request_;
  store::Store store_;
  GcReport report_;
};

}  // namespace

Result<GcReport> gc(const Machine& machine, const Home& home, const GcRequest& request) {
  if (!is_folder(machine.fs, home.root)) return GcReport{};
  TRY(store::Store store, store::Store::look(machine.fs, home.root));
  return Collecting(machine, home, request, std::move(store)).collect();
}

}  // namespace reef::ops
