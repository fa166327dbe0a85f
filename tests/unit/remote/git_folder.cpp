#include "core/remote/git_folder.h"

#include "core/base/text.h"
#include "core/os/environment.h"
#include "tests/unit/remote/site.h"

using namespace reef;
using namespace reef::test;

namespace {

// A repository with two commits on `main`, a branch and a tag.
struct GitBench : SiteBench {
  GitBench() {
    scratch.write("repository/a/reef.json", "1");
    git({"init", "--quiet", "--initial-branch=main"});
    first = commit();
    git({"branch", "old"});
    git({"tag", "-a", "-m", "x", "v1"});
    scratch.write("repository/a/reef.json", "2");
    second = commit();
  }
  std::string git(std::vector<std::string> words) {
    ProcessSpec spec;
    spec.argv = {"git", "-c", "user.name=t", "-c", "user.email=t@example.invalid"};
    spec.argv.insert(spec.argv.end(), words.begin(), words.end());
    spec.cwd = scratch / "repository";
    spec.env = {{"PATH", kSystemPath}, {"HOME", scratch.path().string()}, {"GIT_CONFIG_NOSYSTEM", "1"}};
    const auto result = value(make_process_runner()->run(spec));
    INFO(result.err);
    REQUIRE(result.ok());
    return std::string(trim(result.out));
  }
  std::string commit() {
    git({"add", "--all"});
    git({"commit", "--quiet", "-m", "x"});
    return git({"rev-parse", "HEAD"});
  }
  std::string url() const { return "file://" + (scratch / "repository").string(); }
  remote::Access access() {
    remote::Access out = SiteBench::access(scratch.disk());
    out.settings.env = {{"PATH", kSystemPath}};
    return out;
  }
  Result<std::string> find(const std::string& ref) {
    const remote::Access a = access();
    return fetch::find_commit(url(), ref, a.settings, a.fs, a.processes, a.client, a.clock, a.cancel);
  }
  std::string first;
  std::string second;
};

}  // namespace

TEST_CASE("branches, tags and HEAD of a git repository are commits") {
  GitBench bench;
  CHECK(value(bench.find("")) == bench.second);
  CHECK(value(bench.find("main")) == bench.second);
  CHECK(value(bench.find("old")) == bench.first);
  CHECK(value(bench.find("v1")) == bench.first);  // of the tag its commit
  CHECK(value(bench.find("refs/heads/old")) == bench.first);
  CHECK(value(bench.find(bench.first)) == bench.first);
  const auto none = bench.find("nothing");
  REQUIRE_FALSE(none);
  CHECK(none.error().code() == ErrorCode::not_found);
  CHECK(none.error().message() == "the git repository `" + bench.url() + "` has no branch or tag `nothing`");
  for (const char* bad : {"--upload-pack=x", "a b", "a*", "a:b"})
    CHECK(bench.find(bad).error().code() == ErrorCode::invalid_input);
}

TEST_CASE("a link out of the repository is refused, unless the package leaves it out") {
  GitBench bench;
  Filesystem& fs = bench.scratch.disk();
  bench.scratch.write("repository/b/reef.json", R"({"reef": 1, "name": "b", "version": "1.0.0",
    "kind": "program", "exclude": [".venv"]})");
  bench.scratch.write("repository/b/.venv/bin/x", "x");
  succeeds(fs.make_symlink("/usr/bin/python3", bench.scratch / "repository/b/.venv/bin/python"));
  const std::string excluded = bench.commit();
  const Path folder = value(remote::git_folder(bench.access(), bench.url(), excluded, "the test")).path;
  CHECK(exists(fs, folder / "b/reef.json"));
  succeeds(fs.make_symlink("b/.venv/bin/python", bench.scratch / "repository/link"));
  const auto through = remote::git_folder(bench.access(), bench.url(), bench.commit(), "the test");
  REQUIRE_FALSE(through);
  CHECK(through.error().message() == "the link to `b/.venv/bin/python` leads to an absolute one");
  succeeds(fs.remove_file(bench.scratch / "repository/link"));
  succeeds(fs.make_symlink("/etc/passwd", bench.scratch / "repository/a/link"));
  const auto out = remote::git_folder(bench.access(), bench.url(), bench.commit(), "the test");
  REQUIRE_FALSE(out);
  CHECK(out.error().message() == "the link leads to the absolute `/etc/passwd`");
}

TEST_CASE("a commit is a folder, brought once") {
  GitBench bench;
  const Path folder = value(remote::git_folder(bench.access(), bench.url(), bench.first, "the test")).path;
  CHECK(value(bench.scratch.disk().read_file(folder / "a/reef.json")) == "1");
  REQUIRE(remove_tree(bench.scratch.disk(), bench.scratch / "repository"));
  CHECK(value(remote::git_folder(bench.access(), bench.url(), bench.first, "the test")).path == folder);
  const auto other = remote::git_folder(bench.access(), bench.url(), bench.second, "the test");
  REQUIRE_FALSE(other);
  CHECK(other.error().code() == ErrorCode::not_found);
  REQUIRE(remote::keep_git_folders(bench.scratch.disk(), bench.cache(), {bench.second}));
  CHECK_FALSE(exists(bench.scratch.disk(), folder));
}
