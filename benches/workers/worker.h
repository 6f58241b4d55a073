/* A worker of benches/bench.py, in C. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCESS_KEY "AKIAIOSFODNN7EXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define REGION "eu-central-1"
#define EXPIRES 43200
#define PREFIX  \
  "bedrock-api" \
  "-key-"

enum { TOKEN_ROOM = 4096 };

struct operation {
  const char *name;
  void (*generate)(const char *session, char token[TOKEN_ROOM]);
};

static void require(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "%s failed\n", what);
  exit(1);
}

static void work(const struct operation *operations) {
  static char line[1 << 16], token[TOKEN_ROOM];
  puts("ready");
  for (fflush(stdout); fgets(line, sizeof line, stdin) != NULL; fflush(stdout)) {
    const struct operation *operation = operations;
    const char *name = strtok(line, " "), *sessions[64];
    long iterations = strtol(strtok(NULL, " "), NULL, 10);
    size_t count = 0;
    for (char *session; (session = strtok(NULL, ",\n")) != NULL;) sessions[count++] = session;
    if (strcmp(sessions[0], "-") == 0) sessions[0] = "";
    while (strcmp(operation->name, name) != 0) operation++;
    for (size_t i = 0; iterations > 0; iterations--) {
      operation->generate(sessions[i], token);
      if (++i == count) i = 0;
    }
    puts(token);
  }
}
