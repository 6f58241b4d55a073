// Many threads at once, as a server with many tenants: every one gets its own tenant's tokens.
#include <pthread.h>

#include "test.h"

enum { THREADS = 16, ROUNDS = 300, LONGEST = 16 * 1024 };

typedef struct {
  arguments arguments;
  char *token;
} tenant;

static tenant tenants[64];
static size_t tenant_count;

static void read_tenants(void) {
  vectors v = vectors_open("tokens.tsv");
  while (vectors_next(&v, 8)) {
    if (v.number % 3 == 0 && tenant_count < sizeof tenants / sizeof tenants[0]) {
      arguments a = vectors_arguments(&v);
      a.access_key = strdup(a.access_key);
      a.secret = strdup(a.secret);
      a.session = strdup(a.session);
      a.region = strdup(a.region);
      CHECK(strlen(v.field[7]) < LONGEST);
      tenants[tenant_count].arguments = a;
      tenants[tenant_count++].token = strdup(v.field[7]);
    }
  }
  CHECK(tenant_count > THREADS);
}

static void *serve(void *first) {
  char *buf = (char *)malloc(LONGEST);
  CHECK(buf != NULL);
  for (size_t round = 0; round < ROUNDS; round++) {
    const tenant *t = &tenants[(*(const size_t *)first + round) % tenant_count];
    size_t len = 0;
    CHECK(generate_into(&t->arguments, buf, LONGEST, &len) == BEDROCK_TOKEN_OK);
    const size_t prefix_len = strlen(prefix_of(t->arguments.service));
    CHECK(len == prefix_len + strlen(t->token));
    CHECK(strcmp(buf + prefix_len, t->token) == 0);

    char *token = NULL;
    CHECK(generate(&t->arguments, &token, &len) == BEDROCK_TOKEN_OK);
    CHECK(strncmp(token, PREFIX, PREFIX_LEN) == 0 && strlen(token) == len);
    bedrock_token_free(token);

    arguments bad = t->arguments;
    bad.region = "no region";
    CHECK(generate_into(&bad, buf, LONGEST, &len) == BEDROCK_TOKEN_ERR_REGION);
  }
  // Freed by another thread than the one that generated it.
  char *token = NULL;
  CHECK(generate(&tenants[0].arguments, &token, NULL) == BEDROCK_TOKEN_OK);
  free(buf);
  return token;
}

int main(void) {
  read_tenants();
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
  for (size_t i = 0; i < tenant_count; i++) {
    free((char *)tenants[i].arguments.access_key);
    free((char *)tenants[i].arguments.secret);
    free((char *)tenants[i].arguments.session);
    free((char *)tenants[i].arguments.region);
    free(tenants[i].token);
  }
  printf("%d threads, each with its own tenants' tokens\n", THREADS);
}
