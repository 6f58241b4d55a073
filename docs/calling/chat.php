<?php
// chat.php URL MODEL [WORKSPACE]: PHP, with its extension curl. With a workspace it calls Claude Platform
// on AWS, without one Amazon Bedrock.
declare(strict_types=1);
require 'bedrock_token.php'; // beside this file

[, $url, $model] = $argv;
$workspace = $argv[3] ?? null;
$token = BedrockToken\generate(getenv('AWS_ACCESS_KEY_ID'), getenv('AWS_SECRET_ACCESS_KEY'),
    getenv('AWS_SESSION_TOKEN') ?: null, getenv('AWS_REGION'),
    service: $workspace ? BedrockToken\Service::ClaudePlatform : BedrockToken\Service::Bedrock);
$headers = ['Content-Type: application/json'];
if ($workspace) {
    array_push($headers, "anthropic-workspace-id: $workspace", 'anthropic-version: 2023-06-01');
}
$curl = curl_init($url);
curl_setopt_array($curl, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPAUTH => CURLAUTH_BEARER,
    CURLOPT_XOAUTH2_BEARER => $token,
    CURLOPT_HTTPHEADER => $headers,
    CURLOPT_POSTFIELDS => json_encode(['model' => $model, 'max_tokens' => 1024,
        'messages' => [['role' => 'user', 'content' => 'Hello']]]),
]);
$body = curl_exec($curl);
if (curl_getinfo($curl, CURLINFO_RESPONSE_CODE) !== 200) {
    fwrite(STDERR, ($body ?: curl_error($curl)) . "\n");
    exit(1);
}
echo $body, "\n";
