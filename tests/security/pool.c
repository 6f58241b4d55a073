// The pool of memory for calls that sign. It has room for 60 calls at the same moment without an
// allocation. More threads generate at the same time than that, while there is no memory now and
// then, and for good. Each call generates its token or says ERR_OUT_OF_MEMORY, and none hangs. In a
// child that is forked meanwhile, the whole pool is free again, and holds no secret of a thread
// that is gone. No provider is ever made: the pool looks after itself.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

#include "failing_memory.h"
#include "processes.h"

enum { THREADS = 150, FORKS = 6, TOKENS = 2000, HELD = 60 };

static atomic_long generated, refused;

// --- The handler for fork() ---

static bool no_handlers;
static int handlers;

// glibc's pthread_atfork() calls it.
int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *dso) {
  int (*real)(void (*)(void), void (*)(void), void (*)(void), void *);
  *(void **)&real = dlsym(RTLD_NEXT, "__register_atfork");
  CHECK(real != NULL);
  if (no_handlers) return ENOMEM;
  handlers++;
  return real(prepare, parent, child, dso);
}

static int32_t no_credentials(void *context, bedrock_token_credentials *credentials) {
  (void)context;
  (void)credentials;
  return 1;
}

// Without the handler, nothing is generated. Once it is there, it is there for all.
static void one_handler(void) {
  char token[4096] = "x", *allocated_token = token;
  size_t len = 1;
  const arguments a = arguments_good();
  bedrock_token_provider *provider = (bedrock_token_provider *)token;
  no_handlers = true;
  CHECK(generate_into(&a, token, sizeof token, &len) == BEDROCK_TOKEN_ERR_OUT_OF_MEMORY);
  CHECK(token[0] == '\0' && len == 0);
  CHECK(generate(&a, &allocated_token, &len) == BEDROCK_TOKEN_ERR_OUT_OF_MEMORY);
  CHECK(allocated_token == NULL && len == 0);
  CHECK(bedrock_token_provider_new(0, REGION, 60, no_credentials, NULL, &provider) ==
        BEDROCK_TOKEN_ERR_OUT_OF_MEMORY);
  CHECK(provider == NULL && handlers == 0);
  no_handlers = false;
  // The child of a fork that came before registers its own.
  pid_t child = start_child();
  if (child == 0) {
    CHECK(generate_into(&a, token, sizeof token, NULL) == BEDROCK_TOKEN_OK && handlers == 1);
    _exit(0);
  }
  must_end_well(child);
  CHECK(generate_into(&a, token, sizeof token, NULL) == BEDROCK_TOKEN_OK && handlers == 1);
  for (int i = 0; i < 10; i++) {
    CHECK(bedrock_token_provider_new(0, REGION, 60, no_credentials, NULL, &provider) ==
          BEDROCK_TOKEN_OK);
    bedrock_token_provider_free(provider);
  }
  CHECK(handlers == 1);
}

// --- 60 calls at the same moment ---

static atomic_int held;
static atomic_bool go, let_go;
static char *pages;
static size_t page;

// A call writes the second byte of its buffer, which it may not yet. By then it has its memory.
static void hold(int signal, siginfo_t *info, void *context) {
  (void)signal;
  (void)context;
  char *at = (char *)((uintptr_t)info->si_addr & ~(uintptr_t)(page - 1));
  if (at < pages || at >= pages + 2 * HELD * page) abort();
  held++;
  while (!let_go) usleep(1000);
  mprotect(at, page, PROT_READ | PROT_WRITE);
}

static void *generate_held(void *buffer) {
  const arguments a = arguments_good();
  while (!go) usleep(1000);
  CHECK(generate_into(&a, (char *)buffer, page, NULL) == BEDROCK_TOKEN_OK);
  return NULL;
}

static void sixty_at_once(void) {
  page = (size_t)sysconf(_SC_PAGESIZE);
  pages = (char *)mmap(NULL, 2 * HELD * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                       -1, 0);
  CHECK(pages != MAP_FAILED);
  struct sigaction action = {.sa_sigaction = hold, .sa_flags = SA_SIGINFO}, before;
  CHECK(sigaction(SIGSEGV, &action, &before) == 0);
  pthread_t threads[HELD];
  for (int i = 0; i < HELD; i++) {
    char *closed = pages + (2 * i + 1) * page;
    CHECK(mprotect(closed, page, PROT_NONE) == 0);
    threads[i] = start_thread(generate_held, closed - 1);
  }
  fail_allocation(EVERY_ALLOCATION);
  go = true;
  while (held < HELD) usleep(100);
  CHECK(allocations() == 0);
  fail_allocation(0);
  let_go = true;
  for (int i = 0; i < HELD; i++) join_thread(threads[i]);
  CHECK(sigaction(SIGSEGV, &before, NULL) == 0);
  CHECK(munmap(pages, 2 * HELD * page) == 0);
}

// --- More than that, and children ---

static void generate_once(void) {
  char token[4096];
  const arguments a = arguments_good();
  const bedrock_token_status status = generate_into(&a, token, sizeof token, NULL);
  CHECK(status == BEDROCK_TOKEN_OK || status == BEDROCK_TOKEN_ERR_OUT_OF_MEMORY);
  CHECK((token[0] != '\0') == (status == BEDROCK_TOKEN_OK));
  atomic_fetch_add(status == BEDROCK_TOKEN_OK ? &generated : &refused, 1);
}

// Looks for the secret in the writable data of the file that the library is in: there is its pool.
static int search_data(struct dl_phdr_info *info, size_t size, void *found) {
  (void)size;
  const uintptr_t library = (uintptr_t)bedrock_token_generate_into;
  bool is_library = false;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    const uintptr_t start = info->dlpi_addr + part->p_vaddr;
    is_library |= part->p_type == PT_LOAD && library >= start && library < start + part->p_memsz;
  }
  for (int i = 0; is_library && i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || (part->p_flags & PF_W) == 0) continue;
    const char *start = (const char *)(info->dlpi_addr + part->p_vaddr);
    *(int *)found += memmem(start, part->p_memsz, SECRET, sizeof SECRET - 1) != NULL ? 1 : 2;
  }
  return 0;
}

static atomic_bool stop;

static void *serve(void *unused) {
  while (!stop) generate_once();
  return unused;
}

int main(void) {
  alarm(PATIENCE);
  one_handler();
  sixty_at_once();
  pthread_t threads[THREADS];
  pthread_attr_t small;
  CHECK(pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, 128 * 1024) == 0);
  for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], &small, serve, NULL) == 0);
  for (int i = 0; i < FORKS; i++) {
    fail_allocation(i % 2 == 1 ? EVERY_ALLOCATION : 0);
    const long until = generated + TOKENS;
    while (generated < until) usleep(1000);
    pid_t child = start_child();
    if (child == 0) {
      int found = 0;
      dl_iterate_phdr(search_data, &found);
      CHECK(found > 0 && found % 2 == 0);
      fail_allocation(EVERY_ALLOCATION);
      const long before = generated;
      for (int j = 0; j < 10; j++) generate_once();
      CHECK(generated == before + 10);
      _exit(0);
    }
    must_end_well(child);
  }
  stop = true;
  for (int i = 0; i < THREADS; i++) join_thread(threads[i]);
  printf("%ld tokens, %ld times out of memory, no hang\n", generated, refused);
}
