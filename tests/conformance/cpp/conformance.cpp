#include "../c/protocol.h"

#include <bedrock_token.hpp>
#include <iostream>
#include <vector>

namespace token = bedrock::token;

static long long unix_seconds(token::sys_seconds time) { return time.time_since_epoch().count(); }

static void answer(const char *generated) {
  token::info info = token::inspect(generated);
  std::cout << "0\t" << generated << '\t' << info.access_key << '\t' << info.region << '\t'
            << unix_seconds(info.issued_at) << '\t' << unix_seconds(info.expires_at) << '\t'
            << info.has_session << '\n';
}

static void answer(const token::error &error) {
  std::cout << error.status() << '\t' << error.what() << '\n';
}

int main() {
  char *f[6];
  while (next(f)) {
    std::uint32_t expires = std::stoul(f[4]);
    try {  // C++ has no function of its own for this
      std::vector<char> buffer(1 << 19);
      token::detail::check(bedrock_token_generate_into(f[0], f[1], f[2], f[3], expires,
                                                       std::stoll(f[5]), buffer.data(),
                                                       buffer.size(), nullptr));
      answer(buffer.data());
    } catch (const token::error &error) {
      answer(error);
    }
    if (!f[0] || !f[1] || !f[3]) {
      std::cout << "-\n";  // no std::string is NULL
      continue;
    }
    try {
      token::credentials credentials{f[0], f[1], f[2] ? f[2] : ""};
      answer(token::generate(credentials, f[3], std::chrono::seconds(expires)).c_str());
    } catch (const token::error &error) {
      answer(error);
    }
  }
}
