/* A system that does nothing: the floor under every query. Argument: "each" answers samples one by one. What its
 * process, in which the load generator is, had in memory at most is its metric "resident", in kB. */
#include <stdio.h>
#include <string.h>

#include "include/reef/system.h"

static const reef_host* host;
static int each;

static void issue(void* state, uint64_t query, const uint32_t* samples, size_t count) {
  size_t i;
  (void)state;
  (void)samples;
  if (!each) {
    host->complete(host, query, 0, count, NULL);
    return;
  }
  for (i = 0; i < count; ++i) host->complete(host, query, i, 1, NULL);
}

static const char* end(void* state) {
  char line[256];
  long kilobytes = 0;
  FILE* status = fopen("/proc/self/status", "r");
  (void)state;
  if (status == NULL) return "cannot read /proc/self/status";
  while (fgets(line, sizeof line, status) != NULL)
    if (sscanf(line, "VmHWM: %ld", &kilobytes) == 1) break;
  fclose(status);
  host->metric(host, "resident", (double)kilobytes);
  return NULL;
}

const char* reef_system_open(const reef_host* given, int argc, const char* const* argv, reef_system* system) {
  host = given;
  each = argc > 1 && strcmp(argv[1], "each") == 0;
  system->abi = REEF_SYSTEM_ABI;
  system->samples = 1000000;
  system->issue = issue;
  system->end = end;
  return NULL;
}
