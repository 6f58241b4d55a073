// A plugin with a copy of the library inside, for hostile_host.c.
#include <string.h>

#include "bedrock_token.h"

static int32_t give(void *context, bedrock_token_credentials *credentials) {
  (void)context;
  credentials->access_key = "AKIAIOSFODNN7EXAMPLE";
  credentials->secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  return 0;
}

/* 0 if all went well. `expected` is the token of Claude Platform that the host made. */
int plugin_run(const char *expected);
int plugin_run(const char *expected) {
  char token[16 * 1024], session[3000];
  memset(session, 's', sizeof session - 1);
  session[sizeof session - 1] = '\0';
  if (bedrock_token_generate_into(BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM, "AKIAIOSFODNN7EXAMPLE",
                                  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", session,
                                  "eu-central-1", 3600, 1781524800, token, sizeof token,
                                  NULL) != BEDROCK_TOKEN_OK)
    return 1;
  if (strcmp(token, expected) != 0) return 2;
  bedrock_token_provider *provider;
  if (bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, "eu-central-1", 60, give, 0,
                                 &provider) != BEDROCK_TOKEN_OK)
    return 3;
  char *kept = 0;
  bedrock_token_status status = bedrock_token_provider_get(provider, &kept, 0, 0);
  bedrock_token_free(kept);
  bedrock_token_provider_free(provider);
  return status == BEDROCK_TOKEN_OK ? 0 : 4;
}
