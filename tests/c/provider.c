// The provider as a client uses it: the token is kept and renewed, failures are bridged while it
// holds, and nobody ever gets one that has ended. Lives of a second or two make time pass quickly.
#include <pthread.h>
#include <unistd.h>

#include "test.h"

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
  CHECK(bedrock_token_provider_new(REGION, expires, give, s, &provider) == BEDROCK_TOKEN_OK);
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
  const int64_t before = now();
  CHECK(bedrock_token_provider_get(provider, &token, &len, expires_at) == BEDROCK_TOKEN_OK);
  CHECK(token != NULL && strlen(token) == len);
  CHECK(*expires_at > before);
  const bedrock_token_info info = inspect(token);
  CHECK(strcmp(info.region, REGION) == 0);
  CHECK(info.issued_at <= now() && *expires_at <= info.expires_at);
  return token;
}

static void fail(bedrock_token_provider *provider, bedrock_token_status expected) {
  char *token = (char *)provider;
  size_t len = 12345;
  int64_t expires_at = 12345;
  CHECK(bedrock_token_provider_get(provider, &token, &len, &expires_at) == expected);
  CHECK(token == NULL && len == 0 && expires_at == 0);
}

static void wait_until(int64_t second) {
  while (now() < second) usleep(5000);
}

static void new_refuses(void) {
  source s = good_source();
  const struct {
    const char *region;
    uint32_t expires;
    bedrock_token_credentials_fn callback;
    bedrock_token_status status;
  } rows[] = {
      {NULL, 900, give, BEDROCK_TOKEN_ERR_NULL_ARGUMENT},
      {REGION, 900, NULL, BEDROCK_TOKEN_ERR_NULL_ARGUMENT},
      {"no region", 0, NULL, BEDROCK_TOKEN_ERR_NULL_ARGUMENT},
      {"no region", 0, give, BEDROCK_TOKEN_ERR_REGION},
      {"", 900, give, BEDROCK_TOKEN_ERR_REGION},
      {REGION "\n", 900, give, BEDROCK_TOKEN_ERR_REGION},
      {REGION, 0, give, BEDROCK_TOKEN_ERR_EXPIRES},
      {REGION, 43201, give, BEDROCK_TOKEN_ERR_EXPIRES},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    snprintf(test_context, sizeof test_context, "(row %zu)", i);
    bedrock_token_provider *provider = (bedrock_token_provider *)&s;
    CHECK(bedrock_token_provider_new(rows[i].region, rows[i].expires, rows[i].callback, &s,
                                     &provider) == rows[i].status);
    CHECK(provider == NULL);
  }
  test_context[0] = '\0';
  CHECK(bedrock_token_provider_new(REGION, 900, give, &s, NULL) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  CHECK(s.calls == 0);

  bedrock_token_provider_invalidate(NULL);
  bedrock_token_provider_free(NULL);
  fail(NULL, BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
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
  CHECK(bedrock_token_provider_new(region, 7200, give, &s, &provider) == BEDROCK_TOKEN_OK);
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

  // After a 403, with new credentials.
  s.given.session = "FAKE/SESSION+TOKEN==";
  bedrock_token_provider_invalidate(provider);
  bedrock_token_provider_invalidate(provider);
  CHECK(s.calls == 1);
  char *renewed = get(provider, &expires_at);
  CHECK(s.calls == 2 && inspect(renewed).has_session == 1);
  // Nor is the invalidated one given out when there are no credentials.
  s.answer = 1;
  bedrock_token_provider_invalidate(provider);
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
      {{NULL, NULL, NULL, 0}, 0, BEDROCK_TOKEN_ERR_NO_CREDENTIALS},
      {{NULL, SECRET, NULL, 0}, 0, BEDROCK_TOKEN_ERR_NO_CREDENTIALS},
      {{ACCESS_KEY, NULL, NULL, 0}, 0, BEDROCK_TOKEN_ERR_NO_CREDENTIALS},
      {{"", SECRET, NULL, 0}, 0, BEDROCK_TOKEN_ERR_ACCESS_KEY},
      {{ACCESS_KEY "\n", SECRET, NULL, 0}, 0, BEDROCK_TOKEN_ERR_ACCESS_KEY},
      {{ACCESS_KEY, SECRET "\n", NULL, 0}, 0, BEDROCK_TOKEN_ERR_SECRET},
      {{ACCESS_KEY, SECRET, "FAKE ", 0}, 0, BEDROCK_TOKEN_ERR_SESSION},
      {{"ASIAIOSFODNN7EXAMPLE", SECRET, "", 0}, 0, BEDROCK_TOKEN_ERR_SESSION_REQUIRED},
      {{ACCESS_KEY, SECRET, NULL, now()}, 0, BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED},
      {{ACCESS_KEY, SECRET, NULL, 1}, 0, BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED},
      {{ACCESS_KEY, SECRET, NULL, -1}, 0, BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED},
      {{ACCESS_KEY, SECRET, NULL, INT64_MIN}, 0, BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED},
  };
  source s = good_source();
  bedrock_token_provider *provider = provider_of(&s, 900);
  int calls = 0;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    snprintf(test_context, sizeof test_context, "(row %zu)", i);
    s.given = rows[i].given;
    s.answer = rows[i].answer;
    fail(provider, rows[i].status);
    // It asks again each time: the next answer may be better.
    CHECK(s.calls == ++calls);
  }
  test_context[0] = '\0';
  s = good_source();
  int64_t expires_at = 0;
  bedrock_token_free(get(provider, &expires_at));
  bedrock_token_provider_free(provider);
}

// The end is the sooner of the token's and the credentials'.
static void ends_with_the_credentials(void) {
  const int64_t ends[] = {60, 899, 900, 901, 43200, 1000000};
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    source s = good_source();
    s.given.expires_at = now() + ends[i];
    bedrock_token_provider *provider = provider_of(&s, 900);
    int64_t expires_at = 0;
    char *token = get(provider, &expires_at);
    const int64_t own = inspect(token).expires_at;
    CHECK(expires_at == (own < s.given.expires_at ? own : s.given.expires_at));
    bedrock_token_free(token);
    bedrock_token_provider_free(provider);
  }
  source s = good_source();
  s.given.expires_at = INT64_MAX;
  bedrock_token_provider *provider = provider_of(&s, 900);
  int64_t expires_at = 0;
  char *token = get(provider, &expires_at);
  CHECK(expires_at == inspect(token).expires_at);
  bedrock_token_free(token);
  bedrock_token_provider_free(provider);
}

// When renewing fails, the kept token goes on until it ends, and no longer.
static void failing_source(void) {
  source s = good_source();
  bedrock_token_provider *provider = provider_of(&s, 3);
  int64_t end = 0;
  char *kept = get(provider, &end);
  s.answer = 1;
  int handed_out = 0;
  for (;;) {
    char *token = NULL;
    int64_t expires_at = 0;
    const int64_t before = now();
    const bedrock_token_status status =
        bedrock_token_provider_get(provider, &token, NULL, &expires_at);
    if (status == BEDROCK_TOKEN_OK) {
      CHECK(before < end && expires_at == end);
      CHECK(strcmp(token, kept) == 0);
      handed_out++;
    } else {
      CHECK(status == BEDROCK_TOKEN_ERR_NO_CREDENTIALS);
      CHECK(now() >= end);
      break;
    }
    bedrock_token_free(token);
    usleep(5000);
  }
  CHECK(handed_out > 0);
  CHECK(s.calls > 1);  // it was tried
  // Credentials come back.
  s.answer = 0;
  int64_t next_end = 0;
  char *next = get(provider, &next_end);
  CHECK(strcmp(next, kept) != 0 && next_end > end);
  bedrock_token_free(next);
  bedrock_token_free(kept);
  bedrock_token_provider_free(provider);
}

// A source that stands still until it is let go.
typedef struct {
  source source;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  bool held, entered;
} gate;

static int32_t give_through_gate(void *context, bedrock_token_credentials *credentials) {
  gate *g = (gate *)context;
  pthread_mutex_lock(&g->mutex);
  g->entered = true;
  pthread_cond_broadcast(&g->changed);
  while (g->held) pthread_cond_wait(&g->changed, &g->mutex);
  const int32_t answer = give(&g->source, credentials);
  pthread_mutex_unlock(&g->mutex);
  return answer;
}

static void gate_set(gate *g, bool held) {
  pthread_mutex_lock(&g->mutex);
  g->held = held;
  if (held) g->entered = false;
  pthread_cond_broadcast(&g->changed);
  pthread_mutex_unlock(&g->mutex);
}

static void gate_wait_until_entered(gate *g) {
  pthread_mutex_lock(&g->mutex);
  while (!g->entered) pthread_cond_wait(&g->changed, &g->mutex);
  pthread_mutex_unlock(&g->mutex);
}

static void gate_init(gate *g) {
  memset(g, 0, sizeof *g);
  g->source = good_source();
  CHECK(pthread_mutex_init(&g->mutex, NULL) == 0);
  CHECK(pthread_cond_init(&g->changed, NULL) == 0);
}

typedef struct {
  bedrock_token_provider *provider;
  bedrock_token_status status;
  char *token;
  int64_t expires_at;
  pthread_t thread;
} caller;

static void *call(void *context) {
  caller *c = (caller *)context;
  c->status = bedrock_token_provider_get(c->provider, &c->token, NULL, &c->expires_at);
  return NULL;
}

static void start(caller *c, bedrock_token_provider *provider) {
  memset(c, 0, sizeof *c);
  c->provider = provider;
  CHECK(pthread_create(&c->thread, NULL, call, c) == 0);
}

enum { THREADS = 16 };

// Without a token that holds, all wait for one renewal, and share what comes of it.
static void all_wait_for_the_first(void) {
  for (int32_t answer = 0; answer <= 1; answer++) {
    gate g;
    gate_init(&g);
    g.held = true;
    g.source.answer = answer;
    bedrock_token_provider *provider = NULL;
    CHECK(bedrock_token_provider_new(REGION, 900, give_through_gate, &g, &provider) ==
          BEDROCK_TOKEN_OK);
    caller callers[THREADS];
    for (int i = 0; i < THREADS; i++) start(&callers[i], provider);
    gate_wait_until_entered(&g);
    usleep(100 * 1000);  // so that most of them wait; the rest comes later
    gate_set(&g, false);
    for (int i = 0; i < THREADS; i++) {
      CHECK(pthread_join(callers[i].thread, NULL) == 0);
      CHECK(callers[i].status ==
            (answer == 0 ? BEDROCK_TOKEN_OK : BEDROCK_TOKEN_ERR_NO_CREDENTIALS));
      CHECK((callers[i].token == NULL) == (answer != 0));
      if (answer == 0) CHECK(strcmp(callers[i].token, callers[0].token) == 0);
    }
    for (int i = 0; i < THREADS; i++) bedrock_token_free(callers[i].token);
    if (answer == 0) CHECK(g.source.calls == 1);
    bedrock_token_provider_free(provider);
  }
}

// While one thread renews, the others get the kept token without waiting, as long as it holds: they
// come back although the source stands still. A slow machine may miss the second in which that is
// so, and then tries again.
static void nobody_waits_while_the_token_holds(void) {
  gate g;
  gate_init(&g);
  bedrock_token_provider *provider = NULL;
  CHECK(bedrock_token_provider_new(REGION, 2, give_through_gate, &g, &provider) ==
        BEDROCK_TOKEN_OK);
  bool seen = false;
  for (int tries = 0; tries < 10 && !seen; tries++) {
    bedrock_token_provider_invalidate(provider);
    int64_t end = 0;
    char *kept = get(provider, &end);
    gate_set(&g, true);
    wait_until(end - 1);
    caller renewer;
    start(&renewer, provider);
    gate_wait_until_entered(&g);
    const int calls = g.source.calls;
    caller others[THREADS];
    for (int i = 0; i < THREADS; i++) start(&others[i], provider);
    // Whoever comes too late waits for the renewal, so it must go on at the end.
    wait_until(end);
    pthread_mutex_lock(&g.mutex);
    CHECK(g.source.calls == calls);  // and nobody else asked
    pthread_mutex_unlock(&g.mutex);
    gate_set(&g, false);
    int with_kept = 0;
    for (int i = 0; i < THREADS; i++) {
      CHECK(pthread_join(others[i].thread, NULL) == 0);
      CHECK(others[i].status == BEDROCK_TOKEN_OK);
      if (strcmp(others[i].token, kept) == 0) {
        CHECK(others[i].expires_at == end);
        with_kept++;
      }
      bedrock_token_free(others[i].token);
    }
    CHECK(pthread_join(renewer.thread, NULL) == 0);
    CHECK(renewer.status == BEDROCK_TOKEN_OK);
    seen = with_kept == THREADS && strcmp(renewer.token, kept) != 0;
    bedrock_token_free(renewer.token);
    bedrock_token_free(kept);
  }
  CHECK(seen);
  bedrock_token_provider_free(provider);
}

// Temporary credentials that rotate: new strings at each call, the ones before gone. Every third
// time there are none, and sometimes it takes a while.
typedef struct {
  int calls, running;
  char *access_key, *session;
} rotation;

static int32_t rotate(void *context, bedrock_token_credentials *credentials) {
  rotation *r = (rotation *)context;
  CHECK(__sync_add_and_fetch(&r->running, 1) == 1);  // never twice at the same time
  r->calls++;
  if (r->calls % 5 == 4) usleep(300 * 1000);
  if (r->calls % 3 == 2) {
    __sync_sub_and_fetch(&r->running, 1);
    return 1;
  }
  if (r->access_key != NULL) {
    memset(r->access_key, 0, strlen(r->access_key));
    memset(r->session, 0, strlen(r->session));
  }
  free(r->access_key);
  free(r->session);
  r->access_key = (char *)malloc(64);
  CHECK(r->access_key != NULL);
  snprintf(r->access_key, 64, "ASIAIOSFODNN7_%d", r->calls);
  r->session = repeat('s', 300 + (size_t)r->calls % 7);
  credentials->access_key = r->access_key;
  credentials->secret = SECRET;
  credentials->session = r->session;
  credentials->expires_at = now() + 1 + r->calls % 3;
  __sync_sub_and_fetch(&r->running, 1);
  return 0;
}

static int64_t stop_at;

// Counts its tokens.
static void *client(void *context) {
  bedrock_token_provider *provider = (bedrock_token_provider *)context;
  intptr_t tokens = 0;
  for (unsigned round = 0; now() < stop_at; round++) {
    char *token = NULL;
    int64_t expires_at = 0;
    const int64_t before = now();
    const bedrock_token_status status =
        bedrock_token_provider_get(provider, &token, NULL, &expires_at);
    if (status == BEDROCK_TOKEN_OK) {
      CHECK(expires_at > before);
      const bedrock_token_info info = inspect(token);
      CHECK(info.issued_at <= now() && info.expires_at > before);
      CHECK(info.has_session == 1 && strncmp(info.access_key, "ASIAIOSFODNN7_", 14) == 0);
      CHECK(expires_at <= info.expires_at && expires_at <= info.issued_at + 4);
      tokens++;
    } else {
      CHECK(status == BEDROCK_TOKEN_ERR_NO_CREDENTIALS ||
            status == BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED);
      CHECK(token == NULL && expires_at == 0);
    }
    bedrock_token_free(token);
    if (round % 1000 == 999) bedrock_token_provider_invalidate(provider);
    if (round % 16 == 0) usleep(1000);
  }
  return (void *)tokens;
}

static void never_one_that_has_ended(void) {
  rotation r;
  memset(&r, 0, sizeof r);
  bedrock_token_provider *provider = NULL;
  CHECK(bedrock_token_provider_new(REGION, 3, rotate, &r, &provider) == BEDROCK_TOKEN_OK);
  stop_at = now() + 7;
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    CHECK(pthread_create(&threads[i], NULL, client, provider) == 0);
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
  alarm(120);  // a provider that waits for ever
  new_refuses();
  keeps_the_token();
  bad_credentials();
  ends_with_the_credentials();
  failing_source();
  all_wait_for_the_first();
  nobody_waits_while_the_token_holds();
  never_one_that_has_ended();
  printf("the provider's tokens hold\n");
}
