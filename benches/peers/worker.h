/*
 * A worker of benches/bench.py: does as told, one line at a time, so that all workers can take
 * turns in short slices.
 *
 *   run OPERATION SESSION_LENGTH ITERATIONS THREADS  answers with the nanoseconds that took
 *   token OPERATION SESSION_LENGTH INDEX TIME        answers with a token, to be checked
 *
 * argv[1] is a folder with a file for each session length: SESSIONS tokens, one a line. They are
 * used in turn, so that the processor cannot learn one by heart.
 */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ACCESS_KEY "AKIAIOSFODNN7EXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define REGION "eu-central-1"
#define EXPIRES 43200
#define SIGNING_TIME 1781524800
#define PREFIX  \
  "bedrock-api" \
  "-key-"

enum { SESSIONS = 64, SESSION_MAX = 4096, TOKEN_ROOM = 24 * 1024 };

struct sessions {
  size_t length;
  char text[SESSIONS][SESSION_MAX + 2];
};

struct operation {
  const char *name;
  void (*run)(const struct sessions *sessions, size_t iterations);
  void (*token)(const char *session, int64_t time, char *token);
};

static void require(int holds, const char *what) {
  if (!holds) {
    fprintf(stderr, "%s failed\n", what);
    exit(1);
  }
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static const struct sessions *load_sessions(const char *folder, size_t length) {
  static struct sessions *loaded[8];
  size_t i = 0;
  for (; loaded[i] != NULL; i++)
    if (loaded[i]->length == length) return loaded[i];
  require(i < 7, "loading another length");
  loaded[i] = calloc(1, sizeof *loaded[i]);
  require(loaded[i] != NULL, "calloc");
  loaded[i]->length = length;
  char path[1024];
  snprintf(path, sizeof path, "%s/%zu", folder, length);
  FILE *file = fopen(path, "r");
  require(file != NULL, path);
  for (size_t k = 0; k < SESSIONS; k++) {
    char *text = loaded[i]->text[k];
    require(fgets(text, sizeof loaded[i]->text[k], file) != NULL, path);
    text[strcspn(text, "\n")] = '\0';
    require(strlen(text) == length, path);
  }
  fclose(file);
  return loaded[i];
}

struct share {
  const struct operation *operation;
  const struct sessions *sessions;
  size_t iterations;
  unsigned number, threads;
  const cpu_set_t *allowed;
  pthread_barrier_t *start;
  double started, ended;
};

/* Threads that only wake up for a slice would often share a processor until the next one. */
static void move_to_processor(unsigned which, const cpu_set_t *allowed) {
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int i = 0; i < CPU_SETSIZE; i++)
    if (CPU_ISSET(i, allowed) && which-- == 0) CPU_SET(i, &one);
  require(sched_setaffinity(0, sizeof one, &one) == 0, "a processor for each thread");
}

static void *run_share(void *context) {
  struct share *share = context;
  if (share->threads > 1) move_to_processor(share->number, share->allowed);
  pthread_barrier_wait(share->start);
  share->started = now();
  share->operation->run(share->sessions, share->iterations);
  share->ended = now();
  return NULL;
}

/* Each thread runs all the iterations. */
static double run(const struct operation *operation, const struct sessions *sessions,
                  size_t iterations, unsigned threads) {
  enum { MOST = 8 };
  require(threads >= 1 && threads <= MOST, "that many threads");
  pthread_t thread[MOST];
  struct share share[MOST];
  pthread_barrier_t start;
  pthread_barrier_init(&start, NULL, threads);
  cpu_set_t allowed;
  require(sched_getaffinity(0, sizeof allowed, &allowed) == 0, "sched_getaffinity");
  for (unsigned i = 0; i < threads; i++) {
    share[i] = (struct share){operation, sessions, iterations, i, threads, &allowed, &start, 0, 0};
    if (i > 0)
      require(pthread_create(&thread[i], NULL, run_share, &share[i]) == 0, "pthread_create");
  }
  run_share(&share[0]);
  double started = share[0].started, ended = share[0].ended;
  for (unsigned i = 1; i < threads; i++) {
    pthread_join(thread[i], NULL);
    if (share[i].started < started) started = share[i].started;
    if (share[i].ended > ended) ended = share[i].ended;
  }
  pthread_barrier_destroy(&start);
  sched_setaffinity(0, sizeof allowed, &allowed);
  return ended - started;
}

static void work(const char *folder, const struct operation *operations) {
  char line[256], command[16], name[64];
  static char token[TOKEN_ROOM];
  while (fgets(line, sizeof line, stdin) != NULL) {
    size_t length;
    long long first, second;
    require(sscanf(line, "%15s %63s %zu %lld %lld", command, name, &length, &first, &second) == 5,
            line);
    const struct operation *operation = operations;
    while (operation->name != NULL && strcmp(operation->name, name) != 0) operation++;
    require(operation->name != NULL, name);
    const struct sessions *sessions = load_sessions(folder, length);
    if (strcmp(command, "run") == 0) {
      printf("%.0f\n", run(operation, sessions, (size_t)first, (unsigned)second));
    } else {
      operation->token(sessions->text[first], second, token);
      printf("%s\n", token);
    }
    fflush(stdout);
  }
}
