#include <catch2/catch.hpp>

#include "core/base/text.h"
#include "tests/unit/fetch/bench.h"

using namespace reef;
using namespace reef::test;

namespace {

// A repository with two commits; `git` runs in it.
class Repository {
 public:
  explicit Repository(Bench& bench) : bench_(bench), folder(bench.root / "repo ü") {
    (void)bench.fs->make_folder(folder);
    git({"init", "--quiet", "--initial-branch=main"});
    bench.write(folder / "README.md", "first $Format:%d$\n");
    bench.write(folder / "run.sh", "#!/bin/sh\n", 0755);
    bench.write(folder / ".gitattributes", "README.md export-subst\nrun.sh export-ignore\n");
    first = commit();
    bench.write(folder / "README.md", "second\n");
    second = commit();
  }

  std::string git(std::vector<std::string> arguments) const {
    ProcessSpec spec;
    spec.argv = {"git", "-c", "user.name=t", "-c", "user.email=t@example.invalid"};
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    spec.cwd = folder;
    spec.env = {{"PATH", bench_.settings.env["PATH"]},
                {"HOME", bench_.root.string()},
                {"GIT_CONFIG_NOSYSTEM", "1"},
                {"GIT_AUTHOR_DATE", "2020-01-01T00:00:00Z"},
                {"GIT_COMMITTER_DATE", "2020-01-01T00:00:00Z"}};
    const auto result = bench_.runner->run(spec);
    INFO(result->err);
    REQUIRE(result->ok());
    return std::string(trim(result->out));
  }
  std::string commit() const {
    git({"add", "--all"});
    git({"commit", "--quiet", "-m", "x"});
    return git({"rev-parse", "HEAD"});
  }
  Source source(const std::string& hex) const {
    Source out;
    out.kind = SourceKind::git;
    out.location = "file://" + folder.string();
    out.commit = hex;
    return out;
  }

  Bench& bench_;
  Path folder;
  std::string first;
  std::string second;
};

}  // namespace

TEST_CASE("a commit becomes a tree without .git, the same for everybody, once") {
  Bench bench;
  const Repository repository(bench);
  const Source source = repository.source(repository.first);
  const auto fetched = bench.fetch(source);
  if (!fetched) FAIL(render(fetched.error()));
  CHECK(fetched->is_tree);
  CHECK_FALSE(fetched->from_cache);
  const Path target = bench.root / "laid out";
  REQUIRE(fetch::lay_out(std::vector{source}, std::vector{*fetched}, target, *bench.fs));
  CHECK(bench.fs->list(target).value() == std::vector<std::string>{".gitattributes", "README.md", "run.sh"});
  CHECK(bench.read(target / "README.md") == "first $Format:%d$\n");
  CHECK(bench.fs->stat(target / "run.sh")->mode == 0755);
  CHECK(digest_tree(*bench.fs, target).value() == fetched->digest);

  REQUIRE(remove_tree(*bench.fs, repository.folder));
  bench.settings.offline = true;
  const auto again = bench.fetch(source);
  REQUIRE(again);
  CHECK(again->from_cache);
  CHECK(again->digest == fetched->digest);
  CHECK(bench.fs->list(bench.settings.cache / "tmp")->empty());
}

TEST_CASE("a commit that only a branch's history holds is found without shallow fetching, too") {
  Bench bench;
  const Repository repository(bench);
  repository.git({"config", "uploadpack.allowAnySHA1InWant", "false"});
  repository.git({"config", "uploadpack.allowReachableSHA1InWant", "false"});
  const auto fetched = bench.fetch(repository.source(repository.first));
  REQUIRE(fetched);
  const auto other = bench.fetch(repository.source(repository.second));
  REQUIRE(other);
  CHECK(fetched->digest != other->digest);
}

TEST_CASE("submodules are left empty and told") {
  Bench bench;
  const Repository repository(bench);
  repository.git({"update-index", "--add", "--cacheinfo", "160000," + repository.first + ",third_party/lib"});
  repository.git({"commit", "--quiet", "-m", "submodule"});
  const auto fetched = bench.fetch(repository.source(repository.git({"rev-parse", "HEAD"})));
  REQUIRE(fetched);
  REQUIRE(fetched->notes.size() == 1);
  CHECK(fetched->notes.front() ==
        "`third_party/lib` of `file://" + repository.folder.string() + "` is a submodule and was left empty");
}

TEST_CASE("files of Git LFS are told, for their pointers are not what they name") {
  Bench bench;
  const Repository repository(bench);
  const std::string pointer =
      "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, 'a') + "\nsize 12345678\n";
  bench.write(repository.folder / "weights.bin", pointer);
  const std::string url = "file://" + repository.folder.string();
  const std::string rest =
      " of Git LFS, whose contents are not fetched: a `url` source with the SHA-256 that the pointer has "
      "brings such "
      "a file";
  const auto one = bench.fetch(repository.source(repository.commit()));
  REQUIRE(one);
  CHECK(one->notes == std::vector<std::string>{"`weights.bin` of `" + url + "` is a pointer" + rest});
  bench.write(repository.folder / "more.bin", pointer);
  bench.write(repository.folder / "about.md", "about " + pointer);
  const Source source = repository.source(repository.commit());
  const std::vector<std::string> two = {"2 files (the first is `more.bin`) of `" + url + "` are pointers" +
                                        rest};
  CHECK(bench.fetch(source)->notes == two);
  CHECK(bench.fetch(source)->notes == two);  // of the cache, too
}

TEST_CASE("a commit, a repository and a git that are not there are told apart") {
  Bench bench;
  const Repository repository(bench);
  const std::string nowhere(40, '1');
  const std::string url = "file://" + repository.folder.string();
  CHECK(bench.error_of(repository.source(nowhere)) ==
        "error: the git repository `" + url + "` has no commit " + nowhere + "\n  while fetching `" + url +
            "@111111111111`\nhint: it may have been removed by a force-push: look for the commit in a fork, "
            "or take "
            "another one\n");
  const std::string tree = repository.git({"rev-parse", "HEAD^{tree}"});
  CHECK(bench.error_of(repository.source(tree)).find("is a tree, not a commit") != std::string::npos);
  Source missing = repository.source(repository.first);
  missing.location = "file:///no/such/repository";
  CHECK(bench.error_of(missing).starts_with(
      "error: there is no git repository `file:///no/such/repository`: "));
  Source wrong = repository.source("HEAD");
  CHECK(bench.error_of(wrong) ==
        "error: expected a commit of 40 lower-case hexadecimal digits, got `HEAD`\n");
  bench.settings.env["PATH"] = "/nowhere";
  CHECK(bench.error_of(repository.source(repository.first)) ==
        "error: `" + url + "@" + repository.first.substr(0, 12) + "` needs git, which is not on this host\n" +
            "  while fetching `" + url + "@" + repository.first.substr(0, 12) + "`\n" +
            "hint: install it: `apt install git`, `dnf install git` or `brew install git`\n");
  CHECK(bench.cached().empty());
}

TEST_CASE("a repository of another user is told with a way that works") {
  Bench bench;
  const Repository repository(bench);
  bench.write(bench.root / "bin/git",
              "#!/bin/sh\ncase \"$*\" in *' fetch --quiet '*) ;; *) exec env PATH='" +
                  bench.settings.env["PATH"] +
                  "' git \"$@\" ;; esac\ncat >&2 <<'END'\n"
                  "fatal: detected dubious ownership in repository at '/srv/r/.git'\n"
                  "To add an exception for this directory, call:\n\n"
                  "\tgit config --global --add safe.directory /srv/r/.git\n"
                  "fatal: Could not read from remote repository.\n\nPlease make sure\nEND\nexit 128\n",
              0755);
  bench.settings.env["PATH"] = (bench.root / "bin").string() + ":" + bench.settings.env["PATH"];
  Source source = repository.source(repository.first);
  source.location = "file:///srv/r";
  CHECK(
      bench.error_of(source) ==
      "error: the git repository `file:///srv/r` is another user's, and git reads none such\n"
      "  while fetching `file:///srv/r@" +
          source.commit.substr(0, 12) +
          "`\n"
          "hint: if you trust its owner, name a clone of your own: `git config --global --add safe.directory "
          "/srv/r/.git`, then `git clone --bare file:///srv/r CLONE`\n");
}

TEST_CASE("a hostile tree is refused before it is kept") {
  Bench bench;
  const Repository repository(bench);
  REQUIRE(bench.fs->make_symlink("/etc/passwd", repository.folder / "link"));
  const std::string commit = repository.commit();
  CHECK(bench.error_of(repository.source(commit))
            .starts_with("error: the link leads to the absolute `/etc/passwd`\n  while unpacking `link`\n"));
  CHECK(bench.cached().empty());
}

TEST_CASE("git asks nobody, reads no configuration and starts no odd transport") {
  Bench bench;
  bench.write(bench.root / ".gitconfig", "[url \"file:///elsewhere/\"]\n insteadOf = file:///\n");
  const Repository repository(bench);
  CHECK(bench.error_of(repository.source(repository.first)) == "fetched");
  Source odd = repository.source(repository.second);
  odd.location = "ext::sh -c 'touch " + (bench.root / "pwned").string() + "'";
  CHECK(bench.error_of(odd).find("not allowed") != std::string::npos);
  CHECK_FALSE(exists(*bench.fs, bench.root / "pwned"));
  const HttpServer server(
      [](const Incoming&, Connection& c) { c.respond(401, "", {"WWW-Authenticate: Basic realm=\"x\""}); });
  odd.location = "http://me:hunter2@" + server.url("/repo.git").substr(7);
  const std::string error = bench.error_of(odd);
  CHECK(error.starts_with("error: the git repository `" + server.url("/repo.git") + "` wants a login: "));
  CHECK(error.find("hunter2") == std::string::npos);
}
