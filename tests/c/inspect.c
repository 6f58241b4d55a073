// Tokens of every generator are read back. Everything else is refused, and leaves info as it was.
#include "test.h"

static const char GOOD[] =
    "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260615%2Feu-central-1%2Fbedrock%2Faws4_request"
    "&X-Amz-Date=20260615T120000Z&X-Amz-Expires=7200"
    "&X-Amz-Security-Token=FAKE%2FSESSION%2BTOKEN%3D%3D"
    "&X-Amz-Signature=21a4d736cb5e62aa032abf76b9f4d156b4cefa6a7414be2fac99ae4822a48219"
    "&X-Amz-SignedHeaders=host&Version=1";

// The token of a URL, to be freed.
static char *token_of_bytes(const char *url, size_t length) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char *token = (char *)malloc(PREFIX_LEN + (length + 2) / 3 * 4 + 1);
  CHECK(token != NULL);
  char *to = token + PREFIX_LEN;
  memcpy(token, PREFIX, PREFIX_LEN);
  for (size_t i = 0; i < length; i += 3) {
    const size_t left = length - i;
    unsigned group = 0;
    for (size_t j = 0; j < 3; j++) group = group << 8 | (j < left ? (unsigned char)url[i + j] : 0);
    for (size_t j = 0; j < 4; j++) *to++ = j > left ? '=' : digits[group >> (18 - 6 * j) & 63];
  }
  *to = '\0';
  return token;
}

static char *token_of(const char *url) { return token_of_bytes(url, strlen(url)); }

// A copy of GOOD in which `old`, which is there once, is `replacement`; to be freed.
static char *good_with(const char *old, const char *replacement) {
  const char *at = strstr(GOOD, old);
  CHECK(at != NULL && strstr(at + 1, old) == NULL);
  char *url = (char *)malloc(sizeof GOOD + strlen(replacement));
  CHECK(url != NULL);
  memcpy(url, GOOD, (size_t)(at - GOOD));
  strcpy(url + (at - GOOD), replacement);
  strcat(url, at + strlen(old));
  return url;
}

static void check_info(const char *token, bedrock_token_service service, const char *access_key,
                       const char *region, int64_t issued_at, int64_t expires_at,
                       int32_t has_session) {
  bedrock_token_info info;
  memset(&info, 'x', sizeof info);
  CHECK(bedrock_token_inspect(token, &info, sizeof info) == BEDROCK_TOKEN_OK);
  CHECK(strcmp(info.access_key, access_key) == 0);
  CHECK(strcmp(info.region, region) == 0);
  CHECK(info.issued_at == issued_at);
  CHECK(info.expires_at == expires_at);
  CHECK(info.has_session == has_session);
  CHECK(info.service == service);
}

static void refuse(const char *token) {
  bedrock_token_info info, untouched;
  memset(&info, 'x', sizeof info);
  untouched = info;
  CHECK(bedrock_token_inspect(token, &info, sizeof info) == BEDROCK_TOKEN_ERR_INVALID_TOKEN);
  CHECK(memcmp(&info, &untouched, sizeof info) == 0);
}

static void refuse_url(char *url) {
  snprintf(test_context, sizeof test_context, "(%.200s)", url);
  char *token = token_of(url);
  refuse(token);
  free(token);
  free(url);
}

static void accept_url(char *url, int32_t has_session) {
  snprintf(test_context, sizeof test_context, "(%.200s)", url);
  char *token = token_of(url);
  check_info(token, BEDROCK_TOKEN_SERVICE_BEDROCK, ACCESS_KEY, REGION, TIME, TIME + 7200,
             has_session);
  free(token);
  free(url);
}

static char *prefixed(bedrock_token_service service, const char *base64) {
  const char *prefix = prefix_of(service);
  char *token = (char *)malloc(strlen(prefix) + strlen(base64) + 1);
  CHECK(token != NULL);
  strcpy(token, prefix);
  return strcat(token, base64);
}

static void files(void) {
  vectors v = vectors_open("official.tsv");
  int generators = 0;
  char last[32] = "";
  while (vectors_next(&v, 8)) {
    const bedrock_token_service service = atoi(v.field[1]);
    char *token = prefixed(service, v.field[7]);
    check_info(token, service, v.field[2], v.field[3], atoll(v.field[4]), atoll(v.field[5]),
               atoi(v.field[6]));
    free(token);
    if (strcmp(last, v.field[0]) != 0) generators++;
    snprintf(last, sizeof last, "%s", v.field[0]);
  }
  CHECK(generators == 4);

  v = vectors_open("tokens.tsv");
  while (vectors_next(&v, 8)) {
    const arguments a = vectors_arguments(&v);
    char *token = prefixed(a.service, v.field[7]);
    check_info(token, a.service, a.access_key, a.region, a.time, a.time + (int64_t)a.expires,
               a.session[0] != '\0');
    free(token);
  }
}

// Cut off anywhere, with any byte replaced, with something behind it.
static void damaged_base64(void) {
  vectors v = vectors_open("official.tsv");
  while (vectors_next(&v, 8)) {
    char *token = prefixed(atoi(v.field[1]), v.field[7]);
    const size_t length = strlen(token);
    for (size_t i = 0; i < length; i++) {
      const char was = token[i];
      const char bad[] = {'\0', '!', '\n', ' ', '-', '_', '\x80', '\x01'};
      for (size_t j = 0; j < sizeof bad; j++) {
        if (bad[j] == was) continue;
        token[i] = bad[j];
        refuse(token);
      }
      if (was != '=') {
        token[i] = '=';
        refuse(token);
      }
      token[i] = was;
    }
    // Bits behind the last byte that are not 0.
    char *digit = strchr(token, '=');
    if (digit != NULL) {
      digit[-1]++;
      refuse(token);
      digit[-1]--;
    }
    char *longer = (char *)malloc(2 * length + 1);
    CHECK(longer != NULL);
    const char *behind[] = {"\n", " ", "=", "==", "A", "AA", "AAA", "AAAA", "&", token};
    for (size_t j = 0; j < sizeof behind / sizeof behind[0]; j++) {
      strcpy(longer, token);
      strcat(longer, behind[j]);
      refuse(longer);
    }
    free(longer);
    free(token);
  }
}

// Two Base64 texts, one behind the other: padding is for the end alone. Long enough for a reader
// that goes by chunks.
static void padding_inside(void) {
  char *session = repeat('x', 1500);
  char *url = good_with("FAKE%2FSESSION%2BTOKEN%3D%3D", session);
  const size_t length = strlen(url);
  for (size_t i = 1; i < length; i++) {
    snprintf(test_context, sizeof test_context, "(two texts, the first of %zu bytes)", i);
    char *first = token_of_bytes(url, i);
    char *second = token_of(url + i);
    char *both = (char *)malloc(strlen(first) + strlen(second) + 1);
    CHECK(both != NULL);
    strcpy(both, first);
    strcat(both, second + PREFIX_LEN);
    if (i % 3 == 0) {
      check_info(both, BEDROCK_TOKEN_SERVICE_BEDROCK, ACCESS_KEY, REGION, TIME, TIME + 7200, 1);
    } else {
      refuse(both);
    }
    free(both);
    free(second);
    free(first);
  }
  free(url);
  free(session);
}

static void damaged_prefix(void) {
  char *good = token_of(GOOD);
  const char *base64 = good + PREFIX_LEN;
  check_info(good, BEDROCK_TOKEN_SERVICE_BEDROCK, ACCESS_KEY, REGION, TIME, TIME + 7200, 1);
  const char *fronts[] = {"", "x", " " PREFIX, PREFIX PREFIX, "Bearer " PREFIX, "BEDROCK-API-KEY-"};
  for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++) {
    char token[1024];
    snprintf(token, sizeof token, "%s%s", fronts[i], base64);
    refuse(token);
  }
  refuse("");
  refuse(PREFIX);
  refuse(PREFIX "=");
  refuse(PREFIX "====");
  // The other service's prefix, in front of a URL of Bedrock's.
  char *other = prefixed(BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM, base64);
  refuse(other);
  free(other);
  // A long-term key of Bedrock's; random.
  refuse("ABSKQmVkcm9ja0FQSUtleS1leGFtcGxlLWF0LTEyMzQ1Njc4OTAxMjpub3QgYSBrZXk=");
  CHECK(strstr(bedrock_token_status_message(BEDROCK_TOKEN_ERR_INVALID_TOKEN), "ABSK") != NULL);
  free(good);
}

// Every byte of the URL left out, doubled, or cut off there.
static void damaged_url(void) {
  for (size_t i = 0; i < sizeof GOOD - 1; i++) {
    snprintf(test_context, sizeof test_context, "(at byte %zu of the URL)", i);
    char *token = token_of_bytes(GOOD, i);
    refuse(token);
    free(token);

    // In the name of a parameter, say; a session token may be any.
    char url[sizeof GOOD];
    memcpy(url, GOOD, sizeof GOOD);
    const char bad[] = {'\0', '\n', ' ', '\x7f', '\x80'};
    for (size_t j = 0; j < sizeof bad; j++) {
      url[i] = bad[j];
      token = token_of_bytes(url, sizeof GOOD - 1);
      refuse(token);
      free(token);
    }
  }
}

static void parameters(void) {
  const char *pairs[] = {
      "Action=CallWithBearerToken",
      "X-Amz-Algorithm=AWS4-HMAC-SHA256",
      "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260615%2Feu-central-1%2Fbedrock%2Faws4_request",
      "X-Amz-Date=20260615T120000Z",
      "X-Amz-Expires=7200",
      "X-Amz-Security-Token=FAKE%2FSESSION%2BTOKEN%3D%3D",
      "X-Amz-Signature=21a4d736cb5e62aa032abf76b9f4d156b4cefa6a7414be2fac99ae4822a48219",
      "X-Amz-SignedHeaders=host",
      "Version=1",
  };
  enum { COUNT = sizeof pairs / sizeof pairs[0] };
  for (size_t i = 0; i < COUNT; i++) {
    const bool is_session = strstr(pairs[i], "Security") != NULL;
    char text[256];
    // Missing; only the session token may be.
    snprintf(text, sizeof text, i == 0 ? "%s&" : "&%s", pairs[i]);
    if (is_session) {
      accept_url(good_with(text, ""), 0);
    } else {
      refuse_url(good_with(text, ""));
    }
    // Doubled, side by side and at the end.
    snprintf(text, sizeof text, "%s&%s", pairs[i], pairs[i]);
    refuse_url(good_with(pairs[i], text));
    snprintf(text, sizeof text, "Version=1&%s", pairs[i]);
    refuse_url(good_with("Version=1", text));
    // Without its value; with something in front of it or behind it; in other letters.
    const int name_length = (int)strcspn(pairs[i], "=");
    snprintf(text, sizeof text, "%.*s", name_length, pairs[i]);
    refuse_url(good_with(pairs[i], text));
    snprintf(text, sizeof text, "%.*s=", name_length, pairs[i]);
    if (is_session) {
      accept_url(good_with(pairs[i], text), 0);
    } else {
      refuse_url(good_with(pairs[i], text));
      snprintf(text, sizeof text, "%sx", pairs[i]);
      refuse_url(good_with(pairs[i], text));
      snprintf(text, sizeof text, "%s%%0A", pairs[i]);
      refuse_url(good_with(pairs[i], text));
      snprintf(text, sizeof text, "%s%%00", pairs[i]);
      refuse_url(good_with(pairs[i], text));
      snprintf(text, sizeof text, "%.*s==%s", name_length, pairs[i], pairs[i] + name_length + 1);
      refuse_url(good_with(pairs[i], text));
    }
    snprintf(text, sizeof text, "%s", pairs[i]);
    text[0] = (char)(text[0] ^ 0x20);
    refuse_url(good_with(pairs[i], text));
    // In any other place, the order is free.
    snprintf(text, sizeof text, i == COUNT - 1 ? "&%s" : "%s&", pairs[i]);
    char *without = good_with(text, "");
    char moved[sizeof GOOD];
    snprintf(moved, sizeof moved, "bedrock.amazonaws.com/?%s&%s", pairs[i],
             without + strlen("bedrock.amazonaws.com/?"));
    free(without);
    accept_url(strdup(moved), 1);
  }

  refuse_url(good_with("&Version=1", "&&Version=1"));
  refuse_url(good_with("&Version=1", "&Version=1&"));
  refuse_url(good_with("&Version=1", "&=&Version=1"));
  refuse_url(good_with("&Version=1", "&x=y&Version=1"));
  refuse_url(good_with("&Version=1", "&X-Amz-Content-Sha256=x&Version=1"));
  refuse_url(good_with("&Version=1", "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=y&Version=1"));
  refuse_url(good_with("&Version=1", "&Version=2"));
  refuse_url(good_with("&Version=1", "&Version=01"));
  refuse_url(good_with("&Version=1", "&Version=1#"));
  refuse_url(good_with("CallWithBearerToken", "ListFoundationModels"));
  refuse_url(good_with("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"));
  refuse_url(good_with("SignedHeaders=host", "SignedHeaders=host%3Bx-amz-date"));
}

static void values(void) {
  const char *hosts[] = {"",
                         "bedrock.amazonaws.com",
                         "bedrock.amazonaws.com/",
                         "https://bedrock.amazonaws.com/?",
                         "bedrock.amazonaws.com:443/?",
                         "bedrock.amazonaws.com.example.com/?",
                         "bedrock.eu-central-1.amazonaws.com/?",
                         "evil@bedrock.amazonaws.com/?",
                         "Bedrock.amazonaws.com/?",
                         "bedrock.amazonaws.com//?",
                         "bedrock.amazonaws.com/x?",
                         "sts.amazonaws.com/?"};
  for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
    refuse_url(good_with("bedrock.amazonaws.com/?", hosts[i]));
  }

  // Days that no calendar has, or no token; the date goes with the one in the credential.
  const char *dates[] = {"20260229T000000Z",   "21000229T000000Z",     "20260431T000000Z",
                         "20261301T000000Z",   "20260001T000000Z",     "20260600T000000Z",
                         "20260632T000000Z",   "20260615T240000Z",     "20260615T006000Z",
                         "20260615T000060Z",   "00000615T000000Z",     "19691231T235959Z",
                         "20260615T120000",    "20260615T120000z",     "20260615 120000Z",
                         "20260615T120000%2B", "2026-06-15T12:00:00Z", "120260615T120000Z",
                         "+2260615T120000Z",   "2026061xT120000Z",     "99999999T999999Z"};
  for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
    char *url = good_with("20260615T120000Z", dates[i]);
    memcpy(strstr(url, "20260615%2F"), dates[i], 8);
    refuse_url(url);
  }
  refuse_url(good_with("20260615T120000Z", "20260616T120000Z"));
  refuse_url(good_with("20260615%2F", "20260614%2F"));

  const char *expires[] = {"0",   "00",    "07200",  "43201", "-1",         "%2B7200",
                           "7e3", "7200 ", "7200.0", "0x1C",  "4294967297", "18446744073709558816"};
  for (size_t i = 0; i < sizeof expires / sizeof expires[0]; i++) {
    refuse_url(good_with("7200", expires[i]));
  }

  char key_of_129[129 + 1], region_of_64[64 + 1];
  memset(key_of_129, 'A', 129);
  memset(region_of_64, 'a', 64);
  key_of_129[129] = region_of_64[64] = '\0';
  const char *credentials[][2] = {{"AKIAIOSFODNN7EXAMPLE%2F", ""},
                                  {"AKIAIOSFODNN7EXAMPLE", ""},
                                  {"AKIAIOSFODNN7EXAMPLE", "AKIA-IOSFODNN7EXAMPLE"},
                                  {"AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE%00"},
                                  {"AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE%0A"},
                                  {"AKIAIOSFODNN7EXAMPLE", "%C3%A9"},
                                  {"AKIAIOSFODNN7EXAMPLE", key_of_129},
                                  {"20260615%2F", "2026061%2F"},
                                  {"20260615%2F", "202606150%2F"},
                                  {"20260615%2F", "%2F"},
                                  {"20260615%2F", ""},
                                  {"eu-central-1", ""},
                                  {"eu-central-1", "EU-CENTRAL-1"},
                                  {"eu-central-1", "-eu-central-1"},
                                  {"eu-central-1", "eu-central-1%00"},
                                  {"eu-central-1", "eu-central-1%2Fx"},
                                  {"eu-central-1", region_of_64},
                                  {"%2Fbedrock%2F", "%2F"},
                                  {"%2Fbedrock%2F", "%2Fsts%2F"},
                                  {"%2Fbedrock%2F", "%2Fbedrock%2Fbedrock%2F"},
                                  {"aws4_request", "aws3_request"},
                                  {"aws4_request", "aws4_request%2F"},
                                  {"%2Faws4_request", ""}};
  for (size_t i = 0; i < sizeof credentials / sizeof credentials[0]; i++) {
    refuse_url(good_with(credentials[i][0], credentials[i][1]));
  }

  // The official generators sign regions that no service has. Such a token says which one it has.
  const char *regions[] = {"us-east-1a", "us-east", "us", "a", "0", "x--y", region_of_64 + 1};
  for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
    char *url = good_with("eu-central-1", regions[i]);
    char *token = token_of(url);
    check_info(token, BEDROCK_TOKEN_SERVICE_BEDROCK, ACCESS_KEY, regions[i], TIME, TIME + 7200, 1);
    free(token);
    free(url);
  }

  const char *signature = "21a4d736cb5e62aa032abf76b9f4d156b4cefa6a7414be2fac99ae4822a48219";
  char other[66];
  snprintf(other, sizeof other, "%s0", signature);
  refuse_url(good_with(signature, other));
  refuse_url(good_with(signature, signature + 1));
  snprintf(other, sizeof other, "G%s", signature + 1);
  refuse_url(good_with(signature, other));
  snprintf(other, sizeof other, "/%s", signature + 1);
  refuse_url(good_with(signature, other));

  const char *escapes[] = {"%", "%4", "%4&", "%GG", "%4G", "%%41", "% 41", "%-1", "%+1"};
  for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
    refuse_url(good_with("FAKE%2FSESSION%2BTOKEN%3D%3D", escapes[i]));
  }
}

static void long_ones(void) {
  // Session tokens of all lengths around the limit, escaped or not.
  const struct {
    size_t length;
    bool ok;
  } sessions[] = {{65535, true}, {65536, true}, {65537, false}, {200000, false}, {10000000, false}};
  for (size_t i = 0; i < sizeof sessions / sizeof sessions[0]; i++) {
    char *plain = repeat('x', sessions[i].length);
    char *escaped = (char *)malloc(3 * sessions[i].length + 1);
    CHECK(escaped != NULL);
    for (size_t j = 0; j < sessions[i].length; j++) memcpy(escaped + 3 * j, "%2F", 4);
    if (sessions[i].ok) {
      accept_url(good_with("FAKE%2FSESSION%2BTOKEN%3D%3D", plain), 1);
      accept_url(good_with("FAKE%2FSESSION%2BTOKEN%3D%3D", escaped), 1);
    } else {
      refuse_url(good_with("FAKE%2FSESSION%2BTOKEN%3D%3D", plain));
      refuse_url(good_with("FAKE%2FSESSION%2BTOKEN%3D%3D", escaped));
    }
    // The same length in every other place.
    const char *places[] = {"AKIAIOSFODNN7EXAMPLE",    "eu-central-1",     "7200",     "Action",
                            "bedrock.amazonaws.com/?", "20260615T120000Z", "Version=1"};
    for (size_t j = 0; j < sizeof places / sizeof places[0]; j++) {
      refuse_url(good_with(places[j], plain));
    }
    free(plain);
    free(escaped);
  }
  snprintf(test_context, sizeof test_context, "(10 MB)");
  for (const char *c = "A= \n%&\xFF"; *c != '\0'; c++) {
    char *token = repeat(*c, 10000000);
    refuse(token);
    memcpy(token, PREFIX, PREFIX_LEN);
    refuse(token);
    free(token);
  }
}

// Random damage, always the same: no crash, and what is still accepted is sound.
static void random_damage(void) {
  uint32_t state = 20260615;
  int accepted = 0;
  for (int round = 0; round < 100000; round++) {
    char url[sizeof GOOD];
    memcpy(url, GOOD, sizeof GOOD);
    for (int i = 0; i <= round % 3; i++) {
      state = state * 1664525u + 1013904223u;
      const size_t at = (state >> 8) % (sizeof GOOD - 1);
      state = state * 1664525u + 1013904223u;
      // A byte from elsewhere in the URL, or any.
      url[at] = state >> 31 ? (char)(state >> 16) : GOOD[(state >> 8) % (sizeof GOOD - 1)];
    }
    snprintf(test_context, sizeof test_context, "(round %d)", round);
    char *token = token_of_bytes(url, sizeof GOOD - 1);
    bedrock_token_info info, untouched;
    memset(&info, 'x', sizeof info);
    untouched = info;
    const bedrock_token_status status = bedrock_token_inspect(token, &info, sizeof info);
    if (status == BEDROCK_TOKEN_OK) {
      accepted++;
      CHECK(memchr(info.access_key, '\0', sizeof info.access_key) != NULL);
      CHECK(memchr(info.region, '\0', sizeof info.region) != NULL);
      CHECK(info.access_key[0] != '\0' && info.region[0] != '\0');
      CHECK(info.issued_at >= 0 && info.issued_at <= INT64_C(253402300799));
      CHECK(info.expires_at > info.issued_at);
      CHECK(info.expires_at <= info.issued_at + BEDROCK_TOKEN_EXPIRES_MAX);
      CHECK(info.has_session == 1);
    } else {
      CHECK(status == BEDROCK_TOKEN_ERR_INVALID_TOKEN);
      CHECK(memcmp(&info, &untouched, sizeof info) == 0);
    }
    free(token);
  }
  CHECK(accepted > 0);
}

// A program may be older or newer than the library, and its struct smaller or larger.
static void info_size(void) {
  char *token = token_of(GOOD);
  bedrock_token_info whole;
  memset(&whole, 0, sizeof whole);
  CHECK(bedrock_token_inspect(token, &whole, sizeof whole) == BEDROCK_TOKEN_OK);
  union {
    bedrock_token_info info;
    unsigned char bytes[2 * sizeof(bedrock_token_info)];
  } given;
  for (size_t size = 0; size < sizeof given - 16; size++) {
    snprintf(test_context, sizeof test_context, "(info_size %zu)", size);
    memset(&given, 'x', sizeof given);
    CHECK(bedrock_token_inspect(PREFIX "no", &given.info, size) == BEDROCK_TOKEN_ERR_INVALID_TOKEN);
    for (size_t i = 0; i < sizeof given; i++) CHECK(given.bytes[i] == 'x');

    CHECK(bedrock_token_inspect(token, &given.info, size) == BEDROCK_TOKEN_OK);
    const size_t known = size < sizeof whole ? size : sizeof whole;
    CHECK(memcmp(given.bytes, &whole, known) == 0);
    for (size_t i = known; i < size; i++) CHECK(given.bytes[i] == 0);
    for (size_t i = size; i < sizeof given; i++) CHECK(given.bytes[i] == 'x');
  }

  // Garbage for a size: no more is written than the struct has.
  const size_t garbage[] = {4097, INT32_MAX, SIZE_MAX / 2 + 1, SIZE_MAX};
  for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
    memset(&given, 'x', sizeof given);
    CHECK(bedrock_token_inspect(token, &given.info, garbage[i]) == BEDROCK_TOKEN_OK);
    CHECK(memcmp(given.bytes, &whole, sizeof whole) == 0);
    for (size_t b = sizeof whole; b < sizeof given; b++) CHECK(given.bytes[b] == 'x');
  }

  CHECK(bedrock_token_inspect(NULL, &whole, sizeof whole) == BEDROCK_TOKEN_ERR_INVALID_TOKEN);
  CHECK(bedrock_token_inspect("", &whole, sizeof whole) == BEDROCK_TOKEN_ERR_INVALID_TOKEN);
  CHECK(bedrock_token_inspect(NULL, NULL, sizeof whole) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  CHECK(bedrock_token_inspect(token, NULL, sizeof whole) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  CHECK(bedrock_token_inspect(token, NULL, 0) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  CHECK(bedrock_token_inspect("no token", NULL, 0) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  free(token);
}

int main(void) {
  files();
  damaged_base64();
  padding_inside();
  damaged_prefix();
  damaged_url();
  parameters();
  values();
  long_ones();
  random_damage();
  info_size();
  printf("every generator's tokens are read, nothing else is\n");
}
