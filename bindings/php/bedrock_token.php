<?php
// AWS Bedrock API keys in PHP, with its extension FFI (a web server wants ffi.enable=true).
declare(strict_types=1);

namespace BedrockToken;

/** Its code is the status. The message names the argument at fault, never its value. */
final class Error extends \RuntimeException {}

const DECLARATIONS = <<<'C'
    typedef struct {
        char access_key[129]; char region[64]; // PHP misreads several of them after one type
        int64_t issued_at; int64_t expires_at; int32_t has_session;
    } bedrock_token_info;
    int32_t bedrock_token_generate(const char *access_key, const char *secret, const char *session,
                                   const char *region, uint32_t expires, char **out_buf, size_t *len);
    void bedrock_token_free(char *token);
    int32_t bedrock_token_inspect(const char *token, bedrock_token_info *info, size_t info_size);
    const char *bedrock_token_status_message(int32_t status);
    C;

function library(): \FFI
{
    static $library = null;
    return $library ??= \FFI::cdef(DECLARATIONS, 'libbedrock_token.so.0');
}

function check(int $status): void
{
    $status === 0 || throw new Error(library()->bedrock_token_status_message($status), $status);
}

function generate(?string $accessKey, #[\SensitiveParameter] ?string $secret,
    #[\SensitiveParameter] ?string $session, ?string $region, int $expires = 43200): string
{
    $token = library()->new('char *');
    check(library()->bedrock_token_generate($accessKey, $secret, $session, $region, $expires, \FFI::addr($token), null));
    $copy = \FFI::string($token);
    library()->bedrock_token_free($token);
    return $copy;
}

function inspect(string $token): array
{
    $info = library()->new('bedrock_token_info');
    check(library()->bedrock_token_inspect($token, \FFI::addr($info), \FFI::sizeof($info)));
    return ['access_key' => \FFI::string($info->access_key), 'region' => \FFI::string($info->region),
        'issued_at' => $info->issued_at, 'expires_at' => $info->expires_at, 'has_session' => $info->has_session];
}
