// The same client as chat.c, in C++17.
#include <curl/curl.h>

#include <bedrock_token.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

static std::string environment(const char *name) {
  const char *value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Where your program finds credentials: a vault, an STS call.
static bedrock_token::credentials find_credentials() {
  bedrock_token::credentials credentials{environment("AWS_ACCESS_KEY_ID"),
                                         environment("AWS_SECRET_ACCESS_KEY"),
                                         environment("AWS_SESSION_TOKEN")};
  if (credentials.access_key.empty()) throw std::runtime_error("AWS_ACCESS_KEY_ID is not set");
  return credentials;
}

using handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using header_list = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

static void add(header_list &headers, const std::string &header) {
  headers.reset(curl_slist_append(headers.release(), header.c_str()));
}

// Prints the answer, or on stderr why there is no answer.
static std::size_t print(char *data, std::size_t size, std::size_t count, void *curl) {
  long http = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
  (http == 200 ? std::cout : std::cerr).write(data, static_cast<std::streamsize>(size * count));
  return size * count;
}

// Returns the HTTP status of the answer.
static long ask(CURL *curl, const bedrock_token::bearer_token &token) {
  curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
  curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, token.c_str());  // curl keeps a copy
  CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
  long http = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
  return http;
}

int main(int argc, char **argv) try {
  if (argc < 3) {
    std::cerr << "usage: " << argv[0] << " URL MODEL [WORKSPACE]\n";
    return 2;
  }
  const bool claude = argc > 3;
  const std::string body = R"({"model": ")" + std::string(argv[2]) +
                           R"(", "max_tokens": 1024, "stream": true,)"
                           R"( "messages": [{"role": "user", "content": "Hello"}]})";
  header_list headers(nullptr, curl_slist_free_all);
  add(headers, "Content-Type: application/json");
  if (claude) {
    add(headers, std::string("anthropic-workspace-id: ") + argv[3]);
    add(headers, "anthropic-version: 2023-06-01");
  }
  handle curl(curl_easy_init(), curl_easy_cleanup);
  curl_easy_setopt(curl.get(), CURLOPT_URL, argv[1]);
  curl_easy_setopt(curl.get(), CURLOPT_CAINFO, std::getenv("CURL_CA_BUNDLE"));
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, print);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, curl.get());

  bedrock_token::provider provider(
      environment("AWS_REGION"), find_credentials, bedrock_token::default_expires,
      claude ? bedrock_token::service::claude_platform : bedrock_token::service::bedrock);
  long http = 0;
  for (int attempt = 1; attempt <= 2; ++attempt) {
    const auto token = provider.get().token;
    http = ask(curl.get(), token);
    if (http != 401 && http != 403) break;
    provider.invalidate(token);  // the credentials may have been replaced
  }
  return http == 200 ? 0 : 1;
} catch (const std::exception &error) {
  std::cerr << error.what() << '\n';
  return 1;
}
