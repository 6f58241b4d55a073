/* The presigned URL by hand, on OpenSSL's one-shot functions, as one would write it in C. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "worker.h"

static char *hex(const unsigned char *bytes, size_t len, char *out) {
  for (size_t i = 0; i < len; i++) {
    *out++ = "0123456789abcdef"[bytes[i] >> 4];
    *out++ = "0123456789abcdef"[bytes[i] & 15];
  }
  *out = '\0';
  return out;
}

static char *percent_encode(const char *text, char *out) {
  for (; *text != '\0'; text++) {
    unsigned char c = (unsigned char)*text;
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
        c == '_' || c == '.' || c == '~') {
      *out++ = *text;
    } else {
      *out++ = '%';
      *out++ = "0123456789ABCDEF"[c >> 4];
      *out++ = "0123456789ABCDEF"[c & 15];
    }
  }
  *out = '\0';
  return out;
}

static void hmac(unsigned char *key, int key_len, const char *text, size_t len) {
  unsigned int mac_len;
  require(HMAC(EVP_sha256(), key, key_len, (const unsigned char *)text, len, key, &mac_len) != NULL,
          "HMAC");
}

static void presign(const char *session, int64_t unix_time, char *token) {
  char date_time[17], query[TOKEN_ROOM], request[TOKEN_ROOM + 256], text[512], digest[65];
  time_t seconds = unix_time;
  struct tm utc;
  gmtime_r(&seconds, &utc);
  strftime(date_time, sizeof date_time, "%Y%m%dT%H%M%SZ", &utc);

  char *end = query + sprintf(query,
                              "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256"
                              "&X-Amz-Credential=%s%%2F%.8s%%2F%s%%2Fbedrock%%2Faws4_request"
                              "&X-Amz-Date=%s&X-Amz-Expires=%d",
                              ACCESS_KEY, date_time, REGION, date_time, EXPIRES);
  if (*session != '\0') {
    end += sprintf(end, "&X-Amz-Security-Token=");
    end = percent_encode(session, end);
  }
  int len = sprintf(request,
                    "POST\n/\n%s&X-Amz-SignedHeaders=host\nhost:bedrock.amazonaws.com\n\nhost\n"
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                    query);
  unsigned char hash[32], key[64] = "AWS4" SECRET;
  SHA256((unsigned char *)request, (size_t)len, hash);
  hex(hash, sizeof hash, digest);
  len = sprintf(text, "AWS4-HMAC-SHA256\n%s\n%.8s/%s/bedrock/aws4_request\n%s", date_time,
                date_time, REGION, digest);
  hmac(key, 4 + (int)strlen(SECRET), date_time, 8);
  hmac(key, 32, REGION, strlen(REGION));
  hmac(key, 32, "bedrock", 7);
  hmac(key, 32, "aws4_request", 12);
  hmac(key, 32, text, (size_t)len);
  hex(key, 32, digest);

  len = sprintf(request,
                "bedrock.amazonaws.com/?%s&X-Amz-Signature=%s&X-Amz-SignedHeaders=host&Version=1",
                query, digest);
  token += sprintf(token, "%s", PREFIX);
  EVP_EncodeBlock((unsigned char *)token, (unsigned char *)request, len);
}

static void run_presign(const struct sessions *sessions, size_t iterations) {
  char token[TOKEN_ROOM];
  for (size_t i = 0; i < iterations; i++)
    presign(sessions->text[i % SESSIONS], SIGNING_TIME, token);
}

/* One iteration is a block of SHA-256. */
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
  static const struct operation operations[] = {
      {"presign", run_presign, presign}, {"sha256", run_sha256, NULL}, {NULL, NULL, NULL}};
  work(argv[1], operations);
  return 0;
}
