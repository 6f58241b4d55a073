/*
 * bedrock-token: generates AWS bearer tokens from credentials that the caller passes in. The tokens
 * are Amazon Bedrock's short-term API keys and those of Claude Platform on AWS. The library reads no
 * environment variable, no file and no socket.
 *
 *   char *token;
 *   bedrock_token_status status =
 *       bedrock_token_generate("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
 *                              NULL, "eu-central-1", BEDROCK_TOKEN_EXPIRES_DEFAULT, &token, NULL);
 *   if (status != BEDROCK_TOKEN_OK) {
 *     fprintf(stderr, "no token: %s\n", bedrock_token_status_message(status));
 *     return 1;
 *   }
 *   printf("Authorization: Bearer %s\n", token);
 *   bedrock_token_free(token);
 *
 * These rules hold for every function:
 *   Strings   are NUL-terminated ASCII. The library uses them during the call only, and reads at
 *             most one byte more than the longest valid string has.
 *   NULL      as a string is the same as "". If a required string is "", the status names it, such
 *             as ERR_REGION. A NULL output, provider or callback is refused first, with
 *             ERR_NULL_ARGUMENT, unless a comment allows NULL.
 *   Outputs   hold a result on success only. A failure sets pointers to NULL, lengths and times to
 *             0, and buffers to "", unless a comment says otherwise.
 *   Ownership of a token passes to the caller, who gives it back with bedrock_token_free().
 *   Threads   may call all functions at the same time. A call takes less than 32 KiB of stack. A
 *             signal handler must not call the library or jump out of a call.
 *   fork()    may happen at any moment. After fork() has returned, the child may call all functions.
 *             A signal handler must not call fork() while its thread is in a function of a
 *             provider.
 *   Secrets   are wiped. When a call returns, no memory of the library holds the secret, a key
 *             derived from it, or a token that was freed. A token contains the access key and the
 *             session token in readable form: treat it as a password.
 *   Errors    are statuses. They name the argument at fault and never show its value. The library
 *             keeps no last error, writes no log, and never ends the process.
 *   ABI       Within one SONAME, functions, status values and the layout of structs do not change.
 *             Later versions may add functions and values, and may add fields at the end of
 *             bedrock_token_info and bedrock_token_times.
 */


#ifndef BEDROCK_TOKEN_H
#define BEDROCK_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#define BEDROCK_TOKEN_VERSION "0.1.0"
#define BEDROCK_TOKEN_VERSION_MAJOR 0
#define BEDROCK_TOKEN_VERSION_MINOR 1
#define BEDROCK_TOKEN_VERSION_PATCH 0

/* If you link the Windows DLL, define BEDROCK_TOKEN_DLL: each call saves a jump. Do not define it with the
 * static library. */
#if defined(_WIN32) && defined(BEDROCK_TOKEN_DLL)
#define BEDROCK_TOKEN_API __declspec(dllimport)
#else
#define BEDROCK_TOKEN_API
#endif

/**
 * The shortest life of a token, in seconds.
 */
#define BEDROCK_TOKEN_EXPIRES_MIN 1

/**
 * The longest life of a token, in seconds: 12 hours.
 */
#define BEDROCK_TOKEN_EXPIRES_MAX 43200

/**
 * The life that the official generators give a token by default, in seconds: 12 hours.
 */
#define BEDROCK_TOKEN_EXPIRES_DEFAULT 43200

/**
 * Amazon Bedrock. Clients take its tokens from `AWS_BEARER_TOKEN_BEDROCK`.
 */
#define BEDROCK_TOKEN_SERVICE_BEDROCK 0

/**
 * Claude Platform on AWS (aws-external-anthropic). Clients take its tokens from
 * `ANTHROPIC_AWS_API_KEY`.
 */
#define BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM 1

/**
 * Success.
 */
#define BEDROCK_TOKEN_OK 0

/**
 * An output, a provider or a callback is NULL, and must not be. A NULL string gives the status that
 * names the string, such as ERR_REGION.
 */
#define BEDROCK_TOKEN_ERR_NULL_ARGUMENT 1

/**
 * access_key is not 1 to 128 characters of `A-Z a-z 0-9 _`.
 */
#define BEDROCK_TOKEN_ERR_ACCESS_KEY 2

/**
 * secret is not 1 to 256 printable ASCII characters without spaces or newlines, or it begins or ends
 * with a quote.
 */
#define BEDROCK_TOKEN_ERR_SECRET 3

/**
 * session is longer than 65,536 bytes, has a byte that is not printable ASCII, or begins or ends
 * with a space or a quote.
 */
#define BEDROCK_TOKEN_ERR_SESSION 4

/**
 * access_key starts with ASIA, so it is temporary, and the session token is missing.
 */
#define BEDROCK_TOKEN_ERR_SESSION_REQUIRED 5

/**
 * region is not 1 to 63 characters of `a-z 0-9 -`, with a letter first and a number after the last
 * `-`.
 */
#define BEDROCK_TOKEN_ERR_REGION 6

/**
 * expires is not 1 to 43200 seconds.
 */
#define BEDROCK_TOKEN_ERR_EXPIRES 7

/**
 * signing_time, issued_at or the system's clock is before 1970 or after 9999. Or the credentials end
 * after 9999: their end is then probably in milliseconds, not in seconds.
 */
#define BEDROCK_TOKEN_ERR_TIME 8

/**
 * The buffer is too small. `*len` is the token's length without the NUL.
 */
#define BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL 9

/**
 * There is not enough memory.
 */
#define BEDROCK_TOKEN_ERR_OUT_OF_MEMORY 10

/**
 * The token is not a short-term API key of either service. It may be a long-term Bedrock API key
 * (`ABSK...`), which does not say when it ends.
 */
#define BEDROCK_TOKEN_ERR_INVALID_TOKEN 11

/**
 * The callback gave no credentials.
 */
#define BEDROCK_TOKEN_ERR_NO_CREDENTIALS 12

/**
 * The credentials have already expired.
 */
#define BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED 13

/**
 * A defect of this library; please report it. The caller may go on using the library.
 */
#define BEDROCK_TOKEN_ERR_INTERNAL 14

/**
 * service is not one of BEDROCK_TOKEN_SERVICE_*.
 */
#define BEDROCK_TOKEN_ERR_SERVICE 15

/**
 * A callback used its own provider, on the thread that runs the callback.
 */
#define BEDROCK_TOKEN_ERR_REENTRANT 16

/**
 * Keeps a token. Before the token ends, the provider asks for credentials and generates a new one. A
 * token ends at its own end or at that of its credentials, whichever is sooner. The system's clock
 * decides, even if it jumps.
 *
 * Renewal is due 5 minutes before the end. In the last 30 seconds, callers wait for the renewal, and
 * get the kept token only if the renewal fails. A life shorter than 50 minutes has its own rule:
 * renewal is due at 90 % of it, and callers wait in its last hundredth, but at least in its last
 * second. A life shorter than 10 seconds is renewed at its end, and no caller waits before.
 * bedrock_token_schedule() has the same rules.
 *
 * Threads: any number may use a provider at the same time. One renews. The others get the kept
 * token, or wait and share the result. A child of `fork()` may use its parent's providers.
 */
typedef struct bedrock_token_provider bedrock_token_provider;

/**
 * The answer of a function: 0 is success, and every other value names the fault. Values are never
 * reused. Later versions may add values, so treat an unknown value as a failure.
 */
typedef int32_t bedrock_token_status;

/**
 * The service that a token is for: one of BEDROCK_TOKEN_SERVICE_*.
 */
typedef int32_t bedrock_token_service;

/**
 * What a token contains, without its secret parts. Later versions may add fields at the end.
 */
typedef struct bedrock_token_info {
  /**
   * Access key ID, NUL-terminated.
   */
  char access_key[129];
  /**
   * AWS region, NUL-terminated. The token is valid in this region only.
   */
  char region[64];
  /**
   * When the token was generated, in Unix seconds.
   */
  int64_t issued_at;
  /**
   * When the token ends, in Unix seconds. If its credentials end sooner, the token ends with them,
   * but this field does not show it.
   */
  int64_t expires_at;
  /**
   * 1 if the token contains a session token, because its credentials are temporary; otherwise 0.
   */
  int32_t has_session;
  /**
   * The service that the token is for.
   */
  bedrock_token_service service;
} bedrock_token_info;

/**
 * Credentials as a callback gives them to a provider.
 */
typedef struct bedrock_token_credentials {
  /**
   * As for bedrock_token_generate().
   */
  const char *access_key;
  /**
   * As for bedrock_token_generate().
   */
  const char *secret;
  /**
   * As for bedrock_token_generate(); NULL or "" for long-term credentials.
   */
  const char *session;
  /**
   * When the credentials end, in Unix seconds; 0 if they never end.
   */
  int64_t expires_at;
} bedrock_token_credentials;

/**
 * A callback that gives credentials to a provider. bedrock_token_provider_get() calls it on its own
 * thread, and never twice at the same time for one provider. The callback may be slow: other threads
 * get the kept token or wait, as bedrock_token_provider says.
 *
 * The callback must return: no exception, longjmp, pthread_exit or cancellation may leave it. It
 * must not free its own provider. It must not get a token from its own provider: that call returns
 * ERR_REENTRANT. It must not wait for another thread that gets a token from that provider, because
 * both could wait for ever. For the same reason, the callbacks of two providers must not use each
 * other's provider.
 *
 * @param context      The context that bedrock_token_provider_new() got.
 * @param credentials  The callback fills them in; all fields are 0 before. The provider uses the
 *                     strings until the bedrock_token_provider_get() that called the callback
 *                     returns, and no longer. Then the host can wipe them.
 * @return             0, or any other value if there are no credentials now.
 */
typedef int32_t (*bedrock_token_credentials_fn)(void *context,
                                                struct bedrock_token_credentials *credentials);

/**
 * When a kept token is used, renewed and dropped, in Unix seconds. The times are in ascending order;
 * two may be the same. Later versions may add fields at the end.
 */
typedef struct bedrock_token_times {
  /**
   * Before this time, do not use the token: the clock was wrong when the token was generated.
   */
  int64_t valid_from;
  /**
   * From this time on, one caller renews. The others use the token.
   */
  int64_t renew_at;
  /**
   * From this time on, the others wait for the renewal. They use the token only if it fails.
   */
  int64_t wait_from;
  /**
   * From this time on, do not use the token. This is the token's own end or that of its
   * credentials, whichever is sooner.
   */
  int64_t expires_at;
} bedrock_token_times;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Generates an Amazon Bedrock token that is valid from now on, from these credentials alone.
 *
 * @param access_key  Access key ID: 1 to 128 characters of `A-Z a-z 0-9 _`.
 * @param secret      Secret access key: 1 to 256 printable ASCII characters without spaces, no quote
 *                    at either end.
 * @param session     Session token: at most 65,536 printable ASCII characters, no space and no quote
 *                    at either end. NULL or "" with long-term credentials. Required when access_key
 *                    starts with ASIA.
 * @param region      AWS region that the token is for: 1 to 63 characters of `a-z 0-9 -`, with a
 *                    letter first and a number after the last `-`. The library has no list of
 *                    regions.
 * @param expires     Life of the token in seconds: 1 to 43200. If the credentials end sooner, the
 *                    token ends with them.
 * @param out_buf     Receives the token, a NUL-terminated string. The caller owns it and gives it
 *                    back with bedrock_token_free(), never free(). NULL on failure.
 * @param len         Receives the token's length without the NUL; 0 on failure. May be NULL.
 * @return            BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (out_buf), ERR_ACCESS_KEY, ERR_SECRET,
 *                    ERR_SESSION, ERR_SESSION_REQUIRED, ERR_REGION, ERR_EXPIRES (checked in this
 *                    order), ERR_TIME (the system's clock), ERR_OUT_OF_MEMORY or ERR_INTERNAL.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API
bedrock_token_status bedrock_token_generate(const char *access_key,
                                            const char *secret,
                                            const char *session,
                                            const char *region,
                                            uint32_t expires,
                                            char **out_buf,
                                            size_t *len);

/**
 * Generates a token for either service. The rest is as for bedrock_token_generate().
 *
 * @param service     One of BEDROCK_TOKEN_SERVICE_*.
 * @param access_key  As for bedrock_token_generate().
 * @param secret      As for bedrock_token_generate().
 * @param session     As for bedrock_token_generate().
 * @param region      As for bedrock_token_generate().
 * @param expires     As for bedrock_token_generate().
 * @param out_buf     As for bedrock_token_generate().
 * @param len         As for bedrock_token_generate().
 * @return            BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (out_buf), ERR_SERVICE, ERR_ACCESS_KEY,
 *                    ERR_SECRET, ERR_SESSION, ERR_SESSION_REQUIRED, ERR_REGION, ERR_EXPIRES (checked
 *                    in this order), ERR_TIME (the system's clock), ERR_OUT_OF_MEMORY or
 *                    ERR_INTERNAL.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API
bedrock_token_status bedrock_token_generate_for(bedrock_token_service service,
                                                const char *access_key,
                                                const char *secret,
                                                const char *session,
                                                const char *region,
                                                uint32_t expires,
                                                char **out_buf,
                                                size_t *len);

/**
 * Wipes and frees a token that the library allocated.
 *
 * @param token  From bedrock_token_generate(), bedrock_token_generate_for() or
 *               bedrock_token_provider_get(), not freed before. NULL does nothing.
 *
 * Threads: any, even if another thread generated the token.
 */
BEDROCK_TOKEN_API void bedrock_token_free(char *token);

/**
 * Generates the token for a given second into the caller's buffer. The library reads no clock
 * here, so the same arguments always give the same bytes. A call allocates no memory, unless more
 * than 60 calls run at the same moment. The first call of a process may also allocate memory, to
 * register a handler for fork().
 *
 * @param service       One of BEDROCK_TOKEN_SERVICE_*.
 * @param access_key    As for bedrock_token_generate().
 * @param secret        As for bedrock_token_generate().
 * @param session       As for bedrock_token_generate().
 * @param region        As for bedrock_token_generate().
 * @param expires       As for bedrock_token_generate(), counted from signing_time.
 * @param signing_time  Unix seconds, 0 to 253402300799 (the end of the year 9999).
 * @param buf           Receives the token and its NUL; "" on failure, if capacity is not 0. Must
 *                      not overlap the other arguments. NULL with capacity 0 asks for the
 *                      length; the status is then ERR_BUFFER_TOO_SMALL.
 * @param capacity      Bytes that buf has room for; the token needs `*len + 1`.
 * @param len           Receives the token's length without the NUL, also when the buffer is too
 *                      small; 0 on other failures. May be NULL.
 * @return              BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (buf, and capacity is not 0), ERR_SERVICE,
 *                      ERR_ACCESS_KEY, ERR_SECRET, ERR_SESSION, ERR_SESSION_REQUIRED, ERR_REGION,
 *                      ERR_EXPIRES, ERR_TIME, ERR_BUFFER_TOO_SMALL (checked in this order),
 *                      ERR_OUT_OF_MEMORY (only at the first call, or with more than 60 calls at the
 *                      same moment) or ERR_INTERNAL.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API
bedrock_token_status bedrock_token_generate_into(bedrock_token_service service,
                                                 const char *access_key,
                                                 const char *secret,
                                                 const char *session,
                                                 const char *region,
                                                 uint32_t expires,
                                                 int64_t signing_time,
                                                 char *buf,
                                                 size_t capacity,
                                                 size_t *len);

/**
 * Reads a token back. The token may come from any official generator or from this library. This
 * function checks the form alone: only the service can verify the signature. It allocates no memory.
 *
 * @param token      A token, with its prefix and without a newline. Any text is safe to pass.
 * @param info       Receives what the token contains; unchanged on failure.
 * @param info_size  `sizeof(bedrock_token_info)`. The library writes no more than that, and sets the
 *                   fields that it does not know to 0.
 * @return           BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (info), ERR_INVALID_TOKEN or ERR_INTERNAL.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API
bedrock_token_status bedrock_token_inspect(const char *token,
                                           struct bedrock_token_info *info,
                                           size_t info_size);

/**
 * Creates a provider. It does not ask for credentials yet.
 *
 * @param service      One of BEDROCK_TOKEN_SERVICE_*.
 * @param region       As for bedrock_token_generate(); copied.
 * @param expires      As for bedrock_token_generate(); counted from each renewal.
 * @param credentials  The callback.
 * @param context      Passed to the callback unchanged; may be NULL. The callback may use it on
 *                     any thread that calls bedrock_token_provider_get().
 * @param provider     Receives the provider. The caller owns it and gives it back with
 *                     bedrock_token_provider_free(). NULL on failure.
 * @return             BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (credentials or provider), ERR_SERVICE,
 *                     ERR_REGION, ERR_EXPIRES (checked in this order), ERR_OUT_OF_MEMORY or
 *                     ERR_INTERNAL.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API
bedrock_token_status bedrock_token_provider_new(bedrock_token_service service,
                                                const char *region,
                                                uint32_t expires,
                                                bedrock_token_credentials_fn credentials,
                                                void *context,
                                                struct bedrock_token_provider **provider);

/**
 * Hands out a token that has not ended: the kept one, or a new one when renewal is due. If the
 * renewal fails, callers get the kept token until it ends. A call asks the callback again when a
 * tenth of the time to that end has passed, but not in the first second. Without a kept token, the
 * next call asks at once.
 *
 * @param provider    The provider.
 * @param out_buf     Receives the token, as from bedrock_token_generate(). Each caller owns a copy
 *                    and gives it back with bedrock_token_free(). NULL on failure.
 * @param len         Receives the token's length without the NUL; 0 on failure. May be NULL.
 * @param expires_at  Receives when the token ends, in Unix seconds; 0 on failure. May be NULL.
 * @return            BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (provider or out_buf), ERR_REENTRANT,
 *                    ERR_NO_CREDENTIALS (the callback did not return 0), ERR_TIME (the
 *                    system's clock, or the end of the credentials), ERR_CREDENTIALS_EXPIRED,
 *                    ERR_ACCESS_KEY, ERR_SECRET, ERR_SESSION, ERR_SESSION_REQUIRED (the callback's
 *                    credentials), ERR_OUT_OF_MEMORY or ERR_INTERNAL.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API
bedrock_token_status bedrock_token_provider_get(struct bedrock_token_provider *provider,
                                                char **out_buf,
                                                size_t *len,
                                                int64_t *expires_at);

/**
 * Drops the kept token if it is the refused one, so that the next bedrock_token_provider_get()
 * generates a new one. Call this function when the service refused the token (HTTP 401 or 403), for
 * example because its credentials were revoked. If many threads report the same token, only the
 * first one drops it: the new token stays.
 *
 * @param provider  The provider. NULL does nothing.
 * @param refused   The token that the service refused, as bedrock_token_provider_get() handed it
 *                  out. The time of the comparison does not depend on the bytes. NULL drops any
 *                  kept token.
 *
 * Threads: any, at the same time. A renewal that is under way goes on, and its token is kept.
 */
BEDROCK_TOKEN_API
void bedrock_token_provider_invalidate(struct bedrock_token_provider *provider,
                                       const char *refused);

/**
 * Returns the result of the last renewal, for logs and health checks. While the kept token is valid,
 * bedrock_token_provider_get() does not report that a renewal failed.
 *
 * @param provider  The provider.
 * @return          BEDROCK_TOKEN_OK if the last renewal succeeded, or before the first renewal;
 *                  ERR_NULL_ARGUMENT; otherwise why the last renewal failed: a status that
 *                  bedrock_token_provider_get() returns, but not ERR_REENTRANT.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API
bedrock_token_status bedrock_token_provider_failure(struct bedrock_token_provider *provider);

/**
 * Wipes the kept token and frees the provider. Tokens that it handed out stay valid.
 *
 * @param provider  From bedrock_token_provider_new(), not freed before. NULL does nothing.
 *
 * Threads: any, once no thread uses the provider. So the provider's own callback must not free it.
 */
BEDROCK_TOKEN_API void bedrock_token_provider_free(struct bedrock_token_provider *provider);

/**
 * Calculates when to renew a token, for programs that keep tokens themselves. The rules are those of
 * bedrock_token_provider.
 *
 * @param issued_at              When the token was generated, in Unix seconds.
 * @param expires                Life of the token in seconds: 1 to 43200.
 * @param credentials_expire_at  When its credentials end, in Unix seconds; 0 if they never end.
 * @param times                  Receives the times; unchanged on failure.
 * @param times_size             `sizeof(bedrock_token_times)`. The library writes no more than that,
 *                               and sets the fields that it does not know to 0.
 * @return                       BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (times), ERR_EXPIRES, ERR_TIME
 *                               (issued_at, or credentials that end after the year 9999: their end
 *                               is probably in milliseconds), ERR_CREDENTIALS_EXPIRED (at issued_at
 *                               or before; checked in this order) or ERR_INTERNAL.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API
bedrock_token_status bedrock_token_schedule(int64_t issued_at,
                                            uint32_t expires,
                                            int64_t credentials_expire_at,
                                            struct bedrock_token_times *times,
                                            size_t times_size);

/**
 * Calculates when to ask for credentials again, after a renewal failed while the kept token is
 * still valid: after a tenth of the time left, but at least one second later.
 *
 * @param now         When the renewal failed, in Unix seconds. Round fractions of a second up.
 * @param expires_at  When the kept token ends: the field expires_at of bedrock_token_times.
 * @return            Unix seconds, later than now (INT64_MAX if there is no later time).
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API int64_t bedrock_token_retry_at(int64_t now, int64_t expires_at);

/**
 * Describes a status in one English sentence, without a full stop. The sentence names the argument
 * at fault and never shows its value, so it is safe to log.
 *
 * @param status  Any value, even one that this version does not know.
 * @return        A static string, never NULL; not to be freed.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API const char *bedrock_token_status_message(bedrock_token_status status);

/**
 * The version of the library that is running, such as "0.1.0". `BEDROCK_TOKEN_VERSION` is the one
 * that the program was compiled with.
 *
 * @return  A static string, never NULL; not to be freed.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API const char *bedrock_token_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* BEDROCK_TOKEN_H */
