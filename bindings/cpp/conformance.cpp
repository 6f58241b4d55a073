#include <bedrock_token.hpp>
#include <iostream>

#include "../c/protocol.h"

namespace token = bedrock_token;

static long long unix_seconds(token::sys_seconds time) { return time.time_since_epoch().count(); }

static std::string_view text(const token::bearer_token &token) { return token.view(); }
static std::string_view text(const token::secret_string &token) { return token.reveal(); }

template <typename Generate>
static void answer(Generate generate) {
  try {
    const auto generated = generate();
    token::info info = token::inspect(text(generated));
    std::cout << "0\t" << text(generated) << '\t'
              << static_cast<bedrock_token_service>(info.service) << '\t' << info.access_key << '\t'
              << info.region << '\t' << unix_seconds(info.issued_at) << '\t'
              << unix_seconds(info.expires_at) << '\t' << info.has_session << '\n';
  } catch (const token::error &error) {
    std::cout << error.status() << '\t' << error.what() << '\n';
  }
}

static std::string text(const field &field) { return std::string(field.text, field.length); }

int main() {
  field fields[7];
  while (next(fields)) {
    if (!fields[1].text || !fields[2].text || !fields[4].text) {
      std::cout << "-\n-\n";  // no std::string is NULL
      continue;
    }
    auto service = static_cast<token::service>(std::stol(fields[0].text));
    std::string session = fields[3].text ? text(fields[3]) : "";
    token::credentials credentials{text(fields[1]), text(fields[2]), session};
    std::string region = text(fields[4]);
    std::chrono::seconds expires(std::stoll(fields[5].text));
    token::sys_seconds time{std::chrono::seconds(std::stoll(fields[6].text))};
    answer([&] { return token::generate_at(time, credentials, region, expires, service); });
    answer([&] { return token::generate(credentials, region, expires, service); });
  }
}
