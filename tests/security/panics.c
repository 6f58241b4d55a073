// Panics stay inside: in a build whose functions panic on request, at every point in turn, the
// answer is ERR_INTERNAL with cleared outputs, nothing is printed, no secret stays behind, and the
// provider goes on.
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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

// Standard output and error are a file meanwhile, which is told in the end.
static int console, output;

static void capture(void) {
  console = dup(STDOUT_FILENO);
  output = memfd_create("output", 0);
  CHECK(output >= 0 && dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0);
}

static void tell_captured(void) {
  char text[4096];
  ssize_t len = pread(output, text, sizeof text, 0);
  if (len > 0) dprintf(console, "printed %ld bytes: %.*s\n", (long)len, (int)len, text);
}

static bool was_silent(void) {
  struct stat file;
  CHECK(fflush(NULL) == 0 && fstat(output, &file) == 0);
  return file.st_size == 0;
}

static uint32_t points(bedrock_token_status (*run)(void)) {
  bedrock_token_test_panic(0);
  passed = 0;
  counting = true;
  CHECK(run() == BEDROCK_TOKEN_OK);
  pass(false);
  counting = false;
  return passed;
}

static void forbid(void) { forbid_keys(SECRET, REGION, TIME); }

int main(void) {
  calls_setup();
  search_setup();
  in_child(forbid);
  capture();
  CHECK(atexit(tell_captured) == 0);
  uint32_t panics = 0, silent = 0;
  for (int i = 0; i < CALLS; i++) {
    uint32_t all = points(calls[i].run);
    CHECK(all > 0 || calls[i].run == pure_functions);
    for (uint32_t which = 1; which <= all; which++) {
      snprintf(test_context, sizeof test_context, "(%s, point %u)", calls[i].name, which);
      bedrock_token_test_panic(which);
      bedrock_token_status status = calls[i].run();
      SEARCH("after a panic");
      if (without_status[which]) silent++;
      CHECK(status == (without_status[which] ? BEDROCK_TOKEN_OK : BEDROCK_TOKEN_ERR_INTERNAL));
      CHECK(bedrock_token_test_panic(0) >= which);
      CHECK(calls[i].run() == BEDROCK_TOKEN_OK);
      panics++;
    }
  }
  CHECK(silent > 0 && silent < panics);
  for (uint32_t which = 1; which <= points(into_plain); which++) {
    bedrock_token_test_panic(which);
    size_t len = 99;
    bedrock_token_status status =
        bedrock_token_generate_into(BEDROCK_TOKEN_SERVICE_BEDROCK, ACCESS_KEY, SECRET, NULL, REGION,
                                    3600, TIME, own->buf, 4000, &len);
    SEARCH("generate_into, after a panic");
    CHECK(status == BEDROCK_TOKEN_ERR_INTERNAL && len == 0);
    for (int i = 0; i < 4000; i++) CHECK(own->buf[i] == '\0');  // nor a part of the token
  }
  CHECK(was_silent() && found == 0);
  dprintf(console,
          "%u panics: ERR_INTERNAL (%u of them in functions without a status), nothing printed, no "
          "residue in %d searches\n",
          panics, silent, searches);
}
