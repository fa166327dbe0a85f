/* A library under test, well or badly behaved: arguments MODE [QUERY]. It has 10 samples; what it says to sample s
 * is s * s. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "include/reef/system.h"

static const reef_host* host;
static const char* mode = "good";
static uint64_t number;

static void answer(uint64_t query, const uint32_t* samples, size_t first, size_t count) {
  static char texts[64][24];
  static reef_answer answers[64];
  size_t i;
  if (!host->accuracy || count > 64) {
    host->complete(host, query, first, count, NULL);
    return;
  }
  for (i = 0; i < count; ++i) {
    answers[i].size = (size_t)sprintf(texts[i], "%u", samples[i] * samples[i]);
    answers[i].data = texts[i];
  }
  host->complete(host, query, first, count, answers);
}

/* A worker of its own answers, one query after the other. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;
static struct {
  uint64_t query;
  uint32_t sample;
} queue[4096];
static size_t head, tail;

static void* work(void* unused) {
  for (;;) {
    uint64_t query;
    uint32_t sample;
    pthread_mutex_lock(&mutex);
    while (head == tail) pthread_cond_wait(&news, &mutex);
    query = queue[head % 4096].query;
    sample = queue[head % 4096].sample;
    ++head;
    pthread_mutex_unlock(&mutex);
    answer(query, &sample, 0, 1);
  }
  return unused;
}

static void issue(void* state, uint64_t query, const uint32_t* samples, size_t count) {
  const int now = query == number;
  (void)state;
  if (now && strcmp(mode, "crashes") == 0) abort();
  if (now && strcmp(mode, "exits") == 0) _exit(7);
  if (now && strcmp(mode, "loses") == 0) return;
  if (now && strcmp(mode, "hangs") == 0) sleep(100);
  if (now && strcmp(mode, "fails") == 0) {
    host->fail(host, query, "out of memory");
    return;
  }
  if (strcmp(mode, "slow") == 0) usleep((useconds_t)number * 1000);
  if (now && strcmp(mode, "allocates") == 0) {
    const size_t size = (size_t)64 << 20;
    volatile char* memory = malloc(size);
    size_t i;
    for (i = 0; i < size; i += 4096) memory[i] = 1;
    free((void*)memory);
  }
  if (strcmp(mode, "prints") == 0) puts("a line that is not for reef");
  if (strcmp(mode, "parts") == 0) {
    size_t i;
    for (i = 0; i < count; ++i) answer(query, samples + i, i, 1);
    return;
  }
  if (strcmp(mode, "threaded") == 0 && count == 1) {
    pthread_mutex_lock(&mutex);
    queue[tail % 4096].query = query;
    queue[tail % 4096].sample = samples[0];
    ++tail;
    pthread_cond_signal(&news);
    pthread_mutex_unlock(&mutex);
    return;
  }
  if (now && strcmp(mode, "beyond") == 0) {
    answer(query, samples, 5, 1);
    return;
  }
  answer(now && strcmp(mode, "unknown") == 0 ? query + 5 : query, samples, 0, count);
  if (now && strcmp(mode, "twice") == 0) answer(query, samples, 0, count);
}

static const char* end(void* state) {
  (void)state;
  if (strcmp(mode, "ends-badly") == 0) return "the cache was never warm";
  if (strcmp(mode, "nameless-metric") == 0) host->metric(host, NULL, 0.5);
  if (strcmp(mode, "no-number") == 0) {
    host->metric(host, "nan", NAN);
    host->metric(host, "up", INFINITY);
    host->metric(host, "down", -INFINITY);
  }
  host->metric(host, "accuracy", 0.5);
  return NULL;
}

const char* reef_system_open(const reef_host* given, int argc, const char* const* argv, reef_system* system) {
  host = given;
  if (argc > 1) mode = argv[1];
  if (argc > 2) number = strtoull(argv[2], NULL, 10);
  if (strcmp(mode, "refuses") == 0) return "no such weights";
  if (strcmp(mode, "crashes-loading") == 0) abort();
  if (strcmp(mode, "slow-load") == 0) usleep((useconds_t)number * 1000);
  if (strcmp(mode, "threaded") == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
  }
  system->abi = strcmp(mode, "newer") == 0 ? 2 : REEF_SYSTEM_ABI;
  system->samples = strcmp(mode, "empty") == 0 ? 0 : 10;
  system->issue = issue;
  system->end = end;
  return NULL;
}
