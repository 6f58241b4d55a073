// A library that hides its symbols makes a provider, and a program uses it. Each has its own copy
// of what the header defines.
#include <bedrock_token.hpp>
#include <memory>
#include <stdexcept>

extern "C" __attribute__((visibility("default"))) bedrock_token::provider *make_provider(
    bool fails);

#ifdef LIBRARY
bedrock_token::provider *make_provider(bool fails) {
  auto source = [fails]() -> bedrock_token::credentials {
    if (fails) throw std::runtime_error("no credentials");
    return {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
  };
  return new bedrock_token::provider("eu-central-1", source);
}
#else
int main() {
  const std::unique_ptr<bedrock_token::provider> works(make_provider(false));
  if (bedrock_token::inspect(works->get().token).region != "eu-central-1") return 1;
  const std::unique_ptr<bedrock_token::provider> fails(make_provider(true));
  try {
    (void)fails->get();
  } catch (const bedrock_token::error &error) {
    return error.status() == BEDROCK_TOKEN_ERR_NO_CREDENTIALS ? 0 : 2;
  }
  return 3;
}
#endif
