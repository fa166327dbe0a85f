// Sources at a git commit, through the host's git. The tree is kept as one tar, so that the cache holds files
// only.
#include <algorithm>

#include "core/archive/unpack.h"
#include "core/base/text.h"
#include "core/base/url.h"
#include "core/fetch/answers.h"
#include "core/fetch/job.h"
#include "core/os/environment.h"

namespace reef::fetch {
namespace {

enum class Trouble { other, passing, no_commit, no_repository, login, certificate, host, owner, redirect };

struct Sign {
  std::string_view text;
  Trouble trouble;
};

// What git (2.20 to 2.47) writes in the C locale.
constexpr Sign kSigns[] = {
    {"dubious ownership", Trouble::owner},
    {"returned error: 3", Trouble::redirect},
    {"not our ref", Trouble::no_commit},
    {"unadvertised object", Trouble::no_commit},
    {"couldn't find remote ref", Trouble::no_commit},
    {"Could not resolve host", Trouble::host},
    {"certificate", Trouble::certificate},
    {"could not read Username", Trouble::login},
    {"could not read Password", Trouble::login},
    {"Authentication failed", Trouble::login},
    {"Permission denied (", Trouble::login},
    {"does not appear to be a git repository", Trouble::no_repository},
    {"not found", Trouble::no_repository},
    {"does not exist", Trouble::no_repository},
    {"Connection timed out", Trouble::passing},
    {"Connection refused", Trouble::passing},
    {"Failed to connect", Trouble::passing},
    {"Operation too slow", Trouble::passing},
    {"early EOF", Trouble::passing},
    {"hung up unexpectedly", Trouble::passing},
    {"RPC failed", Trouble::passing},
    {"returned error: 5", Trouble::passing},
    {"returned error: 429", Trouble::passing},
};

Trouble trouble_of(std::string_view text) {
  for (const Sign& sign : kSigns)
    if (text.find(sign.text) != std::string_view::npos) return sign.trouble;
  return Trouble::other;
}

std::string without_secrets(std::string text, const std::string& url) {
  const std::string secret = split_url(url).userinfo + "@";
  for (std::size_t at = text.find(secret); secret.size() > 1 && at != std::string::npos;
       at = text.find(secret, at))
    text.erase(at, secret.size());
  return text;
}

// The last line git wrote that is about a failure, without its "fatal: ", and without what it says after
// every failure to read.
std::string last_words(const ProcessResult& result, const std::string& url) {
  constexpr std::string_view kAlwaysSaid = "fatal: Could not read from remote repository.";
  std::vector<std::string> lines = lines_of(trim(result.err));
  const auto always = std::find(lines.begin(), lines.end(), kAlwaysSaid);
  if (always != lines.begin()) lines.erase(always, lines.end());
  if (lines.empty()) return describe_exit(result);
  constexpr std::size_t kPrefix = 7;
  const auto failure = std::find_if(lines.rbegin(), lines.rend(), [](const std::string& line) {
    return line.starts_with("fatal: ") || line.starts_with("error: ");
  });
  const std::string line = failure == lines.rend() ? lines.back() : failure->substr(kPrefix);
  return printable(without_secrets(line, url));
}

// The host's git for one repository, in a folder of its own.
class Git {
 public:
  // label: what messages call what is wanted.
  Git(const std::string& location, std::string label, Session& session, const Path& folder)
      : location_(location),
        label_(std::move(label)),
        session_(session),
        folder_(folder),
        shown_(without_credentials(location)) {}

  Result<ProcessResult> run(std::vector<std::string> arguments) {
    ProcessSpec spec;
    const auto stall = std::max<std::int64_t>(1, session_.settings.stall_timeout.count() / 1000);
    spec.argv = {"git",
                 "-C",
                 folder_.string(),
                 "-c",
                 "gc.auto=0",
                 "-c",
                 "core.hooksPath=/dev/null",
                 "-c",
                 "http.lowSpeedLimit=" + std::to_string(session_.settings.lowest_speed),
                 "-c",
                 "http.lowSpeedTime=" + std::to_string(stall)};
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    spec.env = environment();
    spec.cancel = &session_.cancel;
    auto result = session_.runner.run(spec);
    if (!result && result.error().code() == ErrorCode::not_found)
      return make_error(ErrorCode::not_found, "`{}` needs git, which is not on this host", label_)
          .hint("install it: `apt install git`, `dnf install git` or `brew install git`");
    if (result && result->kind == ExitKind::cancelled)
      return make_error(ErrorCode::interrupted, "interrupted");
    return result;
  }

  Status must(std::vector<std::string> arguments) {
    TRY(const ProcessResult result, run(std::move(arguments)));
    if (result.ok()) return {};
    return make_error(ErrorCode::io, "git failed for `{}`: {}", shown_, last_words(result, location_));
  }

  // The same again after a while when the failure may pass; `no_commit`: what is said when that is missing.
  template <class Command, class NoCommit>
  Result<ProcessResult> patiently(const Command& command, const NoCommit& no_commit) {
    for (int n = 0;; ++n) {
      TRY_STATUS(session_.check());
      TRY(ProcessResult result, command());
      if (result.ok()) return result;
      const bool is_passing = trouble_of(result.err) == Trouble::passing;
      if (!is_passing || n >= session_.settings.retries) {
        if (trouble_of(result.err) == Trouble::no_commit) return tl::make_unexpected(no_commit());
        return tl::make_unexpected(error_of(result));
      }
      TRY_STATUS(pause(session_, back_off(session_, n)));
    }
  }

  const std::string& shown() const { return shown_; }

 private:
  // No configuration of the user's or the system's, no question, no helper programs, no unusual transports.
  Environment environment() const {
    Environment env = network_variables(session_.settings.env);
    env["HOME"] = folder_.string();
    env["GIT_CONFIG_NOSYSTEM"] = "1";
    env["GIT_CONFIG_GLOBAL"] = "/dev/null";
    env["GIT_CONFIG_SYSTEM"] = "/dev/null";
    env["GIT_TERMINAL_PROMPT"] = "0";
    env["GIT_ASKPASS"] = "true";
    env["SSH_ASKPASS"] = "true";
    env["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes -o ConnectTimeout=15";
    env["GIT_ALLOW_PROTOCOL"] = "file:git:http:https:ssh";
    const Environment& user = session_.settings.env;
    if (const std::string file = get_or(user, "SSL_CERT_FILE", get_or(user, "CURL_CA_BUNDLE", ""));
        !file.empty())
      env.try_emplace("GIT_SSL_CAINFO", file);
    if (has_login()) {
      // By the environment, for everybody sees command lines. git would send it where it is redirected to.
      env["GIT_CONFIG_COUNT"] = "2";
      env["GIT_CONFIG_KEY_0"] = "http." + location_ + ".extraHeader";
      env["GIT_CONFIG_VALUE_0"] = "Authorization: " + session_.settings.git_login;
      env["GIT_CONFIG_KEY_1"] = "http.followRedirects";
      env["GIT_CONFIG_VALUE_1"] = "false";
    }
    return env;
  }

  bool has_login() const {
    const std::string scheme = split_url(location_).scheme;
    return !session_.settings.git_login.empty() && (scheme == "https" || scheme == "http");
  }

  Error error_of(const ProcessResult& result) const {
    const std::string words = last_words(result, location_);
    switch (trouble_of(result.err)) {
      case Trouble::no_repository:
        return make_error(ErrorCode::not_found, "there is no git repository `{}`: {}", shown_, words)
            .hint(session_.settings.login_hint.empty()
                      ? "a private repository looks the same to us: we never ask for a password"
                      : session_.settings.login_hint)
            .take();
      case Trouble::login:
        return make_error(ErrorCode::network, "the git repository `{}` wants a login: {}", shown_, words)
            .hint(session_.settings.login_hint.empty()
                      ? "use ssh with a key in your agent, or fetch it by other means and name it as a `path`"
                      : session_.settings.login_hint)
            .take();
      case Trouble::redirect:
        return make_error(ErrorCode::network, "the git repository `{}` is elsewhere: {}", shown_, words)
            .hint("name the address that it leads to; a login is sent to none but the one that is named")
            .take();
      case Trouble::certificate:
        return make_error(ErrorCode::network, "cannot trust the git server of `{}`: {}", shown_, words)
            .hint("if you trust that authority, name its certificate in `SSL_CERT_FILE`")
            .take();
      case Trouble::owner: {
        // git reads the configuration of such a repository only for those who said so in their own
        // configuration, which is not read here.
        const std::string folder = words.substr(std::min(words.find('\'') + 1, words.size()));
        return make_error(ErrorCode::io, "the git repository `{}` is another user's, and git reads none such",
                          shown_)
            .hint(fmt::format("if you trust its owner, name a clone of your own: `git config --global --add "
                              "safe.directory {}`, then `git clone --bare {} CLONE`",
                              shell_quoted(folder.substr(0, folder.find('\''))), shell_quoted(shown_)))
            .take();
      }
      default:
        return make_error(ErrorCode::network, "cannot fetch from the git repository `{}`: {}", shown_, words)
            .take();
    }
  }

  const std::string& location_;
  std::string label_;
  Session& session_;
  const Path& folder_;
  std::string shown_;
};

class Checkout {
 public:
  Checkout(const Request& request, Session& session, Path folder)
      : request_(request),
        source_(*request.source),
        session_(session),
        folder_(std::move(folder)),
        git_(source_.location, label_of(source_), session, folder_) {}

  Result<Fetched> run() {
    TRY_STATUS(get_commit());
    TRY_STATUS(check_commit());
    const Path tar = folder_ / "tree.tar";
    TRY_STATUS(export_tree(tar));
    TRY(Cache::Alias alias, examine(tar));
    TRY(const Cache::Entry entry, session_.cache.put(tar, alias.file));
    TRY_STATUS(session_.cache.put_alias("git", source_.commit, alias));
    Fetched out;
    out.path = entry.path;
    out.digest = alias.tree;
    out.is_tree = true;
    out.bytes = entry.bytes;
    out.notes = std::move(alias.notes);
    return out;
  }

 private:
  // The one commit; when the server does not give single commits, all branches and tags.
  Status get_commit() {
    TRY_STATUS(git_.must({"init", "--quiet", "--bare", "--template=", "."}));
    const auto fetch = [&]() -> Result<ProcessResult> {
      TRY(ProcessResult result,
          git_.run({"fetch", "--quiet", "--no-tags", "--depth=1", "--no-recurse-submodules", "--",
                    source_.location, source_.commit}));
      if (result.ok() || trouble_of(result.err) != Trouble::no_commit) return result;
      return git_.run({"fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--", source_.location,
                       "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"});
    };
    return git_.patiently(fetch, [&] { return no_commit(); }).map([](const ProcessResult&) {});
  }

  Error no_commit() const {
    return make_error(ErrorCode::not_found, "the git repository `{}` has no commit {}", git_.shown(),
                      source_.commit)
        .hint("it may have been removed by a force-push: look for the commit in a fork, or take another one")
        .take();
  }

  Status check_commit() {
    TRY(const ProcessResult result, git_.run({"cat-file", "-t", source_.commit}));
    if (!result.ok()) return tl::make_unexpected(no_commit());
    if (trim(result.out) == "commit") return {};
    return make_error(ErrorCode::invalid_input, "{} in `{}` is a {}, not a commit", source_.commit,
                      git_.shown(), trim(result.out));
  }

  // The files as they were committed: attributes may neither leave files out nor put changing text in.
  Status export_tree(const Path& tar) {
    TRY_STATUS(make_folders(session_.fs, folder_ / "info"));
    TRY_STATUS(
        session_.fs.write_file(folder_ / "info" / "attributes", "* -export-ignore -export-subst\n", false));
    return git_.must(
        {"-c", "tar.umask=0022", "archive", "--format=tar", "--output=" + tar.string(), source_.commit});
  }

  // Unpacks the tree once: for its digest, and so that a hostile one is refused here.
  Result<Cache::Alias> examine(const Path& tar) {
    const Path tree = folder_ / "tree";
    UnpackOptions options;
    options.name = "tree.tar";
    options.cancel = &session_.cancel;
    // A tar of files full of zeros is no bomb: git itself has unpacked it already.
    options.limits.free_bytes = options.limits.bytes;
    if (request_.any_links) options.allows_link = [](const Path&, const std::string&) { return true; };
    TRY_STATUS(with_context(unpack_archive(tar, tree, options, session_.fs), [&] {
      return fmt::format("examining commit {} of `{}`", source_.commit, git_.shown());
    }));
    Cache::Alias alias;
    TRY(alias.file, digest_file(tar));
    TRY(alias.tree, digest_tree(session_.fs, tree));
    TRY(alias.notes, not_fetched(tree));
    return alias;
  }

  // What the commit only names: submodules, and files that git-lfs keeps elsewhere.
  Result<std::vector<std::string>> not_fetched(const Path& tree) {
    TRY(const ProcessResult result, git_.run({"ls-tree", "-r", "-z", source_.commit}));
    std::vector<std::string> notes;
    std::vector<std::string> pointers;
    for (const std::string& line : split(result.out, '\0')) {
      const std::size_t tab = line.find('\t');
      if (tab == std::string::npos) continue;
      const std::string file = line.substr(tab + 1);
      if (line.starts_with("160000 "))
        notes.push_back(
            fmt::format("`{}` of `{}` is a submodule and was left empty", printable(file), git_.shown()));
      else if (line.starts_with("100") && is_lfs_pointer(tree / file))
        pointers.push_back(printable(file));
    }
    if (!pointers.empty()) notes.push_back(lfs_note(pointers));
    return notes;
  }

  // https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
  bool is_lfs_pointer(const Path& file) const {
    constexpr std::uint64_t kLargestPointer = 1024;
    const Result<FileStat> stat = session_.fs.stat(file, false);
    if (!stat || stat->size >= kLargestPointer) return false;
    const Result<std::string> text = session_.fs.read_file(file, kLargestPointer);
    return text && text->starts_with("version https://git-lfs.github.com/spec/v1\n");
  }

  std::string lfs_note(const std::vector<std::string>& pointers) const {
    const bool one = pointers.size() == 1;
    return fmt::format(
        "{} of `{}` {} of Git LFS, whose contents are not fetched: a `url` source with the SHA-256 that the "
        "pointer has brings such a file",
        one ? fmt::format("`{}`", pointers.front())
            : fmt::format("{} files (the first is `{}`)", pointers.size(), pointers.front()),
        git_.shown(), one ? "is a pointer" : "are pointers");
  }

  const Request& request_;
  const Source& source_;
  Session& session_;
  Path folder_;
  Git git_;
};

// What `git ls-remote` says a ref means: a branch before a tag, of a tag the commit that it is for.
std::string commit_in(const std::string& listing, const std::string& ref) {
  const std::vector<std::string> wanted =
      ref.empty() ? std::vector<std::string>{"HEAD"}
                  : std::vector<std::string>{"refs/heads/" + ref, "refs/tags/" + ref + "^{}",
                                             "refs/tags/" + ref, ref};
  for (const std::string& name : wanted)
    for (const std::string& line : lines_of(listing)) {
      const std::size_t tab = line.find('\t');
      if (tab == 40 && std::string_view(line).substr(tab + 1) == name) return line.substr(0, tab);
    }
  return "";
}

bool is_commit(std::string_view text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Status check_git_source(const Source& source) {
  if (is_commit(source.commit)) return {};
  return make_error(ErrorCode::invalid_input,
                    "expected a commit of 40 lower-case hexadecimal digits, got `{}`",
                    printable(source.commit))
      .at(source.place);
}

// A source may pin the digest of its tree, too.
Status check_tree(const Source& source, const Fetched& fetched) {
  if (!source.sha256 || *source.sha256 == fetched.digest) return {};
  return tl::make_unexpected(
      wrong_digest_error(label_of(source), source.sha256->hex(), fetched.digest.hex()));
}

}  // namespace

Result<std::optional<Fetched>> find_git(const Source& source, Session& session) {
  TRY_STATUS(check_git_source(source));
  TRY(std::optional<Cache::Alias> alias, session.cache.find_alias("git", source.commit));
  if (!alias) return std::optional<Fetched>();
  TRY(const std::optional<Cache::Entry> entry, session.cache.find(alias->file));
  if (!entry) return std::optional<Fetched>();
  Fetched out;
  out.path = entry->path;
  out.digest = alias->tree;
  out.is_tree = true;
  out.bytes = entry->bytes;
  out.from_cache = true;
  out.notes = std::move(alias->notes);
  TRY_STATUS(check_tree(source, out));
  return out;
}

Result<Fetched> get_git(const Request& request, Session& session) {
  const Source& source = *request.source;
  TRY(const FileLock lock, session.cache.lock("git-" + source.commit, session.cancel));
  TRY(std::optional<Fetched> found, find_git(source, session));
  if (found) return *std::move(found);
  TRY(const TemporaryFolder folder, session.cache.temporary_folder("git-"));
  TRY(Fetched fetched, Checkout(request, session, folder.path()).run());
  TRY_STATUS(check_tree(source, fetched));
  return fetched;
}

Result<std::string> find_commit(const std::string& url, const std::string& ref, const Settings& settings,
                                Filesystem& fs, ProcessRunner& runner, HttpClient& client, Clock& clock,
                                const Cancellation& cancel) {
  if (is_commit(ref)) return ref;
  if (settings.offline && split_url(url).scheme != "file")
    return make_error(ErrorCode::network, "offline: cannot ask the git repository `{}`",
                      without_credentials(url));
  if (ref.starts_with('-') || ref.find_first_of(" \t\n*?[\\^~:") != std::string::npos)
    return make_error(ErrorCode::invalid_input, "`{}` cannot be the name of a branch or tag", printable(ref));
  Cache cache(fs, settings.cache, {settings.always_verified, settings.verify_all});
  TRY_STATUS(cache.prepare(clock.now()));
  Session session{settings, fs, runner, client, clock, cancel, cache, silent_progress()};
  TRY(const TemporaryFolder folder, cache.temporary_folder("git-"));
  Git git(url, printable(without_credentials(url)), session, folder.path());
  const auto missing = [&] {
    return make_error(ErrorCode::not_found, "the git repository `{}` has no branch or tag `{}`", git.shown(),
                      ref.empty() ? "HEAD" : printable(ref))
        .take();
  };
  const auto list = [&] {
    std::vector<std::string> command = {"ls-remote", "--quiet", "--", url};
    if (ref.empty())
      command.emplace_back("HEAD");
    else
      command.insert(command.end(), {ref, ref + "^{}"});
    return git.run(std::move(command));
  };
  TRY(const ProcessResult result, git.patiently(list, missing));
  std::string commit = commit_in(result.out, ref);
  if (commit.empty()) return tl::make_unexpected(missing());
  return commit;
}

}  // namespace reef::fetch
