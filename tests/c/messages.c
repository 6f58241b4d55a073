// Every status has a message of its own, also one that the library does not know; versions agree.
#include <ctype.h>

#include "test.h"

enum { LAST_STATUS = BEDROCK_TOKEN_ERR_REENTRANT };

int main(void) {
  const char *messages[LAST_STATUS + 1];
  for (bedrock_token_status status = 0; status <= LAST_STATUS; status++) {
    snprintf(test_context, sizeof test_context, "(status %d)", (int)status);
    const char *message = messages[status] = bedrock_token_status_message(status);
    CHECK(message != NULL);
    const size_t len = strlen(message);
    CHECK(len > 3 && len < 200);
    for (size_t i = 0; i < len; i++) CHECK(isprint((unsigned char)message[i]));
    CHECK(message[len - 1] != '.');
    for (bedrock_token_status before = 0; before < status; before++)
      CHECK(strcmp(messages[before], message) != 0);
    CHECK(bedrock_token_status_message(status) == message);
  }
  test_context[0] = '\0';

  // The argument at fault is named.
  CHECK(strstr(messages[BEDROCK_TOKEN_ERR_ACCESS_KEY], "access key") != NULL);
  CHECK(strstr(messages[BEDROCK_TOKEN_ERR_SECRET], "secret") != NULL);
  CHECK(strstr(messages[BEDROCK_TOKEN_ERR_SESSION], "session token") != NULL);
  CHECK(strstr(messages[BEDROCK_TOKEN_ERR_SESSION_REQUIRED], "session token") != NULL);
  CHECK(strstr(messages[BEDROCK_TOKEN_ERR_REGION], "region") != NULL);
  CHECK(strstr(messages[BEDROCK_TOKEN_ERR_EXPIRES], "expires") != NULL);
  CHECK(strstr(messages[BEDROCK_TOKEN_ERR_TIME], "time") != NULL);
  CHECK(strstr(messages[BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL], "buffer") != NULL);
  CHECK(strstr(messages[BEDROCK_TOKEN_ERR_SERVICE], "service") != NULL);
  CHECK(strstr(messages[BEDROCK_TOKEN_ERR_REENTRANT], "provider") != NULL);

  const char *unknown = bedrock_token_status_message(LAST_STATUS + 1);
  CHECK(unknown != NULL);
  for (bedrock_token_status status = 0; status <= LAST_STATUS; status++) {
    CHECK(strcmp(unknown, messages[status]) != 0);
  }
  const bedrock_token_status others[] = {-1, 1000, INT32_MIN, INT32_MAX};
  for (int i = 0; i < 4; i++) CHECK(strcmp(bedrock_token_status_message(others[i]), unknown) == 0);

  // The header that this was compiled with is the library's.
  char version[64];
  snprintf(version, sizeof version, "%d.%d.%d", BEDROCK_TOKEN_VERSION_MAJOR,
           BEDROCK_TOKEN_VERSION_MINOR, BEDROCK_TOKEN_VERSION_PATCH);
  CHECK(strcmp(BEDROCK_TOKEN_VERSION, version) == 0);
  CHECK(strcmp(bedrock_token_version(), version) == 0);

  printf("%d statuses, version %s\n", LAST_STATUS + 1, version);
}
