// A program that loads the DLL, uses it in a thread and unloads it, many times. The threads end
// when the DLL is gone. Nothing is left behind: a process has slots of thread-local memory for a
// thousand loads, and more are made here.
#include "test.h"

enum { LOADS = 2000 };

// The functions of the DLL, under their own names.
#define FUNCTIONS(of)                                                         \
  of(bedrock_token_generate) of(bedrock_token_free) of(bedrock_token_inspect) \
      of(bedrock_token_provider_new) of(bedrock_token_provider_get)           \
          of(bedrock_token_provider_invalidate) of(bedrock_token_provider_free)
#define DECLARE(name) __typeof__(&name) name;
#define FIND(name)                                                                              \
  CHECK((dll.name = (__typeof__(dll.name))(void (*)(void))GetProcAddress(dll.module, #name)) != \
        NULL);

static struct {
  HMODULE module;
  FUNCTIONS(DECLARE)
} dll;

static HANDLE used, unloaded;

static int32_t give(void *context, bedrock_token_credentials *credentials) {
  (void)context;
  credentials->access_key = ACCESS_KEY;
  credentials->secret = SECRET;
  return 0;
}

static void use(void) {
  char *token = NULL;
  bedrock_token_info info;
  CHECK(dll.bedrock_token_generate(ACCESS_KEY, SECRET, NULL, REGION, 60, &token, NULL) ==
        BEDROCK_TOKEN_OK);
  CHECK(dll.bedrock_token_inspect(token, &info, sizeof info) == BEDROCK_TOKEN_OK);
  dll.bedrock_token_free(token);
  bedrock_token_provider *provider = NULL;
  CHECK(dll.bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, 60, give, NULL,
                                       &provider) == BEDROCK_TOKEN_OK);
  for (int i = 0; i < 2; i++) {
    CHECK(dll.bedrock_token_provider_get(provider, &token, NULL, NULL) == BEDROCK_TOKEN_OK);
    dll.bedrock_token_free(token);
    dll.bedrock_token_provider_invalidate(provider, NULL);
  }
  dll.bedrock_token_provider_free(provider);
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
    dll.module = LoadLibraryA("bedrock_token.dll");
    CHECK(dll.module != NULL);
    FUNCTIONS(FIND)
    HANDLE thread = CreateThread(NULL, 0, outlive, NULL, 0, NULL);
    CHECK(thread != NULL && WaitForSingleObject(used, INFINITE) == WAIT_OBJECT_0);
    use();
    CHECK(FreeLibrary(dll.module) && GetModuleHandleA("bedrock_token.dll") == NULL);
    DWORD status = 1;
    CHECK(SetEvent(unloaded) && WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(thread, &status) && status == 0 && CloseHandle(thread));
  }
  printf("loaded and unloaded %d times, with threads that end later\n", LOADS);
}
