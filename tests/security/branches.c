// No branch and no address depends on the secret, but for those that branches.supp names and
// justifies. Under valgrind's memcheck the secret's bytes are declared undefined, and so is all
// that is computed from them: it reports whatever looks at that to decide where to go or where to
// read (Adam Langley's ctgrind).
#include <valgrind/memcheck.h>

#include "calls.h"

static char secret[257];

static void generate_with(const char *text) {
  size_t len = strlen(text);
  memcpy(secret, text, len + 1);
  VALGRIND_MAKE_MEM_UNDEFINED(secret, len);

  CHECK(bedrock_token_generate_into(BEDROCK_TOKEN_SERVICE_BEDROCK, ACCESS_KEY, secret, session_900,
                                    REGION, 3600, TIME, call_buffer, sizeof call_buffer,
                                    NULL) == BEDROCK_TOKEN_OK);
  char *token;
  CHECK(bedrock_token_generate(ACCESS_KEY, secret, NULL, REGION, 3600, &token, NULL) ==
        BEDROCK_TOKEN_OK);
  bedrock_token_free(token);
  const char *credentials[] = {secret, NULL};
  bedrock_token_provider *provider;
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, 3600, call_credentials,
                                   credentials, &provider) == BEDROCK_TOKEN_OK);
  CHECK(bedrock_token_provider_get(provider, &token, NULL, NULL) == BEDROCK_TOKEN_OK);
  bedrock_token_free(token);
  bedrock_token_provider_free(provider);
}

int main(void) {
  if (!RUNNING_ON_VALGRIND) return 2;
  calls_setup();
  generate_with(SECRET);
  generate_with(SECRET_256);
  CHECK(VALGRIND_COUNT_ERRORS == 0);

  // The test finds a branch and a read that are there.
  CHECK(VALGRIND_CHECK_MEM_IS_DEFINED(call_buffer, 100) == 0);
  int before = (int)VALGRIND_COUNT_ERRORS;
  if (secret[7] == 'x') call_buffer[0]++;
  CHECK((int)VALGRIND_COUNT_ERRORS == before + 1);
  printf("no unjustified branch on the secret\n");
}
