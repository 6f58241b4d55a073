/*
 * bedrock-token for C++17: owning types, exceptions and std::chrono over bedrock_token.h. The
 * contract of that header holds here too. Header only; it adds nothing to the ABI.
 *
 *   bedrock::token::credentials credentials{"AKIAIOSFODNN7EXAMPLE", secret};
 *   bedrock::token::bearer_token token = bedrock::token::generate(credentials, "eu-central-1");
 *   request.header("Authorization", "Bearer " + std::string(token.view()));
 */
#ifndef BEDROCK_TOKEN_HPP
#define BEDROCK_TOKEN_HPP

#if !defined(__cpp_exceptions) || \
    (__cplusplus < 201703L && (!defined(_MSVC_LANG) || _MSVC_LANG < 201703L))
#error "bedrock_token.hpp needs C++17 and exceptions; bedrock_token.h needs neither"
#else

#include <bedrock_token.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace bedrock::token {

using time_point = std::chrono::system_clock::time_point;

/**
 * C++20's std::chrono::sys_seconds, which converts to a time_point. Tokens may reach the year 9999,
 * and a time_point that counts nanoseconds ends in 2262.
 */
using sys_seconds = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

/** The service that a token is for. */
enum class service : bedrock_token_service {
  bedrock = BEDROCK_TOKEN_SERVICE_BEDROCK,
  claude_platform = BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM,
};

/** Twelve hours: the longest life of a token, and the official generators' default. */
inline constexpr std::chrono::seconds default_expires{BEDROCK_TOKEN_EXPIRES_DEFAULT};

/** The one exception of this header, beside std::bad_alloc. It says why there is no result. */
class error : public std::runtime_error {
 public:
  explicit error(bedrock_token_status status)
      : std::runtime_error(bedrock_token_status_message(status)), status_(status) {}

  /** One of BEDROCK_TOKEN_ERR_*. */
  bedrock_token_status status() const noexcept { return status_; }

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

  const std::string &reveal() const noexcept { return value_; }

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
  /** When they end. Only a provider uses it. */
  std::optional<time_point> expires_at{};
};

/** A token: owned, wiped when it is destroyed, moved but not copied. */
class bearer_token {
 public:
  /** Takes over a token that the C API handed out. */
  bearer_token(char *token, std::size_t size) noexcept : token_(token), size_(size) {}

  /** Room for a token of this size, which is written into data(). */
  explicit bearer_token(std::size_t size)
      : token_(new char[size + 1](), release{size + 1}), size_(size) {}

  char *data() noexcept { return token_.get(); }

  /** Valid as long as the token. Empty once the token has moved elsewhere. */
  std::string_view view() const noexcept { return {c_str(), token_ ? size_ : 0}; }
  /** The same, NUL-terminated. */
  const char *c_str() const noexcept { return token_ ? token_.get() : ""; }

 private:
  struct release {
    release() noexcept : own(0) {}
    explicit release(std::size_t size) noexcept : own(size) {}

    void operator()(char *token) const noexcept {
      if (own == 0) return bedrock_token_free(token);
      detail::wipe(token, own);
      delete[] token;
    }

    /** The number of bytes, if this class allocated them; 0 if the library did. */
    std::size_t own;
  };

  std::unique_ptr<char, release> token_;
  std::size_t size_;
};

/** What a token says of itself. */
struct info {
  std::string access_key;
  std::string region;
  sys_seconds issued_at;
  /** If the credentials end sooner, the token ends with them, but this field does not show it. */
  sys_seconds expires_at;
  bool has_session;
  bedrock::token::service service;
};

namespace detail {

inline void check(bedrock_token_status status) {
  if (status != BEDROCK_TOKEN_OK) throw error(status);
}

/** C would cut a string with a NUL inside short. It becomes a string that is refused. */
inline const char *c_str(const std::string &text) noexcept {
  return text.find('\0') == std::string::npos ? text.c_str() : "\x7f";
}

/** A number that does not fit becomes 0, which is refused. */
inline std::uint32_t seconds(std::chrono::seconds expires) noexcept {
  return expires.count() >= 0 && expires.count() <= std::numeric_limits<std::uint32_t>::max()
             ? static_cast<std::uint32_t>(expires.count())
             : 0;
}

inline sys_seconds from_unix(std::int64_t seconds) {
  return sys_seconds(std::chrono::seconds(seconds));
}

}  // namespace detail

/** Generates the token for a given second: the same arguments give the same token. Throws error. */
inline bearer_token generate_at(sys_seconds signing_time, const credentials &credentials,
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
  bearer_token token(size);
  detail::check(into(token.data(), size + 1));
  return token;
}

/** Generates a token that is valid from now on. Throws error. */
inline bearer_token generate(const credentials &credentials, const std::string &region,
                             std::chrono::seconds expires = default_expires,
                             service service = service::bedrock) {
  return generate_at(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()),
                     credentials, region, expires, service);
}

/** Reads what a token says of itself. Throws error. */
inline info inspect(const char *token) {
  bedrock_token_info read;
  detail::check(bedrock_token_inspect(token, &read, sizeof read));
  return {read.access_key,
          read.region,
          detail::from_unix(read.issued_at),
          detail::from_unix(read.expires_at),
          read.has_session != 0,
          static_cast<service>(read.service)};
}
inline info inspect(const std::string &token) { return inspect(detail::c_str(token)); }
inline info inspect(const bearer_token &token) { return inspect(token.c_str()); }

/**
 * Keeps a token, and asks `source` for credentials to generate a new one before it ends, as
 * bedrock_token_provider does. Any number of threads may use one provider.
 */
class provider {
 public:
  /** A token, and when it or its credentials end. */
  struct fresh_token {
    bearer_token token;
    sys_seconds expires_at;
  };

  /**
   * @param source  Called without arguments. Returns credentials, or throws if it has none. Never
   *                called twice at the same time. It must not use this provider.
   */
  explicit provider(const std::string &region, std::function<credentials()> source,
                    std::chrono::seconds expires = default_expires,
                    service service = service::bedrock)
      : source_(std::make_unique<source_state>()) {
    source_->call = std::move(source);
    bedrock_token_provider *made = nullptr;
    detail::check(bedrock_token_provider_new(static_cast<bedrock_token_service>(service),
                                             detail::c_str(region), detail::seconds(expires),
                                             &source_state::ask, source_.get(), &made));
    provider_.reset(made);
  }

  /** A token that has not ended. Throws error, with the exception of `source` nested in it. */
  fresh_token get() {
    char *token = nullptr;
    std::size_t size = 0;
    std::int64_t expires_at = 0;
    bedrock_token_status status =
        bedrock_token_provider_get(provider_.get(), &token, &size, &expires_at);
    if (status == BEDROCK_TOKEN_ERR_NO_CREDENTIALS) source_->throw_nested(status);
    detail::check(status);
    return {bearer_token(token, size), detail::from_unix(expires_at)};
  }

  /** Drops the kept token. Use it when the service refused the token. */
  void invalidate() noexcept { bedrock_token_provider_invalidate(provider_.get(), nullptr); }

 private:
  /** Stays where it is when the provider moves: the C API has its address. */
  struct source_state {
    std::function<credentials()> call;
    credentials given;
    std::mutex mutex;
    std::exception_ptr thrown;

    static std::int32_t ask(void *context, bedrock_token_credentials *out) noexcept {
      source_state &state = *static_cast<source_state *>(context);
      try {
        state.given = state.call();
      } catch (...) {
        state.set_thrown(std::current_exception());
        return 1;
      }
      state.set_thrown(nullptr);
      out->access_key = detail::c_str(state.given.access_key);
      out->secret = detail::c_str(state.given.secret.reveal());
      out->session = detail::c_str(state.given.session.reveal());
      out->expires_at = state.given.expires_at ? unix_end(*state.given.expires_at) : 0;
      return 0;
    }

    /** 0 would say that they never end. */
    static std::int64_t unix_end(time_point end) {
      std::int64_t seconds =
          std::chrono::floor<std::chrono::seconds>(end.time_since_epoch()).count();
      return seconds == 0 ? -1 : seconds;
    }

    void set_thrown(std::exception_ptr exception) noexcept {
      std::lock_guard<std::mutex> lock(mutex);
      std::swap(thrown, exception);
    }

    /** Every thread that waited for a failed renewal gets its cause. */
    void throw_nested(bedrock_token_status status) {
      std::exception_ptr cause;
      {
        std::lock_guard<std::mutex> lock(mutex);
        cause = thrown;
      }
      if (!cause) return;
      try {
        std::rethrow_exception(cause);
      } catch (...) {
        std::throw_with_nested(error(status));
      }
    }
  };

  struct free {
    void operator()(bedrock_token_provider *provider) const noexcept {
      bedrock_token_provider_free(provider);
    }
  };

  std::unique_ptr<source_state> source_;
  std::unique_ptr<bedrock_token_provider, free> provider_;
};

}  // namespace bedrock::token

#endif  // C++17 and exceptions
#endif  // BEDROCK_TOKEN_HPP
