// Takes over a token that C generated, generates one in C++, and reads both.
#include <bedrock_token.hpp>
#include <cstring>

extern "C" char *generate_in_c(void);  // part.c

int main() {
  char *generated = generate_in_c();
  if (generated == nullptr) return 1;
  bedrock_token::bearer_token from_c(generated, std::strlen(generated));
  auto from_cpp = bedrock_token::generate(
      {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}, "us-west-2");
  return bedrock_token::inspect(from_c).region == "eu-central-1" &&
                 bedrock_token::inspect(from_cpp).region == "us-west-2"
             ? 0
             : 1;
}
