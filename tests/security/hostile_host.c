// A host that does everything at once: threads generate for both services and renew, children are
// forked at any moment, a plugin with a copy of the library comes and goes, and callbacks break
// their contract. It runs to its end, with the right tokens, and nothing hangs.
//   hostile_host PLUGIN [FORKS [LOADS]]   PLUGIN: plugin.c, linked with the static library
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <stdatomic.h>
#include <ucontext.h>

#include "processes.h"

enum { THREADS = 8, BUFFER = 16 * 1024 };

// So long that its token's memory is merged with free memory around it when it is freed: a token
// that is freed too early ends the process.
static char session[3000];

static const bedrock_token_service services[] = {BEDROCK_TOKEN_SERVICE_BEDROCK,
                                                 BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM};

static bedrock_token_status into(bedrock_token_service service, int64_t time, char *token) {
  return bedrock_token_generate_into(service, ACCESS_KEY, SECRET, session, REGION, 3600, time,
                                     token, BUFFER, NULL);
}

static char expected[2][BUFFER];

static void generate_both(void) {
  char token[BUFFER];
  for (int i = 0; i < 2; i++) {
    CHECK(into(services[i], TIME, token) == BEDROCK_TOKEN_OK);
    if (expected[i][0] != '\0') CHECK(strcmp(token, expected[i]) == 0);
  }
}

// A token of the provider is right when the library makes the same from what it says of itself.
static void get(bedrock_token_provider *provider) {
  char *token = NULL, again[BUFFER];
  CHECK(bedrock_token_provider_get(provider, &token, NULL, NULL) == BEDROCK_TOKEN_OK);
  bedrock_token_info info;
  CHECK(bedrock_token_inspect(token, &info, sizeof info) == BEDROCK_TOKEN_OK);
  CHECK(into(info.service, info.issued_at, again) == BEDROCK_TOKEN_OK);
  CHECK(strcmp(token, again) == 0);
  bedrock_token_free(token);
}

static int32_t give(void *context, bedrock_token_credentials *credentials) {
  (void)context;
  sched_yield();  // so that a child is born here, too
  credentials->access_key = ACCESS_KEY;
  credentials->secret = SECRET;
  credentials->session = session;
  return 0;
}

static bedrock_token_provider *new_provider(bedrock_token_service service,
                                            bedrock_token_credentials_fn callback, void *context) {
  bedrock_token_provider *provider = NULL;
  CHECK(bedrock_token_provider_new(service, REGION, 3600, callback, context, &provider) ==
        BEDROCK_TOKEN_OK);
  return provider;
}

static void *use_everything(void *context) {
  bedrock_token_provider *const *providers = (bedrock_token_provider *const *)context;
  generate_both();
  for (int i = 0; i < 2; i++) {
    get(providers[i]);
    bedrock_token_provider_invalidate(providers[i], NULL);
    get(providers[i]);
  }
  bedrock_token_provider *own = new_provider(BEDROCK_TOKEN_SERVICE_BEDROCK, give, NULL);
  get(own);
  bedrock_token_provider_free(own);
  return NULL;
}

// --- children ---

static void *first_call(void *delay) {
  for (volatile unsigned i = 0; i < *(const unsigned *)delay; i++) continue;
  generate_both();
  bedrock_token_provider_free(new_provider(BEDROCK_TOKEN_SERVICE_BEDROCK, give, NULL));
  return NULL;
}

// Forks while another thread makes the first call of its process; `delay` has it fall into every
// part of the fork. The process that calls this has made no call.
static void fork_during_the_first_call(unsigned delay) {
  pid_t child = start_child();
  if (child == 0) {
    pthread_t thread = start_thread(first_call, &delay);
    pid_t grandchild = start_child();
    if (grandchild == 0) {
      delay = 0;
      first_call(&delay);
      _exit(0);
    }
    must_end_well(grandchild);
    join_thread(thread);
    _exit(0);
  }
  must_end_well(child);
}

static atomic_bool stop;
static atomic_long used;

static void *serve(void *context) {
  bedrock_token_provider *const *providers = (bedrock_token_provider *const *)context;
  while (!stop) {
    generate_both();
    for (int i = 0; i < 2; i++) {
      get(providers[i]);
      if (used++ % 3 == 0) bedrock_token_provider_invalidate(providers[i], NULL);
    }
  }
  return NULL;
}

// The child uses its parent's providers from two threads, or new ones.
static void fork_at_any_moment(bedrock_token_provider *providers[2], bool free_first) {
  pid_t child = start_child();
  if (child == 0) {
    if (free_first) {
      for (int i = 0; i < 2; i++) bedrock_token_provider_free(providers[i]);
      for (int i = 0; i < 2; i++) providers[i] = new_provider(services[i], give, NULL);
    }
    pthread_t thread = start_thread(use_everything, providers);
    use_everything(providers);
    join_thread(thread);
    for (int i = 0; i < 2; i++) bedrock_token_provider_free(providers[i]);
    _exit(0);
  }
  must_end_well(child);
}

// --- a plugin ---

static void load_and_unload(const char *plugin) {
  void *library = dlopen(plugin, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) fprintf(stderr, "%s\n", dlerror());
  CHECK(library != NULL);
  void (*run)(char *token, size_t room);
  *(void **)&run = dlsym(library, "plugin_run");
  CHECK(run != NULL);
  char token[BUFFER];
  run(token, sizeof token);
  CHECK(strcmp(token, expected[1]) == 0);
  CHECK(dlclose(library) == 0);
  CHECK(dlopen(plugin, RTLD_NOW | RTLD_NOLOAD) == NULL);  // it is gone
}

// --- callbacks that break their contract ---

static bedrock_token_provider *own_provider;
static int answers_inside;

static void come_back_in(int unused) {
  (void)unused;
  char *token = (char *)&answers_inside;
  CHECK(bedrock_token_provider_get(own_provider, &token, NULL, NULL) ==
        BEDROCK_TOKEN_ERR_REENTRANT);
  CHECK(token == NULL);
  bedrock_token_provider_invalidate(own_provider, NULL);
  answers_inside++;
}

static int32_t come_back_in_directly(void *context, bedrock_token_credentials *credentials) {
  come_back_in(0);
  return give(context, credentials);
}

static int32_t come_back_in_by_signal(void *context, bedrock_token_credentials *credentials) {
  raise(SIGUSR1);
  return give(context, credentials);
}

// Two coroutines of one thread: the source waits for the network, and the scheduler lets the other
// one run, which wants a token, too.
static ucontext_t of_source, of_other;

static void other_coroutine(void) {
  come_back_in(0);
  swapcontext(&of_other, &of_source);
}

static int32_t come_back_in_by_coroutine(void *context, bedrock_token_credentials *credentials) {
  static char stack[64 * 1024];
  CHECK(getcontext(&of_other) == 0);
  of_other.uc_stack.ss_sp = stack;
  of_other.uc_stack.ss_size = sizeof stack;
  of_other.uc_link = NULL;
  makecontext(&of_other, other_coroutine, 0);
  CHECK(swapcontext(&of_source, &of_other) == 0);
  return give(context, credentials);
}

static int32_t leave_the_thread(void *context, bedrock_token_credentials *credentials) {
  if (pthread_equal(pthread_self(), *(pthread_t *)context)) return give(context, credentials);
  pthread_exit(NULL);
}

static void *get_in_a_thread(void *provider) {
  char *token = NULL;
  bedrock_token_provider_get((bedrock_token_provider *)provider, &token, NULL, NULL);
  bedrock_token_free(token);
  return NULL;
}

// The child of a callback, while other threads get and invalidate: it comes back in, returns to the
// library, or both.
static atomic_int forks_left;
static bool is_child;

static int32_t fork_among_threads(void *context, bedrock_token_credentials *credentials) {
  const int left = atomic_fetch_sub(&forks_left, 1);
  if (left > 0) {
    pid_t child = start_child();
    if (child == 0) {
      is_child = true;
      if (left % 3 != 0) come_back_in(0);
      if (left % 3 != 1) return give(context, credentials);
      _exit(0);
    }
    must_end_well(child);
  }
  return give(context, credentials);
}

static void *get_and_invalidate(void *provider) {
  while (forks_left > 0) {
    get((bedrock_token_provider *)provider);
    if (is_child) _exit(0);
    bedrock_token_provider_invalidate((bedrock_token_provider *)provider, NULL);
  }
  return NULL;
}

// A thread is in the callback. Another one forks, and so does a new thread of the child, which has
// the number of the one in the callback.
static atomic_bool in_callback, held;

static int32_t stand_still(void *context, bedrock_token_credentials *credentials) {
  in_callback = true;
  while (held) usleep(100);
  return give(context, credentials);
}

static void *fork_and_get(void *provider) {
  pid_t child = start_child();
  if (child == 0) {
    get((bedrock_token_provider *)provider);
    _exit(0);
  }
  must_end_well(child);
  return NULL;
}

static void fork_twice(void) {
  in_callback = false;
  held = true;
  own_provider = new_provider(BEDROCK_TOKEN_SERVICE_BEDROCK, stand_still, NULL);
  pthread_t thread = start_thread(get_in_a_thread, own_provider);
  while (!in_callback) usleep(100);
  pid_t child = start_child();
  if (child == 0) {
    held = false;
    join_thread(start_thread(fork_and_get, own_provider));
    _exit(0);
  }
  must_end_well(child);
  held = false;
  join_thread(thread);
  bedrock_token_provider_free(own_provider);
}

static void misbehave(void) {
  bedrock_token_credentials_fn comes_back_in[] = {come_back_in_directly, come_back_in_by_signal,
                                                  come_back_in_by_coroutine};
  for (int i = 0; i < 3; i++) {
    answers_inside = 0;
    own_provider = new_provider(services[i % 2], comes_back_in[i], NULL);
    get(own_provider);
    CHECK(answers_inside == 1);
    bedrock_token_provider_invalidate(own_provider, NULL);
    get(own_provider);
    CHECK(answers_inside == 2);
    bedrock_token_provider_free(own_provider);
  }

  // A callback that ends its thread, twice, with another thread that waits.
  pthread_t self = pthread_self();
  own_provider = new_provider(BEDROCK_TOKEN_SERVICE_BEDROCK, leave_the_thread, &self);
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) threads[i] = start_thread(get_in_a_thread, own_provider);
  for (int i = 0; i < 4; i++) join_thread(threads[i]);
  get(own_provider);
  bedrock_token_provider_free(own_provider);

  // A callback that forks, while others use the provider.
  forks_left = 9;
  own_provider = new_provider(BEDROCK_TOKEN_SERVICE_BEDROCK, fork_among_threads, NULL);
  for (int i = 0; i < 4; i++) threads[i] = start_thread(get_and_invalidate, own_provider);
  for (int i = 0; i < 4; i++) join_thread(threads[i]);
  bedrock_token_provider_free(own_provider);
  fork_twice();
}

int main(int argc, char **argv) {
  CHECK(argc >= 2);
  const int forks = argc > 2 ? atoi(argv[2]) : 20000, loads = argc > 3 ? atoi(argv[3]) : 2000;
  signal(SIGUSR1, come_back_in);
  CHECK(mallopt(M_ARENA_MAX, 1) == 1);
  memset(session, 's', sizeof session - 1);
  for (int i = 0; i < forks / 10; i++) fork_during_the_first_call((unsigned)i * 7919 % 200000);

  for (int i = 0; i < 2; i++) CHECK(into(services[i], TIME, expected[i]) == BEDROCK_TOKEN_OK);
  CHECK(strncmp(expected[0], PREFIX, PREFIX_LEN) == 0);
  bedrock_token_provider *providers[2];
  for (int i = 0; i < 2; i++) providers[i] = new_provider(services[i], give, NULL);
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) threads[i] = start_thread(serve, providers);
  for (int i = 0; i < forks - forks / 10; i++) fork_at_any_moment(providers, i % 3 == 0);
  for (int i = 0; i < loads; i++) load_and_unload(argv[1]);
  for (int i = 0; i < 100; i++) misbehave();
  stop = true;
  for (int i = 0; i < THREADS; i++) join_thread(threads[i]);
  for (int i = 0; i < 2; i++) bedrock_token_provider_free(providers[i]);
  printf("%d children, %d times a plugin, %ld tokens beside them\n", forks, loads, used);
}
