/* OpenSSL: SHA-256 alone, for the floor; and the token, signed by hand. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <time.h>

#include "worker.h"

/* 256 blocks, as bench.py knows. */
static void sha256(const char *session, char *token) {
  static const unsigned char blocks[256 * 64];
  static EVP_MD_CTX *hash;
  (void)session;
  if (hash == NULL) {
    hash = EVP_MD_CTX_new();
    require(EVP_DigestInit_ex(hash, EVP_sha256(), NULL), "EVP_DigestInit_ex");
    strcpy(token, "-");
  }
  EVP_DigestUpdate(hash, blocks, sizeof blocks);
}

static void hex(const unsigned char hash[32], char digits[65]) {
  for (int i = 0; i < 32; i++) sprintf(digits + 2 * i, "%02x", hash[i]);
}

static void hmac(unsigned char key[32], const char *text) {
  unsigned char out[32];
  require(HMAC(EVP_sha256(), key, 32, (const unsigned char *)text, strlen(text), out, NULL) != NULL,
          "HMAC");
  memcpy(key, out, 32);
}

static void by_hand(const char *session, char *token) {
  char date[17], session_part[TOKEN_ROOM] = "", query[TOKEN_ROOM], text[2 * TOKEN_ROOM], digits[65];
  unsigned char hash[32];
  time_t now = time(NULL);
  strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", gmtime(&now));
  if (*session != '\0') {
    char *to = session_part + sprintf(session_part, "&X-Amz-Security-Token=");
    for (; *session != '\0'; session++)
      if (strchr("+/=", *session) != NULL)
        to += sprintf(to, "%%%02X", *session);
      else
        *to++ = *session;
    *to = '\0';
  }
  snprintf(
      query, sizeof query,
      "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" ACCESS_KEY
      "%%2F%.8s%%2F" REGION "%%2Fbedrock%%2Faws4_request&X-Amz-Date=%s&X-Amz-Expires=%d%s",
      date, date, EXPIRES, session_part);
  SHA256((const unsigned char *)"", 0, hash);
  hex(hash, digits);
  int len = snprintf(text, sizeof text,
                     "POST\n/\n%s&X-Amz-SignedHeaders=host\nhost:bedrock.amazonaws.com\n\nhost\n%s",
                     query, digits);
  SHA256((const unsigned char *)text, (size_t)len, hash);
  hex(hash, digits);
  snprintf(text, sizeof text, "AWS4-HMAC-SHA256\n%s\n%.8s/" REGION "/bedrock/aws4_request\n%s",
           date, date, digits);
  date[8] = '\0';
  require(HMAC(EVP_sha256(), "AWS4" SECRET, sizeof "AWS4" SECRET - 1, (const unsigned char *)date,
               8, hash, NULL) != NULL,
          "HMAC");
  hmac(hash, REGION);
  hmac(hash, "bedrock");
  hmac(hash, "aws4_request");
  hmac(hash, text);
  hex(hash, digits);
  len = snprintf(text, sizeof text,
                 "bedrock.amazonaws.com/?%s&X-Amz-Signature=%s&X-Amz-SignedHeaders=host&Version=1",
                 query, digits);
  strcpy(token, PREFIX);
  EVP_EncodeBlock((unsigned char *)token + strlen(PREFIX), (const unsigned char *)text, len);
}

int main(void) {
  static const struct operation operations[] = {{"sha256", sha256}, {"by_hand", by_hand}};
  work(operations);
  return 0;
}
