/* What the drivers in C and C++ share. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct field {
  char *text;    /* NULL for a string that is NULL */
  size_t length; /* of a string; it may have a NUL inside */
};

/* Decodes a string in place: "-" is NULL, "=" and hex digits are bytes. */
static void decode(struct field *field) {
  if (*field->text == '-') {
    field->text = NULL;
    return;
  }
  char *out = field->text;
  for (const char *hex = field->text + 1; *hex; hex += 2) {
    unsigned byte;
    sscanf(hex, "%2x", &byte);
    *out++ = (char)byte;
  }
  *out = '\0';
  field->length = (size_t)(out - field->text);
}

/* Reads a line, and splits it at its TABs into the number of the service, four strings, expires and
 * time. */
static int next(struct field fields[7]) {
  static char line[1 << 20];
  if (!fgets(line, sizeof line, stdin)) return 0;
  line[strcspn(line, "\n")] = '\0';
  char *at = line;
  for (int i = 0; i < 7; ++i) {
    fields[i].text = at;
    at += strcspn(at, "\t");
    if (*at) *at++ = '\0';
  }
  for (int i = 1; i < 5; ++i) decode(&fields[i]);
  return 1;
}

#endif
