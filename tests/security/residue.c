// No residue: once a call has returned, no memory that this process can write, and no register,
// holds 16 bytes of the secret, of a key derived from it, of what HMAC and SHA-256 made of either
// on the way, or of a token that was freed, but for the caller's own.
#define _GNU_SOURCE
#include <pthread.h>

#include "clock.h"
#include "failing_memory.h"
#include "memory_search.h"
#ifdef _WIN32
#define NOWHERE "NUL"
#else
#define NOWHERE "/dev/null"
#endif

// --- The caller's arguments: made, read and searched for in children only ---

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void random_text(char *text, size_t len) {
  for (size_t i = 0; i < len; i++) text[i] = base64_digits[rand() & 63];
  text[len] = '\0';
}

static void change_credentials(void) {
  srand((unsigned)time(NULL) + (unsigned)getpid());  // each child is another process
  memcpy(own->access_key, ACCESS_KEY, sizeof ACCESS_KEY);
  random_text(own->secret, own->secret_len);
  random_text(own->session, own->session_len);
  forbid_keys(own->secret, REGION, TIME);
  forbid_keys(own->secret, REGION, time(NULL));
}

static void new_credentials(size_t secret, size_t session) {
  own->secret_len = secret;
  own->session_len = session;
  forget_all();
  in_child(change_credentials);
}

// The token in `own->token`, and what its Base64 holds.
static void read_token(void) {
  static char url[300000];
  const char *token = token_for_child();
  size_t len = strlen(token), out = 0;
  uint32_t bits = 0;
  CHECK(len > 300 && strncmp(token, PREFIX, PREFIX_LEN) == 0);
  for (size_t i = PREFIX_LEN; i < len; i++) {
    const char *digit = strchr(base64_digits, token[i]);
    bits = bits << 6 | (digit == NULL ? 0 : (uint32_t)(digit - base64_digits));
    if ((i - PREFIX_LEN) % 4 == 3) {
      url[out++] = (char)(bits >> 16);
      url[out++] = (char)(bits >> 8);
      url[out++] = (char)bits;
    }
  }
  // The parts that only this token has. The rest is the same in others, which may be in use.
  static const char *const own_parts[] = {"&X-Amz-Security-Token=", "&X-Amz-Signature="};
  for (int i = own->session_len > 0 ? 0 : 1; i < 2; i++) {
    const char *start = strstr(url, own_parts[i]);
    CHECK(start != NULL);
    start += strlen(own_parts[i]);
    const char *end = strchr(start, '&');
    CHECK(end != NULL);
    forbid_text("freed token's URL", start, (size_t)(end - start));
    size_t from = PREFIX_LEN + (size_t)(start - url + 2) / 3 * 4;
    size_t to = PREFIX_LEN + (size_t)(end - url) / 3 * 4;
    forbid_text("freed token", token + from, to - from);
  }
}

static char *forbid_token(char *token) {
  own->token = token;
  in_child(read_token);
  return token;
}

// --- generate ---

static bedrock_token_status generate_token(const char *session, const char *region,
                                           uint32_t expires, char **token) {
  return bedrock_token_generate(own->access_key, own->secret, session, region, expires, token,
                                NULL);
}

static void spoil_secret(void) { own->secret[strlen(own->secret) - 1] = '\n'; }

static void generates(void) {
  char *token;
  SEARCHED(generate_token(own->session, REGION, 3600, &token), BEDROCK_TOKEN_OK);
  bedrock_token_free(forbid_token(token));
  SEARCH("generate, free");
}

static void generate_fails(void) {
  char *token;
  SEARCHED(generate_token(NULL, "no region", 3600, &token), BEDROCK_TOKEN_ERR_REGION);
  SEARCHED(generate_token(NULL, REGION, 0, &token), BEDROCK_TOKEN_ERR_EXPIRES);
  SEARCHED(generate_token(NULL, REGION, 3600, NULL), BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  SEARCHED(generate_token(" session", REGION, 3600, &token), BEDROCK_TOKEN_ERR_SESSION);
  SEARCHED(bedrock_token_generate("ASIA", own->secret, "", REGION, 3600, &token, NULL),
           BEDROCK_TOKEN_ERR_SESSION_REQUIRED);

  // A secret in the wrong place.
  bedrock_token_status status = bedrock_token_generate(own->secret, own->secret, own->secret,
                                                       own->secret, 3600, &token, NULL);
  SEARCH("generate: secrets everywhere");
  CHECK(status == BEDROCK_TOKEN_ERR_ACCESS_KEY || status == BEDROCK_TOKEN_ERR_REGION);

  set_clock(-1);
  SEARCHED(generate_token(NULL, REGION, 3600, &token), BEDROCK_TOKEN_ERR_TIME);
  set_clock(time(NULL));

#ifndef _WIN32  // which has no failing_memory.c
  fail_allocation(1);
  SEARCHED(generate_token(NULL, REGION, 3600, &token), BEDROCK_TOKEN_ERR_OUT_OF_MEMORY);
  CHECK(allocations() == 1);
  fail_allocation(0);
#endif

  in_child(spoil_secret);
  SEARCHED(generate_token(NULL, REGION, 3600, &token), BEDROCK_TOKEN_ERR_SECRET);
}

// --- generate_into ---

static bedrock_token_status into(const char *region, uint32_t expires, int64_t time, size_t room,
                                 size_t *len) {
  return bedrock_token_generate_into(BEDROCK_TOKEN_SERVICE_BEDROCK, own->access_key, own->secret,
                                     own->session, region, expires, time, own->buf, room, len);
}

static void generates_into(void) {
  const size_t room = sizeof own->buf;
  size_t len;
  SEARCHED(into(REGION, 3600, TIME, room, &len), BEDROCK_TOKEN_OK);

  // In the caller's buffer, the token is the caller's; elsewhere it must not be.
  forbid_token(own->buf);
  SEARCHED(into(REGION, 3600, TIME, room, &len), BEDROCK_TOKEN_OK);
  SEARCHED(into(REGION, 3600, TIME, len, &len), BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL);
  SEARCHED(into("no region", 3600, TIME, room, &len), BEDROCK_TOKEN_ERR_REGION);
  SEARCHED(into(REGION, 43201, TIME, room, &len), BEDROCK_TOKEN_ERR_EXPIRES);
  SEARCHED(into(REGION, 3600, -1, room, &len), BEDROCK_TOKEN_ERR_TIME);
  in_child(spoil_secret);
  SEARCHED(into(REGION, 3600, TIME, room, &len), BEDROCK_TOKEN_ERR_SECRET);
}

// --- inspect: its input is a token that is not the library's ---

static void inspects(void) {
  size_t len;
  CHECK(into(REGION, 3600, TIME, sizeof own->buf, &len) == BEDROCK_TOKEN_OK);
  forbid_token(own->buf);
  bedrock_token_info info;
  SEARCHED(bedrock_token_inspect(own->buf, &info, sizeof info), BEDROCK_TOKEN_OK);
  CHECK(info.issued_at == TIME);
  memset(&info, 0, sizeof info);

  own->buf[len - 5] = '!';
  SEARCHED(bedrock_token_inspect(own->buf, &info, sizeof info), BEDROCK_TOKEN_ERR_INVALID_TOKEN);
}

// --- The provider ---

static int32_t give(void *context, bedrock_token_credentials *credentials) {
  if (*(bool *)context) return 1;
  credentials->access_key = own->access_key;
  credentials->secret = own->secret;
  credentials->session = own->session;
  return 0;
}

static bedrock_token_provider *provider;

static bedrock_token_status get(char **token) {
  return bedrock_token_provider_get(provider, token, NULL, NULL);
}

static void provides(void) {
  bool refuse = false;
  char *token;
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, 3600, give, &refuse,
                                   &provider) == BEDROCK_TOKEN_OK);

  // A new token, the kept one, then one that replaces it, of other credentials.
  SEARCHED(get(&token), BEDROCK_TOKEN_OK);
  bedrock_token_free(token);
  SEARCHED(get(&token), BEDROCK_TOKEN_OK);
  bedrock_token_free(forbid_token(token));
  in_child(change_credentials);
  set_clock(time(NULL) + 3599);
  SEARCHED(get(&token), BEDROCK_TOKEN_OK);
  set_clock(time(NULL));

  bedrock_token_free(forbid_token(token));
  bedrock_token_provider_invalidate(provider, NULL);
  SEARCH("provider_invalidate");

  // Refused, and given something wrong.
  refuse = true;
  SEARCHED(get(&token), BEDROCK_TOKEN_ERR_NO_CREDENTIALS);
  refuse = false;
  in_child(spoil_secret);
  SEARCHED(get(&token), BEDROCK_TOKEN_ERR_SECRET);
  new_credentials(own->secret_len, own->session_len);

#ifndef _WIN32
  // No memory: first for the token, then for the copy that is handed out.
  for (int which = 1; which <= 2; which++) {
    fail_allocation(which);
    SEARCHED(get(&token), BEDROCK_TOKEN_ERR_OUT_OF_MEMORY);
    CHECK(allocations() == which);
    fail_allocation(0);
  }
#endif

  // Freed, with a token in it.
  SEARCHED(get(&token), BEDROCK_TOKEN_OK);
  bedrock_token_free(forbid_token(token));
  bedrock_token_provider_free(provider);
  SEARCH("provider_free");
}

// What a host leaves on its stack: copies of its secret, or nothing after it has wiped them.
#if defined(__GNUC__)
__attribute__((noinline))
#endif
static void use_stack(bool wipe) {
  volatile char used[24 * 1024];
  for (size_t i = 0; i < sizeof used; i++) {
    used[i] = wipe ? '\0' : own->secret[i % own->secret_len];
  }
}

// The host calls with copies of its secret on the dead part of its stack, and wipes them
// afterwards. The provider took none of them along in its padding.
static void provider_takes_nothing_of_the_stack(void) {
  bool refuse = false;
  char *token;
  use_stack(false);
  bedrock_token_status status = bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION,
                                                           3600, give, &refuse, &provider);
  use_stack(true);
  SEARCH("provider_new on a used stack");
  CHECK(status == BEDROCK_TOKEN_OK);
  for (int i = 0; i < 4; i++) {
    refuse = i == 2;
    use_stack(false);
    status = get(&token);
    use_stack(true);
    SEARCH("provider_get on a used stack");
    CHECK(status == (refuse ? BEDROCK_TOKEN_ERR_NO_CREDENTIALS : BEDROCK_TOKEN_OK));
    bedrock_token_free(token);
    if (i == 0) continue;
    use_stack(false);
    bedrock_token_provider_invalidate(provider, NULL);
    use_stack(true);
    SEARCH("provider_invalidate on a used stack");
  }
  bedrock_token_provider_free(provider);
}

static void all(void) {
  static const size_t secrets[] = {40, 20, 256}, sessions[] = {0, 900, 65536};
  static void (*const tests[])(void) = {generates,      generate_fails,
                                        generates_into, inspects,
                                        provides,       provider_takes_nothing_of_the_stack};
  for (size_t i = 0; i < 3; i++) {
    for (size_t j = 0; j < 3; j++) {
      if (i != 0 && j != 0) continue;
      for (size_t k = 0; k < sizeof tests / sizeof tests[0]; k++) {
        new_credentials(secrets[i], sessions[j]);
        tests[k]();
      }
    }
  }
}

static void *in_thread(void *nothing) {
  search_setup_thread();
  generates();
  new_credentials(40, 0);
  generates_into();
  return nothing;
}

#if defined(__x86_64__)
#define PLANT_IN_VECTOR_REGISTER(text) \
  __asm__ volatile("movdqu (%0), %%xmm11" ::"r"(text) : "xmm11")
#define PLANT_IN_GENERAL_REGISTER(text) __asm__ volatile("mov (%0), %%r10" ::"r"(text) : "r10")
#elif defined(__aarch64__)
#define PLANT_IN_VECTOR_REGISTER(text) __asm__ volatile("ldr q27, [%0]" ::"r"(text) : "v27")
#define PLANT_IN_GENERAL_REGISTER(text) __asm__ volatile("ldr x14, [%0]" ::"r"(text) : "x14")
#endif

#define MUST_FIND(label) \
  do {                   \
    SEARCH(label);       \
    CHECK(found > 0);    \
    found = 0;           \
  } while (0)

// A search that never finds anything would show nothing.
static void search_finds(void) {
  search_setup_thread();
  CHECK(freopen(NOWHERE, "w", stderr) != NULL);
  char *heap = (char *)malloc(100);
  memcpy(heap + 41, own->secret + 3, 16);
  __asm__ volatile("" ::"r"(heap) : "memory");  // otherwise, clang leaves the copy out
  MUST_FIND("planted on the heap");
  memset(heap, 0, 100);

  char stack[16];
  memcpy(stack, own->secret, sizeof stack);
  __asm__ volatile("" ::"r"(stack) : "memory");
  MUST_FIND("planted on the stack");
  memset(stack, 0, sizeof stack);
  __asm__ volatile("" ::"r"(stack) : "memory");

  PLANT_IN_VECTOR_REGISTER(own->secret);
  MUST_FIND("planted in a vector register");
  PLANT_IN_GENERAL_REGISTER(own->secret);
  MUST_FIND("planted in a general register");
  _exit(0);
}

int main(void) {
  search_setup();
  take_clock();
  set_clock(time(NULL));
  new_credentials(40, 0);
  in_child(search_finds);
  all();
  new_credentials(40, 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, in_thread, NULL) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  search_setup_thread();
  SEARCH("after a thread");
  if (found != 0) {
    fprintf(stderr, "residue in %d places, in %d searches\n", found, searches);
    return 1;
  }
  printf("no residue in %d searches\n", searches);
}
