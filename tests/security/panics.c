// Panics stay inside: in a build whose functions panic on request, at every point in turn, the
// answer is ERR_INTERNAL with cleared outputs, no secret stays behind, and the provider goes on.
// test_claims.py sees that the last line is all that is printed.
#include "test.h"

// Exported by that build alone.
uint32_t bedrock_token_test_panic(uint32_t which);

// A function that returns nothing has no status to give. While the points of a call are counted,
// this says which of them are in such a function.
enum { MOST_POINTS = 1000 };
static bool counting, without_status[MOST_POINTS];
static uint32_t passed;

static void pass(bool in_function_without_status) {
  if (!counting) return;
  for (uint32_t more = bedrock_token_test_panic(0); more > 0; more--) {
    CHECK(++passed < MOST_POINTS);
    without_status[passed] = in_function_without_status;
  }
}

#define WITHOUT_STATUS(call) (pass(false), call, pass(true))
#define bedrock_token_free(...) WITHOUT_STATUS(bedrock_token_free(__VA_ARGS__))
#define bedrock_token_provider_invalidate(...) \
  WITHOUT_STATUS(bedrock_token_provider_invalidate(__VA_ARGS__))
#define bedrock_token_provider_free(...) WITHOUT_STATUS(bedrock_token_provider_free(__VA_ARGS__))

#include "calls.h"
#include "memory_search.h"

static uint32_t points(int call) {
  bedrock_token_test_panic(0);
  passed = 0;
  counting = true;
  CHECK(run_call(call) == BEDROCK_TOKEN_OK);
  pass(false);
  counting = false;
  return passed;
}

static void forbid(void) { forbid_keys(SECRET, REGION, TIME); }

int main(void) {
  calls_setup();
  search_setup();
  in_child(forbid);
  uint32_t panics = 0, silent = 0;
  for (int i = 0; i < CALLS; i++) {
    uint32_t all = points(i);
    CHECK(all > 0 || calls[i].function == call_pure_functions);
    for (uint32_t which = 1; which <= all; which++) {
      snprintf(test_context, sizeof test_context, "(%s, point %u)", calls[i].name, which);
      bedrock_token_test_panic(which);
      SEARCHED(run_call(i), without_status[which] ? BEDROCK_TOKEN_OK : BEDROCK_TOKEN_ERR_INTERNAL);
      if (without_status[which]) silent++;
      CHECK(bedrock_token_test_panic(0) >= which);
      CHECK(run_call(i) == BEDROCK_TOKEN_OK);
      panics++;
    }
  }
  CHECK(silent > 0 && silent < panics);
  int into = 0;
  while (calls[into].function != call_generate_into) into++;
  const arguments a = arguments_good();
  for (uint32_t which = 1; which <= points(into); which++) {
    bedrock_token_test_panic(which);
    size_t len = 99;
    SEARCHED(generate_into(&a, own->buf, 4000, &len), BEDROCK_TOKEN_ERR_INTERNAL);
    CHECK(len == 0);
    for (int i = 0; i < 4000; i++) CHECK(own->buf[i] == '\0');  // nor a part of the token
  }
  CHECK(found == 0);
  printf("%u panics, %u of them without a status, no residue in %d searches\n", panics, silent,
         searches);
}
