// More threads generate at the same time than the library has memory set aside for, while malloc
// fails now and then, and for good. Each call generates its token or says ERR_OUT_OF_MEMORY, here
// and in a child that is forked meanwhile, and none hangs.
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

enum { THREADS = 150, PATIENCE = 120, TOKENS = 20000 };

void *__libc_malloc(size_t size);

static atomic_bool no_memory;
static atomic_long generated, refused;

void *malloc(size_t size) {
  if (!no_memory) return __libc_malloc(size);
  errno = ENOMEM;
  return NULL;
}

static void generate_once(void) {
  char token[4096];
  const arguments a = arguments_good();
  const bedrock_token_status status = generate_into(&a, token, sizeof token, NULL);
  CHECK(status == BEDROCK_TOKEN_OK || status == BEDROCK_TOKEN_ERR_OUT_OF_MEMORY);
  CHECK((token[0] != '\0') == (status == BEDROCK_TOKEN_OK));
  atomic_fetch_add(status == BEDROCK_TOKEN_OK ? &generated : &refused, 1);
}

static atomic_bool stop;

static void *serve(void *unused) {
  while (!stop) generate_once();
  return unused;
}

int main(void) {
  alarm(PATIENCE);
  pthread_t threads[THREADS];
  pthread_attr_t small;
  CHECK(pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, 128 * 1024) == 0);
  for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], &small, serve, NULL) == 0);
  for (int i = 0; i < 10; i++) {
    no_memory = i % 2 == 1;
    const long until = generated + TOKENS;
    while (generated < until) usleep(1000);
    pid_t child = fork();
    if (child == 0) {
      alarm(PATIENCE);
      no_memory = true;
      for (int j = 0; j < 10; j++) generate_once();
      _exit(0);
    }
    int status = -1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
  }
  stop = true;
  for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  printf("%ld tokens, %ld times out of memory, no hang\n", generated, refused);
}
