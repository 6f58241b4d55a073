/* bedrock-token. ours LIBRARY: the first token includes loading the library. */
#include <bedrock_token.h>
#include <dlfcn.h>
#include <time.h>

#include "worker.h"

static const char *path;

static void load(void *function, const char *name) {
  static void *library;
  if (library == NULL) library = dlopen(path, RTLD_NOW);
  require(library != NULL, path);
  require((*(void **)function = dlsym(library, name)) != NULL, name);
}

#define LOADED(name)                       \
  static __typeof__(bedrock_##name) *name; \
  if (name == NULL) load(&name, "bedrock_" #name)

static void ok(bedrock_token_status status) {
  require(status == BEDROCK_TOKEN_OK, "a call of bedrock-token");
}

static void generate_into(const char *session, char *token) {
  static int64_t time_now;
  LOADED(token_generate_into);
  if (time_now == 0) time_now = time(NULL);
  ok(token_generate_into(BEDROCK_TOKEN_SERVICE_BEDROCK, ACCESS_KEY, SECRET, session, REGION,
                         EXPIRES, time_now, token, TOKEN_ROOM, NULL));
}

static void take(char *from, size_t len, char *token) {
  LOADED(token_free);
  memcpy(token, from, len + 1);
  token_free(from);
}

static void generate(const char *session, char *token) {
  char *generated;
  size_t len;
  LOADED(token_generate);
  ok(token_generate(ACCESS_KEY, SECRET, session, REGION, EXPIRES, &generated, &len));
  take(generated, len, token);
}

static int32_t credentials(void *session, bedrock_token_credentials *given) {
  *given = (bedrock_token_credentials){ACCESS_KEY, SECRET, session, 0};
  return 0;
}

static void kept(const char *session, char *token) {
  static bedrock_token_provider *provider;
  char *copy;
  size_t len;
  LOADED(token_provider_new);
  LOADED(token_provider_get);
  (void)session;
  if (provider == NULL)
    ok(token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, EXPIRES, credentials, NULL,
                          &provider));
  ok(token_provider_get(provider, &copy, &len, NULL));
  take(copy, len, token);
}

int main(int argc, char **argv) {
  static const struct operation operations[] = {
      {"generate_into", generate_into}, {"generate", generate}, {"kept", kept}};
  require(argc == 2, "ours LIBRARY");
  path = argv[1];
  work(operations);
  return 0;
}
