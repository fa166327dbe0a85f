// bench_registry [--million] [--reef PROGRAM] [FOLDER]: how long it takes to open a registry and to read a
// closure from it, beside floors, at 10^3, 10^5 (and with --million 10^6) versions, all made up; and a whole
// `reef lock` in a catalogue of 1,000 packages. Everything is written below FOLDER, in a folder of its own
// that is removed at the end. Times are the best of several, in milliseconds; "memory" is the peak of the
// process.
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <iostream>

#include "core/os/environment.h"
#include "core/os/process.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/index_json.h"
#include "core/registry/published_registry.h"
#include "core/resolve/resolver.h"
#include "tests/bench/registry/synthetic.h"

namespace reef::bench {
namespace {

using Steady = std::chrono::steady_clock;

struct Times {
  double wall = 1e9;  // milliseconds
  double cpu = 1e9;
};

Times best_of(int runs, const std::function<void()>& work) {
  Times best;
  for (int i = 0; i < runs; ++i) {
    const std::clock_t cpu = std::clock();
    const auto start = Steady::now();
    work();
    best.wall = std::min(best.wall, std::chrono::duration<double, std::milli>(Steady::now() - start).count());
    best.cpu = std::min(best.cpu, 1e3 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC);
  }
  return best;
}

void row(std::string_view what, const Times& times, std::string_view note = "") {
  fmt::print("  {:52} {:10.3f} {:10.3f} ms  {}\n", what, times.wall, times.cpu, note);
  std::cout.flush();
}

void require(bool holds, std::string_view what) {
  if (holds) return;
  std::cerr << "bench_registry: " << what << "\n";
  std::exit(1);
}

double peak_memory_mb() {
  const auto text = make_disk()->read_file("/proc/self/status");
  const std::size_t at = text ? text->find("VmHWM:") : std::string::npos;
  return at == std::string::npos ? 0 : std::atof(text->c_str() + at + 6) / 1024;
}

// What the solver asks, as ops/universe answers it.
class RegistryUniverse : public resolve::Universe {
 public:
  explicit RegistryUniverse(Registry& registry) : registry_(registry) {}

  const std::vector<resolve::Candidate>& candidates(std::string_view name) override {
    const auto known = answers_.find(name);
    if (known != answers_.end()) return known->second;
    std::vector<resolve::Candidate> out;
    std::map<const Manifest*, std::shared_ptr<const resolve::Requirements>> shared;
    const auto versions = registry_.needs(name);
    for (const VersionNeeds& version : versions.value()) {
      auto& requirements = shared[version.needs.get()];
      if (!requirements) requirements = resolve::requirements_of(*version.needs);
      resolve::Candidate candidate;
      candidate.version = version.version;
      candidate.requirements = requirements;
      out.push_back(std::move(candidate));
    }
    return answers_.emplace(std::string(name), std::move(out)).first->second;
  }
  std::vector<std::string> providers(std::string_view capability) override {
    return registry_.providers(capability);
  }
  std::vector<std::string> facts(std::string_view /*name*/) override { return {}; }

 private:
  Registry& registry_;
  std::map<std::string, std::vector<resolve::Candidate>, std::less<>> answers_;
};

std::size_t solve(Registry& registry, const std::string& root) {
  RegistryUniverse universe(registry);
  resolve::Request request;
  resolve::Requirement wanted;
  wanted.targets.emplace_back().name = root;
  request.roots.push_back(std::move(wanted));
  const auto outcome = resolve::resolve(universe, request);
  const auto* solution = outcome ? std::get_if<resolve::Solution>(&*outcome) : nullptr;
  require(solution != nullptr, "there is no solution");
  return solution->packages.size();
}

// name -> the package's file, as a peer that is often proposed for this.
Times sqlite_closure(const Synthetic& synthetic, const Path& file, std::size_t size) {
  sqlite3* db = nullptr;
  require(sqlite3_open(file.c_str(), &db) == SQLITE_OK, "cannot open the database");
  const auto run = [&](const char* sql) {
    require(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
  };
  sqlite3_stmt* statement = nullptr;
  static bool filled = false;
  if (!std::exchange(filled, true)) {
    run("create table if not exists packages (name text primary key, file blob) without rowid; begin");
    sqlite3_prepare_v2(db, "insert or replace into packages values (?, ?)", -1, &statement, nullptr);
    for (std::size_t i = 0; i < synthetic.names(); ++i) {
      const std::string name = synthetic.name(i);
      const std::string text = write_package(synthetic.package(i));
      sqlite3_bind_text(statement, 1, name.c_str(), -1, SQLITE_TRANSIENT);
      sqlite3_bind_blob(statement, 2, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
      sqlite3_step(statement);
      sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    run("commit");
  }
  sqlite3_close(db);
  std::size_t bytes = 0;
  const Times best = best_of(5, [&] {
    sqlite3_open(file.c_str(), &db);
    sqlite3_prepare_v2(db, "select file from packages where name = ?", -1, &statement, nullptr);
    for (const std::size_t index : synthetic.closure(size)) {
      const std::string name = synthetic.name(index);
      sqlite3_bind_text(statement, 1, name.c_str(), -1, SQLITE_TRANSIENT);
      require(sqlite3_step(statement) == SQLITE_ROW, "the database lost a package");
      bytes += static_cast<std::size_t>(sqlite3_column_bytes(statement, 0));
      sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
  });
  require(bytes > 0, "nothing was read");
  return best;
}

// The binary form with every version in it.
void measure_binary(const Synthetic& synthetic, const Path& folder) {
  const auto fs = make_disk();
  const Path file = folder / fmt::format("all-{}.binary", synthetic.names());
  const double making =
      best_of(1, [&] {
        IndexWriter writer(true);
        for (std::size_t i = 0; i < synthetic.names(); ++i) writer.add(synthetic.package(i));
        require(fs->write_file(file, writer.finish("bench"), false).has_value(), "cannot write the index");
      }).cpu;
  const double size = static_cast<double>(fs->stat(file)->size) / 1e6;
  fmt::print("\nbinary index of {} names, {} versions: {:.1f} MB, made in {:.0f} ms of CPU\n",
             synthetic.names(), synthetic.versions(), size, making);
  row("open", best_of(9, [&] { require(BinaryIndex::open(file) != nullptr, "the index is damaged"); }),
      "goal at 66,496 versions: < 5");
  for (const std::size_t closure : Synthetic::kClosures) {
    if (closure * 2 > synthetic.names()) continue;
    const Times times = best_of(9, [&] {
      const auto index = BinaryIndex::open(file);
      for (const std::size_t each : synthetic.closure(closure))
        require(index->package(*index->find(synthetic.name(each)), "/").has_value(), "a package is lost");
    });
    const double floor = best_of(9, [&] {
                           const auto mapped = MappedFile::open(file);
                           const std::string_view bytes = mapped->bytes();
                           unsigned sum = 0;
                           for (std::size_t i = 0; i < 3 * closure; ++i)
                             sum += static_cast<unsigned char>(bytes[(i * 0x9e3779b9U) % bytes.size()]);
                           require(sum > 0, "an empty file");
                         }).wall;
    row(fmt::format("closure of {}: open, look up, decode", closure), times,
        fmt::format("floor, a mapping and {} bytes of it: {:.3f} ms", 3 * closure, floor));
  }
  (void)fs->remove_file(file);
}

void measure_published(const Synthetic& synthetic, const Path& folder, bool with_sqlite) {
  const auto fs = make_disk();
  const Path root = folder / fmt::format("published-{}", synthetic.names());
  const Path cache = folder / "cache";
  RegistryRoot top;
  std::vector<bool> in_closure(synthetic.names(), false);
  for (const std::size_t closure : Synthetic::kClosures)
    for (const std::size_t each : synthetic.closure(closure))
      if (each < synthetic.names()) in_closure[each] = true;
  for (std::size_t i = 0; i < synthetic.names(); ++i) {
    const std::string name = synthetic.name(i);
    if (i % 10 == 0) top.capabilities[fmt::format("capability-{}", i % 1000)].insert(name);
    // Files outside of the closures are never read: they are not written either.
    if (!in_closure[i]) {
      top.packages[name] = sha256(name);
      continue;
    }
    const std::string text = write_package(synthetic.package(i));
    const Digest digest = top.packages[name] = sha256(text);
    const Path file = root / package_file(name, digest);
    require(make_folders(*fs, file.parent_path()) && fs->write_file(file, text, false),
            "cannot write a file");
  }
  const std::string text = write_root(top);
  require(fs->write_file(root / kRegistryRoot, text, false).has_value(), "cannot write the root");
  require(fs->set_mtime(root / kRegistryRoot, 1'700'000'000'000'000'000).has_value(), "cannot date the root");
  fmt::print("\npublished registry of {} names, {} versions: registry.json {:.1f} MB\n", synthetic.names(),
             synthetic.versions(), static_cast<double>(text.size()) / 1e6);
  const auto open = [&] {
    auto registry = open_published_registry(*fs, root, cache);
    require(registry.has_value(), "cannot open the registry");
    return *std::move(registry);
  };
  row("open, the first time", best_of(1, open), "reads registry.json, keeps its names");
  row("open", best_of(9, open), "goal at 66,496 versions: < 5");
  row("  floor: reading registry.json", best_of(5, [&] { (void)fs->read_file(root / kRegistryRoot); }));
  for (const std::size_t closure : Synthetic::kClosures) {
    if (closure * 2 > synthetic.names()) continue;
    const std::vector<std::size_t> wanted = synthetic.closure(closure);
    const auto read = [&](Registry& registry) {
      for (const std::size_t each : wanted)
        require(registry.needs(synthetic.name(each)).has_value(), "a package is lost");
    };
    require(remove_tree(*fs, cache).has_value(), "cannot clear the cache");
    open();
    row(fmt::format("closure of {}, the first time", closure), best_of(1, [&] { read(*open()); }),
        "opens, reads the JSON files, keeps them");
    row(fmt::format("closure of {}", closure), best_of(9, [&] { read(*open()); }),
        "opens, reads what was kept");
    std::size_t chosen = 0;
    const Times solving = best_of(9, [&] { chosen = solve(*open(), fmt::format("c{}", closure)); });
    require(chosen == closure, "the closure has another size");
    row(fmt::format("closure of {} through the solver", closure), solving,
        closure == 200 ? "goal at 10^6 versions: < 50" : "");
    row("  floor: reading the same JSON files", best_of(5, [&] {
          for (const std::size_t each : wanted) {
            const std::string name = synthetic.name(each);
            require(fs->read_file(root / package_file(name, top.packages.at(name))).has_value(),
                    "a file is lost");
          }
        }));
    if (with_sqlite)
      row("  peer: SQLite, name -> JSON, nothing parsed",
          sqlite_closure(synthetic, folder / "peer.sqlite", closure));
  }
}

void measure_lock(const Path& folder, const std::string& reef) {
  const auto fs = make_disk();
  const Synthetic synthetic(1000, 1);
  const Path packages = folder / "packages";
  const auto write = [&](const Path& file, const std::string& text) {
    require(make_folders(*fs, file.parent_path()) && fs->write_file(file, text, false),
            "cannot write a package");
  };
  for (std::size_t i = 0; i < 1000; ++i)
    write(packages / synthetic.name(i) / "reef.json", synthetic.manifest(i));
  write(folder / "project/reef.json",
        R"({"reef": 1, "name": "project", "version": "1.0.0", "kind": "program",
            "dependencies": {"all": {"package": "c60", "version": "^1"}}})");
  const Environment env = {
      {"PATH", "/usr/bin:/bin"}, {"HOME", (folder / "home").string()}, {"REEF_PACKAGES", packages.string()}};
  const auto processes = make_process_runner();
  const auto measure = [&](std::string_view what, std::vector<std::string> words) {
    words.insert(words.begin(), reef);
    Times best;
    for (int i = 0; i < 20; ++i) {
      ProcessSpec spec;
      spec.argv = words;
      spec.env = env;
      spec.cwd = folder / "project";
      const auto done = processes->run(spec);
      require(done && done->ok(), done ? done->err : done.error().message());
      best.wall = std::min(best.wall, std::chrono::duration<double, std::milli>(done->wall).count());
      best.cpu =
          std::min(best.cpu, std::chrono::duration<double, std::milli>(done->user + done->system).count());
    }
    row(what, best);
  };
  fmt::print("\n`reef lock` of 61 packages, a catalogue of 1,000 (processes; best of 20)\n");
  measure("floor: reef --version", {"--version"});
  measure("folders of manifests", {"lock"});
  measure("the same, `reef registry build` when nothing changed", {"registry", "build", packages.string()});
  measure("published", {"lock"});
}

int run(bool million, const std::string& reef, const std::string& where) {
  const auto fs = make_disk();
  const auto folder = TemporaryFolder::create(*fs, where, "bench-registry-");
  require(folder.has_value(), "cannot make a folder");
  fmt::print("best wall and best CPU time\n");
  // Debian 12's main index has 66,496 versions of about as many names.
  std::vector<Synthetic> sizes = {{1000, 1}, {66'496, 1}, {10'000, 10}};
  if (million) sizes = {{100'000, 10}};
  for (const Synthetic& synthetic : sizes) {
    measure_published(synthetic, folder->path(), synthetic.names() == 10'000);
    fmt::print("  memory so far: {:.0f} MB\n", peak_memory_mb());
    measure_binary(synthetic, folder->path());
    fmt::print("  memory so far: {:.0f} MB\n", peak_memory_mb());
  }
  if (!reef.empty()) measure_lock(folder->path(), reef);
  return 0;
}

}  // namespace
}  // namespace reef::bench

int main(int argc, char** argv) {
  bool million = false;
  std::string reef;
  std::string where = std::filesystem::temp_directory_path();
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--million")
      million = true;
    else if (argument == "--reef" && i + 1 < argc)
      reef = std::filesystem::absolute(argv[++i]);
    else
      where = argument;
  }
  return reef::bench::run(million, reef, where);
}
