/* Each consumer builds this. It generates a token whose signature is published. */
#include <bedrock_token.h>
#include <stdio.h>

#ifdef WITH_OTHER
int other_rust_library(void); /* other.rs */
#else
#define other_rust_library() 0
#endif

int main(void) {
  char token[1024];
  bedrock_token_status status = bedrock_token_generate_into(
      BEDROCK_TOKEN_SERVICE_BEDROCK, "AKIAIOSFODNN7EXAMPLE",
      "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "FAKE/SESSION+TOKEN==", "eu-central-1", 7200,
      1781524800, token, sizeof token, NULL);
  if (status != BEDROCK_TOKEN_OK) {
    fprintf(stderr, "no token: %s\n", bedrock_token_status_message(status));
    return 1;
  }
  printf("%s\n%s\n", token, bedrock_token_version());
  return other_rust_library();
}
