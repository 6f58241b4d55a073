/*
 * bedrock-token for C++17: owning types, exceptions and std::chrono over bedrock_token.h. The
 * contract of that header holds here too. Header only; it adds nothing to the ABI.
 *
 *   bedrock_token::credentials credentials{"AKIAIOSFODNN7EXAMPLE", secret};
 *   bedrock_token::bearer_token token = bedrock_token::generate(credentials, "eu-central-1");
 *   request.header("Authorization", "Bearer " + std::string(token.view()));
 */
#ifndef BEDROCK_TOKEN_HPP
#define BEDROCK_TOKEN_HPP

#if !defined(__cpp_exceptions) || \
    (__cplusplus < 201703L && (!defined(_MSVC_LANG) || _MSVC_LANG < 201703L))
#error "bedrock_token.hpp needs C++17 and exceptions; bedrock_token.h needs neither"
#else

#include <bedrock_token.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace bedrock_token {

/** C++20's std::chrono::sys_seconds. Seconds reach the year 9999, and nanoseconds do not. */
using sys_seconds = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

/** The service that a token is for. */
enum class service : bedrock_token_service {
  bedrock = BEDROCK_TOKEN_SERVICE_BEDROCK,
  claude_platform = BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM,
};

/** Twelve hours: the longest life of a token, and the official generators' default. */
inline constexpr std::chrono::seconds default_expires{BEDROCK_TOKEN_EXPIRES_DEFAULT};

// The exception is one type in the whole program, even if its libraries hide their symbols.
#if defined(__GNUC__) && !defined(_WIN32)
#define BEDROCK_TOKEN_VISIBLE __attribute__((visibility("default")))
#else
#define BEDROCK_TOKEN_VISIBLE
#endif

/** The only exception of this header, except for std::bad_alloc. what() names the fault. */
class BEDROCK_TOKEN_VISIBLE error : public std::runtime_error {
 public:
  explicit error(bedrock_token_status status)
      : std::runtime_error(bedrock_token_status_message(status)), status_(status) {}

  /** One of BEDROCK_TOKEN_ERR_*. */
  [[nodiscard]] bedrock_token_status status() const noexcept { return status_; }

 private:
  bedrock_token_status status_;
};

namespace detail {

/** The compiler cannot know the function behind a volatile pointer, so it keeps the call. */
inline void wipe(char *bytes, std::size_t size) noexcept {
  void *(*volatile fill)(void *, int, std::size_t) = std::memset;
  fill(bytes, 0, size);
}

}  // namespace detail

/** A string that is wiped when it is destroyed. It converts from std::string and const char *. */
class secret_string {
 public:
  secret_string() = default;
  secret_string(std::string value) : value_(std::move(value)) { wipe(value); }
  /** NULL becomes an empty string, for example from getenv(). */
  secret_string(const char *value) : value_(value == nullptr ? "" : value) {}
  secret_string(const secret_string &) = default;
  secret_string(secret_string &&other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
  secret_string &operator=(secret_string other) noexcept {
    value_.swap(other.value_);
    return *this;
  }
  ~secret_string() { wipe(); }

  [[nodiscard]] const std::string &reveal() const noexcept { return value_; }

 private:
  void wipe() noexcept { wipe(value_); }

  /** Wipes up to the capacity: a short string leaves its bytes behind when it is moved from. */
  static void wipe(std::string &value) noexcept {
    value.resize(value.capacity());
    detail::wipe(value.data(), value.size());
    value.clear();
  }

  std::string value_;
};

/** The credentials that a token is generated from. */
struct credentials {
  std::string access_key;
  secret_string secret;
  /** Empty for long-term credentials. */
  secret_string session{};
  /** When the credentials end. Only a provider uses this field. */
  std::optional<sys_seconds> expires_at{};
};

/** A token. It is wiped when it is destroyed. It can be moved, but not copied. */
class bearer_token {
 public:
  /** Takes over a token that the C API handed out. */
  bearer_token(char *token, std::size_t size) noexcept : token_(token), size_(size) {}

  /** Valid as long as the token. Empty once the token has moved elsewhere. */
  [[nodiscard]] std::string_view view() const & noexcept { return {c_str(), token_ ? size_ : 0}; }
  /** The same, NUL-terminated. */
  [[nodiscard]] const char *c_str() const & noexcept { return token_ ? token_.get() : ""; }

  /** Not for a temporary: its token would be freed before the text is used. */
  std::string_view view() const && = delete;
  const char *c_str() const && = delete;

 private:
  struct wipe_and_free {
    void operator()(char *token) const noexcept { bedrock_token_free(token); }
  };

  std::unique_ptr<char, wipe_and_free> token_;
  std::size_t size_;
};

/** What a token contains. */
struct info {
  std::string access_key;
  std::string region;
  sys_seconds issued_at;
  /** If the credentials end sooner, the token ends with them, but this field does not show it. */
  sys_seconds expires_at;
  bool has_session;
  bedrock_token::service service;
};

namespace detail {

inline void check(bedrock_token_status status) {
  if (status != BEDROCK_TOKEN_OK) throw error(status);
}

/** C would cut a string at a NUL. A string with a NUL inside becomes one that is refused. */
inline const char *c_str(const std::string &text) noexcept {
  return text.find('\0') == std::string::npos ? text.c_str() : "\x7f";
}

/** A number that does not fit becomes 0, which is refused. */
inline std::uint32_t seconds(std::chrono::seconds expires) noexcept {
  return expires.count() >= 0 && expires.count() <= (std::numeric_limits<std::uint32_t>::max)()
             ? static_cast<std::uint32_t>(expires.count())
             : 0;
}

inline sys_seconds from_unix(std::int64_t seconds) {
  return sys_seconds(std::chrono::seconds(seconds));
}

}  // namespace detail

/** Generates a token that is valid from now on. Throws error. */
[[nodiscard]] inline bearer_token generate(const credentials &credentials,
                                           const std::string &region,
                                           std::chrono::seconds expires = default_expires,
                                           service service = service::bedrock) {
  char *token = nullptr;
  std::size_t size = 0;
  detail::check(bedrock_token_generate_for(
      static_cast<bedrock_token_service>(service), detail::c_str(credentials.access_key),
      detail::c_str(credentials.secret.reveal()), detail::c_str(credentials.session.reveal()),
      detail::c_str(region), detail::seconds(expires), &token, &size));
  return {token, size};
}

/** Generates the token for a given second: the same arguments give the same token. Throws error. */
[[nodiscard]] inline secret_string generate_at(sys_seconds signing_time,
                                               const credentials &credentials,
                                               const std::string &region,
                                               std::chrono::seconds expires = default_expires,
                                               service service = service::bedrock) {
  std::size_t size = 0;
  const auto into = [&](char *buffer, std::size_t capacity) {
    return bedrock_token_generate_into(
        static_cast<bedrock_token_service>(service), detail::c_str(credentials.access_key),
        detail::c_str(credentials.secret.reveal()), detail::c_str(credentials.session.reveal()),
        detail::c_str(region), detail::seconds(expires), signing_time.time_since_epoch().count(),
        buffer, capacity, &size);
  };
  const bedrock_token_status asked = into(nullptr, 0);
  if (asked != BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL) throw error(asked);
  std::string token(size, '\0');
  detail::check(into(token.data(), size + 1));  // a string has room for a NUL
  return token;
}

/** Reads a token back. Throws error. */
[[nodiscard]] inline info inspect(const char *token) {
  bedrock_token_info read;
  detail::check(bedrock_token_inspect(token, &read, sizeof read));
  return {read.access_key,
          read.region,
          detail::from_unix(read.issued_at),
          detail::from_unix(read.expires_at),
          read.has_session != 0,
          static_cast<service>(read.service)};
}
[[nodiscard]] inline info inspect(std::string_view token) {
  return inspect(detail::c_str(secret_string(std::string(token)).reveal()));
}
[[nodiscard]] inline info inspect(const bearer_token &token) { return inspect(token.c_str()); }

/**
 * Keeps a token. Before the token ends, the provider asks `source` for credentials and generates a
 * new one, as bedrock_token_provider does. Any number of threads may use one provider. A child of
 * `fork()` may use its parent's providers.
 */
class provider {
 public:
  /** A token, and when it or its credentials end. */
  struct fresh_token {
    bearer_token token;
    sys_seconds expires_at;
  };

  /**
   * @param source  A function without arguments. It returns credentials, or throws if it cannot.
   * The provider wipes the credentials before get() returns. It never calls `source` twice at the
   * same time. `source` must not use this provider.
   */
  explicit provider(const std::string &region, std::function<credentials()> source,
                    std::chrono::seconds expires = default_expires,
                    service service = service::bedrock)
      : state_(std::make_unique<state>()) {
    state_->source = std::move(source);
    detail::check(bedrock_token_provider_new(static_cast<bedrock_token_service>(service),
                                             detail::c_str(region), detail::seconds(expires), &ask,
                                             state_.get(), &state_->handle));
  }

  /** Returns a token that has not ended. Throws error; an exception of `source` is nested in it. */
  [[nodiscard]] fresh_token get() const {
    if (!state_) throw error(BEDROCK_TOKEN_ERR_NULL_ARGUMENT);
    call here(state_->innermost);
    char *token = nullptr;
    std::size_t size = 0;
    std::int64_t expires_at = 0;
    const bedrock_token_status status =
        bedrock_token_provider_get(handle(), &token, &size, &expires_at);
    if (status == BEDROCK_TOKEN_ERR_NO_CREDENTIALS) {
      // The second is from another thread's call, if this thread waited for that call.
      const std::exception_ptr cause = here.thrown ? here.thrown : state_->last_thrown.get();
      if (cause) throw_nested(cause, status);
    }
    detail::check(status);
    return {bearer_token(token, size), detail::from_unix(expires_at)};
  }

  /** Drops the kept token if it is the one that the service refused. */
  void invalidate(const bearer_token &refused) const noexcept {
    bedrock_token_provider_invalidate(handle(), refused.c_str());
  }
  void invalidate(std::string_view refused) const {
    const secret_string token{std::string(refused)};
    bedrock_token_provider_invalidate(handle(), detail::c_str(token.reveal()));
  }
  /** Drops any kept token. */
  void invalidate() const noexcept { bedrock_token_provider_invalidate(handle(), nullptr); }

  /** The result of the last renewal: BEDROCK_TOKEN_OK, or why it failed. */
  [[nodiscard]] bedrock_token_status failure() const noexcept {
    return bedrock_token_provider_failure(handle());
  }

 private:
  /** A call of get() on this thread. The callback finds it, since it runs on the same thread. */
  struct call {
    explicit call(call *&(*of_thread)()) noexcept : innermost(of_thread), outer(innermost()) {
      innermost() = this;
    }
    ~call() { innermost() = outer; }
    call(const call &) = delete;
    call &operator=(const call &) = delete;

    /** Kept until get() returns, because the C API uses the strings until then. */
    credentials given;
    std::exception_ptr thrown;

    call *&(*innermost)();
    call *outer;
  };

  static call *&innermost_call() noexcept {
    static thread_local call *innermost = nullptr;
    return innermost;
  }

  /**
   * An exception that threads share. A thread takes it for a few instructions at a time. In a child
   * of fork(), the thread that took it may be missing, so no thread waits long.
   */
  class shared_exception {
   public:
    void set(std::exception_ptr exception) noexcept {
      if (take()) {
        std::swap(exception, exception_);
        give_back();
      }
    }
    std::exception_ptr get() noexcept {
      if (!take()) return nullptr;
      std::exception_ptr copy = exception_;
      give_back();
      return copy;
    }

   private:
    bool take() noexcept {
      for (int tries = 0; tries < 1000; ++tries) {
        if (!taken_.exchange(1, std::memory_order_acquire)) return true;
        std::this_thread::yield();
      }
      return false;
    }
    void give_back() noexcept { taken_.store(0, std::memory_order_release); }

    std::atomic<int> taken_{0};  // RISC-V exchanges no byte without libatomic
    std::exception_ptr exception_;
  };

  /** Does not move with the provider, because the C API has its address. */
  struct state {
    ~state() { bedrock_token_provider_free(handle); }

    std::function<credentials()> source;
    shared_exception last_thrown;
    bedrock_token_provider *handle = nullptr;
    /** Of the library that made the provider: another one with this header has its own. */
    call *&(*innermost)() = &innermost_call;
  };

  static std::int32_t ask(void *context, bedrock_token_credentials *out) noexcept {
    state &state = *static_cast<provider::state *>(context);
    call &here = *state.innermost();
    try {
      here.given = state.source();
    } catch (...) {
      here.thrown = std::current_exception();
      state.last_thrown.set(here.thrown);
      return 1;
    }
    state.last_thrown.set(nullptr);
    out->access_key = detail::c_str(here.given.access_key);
    out->secret = detail::c_str(here.given.secret.reveal());
    out->session = detail::c_str(here.given.session.reveal());
    out->expires_at = here.given.expires_at ? unix_end(*here.given.expires_at) : 0;
    return 0;
  }

  /** 0 would mean that the credentials never end. */
  static std::int64_t unix_end(sys_seconds end) noexcept {
    const std::int64_t seconds = end.time_since_epoch().count();
    return seconds == 0 ? -1 : seconds;
  }

  [[noreturn]] static void throw_nested(const std::exception_ptr &cause,
                                        bedrock_token_status status) {
    try {
      std::rethrow_exception(cause);
    } catch (...) {
      std::throw_with_nested(error(status));
    }
  }

  /** NULL after the provider was moved. The C API refuses NULL. */
  bedrock_token_provider *handle() const noexcept { return state_ ? state_->handle : nullptr; }

  std::unique_ptr<state> state_;
};

}  // namespace bedrock_token

#endif  // C++17 and exceptions
#endif  // BEDROCK_TOKEN_HPP
