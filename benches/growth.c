/* How the cost of a token grows: with the number of threads, of tenants, and of bytes in the
 * session token. Prints tokens a second of processor time, so that other work on the machine
 * matters less: the median of some rounds, in which all measurements take turns. It also prints how
 * many processors the threads kept busy. If they waited for each other, these would be fewer than
 * the threads and the machine's processors. */
#include <bedrock_token.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 15, MOST_THREADS = 64, MOST_TENANTS = 100000, MOST_SESSION = 65536, COLUMNS = 8 };
static const double SLICE = 0.05; /* seconds */

struct tenant {
  char access_key[21], secret[41];
  bedrock_token_provider *provider;
};

static struct tenant tenants[MOST_TENANTS];
static char session[MOST_SESSION + 1];

struct row {
  const char *name;
  enum { THREADS, TENANTS, BYTES } grows;
  int by_provider;
  int amounts[COLUMNS]; /* up to the first 0 behind the first */
  double per_second[COLUMNS][ROUNDS], busy[COLUMNS][ROUNDS];
};

static struct row rows[] = {
    {"threads", THREADS, 0, {1, 2, 4, 8, 16, 32, 64}, {{0}}, {{0}}},
    {"", THREADS, 1, {1, 2, 4, 8, 16, 32, 64}, {{0}}, {{0}}},
    {"tenants", TENANTS, 0, {1, 1000, 100000}, {{0}}, {{0}}},
    {"", TENANTS, 1, {1, 1000, 100000}, {{0}}, {{0}}},
    {"bytes of session token", BYTES, 0, {0, 64, 256, 1024, 4096, 16384, 65536}, {{0}}, {{0}}},
    {"", BYTES, 1, {0, 64, 256, 1024, 4096, 16384, 65536}, {{0}}, {{0}}},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static void ok(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "growth: %s failed\n", what);
  exit(1);
}

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int32_t credentials(void *context, bedrock_token_credentials *given) {
  struct tenant *tenant = context;
  given->access_key = tenant->access_key;
  given->secret = tenant->secret;
  given->session = session;
  return 0;
}

static bedrock_token_provider *new_provider(struct tenant *tenant) {
  bedrock_token_provider *provider;
  ok(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, "eu-central-1", 43200, credentials,
                                tenant, &provider) == BEDROCK_TOKEN_OK,
     "provider_new");
  return provider;
}

struct run {
  _Alignas(64) int by_provider;
  size_t tenants;
  atomic_int *waiting, *stop;
  atomic_size_t tokens;
};

static void *generate(void *context) {
  struct run *run = context;
  atomic_fetch_sub(run->waiting, 1);
  size_t which = 0;
  while (!atomic_load_explicit(run->stop, memory_order_relaxed)) {
    struct tenant *tenant = &tenants[which];
    which = (which + 61) % run->tenants; /* all of them, but not the neighbour */
    char *token;
    bedrock_token_status status =
        run->by_provider ? bedrock_token_provider_get(tenant->provider, &token, NULL, NULL)
                         : bedrock_token_generate(tenant->access_key, tenant->secret, session,
                                                  "eu-central-1", 43200, &token, NULL);
    ok(status == BEDROCK_TOKEN_OK, "a token");
    bedrock_token_free(token);
    atomic_fetch_add_explicit(&run->tokens, 1, memory_order_relaxed);
  }
  return NULL;
}

static void measure(struct row *row, int column, int round) {
  int amount = row->amounts[column];
  int threads = row->grows == THREADS ? amount : 1;
  size_t bytes = row->grows == BYTES ? (size_t)amount : 0;
  memset(session, 'x', bytes);
  session[bytes] = '\0';
  size_t among = row->grows == TENANTS ? (size_t)amount : 1;
  if (among == 1)
    bedrock_token_provider_invalidate(tenants[0].provider, NULL); /* of the last length */

  static struct run runs[MOST_THREADS]; /* each on a cache line of its own */
  static pthread_t thread[MOST_THREADS];
  atomic_int waiting = threads, stop = 0;
  for (int i = 0; i < threads; i++) {
    runs[i] = (struct run){row->by_provider, among, &waiting, &stop, 0};
    ok(pthread_create(&thread[i], NULL, generate, &runs[i]) == 0, "pthread_create");
  }
  while (atomic_load(&waiting) > 0) nanosleep(&(struct timespec){0, 100000}, NULL);
  double start = now(CLOCK_MONOTONIC), processors = now(CLOCK_PROCESS_CPUTIME_ID);
  size_t before = 0, after = 0;
  for (int i = 0; i < threads; i++) before += atomic_load(&runs[i].tokens);
  nanosleep(&(struct timespec){0, (long)(SLICE * 1e9)}, NULL);
  for (int i = 0; i < threads; i++) after += atomic_load(&runs[i].tokens);
  start = now(CLOCK_MONOTONIC) - start, processors = now(CLOCK_PROCESS_CPUTIME_ID) - processors;
  atomic_store(&stop, 1);
  for (int i = 0; i < threads; i++) ok(pthread_join(thread[i], NULL) == 0, "pthread_join");
  row->per_second[column][round] = (double)(after - before) / processors;
  row->busy[column][round] = processors / start;
}

static int compare(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

static double median(double values[ROUNDS]) {
  qsort(values, ROUNDS, sizeof *values, compare);
  return values[ROUNDS / 2];
}

static int columns(const struct row *row) {
  int count = 1;
  while (count < COLUMNS && row->amounts[count] > 0) count++;
  return count;
}

int main(void) {
  for (size_t i = 0; i < MOST_TENANTS; i++) {
    struct tenant *tenant = &tenants[i];
    snprintf(tenant->access_key, sizeof tenant->access_key, "AKIA%016zu", i);
    snprintf(tenant->secret, sizeof tenant->secret, "wJalrXUtnFEMI/K7MDENG/bPxRfi%012zu", i);
    tenant->provider = new_provider(tenant);
    char *token;
    ok(bedrock_token_provider_get(tenant->provider, &token, NULL, NULL) == 0, "the first token");
    bedrock_token_free(token);
  }
  for (int round = 0; round < ROUNDS; round++)
    for (struct row *row = rows; row < rows + ROWS; row++)
      for (int i = 0; i < columns(row); i++) measure(row, i, round);

  puts("Thousands of tokens a second of processor time");
  for (struct row *row = rows; row < rows + ROWS; row++) {
    if (!row->by_provider) {
      printf("\n%-26s", row->name);
      for (int i = 0; i < columns(row); i++) printf("%9d", row->amounts[i]);
      puts("");
    }
    printf("%-26s", row->by_provider ? "  provider_get" : "  generate");
    for (int i = 0; i < columns(row); i++) printf("%9.1f", median(row->per_second[i]) / 1000);
    puts("");
    if (row->grows != THREADS) continue;
    printf("%-26s", "    processors busy");
    for (int i = 0; i < columns(row); i++) printf("%9.1f", median(row->busy[i]));
    puts("");
  }
  return 0;
}
