/*
 * A server that holds the credentials of 1,000 tenants and needs a token for each request. An hour
 * of the system's clock passes in some seconds, and the clock jumps; credentials end, and their
 * source fails. It prints all credentials and tokens, one a line, for test_tenants.py, in which
 * another implementation checks them:
 *
 *   credentials TENANT ACCESS_KEY SECRET SESSION END
 *   token TENANT SERVICE REGION CLOCK TOKEN
 */
#include <inttypes.h>
#include <pthread.h>

#include "../c/clock.h"

enum {
  TENANTS = 1000,
  THREADS = 8,
  HOUR = 3600,   /* ticks of the clock, a second each */
  TICK = 5000,   /* microseconds that one takes */
  SKEW = 300,    /* how fast a caller's clock may be for the service */
  OUTAGE = 1800, /* when no tenant's source works, and for how long */
  OUTAGE_ENDS = 1960
};

static const struct {
  int tick, by;
} jump_list[] = {
    {600, 1500},  /* the machine slept */
    {1200, -900}, /* the clock was set right, by a lot */
    {1500, -90},  /* and by a little */
    {2400, 3600}, {3000, -3600},
};

typedef struct {
  int number, version;
  bedrock_token_service service;
  int credentials_life; /* 0: they do not end */
  char region[16], access_key[32], secret[48], session[600];
  int64_t end;     /* of the credentials; 0: none */
  char last[4096]; /* the token that was printed last */
  unsigned random;
  bedrock_token_provider *provider;
  pthread_mutex_t lock;
} tenant;

static tenant tenants[TENANTS];
static atomic_int ticks, jumps; /* `jumps` is odd while the clock jumps */
static atomic_int jumped_over;

static int32_t find_credentials(void *context, bedrock_token_credentials *credentials) {
  tenant *t = (tenant *)context;
  const int tick = ticks;
  if ((tick >= OUTAGE && tick < OUTAGE_ENDS) || rand_r(&t->random) % 5 == 0) return 1;
  if (rand_r(&t->random) % 50 == 0) usleep(2000);
  if (t->credentials_life != 0 || t->version == 0) {
    pthread_mutex_lock(&t->lock);
    t->version++;
    snprintf(t->access_key, sizeof t->access_key, "%sT%05dV%05d",
             t->credentials_life == 0 ? "AKIA" : "ASIA", t->number, t->version);
    snprintf(t->secret, sizeof t->secret, "secret/%d+%d/%u", t->number, t->version,
             (unsigned)rand_r(&t->random));
    if (t->credentials_life != 0) {
      snprintf(t->session, sizeof t->session, "%0512d/%d+%d==", 7, t->number, t->version);
      t->end = clock_now() + t->credentials_life;
    }
    printf("credentials %d %s %s %s %" PRId64 "\n", t->number, t->access_key, t->secret,
           t->session[0] == '\0' ? "-" : t->session, t->end);
    pthread_mutex_unlock(&t->lock);
  }
  credentials->access_key = t->access_key;
  credentials->secret = t->secret;
  credentials->session = t->session;
  credentials->expires_at = t->end;
  return 0;
}

static void get(tenant *t) {
  char *token;
  int64_t expires_at;
  bedrock_token_info info;
  const int jumps_before = jumps;
  const int64_t before = clock_now();
  const bedrock_token_status status =
      bedrock_token_provider_get(t->provider, &token, NULL, &expires_at);
  const int64_t after = clock_now();
  const bool jumped = jumps_before % 2 != 0 || jumps != jumps_before;
  if (status == BEDROCK_TOKEN_ERR_NO_CREDENTIALS) return;
  if (status == BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED) {
    /* The clock jumped after the source had answered, perhaps to another thread. */
    CHECK(jumps != 0);
    jumped_over++;
    return;
  }
  CHECK(status == BEDROCK_TOKEN_OK);
  CHECK(bedrock_token_inspect(token, &info, sizeof info) == BEDROCK_TOKEN_OK);
  CHECK(expires_at <= info.expires_at);
  CHECK(jumped || (before < expires_at && info.issued_at <= after + SKEW));
  pthread_mutex_lock(&t->lock);
  if (!jumped && strcmp(t->last, token) != 0) {
    snprintf(t->last, sizeof t->last, "%s", token);
    printf("token %d %d %s %" PRId64 " %s\n", t->number, t->service, t->region, before, token);
  }
  pthread_mutex_unlock(&t->lock);
  bedrock_token_free(token);
}

static void *serve(void *seed) {
  unsigned random = *(unsigned *)seed;
  while (ticks < HOUR) get(&tenants[rand_r(&random) % TENANTS]);
  return NULL;
}

int main(void) {
  set_clock(1900000000);
  for (int i = 0; i < TENANTS; i++) {
    tenant *t = &tenants[i];
    t->number = i;
    t->random = (unsigned)i;
    t->service = i % 3 == 0 ? BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM : BEDROCK_TOKEN_SERVICE_BEDROCK;
    t->credentials_life = (int[]){0, 240, 900, 3600}[i / 4 % 4];
    snprintf(t->region, sizeof t->region, "eu-central-%d", i % 7);
    pthread_mutex_init(&t->lock, NULL);
    const uint32_t expires = (uint32_t[]){60, 300, 900, BEDROCK_TOKEN_EXPIRES_DEFAULT}[i % 4];
    CHECK(bedrock_token_provider_new(t->service, t->region, expires, find_credentials, t,
                                     &t->provider) == BEDROCK_TOKEN_OK);
  }
  pthread_t threads[THREADS];
  unsigned seeds[THREADS];
  for (int i = 0; i < THREADS; i++) {
    seeds[i] = (unsigned)i + 1;
    CHECK(pthread_create(&threads[i], NULL, serve, &seeds[i]) == 0);
  }
  for (size_t jump = 0; ticks < HOUR;) {
    usleep(TICK);
    set_clock(clock_now() + 1);
    ticks++;
    if (jump < sizeof jump_list / sizeof *jump_list && ticks == jump_list[jump].tick) {
      jumps++;
      set_clock(clock_now() + jump_list[jump++].by);
      jumps++;
    }
  }
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < TENANTS; i++) bedrock_token_provider_free(tenants[i].provider);
  CHECK(jumped_over < 100);
  return 0;
}
