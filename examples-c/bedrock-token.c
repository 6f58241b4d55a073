/*
 * bedrock-token: prints an AWS Bedrock short-term API key, made out of the AWS credentials in the
 * environment, or says what is in one. The library reads no environment variable; this program
 * does, and passes them on.
 *
 *   cc bedrock-token.c $(pkg-config --cflags --libs bedrock_token) -o bedrock-token
 *   export AWS_BEARER_TOKEN_BEDROCK=$(./bedrock-token --region eu-central-1)
 */
#include <bedrock_token.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EXIT_USAGE = 2, INPUT_MAX = 1024 * 1024 };

static const char usage[] =
    "Usage: bedrock-token [--region REGION] [--expires SECONDS]\n"
    "  or:  bedrock-token --inspect TOKEN [--json]\n"
    "\n"
    "Prints an AWS Bedrock short-term API key (bearer token) for the credentials in the\n"
    "environment, or what one says of itself. It works offline: nothing is sent anywhere.\n"
    "\n"
    "  --region REGION    AWS region that the token is for (default: $AWS_REGION)\n"
    "  --expires SECONDS  how long it lives, 1 to 43200 (default: 43200, 12 hours); with\n"
    "                     temporary credentials it ends when they do, if that is sooner\n"
    "  --inspect TOKEN    show access key, region and times of a token; - reads it from\n"
    "                     standard input, where other users cannot see it. The signature\n"
    "                     is not checked: only AWS can\n"
    "  --json             with --inspect: as JSON, times in Unix seconds\n"
    "  --version          print the version and stop\n"
    "  --help             print this and stop\n"
    "\n"
    "Environment:\n"
    "  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY  the credentials\n"
    "  AWS_SESSION_TOKEN                         with temporary credentials\n"
    "  AWS_REGION                                where --region is not given\n"
    "\n"
    "The token alone goes to standard output; it is a password.\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 the command line is wrong.\n"
    "\n"
    "Example:\n"
    "  export AWS_BEARER_TOKEN_BEDROCK=$(bedrock-token --region eu-central-1)\n";

static int fail(int status, const char *subject, const char *problem) {
  fprintf(stderr, "bedrock-token: %s: %s\n", subject, problem);
  if (status == EXIT_USAGE) fputs("Try: bedrock-token --help\n", stderr);
  return status;
}

/* The end of every success: it is one only if all that was printed could be written. */
static int done(void) {
  if (fflush(stdout) == 0 && !ferror(stdout)) return EXIT_SUCCESS;
  return fail(EXIT_FAILURE, "standard output", "cannot write");
}

static int generate(const char *region, uint32_t expires) {
  const char *access_key = getenv("AWS_ACCESS_KEY_ID");
  const char *secret = getenv("AWS_SECRET_ACCESS_KEY");
  const char *session = getenv("AWS_SESSION_TOKEN");
  if (access_key == NULL) return fail(EXIT_FAILURE, "AWS_ACCESS_KEY_ID", "not set");
  if (secret == NULL) return fail(EXIT_FAILURE, "AWS_SECRET_ACCESS_KEY", "not set");
  if (region == NULL) return fail(EXIT_USAGE, "region", "give --region or set AWS_REGION");

  char *token;
  bedrock_token_status status =
      bedrock_token_generate(access_key, secret, session, region, expires, &token, NULL);
  if (status != BEDROCK_TOKEN_OK) {
    return fail(EXIT_FAILURE, "no token", bedrock_token_status_message(status));
  }
  puts(token);
  bedrock_token_free(token);
  return done();
}

/* The token on standard input, without the newline that echo adds; "" if there is more than a
 * string can hold. */
static const char *read_token(void) {
  static char input[INPUT_MAX];
  size_t len = fread(input, 1, sizeof input, stdin);
  if (len == sizeof input || memchr(input, '\0', len) != NULL) return "";
  while (len > 0 && (input[len - 1] == '\n' || input[len - 1] == '\r')) len--;
  input[len] = '\0';
  return input;
}

static void print_time(const char *label, int64_t unix_seconds) {
  char text[sizeof "9999-12-31T23:59:59Z"];
  time_t seconds = (time_t)unix_seconds;
  struct tm *utc = gmtime(&seconds);
  if (utc == NULL || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", utc) == 0) text[0] = '\0';
  printf("%-15s%s", label, text);
}

static int inspect(const char *token, int json) {
  bedrock_token_info info;
  bedrock_token_status status = bedrock_token_inspect(token, &info, sizeof info);
  if (status != BEDROCK_TOKEN_OK) {
    return fail(EXIT_FAILURE, "cannot inspect", bedrock_token_status_message(status));
  }
  if (json) {
    /* Neither text can hold a character that JSON would have escaped. */
    printf(
        "{\"access_key\": \"%s\", \"region\": \"%s\", \"issued_at\": %lld, \"expires_at\": %lld, "
        "\"has_session\": %s}\n",
        info.access_key, info.region, (long long)info.issued_at, (long long)info.expires_at,
        info.has_session ? "true" : "false");
    return done();
  }
  long long left = (long long)(info.expires_at - (int64_t)time(NULL));
  long long distance = left > 0 ? left : -left;
  printf("%-15s%s\n", "access key", info.access_key);
  printf("%-15s%s\n", "region", info.region);
  printf("%-15s%s\n", "session token", info.has_session ? "yes" : "no");
  print_time("issued at", info.issued_at);
  putchar('\n');
  print_time("expires at", info.expires_at);
  printf(left > 0 ? " (in %lld h %lld min %lld s)\n" : " (%lld h %lld min %lld s ago)\n",
         distance / 3600, distance / 60 % 60, distance % 60);
  return done();
}

/* The value of an option: what follows "--name=", or the next argument. NULL: another option. */
static const char *value_of(const char *name, char **argv, int *index) {
  size_t len = strlen(name);
  if (strncmp(argv[*index], name, len) != 0) return NULL;
  if (argv[*index][len] == '=') return argv[*index] + len + 1;
  if (argv[*index][len] != '\0') return NULL;
  return argv[*index + 1] != NULL ? argv[++*index] : "";
}

/* Anything but digits becomes 0, which the library refuses by name. */
static uint32_t seconds(const char *text) {
  size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > 9 || text[digits] != '\0') return 0;
  return (uint32_t)strtoul(text, NULL, 10);
}

int main(int argc, char **argv) {
  const char *region = getenv("AWS_REGION");
  const char *token = NULL;
  uint32_t expires = BEDROCK_TOKEN_EXPIRES_DEFAULT;
  int json = 0;

  for (int i = 1; i < argc; i++) {
    const char *value;
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
      fputs(usage, stdout);
      return done();
    } else if (strcmp(argv[i], "--version") == 0) {
      printf("bedrock-token %s\n", bedrock_token_version());
      return done();
    } else if ((value = value_of("--region", argv, &i)) != NULL) {
      region = value;
    } else if ((value = value_of("--expires", argv, &i)) != NULL) {
      expires = seconds(value);
    } else if ((value = value_of("--inspect", argv, &i)) != NULL) {
      token = strcmp(value, "-") == 0 ? read_token() : value;
    } else if (strcmp(argv[i], "--json") == 0) {
      json = 1;
    } else {
      /* What is no option may be a token, so it is not shown. */
      if (argv[i][0] != '-') return fail(EXIT_USAGE, "command line", "takes options only");
      return fail(EXIT_USAGE, argv[i], "no such option");
    }
  }
  if (token != NULL) return inspect(token, json);
  if (json) return fail(EXIT_USAGE, "--json", "goes with --inspect");
  return generate(region, expires);
}
