<?php
// Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in PHP 8.2 and newer, with its extension
// FFI (in a web server, set ffi.enable=true).
declare(strict_types=1);

namespace BedrockToken;

enum Service: int
{
    case Bedrock = 0;
    case ClaudePlatform = 1;
}

/** Its code is the status. The message names the argument at fault, never its value. */
final class Error extends \RuntimeException {}

const LAST_SECOND = 253402300799; // of the year 9999
const DECLARATIONS = <<<'C'
    typedef struct {
        char access_key[129]; char region[64]; // PHP misreads several of them after one type
        int64_t issued_at; int64_t expires_at; int32_t has_session; int32_t service;
    } bedrock_token_info;
    int32_t bedrock_token_generate_into(int32_t service, const char *access_key, const char *secret, const char *session,
                                        const char *region, uint32_t expires, int64_t signing_time,
                                        char *buf, size_t capacity, size_t *len);
    int32_t bedrock_token_inspect(const char *token, bedrock_token_info *info, size_t info_size);
    int64_t bedrock_token_renew_at(int64_t issued_at, int64_t expires_at);
    const char *bedrock_token_status_message(int32_t status);
    C;

function library(): \FFI
{
    static $library = null;
    if ($library === null) {
        $file = match (PHP_OS_FAMILY) {
            'Windows' => 'bedrock_token.dll',
            'Darwin' => 'libbedrock_token.0.dylib',
            default => 'libbedrock_token.so.0',
        };
        try {
            $library = \FFI::cdef(DECLARATIONS, $file);
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

/**
 * A token that is valid from now on, or from $at on, in Unix seconds. The session token is null with
 * long-term credentials.
 */
function generate(?string $accessKey, #[\SensitiveParameter] ?string $secret, #[\SensitiveParameter] ?string $session,
    ?string $region, int $expires = 43200, Service $service = Service::Bedrock, ?int $at = null): string
{
    $life = $expires === ($expires & 0xFFFFFFFF) ? $expires : 0; // PHP would cut a larger one; 0 is refused
    // No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
    $room = 1024 + 4 * min(strlen($session ?? ''), 65536);
    $buffer = library()->new("char[$room]");
    $status = library()->bedrock_token_generate_into($service->value, text($accessKey), text($secret), text($session),
        text($region), $life, $at ?? time(), $buffer, $room, null);
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

final class Credentials
{
    /** The session token is null with long-term credentials. expiresAt is in Unix seconds; null if they do not end. */
    public function __construct(public readonly string $accessKey, #[\SensitiveParameter] public readonly string $secret,
        #[\SensitiveParameter] public readonly ?string $session = null, public readonly ?int $expiresAt = null) {}

    public function __debugInfo(): array
    {
        return ['accessKey' => $this->accessKey]; // without the secrets
    }
}

/**
 * Keeps a token, and renews it before it or its credentials end. For programs that serve many requests:
 * fibers may share one. While one renews, the others use the kept token until shortly before its end;
 * then each asks for credentials itself. In PHP-FPM, where nothing outlives a request, generate a token
 * for each request: that takes microseconds.
 */
final class Provider
{
    private ?string $token = null;
    private int $issuedAt = 0;
    private int $expiresAt = 0;
    private int $renewAt = 0;
    /** The fibers that renew now. */
    private \WeakMap $renewing;

    /** @param \Closure(): ?Credentials $source */
    public function __construct(private readonly string $region, private readonly \Closure $source,
        private readonly int $expires = 43200, private readonly Service $service = Service::Bedrock)
    {
        $this->renewing = new \WeakMap();
    }

    public function token(): string
    {
        $fiber = \Fiber::getCurrent() ?? $this;
        isset($this->renewing[$fiber]) && throw error(16); // the source itself asks for the token
        $now = time();
        $others = count($this->renewing) > 0;
        if ($this->holds($now) && ($now < $this->renewAt || $others && !$this->endsSoon($now))) {
            return $this->token;
        }
        $this->renewing[$fiber] = true;
        try {
            return $this->renew();
        } catch (\Throwable $failure) {
            $now = time();
            $this->holds($now) || throw $failure;
            $this->renewAt = $now + max(1, intdiv($this->expiresAt - $now, 10));
            return $this->token;
        } finally {
            unset($this->renewing[$fiber]);
        }
    }

    /** For when the service refused the token. */
    public function invalidate(): void
    {
        $this->token = null;
    }

    public function __debugInfo(): array
    {
        return ['region' => $this->region]; // without the token
    }

    /** A token from the future is from a wrong clock: the service accepts five minutes. */
    private function holds(int $now): bool
    {
        return $this->token !== null && $now >= $this->issuedAt - 300 && $now < $this->expiresAt;
    }

    /** In its last 30 seconds, or the last hundredth of a short life, nobody gets it while there may be a new one. */
    private function endsSoon(int $now): bool
    {
        return $now >= $this->expiresAt - min(30, intdiv($this->expiresAt - $this->issuedAt, 100));
    }

    private function renew(): string
    {
        $credentials = ($this->source)() ?? throw error(12);
        $now = time();
        $end = $credentials->expiresAt ?? LAST_SECOND;
        $end > LAST_SECOND && throw error(8); // milliseconds
        $end <= $now && throw error(13);
        $this->token = generate($credentials->accessKey, $credentials->secret, $credentials->session, $this->region,
            $this->expires, $this->service, $now);
        $this->issuedAt = $now;
        $this->expiresAt = min($end, $now + $this->expires);
        $this->renewAt = library()->bedrock_token_renew_at($now, $this->expiresAt);
        return $this->token;
    }
}
