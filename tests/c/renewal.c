// When a provider renews, with the clock in the test's hand.
#include <pthread.h>

#include "clock.h"

// Credentials that end when the test says. The source can have none, and can stand still.
typedef struct {
  int64_t expires_at;
  bool fails;
  atomic_int asked;
  atomic_bool entered, held;
} source;

static int32_t give(void *context, bedrock_token_credentials *credentials) {
  source *s = (source *)context;
  s->asked++;
  s->entered = true;
  while (s->held) usleep(1000);
  credentials->access_key = ACCESS_KEY;
  credentials->secret = SECRET;
  credentials->expires_at = s->expires_at;
  return s->fails;
}

static bedrock_token_provider *provider_of(source *s) {
  bedrock_token_provider *provider = NULL;
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, BEDROCK_TOKEN_EXPIRES_MAX,
                                   give, s, &provider) == BEDROCK_TOKEN_OK);
  return provider;
}

typedef struct {
  bedrock_token_provider *provider;
  char *token;
  bedrock_token_status status;
  pthread_t thread;
} caller;

static void *call(void *context) {
  caller *c = (caller *)context;
  c->status = bedrock_token_provider_get(c->provider, &c->token, NULL, NULL);
  return NULL;
}

static void start(caller *c) { CHECK(pthread_create(&c->thread, NULL, call, c) == 0); }
static void finish(caller *c) { CHECK(pthread_join(c->thread, NULL) == 0); }

// Each case of renewal.tsv: what a caller gets, with and without credentials, and another one that
// asks while the source stands still.
static void cases(void) {
  int count = 0;
  vectors v = vectors_open("renewal.tsv");
  while (vectors_next(&v, 4)) {
    const int64_t issued_at = atoll(v.field[0]), expires_at = atoll(v.field[1]);
    const int64_t asked_at = atoll(v.field[2]);
    const char *result = v.field[3];
    const bool kept = strcmp(result, "kept") == 0, renew = strcmp(result, "renew") == 0;
    const bool wait = strcmp(result, "wait") == 0, ended = strcmp(result, "ended") == 0;
    CHECK(kept + renew + wait + ended == 1);

    for (int fails = 0; fails <= 1; fails++) {
      source s = {.expires_at = expires_at};
      caller first = {.provider = provider_of(&s)};
      set_clock(issued_at);
      call(&first);
      CHECK(first.status == BEDROCK_TOKEN_OK && s.asked == 1);

      set_clock(asked_at);
      s.expires_at = asked_at + 100;
      s.fails = fails;
      s.held = true;
      s.entered = false;
      caller renewer = {.provider = first.provider}, other = renewer;
      start(&renewer);
      if (!kept) {
        while (!s.entered) usleep(100);
        // The other one reads the clock under the lock that it then waits with.
        const int reads = clock_reads;
        start(&other);
        while (clock_reads == reads) usleep(100);
        s.held = false;
        finish(&other);
      }
      finish(&renewer);
      CHECK(s.asked == (kept ? 1 : 2));
      const bedrock_token_status status =
          fails && ended ? BEDROCK_TOKEN_ERR_NO_CREDENTIALS : BEDROCK_TOKEN_OK;
      CHECK(renewer.status == status && (kept || other.status == status));
      // Callers that get the kept token do not see the failure; this tells it.
      CHECK(bedrock_token_provider_failure(first.provider) ==
            (fails && !kept ? BEDROCK_TOKEN_ERR_NO_CREDENTIALS : BEDROCK_TOKEN_OK));
      if (status == BEDROCK_TOKEN_OK) {
        CHECK((strcmp(renewer.token, first.token) == 0) == (kept || fails));
        if (!kept) CHECK(strcmp(other.token, renew ? first.token : renewer.token) == 0);
      }
      bedrock_token_free(other.token);
      bedrock_token_free(renewer.token);
      bedrock_token_free(first.token);
      bedrock_token_provider_free(first.provider);
    }
    count++;

    // The pure function has the same rule.
    bedrock_token_times times;
    CHECK(bedrock_token_schedule(issued_at, BEDROCK_TOKEN_EXPIRES_MAX, expires_at, &times,
                                 sizeof times) == BEDROCK_TOKEN_OK);
    CHECK(times.expires_at == expires_at && issued_at < times.renew_at);
    CHECK(ended == (asked_at < times.valid_from || asked_at >= times.expires_at));
    CHECK(kept == (!ended && asked_at < times.renew_at));
    CHECK(renew == (!ended && asked_at >= times.renew_at && asked_at < times.wait_from));
    CHECK(wait == (!ended && asked_at >= times.renew_at && asked_at >= times.wait_from));
  }
  CHECK(count > 50);
}

// core/src/schedule.rs and renewal.tsv have more times.
static void schedule(void) {
  const int64_t last = INT64_C(253402300799);
  const struct {
    int64_t issued_at;
    uint32_t expires;
    int64_t credentials_expire_at;
    bedrock_token_status status;
    bedrock_token_times times;
  } rows[] = {
      {0, 43200, 0, 0, {-300, 42900, 43170, 43200}},
      {TIME, 2000, TIME + 2001, 0, {TIME - 300, TIME + 1800, TIME + 1980, TIME + 2000}},
      {TIME, 43200, TIME + 2000, 0, {TIME - 300, TIME + 1800, TIME + 1980, TIME + 2000}},
      {TIME, 5, 0, 0, {TIME - 300, TIME + 5, TIME + 5, TIME + 5}},
      {last, 60, 0, 0, {last - 300, last + 54, last + 59, last + 60}},
      {-1, 0, -1, BEDROCK_TOKEN_ERR_EXPIRES, {0, 0, 0, 0}},
      {TIME, 43201, 0, BEDROCK_TOKEN_ERR_EXPIRES, {0, 0, 0, 0}},
      {-1, 60, -1, BEDROCK_TOKEN_ERR_TIME, {0, 0, 0, 0}},
      {INT64_MAX, 60, 0, BEDROCK_TOKEN_ERR_TIME, {0, 0, 0, 0}},
      {TIME, 60, INT64_MAX, BEDROCK_TOKEN_ERR_TIME, {0, 0, 0, 0}},
      {TIME, 60, (TIME + 60) * 1000, BEDROCK_TOKEN_ERR_TIME, {0, 0, 0, 0}},
      {TIME, 60, TIME, BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED, {0, 0, 0, 0}},
      {TIME, 60, INT64_MIN, BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED, {0, 0, 0, 0}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    snprintf(test_context, sizeof test_context, "(row %zu)", i);
    bedrock_token_times times, untouched;
    memset(&untouched, 'x', sizeof untouched);
    times = untouched;
    CHECK(bedrock_token_schedule(rows[i].issued_at, rows[i].expires, rows[i].credentials_expire_at,
                                 &times, sizeof times) == rows[i].status);
    const bool ok = rows[i].status == BEDROCK_TOKEN_OK;
    CHECK(memcmp(&times, ok ? &rows[i].times : &untouched, sizeof times) == 0);
  }
  test_context[0] = '\0';
  CHECK(bedrock_token_schedule(-1, 0, -1, NULL, sizeof(bedrock_token_times)) ==
        BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  CHECK(bedrock_token_schedule(TIME, 60, 0, NULL, 0) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
}

static void fill(void *to, size_t size) {
  CHECK(bedrock_token_schedule(TIME, 60, 0, (bedrock_token_times *)to, size) == BEDROCK_TOKEN_OK);
}

// core/src/schedule.rs has the other cases.
static void retry_at(void) {
  CHECK(bedrock_token_retry_at(TIME, TIME + 300) == TIME + 30);
  CHECK(bedrock_token_retry_at(TIME, INT64_MIN) == TIME + 1);
  CHECK(bedrock_token_retry_at(INT64_MAX, INT64_MIN) == INT64_MAX);
}

// While a token holds, a failing source is asked once a second at most, also in its last seconds
// and for tokens of a second. The token is handed out until it ends, and no longer.
static void failing_source(void) {
  const int64_t lives[] = {1, 2, 9, 100, 3000};
  for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++) {
    source s = {.expires_at = TIME + lives[i]};
    bedrock_token_provider *provider = provider_of(&s);
    set_clock(TIME);
    caller c = {.provider = provider};
    call(&c);
    CHECK(c.status == BEDROCK_TOKEN_OK);
    char *kept = c.token;
    s.fails = true;
    int64_t asked_at = 0;
    // The source is first asked near the end of a second.
    for (int64_t millis = TIME * 1000 + 30; millis < s.expires_at * 1000; millis += 70) {
      clock_millis = millis;
      const int asked = s.asked;
      for (int again = 0; again < 3; again++) {
        call(&c);
        CHECK(c.status == BEDROCK_TOKEN_OK && strcmp(c.token, kept) == 0);
        bedrock_token_free(c.token);
      }
      if (s.asked == asked) continue;
      CHECK(s.asked == asked + 1);
      CHECK(millis - asked_at >= 1000);
      asked_at = millis;
    }
    set_clock(s.expires_at);
    call(&c);
    CHECK(c.status == BEDROCK_TOKEN_ERR_NO_CREDENTIALS && c.token == NULL);
    // Credentials come back.
    s.fails = false;
    s.expires_at += 100;
    call(&c);
    CHECK(c.status == BEDROCK_TOKEN_OK && strcmp(c.token, kept) != 0);
    bedrock_token_free(c.token);
    bedrock_token_free(kept);
    bedrock_token_provider_free(provider);
  }
}

// The clock passes what 31 and 32 bits hold, in 2038 and 2106, and reaches the last year.
static void late_clocks(void) {
  const int64_t last = INT64_C(253402300799);
  const int64_t clocks[] = {INT32_MAX, INT32_MAX + INT64_C(1), UINT32_MAX, UINT32_MAX + INT64_C(1),
                            last - BEDROCK_TOKEN_EXPIRES_MAX};
  for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
    set_clock(clocks[i]);
    char *token;
    bedrock_token_info info;
    CHECK(bedrock_token_generate(ACCESS_KEY, SECRET, NULL, REGION, 1, &token, NULL) ==
          BEDROCK_TOKEN_OK);
    CHECK(bedrock_token_inspect(token, &info, sizeof info) == BEDROCK_TOKEN_OK);
    CHECK(info.issued_at == clocks[i] && info.expires_at == clocks[i] + 1);
    bedrock_token_free(token);

    source s = {.expires_at = clocks[i] + 100};
    bedrock_token_provider *provider = provider_of(&s);
    for (int64_t later = 0; later < 200; later += 50) {
      set_clock(clocks[i] + later);
      if (later == 100) s.expires_at += 1000;
      int64_t expires_at = 0;
      CHECK(bedrock_token_provider_get(provider, &token, NULL, &expires_at) == BEDROCK_TOKEN_OK);
      CHECK(expires_at == s.expires_at && s.asked == (later < 100 ? 1 : 2));
      bedrock_token_free(token);
    }
    bedrock_token_provider_free(provider);
  }
  set_clock(last + 1);
  char *token;
  CHECK(bedrock_token_generate(ACCESS_KEY, SECRET, NULL, REGION, 1, &token, NULL) ==
        BEDROCK_TOKEN_ERR_TIME);
}

// The clock is before 1970 or after the year 9999.
static void wrong_clocks(void) {
  const int64_t clocks[] = {-1, -1000000, INT64_C(253402300800), INT64_C(1) << 40};
  for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
    source s = {0};
    bedrock_token_provider *provider = provider_of(&s);
    set_clock(clocks[i]);
    caller c = {.provider = provider};
    call(&c);
    CHECK(c.status == BEDROCK_TOKEN_ERR_TIME && c.token == NULL && s.asked == 1);
    CHECK(bedrock_token_provider_failure(provider) == BEDROCK_TOKEN_ERR_TIME);
    set_clock(TIME);
    call(&c);
    CHECK(c.status == BEDROCK_TOKEN_OK && s.asked == 2);
    CHECK(bedrock_token_provider_failure(provider) == BEDROCK_TOKEN_OK);
    bedrock_token_free(c.token);
    bedrock_token_provider_free(provider);
  }
}

// These functions read no clock.
static void no_clock(void) {
  char token[1024];
  const arguments a = arguments_good();
  bedrock_token_info info;
  bedrock_token_times times;
  clock_reads = 0;
  CHECK(generate_into(&a, token, sizeof token, NULL) == BEDROCK_TOKEN_OK);
  CHECK(bedrock_token_inspect(token, &info, sizeof info) == BEDROCK_TOKEN_OK);
  CHECK(bedrock_token_schedule(TIME, 60, 0, &times, sizeof times) == BEDROCK_TOKEN_OK);
  CHECK(bedrock_token_retry_at(TIME, TIME + 60) == TIME + 6);
  CHECK(clock_reads == 0);
  char *generated;
  CHECK(generate(&a, &generated, NULL) == BEDROCK_TOKEN_OK);
  CHECK(clock_reads == 1);
  bedrock_token_free(generated);
}

int main(void) {
  give_up_after(120);
  take_clock();
  cases();
  schedule();
  every_size(sizeof(bedrock_token_times), fill);
  retry_at();
  failing_source();
  late_clocks();
  wrong_clocks();
  no_clock();
  printf("the provider renews when the rule says\n");
}
