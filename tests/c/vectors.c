// Every vector comes out byte for byte, and says its own length beforehand.
#include "test.h"

int main(void) {
  static char buf[64 * 1024];
  vectors v = vectors_open("tokens.tsv");
  int count = 0;
  while (vectors_next(&v, 8)) {
    arguments a = vectors_arguments(&v);
    const char *prefix = prefix_of(a.service);
    const size_t prefix_len = strlen(prefix);
    const size_t token_len = prefix_len + strlen(v.field[7]);

    size_t len = 1;
    CHECK(generate_into(&a, NULL, 0, &len) == BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL);
    CHECK(len == token_len);

    CHECK(token_len < sizeof buf);
    memset(buf, 'x', sizeof buf);
    CHECK(generate_into(&a, buf, sizeof buf, &len) == BEDROCK_TOKEN_OK);
    CHECK(len == token_len);
    CHECK(strlen(buf) == len);
    CHECK(memcmp(buf, prefix, prefix_len) == 0);
    CHECK(strcmp(buf + prefix_len, v.field[7]) == 0);
    for (size_t i = len + 1; i < sizeof buf; i++) CHECK(buf[i] == 'x');

    // "" and NULL are the same: no session token.
    if (a.session[0] == '\0') {
      a.session = NULL;
      CHECK(generate_into(&a, buf, sizeof buf, &len) == BEDROCK_TOKEN_OK);
      CHECK(strcmp(buf + prefix_len, v.field[7]) == 0);
    }
    count++;
  }
  CHECK(count > 300);
  printf("%d tokens as the official generators make them\n", count);
}
