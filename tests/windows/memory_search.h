// The part of tests/security/memory_search.c that is Windows' own. There is no fork(): a child is
// this program again, and shares two pieces of memory with it. Another thread stops the one that
// calls the library, and searches.

static char parent_name[32];

static void *shared_memory(const char *name, size_t size) {
  char full[64];
  snprintf(full, sizeof full, "%s-%s", parent_name, name);
  HANDLE file =
      CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, (DWORD)size, full);
  CHECK(file != NULL);
  void *memory = MapViewOfFile(file, FILE_MAP_WRITE, 0, 0, size);
  CHECK(memory != NULL);
  return memory;
}

// A child is started as: PROGRAM child PARENT FUNCTION
void in_child(void (*work)(void)) {
  char program[1024], command[1200];
  CHECK(GetModuleFileNameA(NULL, program, sizeof program) < sizeof program);
  const uintptr_t function = (uintptr_t)work - (uintptr_t)GetModuleHandleA(NULL);
  snprintf(command, sizeof command, "\"%s\" child %lu %llu", program, GetCurrentProcessId(),
           (unsigned long long)function);
  STARTUPINFOA start = {.cb = sizeof start};
  PROCESS_INFORMATION child;
  CHECK(CreateProcessA(program, command, NULL, NULL, FALSE, 0, NULL, NULL, &start, &child));
  DWORD status = 1;
  CHECK(WaitForSingleObject(child.hProcess, INFINITE) == WAIT_OBJECT_0);
  CHECK(GetExitCodeProcess(child.hProcess, &status) && status == 0);
  CHECK(CloseHandle(child.hProcess) && CloseHandle(child.hThread));
}

const char *token_for_child(void) {
  static char token[sizeof own->buf];
  HANDLE parent = OpenProcess(PROCESS_VM_READ, FALSE, strtoul(__argv[2], NULL, 10));
  CHECK(parent != NULL);
  // To the end of each page, because the next one may not be there.
  for (size_t done = 0, n; strlen(token) == done; done += n) {
    n = 4096 - (uintptr_t)(own->token + done) % 4096;
    CHECK(done + n < sizeof token);
    CHECK(ReadProcessMemory(parent, own->token + done, token + done, n, NULL));
  }
  return token;
}

volatile int search_wanted;
static HANDLE searched_thread;

// The registers, and all memory that this process can write, but for what is shared with children
// and this thread's stack.
static void search(void) {
  // It has no upper halves of ymm registers.
  CONTEXT context = {.ContextFlags = CONTEXT_ALL};
  CHECK(SuspendThread(searched_thread) != (DWORD)-1 && GetThreadContext(searched_thread, &context));
  // Rax to R15 lie side by side.
  int hits = search_registers(&context.Rax, &context.Rip - &context.Rax);
  hits = search_range((const char *)&context, (const char *)(&context + 1), "registers", hits);
  bool seen_stack = false, seen_data = false;
  MEMORY_BASIC_INFORMATION at;
  for (const char *start = NULL; VirtualQuery(start, &at, sizeof at) == sizeof at;
       start = (const char *)at.BaseAddress + at.RegionSize) {
    const char *end = (const char *)at.BaseAddress + at.RegionSize;
    const DWORD writable = PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE;
    if (at.State != MEM_COMMIT || (at.Protect & writable) == 0 || (at.Protect & PAGE_GUARD) != 0)
      continue;
    start = (const char *)at.BaseAddress;
    if (holds(start, end, own) || holds(start, end, forbidden)) continue;
    seen_stack |= holds(start, end, (const void *)context.Rsp);
    seen_data |= holds(start, end, &searches);
    if (holds(start, end, &context)) continue;
    hits = search_range(start, end, at.Type == MEM_IMAGE ? "a program file" : "memory", hits);
  }
  CHECK(seen_stack && seen_data && forbidden->count > 0);
  searches++;
  found += hits;
  CHECK(ResumeThread(searched_thread) != (DWORD)-1);
}

static DWORD WINAPI wait_and_search(void *unused) {
  for (; unused == NULL; Sleep(0)) {
    if (!search_wanted) continue;
    search();
    search_wanted = 0;
  }
  return 0;
}

void search_setup_thread(void) {
  if (searched_thread == NULL) {
    HANDLE searcher = CreateThread(NULL, 1024 * 1024, wait_and_search, NULL, 0, NULL);
    CHECK(searcher != NULL && CloseHandle(searcher));
  }
  HANDLE self = GetCurrentProcess();
  CHECK(DuplicateHandle(self, GetCurrentThread(), self, &searched_thread, 0, FALSE,
                        DUPLICATE_SAME_ACCESS));
}

void search_setup(void) {
  const bool is_child = __argc == 4 && strcmp(__argv[1], "child") == 0;
  snprintf(parent_name, sizeof parent_name, "bedrock-token-%lu",
           is_child ? strtoul(__argv[2], NULL, 10) : GetCurrentProcessId());
  own = (arena *)shared_memory("own", sizeof *own);
  forbidden = (needles *)shared_memory("forbidden", sizeof *forbidden);
  if (is_child) {
    const uintptr_t function = (uintptr_t)strtoull(__argv[3], NULL, 10);
    ((void (*)(void))((uintptr_t)GetModuleHandleA(NULL) + function))();
    ExitProcess(0);
  }
  search_setup_thread();
}
