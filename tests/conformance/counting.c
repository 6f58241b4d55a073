/*
 * The library, which counts the tokens that it hands out and gets back, so that the runner sees
 * whether a language gives back each token that it was given. It is linked with a copy of the
 * static library in which the functions below have `real_` instead of `bedrock_token_` in their
 * names. BEDROCK_TOKEN_COUNTS is a file for three numbers of 64 bits: calls to inspect, tokens
 * handed out, tokens given back.
 */
#include <bedrock_token.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { INSPECTED, HANDED_OUT, GIVEN_BACK, COUNTS };

extern __typeof__(bedrock_token_generate) real_generate;
extern __typeof__(bedrock_token_generate_for) real_generate_for;
extern __typeof__(bedrock_token_provider_get) real_provider_get;
extern __typeof__(bedrock_token_inspect) real_inspect;
extern __typeof__(bedrock_token_free) real_free;

static uint64_t *counts;

__attribute__((constructor)) static void open_counts(void) {
  const char *file = getenv("BEDROCK_TOKEN_COUNTS");
  int fd = file ? open(file, O_RDWR) : -1;
  counts = mmap(NULL, COUNTS * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (counts == MAP_FAILED) abort();
  close(fd);
}

static void count(int which) { __atomic_add_fetch(&counts[which], 1, __ATOMIC_RELAXED); }

static bedrock_token_status handed_out(bedrock_token_status status) {
  if (status == BEDROCK_TOKEN_OK) count(HANDED_OUT);
  return status;
}

bedrock_token_status bedrock_token_generate(const char *access_key, const char *secret,
                                            const char *session, const char *region,
                                            uint32_t expires, char **out_buf, size_t *len) {
  return handed_out(real_generate(access_key, secret, session, region, expires, out_buf, len));
}

bedrock_token_status bedrock_token_generate_for(bedrock_token_service service,
                                                const char *access_key, const char *secret,
                                                const char *session, const char *region,
                                                uint32_t expires, char **out_buf, size_t *len) {
  return handed_out(
      real_generate_for(service, access_key, secret, session, region, expires, out_buf, len));
}

bedrock_token_status bedrock_token_provider_get(bedrock_token_provider *provider, char **out_buf,
                                                size_t *len, int64_t *expires_at) {
  return handed_out(real_provider_get(provider, out_buf, len, expires_at));
}

bedrock_token_status bedrock_token_inspect(const char *token, bedrock_token_info *info,
                                           size_t info_size) {
  count(INSPECTED);
  return real_inspect(token, info, info_size);
}

void bedrock_token_free(char *token) {
  if (token) count(GIVEN_BACK);
  real_free(token);
}
