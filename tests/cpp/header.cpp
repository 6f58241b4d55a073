// The C header in a C++11 program: types, linkage, and a unique_ptr that frees.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>

#include "../c/test.h"
#include "bedrock_token.h"

static_assert(std::is_same<bedrock_token_status, std::int32_t>::value, "not a C enum");
static_assert(std::is_same<decltype(bedrock_token_version()), const char *>::value, "static text");

struct free_token {
  void operator()(char *token) const { bedrock_token_free(token); }
};

int main() {
  vectors v = vectors_open("tokens.tsv");
  while (vectors_next(&v, 8)) {
    const arguments a = vectors_arguments(&v);
    std::size_t len = 0;
    char *out = nullptr;
    CHECK(generate(&a, &out, &len) == BEDROCK_TOKEN_OK);
    std::unique_ptr<char, free_token> token(out);
    CHECK(std::strlen(token.get()) == len);

    CHECK(generate_into(&a, nullptr, 0, &len) == BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL);
    std::unique_ptr<char[]> buf(new char[len + 1]);
    CHECK(generate_into(&a, buf.get(), len + 1, &len) == BEDROCK_TOKEN_OK);
    CHECK(std::strcmp(buf.get(), (prefix_of(a.service) + std::string(v.field[7])).c_str()) == 0);
  }
  std::printf("the C header works in C++, version %s\n", bedrock_token_version());
}
