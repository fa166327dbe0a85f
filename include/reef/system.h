/*
 * reef/system.h: how a shared library is measured by reef.
 *
 * Copyright the reef authors. SPDX-License-Identifier: Apache-2.0
 * You may copy this file into your package as it is.
 *
 * A package names its library in a benchmark:
 *
 *   "benchmark": {"scenario": "server", "rate": 2000, "library": ["${prefix}/lib/system.so", "--weights",
 * "..."]}
 *
 * reef loads the library into a process of its own, calls reef_system_open once, hands over queries by
 * `issue`, and calls `end` when there are no more. A library that crashes ends that process, not reef.
 *
 * C99 and C++. Everything here keeps its meaning as long as REEF_SYSTEM_ABI stays the same.
 */
#ifndef REEF_SYSTEM_H
#define REEF_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define REEF_SYSTEM_ABI 1

/* What the system said to one sample: bytes that reef copies and does not interpret. */
typedef struct reef_answer {
  const void* data;
  size_t size;
} reef_answer;

/* What reef offers; valid until `end` has returned. Every function may be called from any thread. */
typedef struct reef_host {
  uint32_t abi; /* REEF_SYSTEM_ABI of reef */
  void* reef;   /* reef's own */

  /* `count` samples of a query are answered, from its sample number `first` on, at this moment: the latency
   * of a query ends when the last of its samples is answered. May be called while `issue` runs. `answers` has
   * `count` elements, or is NULL when the system has nothing to show; only accuracy runs look at them. */
  void (*complete)(const struct reef_host* host, uint64_t query, size_t first, size_t count,
                   const reef_answer* answers);

  /* A query cannot be answered; ends the run. */
  void (*fail)(const struct reef_host* host, uint64_t query, const char* why);

  /* A number for the record, such as "accuracy"; best called from `end`. */
  void (*metric)(const struct reef_host* host, const char* name, double value);

  /* 1 in accuracy runs: every sample is asked once, in order, and its answer is kept. */
  int accuracy;
} reef_host;

/* What the library offers; filled in by reef_system_open. */
typedef struct reef_system {
  uint32_t abi;     /* REEF_SYSTEM_ABI of the library */
  uint64_t samples; /* how many it has, numbered from 0; 1 to 2^31 */
  void* state;      /* the library's own, handed to the functions below */

  /* Answer these samples. One thread calls it; it may answer before it returns, or later from any thread, in
   * any order. In the server scenario it is called again while earlier queries wait: a library that answers
   * before it returns makes the next query late, and that counts. `samples` is valid until this returns, and
   * for queries of several samples until they are answered. */
  void (*issue)(void* state, uint64_t query, const uint32_t* samples, size_t count);

  /* No more queries. Returns NULL, or what went wrong. May be NULL. */
  const char* (*end)(void* state);
} reef_system;

/*
 * The one function that a library exports. Loads everything: the time it takes is reported as load time.
 * argv[0] is the library's path, the rest are the arguments of the manifest; argv[argc] is NULL.
 * Returns NULL, or what went wrong: a text that stays valid.
 */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const char*
reef_system_open(const reef_host* host, int argc, const char* const* argv, reef_system* system);

#ifdef __cplusplus
}
#endif

#endif
