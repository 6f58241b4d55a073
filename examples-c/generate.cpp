// Generates a token and reads it back, in C++17. The token wipes and frees itself; a failure
// throws.
#include <bedrock_token.hpp>
#include <chrono>
#include <iostream>

int main() try {
  // AWS's documentation example; use your own.
  bedrock_token::credentials credentials{"AKIAIOSFODNN7EXAMPLE",
                                         "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
  auto token = bedrock_token::generate(credentials, "eu-central-1", std::chrono::hours(2));
  std::cout << "Authorization: Bearer " << token.view() << '\n';

  auto info = bedrock_token::inspect(token);
  auto life = std::chrono::duration_cast<std::chrono::minutes>(info.expires_at - info.issued_at);
  std::cout << "for " << info.region << ", lives " << life.count() << " minutes\n";
  return 0;
} catch (const bedrock_token::error &error) {
  std::cerr << "no token: " << error.what() << '\n';
  return 1;
}
