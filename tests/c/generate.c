// Every vector comes out byte for byte, and says its own length beforehand. bedrock_token_generate
// and bedrock_token_generate_for generate the token of the current second, the caller's own to keep
// and free.
#include "test.h"

static void vector(arguments a, const char *base64) {
  static char buf[64 * 1024];
  const char *prefix = prefix_of(a.service);
  const size_t prefix_len = strlen(prefix), token_len = prefix_len + strlen(base64);
  size_t len = 1;
  CHECK(generate_into(&a, NULL, 0, &len) == BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL);
  CHECK(len == token_len && token_len < sizeof buf);
  memset(buf, 'x', sizeof buf);
  CHECK(generate_into(&a, buf, sizeof buf, &len) == BEDROCK_TOKEN_OK);
  CHECK(len == token_len && strlen(buf) == len);
  CHECK(memcmp(buf, prefix, prefix_len) == 0 && strcmp(buf + prefix_len, base64) == 0);
  for (size_t i = len + 1; i < sizeof buf; i++) CHECK(buf[i] == 'x');

  // "" and NULL are the same: no session token.
  if (a.session[0] != '\0') return;
  a.session = NULL;
  CHECK(generate_into(&a, buf, sizeof buf, &len) == BEDROCK_TOKEN_OK);
  CHECK(strcmp(buf + prefix_len, base64) == 0);
}

static bedrock_token_status for_bedrock(const arguments *a, char **out_buf, size_t *len) {
  return bedrock_token_generate(a->access_key, a->secret, a->session, a->region, a->expires,
                                out_buf, len);
}

// Compared with the token of the same second: when one passes during the call, once more.
static void is_token_of_now(arguments a,
                            bedrock_token_status (*call)(const arguments *, char **, size_t *)) {
  char *token = NULL;
  size_t len = 0;
  do {
    bedrock_token_free(token);
    a.time = now();
    CHECK(call(&a, &token, &len) == BEDROCK_TOKEN_OK);
  } while (a.time != now());
  CHECK(token != NULL);
  CHECK(strlen(token) == len);

  char *expected = repeat('x', len);
  CHECK(generate_into(&a, expected, len + 1, NULL) == BEDROCK_TOKEN_OK);
  CHECK(strcmp(token, expected) == 0);
  free(expected);
  bedrock_token_free(token);
}

int main(void) {
  bedrock_token_free(NULL);

  vectors v = vectors_open("tokens.tsv");
  int count = 0;
  while (vectors_next(&v, 8)) {
    const arguments a = vectors_arguments(&v);
    vector(a, v.field[7]);
    is_token_of_now(a, generate);
    if (a.service == BEDROCK_TOKEN_SERVICE_BEDROCK) is_token_of_now(a, for_bedrock);
    count++;
  }
  CHECK(count > 300);
  is_token_of_now(arguments_good(), for_bedrock);
  char *session = repeat('/', 65536);
  arguments longest = arguments_good();
  longest.session = session;
  is_token_of_now(longest, generate);
  is_token_of_now(longest, for_bedrock);
  free(session);

  // The length may be left out.
  arguments a = arguments_good();
  char *token = NULL;
  CHECK(generate(&a, &token, NULL) == BEDROCK_TOKEN_OK);
  CHECK(strncmp(token, PREFIX, PREFIX_LEN) == 0);

  // The token is the caller's: its own block, writable, untouched by later calls, freed in any
  // order, and free to be written to.
  char *other = NULL;
  a.region = "us-east-1";
  CHECK(generate(&a, &other, NULL) == BEDROCK_TOKEN_OK);
  CHECK(strcmp(token, other) != 0);
  memset(token, 0, strlen(token));
  bedrock_token_free(token);
  memset(other, 'x', strlen(other) + 1);
  bedrock_token_free(other);

  printf("%d tokens as the official generators make them, and those of the current second\n",
         count);
}
