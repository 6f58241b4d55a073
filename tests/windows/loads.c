// A program that loads a plugin, and the DLL with it, uses it in a thread and unloads both, many
// times. The threads end when the DLL is gone. Nothing is left behind: a process has slots of
// thread-local memory for a thousand loads, and more are made here.
#include "test.h"

enum { LOADS = 2000 };

static void (*run)(char *token, size_t room);  // plugin.c's plugin_run
static HANDLE used, unloaded;

static void use(void) {
  char token[16 * 1024];
  run(token, sizeof token);
  const char *prefix = prefix_of(BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM);
  CHECK(strncmp(token, prefix, strlen(prefix)) == 0);
}

static DWORD WINAPI outlive(void *unused) {
  (void)unused;
  use();
  CHECK(SetEvent(used) && WaitForSingleObject(unloaded, INFINITE) == WAIT_OBJECT_0);
  return 0;
}

int main(void) {
  give_up_after(600);
  used = CreateEventA(NULL, FALSE, FALSE, NULL);
  unloaded = CreateEventA(NULL, FALSE, FALSE, NULL);
  CHECK(used != NULL && unloaded != NULL);
  for (int i = 0; i < LOADS; i++) {
    HMODULE plugin = LoadLibraryA("plugin.dll");
    CHECK(plugin != NULL && GetModuleHandleA("bedrock_token.dll") != NULL);
    run = (void (*)(char *, size_t))(void (*)(void))GetProcAddress(plugin, "plugin_run");
    CHECK(run != NULL);
    HANDLE thread = CreateThread(NULL, 0, outlive, NULL, 0, NULL);
    CHECK(thread != NULL && WaitForSingleObject(used, INFINITE) == WAIT_OBJECT_0);
    use();
    CHECK(FreeLibrary(plugin) && GetModuleHandleA("bedrock_token.dll") == NULL);
    DWORD status = 1;
    CHECK(SetEvent(unloaded) && WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(thread, &status) && status == 0 && CloseHandle(thread));
  }
  printf("loaded and unloaded %d times, with threads that end later\n", LOADS);
}
