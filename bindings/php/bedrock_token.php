<?php
// Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in PHP 8.2 and newer, with its extension
// FFI. In a web server, name this file in opcache.preload, or set ffi.enable=true.
declare(strict_types=1);

namespace BedrockToken;

enum Service: int
{
    case Bedrock = 0;
    case ClaudePlatform = 1;
}

/** Its code is the status. The message names the argument at fault, never its value. */
final class Error extends \RuntimeException {}

function library(): \FFI
{
    static $library = null;
    if ($library === null) {
        // Not a constant of this file: opcache.preload drops those.
        $declarations = <<<'C'
            typedef struct {
                char access_key[129]; char region[64]; // PHP misreads several of them after one type
                int64_t issued_at; int64_t expires_at; int32_t has_session; int32_t service;
            } bedrock_token_info;
            typedef struct { int64_t valid_from; int64_t renew_at; int64_t wait_from; int64_t expires_at; } bedrock_token_times;
            int32_t bedrock_token_generate_into(int32_t service, const char *access_key, const char *secret, const char *session,
                                                const char *region, uint32_t expires, int64_t signing_time,
                                                char *buf, size_t capacity, size_t *len);
            int32_t bedrock_token_inspect(const char *token, bedrock_token_info *info, size_t info_size);
            int32_t bedrock_token_schedule(int64_t issued_at, uint32_t expires, int64_t credentials_expire_at,
                                           bedrock_token_times *times, size_t times_size);
            int64_t bedrock_token_retry_at(int64_t now, int64_t expires_at);
            const char *bedrock_token_status_message(int32_t status);
            C;
        $file = match (PHP_OS_FAMILY) {
            'Windows' => 'bedrock_token.dll',
            'Darwin' => 'libbedrock_token.0.dylib',
            default => 'libbedrock_token.so.0',
        };
        try {
            $library = \FFI::cdef($declarations, $file);
        } catch (\FFI\Exception $cause) {
            throw new \RuntimeException("cannot load $file: install bedrock-token, or add the folder of this file to "
                . 'LD_LIBRARY_PATH (macOS: DYLD_LIBRARY_PATH, Windows: PATH)', 0, $cause);
        }
    }
    return $library;
}

function error(int $status): Error
{
    return new Error(library()->bedrock_token_status_message($status), $status);
}

/** C would end the string at a NUL inside. "\x7f" is refused. */
function text(#[\SensitiveParameter] ?string $string): ?string
{
    return $string !== null && str_contains($string, "\0") ? "\x7f" : $string;
}

/** PHP would cut a number of more than 32 bits. 0 is refused. */
function life(int $expires): int
{
    return $expires === ($expires & 0xFFFFFFFF) ? $expires : 0;
}

/**
 * A token that is valid from now on, or from $at on, in Unix seconds. The session token is null with
 * long-term credentials.
 */
function generate(?string $accessKey, #[\SensitiveParameter] ?string $secret, #[\SensitiveParameter] ?string $session,
    ?string $region, int $expires = 43200, Service $service = Service::Bedrock, ?int $at = null): string
{
    // No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
    $room = 1024 + 4 * min(strlen($session ?? ''), 65536);
    $buffer = library()->new("char[$room]");
    $status = library()->bedrock_token_generate_into($service->value, text($accessKey), text($secret), text($session),
        text($region), life($expires), $at ?? time(), $buffer, $room, null);
    return $status === 0 ? \FFI::string($buffer) : throw error($status);
}

/** @return array{access_key: string, region: string, issued_at: int, expires_at: int, has_session: bool, service: Service} */
function inspect(string $token): array
{
    $info = library()->new('bedrock_token_info');
    $status = library()->bedrock_token_inspect(text($token), \FFI::addr($info), \FFI::sizeof($info));
    $status === 0 || throw error($status);
    return ['access_key' => \FFI::string($info->access_key), 'region' => \FFI::string($info->region),
        'issued_at' => $info->issued_at, 'expires_at' => $info->expires_at,
        'has_session' => $info->has_session === 1, 'service' => Service::from($info->service)];
}

/**
 * When to use, renew and give up a token that you keep, in Unix seconds. $credentialsExpireAt is 0 if the
 * credentials do not end.
 *
 * @return array{valid_from: int, renew_at: int, wait_from: int, expires_at: int}
 */
function schedule(int $issuedAt, int $expires = 43200, int $credentialsExpireAt = 0): array
{
    $times = library()->new('bedrock_token_times');
    $status = library()->bedrock_token_schedule($issuedAt, life($expires), $credentialsExpireAt, \FFI::addr($times),
        \FFI::sizeof($times));
    $status === 0 || throw error($status);
    return ['valid_from' => $times->valid_from, 'renew_at' => $times->renew_at, 'wait_from' => $times->wait_from,
        'expires_at' => $times->expires_at];
}

/** When to ask for credentials again, after a renewal failed. */
function retryAt(int $now, int $expiresAt): int
{
    return library()->bedrock_token_retry_at($now, $expiresAt);
}
