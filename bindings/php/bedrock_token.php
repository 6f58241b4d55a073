<?php
// bedrock-token 0.1.0: bearer tokens for Amazon Bedrock and Claude Platform on AWS. Apache-2.0.
// https://github.com/bedrock-token/bedrock-token
// For PHP 8.2 and newer, with its extension FFI. In a web server, name this file in opcache.preload.
declare(strict_types=1);

namespace BedrockToken;

// Two copies of this file may be in one program.
if (!\class_exists(Library::class, false)):

enum Service: int
{
    case Bedrock = 0;
    case ClaudePlatform = 1;
}

/** Its code is the status. The message names the argument at fault, never its value. */
final class TokenException extends \RuntimeException {}

/** @internal */
final class Library
{
    private const DECLARATIONS = <<<'C'
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

    private static ?\FFI $library = null;

    public static function get(): \FFI
    {
        return self::$library ??= self::load();
    }

    private static function load(): \FFI
    {
        $file = match (PHP_OS_FAMILY) {
            'Windows' => 'bedrock_token.dll',
            'Darwin' => 'libbedrock_token.0.dylib',
            default => 'libbedrock_token.so.0',
        };
        \extension_loaded('FFI') || throw new \RuntimeException("cannot load $file: PHP has no extension FFI");
        try {
            return \FFI::cdef(self::DECLARATIONS, $file);
        } catch (\FFI\Exception $cause) {
            $reason = self::reason($file, $cause->getMessage());
            $advice = match (true) {
                \str_contains($reason, 'ffi.enable') => ': name this file in opcache.preload, or set ffi.enable=true',
                (bool) \preg_match('/no such file|not found/i', $reason) => ': install bedrock-token, or add the folder of '
                    . 'this file to LD_LIBRARY_PATH (macOS: DYLD_LIBRARY_PATH, Windows: PATH)',
                default => '',
            };
            throw new \RuntimeException("cannot load $reason$advice", 0, $cause);
        }
    }

    /** PHP itself does not say why a file cannot be loaded. */
    private static function reason(string $file, string $said): string
    {
        if (PHP_OS_FAMILY === 'Windows' || !\str_contains($said, $file)) {
            return "$file: $said";
        }
        $system = \FFI::cdef('void *dlopen(const char *file, int mode); char *dlerror(void);');
        return $system->dlopen($file, 1) === null ? \FFI::string($system->dlerror()) : "$file: $said";
    }

    public static function check(int $status): void
    {
        $status === 0 || throw new TokenException(self::get()->bedrock_token_status_message($status), $status);
    }

    /** C would end the string at a NUL inside. "\x7f" is refused. */
    public static function text(#[\SensitiveParameter] ?string $string): ?string
    {
        return $string !== null && \str_contains($string, "\0") ? "\x7f" : $string;
    }

    /** PHP would cut a number of more than 32 bits. 0 is refused. */
    public static function life(int $expires): int
    {
        return $expires === ($expires & 0xFFFFFFFF) ? $expires : 0;
    }
}

/**
 * A token that is valid from now on, or from $at on, in Unix seconds. The session token is null with
 * long-term credentials.
 */
function generate(?string $accessKey, #[\SensitiveParameter] ?string $secret, #[\SensitiveParameter] ?string $session,
    ?string $region, int $expires = 43200, Service $service = Service::Bedrock, ?int $at = null): string
{
    // No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
    $room = 1024 + 4 * \min(\strlen($session ?? ''), 65536);
    $buffer = Library::get()->new("char[$room]");
    Library::check(Library::get()->bedrock_token_generate_into($service->value, Library::text($accessKey),
        Library::text($secret), Library::text($session), Library::text($region), Library::life($expires), $at ?? \time(),
        $buffer, $room, null));
    return \FFI::string($buffer);
}

/** @return array{access_key: string, region: string, issued_at: int, expires_at: int, has_session: bool, service: ?Service} */
function inspect(#[\SensitiveParameter] string $token): array
{
    $info = Library::get()->new('bedrock_token_info');
    Library::check(Library::get()->bedrock_token_inspect(Library::text($token), \FFI::addr($info), \FFI::sizeof($info)));
    return ['access_key' => \FFI::string($info->access_key), 'region' => \FFI::string($info->region),
        'issued_at' => $info->issued_at, 'expires_at' => $info->expires_at,
        'has_session' => $info->has_session === 1, 'service' => Service::tryFrom($info->service)];
}

/**
 * When to use, renew and give up a token that you keep, in Unix seconds. $credentialsExpireAt is 0 if the
 * credentials do not end.
 *
 * @return array{valid_from: int, renew_at: int, wait_from: int, expires_at: int}
 */
function schedule(int $issuedAt, int $expires = 43200, int $credentialsExpireAt = 0): array
{
    $times = Library::get()->new('bedrock_token_times');
    Library::check(Library::get()->bedrock_token_schedule($issuedAt, Library::life($expires), $credentialsExpireAt,
        \FFI::addr($times), \FFI::sizeof($times)));
    return ['valid_from' => $times->valid_from, 'renew_at' => $times->renew_at, 'wait_from' => $times->wait_from,
        'expires_at' => $times->expires_at];
}

/** When to ask for credentials again, after a renewal failed. */
function retryAt(int $now, int $expiresAt): int
{
    return Library::get()->bedrock_token_retry_at($now, $expiresAt);
}

endif;
