<?php
declare(strict_types=1);

require __DIR__ . '/bedrock_token.php';

[$key, $secret] = ['AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'];

$token = BedrockToken\generate($key, $secret, null, 'eu-central-1');
$info = BedrockToken\inspect($token);
echo "$token\n{$info['access_key']} {$info['region']} {$info['expires_at']}\n";
try {
    BedrockToken\generate($key, "$secret\n", null, 'eu-central-1');
} catch (BedrockToken\TokenException $error) {
    echo "refused: {$error->getMessage()}\n";
}

echo BedrockToken\generate($key, $secret, null, 'us-west-2', service: BedrockToken\Service::ClaudePlatform), "\n";
