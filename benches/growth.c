/* How the cost of a token grows: with threads, tenants, bytes of session token, and providers that
 * renew in the same minute. Prints tokens in a second of processor time, so that other work on the
 * machine matters less: the median of some rounds, in which all measurements take turns. chart.py
 * draws it. */
#include <bedrock_token.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 15, MOST_THREADS = 64, TENANTS = 100000, RENEWING = 10000, MOST_SESSION = 65536 };
static const long SLICE = 50 * 1000 * 1000; /* nanoseconds */

static struct tenant {
  char access_key[21], secret[41];
  bedrock_token_provider *provider;
} tenants[TENANTS + RENEWING]; /* the renewing ones have tokens from another time than the others */
static char session[MOST_SESSION + 1];

enum panel { BY_THREADS, BY_TENANTS, BY_BYTES, BY_RENEWALS };
static const char *names[] = {"threads", "tenants", "bytes of session token",
                              "providers that renew in the same minute"};
static struct row {
  enum panel panel;
  int kept, first, factor, most;
  double per_second[8][ROUNDS];
} rows[] = {
    {BY_THREADS, 0, 1, 2, MOST_THREADS, {{0}}}, {BY_THREADS, 1, 1, 2, MOST_THREADS, {{0}}},
    {BY_TENANTS, 0, 1, 10, TENANTS, {{0}}},     {BY_TENANTS, 1, 1, 10, TENANTS, {{0}}},
    {BY_BYTES, 0, 0, 4, MOST_SESSION, {{0}}},   {BY_BYTES, 1, 0, 4, MOST_SESSION, {{0}}},
    {BY_RENEWALS, 0, 1, 10, RENEWING, {{0}}},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static int next(const struct row *row, int amount) {
  return amount == 0 ? 64 : amount * row->factor;
}

static void ok(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "growth: %s failed\n", what);
  exit(1);
}

static atomic_long ahead; /* of the system's clock, in seconds */

/* The library reads its clock here. */
int clock_gettime(clockid_t clock, struct timespec *time) {
  static __typeof__(clock_gettime) *systems;
  if (systems == NULL) *(void **)&systems = dlsym(RTLD_NEXT, "clock_gettime");
  int failed = systems(clock, time);
  if (clock == CLOCK_REALTIME) time->tv_sec += atomic_load_explicit(&ahead, memory_order_relaxed);
  return failed;
}

static int32_t credentials(void *context, bedrock_token_credentials *given) {
  const struct tenant *tenant = context;
  *given = (bedrock_token_credentials){tenant->access_key, tenant->secret, session, 0};
  return 0;
}

static void get(struct tenant *tenant, int by_provider) {
  char *token;
  bedrock_token_status status =
      by_provider ? bedrock_token_provider_get(tenant->provider, &token, NULL, NULL)
                  : bedrock_token_generate(tenant->access_key, tenant->secret, session,
                                           "eu-central-1", 43200, &token, NULL);
  ok(status == BEDROCK_TOKEN_OK, "a token");
  bedrock_token_free(token);
}

struct run {
  const struct row *row;
  size_t among;
  atomic_int *waiting, *stop;
  _Alignas(128) atomic_size_t tokens;
};

static void *work(void *context) {
  struct run *run = context;
  int renews = run->row->panel == BY_RENEWALS;
  struct tenant *from = renews ? tenants + TENANTS : tenants;
  atomic_fetch_sub(run->waiting, 1);
  for (size_t which = 0; !atomic_load_explicit(run->stop, memory_order_relaxed);) {
    if (which == 0 && renews) atomic_fetch_add(&ahead, 12 * 3600 - 60);
    get(&from[which], renews || run->row->kept);
    which = (which + 61) % run->among; /* all of them, but not the neighbour */
    atomic_fetch_add_explicit(&run->tokens, 1, memory_order_relaxed);
  }
  return NULL;
}

static double processor_time(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double measure(const struct row *row, int amount) {
  static struct run runs[MOST_THREADS]; /* each on cache lines of its own */
  static pthread_t thread[MOST_THREADS];
  int threads = row->panel == BY_THREADS ? amount : 1;
  size_t bytes = row->panel == BY_BYTES ? (size_t)amount : 0;
  size_t among = row->panel == BY_TENANTS || row->panel == BY_RENEWALS ? (size_t)amount : 1;
  static long renewed_until; /* the clock of the providers that renew */
  if (row->panel == BY_RENEWALS) atomic_store(&ahead, renewed_until);
  memset(session, 'x', bytes);
  session[bytes] = '\0';
  bedrock_token_provider_invalidate(tenants[0].provider, NULL); /* of the last length */

  atomic_int waiting = threads, stop = 0;
  for (int i = 0; i < threads; i++) {
    runs[i] = (struct run){row, among, &waiting, &stop, 0};
    ok(pthread_create(&thread[i], NULL, work, &runs[i]) == 0, "pthread_create");
  }
  while (atomic_load(&waiting) > 0) nanosleep(&(struct timespec){0, 100000}, NULL);
  double start = processor_time(), tokens = 0;
  for (int i = 0; i < threads; i++) tokens -= (double)atomic_load(&runs[i].tokens);
  nanosleep(&(struct timespec){0, SLICE}, NULL);
  for (int i = 0; i < threads; i++) tokens += (double)atomic_load(&runs[i].tokens);
  double took = processor_time() - start;
  atomic_store(&stop, 1);
  for (int i = 0; i < threads; i++) ok(pthread_join(thread[i], NULL) == 0, "pthread_join");
  if (row->panel == BY_RENEWALS) renewed_until = atomic_exchange(&ahead, 0);
  return tokens / took;
}

static int compare(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

int main(void) {
  for (size_t i = 0; i < TENANTS + RENEWING; i++) {
    struct tenant *tenant = &tenants[i];
    snprintf(tenant->access_key, sizeof tenant->access_key, "AKIA%016zu", i);
    snprintf(tenant->secret, sizeof tenant->secret, "wJalrXUtnFEMI/K7MDENG/bPxRfi%012zu", i);
    ok(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, "eu-central-1", 43200, credentials,
                                  tenant, &tenant->provider) == BEDROCK_TOKEN_OK,
       "a provider");
    get(tenant, 1);
  }
  for (int round = 0; round < ROUNDS; round++)
    for (struct row *row = rows; row < rows + ROWS; row++)
      for (int i = 0, amount = row->first; amount <= row->most; i++, amount = next(row, amount))
        row->per_second[i][round] = measure(row, amount);
  for (struct row *row = rows; row < rows + ROWS; row++)
    for (int i = 0, amount = row->first; amount <= row->most; i++, amount = next(row, amount)) {
      qsort(row->per_second[i], ROUNDS, sizeof *row->per_second[i], compare);
      printf("%s\t%s\t%d\t%.0f\n", names[row->panel], row->kept ? "a kept token" : "a new token",
             amount, row->per_second[i][ROUNDS / 2]);
    }
  return 0;
}
