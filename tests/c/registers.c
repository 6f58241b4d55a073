// A call keeps the vector registers that belong to its caller: xmm6 to xmm15 on Windows, d8 to d15
// on ARM. The library clears vector registers before it returns.
#include "test.h"

static char *token;
static char buf[1024];
static bedrock_token_info info;
static bedrock_token_provider *provider;

static int32_t give(void *context, bedrock_token_credentials *credentials) {
  (void)context;
  credentials->access_key = ACCESS_KEY;
  credentials->secret = SECRET;
  return 0;
}

static void version(void) { bedrock_token_version(); }
static void status_message(void) { bedrock_token_status_message(BEDROCK_TOKEN_OK); }
static void retry_at(void) { bedrock_token_retry_at(TIME, TIME + 60); }

static void schedule(void) {
  bedrock_token_times times;
  CHECK(bedrock_token_schedule(TIME, 60, 0, &times, sizeof times) == BEDROCK_TOKEN_OK);
}

static void into(void) {
  const arguments a = arguments_good();
  CHECK(generate_into(&a, buf, sizeof buf, NULL) == BEDROCK_TOKEN_OK);
}

static void inspect(void) {
  CHECK(bedrock_token_inspect(buf, &info, sizeof info) == BEDROCK_TOKEN_OK);
}

static void allocated(void) {
  const arguments a = arguments_good();
  CHECK(generate(&a, &token, NULL) == BEDROCK_TOKEN_OK);
}

static void free_token(void) { bedrock_token_free(token); }

static void provider_new(void) {
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, 60, give, NULL,
                                   &provider) == BEDROCK_TOKEN_OK);
}

static void provider_get(void) {
  CHECK(bedrock_token_provider_get(provider, &token, NULL, NULL) == BEDROCK_TOKEN_OK);
}

static void provider_invalidate(void) { bedrock_token_provider_invalidate(provider, NULL); }
static void provider_failure(void) {
  CHECK(bedrock_token_provider_failure(provider) == BEDROCK_TOKEN_OK);
}
static void provider_free(void) { bedrock_token_provider_free(provider); }

int main(void) {
  void (*const calls[])(void) = {
      version,          status_message, retry_at,     schedule,     into,
      inspect,          allocated,      free_token,   provider_new, provider_get,
      provider_failure, free_token,     provider_get, free_token,   provider_invalidate,
      provider_free};
  static const volatile double values[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    // An optimised build keeps these in registers across the call.
    double a = values[0], b = values[1], c = values[2], d = values[3], e = values[4], f = values[5],
           g = values[6], h = values[7], j = values[8], k = values[9];
    calls[i]();
    snprintf(test_context, sizeof test_context, "(call %d)", (int)i);
    CHECK(a == values[0] && b == values[1] && c == values[2] && d == values[3] && e == values[4]);
    CHECK(f == values[5] && g == values[6] && h == values[7] && j == values[8] && k == values[9]);
  }
  printf("calls keep the registers of their caller\n");
}
