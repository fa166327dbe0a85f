/* A system under test as a shared library: says whether a number is prime.
 *
 * It has 1,000 samples, the numbers 1,000,000 to 1,000,999, and answers each before `issue` returns. Arguments:
 *   --crash-at N   for trying out what reef says of a library that crashes at query N
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reef/system.h"

enum { SAMPLES = 1000, FIRST = 1000000, KNOWN_PRIMES = 75 };

static const reef_host* host;
static unsigned char answered[SAMPLES];
static uint64_t crash_at;

static int is_prime(uint32_t number) {
  uint32_t divisor;
  for (divisor = 2; divisor * divisor <= number; ++divisor)
    if (number % divisor == 0) return 0;
  return 1;
}

static void issue(void* state, uint64_t query, const uint32_t* samples, size_t count) {
  size_t i;
  (void)state;
  if (query == crash_at) abort();
  for (i = 0; i < count; ++i) {
    const int prime = is_prime(FIRST + samples[i]);
    const reef_answer answer = {prime ? "prime" : "composite", prime ? 5 : 9};
    answered[samples[i]] = prime ? 2 : 1;
    host->complete(host, query, i, 1, &answer);
  }
}

static const char* end(void* state) {
  int asked = 0, primes = 0, i;
  (void)state;
  for (i = 0; i < SAMPLES; ++i) {
    asked += answered[i] != 0;
    primes += answered[i] == 2;
  }
  /* Wrong answers would show: there are that many primes in this range. */
  if (asked == SAMPLES) host->metric(host, "accuracy", primes == KNOWN_PRIMES ? 1.0 : 0.0);
  return NULL;
}

const char* reef_system_open(const reef_host* given, int argc, const char* const* argv, reef_system* system) {
  int i;
  if (given->abi != REEF_SYSTEM_ABI) return "this reef speaks another version of the interface";
  host = given;
  for (i = 1; i + 1 < argc; ++i)
    if (strcmp(argv[i], "--crash-at") == 0) crash_at = strtoull(argv[i + 1], NULL, 10);
  system->abi = REEF_SYSTEM_ABI;
  system->samples = SAMPLES;
  system->issue = issue;
  system->end = end;
  return NULL;
}
