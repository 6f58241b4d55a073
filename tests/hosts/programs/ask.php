<?php
// For PHP-FPM, which has preloaded bedrock_token.php.
$token = BedrockToken\generate('AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', null, 'eu-central-1');
$headers = ['Host: bedrock-runtime.eu-central-1.amazonaws.com', "Authorization: Bearer $token", 'Content-Type: application/json'];
$body = '{"model": "openai.gpt-oss-120b-1:0", "messages": [{"role": "user", "content": "Hello"}]}';
$http = ['method' => 'POST', 'header' => $headers, 'content' => $body];
$service = getenv('SERVICE') . '/openai/v1/chat/completions';
echo getmypid(), ' ', file_get_contents($service, context: stream_context_create(['http' => $http]));
