/* AWS's signer in C, aws-c-auth, with AWS's own libcrypto, as the Python package awscrt has it. */
#include <aws/auth/auth.h>
#include <aws/auth/credentials.h>
#include <aws/auth/signable.h>
#include <aws/auth/signing.h>
#include <aws/auth/signing_config.h>
#include <aws/auth/signing_result.h>
#include <aws/common/encoding.h>
#include <aws/http/request_response.h>

#include "worker.h"

static const struct aws_byte_cursor method = AWS_BYTE_CUR_INIT_FROM_STRING_LITERAL("POST");
static const struct aws_byte_cursor path =
    AWS_BYTE_CUR_INIT_FROM_STRING_LITERAL("/?Action=CallWithBearerToken");
static const struct aws_byte_cursor host_name = AWS_BYTE_CUR_INIT_FROM_STRING_LITERAL("host");
static const struct aws_byte_cursor host =
    AWS_BYTE_CUR_INIT_FROM_STRING_LITERAL("bedrock.amazonaws.com");
static const struct aws_byte_cursor version = AWS_BYTE_CUR_INIT_FROM_STRING_LITERAL("&Version=1");

static struct aws_allocator *allocator;

static void on_signed(struct aws_signing_result *result, int error, void *request) {
  require(error == AWS_ERROR_SUCCESS, "signing");
  require(aws_apply_signing_result_to_http_request(request, allocator, result) == AWS_OP_SUCCESS,
          "applying the signature");
}

static void presign(const char *session, char *token) {
  struct aws_credentials *credentials = aws_credentials_new(
      allocator, aws_byte_cursor_from_c_str(ACCESS_KEY), aws_byte_cursor_from_c_str(SECRET),
      aws_byte_cursor_from_c_str(session), UINT64_MAX);
  struct aws_http_message *request = aws_http_message_new_request(allocator);
  struct aws_http_header header = {.name = host_name, .value = host};
  aws_http_message_set_request_method(request, method);
  aws_http_message_set_request_path(request, path);
  aws_http_message_add_header(request, header);
  struct aws_signable *signable = aws_signable_new_http_request(allocator, request);

  struct aws_signing_config_aws config = {
      .config_type = AWS_SIGNING_CONFIG_AWS,
      .algorithm = AWS_SIGNING_ALGORITHM_V4,
      .signature_type = AWS_ST_HTTP_REQUEST_QUERY_PARAMS,
      .region = aws_byte_cursor_from_c_str(REGION),
      .service = aws_byte_cursor_from_c_str("bedrock"),
      .signed_body_value = g_aws_signed_body_value_empty_sha256,
      .credentials = credentials,
      .expiration_in_seconds = EXPIRES,
  };
  aws_date_time_init_now(&config.date);
  require(aws_sign_request_aws(allocator, signable, (struct aws_signing_config_base *)&config,
                               on_signed, request) == AWS_OP_SUCCESS,
          "aws_sign_request_aws");

  struct aws_byte_cursor path_and_query;
  aws_http_message_get_request_path(request, &path_and_query);
  char url_bytes[TOKEN_ROOM];
  struct aws_byte_buf url = aws_byte_buf_from_empty_array(url_bytes, sizeof url_bytes);
  struct aws_byte_buf encoded = aws_byte_buf_from_empty_array(token, TOKEN_ROOM);
  const struct aws_byte_cursor prefix = aws_byte_cursor_from_c_str(PREFIX);
  aws_byte_buf_write_from_whole_cursor(&url, host);
  aws_byte_buf_write_from_whole_cursor(&url, path_and_query);
  aws_byte_buf_write_from_whole_cursor(&url, version);
  aws_byte_buf_write_from_whole_cursor(&encoded, prefix);
  const struct aws_byte_cursor whole = aws_byte_cursor_from_buf(&url);
  require(aws_base64_encode(&whole, &encoded) == AWS_OP_SUCCESS, "aws_base64_encode");
  token[encoded.len] = '\0';

  aws_signable_destroy(signable);
  aws_http_message_release(request);
  aws_credentials_release(credentials);
}

int main(void) {
  allocator = aws_default_allocator();
  aws_auth_library_init(allocator);
  static const struct operation operations[] = {{"presign", presign}};
  work(operations);
  aws_auth_library_clean_up();
  return 0;
}
