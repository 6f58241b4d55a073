// Both functions refuse bad arguments by name, with the outputs cleared, and accept all others.
#include "test.h"

static int refused;
static int accepted;

static void check(const arguments *a, bedrock_token_status expected) {
  static char buf[300 * 1024];
  const bool ok = expected == BEDROCK_TOKEN_OK;

  memset(buf, 'x', 8);
  size_t len = 12345;
  CHECK(generate_into(a, buf, sizeof buf, &len) == expected);
  CHECK(strlen(buf) == len);
  CHECK((len != 0) == ok);
  if (!ok) CHECK(buf[1] == 'x');

  // The same without room for anything, and with nobody asking for the length.
  len = 12345;
  CHECK(generate_into(a, NULL, 0, &len) == (ok ? BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL : expected));
  CHECK((len != 0) == ok);
  CHECK(generate_into(a, buf, sizeof buf, NULL) == expected);

  // The others take the clock's time, and one of them is for Bedrock.
  for (int bedrock = 0; bedrock <= 1 && expected != BEDROCK_TOKEN_ERR_TIME; bedrock++) {
    if (bedrock && a->service != BEDROCK_TOKEN_SERVICE_BEDROCK) break;
    char *token = buf;
    len = 12345;
    CHECK((bedrock ? bedrock_token_generate(a->access_key, a->secret, a->session, a->region,
                                            a->expires, &token, &len)
                   : generate(a, &token, &len)) == expected);
    CHECK((token != NULL) == ok);
    CHECK((len != 0) == ok);
    bedrock_token_free(token);
  }
  if (ok) {
    accepted++;
  } else {
    refused++;
  }
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

static void file(void) {
  vectors v = vectors_open("refusals.tsv");
  while (vectors_next(&v, 8)) {
    arguments a = vectors_arguments(&v);
    a.access_key = unescape(v.field[1]);
    a.secret = unescape(v.field[2]);
    a.session = unescape(v.field[3]);
    a.region = unescape(v.field[4]);
    check(&a, atoi(v.field[7]));
  }
}

static bool is_word(int c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}
static bool is_graphic(int c) { return c >= 0x21 && c <= 0x7E; }
static bool is_printable(int c) { return c >= 0x20 && c <= 0x7E; }
static bool is_label(int c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

static bool never(int c) {
  (void)c;
  return false;
}
static bool is_quote(int c) { return c == '"' || c == '\'' || c == '`'; }
static bool is_space_or_quote(int c) { return c == ' ' || is_quote(c); }
static bool is_no_letter(int c) { return c < 'a' || c > 'z'; }
static bool is_no_digit(int c) { return c < '0' || c > '9'; }

// Every byte at the front, in the middle and at the end of every argument; every length around its
// limit.
static void every_byte_and_limit(void) {
  struct {
    const char *name;
    const char *end;  // of every one that is good
    size_t field;
    size_t min, max;
    bool (*allowed)(int);
    bool (*not_first)(int);
    bool (*not_last)(int);
    bedrock_token_status status;
  } rules[] = {
      {"access_key", "", 0, 1, 128, is_word, never, never, BEDROCK_TOKEN_ERR_ACCESS_KEY},
      {"secret", "", 1, 1, 256, is_graphic, is_quote, is_quote, BEDROCK_TOKEN_ERR_SECRET},
      {"session", "", 2, 0, 65536, is_printable, is_space_or_quote, is_space_or_quote,
       BEDROCK_TOKEN_ERR_SESSION},
      {"region", "-1", 3, 3, 63, is_label, is_no_letter, is_no_digit, BEDROCK_TOKEN_ERR_REGION},
  };
  for (size_t r = 0; r < sizeof rules / sizeof rules[0]; r++) {
    arguments a = arguments_good();
    const char **fields[] = {&a.access_key, &a.secret, &a.session, &a.region};
    const char **field = fields[rules[r].field];

    for (int c = 1; c <= 255; c++) {
      for (size_t at = 0; at < 9; at += 4) {
        snprintf(test_context, sizeof test_context, "(%s with 0x%02X at %zu)", rules[r].name,
                 (unsigned)c, at);
        char text[] = "a1b2c3d4e";
        memcpy(text + 9 - strlen(rules[r].end), rules[r].end, strlen(rules[r].end));
        text[at] = (char)c;
        *field = text;
        const bool bad = !rules[r].allowed(c) || (at == 0 && rules[r].not_first(c)) ||
                         (at == 8 && rules[r].not_last(c));
        check(&a, bad ? rules[r].status : BEDROCK_TOKEN_OK);
      }
    }

    const size_t lengths[] = {
        0, 1, 2, rules[r].max - 1, rules[r].max, rules[r].max + 1, rules[r].max * 2, 100000};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
      snprintf(test_context, sizeof test_context, "(%s of %zu bytes)", rules[r].name, lengths[i]);
      char *text = repeat('a', lengths[i]);
      const size_t end = strlen(rules[r].end);
      if (lengths[i] >= end) memcpy(text + lengths[i] - end, rules[r].end, end);
      *field = text;
      const bool bad = lengths[i] < rules[r].min || lengths[i] > rules[r].max;
      check(&a, bad ? rules[r].status : BEDROCK_TOKEN_OK);
      free(text);
    }
  }
}

static void numbers(void) {
  snprintf(test_context, sizeof test_context, "(numbers)");
  for (uint32_t expires = 0; expires < 3; expires++) {
    arguments a = arguments_good();
    a.expires = expires;
    check(&a, expires == 0 ? BEDROCK_TOKEN_ERR_EXPIRES : BEDROCK_TOKEN_OK);
    a.expires = BEDROCK_TOKEN_EXPIRES_MAX - 1 + expires;
    check(&a, expires == 2 ? BEDROCK_TOKEN_ERR_EXPIRES : BEDROCK_TOKEN_OK);
  }
  const int64_t bad_times[] = {INT64_MIN, -1, INT64_C(253402300800), INT64_MAX};
  const int64_t good_times[] = {0, 1, INT64_C(253402300798), INT64_C(253402300799)};
  for (int i = 0; i < 4; i++) {
    arguments a = arguments_good();
    a.time = bad_times[i];
    check(&a, BEDROCK_TOKEN_ERR_TIME);
    a.time = good_times[i];
    check(&a, BEDROCK_TOKEN_OK);
  }
}

// Names that look like a region, but are not one.
static void regions(void) {
  const char *bad[] = {"us",         "global",     "us-east",     "us-east-1a", "us-east-1-",
                       "-us-east-1", "1us-east-1", "us-east-one", "useast1",    "us-east-1b-2c"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    snprintf(test_context, sizeof test_context, "(region %s)", bad[i]);
    arguments a = arguments_good();
    a.region = bad[i];
    check(&a, BEDROCK_TOKEN_ERR_REGION);
  }
}

// The length may be left out, the place for the token may not.
static void null_outputs(void) {
  snprintf(test_context, sizeof test_context, "(NULL outputs)");
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
  file();
  CHECK(refused > 200);
  every_byte_and_limit();
  numbers();
  regions();
  null_outputs();
  printf("%d refused, %d accepted\n", refused, accepted);
}
