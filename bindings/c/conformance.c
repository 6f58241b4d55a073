#include <bedrock_token.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

static void generate(char **s, uint32_t expires) {
  char *token;
  bedrock_token_status status =
      bedrock_token_generate(s[0], s[1], s[2], s[3], expires, &token, NULL);
  answer(status, token);
  bedrock_token_free(token);
}

static void generate_into(bedrock_token_service service, char **s, uint32_t expires, int64_t at) {
  size_t length;
  bedrock_token_generate_into(service, s[0], s[1], s[2], s[3], expires, at, NULL, 0, &length);
  char *buffer = malloc(length + 1);
  if (!buffer) abort();
  bedrock_token_status status = bedrock_token_generate_into(service, s[0], s[1], s[2], s[3],
                                                            expires, at, buffer, length + 1, NULL);
  answer(status, buffer);
  free(buffer);
}

/* Decodes a string in place: "-" is NULL, "=" and hex digits are bytes. A NUL cannot be said. */
static char *decode(char *field, int *sayable) {
  if (*field == '-') return NULL;
  char *out = field;
  for (const char *hex = field + 1; *hex; hex += 2) {
    unsigned byte;
    sscanf(hex, "%2x", &byte);
    *sayable = *sayable && byte;
    *out++ = (char)byte;
  }
  *out = '\0';
  return field;
}

int main(void) {
  static char line[1 << 20];
  while (fgets(line, sizeof line, stdin)) {
    char *fields[7];
    for (int i = 0; i < 7; ++i) fields[i] = strtok(i == 0 ? line : NULL, "\t\n");
    bedrock_token_service service = (bedrock_token_service)strtol(fields[0], NULL, 10);
    char *strings[4];
    int sayable = 1;
    for (int i = 0; i < 4; ++i) strings[i] = decode(fields[i + 1], &sayable);
    long long life = strtoll(fields[5], NULL, 10);
    if (!sayable || life < 0 || life > UINT32_MAX) {
      puts("-\n-"); /* no string has a NUL inside, and no uint32_t is negative or larger */
      continue;
    }
    uint32_t expires = (uint32_t)life;
    generate_into(service, strings, expires, strtoll(fields[6], NULL, 10));
    if (service == BEDROCK_TOKEN_SERVICE_BEDROCK) {
      generate(strings, expires);
    } else {
      generate_into(service, strings, expires, (int64_t)time(NULL));
    }
  }
  return 0;
}
