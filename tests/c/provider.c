// The provider as a client uses it: the token is kept and renewed, threads share it, and nobody
// ever gets a token that has ended. The clock is in the test's hand.
#include <pthread.h>

#include "clock.h"

// Where a callback gets its credentials from, and what it saw.
typedef struct {
  bedrock_token_credentials given;
  int32_t answer;
  int calls;
} source;

static int32_t give(void *context, bedrock_token_credentials *credentials) {
  source *s = (source *)context;
  s->calls++;
  CHECK(credentials->access_key == NULL && credentials->secret == NULL);
  CHECK(credentials->session == NULL && credentials->expires_at == 0);
  *credentials = s->given;
  return s->answer;
}

static source good_source(void) {
  source s;
  memset(&s, 0, sizeof s);
  s.given.access_key = ACCESS_KEY;
  s.given.secret = SECRET;
  return s;
}

static bedrock_token_provider *provider_of(source *s, uint32_t expires) {
  bedrock_token_provider *provider = NULL;
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, expires, give, s,
                                   &provider) == BEDROCK_TOKEN_OK);
  CHECK(provider != NULL);
  return provider;
}

static bedrock_token_info inspect(const char *token) {
  bedrock_token_info info;
  CHECK(bedrock_token_inspect(token, &info, sizeof info) == BEDROCK_TOKEN_OK);
  return info;
}

// A token that had not ended when it was asked for.
static char *get(bedrock_token_provider *provider, int64_t *expires_at) {
  char *token = NULL;
  size_t len = 0;
  const int64_t before = clock_now();
  CHECK(bedrock_token_provider_get(provider, &token, &len, expires_at) == BEDROCK_TOKEN_OK);
  CHECK(token != NULL && strlen(token) == len);
  CHECK(*expires_at > before);
  const bedrock_token_info info = inspect(token);
  CHECK(strcmp(info.region, REGION) == 0);
  CHECK(info.issued_at <= clock_now() && *expires_at <= info.expires_at);
  return token;
}

static void fail(bedrock_token_provider *provider, bedrock_token_status expected) {
  char *token = (char *)provider;
  size_t len = 12345;
  int64_t expires_at = 12345;
  CHECK(bedrock_token_provider_get(provider, &token, &len, &expires_at) == expected);
  CHECK(token == NULL && len == 0 && expires_at == 0);
}

static void new_refuses(void) {
  source s = good_source();
  const struct {
    bedrock_token_service service;
    const char *region;
    uint32_t expires;
    bedrock_token_credentials_fn callback;
    bedrock_token_status status;
  } rows[] = {
      {0, REGION, 900, NULL, BEDROCK_TOKEN_ERR_NULL_ARGUMENT},
      {2, NULL, 0, NULL, BEDROCK_TOKEN_ERR_NULL_ARGUMENT},
      {2, NULL, 0, give, BEDROCK_TOKEN_ERR_SERVICE},
      {-1, REGION, 900, give, BEDROCK_TOKEN_ERR_SERVICE},
      {0, NULL, 0, give, BEDROCK_TOKEN_ERR_REGION},
      {0, "", 900, give, BEDROCK_TOKEN_ERR_REGION},
      {0, REGION "\n", 900, give, BEDROCK_TOKEN_ERR_REGION},
      {1, "us-east-1a", 0, give, BEDROCK_TOKEN_ERR_REGION},
      {0, REGION, 0, give, BEDROCK_TOKEN_ERR_EXPIRES},
      {0, REGION, 43201, give, BEDROCK_TOKEN_ERR_EXPIRES},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    snprintf(test_context, sizeof test_context, "(row %zu)", i);
    bedrock_token_provider *provider = (bedrock_token_provider *)&s;
    CHECK(bedrock_token_provider_new(rows[i].service, rows[i].region, rows[i].expires,
                                     rows[i].callback, &s, &provider) == rows[i].status);
    CHECK(provider == NULL);
  }
  test_context[0] = '\0';
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, 900, give, &s, NULL) ==
        BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  CHECK(s.calls == 0);

  bedrock_token_provider_invalidate(NULL, NULL);
  bedrock_token_provider_free(NULL);
  bedrock_token_provider_invalidate(NULL, "refused");
  fail(NULL, BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  CHECK(bedrock_token_provider_failure(NULL) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  bedrock_token_provider *provider = provider_of(&s, 900);
  size_t len = 12345;
  int64_t expires_at = 12345;
  CHECK(bedrock_token_provider_get(provider, NULL, &len, &expires_at) ==
        BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  CHECK(len == 0 && expires_at == 0);
  CHECK(s.calls == 0);
  bedrock_token_provider_free(provider);
}

static void keeps_the_token(void) {
  source s = good_source();
  char region[] = REGION;
  bedrock_token_provider *provider = NULL;
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, region, 7200, give, &s,
                                   &provider) == BEDROCK_TOKEN_OK);
  memset(region, 'x', strlen(region));  // it was copied
  CHECK(s.calls == 0);

  int64_t expires_at = 0;
  char *first = get(provider, &expires_at);
  const bedrock_token_info info = inspect(first);
  CHECK(strcmp(info.access_key, ACCESS_KEY) == 0 && info.has_session == 0);
  CHECK(info.expires_at == info.issued_at + 7200 && expires_at == info.expires_at);
  arguments a = arguments_good();
  a.expires = 7200;
  a.time = info.issued_at;
  char expected[1024];
  CHECK(generate_into(&a, expected, sizeof expected, NULL) == BEDROCK_TOKEN_OK);
  CHECK(strcmp(first, expected) == 0);

  // Each caller has a copy of its own.
  memset(first, 'x', strlen(first));
  for (int i = 0; i < 100; i++) {
    char *again = get(provider, &expires_at);
    CHECK(again != first && strcmp(again, expected) == 0);
    CHECK(expires_at == info.expires_at);
    bedrock_token_free(again);
  }
  CHECK(s.calls == 1);
  // The length and the end may be left out.
  char *again = NULL;
  CHECK(bedrock_token_provider_get(provider, &again, NULL, NULL) == BEDROCK_TOKEN_OK);
  CHECK(strcmp(again, expected) == 0);

  // Another token than the kept one was refused: an old one, a part of it, and more than it.
  char *old = repeat('A', strlen(expected)), *longer = repeat('A', strlen(expected) + 1);
  memcpy(old, expected, strlen(expected) - 1);
  memcpy(longer, expected, strlen(expected));
  const char *others[] = {old, longer, "", PREFIX, "bedrock"};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    bedrock_token_provider_invalidate(provider, others[i]);
    bedrock_token_free(get(provider, &expires_at));
  }
  CHECK(s.calls == 1);
  free(old);
  free(longer);

  // After a 403, with new credentials.
  s.given.session = "FAKE/SESSION+TOKEN==";
  bedrock_token_provider_invalidate(provider, again);
  bedrock_token_provider_invalidate(provider, again);
  CHECK(s.calls == 1);
  char *renewed = get(provider, &expires_at);
  CHECK(s.calls == 2 && inspect(renewed).has_session == 1);
  // Another thread learns only now that the first token is refused.
  bedrock_token_provider_invalidate(provider, again);
  bedrock_token_free(get(provider, &expires_at));
  CHECK(s.calls == 2);
  // Nor is the invalidated one given out when there are no credentials.
  s.answer = 1;
  bedrock_token_provider_invalidate(provider, NULL);
  fail(provider, BEDROCK_TOKEN_ERR_NO_CREDENTIALS);
  CHECK(s.calls == 3);

  // Tokens outlive the provider.
  bedrock_token_provider_free(provider);
  CHECK(strcmp(again, expected) == 0 && inspect(renewed).has_session == 1);
  bedrock_token_free(again);
  bedrock_token_free(renewed);
  bedrock_token_free(first);
}

static void bad_credentials(void) {
  const struct {
    bedrock_token_credentials given;
    int32_t answer;
    bedrock_token_status status;
  } rows[] = {
      {{ACCESS_KEY, SECRET, NULL, 0}, 1, BEDROCK_TOKEN_ERR_NO_CREDENTIALS},
      {{ACCESS_KEY, SECRET, NULL, 0}, -1, BEDROCK_TOKEN_ERR_NO_CREDENTIALS},
      {{ACCESS_KEY, SECRET, NULL, 0}, INT32_MIN, BEDROCK_TOKEN_ERR_NO_CREDENTIALS},
      {{NULL, NULL, NULL, 0}, 1, BEDROCK_TOKEN_ERR_NO_CREDENTIALS},
      {{NULL, NULL, NULL, 0}, 0, BEDROCK_TOKEN_ERR_ACCESS_KEY},
      {{NULL, SECRET, NULL, 0}, 0, BEDROCK_TOKEN_ERR_ACCESS_KEY},
      {{ACCESS_KEY, NULL, NULL, 0}, 0, BEDROCK_TOKEN_ERR_SECRET},
      {{"", SECRET, NULL, 0}, 0, BEDROCK_TOKEN_ERR_ACCESS_KEY},
      {{ACCESS_KEY "\n", SECRET, NULL, 0}, 0, BEDROCK_TOKEN_ERR_ACCESS_KEY},
      {{ACCESS_KEY, SECRET "\n", NULL, 0}, 0, BEDROCK_TOKEN_ERR_SECRET},
      {{ACCESS_KEY, SECRET, "FAKE ", 0}, 0, BEDROCK_TOKEN_ERR_SESSION},
      {{"ASIAIOSFODNN7EXAMPLE", SECRET, "", 0}, 0, BEDROCK_TOKEN_ERR_SESSION_REQUIRED},
      {{ACCESS_KEY, SECRET, NULL, clock_now()}, 0, BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED},
      {{ACCESS_KEY, SECRET, NULL, 1}, 0, BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED},
      {{ACCESS_KEY, SECRET, NULL, -1}, 0, BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED},
      {{ACCESS_KEY, SECRET, NULL, INT64_MIN}, 0, BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED},
      // Milliseconds.
      {{ACCESS_KEY, SECRET, NULL, (clock_now() + 900) * 1000}, 0, BEDROCK_TOKEN_ERR_TIME},
      {{ACCESS_KEY, SECRET, NULL, INT64_C(253402300800)}, 0, BEDROCK_TOKEN_ERR_TIME},
      {{ACCESS_KEY, SECRET, NULL, INT64_MAX}, 0, BEDROCK_TOKEN_ERR_TIME},
  };
  source s = good_source();
  bedrock_token_provider *provider = provider_of(&s, 900);
  int calls = 0;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    snprintf(test_context, sizeof test_context, "(row %zu)", i);
    s.given = rows[i].given;
    s.answer = rows[i].answer;
    fail(provider, rows[i].status);
    CHECK(bedrock_token_provider_failure(provider) == rows[i].status);
    // It asks again each time: the next answer may be better.
    CHECK(s.calls == ++calls);
  }
  test_context[0] = '\0';
  s = good_source();
  int64_t expires_at = 0;
  bedrock_token_free(get(provider, &expires_at));
  bedrock_token_provider_free(provider);
}

// Temporary credentials that rotate: new strings at each call, with the old ones freed. Every third
// call has no credentials, and some calls take a while.
typedef struct {
  int calls;
  atomic_int running;
  char *access_key, *session;
} rotation;

static int32_t rotate(void *context, bedrock_token_credentials *credentials) {
  rotation *r = (rotation *)context;
  CHECK(r->running++ == 0);  // never twice at the same time
  r->calls++;
  if (r->calls % 5 == 4) usleep(30 * 1000);
  if (r->calls > 1) {
    memset(r->access_key, 0, strlen(r->access_key));
    memset(r->session, 0, strlen(r->session));
  }
  free(r->access_key);
  free(r->session);
  r->access_key = repeat('A', 20 + (size_t)r->calls % 7);
  memcpy(r->access_key, "ASIA", 4);
  r->session = repeat('s', 300 + (size_t)r->calls % 7);
  credentials->access_key = r->access_key;
  credentials->secret = SECRET;
  credentials->session = r->session;
  credentials->expires_at = clock_now() + 1 + r->calls % 3;
  r->running--;
  return r->calls % 3 == 2;
}

static int64_t stop_at;

// Counts its tokens.
static void *client(void *context) {
  bedrock_token_provider *provider = (bedrock_token_provider *)context;
  intptr_t tokens = 0;
  for (unsigned round = 0; clock_now() < stop_at; round++) {
    char *token = NULL;
    int64_t expires_at = 0;
    const int64_t before = clock_now();
    const bedrock_token_status status =
        bedrock_token_provider_get(provider, &token, NULL, &expires_at);
    if (status == BEDROCK_TOKEN_OK) {
      CHECK(expires_at > before);
      const bedrock_token_info info = inspect(token);
      CHECK(info.issued_at <= clock_now() && info.expires_at > before);
      CHECK(info.has_session == 1 && strncmp(info.access_key, "ASIAA", 5) == 0);
      CHECK(expires_at <= info.expires_at && expires_at <= info.issued_at + 4);
      tokens++;
    } else {
      CHECK(status == BEDROCK_TOKEN_ERR_NO_CREDENTIALS ||
            status == BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED);
      CHECK(token == NULL && expires_at == 0);
    }
    bedrock_token_free(token);
    if (round % 1000 == 999) bedrock_token_provider_invalidate(provider, NULL);
    if (round % 16 == 0) usleep(1000);
  }
  return (void *)tokens;
}

static void never_one_that_has_ended(void) {
  enum { THREADS = 16 };
  rotation r = {0};
  bedrock_token_provider *provider = NULL;
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, 3, rotate, &r,
                                   &provider) == BEDROCK_TOKEN_OK);
  stop_at = clock_now() + 7;
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    CHECK(pthread_create(&threads[i], NULL, client, provider) == 0);
  }
  while (clock_now() < stop_at) {
    usleep(1000);
    clock_millis += 10;
  }
  for (int i = 0; i < THREADS; i++) {
    void *tokens = NULL;
    CHECK(pthread_join(threads[i], &tokens) == 0);
    CHECK((intptr_t)tokens > 0);
  }
  bedrock_token_provider_free(provider);
  CHECK(r.calls > 3);
  free(r.access_key);
  free(r.session);
}

int main(void) {
  give_up_after(120);
  take_clock();
  set_clock(TIME);
  new_refuses();
  keeps_the_token();
  bad_credentials();
  never_one_that_has_ended();
  printf("the provider's tokens hold\n");
}
