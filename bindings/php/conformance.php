<?php
declare(strict_types=1);

namespace BedrockToken;

require __DIR__ . '/bedrock_token.php';

function times(array $info): array
{
    $life = $info['expires_at'] - $info['issued_at'];
    $times = schedule(1_800_000_000, $life, 1_800_000_600);
    return [...array_values($times), retryAt(1_800_000_000, 1_800_000_000 + $life)];
}

function answer(callable $generate): void
{
    try {
        $token = $generate();
        $info = inspect($token);
        echo implode("\t", [0, $token, $info['service']->value, $info['access_key'], $info['region'],
            $info['issued_at'], $info['expires_at'], (int) $info['has_session'], ...times($info)]), "\n";
    } catch (TokenException $error) {
        echo $error->getCode(), "\t", $error->getMessage(), "\n";
    }
}

while (($line = fgets(STDIN)) !== false) {
    $fields = explode("\t", rtrim($line, "\n"));
    $service = Service::tryFrom((int) $fields[0]);
    if ($service === null) {
        echo "-\n-\n"; // an enum has no other values
        continue;
    }
    $arguments = array_map(fn ($s) => $s === '-' ? null : hex2bin(substr($s, 1)), array_slice($fields, 1, 4));
    array_push($arguments, (int) $fields[5], $service);
    answer(fn () => generate(...$arguments, ...[(int) $fields[6]]));
    answer(fn () => generate(...$arguments));
}
