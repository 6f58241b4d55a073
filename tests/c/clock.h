// The system's clock in the test's hand: the library reads `clock_millis`, in Unix time.
#ifndef BEDROCK_TOKEN_CLOCK_H
#define BEDROCK_TOKEN_CLOCK_H

#include <stdatomic.h>

#include "test.h"
#ifndef _WIN32
#include <sys/syscall.h>
#endif

static _Atomic int64_t clock_millis;
static atomic_int clock_reads;

#ifdef _WIN32
static VOID WINAPI read_clock(FILETIME *time) {
  clock_reads++;
  const int64_t ticks = (clock_millis + INT64_C(11644473600000)) * 10000;
  time->dwLowDateTime = (DWORD)ticks;
  time->dwHighDateTime = (DWORD)(ticks >> 32);
}

// The file that the library is in, a DLL or this program, calls `read_clock` from now on.
static inline void take_clock(void) {
  HMODULE file;
  CHECK(GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                           (LPCSTR)(uintptr_t)bedrock_token_retry_at, &file));
  const FARPROC system_clock =
      GetProcAddress(GetModuleHandleA("kernel32"), "GetSystemTimePreciseAsFileTime");
  char *start = (char *)file;
  const IMAGE_NT_HEADERS *headers =
      (IMAGE_NT_HEADERS *)(start + ((IMAGE_DOS_HEADER *)start)->e_lfanew);
  const IMAGE_DATA_DIRECTORY *imported =
      &headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
  for (const IMAGE_IMPORT_DESCRIPTOR *from =
           (IMAGE_IMPORT_DESCRIPTOR *)(start + imported->VirtualAddress);
       from->Name != 0; from++) {
    for (FARPROC *function = (FARPROC *)(start + from->FirstThunk); *function != NULL; function++) {
      if (*function != system_clock) continue;
      DWORD access;
      CHECK(VirtualProtect(function, sizeof *function, PAGE_READWRITE, &access));
      *function = (FARPROC)(void (*)(void))read_clock;
      return;
    }
  }
  CHECK(!"the library imports the system's clock");
}
#else
// Where time_t had 32 bits once, this is `__clock_gettime64`, which Rust calls there: the toolchain
// files of those targets set _TIME_BITS=64.
#ifdef SYS_clock_gettime64
#define SYS_CLOCK_GETTIME SYS_clock_gettime64
#else
#define SYS_CLOCK_GETTIME SYS_clock_gettime
#endif
int clock_gettime(clockid_t id, struct timespec *time) {
  if (id != CLOCK_REALTIME) return (int)syscall(SYS_CLOCK_GETTIME, id, time);
  clock_reads++;
  time->tv_sec = clock_millis / 1000;
  time->tv_nsec = clock_millis % 1000 * 1000000;
  return 0;
}

static inline void take_clock(void) {}
#endif

static inline void set_clock(int64_t second) { clock_millis = second * 1000; }
static inline int64_t clock_now(void) { return clock_millis / 1000; }

#endif
