// Panics stay inside: in a build whose functions panic on request, at every point in turn, the
// answer is ERR_INTERNAL with cleared outputs, nothing is printed, no secret stays behind, and the
// provider goes on.
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calls.h"
#include "memory_search.h"

// Exported by that build alone.
uint32_t bedrock_token_test_panic(uint32_t which);

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
  CHECK(run() == BEDROCK_TOKEN_OK);
  return bedrock_token_test_panic(0);
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
    for (uint32_t which = 1; which <= all; which++) {
      snprintf(test_context, sizeof test_context, "(%s, point %u)", calls[i].name, which);
      bedrock_token_test_panic(which);
      bedrock_token_status status = calls[i].run();
      SEARCH("after a panic");
      // The functions that return nothing have no status to give.
      if (status == BEDROCK_TOKEN_OK) silent++;
      CHECK(status == BEDROCK_TOKEN_OK || status == BEDROCK_TOKEN_ERR_INTERNAL);
      CHECK(bedrock_token_test_panic(0) >= which);
      CHECK(calls[i].run() == BEDROCK_TOKEN_OK);
      panics++;
    }
  }
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
