// Runs memory.c: as part of this program; or, named in the argument, as a shared library, loaded
// into this process when that is running: then no thread has thread-local memory of it yet. With
// `keys`, the process has used up the thread-specific pointers for which the C library (glibc)
// keeps room in each thread, so that it has to allocate for further ones.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>

#include "test.h"

enum { KEYS_WITH_ROOM = 32, RELOADS = 1100 /* more than PTHREAD_KEYS_MAX, 1024 */ };

static void *load(const char *name, const char *function, void **library) {
  *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (*library == NULL) fprintf(stderr, "%s\n", dlerror());
  CHECK(*library != NULL);
  void *found = dlsym(*library, function);
  CHECK(found != NULL);
  return found;
}

int main(int count, char **arguments) {
  const char *name = count > 1 ? arguments[1] : NULL;
  bool keys = count > 2 && strcmp(arguments[2], "keys") == 0;
  for (int i = 0; keys && i < KEYS_WITH_ROOM; i++) {
    pthread_key_t key;
    CHECK(pthread_key_create(&key, NULL) == 0);
  }
  void *library;
  int failures = ((int (*)(int))load(name, "test_memory", &library))(keys);
  CHECK(dlclose(library) == 0);
  for (int i = 0; name != NULL && i < RELOADS; i++) {
    snprintf(test_context, sizeof test_context, "(load %d)", i);
    CHECK(((bedrock_token_status(*)(void))load(name, "mint_once", &library))() == BEDROCK_TOKEN_OK);
    CHECK(dlclose(library) == 0);
  }
  printf("%d failed allocations: ERR_OUT_OF_MEMORY, nothing leaked\n", failures);
}
