<?php
declare(strict_types=1);

require __DIR__ . '/bedrock_token.php';

[$key, $secret] = ['AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'];

$token = BedrockToken\generate($key, $secret, null, 'eu-central-1');
$info = BedrockToken\inspect($token);
echo "$token\n{$info['access_key']} {$info['region']} {$info['expires_at']}\n";
try {
    BedrockToken\generate($key, "$secret\n", null, 'eu-central-1');
} catch (BedrockToken\Error $error) {
    echo "refused: {$error->getMessage()}\n";
}

// In a server that serves many requests: one for all. It asks for credentials when it needs them.
$provider = new BedrockToken\Provider('us-west-2',
    fn () => new BedrockToken\Credentials($key, $secret, expiresAt: time() + 900),
    service: BedrockToken\Service::ClaudePlatform);
echo $provider->token(), "\n";
