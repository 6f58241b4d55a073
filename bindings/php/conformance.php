<?php
declare(strict_types=1);

namespace BedrockToken;

require __DIR__ . '/bedrock_token.php';

$into = \FFI::cdef('int32_t bedrock_token_generate_into(const char *access_key, const char *secret,
    const char *session, const char *region, uint32_t expires, int64_t signing_time, char *buf,
    size_t capacity, size_t *len);', 'libbedrock_token.so.0');

$generateAt = function (mixed ...$arguments) use ($into): string {
    $length = $into->new('size_t');
    $into->bedrock_token_generate_into(...$arguments, ...[null, 0, \FFI::addr($length)]);
    $buffer = $into->new('char[' . ($length->cdata + 1) . ']');
    check($into->bedrock_token_generate_into(...$arguments, ...[$buffer, \FFI::sizeof($buffer), null]));
    return \FFI::string($buffer);
};

function answer(callable $generate): void
{
    try {
        $token = $generate();
        echo implode("\t", [0, $token, ...array_values(inspect($token))]), "\n";
    } catch (Error $error) {
        echo $error->getCode(), "\t", $error->getMessage(), "\n";
    }
}

while (($line = fgets(STDIN)) !== false) {
    $fields = explode("\t", rtrim($line, "\n"));
    $arguments = array_map(fn ($s) => $s === '-' ? null : hex2bin(substr($s, 1)), array_slice($fields, 0, 4));
    $arguments[] = (int) $fields[4];
    answer(fn () => $generateAt(...$arguments, ...[(int) $fields[5]]));
    answer(fn () => generate(...$arguments));
}
