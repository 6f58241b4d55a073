#define _GNU_SOURCE
#include "memory_search.h"

#ifndef _WIN32
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "processes.h"
#endif

enum { WINDOW = 16, SLOTS = 1 << 21, FILTER_BITS = 24, ALTERNATE_STACK = 256 * 1024 };
static const uint64_t MASK[2] = {0x9e3779b97f4a7c15, 0xd1b54a32d192ed03};

typedef struct {
  uint64_t masked[2];
  const char *what;  // NULL: an empty slot
} slot;

typedef struct {
  size_t count;
  uint8_t filter[(1 << FILTER_BITS) / 8];
  slot slots[SLOTS];
} needles;

arena *own;
const char *volatile search_label;
volatile int search_line;
int searches, found;

static needles *forbidden;

#ifndef _WIN32
_Thread_local int search_thread;

static void *shared_memory(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED);
  return memory;
}

void in_child(void (*work)(void)) {
  pid_t child = start_child();
  if (child == 0) {
    work();
    _exit(0);
  }
  must_end_well(child);
}

const char *token_for_child(void) { return own->token; }
#endif

// --- The needles, in children ---

static uint64_t hash(uint64_t masked) { return masked * 0x9fb21c651e98df25; }

static void forbid_window(const char *what, const void *window) {
  uint64_t masked[2];
  memcpy(masked, window, WINDOW);
  if (masked[0] == masked[1]) return;  // a run of one byte or so
  masked[0] ^= MASK[0];
  masked[1] ^= MASK[1];
  uint64_t h = hash(masked[0]);
  forbidden->filter[h >> (64 - FILTER_BITS) >> 3] |= (uint8_t)(1 << (h >> (64 - FILTER_BITS) & 7));
  size_t i = h % SLOTS;
  while (forbidden->slots[i].what != NULL) {
    if (memcmp(forbidden->slots[i].masked, masked, WINDOW) == 0) return;
    i = (i + 1) % SLOTS;
  }
  memcpy(forbidden->slots[i].masked, masked, WINDOW);
  forbidden->slots[i].what = what;
  CHECK(++forbidden->count < SLOTS / 2);
}

void forget_all(void) { memset(forbidden, 0, sizeof *forbidden); }

void forbid_text(const char *what, const char *text, size_t len) {
  for (size_t i = 0; i + WINDOW <= len; i++) forbid_window(what, text + i);
}

// Four words of SHA-256 as code keeps them in memory and in vector registers: in both orders.
static void forbid_words(const char *what, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  forbid_window(what, (uint32_t[]){a, b, c, d});
  forbid_window(what, (uint32_t[]){d, c, b, a});
}

static void forbid_state(const uint32_t s[8]) {
  for (int i = 0; i + 4 <= 8; i++) forbid_words("hash state", s[i], s[i + 1], s[i + 2], s[i + 3]);
  forbid_words("hash state", s[0], s[1], s[4], s[5]);  // as the processor's own instructions
  forbid_words("hash state", s[2], s[3], s[6], s[7]);  // group them
}

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotr(uint32_t x, int n) { return x >> n | x << (32 - n); }

// SHA-256's compression (FIPS 180-4). The first `secret_bytes` of the block are secret, and so are
// all of the schedule that depends on them, and the new state.
static void compress(uint32_t s[8], const uint8_t block[64], size_t secret_bytes) {
  uint32_t w[64];
  bool secret[64];
  for (size_t i = 0; i < 16; i++) {
    const uint8_t *b = block + 4 * i;
    w[i] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    secret[i] = 4 * i + 4 <= secret_bytes;
  }
  for (int i = 16; i < 64; i++) {
    uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + (rotr(a, 7) ^ rotr(a, 18) ^ a >> 3) + w[i - 7] +
           (rotr(b, 17) ^ rotr(b, 19) ^ b >> 10);
    secret[i] = secret[i - 16] || secret[i - 15] || secret[i - 7] || secret[i - 2];
  }
  for (int i = 0; i + 4 <= 64; i++) {
    if (secret[i] && secret[i + 1] && secret[i + 2] && secret[i + 3]) {
      forbid_words("message schedule", w[i], w[i + 1], w[i + 2], w[i + 3]);
      forbid_words("message schedule", w[i] + K[i], w[i + 1] + K[i + 1], w[i + 2] + K[i + 2],
                   w[i + 3] + K[i + 3]);
    }
  }
  uint32_t v[8];
  memcpy(v, s, sizeof v);
  for (int i = 0; i < 64; i++) {
    uint32_t a = v[0], e = v[4];
    uint32_t t =
        v[7] + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & v[5]) ^ (~e & v[6])) + K[i] + w[i];
    uint32_t u =
        (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 7 * sizeof v[0]);
    v[4] += t;
    v[0] = t + u;
  }
  for (int i = 0; i < 8; i++) s[i] += v[i];
  forbid_state(s);
}

// Hashes on from state `s`, `before` bytes in; all of `text` is secret or none of it.
static void sha256(uint32_t s[8], size_t before, const uint8_t *text, size_t len, bool secret,
                   uint8_t out[32]) {
  uint8_t block[64];
  size_t total = before + len;
  for (; len >= 64; text += 64, len -= 64) compress(s, text, secret ? 64 : 0);
  memset(block, 0, sizeof block);
  memcpy(block, text, len);
  block[len] = 0x80;
  if (len >= 56) {
    compress(s, block, secret ? len : 0);
    memset(block, 0, sizeof block);
    len = 0;
  }
  for (int i = 0; i < 8; i++) block[63 - i] = (uint8_t)(total * 8 >> 8 * i);
  compress(s, block, secret ? len : 0);
  for (int i = 0; i < 32; i++) out[i] = (uint8_t)(s[i / 4] >> (24 - 8 * (i % 4)));
}

static const uint32_t INITIAL[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

// HMAC-SHA256 (RFC 2104) of a text that is not secret.
static void hmac(const uint8_t *key, size_t key_len, const char *text, uint8_t out[32]) {
  uint8_t pad[64], inner[32], hashed[32];
  uint32_t s[8];
  if (key_len > 64) {
    memcpy(s, INITIAL, sizeof s);
    sha256(s, 0, key, key_len, true, hashed);
    forbid_text("hashed key", (char *)hashed, sizeof hashed);
    key = hashed;
    key_len = sizeof hashed;
  }
  memcpy(s, INITIAL, sizeof s);
  for (size_t i = 0; i < 64; i++) pad[i] = 0x36 ^ (i < key_len ? key[i] : 0);
  forbid_text("key pad", (char *)pad, key_len);
  compress(s, pad, key_len);
  sha256(s, 64, (const uint8_t *)text, strlen(text), false, inner);
  forbid_text("inner hash", (char *)inner, sizeof inner);

  memcpy(s, INITIAL, sizeof s);
  for (size_t i = 0; i < 64; i++) pad[i] ^= 0x36 ^ 0x5c;
  forbid_text("key pad", (char *)pad, key_len);
  compress(s, pad, key_len);
  sha256(s, 64, inner, sizeof inner, true, out);
  forbid_text("derived key", (char *)out, 32);
}

void forbid_keys(const char *secret, const char *region, int64_t time) {
  forbid_text("secret", secret, strlen(secret));
  char start[4 + 256 + 1];
  snprintf(start, sizeof start, "AWS4%s", secret);
  forbid_text("AWS4 + secret", start, strlen(start));
  for (time_t day = time; day <= time + 86400; day += 86400) {
    struct tm utc;
    char date[9];
#ifdef _WIN32
    CHECK(gmtime_s(&utc, &day) == 0);
#else
    gmtime_r(&day, &utc);
#endif
    strftime(date, sizeof date, "%Y%m%d", &utc);
    uint8_t key[32];
    hmac((const uint8_t *)start, strlen(start), date, key);
    hmac(key, sizeof key, region, key);
    hmac(key, sizeof key, "bedrock", key);
    hmac(key, sizeof key, "aws4_request", key);
    // The token shows the signature, which is the HMAC of the string to sign. The signing key's
    // pads and their states are secret.
    uint8_t signature[32];
    hmac(key, sizeof key, "", signature);
  }
}

// --- The search, in the process that calls the library ---

static void report(uintptr_t address, const char *mapping, const char *what, int in_this_search) {
  if (in_this_search == 1) fprintf(stderr, "line %d, %s:\n", search_line, search_label);
  if (in_this_search <= 6) fprintf(stderr, "  %s at %p in %s\n", what, (void *)address, mapping);
  if (in_this_search == 7) fprintf(stderr, "  ...\n");
}

// The first window that starts as the `len` bytes here do, which are 8 or more.
static const char *forbidden_here(const char *at, size_t len) {
  uint64_t masked[2];
  memcpy(masked, at, sizeof masked[0]);
  masked[0] ^= MASK[0];
  uint64_t h = hash(masked[0]);
  if ((forbidden->filter[h >> (64 - FILTER_BITS) >> 3] >> (h >> (64 - FILTER_BITS) & 7) & 1) == 0)
    return NULL;
  memcpy(&masked[1], at + 8, len - 8);
  masked[1] ^= MASK[1];
  for (size_t i = h % SLOTS; forbidden->slots[i].what != NULL; i = (i + 1) % SLOTS) {
    if (memcmp(forbidden->slots[i].masked, masked, len) == 0) return forbidden->slots[i].what;
  }
  return NULL;
}

static int search_range(const char *start, const char *end, const char *mapping, int hits) {
  for (const char *at = start; at + WINDOW <= end; at++) {
    const char *what = forbidden_here(at, WINDOW);
    if (what != NULL) report((uintptr_t)at, mapping, what, ++hits);
  }
  return hits;
}

static bool holds(const char *start, const char *end, const void *pointer) {
  return start <= (const char *)pointer && (const char *)pointer < end;
}

// The general registers, each on its own. In memory, only those that the kernel puts side by side
// would make a window.
static int search_registers(const void *registers, size_t count) {
  int hits = 0;
  for (size_t i = 0; i < count; i++) {
    const char *what = forbidden_here((const char *)registers + 8 * i, 8);
    if (what != NULL) report(i, "the general registers", what, ++hits);
  }
  return hits;
}

#ifdef _WIN32
#include "../windows/memory_search.h"
#else
static void search(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)info;
  const mcontext_t *interrupted = &((const ucontext_t *)context)->uc_mcontext;
#if defined(__x86_64__)
  int hits = search_registers(interrupted->gregs, REG_RSP + 1);
#elif defined(__aarch64__)
  int hits = search_registers(interrupted->regs, 31);
#endif
  static char maps[256 * 1024];
  int file = open("/proc/self/maps", O_RDONLY);
  CHECK(file >= 0);
  size_t len = 0;
  ssize_t n;
  while ((n = read(file, maps + len, sizeof maps - 1 - len)) > 0) len += (size_t)n;
  CHECK(n == 0 && len < sizeof maps - 1);
  maps[len] = '\0';
  close(file);

  bool seen_stack = false, seen_data = false;
  for (char *line = maps, *next; *line != '\0'; line = next) {
    next = strchr(line, '\n') + 1;
    next[-1] = '\0';
    char *rest;
    const char *start = (const char *)strtoul(line, &rest, 16);
    const char *end = (const char *)strtoul(rest + 1, &rest, 16);
    if (strncmp(rest, " rw", 3) != 0) continue;
    if (holds(start, end, own) || holds(start, end, forbidden)) continue;
    seen_stack |= strstr(rest, "[stack]") != NULL;
    seen_data |= holds(start, end, &searches);
    hits = search_range(start, end, rest, hits);
  }
  CHECK(seen_stack && seen_data && forbidden->count > 0);
  searches++;
  found += hits;
}

void search_setup_thread(void) {
  stack_t stack = {.ss_size = ALTERNATE_STACK};
  stack.ss_sp =
      mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(stack.ss_sp != MAP_FAILED);
  CHECK(sigaltstack(&stack, NULL) == 0);
  search_thread = (int)syscall(SYS_gettid);
}

void search_setup(void) {
  own = (arena *)shared_memory(sizeof *own);
  forbidden = (needles *)shared_memory(sizeof *forbidden);
  struct sigaction action = {.sa_sigaction = search, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  search_setup_thread();
}
#endif
