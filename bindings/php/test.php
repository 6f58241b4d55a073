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

// A web server with PHP's default ffi.enable=preload: this file preloaded, and not.
file_put_contents("$folder/page.php", '<?php
    if ($_SERVER["REQUEST_URI"] === "/required") require ' . var_export(FILE, true) . ';
    try {
        echo BedrockToken\generate("AKIAIOSFODNN7EXAMPLE", "' . SECRET . '", null, "eu-central-1");
    } catch (Throwable $error) {
        echo $error->getMessage();
    }');
function page(string $path, string ...$settings): string
{
    global $folder;
    $address = stream_socket_get_name($free = stream_socket_server('tcp://127.0.0.1:0'), false);
    fclose($free);
    $command = [PHP_BINARY, '-d', 'ffi.enable=preload', ...$settings, '-S', $address, "$folder/page.php"];
    $server = proc_open($command, [2 => ['file', "$folder/log", 'w']], $pipes);
    try {
        for ($i = 0; $i < 600 && ($said = @file_get_contents("http://$address$path")) === false; $i++) {
            usleep(100_000);
        }
        return $said === false ? file_get_contents("$folder/log") : $said;
    } finally {
        proc_terminate($server);
        proc_close($server);
    }
}
$preloading = ['-d', 'opcache.enable_cli=1', '-d', 'opcache.preload=' . FILE, '-d', 'opcache.preload_user=root'];
check(str_starts_with($said = page('/', ...$preloading), 'bedrock-api-key-'), $said);
check(str_contains($said = page('/required'), '"ffi.enable" configuration directive: name this file in opcache.preload'), $said);
array_map(unlink(...), glob("$folder/*"));
rmdir($folder);
