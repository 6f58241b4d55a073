// Mints a token in C++: the token frees (and so wipes) itself, and a failure is an exception.
#include <bedrock_token.h>

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

class Token {
 public:
  static Token generate(const std::string &access_key, const std::string &secret,
                        const std::string &session, const std::string &region,
                        std::uint32_t expires = BEDROCK_TOKEN_EXPIRES_DEFAULT) {
    Token token;
    char *text = nullptr;
    bedrock_token_status status =
        bedrock_token_generate(access_key.c_str(), secret.c_str(), session.c_str(), region.c_str(),
                               expires, &text, &token.size_);
    token.text_.reset(text);
    if (status != BEDROCK_TOKEN_OK) {
      throw std::runtime_error(bedrock_token_status_message(status));
    }
    return token;
  }

  std::string_view view() const { return {text_.get(), size_}; }

 private:
  struct Free {
    void operator()(char *text) const { bedrock_token_free(text); }
  };
  std::unique_ptr<char, Free> text_;
  std::size_t size_ = 0;
};

int main() {
  try {
    Token token = Token::generate("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                                  "", "eu-central-1");
    std::cout << "Authorization: Bearer " << token.view() << "\n";
    return 0;
  } catch (const std::exception &error) {
    std::cerr << "no token: " << error.what() << "\n";
    return 1;
  }
}
