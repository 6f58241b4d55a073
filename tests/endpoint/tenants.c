/*
 * A server that holds the credentials of 1,000 tenants and needs a token for each request. An hour
 * of the system's clock passes in some seconds, and the clock jumps; credentials end, and their
 * source fails. It checks what it can check by itself, and prints all credentials and tokens, one a
 * line, for test_tenants.py, in which another implementation checks them:
 *
 *   credentials TENANT ACCESS_KEY SECRET SESSION END
 *   token TENANT SERVICE REGION CLOCK TOKEN
 */
#define _GNU_SOURCE
#include <bedrock_token.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
  TENANTS = 1000,
  THREADS = 8,
  HOUR = 3600,   /* ticks of the clock, a second each */
  TICK = 5000,   /* microseconds that one takes */
  SKEW = 300,    /* how fast a caller's clock may be for the service */
  OUTAGE = 1800, /* when no tenant's source works, and for how long */
  OUTAGE_ENDS = 1960
};

/* The system's clock, for the library too: it calls this function and not the C library's. */
static _Atomic int64_t clock_now = 1900000000;
static atomic_int ticks, jumps;

int clock_gettime(clockid_t id, struct timespec *now) {
  if (id != CLOCK_REALTIME) return (int)syscall(SYS_clock_gettime, id, now);
  now->tv_sec = clock_now;
  now->tv_nsec = 0;
  return 0;
}

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
  uint32_t expires;
  int credentials_life; /* 0: they do not end */
  char region[16], access_key[32], secret[48], session[600];
  int64_t end;     /* of the credentials; 0: none */
  char last[4096]; /* the token that was printed last */
  unsigned random;
  bedrock_token_provider *provider;
  pthread_mutex_t lock;
} tenant;

static tenant *tenants;
static atomic_long requests, generated, without, jumped_over, asked;

static void stop(const tenant *t, const char *what) {
  fprintf(stderr, "tenant %d at tick %d: %s\n", t->number, (int)ticks, what);
  _Exit(1);
}

static int32_t find_credentials(void *context, bedrock_token_credentials *credentials) {
  tenant *t = context;
  asked++;
  const int tick = ticks;
  if ((tick >= OUTAGE && tick < OUTAGE_ENDS) || rand_r(&t->random) % 5 == 0) return 1;
  if (rand_r(&t->random) % 50 == 0) usleep(2000);
  if (t->credentials_life != 0 || t->version == 0) {
    pthread_mutex_lock(&t->lock);
    t->version++;
    const char *kind = t->credentials_life == 0 ? "AKIA" : "ASIA";
    snprintf(t->access_key, sizeof t->access_key, "%sT%05dV%05d", kind, t->number, t->version);
    snprintf(t->secret, sizeof t->secret, "secret/%d+%d/%u", t->number, t->version,
             (unsigned)rand_r(&t->random));
    if (t->credentials_life != 0) {
      snprintf(t->session, sizeof t->session, "%0512d/%d+%d==", 7, t->number, t->version);
      t->end = clock_now + t->credentials_life;
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

/* The token says that it is this tenant's and was good when the clock stood between `before` and
   `after`. `same` says that the clock has not jumped between them. */
static void check(const tenant *t, const char *token, int64_t expires_at, int64_t before,
                  int64_t after, int same) {
  bedrock_token_info info;
  if (bedrock_token_inspect(token, &info, sizeof info) != BEDROCK_TOKEN_OK) stop(t, "not a token");
  int number = -1;
  sscanf(info.access_key, "%*4cT%dV", &number);
  if (number != t->number) stop(t, "another tenant's token");
  if (info.service != t->service) stop(t, "another service's token");
  if (strcmp(info.region, t->region) != 0) stop(t, "another region's token");
  if (expires_at > info.expires_at) stop(t, "an end after the token's own");
  if (same && expires_at <= before) stop(t, "an ended token");
  if (same && info.issued_at > after + SKEW) stop(t, "a token of the future");
}

static void get(tenant *t) {
  char *token;
  int64_t expires_at;
  const int jumps_before = jumps;
  const int64_t before = clock_now;
  const bedrock_token_status status =
      bedrock_token_provider_get(t->provider, &token, NULL, &expires_at);
  const int64_t after = clock_now;
  const int same = jumps_before % 2 == 0 && jumps == jumps_before;
  requests++;
  if (status == BEDROCK_TOKEN_ERR_NO_CREDENTIALS) {
    without++;
    return;
  }
  if (status == BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED) {
    /* The clock jumped after the source had answered, perhaps to another thread. */
    if (jumps == 0) stop(t, "ended credentials, and no jump");
    jumped_over++;
    return;
  }
  if (status != BEDROCK_TOKEN_OK) stop(t, bedrock_token_status_message(status));
  check(t, token, expires_at, before, after, same);
  pthread_mutex_lock(&t->lock);
  if (same && strcmp(t->last, token) != 0) {
    snprintf(t->last, sizeof t->last, "%s", token);
    generated++;
    printf("token %d %d %s %" PRId64 " %s\n", t->number, t->service, t->region, before, token);
  }
  pthread_mutex_unlock(&t->lock);
  bedrock_token_free(token);
}

static void *serve(void *seed) {
  unsigned random = *(unsigned *)seed;
  while (ticks < HOUR) {
    get(&tenants[rand_r(&random) % TENANTS]);
  }
  return NULL;
}

int main(void) {
  static char line[1 << 16];
  setvbuf(stdout, line, _IOFBF, sizeof line);
  tenants = calloc(TENANTS, sizeof *tenants);
  for (int i = 0; i < TENANTS; i++) {
    tenant *t = &tenants[i];
    t->number = i;
    t->random = (unsigned)i;
    t->service = i % 3 == 0 ? BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM : BEDROCK_TOKEN_SERVICE_BEDROCK;
    t->expires = (uint32_t[]){60, 300, 900, BEDROCK_TOKEN_EXPIRES_DEFAULT}[i % 4];
    t->credentials_life = (int[]){0, 240, 900, 3600}[i / 4 % 4];
    snprintf(t->region, sizeof t->region, "eu-central-%d", i % 7);
    pthread_mutex_init(&t->lock, NULL);
    if (bedrock_token_provider_new(t->service, t->region, t->expires, find_credentials, t,
                                   &t->provider) != BEDROCK_TOKEN_OK) {
      stop(t, "no provider");
    }
  }
  pthread_t threads[THREADS];
  unsigned seeds[THREADS];
  for (int i = 0; i < THREADS; i++) {
    seeds[i] = (unsigned)i + 1;
    if (pthread_create(&threads[i], NULL, serve, &seeds[i]) != 0) abort();
  }
  for (size_t jump = 0; ticks < HOUR;) {
    usleep(TICK);
    clock_now++;
    ticks++;
    if (jump < sizeof jump_list / sizeof *jump_list && ticks == jump_list[jump].tick) {
      jumps++; /* odd while the clock jumps */
      clock_now += jump_list[jump++].by;
      jumps++;
    }
  }
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < TENANTS; i++) bedrock_token_provider_free(tenants[i].provider);
  fflush(stdout);
  fprintf(stderr, "%ld requests, %ld tokens, %ld times without one; sources: asked %ld times\n",
          requests, generated, without, asked);
  return jumped_over < 100 ? 0 : 1;
}
