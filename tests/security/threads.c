// Many threads and processes: threads share a provider whose token is renewed all the time, and see
// its tokens and nobody else's; each also generates for a tenant of its own; and a child that is
// forked off in the middle of that generates.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"

enum { THREADS = 16, ROUNDS = 200, FORKS = 8 };

static bedrock_token_provider *provider;
static atomic_int in_callback, renewals, generating;

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

static void *serve(void *number) {
  size_t tenant = *(const size_t *)number;
  char access_key[32], secret[64], session[4000], expected[8000], token[8000];
  snprintf(access_key, sizeof access_key, "ASIA%zu", tenant);
  snprintf(secret, sizeof secret, "secret-of-%zu", tenant);
  memset(session, 'a' + (int)tenant, sizeof session);
  session[1 + tenant * 200] = '\0';
  CHECK(bedrock_token_generate_into(BEDROCK_TOKEN_SERVICE_BEDROCK, access_key, secret, session,
                                    REGION, 60, TIME, expected, sizeof expected,
                                    NULL) == BEDROCK_TOKEN_OK);
  for (int round = 0; round < ROUNDS; round++) {
    CHECK(bedrock_token_generate_into(BEDROCK_TOKEN_SERVICE_BEDROCK, access_key, secret, session,
                                      REGION, 60, TIME, token, sizeof token,
                                      NULL) == BEDROCK_TOKEN_OK);
    CHECK(strcmp(token, expected) == 0);
    if (round % 4 == 0) bedrock_token_provider_invalidate(provider, NULL);
    check_shared();
    atomic_fetch_add(&generating, 1);
  }
  return NULL;
}

static void fork_and_generate(void) {
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    alarm(60);
    calls_setup();
    for (int i = 0; i < CALLS; i++) CHECK(calls[i].run() == BEDROCK_TOKEN_OK);
    _exit(0);
  }
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

int main(void) {
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, 3600, rotate, NULL,
                                   &provider) == BEDROCK_TOKEN_OK);
  pthread_t threads[THREADS];
  size_t number[THREADS];
  for (size_t i = 0; i < THREADS; i++) {
    number[i] = i;
    CHECK(pthread_create(&threads[i], NULL, serve, &number[i]) == 0);
  }
  while (atomic_load(&generating) == 0) sched_yield();
  for (int i = 0; i < FORKS; i++) fork_and_generate();
  for (size_t i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  bedrock_token_provider_free(provider);
  CHECK(atomic_load(&renewals) >= ROUNDS / 4);
  printf("%d threads, %d renewals, %d forks\n", THREADS, atomic_load(&renewals), FORKS);
}
