// Runs memory.c: as a part of this program, or as a shared library, which is named in the argument
// and loaded into this process while it runs. No thread has thread-local memory for it then.
#define _GNU_SOURCE
#include <dlfcn.h>

#include "test.h"

int main(int count, char **arguments) {
  void *library = dlopen(count > 1 ? arguments[1] : NULL, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) fprintf(stderr, "%s\n", dlerror());
  CHECK(library != NULL);
  int (*test_memory)(void);
  *(void **)&test_memory = dlsym(library, "test_memory");
  CHECK(test_memory != NULL);
  const int failures = test_memory();
  CHECK(dlclose(library) == 0);
  printf("%d failed allocations: ERR_OUT_OF_MEMORY, nothing leaked\n", failures);
}
