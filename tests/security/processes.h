// Threads and children of a test. All of them must end well, and in time.
#ifndef BEDROCK_TOKEN_PROCESSES_H
#define BEDROCK_TOKEN_PROCESSES_H

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

enum { PATIENCE = 120 };

static inline pthread_t start_thread(void *(*work)(void *), void *context) {
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, work, context) == 0);
  return thread;
}

static inline void join_thread(pthread_t thread) { CHECK(pthread_join(thread, NULL) == 0); }

// 0 in the child.
static inline pid_t start_child(void) {
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) alarm(PATIENCE);
  return child;
}

static inline void must_end_well(pid_t child) {
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) CHECK(!"a child hangs");
  CHECK(status == 0);
}

#endif
