// A plugin that uses the library, for hostile_host.c and windows/loads.c, which load and unload it.
#include "test.h"

static int32_t give(void *context, bedrock_token_credentials *credentials) {
  (void)context;
  credentials->access_key = ACCESS_KEY;
  credentials->secret = SECRET;
  return 0;
}

// Generates a token for Claude Platform with a long session token, and uses a provider.
void plugin_run(char *token, size_t room);
void plugin_run(char *token, size_t room) {
  char *session = repeat('s', 2999), *own;
  CHECK(bedrock_token_generate_into(BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM, ACCESS_KEY, SECRET,
                                    session, REGION, 3600, TIME, token, room,
                                    NULL) == BEDROCK_TOKEN_OK);
  free(session);
  CHECK(bedrock_token_generate(ACCESS_KEY, SECRET, NULL, REGION, 60, &own, NULL) ==
        BEDROCK_TOKEN_OK);
  bedrock_token_info info;
  CHECK(bedrock_token_inspect(own, &info, sizeof info) == BEDROCK_TOKEN_OK);
  bedrock_token_free(own);
  bedrock_token_provider *provider;
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, 60, give, NULL,
                                   &provider) == BEDROCK_TOKEN_OK);
  for (int i = 0; i < 2; i++) {
    CHECK(bedrock_token_provider_get(provider, &own, NULL, NULL) == BEDROCK_TOKEN_OK);
    bedrock_token_free(own);
    bedrock_token_provider_invalidate(provider, NULL);
  }
  bedrock_token_provider_free(provider);
}
