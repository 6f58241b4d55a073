// An exception that leaves a callback of the C API, against the contract, reaches the caller, and
// the provider still works.
#include <atomic>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "../c/test.h"
#ifndef _WIN32
#include <sys/wait.h>
#endif

namespace {

struct source {
  bool throws = true;
  std::function<void()> before;
  int calls = 0;
};

extern "C" int32_t give(void *context, bedrock_token_credentials *credentials) {
  source &s = *static_cast<source *>(context);
  ++s.calls;
  if (s.before) s.before();
  if (s.throws) throw std::runtime_error("no credentials");
  credentials->access_key = ACCESS_KEY;
  credentials->secret = SECRET;
  return 0;
}

bedrock_token_status get(bedrock_token_provider *provider) {
  char *token = nullptr;
  const bedrock_token_status status =
      bedrock_token_provider_get(provider, &token, nullptr, nullptr);
  CHECK((token != nullptr) == (status == BEDROCK_TOKEN_OK));
  bedrock_token_free(token);
  return status;
}

bool throws(bedrock_token_provider *provider) {
  try {
    get(provider);
  } catch (const std::runtime_error &error) {
    return std::string(error.what()) == "no credentials";
  }
  return false;
}

#ifndef _WIN32
// In the child of a callback that forks, while other threads use the provider.
void throws_in_children(source &s, bedrock_token_provider *provider) {
  std::vector<std::thread> others;
  std::atomic<bool> stop{false};
  for (int i = 0; i < 4; i++) {
    others.emplace_back([&] {
      while (!stop) bedrock_token_provider_invalidate(provider, NULL);
    });
  }
  pid_t child = -1;
  s.before = [&child] {
    child = fork();
    if (child == 0) alarm(60);
  };
  for (int i = 0; i < 20; i++) {
    CHECK(throws(provider));
    if (child == 0) {
      s.before = nullptr;
      s.throws = false;
      CHECK(get(provider) == BEDROCK_TOKEN_OK);
      // Another program, because valgrind would take the parent's memory in the child for lost.
      execlp("true", "true", nullptr);
      _exit(1);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  s.before = nullptr;
  stop = true;
  for (std::thread &thread : others) thread.join();
}
#endif

}  // namespace

int main() {
  source s;
  bedrock_token_provider *provider = nullptr;
  CHECK(bedrock_token_provider_new(BEDROCK_TOKEN_SERVICE_BEDROCK, REGION, 3600, give, &s,
                                   &provider) == BEDROCK_TOKEN_OK);
  for (int i = 0; i < 10; i++) CHECK(throws(provider));
  CHECK(s.calls == 10);

  // Threads that wait meanwhile get a failure, or their turn.
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; i++) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100; round++) {
        try {
          CHECK(get(provider) == BEDROCK_TOKEN_ERR_NO_CREDENTIALS);
        } catch (const std::runtime_error &) {
        }
      }
    });
  }
  for (std::thread &thread : threads) thread.join();

#ifndef _WIN32
  throws_in_children(s, provider);
#endif

  s.throws = false;
  CHECK(get(provider) == BEDROCK_TOKEN_OK);
  s.throws = true;
  CHECK(get(provider) == BEDROCK_TOKEN_OK);  // the kept token
  bedrock_token_provider_free(provider);
  std::printf("an exception reaches the caller, and the provider still works\n");
}
