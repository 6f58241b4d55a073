<?php
// What only PHP has. tests/conformance tests the rest.
declare(strict_types=1);

const FILE = __DIR__ . '/bedrock_token.php';
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

function check(bool $holds, mixed ...$said): void
{
    $holds || throw new Exception('failed: ' . print_r($said, true));
}

// Two copies, each loaded twice.
$folder = sys_get_temp_dir() . '/' . uniqid('bedrock-token');
mkdir($folder);
copy(FILE, "$folder/copy.php");
foreach ([FILE, "$folder/copy.php", FILE, "$folder/copy.php"] as $file) {
    require $file;
}

// Traces show no secret and no token.
foreach ([fn () => BedrockToken\generate('AKIAIOSFODNN7EXAMPLE', SECRET, SECRET, 'nowhere'), fn () => BedrockToken\inspect(SECRET)] as $refused) {
    try {
        $refused();
        check(false);
    } catch (BedrockToken\TokenException $error) {
        check(!str_contains($error . print_r($error, true), substr(SECRET, 0, 10)), (string) $error);
    }
}

// A web server with PHP's default ffi.enable=preload, without the preloading that it needs. tests/hosts preloads.
file_put_contents("$folder/page.php", '<?php
    require ' . var_export(FILE, true) . ';
    try {
        BedrockToken\generate("AKIAIOSFODNN7EXAMPLE", "' . SECRET . '", null, "eu-central-1");
    } catch (Throwable $error) {
        echo $error->getMessage();
    }');
$address = stream_socket_get_name($free = stream_socket_server('tcp://127.0.0.1:0'), false);
fclose($free);
$command = [PHP_BINARY, '-d', 'ffi.enable=preload', '-S', $address, "$folder/page.php"];
$server = proc_open($command, [2 => ['file', "$folder/log", 'w']], $pipes);
for ($i = 0; $i < 600 && ($said = @file_get_contents("http://$address/")) === false; $i++) {
    usleep(100_000);
}
proc_terminate($server);
proc_close($server);
$advice = '"ffi.enable" configuration directive: name this file in opcache.preload';
check(str_contains((string) $said, $advice), $said, file_get_contents("$folder/log"));
array_map(unlink(...), glob("$folder/*"));
rmdir($folder);
