// The C++17 header, as a C++ program uses it.
#include "bedrock_token.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <new>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

#include "../c/test.h"
#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace bt = bedrock_token;
using std::chrono::seconds;

static_assert(std::is_base_of_v<std::exception, bt::error>);
static_assert(std::is_nothrow_move_constructible_v<bt::bearer_token>);
static_assert(std::is_nothrow_move_assignable_v<bt::bearer_token>);
static_assert(!std::is_copy_constructible_v<bt::bearer_token>);
static_assert(!std::is_copy_assignable_v<bt::bearer_token>);
static_assert(std::is_nothrow_move_constructible_v<bt::provider>);
static_assert(!std::is_copy_constructible_v<bt::provider>);
static_assert(std::is_nothrow_move_assignable_v<bt::provider>);

// The text of a token that is gone does not compile.
template <typename Token>
using view_of = decltype(std::declval<Token>().view());
template <typename Token, typename = void>
constexpr bool has_view = false;
template <typename Token>
constexpr bool has_view<Token, std::void_t<view_of<Token>>> = true;
static_assert(has_view<const bt::bearer_token &>);
static_assert(!has_view<bt::bearer_token>);
static_assert(!has_view<const bt::bearer_token>);

// The status of the error that `action` throws.
template <typename Action>
static bedrock_token_status status_of(Action action) {
  try {
    action();
  } catch (const bt::error &error) {
    CHECK(std::strcmp(error.what(), bedrock_token_status_message(error.status())) == 0);
    return error.status();
  }
  return BEDROCK_TOKEN_OK;
}

static const bt::credentials long_term{ACCESS_KEY, SECRET};

static void generates() {
  const auto before = std::chrono::system_clock::from_time_t(static_cast<std::time_t>(now()));
  bt::bearer_token token = bt::generate(long_term, REGION);
  CHECK(token.view().substr(0, PREFIX_LEN) == PREFIX);
  CHECK(token.view().size() == std::strlen(token.c_str()));
  const bt::info info = bt::inspect(token);
  CHECK(info.access_key == ACCESS_KEY && info.region == REGION && !info.has_session);
  CHECK(info.issued_at >= before && info.issued_at <= std::chrono::system_clock::now());
  CHECK(info.expires_at - info.issued_at == std::chrono::hours(12));

  const bt::credentials temporary{"ASIAIOSFODNN7EXAMPLE", std::string(SECRET), "FAKE/SESSION"};
  const bt::info short_lived = bt::inspect(bt::generate(temporary, "us-east-1", seconds(1)));
  CHECK(short_lived.has_session && short_lived.region == "us-east-1");
  CHECK(short_lived.expires_at - short_lived.issued_at == seconds(1));

  // Moved from, it is empty.
  const std::string text(token.view());
  bt::bearer_token other = std::move(token);
  CHECK(other.view() == text);
  CHECK(token.view().empty() && token.c_str()[0] == '\0');
  other = bt::generate(temporary, REGION);
  CHECK(other.view() != text);
}

static void refuses() {
  const auto status = [](const char *access_key, std::string secret, std::string session,
                         const std::string &region, seconds expires) {
    return status_of([&] { (void)bt::generate({access_key, secret, session}, region, expires); });
  };
  CHECK(status("", SECRET, "", REGION, seconds(1)) == BEDROCK_TOKEN_ERR_ACCESS_KEY);
  CHECK(status(ACCESS_KEY, SECRET "\n", "", REGION, seconds(1)) == BEDROCK_TOKEN_ERR_SECRET);
  CHECK(status(ACCESS_KEY, SECRET, " ", REGION, seconds(1)) == BEDROCK_TOKEN_ERR_SESSION);
  CHECK(status("ASIA", SECRET, "", REGION, seconds(1)) == BEDROCK_TOKEN_ERR_SESSION_REQUIRED);
  CHECK(status(ACCESS_KEY, SECRET, "", "", seconds(1)) == BEDROCK_TOKEN_ERR_REGION);
  // A NUL does not cut a string short.
  const std::string nul("x\0y", 3);
  CHECK(status(ACCESS_KEY, nul, "", REGION, seconds(1)) == BEDROCK_TOKEN_ERR_SECRET);
  CHECK(status(ACCESS_KEY, SECRET, nul, REGION, seconds(1)) == BEDROCK_TOKEN_ERR_SESSION);
  CHECK(status(ACCESS_KEY, SECRET, "", REGION + nul, seconds(1)) == BEDROCK_TOKEN_ERR_REGION);
  CHECK(status_of([&] { (void)bt::generate({nul, SECRET}, REGION); }) ==
        BEDROCK_TOKEN_ERR_ACCESS_KEY);
  const bt::bearer_token token = bt::generate(long_term, REGION);
  CHECK(status_of([&] { (void)bt::inspect(std::string(token.view()) + nul); }) ==
        BEDROCK_TOKEN_ERR_INVALID_TOKEN);
  // Nor does a number become another one.
  for (const std::int64_t expires : std::initializer_list<std::int64_t>{
           -1, 0, 43201, INT64_C(1) << 32, (INT64_C(1) << 32) + 1, INT64_MAX, INT64_MIN}) {
    CHECK(status(ACCESS_KEY, SECRET, "", REGION, seconds(expires)) == BEDROCK_TOKEN_ERR_EXPIRES);
  }
  CHECK(status_of([] { (void)bt::inspect("no token"); }) == BEDROCK_TOKEN_ERR_INVALID_TOKEN);
  CHECK(status_of([] { (void)bt::inspect(static_cast<const char *>(nullptr)); }) ==
        BEDROCK_TOKEN_ERR_INVALID_TOKEN);
  // A part of a string that has no NUL behind it.
  CHECK(
      bt::inspect(std::string_view(std::string(token.view()) + "x").substr(0, token.view().size()))
          .access_key == ACCESS_KEY);
}

// Every vector, up to the year 9999, which a count of nanoseconds does not reach.
static void every_vector() {
  vectors v = vectors_open("tokens.tsv");
  while (vectors_next(&v, 8)) {
    const arguments a = vectors_arguments(&v);
    const auto service = static_cast<bt::service>(a.service);
    const bt::secret_string token =
        bt::generate_at(bt::sys_seconds(seconds(a.time)), {a.access_key, a.secret, a.session},
                        a.region, seconds(a.expires), service);
    CHECK(token.reveal() == prefix_of(a.service) + std::string(v.field[7]));
    const bt::info info = bt::inspect(token.reveal());
    CHECK(info.access_key == a.access_key && info.region == a.region && info.service == service);
    // As numbers: to compare times may convert both, and overflow alike.
    CHECK(std::chrono::duration_cast<seconds>(info.issued_at.time_since_epoch()).count() == a.time);
    CHECK(std::chrono::duration_cast<seconds>(info.expires_at.time_since_epoch()).count() ==
          a.time + a.expires);
    CHECK(info.has_session == (a.session[0] != '\0'));
  }
}

static void either_service() {
  const auto claude_platform = bt::service::claude_platform;
  CHECK(bt::inspect(bt::generate(long_term, REGION, seconds(60), claude_platform)).service ==
        claude_platform);
  bt::provider provider(REGION, [] { return long_term; }, seconds(60), claude_platform);
  CHECK(bt::inspect(provider.get().token).service == claude_platform);
  CHECK(status_of([] {
          (void)bt::generate(long_term, REGION, seconds(60), static_cast<bt::service>(2));
        }) == BEDROCK_TOKEN_ERR_SERVICE);
}

static std::string text_of(const bt::provider &provider) {
  const auto fresh = provider.get();
  return std::string(fresh.token.view());
}

static void provides() {
  int calls = 0;
  bt::credentials given = long_term;
  bt::provider provider(
      REGION,
      [&] {
        ++calls;
        return given;
      },
      seconds(7200));
  CHECK(calls == 0);
  const auto first = provider.get();
  CHECK(first.expires_at == bt::inspect(first.token).expires_at);
  CHECK(text_of(provider) == first.token.view());
  CHECK(calls == 1);

  // It may move, and its tokens stay.
  bt::provider moved = std::move(provider);
  CHECK(text_of(moved) == first.token.view());
  given.session = "FAKE/SESSION";
  given.expires_at =
      std::chrono::floor<seconds>(std::chrono::system_clock::now()) + std::chrono::hours(1);
  moved.invalidate(first.token.view().substr(1));
  CHECK(text_of(moved) == first.token.view() && calls == 1);
  moved.invalidate(first.token);
  const auto second = moved.get();
  CHECK(calls == 2 && bt::inspect(second.token).has_session);
  CHECK(second.expires_at == *given.expires_at);
  // Refused by another thread as well, a moment later: the new token stays.
  moved.invalidate(first.token.view());
  CHECK(text_of(moved) == second.token.view() && calls == 2);
  moved.invalidate();
  CHECK(moved.failure() == BEDROCK_TOKEN_OK);

  // What was moved from refuses. The old provider is freed before its source.
  CHECK(status_of([&] { (void)provider.get(); }) == BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
  provider = std::move(moved);
  CHECK(bt::inspect(provider.get().token).region == REGION);

  // The exception of the source is nested in the error, once.
  bool throws = true;
  bt::provider failing(REGION, [&throws]() -> bt::credentials {
    if (throws) throw std::out_of_range("no credentials today");
    return long_term;
  });
  for (int i = 0; i < 2; i++) {
    try {
      (void)failing.get();
      CHECK(false);
    } catch (const bt::error &error) {
      CHECK(error.status() == BEDROCK_TOKEN_ERR_NO_CREDENTIALS);
      try {
        std::rethrow_if_nested(error);
        CHECK(false);
      } catch (const std::out_of_range &cause) {
        CHECK(std::strcmp(cause.what(), "no credentials today") == 0);
      }
    }
  }
  CHECK(failing.failure() == BEDROCK_TOKEN_ERR_NO_CREDENTIALS);
  throws = false;
  CHECK(bt::inspect(failing.get().token).access_key == ACCESS_KEY);

  // Credentials that end in the past, even in 1970, have expired. Those that end later, up to the
  // year 9999, have not.
  const auto status_with = [](bt::credentials credentials, std::optional<std::int64_t> end) {
    if (end) credentials.expires_at = bt::sys_seconds(seconds(*end));
    bt::provider asked(REGION, [&credentials] { return credentials; });
    return status_of([&] { (void)asked.get(); });
  };
  for (const int past : {-1, 0, 1}) {
    CHECK(status_with(long_term, past) == BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED);
  }
  CHECK(status_with(long_term, 253402300799) == BEDROCK_TOKEN_OK);
  CHECK(status_with({ACCESS_KEY, std::string("x\0y", 3)}, {}) == BEDROCK_TOKEN_ERR_SECRET);
  const auto make = [](const std::string &region, seconds expires) {
    bt::provider unused(region, [] { return long_term; }, expires);
  };
  CHECK(status_of([&] { make("", seconds(1)); }) == BEDROCK_TOKEN_ERR_REGION);
  CHECK(status_of([&] { make(REGION, seconds(0)); }) == BEDROCK_TOKEN_ERR_EXPIRES);
}

static void many_threads() {
  int calls = 0;  // the provider takes care that this is one thread at a time
  const bt::provider provider(REGION, [&]() -> bt::credentials {
    if (++calls % 3 == 2) throw std::runtime_error("now and then");
    return long_term;
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; i++) {
    threads.emplace_back([&provider] {
      for (int round = 0; round < 500; round++) {
        try {
          CHECK(bt::inspect(provider.get().token).access_key == ACCESS_KEY);
        } catch (const bt::error &error) {
          CHECK(error.status() == BEDROCK_TOKEN_ERR_NO_CREDENTIALS);
        }
        if (round % 10 == 9) provider.invalidate();
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
  CHECK(calls > 1);
}

#ifndef _WIN32
// Threads that ask a source that throws, while others fork. Each child asks, too, and ends.
static void children_of_throwing_sources() {
  bool throws = true;
  const bt::provider provider(REGION, [&throws]() -> bt::credentials {
    if (throws) throw std::runtime_error("none today");
    return long_term;
  });
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; i++) {
    threads.emplace_back([&] {
      while (!stop) {
        try {
          (void)provider.get();
        } catch (const bt::error &) {
        }
      }
    });
  }
  // Fewer under valgrind, where each takes a second.
  const auto end = std::chrono::steady_clock::now() + seconds(10);
  for (int i = 0; i < 500 && (i < 20 || std::chrono::steady_clock::now() < end); i++) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      throws = false;
      if (status_of([&] { (void)provider.get(); }) != BEDROCK_TOKEN_OK) _exit(1);
      // Another program, because valgrind would take the parent's memory in the child for lost.
      execlp("true", "true", nullptr);
      _exit(1);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  stop = true;
  for (std::thread &thread : threads) thread.join();
}
#endif

// No trace of a secret is left where a secret_string was, short or long, moved from or not.
static void secrets_are_wiped() {
  for (const char *secret : {"short secret", SECRET}) {
    alignas(bt::secret_string) std::array<unsigned char, sizeof(bt::secret_string)> memory{};
    const auto gone = [&] {
      const std::string_view bytes(reinterpret_cast<const char *>(memory.data()), memory.size());
      return bytes.find(std::string_view(secret).substr(0, 6)) == std::string_view::npos;
    };
    auto *string = new (memory.data()) bt::secret_string(secret);
    bt::secret_string other = std::move(*string);
    CHECK(other.reveal() == secret && string->reveal().empty());
    CHECK(gone());
    *string = other;
    CHECK(string->reveal() == secret);
    string->~secret_string();
    CHECK(gone());
    std::string text = secret;
    bt::secret_string taken(std::move(text));
    CHECK(taken.reveal() == secret);
  }
}

int main() {
  generates();
  every_vector();
  either_service();
  refuses();
  provides();
  many_threads();
#ifndef _WIN32
  children_of_throwing_sources();
#endif
  secrets_are_wiped();
  std::printf("the C++ header does what the C one does\n");
}
