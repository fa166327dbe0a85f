// A program that speaks the line protocol, well or badly: `bench_peer MODE [N]`.
// It has 10 samples; what it answers to sample s is s * s. N is a query, a time or a number of samples.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <thread>

namespace {

void say(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void sleep_ms(long ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

void chatter_for_ever() {
  const std::string line(200, 'x');
  for (;;) std::fprintf(stderr, "%s\n", line.c_str());
}

// Uses that much CPU time, however busy the machine is.
void burn(long ms) {
  const std::clock_t until = std::clock() + ms * (CLOCKS_PER_SEC / 1000);
  while (std::clock() < until) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "good";
  const long number = argc > 2 ? std::atol(argv[2]) : 0;
  std::signal(SIGPIPE, SIG_IGN);
  const long samples = mode == "samples" ? number : 10;
  if (mode == "chatter") std::thread(chatter_for_ever).detach();
  if (mode == "slow-load") sleep_ms(number);
  if (mode == "banner") say("Loading the model...\n");
  if (mode == "dies-loading") return 5;
  if (mode == "silent") sleep_ms(60'000);
  if (mode == "endless-line") {
    const std::string piece(4096, 'y');
    for (;;) std::fputs(piece.c_str(), stdout);
  }
  say("reef-protocol " + std::string(mode == "version-2" ? "2 " : "1 ") + std::to_string(samples) + "\n");
  if (mode == "closes-input" && number == 0) {
    close(0);
    sleep_ms(60'000);
  }

  std::set<long> seen;
  std::string line;
  while (std::getline(std::cin, line) && line != "end") {
    std::istringstream words(line);
    std::string kind;
    long id = 0;
    words >> kind >> id;
    std::string answers;
    for (long sample = 0; words >> sample;) {
      answers += " " + std::to_string(sample * sample);
      seen.insert(sample);
    }
    const bool now = id == number;
    if (now && mode == "loses") continue;
    if (now && mode == "dies") {
      std::fputs("out of luck\nno memory left\n", stderr);
      return 3;
    }
    if (now && mode == "crashes") {
      std::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler would turn it into an exit
      raise(SIGSEGV);
    }
    if (now && mode == "closes-input") {
      close(0);
      sleep_ms(60'000);
    }
    if (now && mode == "closes-output") {
      std::fclose(stdout);
      sleep_ms(60'000);
    }
    if (now && mode == "dies-halfway") {
      say("a " + std::to_string(id));
      return 3;
    }
    if (now && mode == "garbage") answers = "\x01\xff oops";
    if (now && mode == "too-few") answers.clear();
    if (mode == "slow") sleep_ms(number);
    if (mode == "burns") burn(number);
    if (now && mode == "error")
      say("e " + std::to_string(id) + " the sample is damaged\n");
    else if (now && mode == "garbage")
      say("\x01\xff oops\n");
    else
      say("a " + std::to_string(now && mode == "disorder" ? id + 1 : id) + answers + "\n");
    if (now && mode == "twice") say("a " + std::to_string(id) + answers + "\n");
  }
  if (mode == "says-more") say("bye\n");
  if (mode == "stays") sleep_ms(60'000);
  std::fprintf(stderr, "answered %zu different samples\n", seen.size());
  return mode == "exits-badly" ? 4 : 0;
}
