// What the store costs when there is nothing to do, and what removing costs: `bench_store REEF [FILES]`.
//
//   install again     a package of a few files that is installed
//   a known tree      a project of 12,000 files (or FILES) that is installed, beside reading all its bytes
//   gc                5,000 prefixes, of which all are garbage, beside `rm -r` of as many
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "core/base/units.h"
#include "core/ops/gc.h"
#include "core/os/environment.h"
#include "core/store/prefix_info.h"

namespace {

using namespace reef;

constexpr int kRounds = 15;
constexpr int kPrefixes = 5000;
constexpr int kFilesOfPrefix = 4;

class Bench {
 public:
  Bench(std::string reef, Path top) : reef_(std::move(reef)), top_(std::move(top)) {
    env_ = {{"PATH", "/usr/bin:/bin"},
            {"HOME", top_.string()},
            {"REEF_HOME", (top_ / "home").string()},
            {"REEF_PACKAGES", (top_ / "packages").string()}};
  }

  Status run(int files) {
    fmt::print("{:<52} {:>10} {:>10} {:>10}  {}\n", "", "wall p50", "min", "cpu min", "to reach");
    TRY_STATUS(write("packages/small/reef.json",
                     R"({"reef": 1, "name": "small", "version": "1.0.0", "kind": "dataset",
                         "sources": [{"path": "data"}]})"));
    TRY_STATUS(write("packages/small/data/a", "a"));
    TRY_STATUS(show("/bin/true", {"/bin/true"}, "-"));
    TRY_STATUS(
        show("install again what the store has", {reef_, "install", "small"}, "< 20 ms (mamba: 711 ms)"));
    TRY_STATUS(known_tree(files));
    return collect();
  }

 private:
  Status write(const Path& name, const std::string& text) {
    TRY_STATUS(make_folders(*disk_, (top_ / name).parent_path()));
    return disk_->write_file(top_ / name, text, false);
  }

  Status show(const std::string& what, const std::vector<std::string>& argv, const std::string& aim) {
    std::vector<double> wall;
    std::vector<double> cpu;
    for (int i = 0; i < kRounds + 2; ++i) {
      ProcessSpec spec;
      spec.argv = argv;
      spec.env = env_;
      spec.cwd = cwd_;
      TRY(const ProcessResult result, runner_->run(spec));
      if (!result.ok())
        return make_error(ErrorCode::io, "{}: {}\n{}", what, describe_exit(result), result.err);
      if (i < 2) continue;
      wall.push_back(std::chrono::duration<double>(result.wall).count());
      cpu.push_back(std::chrono::duration<double>(result.user + result.system).count());
    }
    std::sort(wall.begin(), wall.end());
    fmt::print("{:<52} {:>10} {:>10} {:>10}  {}\n", what, format_seconds(wall[wall.size() / 2]),
               format_seconds(wall.front()), format_seconds(*std::min_element(cpu.begin(), cpu.end())), aim);
    return {};
  }

  Status known_tree(int files) {
    TRY_STATUS(write("tree/reef.json", R"({"reef": 1, "name": "tree", "version": "1.0.0", "kind": "dataset",
                                            "sources": [{"path": "data"}]})"));
    for (int i = 0; i < files; ++i)
      TRY_STATUS(write(fmt::format("tree/data/{:03}/{:05}.txt", i / 100, i), fmt::format("file {}\n", i)));
    cwd_ = top_ / "tree";
    TRY_STATUS(show(fmt::format("floor: sha256sum of {} files", files),
                    {"sh", "-c", "find data -type f -print0 | xargs -0 sha256sum > /dev/null"}, "-"));
    return show(fmt::format("add a known tree of {} files again", files), {reef_, "install"},
                "< 50 ms (Nix: 880 ms)");
  }

  // As many prefixes as a busy year makes, written without the store's syncs.
  Status make_prefixes(const Path& home) {
    for (int i = 0; i < kPrefixes; ++i) {
      store::PrefixInfo info;
      info.id = {sha256(std::to_string(i)), "package", "1.0.0"};
      info.ingredients.items = {{"name", "package"}, {"command 1", std::string(300, 'x')}};
      const Path folder = home / "store" / info.id.folder_name();
      TRY_STATUS(make_folders(*disk_, folder / ".reef"));
      for (int file = 0; file < kFilesOfPrefix; ++file)
        TRY_STATUS(disk_->write_file(folder / fmt::format("file-{}", file), "bytes", false));
      TRY_STATUS(disk_->write_file(folder / ".reef/prefix.json", store::write_prefix_info(info), false));
      TRY_STATUS(disk_->write_file(folder / ".reef/contents", "", false));
      TRY_STATUS(disk_->set_mode(folder / ".reef", 0555));
      TRY_STATUS(disk_->set_mode(folder, 0555));
    }
    return {};
  }

  Status once(const std::string& what, const std::vector<std::string>& argv, const Path& home,
              const std::string& aim) {
    ProcessSpec spec;
    spec.argv = argv;
    spec.env = env_;
    spec.env["REEF_HOME"] = home.string();
    TRY(const ProcessResult result, runner_->run(spec));
    if (!result.ok()) return make_error(ErrorCode::io, "{}: {}\n{}", what, describe_exit(result), result.err);
    const std::string wall = format_duration(result.wall);
    fmt::print("{:<52} {:>10} {:>10} {:>10}  {}\n", what, wall, "",
               format_duration(result.user + result.system), aim);
    return {};
  }

  Status collect() {
    const Path rm = top_ / "rm";
    const Path gc = top_ / "gc";
    TRY_STATUS(make_prefixes(rm));
    TRY_STATUS(make_prefixes(gc));
    TRY_STATUS(once(fmt::format("floor: rm -r of {} prefixes", kPrefixes),
                    {"sh", "-c", "chmod -R u+w \"$1\"; rm -r \"$1\"", "sh", (rm / "store").string()}, rm,
                    "-"));
    TRY_STATUS(once(fmt::format("gc --dry-run of {} prefixes", kPrefixes),
                    {reef_, "gc", "--dry-run", "--quiet"}, gc, "-"));
    TRY_STATUS(once(fmt::format("gc of {} prefixes", kPrefixes), {reef_, "gc", "--quiet"}, gc, "< 1 s"));
    return once("gc again", {reef_, "gc", "--quiet"}, gc, "-");
  }

  std::unique_ptr<Filesystem> disk_ = make_disk();
  std::unique_ptr<ProcessRunner> runner_ = make_process_runner();
  std::string reef_;
  Path top_;
  Path cwd_;
  Environment env_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print("usage: bench_store REEF [FILES]\n");
    return 2;
  }
  const auto disk = make_disk();
  const auto top =
      TemporaryFolder::create(*disk, std::filesystem::temp_directory_path(), "reef-bench-").value();
  const auto reef = disk->real_path(argv[1]);
  const Status status = reef ? Bench(reef->string(), top.path()).run(argc > 2 ? std::atoi(argv[2]) : 12000)
                             : Status(tl::make_unexpected(reef.error()));
  if (!status) fmt::print("{}", render(status.error()));
  return status ? 0 : 1;
}
