/*
 * A client that runs for long: it asks the provider for the token before each call, and never
 * thinks about renewal. Here it makes a few calls to nowhere and prints what it would send.
 */
#include <bedrock_token.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Where your program finds credentials: a vault, an STS call. They must live until the next call.
 */
static int32_t find_credentials(void *context, bedrock_token_credentials *credentials) {
  (void)context;
  credentials->access_key = getenv("AWS_ACCESS_KEY_ID");
  credentials->secret = getenv("AWS_SECRET_ACCESS_KEY");
  credentials->session = getenv("AWS_SESSION_TOKEN");
  credentials->expires_at = 0; /* set it if they are temporary */
  return credentials->access_key == NULL || credentials->secret == NULL;
}

/* Stands for an HTTP request; returns the status that came back. */
static int call_bedrock(const char *token) {
  printf("Authorization: Bearer %.24s...\n", token);
  return 200;
}

int main(void) {
  bedrock_token_provider *provider;
  bedrock_token_status status =
      bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, "eu-central-1",
                                 BEDROCK_TOKEN_EXPIRES_DEFAULT, find_credentials, NULL, &provider);
  for (int i = 0; status == BEDROCK_TOKEN_OK && i < 3; i++) {
    char *token;
    int64_t expires_at;
    status = bedrock_token_provider_get(provider, &token, NULL, &expires_at);
    if (status != BEDROCK_TOKEN_OK) break;
    if (call_bedrock(token) == 403) bedrock_token_provider_invalidate(provider, token);
    bedrock_token_free(token);
    printf("good until %" PRId64 "\n", expires_at);
  }
  if (status != BEDROCK_TOKEN_OK) {
    fprintf(stderr, "provider: %s\n", bedrock_token_status_message(status));
  }
  bedrock_token_provider_free(provider);
  return status == BEDROCK_TOKEN_OK ? 0 : 1;
}
