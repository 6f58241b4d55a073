/*
 * bedrock-token: mints AWS Bedrock short-term API keys (bearer tokens) out of credentials that the
 * caller passes in. It reads no environment variable, no file and no socket.
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
 * What holds for every function:
 *   Strings   in are NUL-terminated ASCII, borrowed for the call only, and read no further than
 *             their limit plus one byte. Strings out are NUL-terminated ASCII.
 *   NULL      is refused with ERR_NULL_ARGUMENT where it is not said to be allowed.
 *   Outputs   hold a result on success only; a failure clears them: pointers to NULL, lengths to
 *             0, buffers to "".
 *   Ownership of a token that is handed out is the caller's, until bedrock_token_free().
 *   Threads   may call everything at the same time; no call sees anything of another. A call takes
 *             less than 32 KiB of stack. Signal handlers may not call, nor jump out of a call.
 *   Secrets   are wiped: when a call returns, no memory of the library holds the secret, a key
 *             derived from it, or a token that was freed. A token names the access key and the
 *             session token in clear; treat it as a password.
 *   Errors    are statuses, named after the argument at fault and never showing its value. There
 *             is no last-error to ask for, no logging, no abort and no exception.
 *   ABI       within one SONAME, functions, status values and the layout of structs stay; new
 *             ones may be added, and bedrock_token_info may grow at its end.
 */


#ifndef BEDROCK_TOKEN_H
#define BEDROCK_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#define BEDROCK_TOKEN_VERSION "0.1.0"
#define BEDROCK_TOKEN_VERSION_MAJOR 0
#define BEDROCK_TOKEN_VERSION_MINOR 1
#define BEDROCK_TOKEN_VERSION_PATCH 0

/* Define BEDROCK_TOKEN_DLL to use the Windows DLL; without it, the import works too, only slower. */
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
 * The life of the official generators' tokens, in seconds: 12 hours.
 */
#define BEDROCK_TOKEN_EXPIRES_DEFAULT 43200

/**
 * Success.
 */
#define BEDROCK_TOKEN_OK 0

/**
 * A pointer that must not be NULL is NULL.
 */
#define BEDROCK_TOKEN_ERR_NULL_ARGUMENT 1

/**
 * access_key is not 1 to 128 of `A-Z a-z 0-9 _`.
 */
#define BEDROCK_TOKEN_ERR_ACCESS_KEY 2

/**
 * secret is not 1 to 256 printable ASCII characters, or has a space or a newline in it.
 */
#define BEDROCK_TOKEN_ERR_SECRET 3

/**
 * session is over 65,536 bytes, has a byte that is not printable ASCII, or a space at an end.
 */
#define BEDROCK_TOKEN_ERR_SESSION 4

/**
 * access_key starts with ASIA, so it is temporary, and the session token is missing.
 */
#define BEDROCK_TOKEN_ERR_SESSION_REQUIRED 5

/**
 * region is not 1 to 63 of `a-z 0-9 -`, or has a `-` at an end.
 */
#define BEDROCK_TOKEN_ERR_REGION 6

/**
 * expires is not 1 to 43200 seconds.
 */
#define BEDROCK_TOKEN_ERR_EXPIRES 7

/**
 * signing_time, or the system's clock, is before 1970 or after 9999.
 */
#define BEDROCK_TOKEN_ERR_TIME 8

/**
 * The buffer is too small; `*len` says what is needed, without the NUL.
 */
#define BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL 9

/**
 * No memory for the result.
 */
#define BEDROCK_TOKEN_ERR_OUT_OF_MEMORY 10

/**
 * What should be a token is none.
 */
#define BEDROCK_TOKEN_ERR_INVALID_TOKEN 11

/**
 * The callback gave no credentials.
 */
#define BEDROCK_TOKEN_ERR_NO_CREDENTIALS 12

/**
 * The credentials have expired already.
 */
#define BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED 13

/**
 * A defect in this library; please report it. The process goes on and so may the caller.
 */
#define BEDROCK_TOKEN_ERR_INTERNAL 14

/**
 * Keeps a token, and asks for credentials to mint a new one before it ends: 5 minutes before, or at
 * 90 % of a life shorter than 50 minutes. A token ends when its own time is up or its credentials'
 * is, whichever is sooner, by the system's clock, even if that jumps.
 *
 * Threads: any may use a provider at the same time. One renews, the others use the kept token while
 * it holds, and wait when it does not. After fork() the child may only free it.
 */
typedef struct bedrock_token_provider bedrock_token_provider;

/**
 * What a function answers: 0 is success, everything else names what is wrong. Values are never
 * reused; later versions may add some, so treat an unknown one as a failure.
 */
typedef int32_t bedrock_token_status;

/**
 * What a token says of itself; never its secret parts. It may grow at its end.
 */
typedef struct bedrock_token_info {
  /**
   * Access key ID, NUL-terminated.
   */
  char access_key[129];
  /**
   * AWS region, NUL-terminated. The token is good in no other.
   */
  char region[64];
  /**
   * Unix seconds.
   */
  int64_t issued_at;
  /**
   * Unix seconds. If the credentials end sooner, so does the token, without saying so.
   */
  int64_t expires_at;
  /**
   * 1 if the credentials were temporary (there is a session token), otherwise 0.
   */
  int32_t has_session;
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
   * Unix seconds when the credentials end; 0 if they do not.
   */
  int64_t expires_at;
} bedrock_token_credentials;

/**
 * Gives credentials to a provider, which calls it from within bedrock_token_provider_get(), on that
 * thread, and never twice at the same time. It may be slow: other threads use the kept token while
 * it holds. It must return: no exception, longjmp, pthread_exit or cancellation may leave it. It must
 * not use its own provider.
 *
 * @param context      What bedrock_token_provider_new() was given.
 * @param credentials  To be filled in; all zero before. The strings must live until the callback
 *                     is called again or the provider is freed.
 * @return             0, or any other value if there are no credentials now.
 */
typedef int32_t (*bedrock_token_credentials_fn)(void *context,
                                                struct bedrock_token_credentials *credentials);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Mints a token that is valid from now on, out of these credentials alone.
 *
 * @param access_key  Access key ID: 1 to 128 of `A-Z a-z 0-9 _`.
 * @param secret      Secret access key: 1 to 256 printable ASCII characters, no space.
 * @param session     Session token: at most 65,536 printable ASCII characters, no space at either
 *                    end. NULL or "" with long-term credentials; required when access_key starts
 *                    with ASIA.
 * @param region      AWS region that the token is for: 1 to 63 of `a-z 0-9 -`, no `-` at either
 *                    end. Any name of that form is accepted.
 * @param expires     Seconds that the token lives: 1 to 43200. With temporary credentials it ends
 *                    when they do, if that is sooner.
 * @param out_buf     Receives the token, a NUL-terminated string that the caller owns and gives
 *                    back with bedrock_token_free(), never free(). NULL on failure.
 * @param len         Receives its length without the NUL; 0 on failure. May be NULL.
 * @return            BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT, ERR_ACCESS_KEY, ERR_SECRET, ERR_SESSION,
 *                    ERR_SESSION_REQUIRED, ERR_REGION, ERR_EXPIRES (checked in this order),
 *                    ERR_TIME (the system's clock), ERR_OUT_OF_MEMORY or ERR_INTERNAL.
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
 * Mints the token of a given second into the caller's buffer: no allocation, no clock. The same
 * arguments always give the same bytes.
 *
 * @param access_key    As for bedrock_token_generate().
 * @param secret        As for bedrock_token_generate().
 * @param session       As for bedrock_token_generate().
 * @param region        As for bedrock_token_generate().
 * @param expires       As for bedrock_token_generate(), counted from signing_time.
 * @param signing_time  Unix seconds, 0 to 253402300799 (the end of the year 9999).
 * @param buf           Receives the token and its NUL; "" on failure, if capacity is not 0. Must not
 *                      overlap the other arguments. NULL with capacity 0 asks for the length.
 * @param capacity      Bytes that buf has room for; the token needs `*len + 1`.
 * @param len           Receives the token's length without the NUL, also when the buffer is too
 *                      small; 0 on other failures. May be NULL.
 * @return              BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT, ERR_ACCESS_KEY, ERR_SECRET,
 *                      ERR_SESSION, ERR_SESSION_REQUIRED, ERR_REGION, ERR_EXPIRES, ERR_TIME,
 *                      ERR_BUFFER_TOO_SMALL (checked in this order), ERR_OUT_OF_MEMORY (only in
 *                      a process with over 32 thread-specific keys, for which the C library
 *                      itself allocates, once a thread) or ERR_INTERNAL.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API
bedrock_token_status bedrock_token_generate_into(const char *access_key,
                                                 const char *secret,
                                                 const char *session,
                                                 const char *region,
                                                 uint32_t expires,
                                                 int64_t signing_time,
                                                 char *buf,
                                                 size_t capacity,
                                                 size_t *len);

/**
 * Wipes and frees a token that the library allocated.
 *
 * @param token  From bedrock_token_generate() or bedrock_token_provider_get(), not freed before;
 *               not one of bedrock_token_generate_into(). NULL does nothing.
 *
 * Threads: any; also another one than minted the token.
 */
BEDROCK_TOKEN_API void bedrock_token_free(char *token);

/**
 * Reads what a token says of itself, from any official generator or from this library. Whether its
 * signature is right, only the service can say. Allocates nothing.
 *
 * @param token      A token, with its `bedrock-api-key-` and without a newline. It may come from
 *                   anyone.
 * @param info       Receives what it says; untouched on failure.
 * @param info_size  `sizeof(bedrock_token_info)`: the library writes no more than that, and zeros
 *                   the fields that it does not know.
 * @return           BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT, ERR_INVALID_TOKEN or ERR_INTERNAL.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API
bedrock_token_status bedrock_token_inspect(const char *token,
                                           struct bedrock_token_info *info,
                                           size_t info_size);

/**
 * Makes a provider. It asks for no credentials yet.
 *
 * @param region       As for bedrock_token_generate(); copied.
 * @param expires      As for bedrock_token_generate(); counted from each renewal.
 * @param credentials  The callback.
 * @param context      Passed to the callback as it is; may be NULL. Any thread that calls
 *                     bedrock_token_provider_get() may use it.
 * @param provider     Receives the provider, which the caller owns and gives back with
 *                     bedrock_token_provider_free(). NULL on failure.
 * @return             BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT, ERR_REGION, ERR_EXPIRES,
 *                     ERR_OUT_OF_MEMORY or ERR_INTERNAL.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API
bedrock_token_status bedrock_token_provider_new(const char *region,
                                                uint32_t expires,
                                                bedrock_token_credentials_fn credentials,
                                                void *context,
                                                struct bedrock_token_provider **provider);

/**
 * Hands out a token that has not ended: the kept one, or a new one when it is time for that. If
 * renewing fails while the kept token holds, the answer is the kept token, and the callback is
 * asked again after a tenth of the time that it has left.
 *
 * @param provider    The provider.
 * @param out_buf     Receives the token, as from bedrock_token_generate(): each caller owns a copy
 *                    and gives it back with bedrock_token_free(). NULL on failure.
 * @param len         Receives its length without the NUL; 0 on failure. May be NULL.
 * @param expires_at  Receives when the token ends, in Unix seconds; 0 on failure. May be NULL.
 * @return            BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT, ERR_NO_CREDENTIALS (the callback gave
 *                    none, and no kept token holds), ERR_CREDENTIALS_EXPIRED, ERR_ACCESS_KEY,
 *                    ERR_SECRET, ERR_SESSION, ERR_SESSION_REQUIRED (what the callback gave),
 *                    ERR_TIME (the system's clock), ERR_OUT_OF_MEMORY or ERR_INTERNAL.
 *
 * Threads: any, at the same time.
 */
BEDROCK_TOKEN_API
bedrock_token_status bedrock_token_provider_get(struct bedrock_token_provider *provider,
                                                char **out_buf,
                                                size_t *len,
                                                int64_t *expires_at);

/**
 * Drops the kept token, so that the next bedrock_token_provider_get() mints a new one: for when
 * the service refused it (HTTP 403), because the credentials were revoked, say.
 *
 * @param provider  The provider. NULL does nothing.
 *
 * Threads: any, at the same time. A renewal that is under way goes on and counts.
 */
BEDROCK_TOKEN_API void bedrock_token_provider_invalidate(struct bedrock_token_provider *provider);

/**
 * Wipes the kept token and frees the provider. Tokens that it handed out stay valid.
 *
 * @param provider  From bedrock_token_provider_new(), not freed before. NULL does nothing.
 *
 * Threads: any, once no other uses the provider.
 */
BEDROCK_TOKEN_API void bedrock_token_provider_free(struct bedrock_token_provider *provider);

/**
 * Says in one English sentence, without a full stop, what a status means. It names the argument at
 * fault and never shows its value, so it is safe to log.
 *
 * @param status  Any value, also one that this version does not know.
 * @return        A static string, never NULL; not to be freed.
 *
 * Threads: any, at any time.
 */
BEDROCK_TOKEN_API const char *bedrock_token_status_message(bedrock_token_status status);

/**
 * The version of the library that is running, such as "0.1.0". `BEDROCK_TOKEN_VERSION` is the one
 * that the program was compiled with.
 *
 * @return  A static string, never NULL; not to be freed.
 *
 * Threads: any, at any time.
 */
BEDROCK_TOKEN_API const char *bedrock_token_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* BEDROCK_TOKEN_H */
