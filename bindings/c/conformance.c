#include <bedrock_token.h>
#include <inttypes.h>
#include <time.h>

#include "protocol.h"

static void answer(bedrock_token_status status, const char *token) {
  bedrock_token_info info;
  if (status == BEDROCK_TOKEN_OK) status = bedrock_token_inspect(token, &info, sizeof info);
  if (status != BEDROCK_TOKEN_OK) {
    printf("%" PRId32 "\t%s\n", status, bedrock_token_status_message(status));
    return;
  }
  printf("0\t%s\t%" PRId32 "\t%s\t%s\t%" PRId64 "\t%" PRId64 "\t%" PRId32 "\n", token, info.service,
         info.access_key, info.region, info.issued_at, info.expires_at, info.has_session);
}

static void generate(char **f, uint32_t expires) {
  char *token;
  bedrock_token_status status =
      bedrock_token_generate(f[0], f[1], f[2], f[3], expires, &token, NULL);
  answer(status, token);
  bedrock_token_free(token);
}

static void generate_into(bedrock_token_service service, char **f, uint32_t expires, int64_t at) {
  size_t length;
  bedrock_token_generate_into(service, f[0], f[1], f[2], f[3], expires, at, NULL, 0, &length);
  char *buffer = malloc(length + 1);
  if (!buffer) abort();
  bedrock_token_status status = bedrock_token_generate_into(service, f[0], f[1], f[2], f[3],
                                                            expires, at, buffer, length + 1, NULL);
  answer(status, buffer);
  free(buffer);
}

int main(void) {
  struct field fields[7];
  while (next(fields)) {
    bedrock_token_service service = (bedrock_token_service)strtol(fields[0].text, NULL, 10);
    char *strings[4];
    int sayable = 1;
    for (int i = 0; i < 4; ++i) {
      strings[i] = fields[i + 1].text;
      sayable = sayable && (!strings[i] || strlen(strings[i]) == fields[i + 1].length);
    }
    long long life = strtoll(fields[5].text, NULL, 10);
    if (!sayable || life > UINT32_MAX) {
      puts("-\n-"); /* no string has a NUL inside, and no uint32_t is larger */
      continue;
    }
    uint32_t expires = (uint32_t)life;
    generate_into(service, strings, expires, strtoll(fields[6].text, NULL, 10));
    if (service == BEDROCK_TOKEN_SERVICE_BEDROCK) {
      generate(strings, expires);
    } else {
      generate_into(service, strings, expires, (int64_t)time(NULL));
    }
  }
  return 0;
}
