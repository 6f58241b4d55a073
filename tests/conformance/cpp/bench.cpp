// A worker of benches/languages.py.
#include <array>
#include <bedrock_token.hpp>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

namespace token = bedrock::token;

namespace {

constexpr const char *key = "AKIAIOSFODNN7EXAMPLE";
constexpr const char *secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const std::string region = "eu-central-1";

using sessions = std::array<token::credentials, 64>;

sessions read(const std::string &file) {
  std::ifstream lines(file);
  sessions result;
  for (token::credentials &one : result) {
    std::string session;
    std::getline(lines, session);
    one = {key, secret, session};
  }
  return result;
}

}  // namespace

int main(int, char **argv) {
  token::provider provider(region, [] { return token::credentials{key, secret}; });
  std::map<std::string, sessions> loaded;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command, operation, length;
    std::size_t first = 0;
    words >> command >> operation >> length >> first;
    if (loaded.count(length) == 0) loaded[length] = read(std::string(argv[1]) + "/" + length);
    const sessions &all = loaded[length];
    const auto generated = [&](std::size_t number) {
      return operation == "kept" ? provider.get().token : token::generate(all[number], region);
    };
    if (command == "token") {
      std::cout << generated(first).view() << std::endl;
      continue;
    }
    const auto started = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < first; ++i) generated(i % all.size());
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - started;
    std::cout << took.count() << std::endl;
  }
}
