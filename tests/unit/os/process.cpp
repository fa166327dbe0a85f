#include "core/os/process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "core/base/text.h"
#include "tests/support/processes.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef {
namespace {

using test::ScratchFolder;
using test::value;
using Words = std::vector<std::string>;

ProcessSpec child(Words arguments) {
  ProcessSpec spec;
  spec.argv = {REEF_TEST_CHILD};
  for (std::string& argument : arguments) spec.argv.push_back(std::move(argument));
  return spec;
}

ProcessResult run(const ProcessSpec& spec) { return value(make_process_runner()->run(spec)); }

std::string listed(const Words& texts) {
  std::string out;
  for (const std::string& text : texts) out += fmt::format("{}:{};", text.size(), text);
  return out;
}

std::string message_of(const ProcessSpec& spec, ErrorCode code) {
  const auto result = make_process_runner()->run(spec);
  REQUIRE(!result);
  CHECK(result.error().code() == code);
  return render(result.error());
}

TEST_CASE("arguments arrive byte for byte and nothing in them is executed") {
  Words arguments = {"",    " ",      "a b", "\"quoted\"",   "it's", "$(touch pwned)", "`touch pwned`",
                     "a=b", "-",      "\n",  "; rm -rf /\n", "*",    "\xFF\xFE",       "\xE2\x82\xAC",
                     "\\",  "${HOME}"};
  std::string all_bytes;
  for (int byte = 1; byte < 256; ++byte) all_bytes.push_back(static_cast<char>(byte));
  arguments.push_back(all_bytes);
  arguments.push_back(std::string(100'000, 'x'));
  ProcessSpec spec = child(arguments);
  spec.argv.insert(spec.argv.begin() + 1, "arguments");
  const ProcessResult result = run(spec);
  CHECK(result.ok());
  CHECK(result.out == listed(arguments));
}

TEST_CASE("the environment is what was given and nothing else, byte for byte") {
  ProcessSpec spec = child({"environment"});
  spec.env = {{"A", ""}, {"B", "x=y\n$(z) `q` \"'"}, {"UNICODE", "\xE2\x82\xAC \xFF"}, {"PATH", "/nowhere"}};
  CHECK(run(spec).out == listed({"A=", "B=x=y\n$(z) `q` \"'", "PATH=/nowhere", "UNICODE=\xE2\x82\xAC \xFF"}));
  spec.env.clear();
  CHECK(run(spec).out.empty());
}

TEST_CASE("a NUL byte in an argument or a variable is refused, not cut off") {
  using namespace std::string_literals;
  CHECK(message_of(child({"arguments", "a\0b"s}), ErrorCode::invalid_input) ==
        "error: an argument of the command has a NUL byte: `a\\x00b`\n");
  ProcessSpec spec = child({"environment"});
  spec.env = {{"A", "x\0y"s}};
  CHECK(message_of(spec, ErrorCode::invalid_input) == "error: the environment variable `A` has a NUL byte\n");
  spec.env = {{"A=B", "x"}};
  CHECK(message_of(spec, ErrorCode::invalid_input) ==
        "error: `A=B` is not the name of an environment variable\n");
}

TEST_CASE("standard input is what was given, then the end of file") {
  ProcessSpec spec = child({"copy"});
  CHECK(run(spec).out.empty());
  for (int byte = 0; byte < 256; ++byte) spec.input.push_back(static_cast<char>(byte));
  CHECK(run(spec).out == spec.input);
  // More than a pipe holds, both ways at once.
  spec.input = std::string(3'000'000, 'x') + "end";
  spec.keep = 4'000'000;
  CHECK(run(spec).out == spec.input);
}

TEST_CASE("a child that does not read its input ends as it likes") {
  ProcessSpec spec = child({"exit", "5"});
  spec.input = std::string(1'000'000, 'x');
  const ProcessResult result = run(spec);
  CHECK(result.kind == ExitKind::exited);
  CHECK(result.status == 5);
}

TEST_CASE("both output streams are kept apart") {
  const ProcessResult result = run(child({"both"}));
  CHECK(result.out == "to out\n");
  CHECK(result.err == "to err\n");
}

TEST_CASE("every byte of output is seen in order by the one who watches") {
  std::string out;
  std::string err;
  ProcessSpec spec = child({"flood", "1000000"});
  spec.keep = 10;
  spec.on_output = [&](Stream stream, std::string_view bytes) {
    (stream == Stream::out ? out : err) += bytes;
  };
  const ProcessResult result = run(spec);
  CHECK(result.out == "e\nthe end\n");
  CHECK(out.size() == 1'000'000 + 8);
  CHECK(out.ends_with("the end\n"));
  CHECK(err.empty());
}

TEST_CASE("the exit status and the name of a signal are passed on") {
  for (const int status : {0, 1, 7, 125, 255}) {
    const ProcessResult result = run(child({"exit", std::to_string(status)}));
    CHECK(result.kind == ExitKind::exited);
    CHECK(result.status == status);
    CHECK(result.ok() == (status == 0));
  }
  CHECK(describe_exit(run(child({"exit", "7"}))) == "exit status 7");
  const ProcessResult crashed = run(child({"raise", std::to_string(SIGSEGV)}));
  CHECK(crashed.kind == ExitKind::signalled);
  CHECK(crashed.status == SIGSEGV);
  CHECK_FALSE(crashed.ok());
  CHECK(describe_exit(crashed) == "killed by SIGSEGV (Segmentation fault)");
  CHECK(describe_exit(run(child({"raise", "9"}))) == "killed by SIGKILL (Killed)");
}

TEST_CASE("a child that closes its output early is waited for") {
  const ProcessResult result = run(child({"close"}));
  CHECK(result.kind == ExitKind::exited);
  CHECK(result.status == 3);
}

TEST_CASE("a child inherits its three streams and no signal setting of ours") {
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGUSR1, &ignore, &before);
  sigset_t blocked;
  sigset_t mask_before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &blocked, &mask_before);
  const std::string seen = run(child({"inherited"})).out;
  pthread_sigmask(SIG_SETMASK, &mask_before, nullptr);
  sigaction(SIGUSR1, &before, nullptr);
  CHECK(seen == "0 1 2 ");
}

TEST_CASE("children work when our own standard streams are closed") {
  const pid_t closed = fork();
  if (closed == 0) {
    for (const int fd : {0, 1, 2}) close(fd);
    ProcessSpec spec = child({"copy"});
    spec.input = "through";
    const auto copied = make_process_runner()->run(spec);
    const auto both = make_process_runner()->run(child({"both"}));
    const bool right =
        copied && copied->out == "through" && both && both->out == "to out\n" && both->err == "to err\n";
    _exit(right ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(closed, &status, 0) == closed);
  CHECK(status == 0);
}

TEST_CASE("a child runs in the folder that was asked for") {
  ScratchFolder scratch;
  ProcessSpec spec = child({"folder"});
  spec.cwd = scratch.path();
  CHECK(run(spec).out == scratch.path().string());
  spec.cwd.clear();
  CHECK(run(spec).out == std::filesystem::current_path().string());
}

TEST_CASE("programs are found on the PATH of the child, not on ours") {
  ScratchFolder scratch;
  scratch.write("a/tool", "#!/bin/sh\necho first \"$1\"\n", 0755);
  scratch.write("b/tool", "#!/bin/sh\necho second\n", 0755);
  scratch.write("c/tool", "not executable", 0644);
  ProcessSpec spec;
  spec.argv = {"tool", "x y"};
  spec.env = {{"PATH", fmt::format("{}:{}::{}:{}", (scratch / "nowhere").string(), (scratch / "c").string(),
                                   (scratch / "a").string(), (scratch / "b").string())}};
  CHECK(run(spec).out == "first x y\n");
}

TEST_CASE("a program that is not there is not found, and the message says where it was sought") {
  ProcessSpec spec;
  spec.argv = {"no-such-tool"};
  CHECK(message_of(spec, ErrorCode::not_found) ==
        "error: cannot find the program `no-such-tool`: PATH is empty\n");
  spec.env = {{"PATH", ""}};
  CHECK(message_of(spec, ErrorCode::not_found) ==
        "error: cannot find the program `no-such-tool`: PATH is empty\n");
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  CHECK(message_of(spec, ErrorCode::not_found) ==
        "error: cannot find the program `no-such-tool` on PATH=/usr/bin:/bin\n");
  spec.argv = {"/no/such/tool"};
  CHECK(message_of(spec, ErrorCode::not_found) ==
        "error: cannot start `/no/such/tool`: No such file or directory\n");
}

TEST_CASE("a command without a program is refused") {
  CHECK(message_of({}, ErrorCode::invalid_input) == "error: the command has no program\n");
  ProcessSpec spec;
  spec.argv = {"", "x"};
  CHECK(message_of(spec, ErrorCode::invalid_input) == "error: the command has no program\n");
}

TEST_CASE("a file that cannot be executed is named with what to do about it") {
  ScratchFolder scratch;
  scratch.write("plain", "#!/bin/sh\n", 0644);
  scratch.write("text", "echo this is no program\n", 0755);
  scratch.write("orphan", "#!/no/such/interpreter\n", 0755);
  ProcessSpec spec;
  spec.argv = {(scratch / "plain").string()};
  CHECK(
      message_of(spec, ErrorCode::io) ==
      fmt::format("error: cannot start `{0}`: Permission denied\nhint: make it executable: `chmod +x {1}`\n",
                  spec.argv[0], shell_quoted(spec.argv[0])));
  spec.argv = {(scratch / "text").string()};
  CHECK(
      message_of(spec, ErrorCode::io) ==
      fmt::format(
          "error: cannot start `{}`: Exec format error\nhint: it is not a program of this machine; a script "
          "needs `#!` and its interpreter as first line\n",
          spec.argv[0]));
  spec.argv = {(scratch / "orphan").string()};
  CHECK(message_of(spec, ErrorCode::not_found) ==
        fmt::format("error: cannot start `{}`: its interpreter is not there\nhint: look at its first line: "
                    "`head -1 {}`\n",
                    spec.argv[0], shell_quoted(spec.argv[0])));
  spec.argv = {scratch.path().string()};
  CHECK(message_of(spec, ErrorCode::io) ==
        fmt::format("error: cannot start `{}`: it is a folder\nhint: name a program in it\n",
                    scratch.path().string()));
}

TEST_CASE("a folder that is not there is blamed, not the program") {
  ScratchFolder scratch;
  ProcessSpec spec = child({"folder"});
  spec.cwd = scratch / "nowhere";
  CHECK(message_of(spec, ErrorCode::not_found) ==
        fmt::format("error: cannot start `{}`: the folder `{}` is not there\n", REEF_TEST_CHILD,
                    spec.cwd.string()));
  scratch.write("file", "");
  spec.cwd = scratch / "file";
  CHECK(message_of(spec, ErrorCode::not_found) ==
        fmt::format("error: cannot start `{}`: the folder `{}` is not there\n", REEF_TEST_CHILD,
                    spec.cwd.string()));
}

TEST_CASE("an argument list that is too long is an error, not a crash") {
  ProcessSpec spec = child({"arguments", std::string(200'000, 'x')});
  CHECK(message_of(spec, ErrorCode::io).find("Argument list too long") != std::string::npos);
}

TEST_CASE("paths with blanks, quotes and unicode work as program, folder and argument") {
  ScratchFolder scratch;
  const std::string name = "a b'c\"d$e \xC3\xA9\n/run me";
  scratch.write(name, "#!/bin/sh\nprintf %s \"$1\" >\"out put\"\n", 0755);
  ProcessSpec spec;
  spec.argv = {(scratch / name).string(), name};
  spec.cwd = (scratch / name).parent_path();
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  CHECK(run(spec).ok());
  CHECK(scratch.read("a b'c\"d$e \xC3\xA9\n/out put") == name);
}

TEST_CASE("time, memory and processor use of a child are measured") {
  const ProcessResult spun = run(child({"spin", "0.1"}));
  CHECK(spun.wall >= std::chrono::milliseconds(90));
  CHECK(spun.user + spun.system >= std::chrono::milliseconds(90));
  const ProcessResult large = run(child({"allocate", "100000000"}));
  CHECK(large.peak_memory >= 100'000'000);
  CHECK(large.peak_memory < 400'000'000);
}

TEST_CASE("many children at once from many threads do not mix their output") {
  const auto runner = make_process_runner();
  std::vector<std::string> seen(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < seen.size(); ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        ProcessSpec spec = child({"copy"});
        spec.input = fmt::format("{} {} ", i, round);
        const auto result = runner->run(spec);
        seen[i] += result ? result->out : render(result.error());
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < seen.size(); ++i) {
    std::string wanted;
    for (int round = 0; round < 20; ++round) wanted += fmt::format("{} {} ", i, round);
    CHECK(seen[i] == wanted);
  }
}

TEST_CASE("a program that is being written is busy: it may be started at another time") {
  ScratchFolder scratch;
  scratch.write("tool", value(scratch.disk().read_file(REEF_TEST_CHILD)), 0755);
  const std::ofstream writer(scratch / "tool", std::ios::app);
  ProcessSpec spec;
  spec.argv = {(scratch / "tool").string()};
  CHECK(message_of(spec, ErrorCode::busy) ==
        fmt::format("error: cannot start `{}`: Text file busy\n", spec.argv[0]));
}

TEST_CASE("a program that was written a moment ago can be started while other threads start others") {
  // A sibling that forked while our file was open for writing still has it open for a moment: ETXTBSY.
  ScratchFolder scratch;
  const std::string program = value(scratch.disk().read_file(REEF_TEST_CHILD));
  const auto runner = make_process_runner();
  std::vector<std::string> problems(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < problems.size(); ++i)
    threads.emplace_back([&, i] {
      const auto disk = make_disk();
      for (int round = 0; round < 25 && problems[i].empty(); ++round) {
        const Path path = scratch / fmt::format("program-{}-{}", i, round);
        if (!disk->write_file(path, program, false) || !disk->set_mode(path, 0755))
          problems[i] = "cannot write";
        ProcessSpec spec;
        spec.argv = {path.string(), "exit", "0"};
        const auto result = runner->run(spec);
        if (!result) problems[i] = render(result.error());
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(problems == std::vector<std::string>(4));
}

TEST_CASE("an interactive child has our streams and keeps nothing") {
  ProcessSpec spec = child({"exit", "4"});
  spec.interactive = true;
  const ProcessResult result = run(spec);
  CHECK(result.kind == ExitKind::exited);
  CHECK(result.status == 4);
  CHECK(result.out.empty());
}

TEST_CASE("find_program takes the first executable file of a search path") {
  ScratchFolder scratch;
  scratch.write("one/tool", "", 0644);
  scratch.write("two/tool", "", 0755);
  scratch.write("three/tool/inner", "", 0755);
  const std::string search = fmt::format("{}:{}:{}", (scratch / "three").string(), (scratch / "one").string(),
                                         (scratch / "two").string());
  CHECK(find_program(scratch.disk(), "tool", search) == scratch / "two/tool");
  CHECK(find_program(scratch.disk(), "other", search) == std::nullopt);
  CHECK(find_program(scratch.disk(), "tool", "") == std::nullopt);
  CHECK(find_program(scratch.disk(), "./tool", search) == Path("./tool"));
}

}  // namespace
}  // namespace reef
