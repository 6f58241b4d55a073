/*
 * bedrock-token: prints an AWS Bedrock short-term API key, made out of the AWS credentials in the
 * environment. The library reads no environment variable; this program does, and passes them on.
 *
 *   cc bedrock-token.c $(pkg-config --cflags --libs bedrock_token) -o bedrock-token
 *   export AWS_BEARER_TOKEN_BEDROCK=$(bedrock-token --region eu-central-1)
 */
#include <bedrock_token.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "Usage: bedrock-token [--region REGION] [--expires SECONDS]\n"
    "\n"
    "Prints an AWS Bedrock short-term API key (bearer token) for the credentials in the\n"
    "environment. It works offline: nothing is sent anywhere.\n"
    "\n"
    "  --region REGION    AWS region that the token is for (default: $AWS_REGION)\n"
    "  --expires SECONDS  how long it lives, 1 to 43200 (default: 43200, 12 hours); with\n"
    "                     temporary credentials it ends when they do, if that is sooner\n"
    "  --version          print the version and stop\n"
    "  --help             print this and stop\n"
    "\n"
    "Environment:\n"
    "  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY  the credentials\n"
    "  AWS_SESSION_TOKEN                         with temporary credentials\n"
    "  AWS_REGION                                where --region is not given\n"
    "\n"
    "The token alone goes to standard output; it is a password.\n"
    "Exit status: 0 a token was printed, 1 none could be made, 2 the command line is wrong.\n"
    "\n"
    "  export AWS_BEARER_TOKEN_BEDROCK=$(bedrock-token --region eu-central-1)\n";

static int fail(int status, const char *subject, const char *problem) {
  fprintf(stderr, "bedrock-token: %s: %s\n", subject, problem);
  if (status == EXIT_USAGE) fputs("Try: bedrock-token --help\n", stderr);
  return status;
}

/* The value of an option: what follows "--name=", or the next argument. */
static const char *value_of(const char *name, char **argv, int *index) {
  size_t len = strlen(name);
  if (strncmp(argv[*index], name, len) != 0) return NULL;
  if (argv[*index][len] == '=') return argv[*index] + len + 1;
  if (argv[*index][len] != '\0') return NULL;
  return argv[++*index] != NULL ? argv[*index] : "";
}

/* Digits only; anything else becomes 0, which the library refuses by name. */
static uint32_t seconds(const char *text) {
  size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > 9 || text[digits] != '\0') return 0;
  return (uint32_t)strtoul(text, NULL, 10);
}

int main(int argc, char **argv) {
  const char *access_key = getenv("AWS_ACCESS_KEY_ID");
  const char *secret = getenv("AWS_SECRET_ACCESS_KEY");
  const char *session = getenv("AWS_SESSION_TOKEN");
  const char *region = getenv("AWS_REGION");
  uint32_t expires = BEDROCK_TOKEN_EXPIRES_DEFAULT;

  for (int i = 1; i < argc; i++) {
    const char *option = argv[i];
    const char *value;
    if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0) {
      return fputs(usage, stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    } else if (strcmp(option, "--version") == 0) {
      return printf("bedrock-token %s\n", bedrock_token_version()) < 0;
    } else if ((value = value_of("--region", argv, &i)) != NULL) {
      region = value;
    } else if ((value = value_of("--expires", argv, &i)) != NULL) {
      expires = seconds(value);
    } else {
      return fail(EXIT_USAGE, option, "no such option");
    }
  }
  if (access_key == NULL) return fail(EXIT_FAILURE, "AWS_ACCESS_KEY_ID", "not set");
  if (secret == NULL) return fail(EXIT_FAILURE, "AWS_SECRET_ACCESS_KEY", "not set");
  if (region == NULL) return fail(EXIT_USAGE, "region", "give --region or set AWS_REGION");

  char *token;
  bedrock_token_status status =
      bedrock_token_generate(access_key, secret, session, region, expires, &token, NULL);
  if (status != BEDROCK_TOKEN_OK) {
    return fail(EXIT_FAILURE, "no token", bedrock_token_status_message(status));
  }
  int printed = puts(token) >= 0 && fflush(stdout) == 0;
  bedrock_token_free(token);
  return printed ? EXIT_SUCCESS : fail(EXIT_FAILURE, "standard output", "cannot write");
}
