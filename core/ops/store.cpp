#include "core/ops/store.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/ops/archive_files.h"
#include "core/ops/install.h"
#include "core/os/environment.h"
#include "core/os/parallel.h"
#include "core/os/tree_stamp.h"

namespace reef::ops {
namespace {

std::map<std::string, std::string> options_of(const store::Ingredients& ingredients) {
  constexpr std::string_view kOption = "option ";
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : ingredients.items)
    if (name.starts_with(kOption)) out[name.substr(kOption.size())] = value;
  return out;
}

std::string label_of_prefix(const store::PrefixId& id) { return id.name + " " + id.version; }

std::uint64_t bytes_below(const Path& folder) {
  const Result<TreeStamp> stamp = stamp_tree(folder);
  return stamp ? stamp->bytes : 0;
}

// Folder name -> who keeps it.
Result<std::map<std::string, std::vector<std::string>>> keepers(const Machine& machine, const Home& home,
                                                                const store::Store& store) {
  std::map<std::string, std::vector<std::string>> out;
  TRY(std::vector<store::Root> roots, store::Roots(machine.fs, home.root).list());
  const store::RootSet judged =
      store::judge(machine.fs, std::move(roots), machine.clock.now(), GcRequest().unused);
  for (const store::Root& root : judged.live)
    for (const std::string& name : root.prefixes) {
      const std::string who = fmt::format("{} {}", name_of(root.kind), root.name);
      if (std::find(out[name].begin(), out[name].end(), who) == out[name].end()) out[name].push_back(who);
    }
  const Result<store::StoreLock> lock = store.lock(&machine.cancel);
  if (!lock) return out;  // where nothing can be written, nobody is noted
  TRY(const auto used, store.in_use(*lock));
  for (const auto& [name, processes] : used)
    for (const int process : processes) out[name].push_back(fmt::format("process {}", process));
  return out;
}

// A prefix that was removed, as far as it is known.
struct Lost {
  std::string folder_name;
  std::string name;
  std::string version;
  std::vector<std::string> with;  // its options; none when its description could not be read
};

Lost lost_of(const std::string& folder_name, const store::PrefixInfo& info) {
  Lost out{folder_name, info.id.name, info.id.version, {}};
  for (const auto& [group, option] : options_of(info.ingredients)) out.with.push_back(group + "=" + option);
  return out;
}

// From "<key>-<name>-<version>", where both may hold a `-`.
std::optional<Lost> lost_of(const std::string& folder_name) {
  for (std::size_t name = folder_name.find('-'), at = name; at != std::string::npos;
       at = folder_name.find('-', at + 1)) {
    if (at == name) continue;
    const std::string version = folder_name.substr(at + 1);
    if (Version::parse(version))
      return Lost{folder_name, folder_name.substr(name + 1, at - name - 1), version, {}};
  }
  return std::nullopt;
}

// Builds a closure again when it still has that prefix; whether it has.
Result<bool> build_closure(Session& session, const std::string& package, const std::vector<std::string>& with,
                           const Lost& lost, Reporter& reporter) {
  TRY(const Target target, find_target(session, package, with));
  TRY(const Plan plan, require_plan(session, target, {}, reporter));
  const bool has = std::any_of(plan.packages.begin(), plan.packages.end(), [&](const Planned& each) {
    return !each.is_tool() && each.prefix_id.folder_name() == lost.folder_name;
  });
  if (!has) return false;
  return install(session, plan, {0, false}, reporter).map([](const Installed&) { return true; });
}

// The projects whose closures have that prefix: only their folders tell how to build what is theirs.
std::vector<store::Root> projects_with(const Session& session, const Lost& lost) {
  std::vector<store::Root> out =
      store::Roots(session.machine().fs, session.home().root).list().value_or(std::vector<store::Root>());
  std::erase_if(out, [&](const store::Root& root) {
    return root.file.empty() ||
           std::find(root.prefixes.begin(), root.prefixes.end(), lost.folder_name) == root.prefixes.end();
  });
  return out;
}

// Builds it again when a project or the catalogue still gives the same one; else says why not.
std::string rebuild(Session& session, const Lost& lost, Reporter& reporter) {
  std::string why;
  for (const store::Root& root : projects_with(session, lost)) {
    std::vector<std::string> with = split(root.choice, ' ');
    with.erase(with.begin());
    const std::string folder = root.file.parent_path().string();
    const Result<bool> done = build_closure(session, folder, with, lost, reporter);
    if (done && *done) return "";
    why = fmt::format("not built again: run `reef install {}`{}", shell_quoted(folder),
                      done ? "" : ": " + done.error().message());
  }
  // It was of a project that has another build now, or is gone.
  if (why.empty() && session.registry().versions(lost.name).empty()) return "";
  const Result<bool> done =
      build_closure(session, fmt::format("{}@={}", lost.name, lost.version), lost.with, lost, reporter);
  if (done && *done) return "";
  if (!why.empty()) return why;
  if (!done) return "not built again: " + done.error().message();
  return "it would be another build now: the next `reef install` or `reef run` that needs it builds it";
}

class Verifier {
 public:
  Verifier(Session& session, const VerifyRequest& request, Reporter& reporter, store::Store store)
      : session_(session), request_(request), reporter_(reporter), store_(std::move(store)) {}

  Result<std::vector<Verdict>> verify() {
    TRY(const std::vector<std::string> names, chosen());
    verdicts_.resize(names.size());
    infos_.resize(names.size());
    reporter_.stage("reading the store");
    in_parallel(names.size(), processor_count(), [&](std::size_t i) { look(i, names[i]); });
    TRY_STATUS(session_.machine().cancel.check());
    if (request_.repair) TRY_STATUS(repair());
    std::sort(verdicts_.begin(), verdicts_.end(), [](const Verdict& a, const Verdict& b) {
      return std::tie(a.name, a.folder_name) < std::tie(b.name, b.folder_name);
    });
    if (request_.names.empty()) TRY_STATUS(verify_downloads());
    return std::move(verdicts_);
  }

 private:
  Result<std::vector<std::string>> chosen() const {
    TRY(std::vector<std::string> all, store_.folder_names());
    if (request_.names.empty()) return all;
    std::set<std::string> known;
    std::vector<std::string> out;
    std::set<std::string> missing(request_.names.begin(), request_.names.end());
    for (const std::string& folder : all) {
      const Result<store::Prefix> prefix = store_.described(folder);
      // The name stands in the folder's name, between the key and the version.
      const std::string rest = folder.size() > 33 ? folder.substr(33) : folder;
      const std::string name = prefix ? prefix->info.id.name : rest.substr(0, rest.rfind('-'));
      known.insert(name);
      if (std::find(request_.names.begin(), request_.names.end(), name) == request_.names.end()) continue;
      out.push_back(folder);
      missing.erase(name);
    }
    if (missing.empty()) return out;
    const std::string& name = *missing.begin();
    Failure error = make_error(ErrorCode::not_found, "`{}` is not in the store", printable(name));
    const std::vector<std::string> candidates(known.begin(), known.end());
    if (auto hint = did_you_mean(name, candidates)) return std::move(error).hint(*hint);
    return std::move(error).hint("`reef store` lists what is");
  }

  void look(std::size_t i, const std::string& folder_name) {
    Verdict& verdict = verdicts_[i];
    verdict.folder_name = folder_name;
    verdict.name = folder_name;
    verdict.path = store_.home() / "store" / folder_name;
    Result<store::Prefix> prefix = store_.described(folder_name);
    if (!prefix) {
      verdict.damages = {prefix.error().message()};
    } else {
      verdict.name = label_of_prefix(prefix->info.id);
      const Result<std::vector<std::string>> found = store_.damages(*prefix);
      verdict.damages = found ? *found : std::vector<std::string>{found.error().message()};
      // One that was changed says nothing of how to build it again.
      if (store::build_key(prefix->info.ingredients) == prefix->info.id.key)
        infos_[i] = std::move(prefix->info);
    }
    if (!verdict.damages.empty()) verdict.end = Verdict::End::damaged;
  }

  // What a running process uses is left alone: it goes with the next repair.
  Status repair() {
    std::vector<std::string> damaged;
    for (const Verdict& verdict : verdicts_)
      if (verdict.end == Verdict::End::damaged) damaged.push_back(verdict.folder_name);
    if (damaged.empty()) return {};
    std::map<std::string, std::vector<int>> used;
    {
      TRY(const store::StoreLock lock, store_.lock(&session_.machine().cancel));
      TRY(used, store_.in_use(lock));
      std::erase_if(damaged, [&](const std::string& name) { return used.contains(name); });
      TRY(damaged, store_.remove_all(damaged, lock));
    }
    TRY_STATUS(store_.sweep().map([](std::size_t) {}));
    for (std::size_t i = 0; i < verdicts_.size(); ++i) {
      Verdict& verdict = verdicts_[i];
      if (verdict.end != Verdict::End::damaged) continue;
      if (const auto user = used.find(verdict.folder_name); user != used.end()) {
        verdict.note = fmt::format("process {} uses it: left as it is", user->second.front());
      } else if (std::find(damaged.begin(), damaged.end(), verdict.folder_name) != damaged.end()) {
        build_again(verdict,
                    infos_[i] ? lost_of(verdict.folder_name, *infos_[i]) : lost_of(verdict.folder_name));
      } else {
        verdict.note = "another process is building it";
      }
    }
    return {};
  }

  void build_again(Verdict& verdict, const std::optional<Lost>& lost) {
    verdict.end = Verdict::End::removed;
    if (!lost) return;  // no folder of ours
    verdict.note = rebuild(session_, *lost, reporter_);
    if (verdict.note.empty()) verdict.end = Verdict::End::rebuilt;
  }

  Status verify_downloads() {
    reporter_.stage("reading the downloads");
    TRY(const std::vector<Path> damaged,
        fetch::damaged_entries(session_.machine().fs, session_.home().cache(), request_.repair));
    for (const Path& path : damaged) {
      Verdict verdict;
      verdict.name = "download " + path.filename().string().substr(0, 12);
      verdict.path = path;
      verdict.damages = {"its bytes do not have the digest that it is called by"};
      verdict.end = request_.repair ? Verdict::End::removed : Verdict::End::damaged;
      verdicts_.push_back(std::move(verdict));
    }
    return {};
  }

  Session& session_;
  const VerifyRequest& request_;
  Reporter& reporter_;
  store::Store store_;
  std::vector<Verdict> verdicts_;
  std::vector<std::optional<store::PrefixInfo>> infos_;
};

Failure not_installed(const Plan& plan) {
  const std::string target = plan.target.project ? "." : plan.target.name;
  return make_error(ErrorCode::not_found, "{} {} is not installed with these choices", plan.target.name,
                    plan.target_package().chosen.version.text())
      .hint(fmt::format("`reef install {}` builds it", target));
}

}  // namespace

Result<std::vector<StoredPackage>> stored_packages(const Machine& machine, const Home& home) {
  TRY(const store::Store store, store::Store::look(machine.fs, home.root));
  TRY(std::vector<store::Prefix> prefixes, store.list());
  TRY(const auto kept, keepers(machine, home, store));
  std::vector<StoredPackage> out;
  for (store::Prefix& prefix : prefixes) {
    StoredPackage package;
    package.options = options_of(prefix.info.ingredients);
    const auto found = kept.find(prefix.path.filename().string());
    if (found != kept.end()) package.kept_by = found->second;
    package.prefix = std::move(prefix);
    out.push_back(std::move(package));
  }
  return out;
}

Result<HomeSize> home_size(const Machine& machine, const Home& home) {
  HomeSize out;
  if (!is_folder(machine.fs, home.root)) return out;
  TRY(const store::Store store, store::Store::look(machine.fs, home.root));
  TRY(const std::vector<std::string> names, store.folder_names());
  for (const std::string& name : names) {
    const Result<store::Prefix> prefix = store.described(name);
    ++(prefix ? out.packages : out.broken);
  }
  out.package_bytes = bytes_below(home.root / "store");
  out.downloads = fetch::cache_use(home.cache());
  out.record_bytes = bytes_below(home.records());
  out.log_bytes = bytes_below(home.root / "logs");
  out.stage_bytes = bytes_below(home.root / "stage");
  out.replays = ReplayHomes(machine, home).count();
  out.replay_bytes = bytes_below(home.root / "replays");
  const std::uint64_t all = bytes_below(home.root);
  out.other_bytes = all - std::min(all, out.total());
  GcRequest request;
  request.dry_run = true;
  if (names.empty() && out.replays == 0) return out;
  if (auto report = gc(machine, home, request)) out.would_free = *std::move(report);
  return out;
}

Result<store::Prefix> store_path(Session& session, const Plan& plan) {
  TRY_STATUS(require_built(plan));
  TRY(const store::Store store, store::Store::look(session.machine().fs, session.home().root));
  std::optional<store::Prefix> prefix = store.find(plan.target_package().prefix_id);
  if (prefix) return *std::move(prefix);
  if (const auto damage = store.damage(plan.target_package().prefix_id))
    return make_error(ErrorCode::integrity, "{} {} is damaged: {}", plan.target.name,
                      plan.target_package().chosen.version.text(), *damage)
        .hint("`reef store verify --repair` builds it again");
  return not_installed(plan);
}

Result<std::vector<Verdict>> verify_store(Session& session, const VerifyRequest& request,
                                          Reporter& reporter) {
  TRY(store::Store store, store::Store::look(session.machine().fs, session.home().root));
  return Verifier(session, request, reporter, std::move(store)).verify();
}

Status pin(Session& session, const Plan& plan) {
  TRY_STATUS(require_built(plan));
  for (const Planned& package : plan.packages)
    if (!package.is_tool() && !package.installed) return tl::make_unexpected(not_installed(plan).take());
  store::Root root = root_of(session, plan);
  root.kind = store::Root::Kind::pin;
  root.lock.clear();
  return store::Roots(session.machine().fs, session.home().root).keep(root);
}

Result<Path> pin_archive(const Machine& machine, const Home& home, const std::string& file) {
  TRY(const archive::ArchiveRead read, inspect_file(file));
  Path replayed = ReplayHomes(machine, home).home_of(read.manifest);
  const auto is_there = [&] { return is_folder(machine.fs, replayed); };
  const auto nothing_there = [&] {
    return make_error(ErrorCode::not_found, "`{}` was not replayed here: there is nothing to keep",
                      printable(file))
        .hint(fmt::format("`reef replay {}` does it", shell_quoted(file)));
  };
  if (!is_there()) return nothing_there();
  TRY(const store::Store store, store::Store::look(machine.fs, home.root));
  TRY(const store::StoreLock lock, store.lock(&machine.cancel));  // gc may just have removed it
  if (!is_there()) return nothing_there();
  store::Root root;
  root.kind = store::Root::Kind::pin;
  root.name = root.choice = Path(file).filename().string();
  root.archive = read.manifest.hex();
  root.used = machine.clock.now();
  TRY_STATUS(store::Roots(machine.fs, home.root).keep(root));
  return replayed;
}

Result<std::size_t> unpin(const Machine& machine, const Home& home, const std::string& name) {
  const store::Roots roots(machine.fs, home.root);
  TRY(const std::vector<store::Root> all, roots.list());
  // A file that is there is known by what is in it, whatever it is called now.
  const Result<archive::ArchiveRead> file = inspect_file(name);
  const std::string digest = file ? file->manifest.hex() : "";
  std::vector<std::string> pinned;
  std::vector<store::Root> meant;
  std::set<std::string> archives;
  for (const store::Root& root : all) {
    if (root.kind != store::Root::Kind::pin) continue;
    pinned.push_back(root.name);
    const bool same_name = root.name == (root.archive.empty() ? name : Path(name).filename().string());
    if (file ? root.archive != digest : !same_name) continue;
    meant.push_back(root);
    if (!root.archive.empty()) archives.insert(root.archive);
  }
  if (archives.size() > 1)
    return make_error(ErrorCode::usage, "{} archives called `{}` are pinned", archives.size(),
                      printable(name))
        .hint("name the file itself, by its path");
  for (const store::Root& root : meant) TRY_STATUS(roots.remove(root));
  if (!meant.empty()) return meant.size();
  Failure error = make_error(ErrorCode::not_found, "`{}` is not pinned", printable(name));
  if (auto hint = did_you_mean(name, pinned)) return std::move(error).hint(*hint);
  return error;
}

}  // namespace reef::ops
