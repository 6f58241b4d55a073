// Takes over a token of the C function, generates one in C++, and reads both.
#include <bedrock_token.hpp>
#include <cstring>

int main() {
  const char *key = "AKIAIOSFODNN7EXAMPLE", *secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  char *token = nullptr;
  if (bedrock_token_generate(key, secret, nullptr, "eu-central-1", 60, &token, nullptr) != 0)
    return 1;
  bedrock_token::bearer_token from_c(token, std::strlen(token));
  auto from_cpp = bedrock_token::generate({key, secret}, "us-west-2");
  const bool right = bedrock_token::inspect(from_c).region == "eu-central-1" &&
                     bedrock_token::inspect(from_cpp).region == "us-west-2";
  return right ? 0 : 1;
}
