/*
 * Asks a model a question over HTTPS and prints its answer as it comes. It takes a token from a
 * provider before each request, and a new one when the service refuses the token.
 *
 *   export AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=... AWS_SESSION_TOKEN=...
 * AWS_REGION=eu-central-1
 *   ./chat https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1/chat/completions MODEL
 *   ./chat https://aws-external-anthropic.eu-central-1.api.aws/v1/messages MODEL WORKSPACE
 *
 * With a workspace it calls Claude Platform on AWS, without one Amazon Bedrock.
 */
#include <bedrock_token.h>
#include <curl/curl.h>
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

/* Prints the answer, or on stderr why there is no answer. */
static size_t print(char *data, size_t size, size_t count, void *curl) {
  long http = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
  return fwrite(data, size, count, http == 200 ? stdout : stderr);
}

/* Returns the HTTP status of the answer, or 0 if there is no whole answer. */
static long ask(CURL *curl, const char *token) {
  long http = 0;
  curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
  curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, token); /* curl keeps a copy */
  CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) return fprintf(stderr, "request: %s\n", curl_easy_strerror(code)), 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
  return http;
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: %s URL MODEL [WORKSPACE]\n", argv[0]), 2;
  const char *region = getenv("AWS_REGION");
  const char *workspace = argc > 3 ? argv[3] : NULL;
  char body[512], header[256];
  snprintf(body, sizeof body,
           "{\"model\": \"%s\", \"max_tokens\": 1024, \"stream\": true,"
           " \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}",
           argv[2]);

  CURL *curl = curl_easy_init();
  struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
  if (workspace != NULL) {
    snprintf(header, sizeof header, "anthropic-workspace-id: %s", workspace);
    headers = curl_slist_append(headers, header);
    headers = curl_slist_append(headers, "anthropic-version: 2023-06-01");
  }
  curl_easy_setopt(curl, CURLOPT_URL, argv[1]);
  curl_easy_setopt(curl, CURLOPT_CAINFO, getenv("CURL_CA_BUNDLE")); /* NULL: the system's */
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, print);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, curl);

  bedrock_token_provider *provider;
  bedrock_token_status status = bedrock_token_provider_new(
      workspace == NULL ? BEDROCK_TOKEN_SERVICE_BEDROCK : BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM,
      region, BEDROCK_TOKEN_EXPIRES_DEFAULT, find_credentials, NULL, &provider);
  long http = 0;
  for (int attempt = 1; status == BEDROCK_TOKEN_OK && attempt <= 2; attempt++) {
    char *token;
    status = bedrock_token_provider_get(provider, &token, NULL, NULL);
    if (status != BEDROCK_TOKEN_OK) break;
    http = ask(curl, token);
    const int refused = http == 401 || http == 403;
    /* The credentials may have been replaced. */
    if (refused) bedrock_token_provider_invalidate(provider, token);
    bedrock_token_free(token);
    if (!refused) break;
  }
  if (status != BEDROCK_TOKEN_OK) {
    fprintf(stderr, "provider: %s\n", bedrock_token_status_message(status));
  }
  bedrock_token_provider_free(provider);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl); /* frees its copy of the token, and does not wipe it */
  return http == 200 ? 0 : 1;
}
