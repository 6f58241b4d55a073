// A string is read no further than its limit plus one byte: behind that lies a page that nobody may
// touch. And one that is as long as it may be is read no further than its NUL.
#include "test.h"
#ifndef _WIN32
#include <sys/mman.h>
#endif

// The end of readable memory.
static char *edge;

// `length` times `c`, and behind it the edge: no NUL.
static char *at_edge(char c, size_t length) { return (char *)memset(edge - length, c, length); }

static char *at_edge_with_nul(char c, size_t length) {
  edge[-1] = '\0';
  return (char *)memset(edge - 1 - length, c, length);
}

static char *region_at_edge(size_t length) {
  char *region = at_edge_with_nul('r', length);
  memcpy(region + length - 2, "-1", 2);
  return region;
}

static int32_t no_credentials(void *context, bedrock_token_credentials *credentials) {
  (void)context;
  (void)credentials;
  return 1;
}

// The same for the other functions that take a string.
static void inspect_and_provider(void) {
  char *access_key = repeat('K', 128), *session = repeat('/', 65536), *region = repeat('r', 63);
  memcpy(region + 61, "-1", 2);
  const arguments longest = {BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM,
                             access_key,
                             SECRET,
                             session,
                             region,
                             BEDROCK_TOKEN_EXPIRES_MAX,
                             TIME};
  size_t len = 0;
  CHECK(generate_into(&longest, NULL, 0, &len) == BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL);
  bedrock_token_info info;
  CHECK(generate_into(&longest, edge - (len + 1), len + 1, NULL) == BEDROCK_TOKEN_OK);
  CHECK(bedrock_token_inspect(edge - (len + 1), &info, sizeof info) == BEDROCK_TOKEN_OK);
  char *too_long = at_edge('A', len + 1);
  CHECK(bedrock_token_inspect(too_long, &info, sizeof info) == BEDROCK_TOKEN_ERR_INVALID_TOKEN);
  const char *prefix = prefix_of(longest.service);
  memcpy(too_long, prefix, strlen(prefix));
  CHECK(bedrock_token_inspect(too_long, &info, sizeof info) == BEDROCK_TOKEN_ERR_INVALID_TOKEN);
  free(access_key);
  free(session);
  free(region);

  bedrock_token_provider *provider = NULL;
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, at_edge('r', 64), 1,
                                   no_credentials, NULL, &provider) == BEDROCK_TOKEN_ERR_REGION);
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, region_at_edge(63), 1,
                                   no_credentials, NULL, &provider) == BEDROCK_TOKEN_OK);
  bedrock_token_provider_invalidate(provider, at_edge('A', len + 1));
  bedrock_token_provider_invalidate(provider, at_edge_with_nul('A', 1));
  bedrock_token_provider_free(provider);
}

// `room` bytes that end at the edge. Both are whole pages, of any size that systems have.
static void make_edge(void) {
  const size_t room = 320 * 1024, page = 64 * 1024;
#ifdef _WIN32
  char *memory = (char *)VirtualAlloc(NULL, room + page, MEM_RESERVE, PAGE_NOACCESS);
  CHECK(memory != NULL && VirtualAlloc(memory, room, MEM_COMMIT, PAGE_READWRITE) != NULL);
#else
  char *memory =
      (char *)mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED);
  CHECK(mprotect(memory + room, page, PROT_NONE) == 0);
#endif
  edge = memory + room;
}

static void check(const arguments *a, bedrock_token_status expected) {
  static char buf[300 * 1024];
  CHECK(generate_into(a, buf, sizeof buf, NULL) == expected);
  char *token;
  CHECK(generate(a, &token, NULL) == expected);
  bedrock_token_free(token);
}

int main(void) {
  make_edge();

  const struct {
    size_t limit;
    bedrock_token_status status;
  } rules[] = {
      {128, BEDROCK_TOKEN_ERR_ACCESS_KEY},
      {256, BEDROCK_TOKEN_ERR_SECRET},
      {65536, BEDROCK_TOKEN_ERR_SESSION},
      {63, BEDROCK_TOKEN_ERR_REGION},
  };
  for (int i = 0; i < 4; i++) {
    arguments a = arguments_good();
    const char **fields[] = {&a.access_key, &a.secret, &a.session, &a.region};
    // One byte too long, of bytes that are allowed and of ones that are not.
    *fields[i] = at_edge('a', rules[i].limit + 1);
    check(&a, rules[i].status);
    *fields[i] = at_edge('\n', rules[i].limit + 1);
    check(&a, rules[i].status);

    const bool is_region = fields[i] == &a.region;
    *fields[i] = is_region ? region_at_edge(rules[i].limit) : at_edge_with_nul('a', rules[i].limit);
    check(&a, BEDROCK_TOKEN_OK);
    *fields[i] = is_region ? region_at_edge(3) : at_edge_with_nul('a', 1);
    check(&a, BEDROCK_TOKEN_OK);
  }

  inspect_and_provider();
  printf("nothing is read beyond an edge\n");
}
