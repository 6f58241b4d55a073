// Searches all memory that this process can write for what must not be there.
//
// The needles are 16-byte windows of secrets. A child process, whose memory goes with it, works
// them out and leaves them in shared memory, masked, so that the search does not find itself. This
// process never reads a secret: it only passes pointers into `arena` on.
#ifndef BEDROCK_TOKEN_MEMORY_SEARCH_H
#define BEDROCK_TOKEN_MEMORY_SEARCH_H

#include "test.h"

// The memory of the library's caller: shared with the children, and not searched.
typedef struct {
  char access_key[129];
  char secret[257];
  char session[65537];
  char buf[400000];
  char *token;  // where the library put one, for a child to read
  size_t secret_len, session_len;
} arena;
extern arena *own;

// Runs `work` in a child process, which must end well.
void in_child(void (*work)(void));

// What `own->token` points to in the parent.
const char *token_for_child(void);

void forget_all(void);

// For children: all windows of a text, and all that signing with a secret makes of it for a region
// and the days from `time` to the next: derived keys, HMAC pads, hash states, message schedules.
void forbid_text(const char *what, const char *text, size_t len);
void forbid_keys(const char *secret, const char *region, int64_t time);

// To follow a call at once, without a call between: no register and nothing on the stack has been
// overwritten yet. It sends this thread a signal, whose handler searches, on a stack of its own.
// The kernel puts the registers there, and so they are searched too. On Windows, another thread
// stops this one and searches. Fails with what it found and where.
#ifdef _WIN32
extern volatile int search_wanted;
#define SEARCH(label)                                             \
  do {                                                            \
    search_label = label;                                         \
    __asm__ volatile("movl $1, %0\n1: pause\ncmpl $0, %0\njne 1b" \
                     : "+m"(search_wanted)::"cc", "memory");      \
  } while (0)
#else
#define SEARCH(label)                              \
  do {                                             \
    search_label = label;                          \
    SEND_SIGNAL(10L /* SIGUSR1 */, search_thread); \
  } while (0)
#endif

// The system call `tkill`.
#if defined(__x86_64__)
#define SEND_SIGNAL(signal, thread)                                \
  do {                                                             \
    long ignored;                                                  \
    __asm__ volatile("syscall"                                     \
                     : "=a"(ignored)                               \
                     : "0"(200L), "D"((long)(thread)), "S"(signal) \
                     : "rcx", "r11", "memory");                    \
  } while (0)
#elif defined(__aarch64__)
#define SEND_SIGNAL(signal, thread)                                          \
  do {                                                                       \
    register long x8 __asm__("x8") = 130, x0 __asm__("x0") = (long)(thread), \
                     x1 __asm__("x1") = signal;                              \
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1) : "memory");     \
  } while (0)
#endif

extern const char *volatile search_label;
#ifndef _WIN32
extern _Thread_local int search_thread;
#endif

// Once a thread, before its first search. `search_setup` is for the first thread.
void search_setup(void);
void search_setup_thread(void);

// How many places were found so far; they are told on standard error.
extern int searches, found;

#endif
