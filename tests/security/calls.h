// Every exported function, in every size that differs, for tests that put all of them under the
// same pressure. A call checks its outputs: the whole result, or cleared outputs after a failure.
// It frees its token, and returns the status of the first function that failed.
#ifndef BEDROCK_TOKEN_CALLS_H
#define BEDROCK_TOKEN_CALLS_H

#include "../c/test.h"

#define SECRET_256                                                   \
  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./" \
  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./" \
  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./" \
  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./"

static char session_900[901], session_65536[65537], call_buffer[300000];

static void calls_setup(void) {
  memset(session_900, 's', sizeof session_900 - 1);
  memset(session_65536, '/', sizeof session_65536 - 1);  // all of it becomes %2F
}

// Without a session token for Bedrock, with one for Claude Platform.
static bedrock_token_service service_with(const char *session) {
  return session == NULL ? BEDROCK_TOKEN_SERVICE_BEDROCK : BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM;
}

static void check_token(const char *token, size_t len, bedrock_token_service service) {
  const char *prefix = prefix_of(service);
  CHECK(token != NULL && strlen(token) == len && strncmp(token, prefix, strlen(prefix)) == 0);
}

static bedrock_token_status call_generate(const char *secret, const char *session) {
  char *token = call_buffer;
  size_t len = 99;
  const bedrock_token_service service = service_with(session);
  bedrock_token_status status =
      session == NULL
          ? bedrock_token_generate(ACCESS_KEY, secret, session, REGION, 3600, &token, &len)
          : bedrock_token_generate_for(service, ACCESS_KEY, secret, session, REGION, 3600, &token,
                                       &len);
  if (status == BEDROCK_TOKEN_OK) {
    check_token(token, len, service);
    bedrock_token_free(token);
  } else {
    CHECK(token == NULL && len == 0);
  }
  return status;
}

static bedrock_token_status call_generate_into(const char *secret, const char *session) {
  size_t len = 99;
  memset(call_buffer, 'x', sizeof call_buffer);
  bedrock_token_status status =
      bedrock_token_generate_into(service_with(session), ACCESS_KEY, secret, session, REGION, 3600,
                                  TIME, call_buffer, sizeof call_buffer, &len);
  if (status == BEDROCK_TOKEN_OK) {
    check_token(call_buffer, len, service_with(session));
  } else {
    CHECK(call_buffer[0] == '\0' && len == 0);
  }
  return status;
}

static bedrock_token_status call_inspect(const char *secret, const char *session) {
  bedrock_token_status status = call_generate_into(secret, session);
  if (status != BEDROCK_TOKEN_OK) return status;
  bedrock_token_info info;
  memset(&info, 'x', sizeof info);
  status = bedrock_token_inspect(call_buffer, &info, sizeof info);
  if (status == BEDROCK_TOKEN_OK) {
    CHECK(strcmp(info.access_key, ACCESS_KEY) == 0 && strcmp(info.region, REGION) == 0);
    CHECK(info.issued_at == TIME && info.expires_at == TIME + 3600);
    CHECK(info.has_session == (session != NULL));
  } else {
    CHECK(info.access_key[0] == 'x' && info.has_session == 0x78787878);
  }
  return status;
}

// The context is the secret and the session token.
static int32_t call_credentials(void *context, bedrock_token_credentials *credentials) {
  const char *const *secret_and_session = (const char *const *)context;
  credentials->access_key = ACCESS_KEY;
  credentials->secret = secret_and_session[0];
  credentials->session = secret_and_session[1];
  return 0;
}

// A new token, the kept one, and a new one again. A failure leaves a provider that works.
static bedrock_token_status call_provider(const char *secret, const char *session) {
  const char *credentials[] = {secret, session};
  bedrock_token_provider *provider = (bedrock_token_provider *)call_buffer;
  bedrock_token_status status = bedrock_token_provider_new(
      BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, 3600, call_credentials, credentials, &provider);
  if (status != BEDROCK_TOKEN_OK) {
    CHECK(provider == NULL);
    return status;
  }
  bedrock_token_status failure = BEDROCK_TOKEN_OK;
  for (int i = 0; i < 3; i++) {
    char *token = call_buffer;
    size_t len = 99;
    int64_t expires_at = 99;
    status = bedrock_token_provider_get(provider, &token, &len, &expires_at);
    if (status == BEDROCK_TOKEN_OK) {
      check_token(token, len, BEDROCK_TOKEN_SERVICE_BEDROCK);
      CHECK(expires_at > 3600);
      if (i == 1) bedrock_token_provider_invalidate(provider, token);
      bedrock_token_free(token);
    } else {
      CHECK(token == NULL && len == 0 && expires_at == 0);
      CHECK(failure == BEDROCK_TOKEN_OK);
      failure = status;
    }
  }
  const bedrock_token_status last = bedrock_token_provider_failure(provider);
  bedrock_token_provider_free(provider);
  return failure == BEDROCK_TOKEN_OK ? last : failure;
}

static bedrock_token_status call_pure_functions(const char *secret, const char *session) {
  (void)secret, (void)session;
  CHECK(strcmp(bedrock_token_version(), BEDROCK_TOKEN_VERSION) == 0);
  bedrock_token_times times;
  bedrock_token_status status = bedrock_token_schedule(TIME, 3600, 0, &times, sizeof times);
  if (status != BEDROCK_TOKEN_OK) return status;
  CHECK(times.renew_at == TIME + 3300 && times.expires_at == TIME + 3600);
  CHECK(bedrock_token_retry_at(TIME + 3300, TIME + 3600) == TIME + 3330);
  for (status = -1; status < 20; status++) CHECK(strlen(bedrock_token_status_message(status)) > 0);
  return BEDROCK_TOKEN_OK;
}

static const struct {
  const char *name;
  bedrock_token_status (*function)(const char *secret, const char *session);
  const char *secret, *session;
  bool allocates;
} calls[] = {
    {"generate", call_generate, SECRET, NULL, true},
    {"generate, session of 900", call_generate, SECRET_256, session_900, true},
    {"generate, session of 65,536", call_generate, SECRET, session_65536, true},
    {"generate_into", call_generate_into, SECRET, NULL, false},
    {"generate_into, session of 900", call_generate_into, SECRET_256, session_900, false},
    {"generate_into, session of 65,536", call_generate_into, SECRET, session_65536, false},
    {"inspect", call_inspect, SECRET, NULL, false},
    {"inspect, session of 65,536", call_inspect, SECRET, session_65536, false},
    {"provider", call_provider, SECRET, NULL, true},
    {"provider, session of 65,536", call_provider, SECRET, session_65536, true},
    {"status_message, version, schedule, retry_at", call_pure_functions, NULL, NULL, false},
};
enum { CALLS = sizeof calls / sizeof calls[0] };

static inline bedrock_token_status run_call(int i) {
  return calls[i].function(calls[i].secret, calls[i].session);
}

#endif
