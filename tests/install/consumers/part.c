/* The C half of a program. app.cpp is the other half. */
#include <bedrock_token.h>

char *generate_in_c(void) {
  char *token;
  bedrock_token_generate("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", NULL,
                         "eu-central-1", BEDROCK_TOKEN_EXPIRES_DEFAULT, &token, NULL);
  return token;
}
