// Many threads at once, as a server with many tenants: every one gets its own tenant's tokens.
#include <pthread.h>

#include "test.h"

enum { THREADS = 16, ROUNDS = 300, TENANTS = 64 };

typedef struct {
  char access_key[32], secret[32], session[4096], token[8192];
  arguments arguments;
} tenant;

static tenant tenants[TENANTS];

static void *serve(void *first) {
  char *token = NULL, buf[sizeof tenants[0].token];
  size_t len = 0;
  for (size_t round = 0; round < ROUNDS; round++) {
    const tenant *t = &tenants[(*(const size_t *)first + round) % TENANTS];
    CHECK(generate_into(&t->arguments, buf, sizeof buf, &len) == BEDROCK_TOKEN_OK);
    CHECK(len == strlen(t->token) && strcmp(buf, t->token) == 0);

    CHECK(generate(&t->arguments, &token, &len) == BEDROCK_TOKEN_OK);
    CHECK(strncmp(token, PREFIX, PREFIX_LEN) == 0 && strlen(token) == len);
    bedrock_token_free(token);

    arguments bad = t->arguments;
    bad.region = "no region";
    CHECK(generate_into(&bad, buf, sizeof buf, &len) == BEDROCK_TOKEN_ERR_REGION);
  }
  // Freed by another thread than the one that generated it.
  CHECK(generate(&tenants[0].arguments, &token, NULL) == BEDROCK_TOKEN_OK);
  return token;
}

int main(void) {
  for (size_t i = 0; i < TENANTS; i++) {
    tenant *t = &tenants[i];
    snprintf(t->access_key, sizeof t->access_key, "AKIA%zu", i);
    snprintf(t->secret, sizeof t->secret, "secret-of-%zu", i);
    memset(t->session, 'A' + (int)i % 26, i * (sizeof t->session - 1) / TENANTS);
    t->arguments = arguments_good();
    t->arguments.access_key = t->access_key;
    t->arguments.secret = t->secret;
    t->arguments.session = t->session;
    CHECK(generate_into(&t->arguments, t->token, sizeof t->token, NULL) == BEDROCK_TOKEN_OK);
  }
  pthread_t threads[THREADS];
  size_t first[THREADS];
  for (size_t i = 0; i < THREADS; i++) {
    first[i] = i;
    CHECK(pthread_create(&threads[i], NULL, serve, &first[i]) == 0);
  }
  for (size_t i = 0; i < THREADS; i++) {
    void *token = NULL;
    CHECK(pthread_join(threads[i], &token) == 0);
    bedrock_token_free((char *)token);
  }
  printf("%d threads, each with its own tenants' tokens\n", THREADS);
}
