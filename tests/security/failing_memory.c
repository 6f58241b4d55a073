#include "failing_memory.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// The C library's own, under the names by which glibc offers them to interposers.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static _Atomic long count, failing, in_use;

void fail_allocation(long which) {
  count = 0;
  failing = which;
}

long allocations(void) { return count; }

long blocks_in_use(void) { return in_use; }

static int fails(void) {
  if (++count != failing && failing != EVERY_ALLOCATION) return 0;
  errno = ENOMEM;
  return 1;
}

static void *counted(void *block) {
  in_use += block != NULL;
  return block;
}

void *malloc(size_t size) { return fails() ? NULL : counted(__libc_malloc(size)); }

void *calloc(size_t n, size_t size) { return fails() ? NULL : counted(__libc_calloc(n, size)); }

void *realloc(void *block, size_t size) {
  if (fails()) return NULL;
  void *moved = __libc_realloc(block, size);
  in_use += (block == NULL && moved != NULL) - (block != NULL && moved == NULL && size == 0);
  return moved;
}

void *memalign(size_t alignment, size_t size) {
  return fails() ? NULL : counted(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
  void *memory = memalign(alignment, size);
  if (memory == NULL) return ENOMEM;
  *block = memory;
  return 0;
}

void free(void *block) {
  in_use -= block != NULL;
  __libc_free(block);
}
