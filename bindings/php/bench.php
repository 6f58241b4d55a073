<?php
// A worker of benches/languages.py: this file's neighbour, and PHP's own hash_hmac by hand.
declare(strict_types=1);

const KEY = 'AKIAIOSFODNN7EXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const REGION = 'eu-central-1';

function by_hand(?string $session): string
{
    $date = gmdate('Ymd\THis\Z');
    $scope = substr($date, 0, 8) . '/' . REGION . '/bedrock/aws4_request';
    $query = 'Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=' . KEY . '%2F'
        . rawurlencode($scope) . "&X-Amz-Date=$date&X-Amz-Expires=43200"
        . ($session === null ? '' : '&X-Amz-Security-Token=' . rawurlencode($session)) . '&X-Amz-SignedHeaders=host';
    $request = "POST\n/\n$query\nhost:bedrock.amazonaws.com\n\nhost\n" . hash('sha256', '');
    $key = 'AWS4' . SECRET;
    foreach (explode('/', $scope) as $part) {
        $key = hash_hmac('sha256', $part, $key, true);
    }
    $signature = hash_hmac('sha256', "AWS4-HMAC-SHA256\n$date\n$scope\n" . hash('sha256', $request), $key);
    return 'bedrock-api' . '-key-'
        . base64_encode("bedrock.amazonaws.com/?$query&X-Amz-Signature=$signature&Version=1");
}

function generator(string $name): Closure
{
    if ($name === 'by_hand') {
        return by_hand(...);
    }
    require_once __DIR__ . '/bedrock_token.php';
    if ($name === 'generate') {
        return fn (?string $session) => BedrockToken\generate(KEY, SECRET, $session, REGION);
    }
    $provider = new BedrockToken\Provider(REGION, fn () => new BedrockToken\Credentials(KEY, SECRET));
    return fn () => $provider->token();
}

[$generators, $sessions] = [[], []];
while (($line = fgets(STDIN)) !== false) {
    [$command, $name, $length, $first] = explode(' ', $line);
    $generate = $generators[$name] ??= generator($name);
    $texts = $sessions[$length] ??= array_map(fn ($s) => $s ?: null, file("$argv[1]/$length", FILE_IGNORE_NEW_LINES));
    if ($command === 'token') {
        echo $generate($texts[$first]), "\n";
    } else {
        $started = hrtime(true);
        for ($i = 0; $i < $first; $i++) {
            $generate($texts[$i % 64]);
        }
        echo hrtime(true) - $started, "\n";
    }
}
