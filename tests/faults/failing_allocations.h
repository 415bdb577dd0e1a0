/* malloc, calloc and realloc that give nothing when a test says so. Linked into a test program: its definitions go
   before the C library's, for every library in the process. */
#ifndef COUNSEL_TESTS_FAULTS_FAILING_ALLOCATIONS_H_
#define COUNSEL_TESTS_FAULTS_FAILING_ALLOCATIONS_H_

#ifdef __cplusplus
extern "C" {
#endif

/* From now on: counts allocations, and lets number `n` fail, from 1, and with `on` all after it; 0: none. */
void fail_allocation(long long n, int on);
/* How many there were since then; no more are counted. */
long long allocations_counted(void);

#ifdef __cplusplus
}
#endif

#endif
