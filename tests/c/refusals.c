// The functions refuse bad arguments by name, with the outputs cleared. core/tests/checks.rs tries
// every byte and limit.
#include "test.h"

static void refuse(const arguments *a, bedrock_token_status expected) {
  static char buf[300 * 1024];
  memset(buf, 'x', 8);
  size_t len = 12345;
  CHECK(generate_into(a, buf, sizeof buf, &len) == expected);
  CHECK(len == 0 && buf[0] == '\0' && buf[1] == 'x');

  // The same without room for anything, and with nobody asking for the length.
  len = 12345;
  CHECK(generate_into(a, NULL, 0, &len) == expected);
  CHECK(len == 0);
  CHECK(generate_into(a, buf, sizeof buf, NULL) == expected);

  // The others take the clock's time, and one of them is for Bedrock.
  if (expected == BEDROCK_TOKEN_ERR_TIME) return;
  char *token = buf;
  len = 12345;
  CHECK(generate(a, &token, &len) == expected);
  CHECK(token == NULL && len == 0);
  if (a->service != BEDROCK_TOKEN_SERVICE_BEDROCK) return;
  token = buf;
  len = 12345;
  CHECK(bedrock_token_generate(a->access_key, a->secret, a->session, a->region, a->expires, &token,
                               &len) == expected);
  CHECK(token == NULL && len == 0);
}

// Turns \xNN into that byte, and \N alone into NULL.
static const char *unescape(char *field) {
  if (strcmp(field, "\\N") == 0) return NULL;
  char *to = field;
  for (const char *from = field; *from != '\0'; to++) {
    if (*from == '\\') {
      CHECK(from[1] == 'x');
      const char hex[3] = {from[2], from[3], '\0'};
      *to = (char)strtoul(hex, NULL, 16);
      from += 4;
    } else {
      *to = *from++;
    }
  }
  *to = '\0';
  return field;
}

// The length may be left out, the place for the token may not.
static void null_outputs(void) {
  arguments a = arguments_good();
  size_t len = 12345;
  CHECK(generate(&a, NULL, &len) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  CHECK(len == 0);
  CHECK(generate(&a, NULL, NULL) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);

  len = 12345;
  CHECK(generate_into(&a, NULL, 1, &len) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  CHECK(len == 0);
  CHECK(generate_into(&a, NULL, SIZE_MAX, NULL) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);

  // This comes first, before a string that is wrong or NULL.
  a.access_key = NULL;
  CHECK(generate(&a, NULL, NULL) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  CHECK(generate_into(&a, NULL, 1, NULL) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  // A bad argument comes before a small buffer.
  CHECK(generate_into(&a, NULL, 0, NULL) == BEDROCK_TOKEN_ERR_ACCESS_KEY);
}

int main(void) {
  vectors v = vectors_open("refusals.tsv");
  int refused = 0;
  while (vectors_next(&v, 8)) {
    arguments a = vectors_arguments(&v);
    a.access_key = unescape(v.field[1]);
    a.secret = unescape(v.field[2]);
    a.session = unescape(v.field[3]);
    a.region = unescape(v.field[4]);
    refuse(&a, atoi(v.field[7]));
    refused++;
  }
  CHECK(refused > 200);
  null_outputs();
  printf("%d refused\n", refused);
}
