// What the C tests share: a check, a reader of the vectors, and the names for what Windows calls
// otherwise. BEDROCK_TOKEN_VECTORS is the folder of the vectors.
#ifndef BEDROCK_TOKEN_TEST_H
#define BEDROCK_TOKEN_TEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#endif

#include "bedrock_token.h"

// AWS's documentation credentials, a second of 2026, and the prefix of Bedrock's tokens, in two
// parts because scanners for leaked secrets look for it.
#define ACCESS_KEY "AKIAIOSFODNN7EXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define REGION "eu-central-1"
#define TIME INT64_C(1781524800)
#define PREFIX  \
  "bedrock-api" \
  "-key-"
#define PREFIX_LEN (sizeof PREFIX - 1)

static inline const char *prefix_of(bedrock_token_service service) {
  return service == BEDROCK_TOKEN_SERVICE_BEDROCK ? PREFIX
                                                  : "aws-external-anthropic-api"
                                                    "-key-";
}

// The subject of a check, such as a line of a file. It is printed when the check fails.
static char test_context[256] = "";

#define CHECK(condition)                                         \
  do {                                                           \
    if (!(condition)) test_fail(__FILE__, __LINE__, #condition); \
  } while (0)

static inline void test_fail(const char *file, int line, const char *condition) {
  fprintf(stderr, "%s:%d: failed: %s %s\n", file, line, condition, test_context);
  exit(1);
}

// In Unix seconds, by the clock that the library reads: time() may be a few milliseconds behind it.
static inline int64_t now(void) {
#ifdef _WIN32
  FILETIME time;  // 100 nanoseconds since 1601
  GetSystemTimePreciseAsFileTime(&time);
  return (((int64_t)time.dwHighDateTime << 32) + time.dwLowDateTime) / 10000000 - 11644473600;
#else
  struct timespec time;
  CHECK(timespec_get(&time, TIME_UTC) == TIME_UTC);
  return (int64_t)time.tv_sec;
#endif
}

// Ends the process as failed after so many seconds: it hangs.
#ifdef _WIN32
static inline DWORD WINAPI test_give_up(void *seconds) {
  Sleep(*(const unsigned *)seconds * 1000);
  return (DWORD)TerminateProcess(GetCurrentProcess(), 1);
}

static inline void give_up_after(unsigned seconds) {
  static unsigned patience;
  patience = seconds;
  HANDLE thread = CreateThread(NULL, 0, test_give_up, &patience, 0, NULL);
  CHECK(thread != NULL && CloseHandle(thread));
}
#else
static inline void give_up_after(unsigned seconds) { alarm(seconds); }
#endif

// `length` times the same character, to be freed.
static inline char *repeat(char c, size_t length) {
  char *text = (char *)malloc(length + 1);
  CHECK(text != NULL);
  memset(text, c, length);
  text[length] = '\0';
  return text;
}

// One line of a file of vectors at a time, cut at its TABs. The fields are good until the next one.
typedef struct {
  const char *name;
  FILE *file;
  char *line;
  size_t room;
  int number;
  char *field[8];
} vectors;

static inline vectors vectors_open(const char *name) {
  vectors v;
  memset(&v, 0, sizeof v);
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", BEDROCK_TOKEN_VECTORS, name);
  v.name = name;
  v.file = fopen(path, "rb");
  if (v.file == NULL) {
    perror(path);
    exit(1);
  }
  v.room = 64 * 1024;
  v.line = (char *)malloc(v.room);
  CHECK(v.line != NULL);
  return v;
}

// False, and all is closed, at the end of the file.
static inline bool vectors_next(vectors *v, int fields) {
  do {
    if (fgets(v->line, (int)v->room, v->file) == NULL) {
      CHECK(!ferror(v->file));
      CHECK(v->number > 0);
      fclose(v->file);
      free(v->line);
      test_context[0] = '\0';
      return false;
    }
    v->number++;
  } while (v->line[0] == '#');
  snprintf(test_context, sizeof test_context, "(%s:%d)", v->name, v->number);

  size_t length = strlen(v->line);
  CHECK(length > 0 && v->line[length - 1] == '\n');
  v->line[length - 1] = '\0';
  char *rest = v->line;
  for (int i = 0; i < fields; i++) {
    CHECK(rest != NULL);
    v->field[i] = rest;
    rest = strchr(rest, '\t');
    if (rest != NULL) *rest++ = '\0';
  }
  CHECK(rest == NULL);
  return true;
}

// The arguments of a token, as the first seven fields of a vector give them.
typedef struct {
  bedrock_token_service service;
  const char *access_key, *secret, *session, *region;
  uint32_t expires;
  int64_t time;
} arguments;

static inline arguments vectors_arguments(const vectors *v) {
  arguments a = {
      (bedrock_token_service)strtol(v->field[0], NULL, 10),
      v->field[1],
      v->field[2],
      v->field[3],
      v->field[4],
      (uint32_t)strtoul(v->field[5], NULL, 10),
      strtoll(v->field[6], NULL, 10),
  };
  return a;
}

static inline bedrock_token_status generate_into(const arguments *a, char *buf, size_t capacity,
                                                 size_t *len) {
  return bedrock_token_generate_into(a->service, a->access_key, a->secret, a->session, a->region,
                                     a->expires, a->time, buf, capacity, len);
}

static inline bedrock_token_status generate(const arguments *a, char **out_buf, size_t *len) {
  return bedrock_token_generate_for(a->service, a->access_key, a->secret, a->session, a->region,
                                    a->expires, out_buf, len);
}

// Good arguments, to change one of.
static inline arguments arguments_good(void) {
  arguments a = {BEDROCK_TOKEN_SERVICE_BEDROCK, ACCESS_KEY, SECRET, NULL, REGION,
                 BEDROCK_TOKEN_EXPIRES_DEFAULT, TIME};
  return a;
}

// A program may be older or newer than the library, and its struct smaller or larger. `fill` has
// the library fill one of this size: its fields that fit, 0 for those that the library does not
// know, and no more than that. Garbage for a size writes no more than the struct has.
static inline void every_size(size_t struct_size, void (*fill)(void *to, size_t size)) {
  union {
    int64_t aligned;
    unsigned char bytes[512];
  } whole, given;
  const size_t most = 2 * struct_size;
  CHECK(most <= sizeof given);
  memset(&whole, 0, sizeof whole);
  fill(&whole, struct_size);
  const size_t garbage[] = {4097, INT32_MAX, SIZE_MAX / 2 + 1, SIZE_MAX};
  for (size_t i = 0; i <= most + sizeof garbage / sizeof garbage[0]; i++) {
    const size_t size = i <= most ? i : garbage[i - most - 1];
    snprintf(test_context, sizeof test_context, "(size %zu)", size);
    memset(&given, 'x', sizeof given);
    fill(&given, size);
    const size_t known = size < struct_size ? size : struct_size;
    const size_t written = size <= most ? size : struct_size;
    CHECK(memcmp(given.bytes, whole.bytes, known) == 0);
    for (size_t b = known; b < written; b++) CHECK(given.bytes[b] == 0);
    for (size_t b = written; b < sizeof given; b++) CHECK(given.bytes[b] == 'x');
  }
  test_context[0] = '\0';
}

#endif
