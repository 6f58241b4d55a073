// snprintf's rule, at every capacity from 0 to more than enough, with guard bytes around the
// buffer.
#include "test.h"

enum { GUARD = 64 };

// `max_step` 1 goes through every capacity; more, through every one near an edge.
static void every_capacity(const arguments *a, size_t max_step) {
  size_t token_len = 0;
  CHECK(generate_into(a, NULL, 0, &token_len) == BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL);
  char *expected = repeat('x', token_len);
  CHECK(generate_into(a, expected, token_len + 1, NULL) == BEDROCK_TOKEN_OK);

  const size_t most = token_len + 130;
  char *memory = repeat('x', GUARD + most + GUARD);
  char *buf = memory + GUARD;
  for (size_t capacity = 0; capacity <= most;) {
    snprintf(test_context, sizeof test_context, "(capacity %zu, token of %zu)", capacity,
             token_len);
    const bool fits = capacity > token_len;
    memset(memory, 'x', GUARD + most + GUARD);
    size_t len = 0;
    CHECK(generate_into(a, buf, capacity, &len) ==
          (fits ? BEDROCK_TOKEN_OK : BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL));
    CHECK(len == token_len);

    // Written: the token and its NUL, or a NUL where there is room for it, or nothing.
    size_t written = 0;
    if (fits) {
      CHECK(memcmp(buf, expected, token_len + 1) == 0);
      written = token_len + 1;
    } else if (capacity > 0) {
      CHECK(buf[0] == '\0');
      written = 1;
    }
    for (const char *p = memory; p < buf; p++) CHECK(*p == 'x');
    for (const char *p = buf + written; p < buf + most + GUARD; p++) CHECK(*p == 'x');

    // Without the length, the same.
    memset(buf, 'x', most);
    CHECK(generate_into(a, buf, capacity, NULL) ==
          (fits ? BEDROCK_TOKEN_OK : BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL));
    CHECK(buf[written] == 'x' && (written == 0 || buf[written - 1] == '\0'));

    const bool near_edge = capacity < 64 || capacity + 64 + max_step > token_len;
    capacity += near_edge ? 1 : max_step;
  }
  free(memory);
  free(expected);
}

int main(void) {
  arguments a = arguments_good();
  every_capacity(&a, 1);
  a.session = "FAKE/SESSION+TOKEN==";
  every_capacity(&a, 1);
  for (size_t session_len = 1; session_len <= 3; session_len++) {
    char *session = repeat('x', session_len);
    a.session = session;
    every_capacity(&a, 61);
    free(session);
  }
  char *session = repeat('/', 65536);
  a.session = session;
  every_capacity(&a, 16381);
  free(session);
  printf("every capacity is answered by snprintf's rule\n");
}
