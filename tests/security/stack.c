// How much stack a call takes: the header promises less than 32 KiB. The stack is painted before
// the call and looked at after it.
#define _GNU_SOURCE
#include "calls.h"
#include "processes.h"

enum { LIMIT = 32 * 1024, SIZE = 1024 * 1024, PAINT = 0xa5 };
static _Alignas(4096) unsigned char stack[SIZE];
static size_t deepest;
static bedrock_token_status status;

// What the kernel and the C library did below, the paint has covered when this returns.
static __attribute__((noinline)) void *measure(void *call) {
  unsigned char *here = (unsigned char *)__builtin_frame_address(0);
  unsigned char *paint_end = here - 512;
  for (unsigned char *at = stack; at < paint_end; at++) *at = PAINT;
  status = run_call(*(const int *)call);
  unsigned char *at = stack;
  while (at < paint_end && *at == PAINT) at++;
  CHECK(at > stack);
  deepest = (size_t)(here - at);
  return NULL;
}

int main(void) {
  size_t most = 0;
  calls_setup();
  for (int i = 0; i < CALLS; i++) {
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstack(&attributes, stack, sizeof stack) == 0);
    CHECK(pthread_create(&thread, &attributes, measure, &i) == 0);
    join_thread(thread);
    snprintf(test_context, sizeof test_context, "(%zu bytes, %s)", deepest, calls[i].name);
    CHECK(status == BEDROCK_TOKEN_OK && deepest < LIMIT);
    if (most < deepest) most = deepest;
  }
  printf("at most %zu bytes\n", most);
}
