/* bedrock-token. ours LIBRARY FOLDER is a worker of worker.h. ours LIBRARY - prints the nanoseconds
 * from loading the library to the first token, and the KiB that this adds to the peak memory. */
#include <bedrock_token.h>
#include <dlfcn.h>

#include "worker.h"

static struct {
  __typeof__(bedrock_token_generate) *generate;
  __typeof__(bedrock_token_generate_into) *generate_into;
  __typeof__(bedrock_token_free) *free;
  __typeof__(bedrock_token_inspect) *inspect;
  __typeof__(bedrock_token_provider_new) *provider_new;
  __typeof__(bedrock_token_provider_get) *provider_get;
} library;

static void load(const char *path) {
  void *handle = dlopen(path, RTLD_NOW);
  require(handle != NULL, path);
#define LOAD(name) \
  require((*(void **)&library.name = dlsym(handle, "bedrock_token_" #name)) != NULL, #name)
  LOAD(generate);
  LOAD(generate_into);
  LOAD(free);
  LOAD(inspect);
  LOAD(provider_new);
  LOAD(provider_get);
}

static void ok(bedrock_token_status status) {
  require(status == BEDROCK_TOKEN_OK, "a call of bedrock-token");
}

static void run_generate(const struct sessions *sessions, size_t iterations) {
  for (size_t i = 0; i < iterations; i++) {
    const char *session = sessions->text[i % SESSIONS];
    char *token;
    ok(library.generate(ACCESS_KEY, SECRET, session, REGION, EXPIRES, &token, NULL));
    library.free(token);
  }
}

static void token_generate(const char *session, int64_t time, char *token) {
  (void)time;
  char *generated;
  ok(library.generate(ACCESS_KEY, SECRET, session, REGION, EXPIRES, &generated, NULL));
  strcpy(token, generated);
  library.free(generated);
}

static void token_generate_into(const char *session, int64_t time, char *token) {
  ok(library.generate_into(BEDROCK_TOKEN_SERVICE_BEDROCK, ACCESS_KEY, SECRET, session, REGION,
                           EXPIRES, time, token, TOKEN_ROOM, NULL));
}

static void run_generate_into(const struct sessions *sessions, size_t iterations) {
  char token[TOKEN_ROOM];
  for (size_t i = 0; i < iterations; i++)
    token_generate_into(sessions->text[i % SESSIONS], SIGNING_TIME, token);
}

static int32_t credentials(void *session, bedrock_token_credentials *given) {
  given->access_key = ACCESS_KEY;
  given->secret = SECRET;
  given->session = session;
  return 0;
}

static void run_provider_get(const struct sessions *sessions, size_t iterations) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static bedrock_token_provider *providers[SESSION_MAX + 1];
  char *token;
  pthread_mutex_lock(&lock);
  bedrock_token_provider **provider = &providers[sessions->length];
  if (*provider == NULL) {
    void *session = (void *)sessions->text[0];
    ok(library.provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, EXPIRES, credentials, session,
                            provider));
    ok(library.provider_get(*provider, &token, NULL, NULL));
    library.free(token);
  }
  pthread_mutex_unlock(&lock);
  for (size_t i = 0; i < iterations; i++) {
    ok(library.provider_get(*provider, &token, NULL, NULL));
    library.free(token);
  }
}

static void run_inspect(const struct sessions *sessions, size_t iterations) {
  char token[TOKEN_ROOM];
  token_generate_into(sessions->text[0], SIGNING_TIME, token);
  for (size_t i = 0; i < iterations; i++) {
    bedrock_token_info info;
    ok(library.inspect(token, &info, sizeof info));
  }
}

static long peak_memory(void) {
  long kib = 0;
  char line[256];
  FILE *file = fopen("/proc/self/status", "r");
  require(file != NULL, "/proc/self/status");
  while (fgets(line, sizeof line, file) != NULL) sscanf(line, "VmHWM: %ld", &kib);
  fclose(file);
  return kib;
}

int main(int argc, char **argv) {
  require(argc == 3, "ours LIBRARY FOLDER");
  if (strcmp(argv[2], "-") == 0) {
    static const struct sessions none;
    long memory = peak_memory();
    double start = now();
    load(argv[1]);
    run_generate(&none, 1);
    double took = now() - start;
    printf("%.0f %ld\n", took, peak_memory() - memory);
    return 0;
  }
  load(argv[1]);
  static const struct operation operations[] = {
      {"generate", run_generate, token_generate},
      {"generate_into", run_generate_into, token_generate_into},
      {"provider_get", run_provider_get, NULL},
      {"inspect", run_inspect, NULL},
      {NULL, NULL, NULL},
  };
  work(argv[2], operations);
  return 0;
}
