/*
 * Stands before the library and counts the tokens that it hands out and gets back, so that the
 * runner sees whether a language gives back each token that it was given.
 *   BEDROCK_TOKEN_REAL    the library itself
 *   BEDROCK_TOKEN_COUNTS  a file for three numbers of 64 bits: calls to inspect, tokens handed out,
 *                         tokens given back
 */
#define _GNU_SOURCE
#include <bedrock_token.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { INSPECTED, HANDED_OUT, GIVEN_BACK, COUNTS };

static void *real;
static uint64_t *counts;

static void count(int which) { __atomic_add_fetch(&counts[which], 1, __ATOMIC_RELAXED); }

__attribute__((constructor)) static void open_both(void) {
  const char *library = getenv("BEDROCK_TOKEN_REAL"), *file = getenv("BEDROCK_TOKEN_COUNTS");
  if (!library || !file || !(real = dlopen(library, RTLD_NOW | RTLD_LOCAL))) abort();
  int fd = open(file, O_RDWR);
  counts = mmap(NULL, COUNTS * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (counts == MAP_FAILED) abort();
  close(fd);
}

/* Calls the library's function of the same name. */
#define REAL(function, ...) ((__typeof__(&function))dlsym(real, #function))(__VA_ARGS__)

bedrock_token_status bedrock_token_generate(const char *access_key, const char *secret,
                                            const char *session, const char *region,
                                            uint32_t expires, char **out_buf, size_t *len) {
  bedrock_token_status status =
      REAL(bedrock_token_generate, access_key, secret, session, region, expires, out_buf, len);
  if (status == BEDROCK_TOKEN_OK) count(HANDED_OUT);
  return status;
}

bedrock_token_status bedrock_token_generate_for(bedrock_token_service service,
                                                const char *access_key, const char *secret,
                                                const char *session, const char *region,
                                                uint32_t expires, char **out_buf, size_t *len) {
  bedrock_token_status status = REAL(bedrock_token_generate_for, service, access_key, secret,
                                     session, region, expires, out_buf, len);
  if (status == BEDROCK_TOKEN_OK) count(HANDED_OUT);
  return status;
}

void bedrock_token_free(char *token) {
  if (token) count(GIVEN_BACK);
  REAL(bedrock_token_free, token);
}

bedrock_token_status bedrock_token_generate_into(bedrock_token_service service,
                                                 const char *access_key, const char *secret,
                                                 const char *session, const char *region,
                                                 uint32_t expires, int64_t signing_time, char *buf,
                                                 size_t capacity, size_t *len) {
  return REAL(bedrock_token_generate_into, service, access_key, secret, session, region, expires,
              signing_time, buf, capacity, len);
}

bedrock_token_status bedrock_token_inspect(const char *token, bedrock_token_info *info,
                                           size_t info_size) {
  count(INSPECTED);
  return REAL(bedrock_token_inspect, token, info, info_size);
}

const char *bedrock_token_status_message(bedrock_token_status status) {
  return REAL(bedrock_token_status_message, status);
}

bedrock_token_status bedrock_token_provider_new(bedrock_token_service service, const char *region,
                                                uint32_t expires,
                                                bedrock_token_credentials_fn credentials,
                                                void *context, bedrock_token_provider **provider) {
  return REAL(bedrock_token_provider_new, service, region, expires, credentials, context, provider);
}

bedrock_token_status bedrock_token_provider_get(bedrock_token_provider *provider, char **out_buf,
                                                size_t *len, int64_t *expires_at) {
  bedrock_token_status status =
      REAL(bedrock_token_provider_get, provider, out_buf, len, expires_at);
  if (status == BEDROCK_TOKEN_OK) count(HANDED_OUT);
  return status;
}

void bedrock_token_provider_invalidate(bedrock_token_provider *provider, const char *refused) {
  REAL(bedrock_token_provider_invalidate, provider, refused);
}

bedrock_token_status bedrock_token_provider_failure(bedrock_token_provider *provider) {
  return REAL(bedrock_token_provider_failure, provider);
}

void bedrock_token_provider_free(bedrock_token_provider *provider) {
  REAL(bedrock_token_provider_free, provider);
}

bedrock_token_status bedrock_token_schedule(int64_t issued_at, uint32_t expires,
                                            int64_t credentials_expire_at,
                                            bedrock_token_times *times, size_t times_size) {
  return REAL(bedrock_token_schedule, issued_at, expires, credentials_expire_at, times, times_size);
}

int64_t bedrock_token_retry_at(int64_t now, int64_t expires_at) {
  return REAL(bedrock_token_retry_at, now, expires_at);
}

const char *bedrock_token_version(void) { return REAL(bedrock_token_version, ); }
