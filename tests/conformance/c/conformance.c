#include "protocol.h"

#include <bedrock_token.h>
#include <inttypes.h>

static void answer(bedrock_token_status status, const char *token) {
  bedrock_token_info info;
  if (status == BEDROCK_TOKEN_OK) status = bedrock_token_inspect(token, &info, sizeof info);
  if (status != BEDROCK_TOKEN_OK) {
    printf("%" PRId32 "\t%s\n", status, bedrock_token_status_message(status));
    return;
  }
  printf("0\t%s\t%s\t%s\t%" PRId64 "\t%" PRId64 "\t%" PRId32 "\n", token, info.access_key,
         info.region, info.issued_at, info.expires_at, info.has_session);
}

int main(void) {
  char *f[6];
  while (next(f)) {
    uint32_t expires = (uint32_t)strtoul(f[4], NULL, 10);
    int64_t time = strtoll(f[5], NULL, 10);
    size_t length;
    bedrock_token_generate_into(f[0], f[1], f[2], f[3], expires, time, NULL, 0, &length);
    char *buffer = malloc(length + 1);
    if (!buffer) return 1;
    bedrock_token_status status = bedrock_token_generate_into(f[0], f[1], f[2], f[3], expires, time,
                                                              buffer, length + 1, NULL);
    answer(status, buffer);
    free(buffer);

    char *token;
    status = bedrock_token_generate(f[0], f[1], f[2], f[3], expires, &token, NULL);
    answer(status, token);
    bedrock_token_free(token);
  }
  return 0;
}
