// Every vector comes out byte for byte, and says its own length beforehand.
#include "test.h"

int main(void) {
  static char buf[64 * 1024];
  vectors v = vectors_open("tokens.tsv");
  int count = 0;
  while (vectors_next(&v, 7)) {
    arguments a = vectors_arguments(&v);
    const size_t token_len = PREFIX_LEN + strlen(v.field[6]);

    size_t len = 1;
    CHECK(generate_into(&a, NULL, 0, &len) == BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL);
    CHECK(len == token_len);

    CHECK(token_len < sizeof buf);
    memset(buf, 'x', sizeof buf);
    CHECK(generate_into(&a, buf, sizeof buf, &len) == BEDROCK_TOKEN_OK);
    CHECK(len == token_len);
    CHECK(strlen(buf) == len);
    CHECK(memcmp(buf, PREFIX, PREFIX_LEN) == 0);
    CHECK(strcmp(buf + PREFIX_LEN, v.field[6]) == 0);
    for (size_t i = len + 1; i < sizeof buf; i++) CHECK(buf[i] == 'x');

    // "" and NULL are the same: no session token.
    if (a.session[0] == '\0') {
      a.session = NULL;
      CHECK(generate_into(&a, buf, sizeof buf, &len) == BEDROCK_TOKEN_OK);
      CHECK(strcmp(buf + PREFIX_LEN, v.field[6]) == 0);
    }
    count++;
  }
  CHECK(count > 150);
  printf("%d tokens as the official generator makes them\n", count);
}
