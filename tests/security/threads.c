// Threads share a provider whose token is renewed all the time. Each token is complete: all of it
// comes of the same credentials. A child that is forked meanwhile makes every call.
#define _GNU_SOURCE
#include <stdatomic.h>

#include "calls.h"
#include "processes.h"

enum { THREADS = 16, ROUNDS = 200, FORKS = 8 };

static bedrock_token_provider *provider;
static atomic_int in_callback, renewals, generated;

// Other credentials each time: odd or even ones, both strings always of the same.
static int32_t rotate(void *context, bedrock_token_credentials *credentials) {
  (void)context;
  CHECK(atomic_fetch_add(&in_callback, 1) == 0);
  int odd = atomic_fetch_add(&renewals, 1) & 1;
  credentials->access_key = odd ? "AKIAODD" : "AKIAEVEN";
  credentials->secret = odd ? "odd" : "even";
  credentials->session = odd ? "session of odd" : NULL;
  for (int i = 0; i < 10; i++) sched_yield();  // so that another could come in
  atomic_fetch_sub(&in_callback, 1);
  return 0;
}

static void check_shared(void) {
  char *token, again[1000];
  int64_t expires_at;
  CHECK(bedrock_token_provider_get(provider, &token, NULL, &expires_at) == BEDROCK_TOKEN_OK);
  bedrock_token_info info;
  CHECK(bedrock_token_inspect(token, &info, sizeof info) == BEDROCK_TOKEN_OK);
  CHECK(info.expires_at == expires_at);
  bool odd = strcmp(info.access_key, "AKIAODD") == 0;
  CHECK(bedrock_token_generate_into(BEDROCK_TOKEN_SERVICE_BEDROCK, info.access_key,
                                    odd ? "odd" : "even", odd ? "session of odd" : "", REGION, 3600,
                                    info.issued_at, again, sizeof again, NULL) == BEDROCK_TOKEN_OK);
  CHECK(strcmp(token, again) == 0);
  bedrock_token_free(token);
}

static void *serve(void *unused) {
  for (int round = 0; round < ROUNDS; round++) {
    if (round % 4 == 0) bedrock_token_provider_invalidate(provider, NULL);
    check_shared();
    atomic_fetch_add(&generated, 1);
  }
  return unused;
}

static void fork_and_generate(void) {
  pid_t child = start_child();
  if (child == 0) {
    calls_setup();
    for (int i = 0; i < CALLS; i++) CHECK(run_call(i) == BEDROCK_TOKEN_OK);
    _exit(0);
  }
  must_end_well(child);
}

int main(void) {
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, 3600, rotate, NULL,
                                   &provider) == BEDROCK_TOKEN_OK);
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) threads[i] = start_thread(serve, NULL);
  while (atomic_load(&generated) == 0) sched_yield();
  for (int i = 0; i < FORKS; i++) fork_and_generate();
  for (int i = 0; i < THREADS; i++) join_thread(threads[i]);
  bedrock_token_provider_free(provider);
  CHECK(atomic_load(&renewals) >= ROUNDS / 4);
  printf("%d threads, %d renewals, %d forks\n", THREADS, atomic_load(&renewals), FORKS);
}
