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
// stops this one and searches.
#define SEARCH(label)        \
  do {                       \
    search_label = label;    \
    search_line = __LINE__;  \
    SEARCH_IN_THIS_THREAD(); \
  } while (0)

// Makes a call, searches, and then looks at the status of the call.
#define SEARCHED(call, expected)                \
  do {                                          \
    const bedrock_token_status status = (call); \
    SEARCH(#call);                              \
    CHECK(status == (expected));                \
  } while (0)

extern const char *volatile search_label;
extern volatile int search_line;

#if defined(_WIN32)
extern volatile int search_wanted;
#define SEARCH_IN_THIS_THREAD()                                 \
  __asm__ volatile("movl $1, %0\n1: pause\ncmpl $0, %0\njne 1b" \
                   : "+m"(search_wanted)::"cc", "memory")
#else
// The system call tkill(search_thread, SIGUSR1).
extern _Thread_local int search_thread;
#if defined(__x86_64__)
#define SEARCH_IN_THIS_THREAD()                                      \
  do {                                                               \
    long ignored;                                                    \
    __asm__ volatile("syscall"                                       \
                     : "=a"(ignored)                                 \
                     : "0"(200L), "D"((long)search_thread), "S"(10L) \
                     : "rcx", "r11", "memory");                      \
  } while (0)
#elif defined(__aarch64__)
#define SEARCH_IN_THIS_THREAD()                                                   \
  do {                                                                            \
    register long x8 __asm__("x8") = 130, x0 __asm__("x0") = (long)search_thread, \
                     x1 __asm__("x1") = 10;                                       \
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1) : "memory");          \
  } while (0)
#endif
#endif

// Once a thread, before its first search. `search_setup` is for the first thread.
void search_setup(void);
void search_setup_thread(void);

// How many places were found so far; they are told on standard error.
extern int searches, found;

#endif
