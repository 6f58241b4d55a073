// Tokens of every generator are read back. Everything else is refused, and leaves info as it was.
// core/tests/inspect.rs has the grammar of the URL.
#include "test.h"

static void check_info(const arguments *a, const char *token) {
  bedrock_token_info info;
  memset(&info, 'x', sizeof info);
  CHECK(bedrock_token_inspect(token, &info, sizeof info) == BEDROCK_TOKEN_OK);
  CHECK(strcmp(info.access_key, a->access_key) == 0 && strcmp(info.region, a->region) == 0);
  CHECK(info.issued_at == a->time && info.expires_at == a->time + (int64_t)a->expires);
  CHECK(info.has_session == (a->session != NULL && a->session[0] != '\0'));
  CHECK(info.service == a->service);
}

static void refuse(const char *token) {
  bedrock_token_info info, untouched;
  memset(&info, 'x', sizeof info);
  untouched = info;
  CHECK(bedrock_token_inspect(token, &info, sizeof info) == BEDROCK_TOKEN_ERR_INVALID_TOKEN);
  CHECK(memcmp(&info, &untouched, sizeof info) == 0);
}

// `front`, `text`, `end`, to be freed.
static char *joined(const char *front, const char *text, const char *end) {
  const size_t room = strlen(front) + strlen(text) + strlen(end) + 1;
  char *all = (char *)malloc(room);
  CHECK(all != NULL);
  CHECK((size_t)snprintf(all, room, "%s%s%s", front, text, end) < room);
  return all;
}

static void refuse_joined(const char *front, const char *text, const char *end) {
  char *token = joined(front, text, end);
  refuse(token);
  free(token);
}

static void our_own(void) {
  vectors v = vectors_open("tokens.tsv");
  while (vectors_next(&v, 8)) {
    const arguments a = vectors_arguments(&v);
    char *token = joined(prefix_of(a.service), v.field[7], "");
    check_info(&a, token);
    free(token);
  }
}

// Every generator's, and the same cut off anywhere, with any byte replaced, with something in front
// of it or behind it.
static void official(void) {
  vectors v = vectors_open("official.tsv");
  int generators = 0;
  char last[32] = "";
  while (vectors_next(&v, 8)) {
    const int64_t issued_at = atoll(v.field[4]);
    const arguments a = {atoi(v.field[1]),
                         v.field[2],
                         NULL,
                         atoi(v.field[6]) ? "a session" : NULL,
                         v.field[3],
                         (uint32_t)(atoll(v.field[5]) - issued_at),
                         issued_at};
    const char *base64 = v.field[7];
    char *token = joined(prefix_of(a.service), base64, "");
    check_info(&a, token);
    if (strcmp(last, v.field[0]) != 0) generators++;
    snprintf(last, sizeof last, "%s", v.field[0]);

    for (char *at = token; *at != '\0'; at++) {
      const char was = *at, bad[] = {'!', '\n', ' ', '-', '_', '=', '\x80', '\x01', '\0'};
      for (size_t j = 0; j < sizeof bad; j++) {
        if (bad[j] == was) continue;
        *at = bad[j];
        refuse(token);
      }
      *at = was;
    }
    const char *ends[] = {"\n", " ", "=", "==", "A", "AA", "AAA", "AAAA", "&", token};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) refuse_joined(token, "", ends[i]);
    const char *fronts[] = {"", "x", " ", "Bearer ", "BEDROCK-API-KEY-", PREFIX PREFIX};
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++)
      refuse_joined(fronts[i], i > 0 && i < 4 ? token : base64, "");
    refuse_joined(prefix_of(!a.service), base64, "");  // the other service's
    free(token);
  }
  CHECK(generators == 4);
}

static void other_texts(void) {
  const char *texts[] = {"", PREFIX, PREFIX "=", PREFIX "====", "no token"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) refuse(texts[i]);
  refuse(NULL);
  // A long-term key of Bedrock's; random.
  refuse("ABSKQmVkcm9ja0FQSUtleS1leGFtcGxlLWF0LTEyMzQ1Njc4OTAxMjpub3QgYSBrZXk=");
  CHECK(strstr(bedrock_token_status_message(BEDROCK_TOKEN_ERR_INVALID_TOKEN), "ABSK") != NULL);
  for (const char *c = "A= \n%&\xFF"; *c != '\0'; c++) {
    char *token = repeat(*c, 10000000);
    refuse(token);
    memcpy(token, PREFIX, PREFIX_LEN);
    refuse(token);
    free(token);
  }
}

static void refuse_in_every_size(void) {
  bedrock_token_info info[2], untouched[2];
  memset(info, 'x', sizeof info);
  memset(untouched, 'x', sizeof untouched);
  for (size_t size = 0; size <= sizeof info; size++) {
    CHECK(bedrock_token_inspect(PREFIX "no", info, size) == BEDROCK_TOKEN_ERR_INVALID_TOKEN);
    CHECK(memcmp(info, untouched, sizeof info) == 0);
  }
}

static void fill(void *to, size_t size) {
  char token[1024];
  const arguments a = arguments_good();
  CHECK(generate_into(&a, token, sizeof token, NULL) == BEDROCK_TOKEN_OK);
  bedrock_token_info *info = (bedrock_token_info *)to;
  CHECK(bedrock_token_inspect(token, info, size) == BEDROCK_TOKEN_OK);
  CHECK(bedrock_token_inspect(token, NULL, size) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  CHECK(bedrock_token_inspect(NULL, NULL, size) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
}

int main(void) {
  our_own();
  official();
  other_texts();
  refuse_in_every_size();
  every_size(sizeof(bedrock_token_info), fill);
  printf("every generator's tokens are read, nothing else is\n");
}
