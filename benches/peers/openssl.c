/* SHA-256 alone, by OpenSSL, for the floor. */
#include <openssl/evp.h>

#include "worker.h"

/* One iteration is a block. */
static void run_sha256(const struct sessions *sessions, size_t iterations) {
  static const unsigned char blocks[256 * 64];
  EVP_MD_CTX *hash = EVP_MD_CTX_new();
  (void)sessions;
  require(EVP_DigestInit_ex(hash, EVP_sha256(), NULL), "EVP_DigestInit_ex");
  for (; iterations > 256; iterations -= 256) EVP_DigestUpdate(hash, blocks, sizeof blocks);
  EVP_DigestUpdate(hash, blocks, iterations * 64);
  EVP_MD_CTX_free(hash);
}

int main(int argc, char **argv) {
  require(argc == 2, "openssl FOLDER");
  static const struct operation operations[] = {{"sha256", run_sha256, NULL}, {NULL, NULL, NULL}};
  work(argv[1], operations);
  return 0;
}
