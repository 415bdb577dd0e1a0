// Preloaded into a program for test_lazy_script.py. FAULT=hoard: it holds 300 MB that it does not need, from the start.
// FAULT=linger: it takes 5 seconds to end. Processes that it starts are left alone.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int lingers;

__attribute__((constructor)) static void Begin(void) {
  const char* fault = getenv("FAULT");
  const size_t size = 300u << 20;
  volatile char* hoard;
  lingers = fault != NULL && strcmp(fault, "linger") == 0;
  // The engine ends on a signal and when its stdin does, and a second exit overtakes the destructors of the first.
  int ends[2];
  if (lingers && pipe(ends) == 0) dup2(ends[0], STDIN_FILENO);
  if (fault != NULL && strcmp(fault, "hoard") == 0 && (hoard = malloc(size)) != NULL) {
    for (size_t i = 0; i < size; i += 4096) hoard[i] = 1;
  }
  unsetenv("FAULT");
  unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void End(void) {
  if (lingers) sleep(5);
}
