#include <bedrock_token.h>
#include <stdio.h>

int other_rust_library(void);

int main(void) {
  for (int i = 0; i < 3; i++) {
    char *token;
    if (bedrock_token_generate("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                               NULL, "eu-central-1", 60, &token, NULL) != BEDROCK_TOKEN_OK) {
      return 1;
    }
    bedrock_token_free(token);
    if (other_rust_library() != 0) return 2;
  }
  return 0;
}
