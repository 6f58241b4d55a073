#include <bedrock_token.h>
#include <stdio.h>

int main(void) {
  char *token;
  bedrock_token_status status = bedrock_token_generate(
      "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", /* session token */ NULL,
      "eu-central-1", BEDROCK_TOKEN_EXPIRES_DEFAULT, &token, NULL);
  if (status != BEDROCK_TOKEN_OK) {
    fprintf(stderr, "no token: %s\n", bedrock_token_status_message(status));
    return 1;
  }
  printf("%s\n", token);
  bedrock_token_free(token);
  return 0;
}
