/* What the drivers in C and C++ share. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Decodes a field in place: "-" is NULL, "=" and hex digits are bytes. */
static char *text(char *field) {
  if (*field == '-') return NULL;
  char *out = field;
  for (char *hex = field + 1; *hex; hex += 2) {
    unsigned byte;
    sscanf(hex, "%2x", &byte);
    *out++ = (char)byte;
  }
  *out = '\0';
  return field;
}

/* Whether a field has a byte 0, which no C string has inside. */
static int has_nul(const char *field) {
  if (*field == '=') {
    for (const char *hex = field + 1; *hex; hex += 2) {
      if (hex[0] == '0' && hex[1] == '0') return 1;
    }
  }
  return 0;
}

/* Reads a line, and splits it at its TABs into seven fields: the number of the service, four
 * strings, expires, time. Answers those that C cannot say. */
static int next(char *fields[7]) {
  static char line[1 << 20];
  if (!fgets(line, sizeof line, stdin)) return 0;
  line[strcspn(line, "\n")] = '\0';
  char *at = line;
  for (int i = 0; i < 7; ++i) {
    fields[i] = at;
    at += strcspn(at, "\t");
    if (*at) *at++ = '\0';
  }
  int nul = 0;
  for (int i = 1; i < 5; ++i) {
    nul = nul || has_nul(fields[i]);
    fields[i] = text(fields[i]);
  }
  if (!nul) return 1;
  puts("-\n-");
  return next(fields);
}

#endif
