// The same client as provider.c, in C++17.
#include <bedrock_token.hpp>
#include <chrono>
#include <cstdlib>
#include <iostream>
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

// Stands for an HTTP request; returns the status that came back.
static int call_bedrock(const bedrock_token::bearer_token &token) {
  std::cout << "Authorization: Bearer " << token.view().substr(0, 24) << "...\n";
  return 200;
}

int main() try {
  bedrock_token::provider provider("eu-central-1", find_credentials);
  for (int i = 0; i < 3; ++i) {
    auto [token, expires_at] = provider.get();
    if (call_bedrock(token) == 403) provider.invalidate(token);
    auto left = expires_at - std::chrono::system_clock::now();
    std::cout << "good for " << std::chrono::duration_cast<std::chrono::minutes>(left).count()
              << " more minutes\n";
  }
  return 0;
} catch (const bedrock_token::error &error) {
  std::cerr << "provider: " << error.what() << '\n';
  try {
    std::rethrow_if_nested(error);
  } catch (const std::exception &cause) {
    std::cerr << "because: " << cause.what() << '\n';
  }
  return 1;
}
