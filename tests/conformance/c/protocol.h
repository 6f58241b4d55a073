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

/* Reads a line, and splits it at its TABs into seven fields: the number of the service, four
 * strings, expires, time. */
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
  for (int i = 1; i < 5; ++i) fields[i] = text(fields[i]);
  return 1;
}

#endif
