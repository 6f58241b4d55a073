// No abort: each allocation that a call makes fails in turn. The answer is ERR_OUT_OF_MEMORY with
// cleared outputs and no leak. Calls that promise to allocate nothing allocate nothing.
//
// Runs as part of a program (memory_main.c), or as a shared library that a running program loads,
// and bedrock-token with it.
#include "calls.h"
#include "failing_memory.h"
#include "processes.h"

// The call `number`, in which the allocation `which` fails (0: none).
typedef struct {
  int number;
  long which;
  long made;
  bedrock_token_status status;
} attempt;

static void *try_here(void *attempted) {
  attempt *a = (attempt *)attempted;
  fail_allocation(a->which);
  a->status = run_call(a->number);
  a->made = allocations();
  fail_allocation(0);
  return NULL;
}

// In a thread of its own: its first call is the one that is failed.
static void *try_in_thread(void *attempted) {
  join_thread(start_thread(try_here, attempted));
  return NULL;
}

int test_memory(void) {
  int failures = 0;
  calls_setup();
  attempt first = {.number = 0};
  // What the process and its first thread allocate once.
  try_in_thread(&first);
  try_here(&first);
  CHECK(first.status == BEDROCK_TOKEN_OK);
  for (int i = 0; i < CALLS; i++) {
    for (int in_thread = 0; in_thread < 2; in_thread++) {
      snprintf(test_context, sizeof test_context, "(%s%s)", calls[i].name,
               in_thread ? ", in a thread" : "");
      void *(*run)(void *) = in_thread ? try_in_thread : try_here;
      attempt a = {.number = i};
      run(&a);
      CHECK(a.status == BEDROCK_TOKEN_OK);
      CHECK(calls[i].allocates ? a.made > 0 : a.made == 0);
      long all = a.made;
      for (long which = 1; which <= all; which++) {
        long before = blocks_in_use();
        a = (attempt){.number = i, .which = which};
        run(&a);
        CHECK(a.made >= which);
        CHECK(a.status == BEDROCK_TOKEN_ERR_OUT_OF_MEMORY);
        CHECK(blocks_in_use() == before);
        failures++;
      }
    }
  }
  return failures;
}
