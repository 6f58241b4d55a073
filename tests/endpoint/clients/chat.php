<?php
// PHP, with its extension curl.
declare(strict_types=1);
require __DIR__ . '/../../../bindings/php/bedrock_token.php';

$token = BedrockToken\generate(getenv('AWS_ACCESS_KEY_ID'), getenv('AWS_SECRET_ACCESS_KEY'),
    getenv('AWS_SESSION_TOKEN') ?: null, getenv('AWS_REGION'));
$curl = curl_init('https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1/chat/completions');
curl_setopt_array($curl, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPAUTH => CURLAUTH_BEARER,
    CURLOPT_XOAUTH2_BEARER => $token,
    CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
    CURLOPT_POSTFIELDS => json_encode(
        ['model' => $argv[1], 'messages' => [['role' => 'user', 'content' => 'Hello']]]),
]);
$body = curl_exec($curl);
if (curl_getinfo($curl, CURLINFO_RESPONSE_CODE) !== 200) {
    fwrite(STDERR, ($body ?: curl_error($curl)) . "\n");
    exit(1);
}
echo json_decode($body)->choices[0]->message->content, "\n";
